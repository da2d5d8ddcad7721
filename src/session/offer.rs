//! Offers: a media connection for this session, in place of the one it had in that direction.

use super::actor::Session;
use super::core::{Direction, Refusal};
use super::dispatch::ask;
use crate::clock;
use crate::show::{Action, Command};
use quiora_signaling::{Answer, PeerId, RefusalCode, RequestId, ServerMessage};

/// Replies to `publish` and `subscribe`.
pub(super) async fn answer(session: &mut Session, id: RequestId, direction: Direction, sdp: String) {
    match connect(session, direction, sdp).await {
        Ok((peer, sdp)) => session.reply(&ServerMessage::Answer(Answer { id, peer, sdp })),
        Err(code) => session.refuse(Refusal { id: Some(id), code, retry_after: None }),
    }
}

/// Has the media plane answer an offer. The session's earlier connection in that direction is closed once there is a
/// newer one; an earlier publisher is the media plane's to replace, when the newer one is heard.
pub(super) async fn connect(
    session: &mut Session,
    direction: Direction,
    sdp: String,
) -> Result<(PeerId, String), RefusalCode> {
    let show = session.joined.as_ref().ok_or(RefusalCode::HelloExpected)?;
    let role = session.core.role().ok_or(RefusalCode::HelloExpected)?;
    let peer = PeerId(clock::uuid());
    let media = &session.shared.media;
    let answer = match direction {
        // What is on air is the device's that films.
        Direction::Publish if session.remote => return Err(RefusalCode::NotAllowed),
        Direction::Publish => {
            show.check(role, Action::Publish)?;
            media.publish(show.show(), session.id, peer, sdp).await?
        }
        Direction::Subscribe => {
            show.check(role, Action::Subscribe)?;
            media.subscribe(show.show(), session.id, peer, sdp).await?
        }
    };
    tracing::debug!(peer.id = %peer, ?direction, "offer answered");
    let replaced = session.core.answered(direction, peer);
    if let (Direction::Subscribe, Some(older)) = (direction, replaced) {
        session.shared.media.close(older);
    }
    Ok((peer, answer))
}

/// Replies to `peer_close`. Giving up the publishing connection takes the show off the air, not to an end.
pub(super) async fn give_up(session: &mut Session, id: RequestId, peer: PeerId) {
    match session.core.give_up(peer) {
        Ok(direction) => {
            session.shared.media.close(peer);
            match direction {
                Direction::Publish => ask(session, id, Command::StopPublishing).await,
                Direction::Subscribe => session.reply(&ServerMessage::Done { id, seq: None }),
            }
        }
        Err(code) => session.refuse(Refusal { id: Some(id), code, retry_after: None }),
    }
}
