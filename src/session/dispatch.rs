//! Which message goes where. Only a `match`; what is done lives in the feature's file or behind the show's handle.

use super::actor::Session;
use super::core::Direction;
use super::shopping::{self, Placing, Wanting};
use super::{hello, offer};
use crate::clock;
use crate::show::Command;
use crate::show::core::Draft;
use quiora_signaling::{ClientMessage, RefusalCode, RequestId, ServerMessage};

/// Acts on a message that the core let through. The session ends with the code of an error.
pub(super) async fn act(session: &mut Session, message: ClientMessage) -> Result<(), RefusalCode> {
    match message {
        ClientMessage::Hello(hello) => return hello::join(session, hello).await,
        ClientMessage::Ping { id } => session.reply(&ServerMessage::Pong { id, clock_ms: clock::unix_ms() }),
        ClientMessage::Subscribe { id, sdp } => offer::answer(session, id, Direction::Subscribe, sdp).await,
        ClientMessage::Publish { id, sdp } => offer::answer(session, id, Direction::Publish, sdp).await,
        ClientMessage::PeerClose { id, peer } => offer::give_up(session, id, peer).await,
        ClientMessage::View { id, height_px } => {
            if let Some(peer) = session.core.subscribed() {
                session.shared.media.view(peer, u32::from(height_px));
            }
            session.reply(&ServerMessage::Done { id, seq: None });
        }
        ClientMessage::ShowStart { id } => ask(session, id, Command::Start).await,
        ClientMessage::ShowEnd { id } => ask(session, id, Command::End).await,
        ClientMessage::StageSet { id, video, audio, source } => {
            ask(session, id, Command::StageSet { video, audio, source }).await;
        }
        ClientMessage::Rename { id, nickname } => ask(session, id, Command::Rename(nickname)).await,
        ClientMessage::ChatSend { id, message, text, reply_to, mentions } => {
            session.shared.metrics.chat_lines.inc();
            ask(session, id, Command::Chat(Draft { message, text, reply_to, mentions })).await;
        }
        ClientMessage::Unpin { id } => ask(session, id, Command::Unpin).await,
        ClientMessage::Pin { id, product, offer } => shopping::pin(session, id, product, offer).await,
        ClientMessage::Reserve { id, order, key, variant, quantity, wait } => {
            shopping::reserve(session, id, Wanting { order, key, variant, quantity, wait }).await;
        }
        ClientMessage::OrderPlace { id, order, key, total_minor, shipping, contact, payment } => {
            shopping::place(session, id, Placing { order, key, total_minor, shipping, contact, payment }).await;
        }
        ClientMessage::OrderRelease { id, order, key } => shopping::release(session, id, order, &key).await,
        ClientMessage::OrderGet { id, order, key } => shopping::look(session, id, order, &key).await,
        ClientMessage::Question(message) => {
            ask(session, message.id(), Command::Question { message, media_us: frame_us() }).await;
        }
        ClientMessage::Poll(message) => ask(session, message.id(), Command::Poll(message)).await,
        ClientMessage::Moderation(message) => ask(session, message.id(), Command::Moderate(message)).await,
        ClientMessage::Crowd(message) => {
            ask(session, message.id(), Command::Crowd { message, media_us: frame_us() }).await;
        }
    }
    Ok(())
}

/// The frame that is being taken, on the clock of our sender reports: they date a frame by when it was taken plus the shortest way
/// here, and a press has just come the same way.
pub(super) fn frame_us() -> Option<u64> {
    Some(clock::unix_ns() / 1_000)
}

/// Hands a command to the show, which replies through the outbox.
pub(super) async fn ask(session: &Session, id: RequestId, command: Command) {
    if let Some(show) = &session.joined {
        show.request(session.id, id, command).await;
    }
}
