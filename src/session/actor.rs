//! The loop of a session: what the socket says, one timer, and a goodbye that the client gets to read.

use super::core::{Inbound, Refusal, SessionCore};
use super::watchers::Watched;
use super::writer::{GOODBYE, Writer};
use super::{Sessions, dispatch};
use crate::clock;
use crate::show::core::AddressHash;
use crate::show::{Class, Frame, Outbox, ShowHandle};
use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use quiora_signaling::{MemberId, RefusalCode, Refused, ServerMessage, SessionId};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// After a goodbye to a client that is still sending what will not be read: closing at once would reset the connection
/// before the goodbye is read.
const LINGER: Duration = Duration::from_millis(300);

/// The task that writes; without this it ends.
type Writing = AbortOnDropHandle<Option<RefusalCode>>;

/// A session and what it needs to act.
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) core: SessionCore,
    pub(super) outbox: Outbox,
    pub(super) shared: Sessions,
    /// The show, once the hello was good.
    pub(super) joined: Option<ShowHandle>,
    /// Who, likewise.
    pub(super) member: Option<MemberId>,
    /// The orders that it follows.
    pub(super) watched: Watched,
    /// Whether it is a remote control of the host, likewise.
    pub(super) remote: bool,
    /// From where, as a keyed hash, if that can be told.
    pub(super) address: Option<AddressHash>,
}

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The client left, or its network did.
    Gone,
    /// The writer has said goodbye.
    Told(RefusalCode),
    /// We say goodbye, and the client can read it.
    Bye(RefusalCode),
    /// We say goodbye, but the client's bytes can no longer be read.
    ByeUnread(RefusalCode),
}

/// Serves one WebSocket until either side ends it.
pub async fn run(socket: WebSocket, shared: Sessions, remote: SocketAddr, address: Option<AddressHash>) {
    let id = SessionId(clock::uuid());
    let span = tracing::info_span!("session", session.id = %id, show.id = tracing::field::Empty, %remote);
    let tasks = shared.tasks.clone();
    tasks.track_future(serve(socket, shared, id, address).instrument(span)).await;
}

async fn serve(socket: WebSocket, shared: Sessions, id: SessionId, address: Option<AddressHash>) {
    let metrics = shared.metrics.clone();
    metrics.sessions.inc();
    let core = SessionCore::new(shared.timing, clock::monotonic());
    let (outbox, watched) = (Outbox::new(), Watched::default());
    let (sink, mut socket) = socket.split();
    let counts = metrics.clone();
    let refused = move |code| counts.refused(code);
    let writer = Writer { socket: sink, outbox: outbox.clone(), refused, patience: shared.timing.write };
    let mut writing = Writing::new(tokio::spawn(writer.run()));
    let mut session = Session { id, core, outbox, shared, joined: None, member: None, watched, remote: false, address };
    let end = Box::pin(session.talk(&mut socket, &mut writing)).await;
    if let End::Bye(code) | End::ByeUnread(code) = end {
        session.outbox.close(code);
    }
    session.leave().await;
    metrics.sessions.dec();
    tracing::debug!(?end, "session over");
    let parting = async {
        if let End::Bye(_) | End::ByeUnread(_) = end {
            let _ = writing.await;
        }
        match end {
            End::Gone => {}
            // The client's close, so that it has read the goodbye.
            End::Bye(_) | End::Told(_) => while let Some(Ok(_)) = socket.next().await {},
            End::ByeUnread(_) => sleep(LINGER).await,
        }
    };
    let _ = timeout(GOODBYE, parting).await;
}

impl Session {
    async fn talk(&mut self, socket: &mut SplitStream<WebSocket>, writing: &mut Writing) -> End {
        let stop = self.shared.stop.clone();
        let mut stopped = pin!(stop.cancelled());
        // A deadline only ever moves back: the timer is set anew when it goes off, not with every message.
        let mut timer = pin!(sleep_until(self.core.poll_timeout().into()));
        loop {
            let step = tokio::select! {
                () = stopped.as_mut() => ControlFlow::Break(End::Bye(RefusalCode::ServerStopping)),
                // A writer that panicked is as good as a client that is gone.
                written = &mut *writing => ControlFlow::Break(written.ok().flatten().map_or(End::Gone, End::Told)),
                received = socket.next() => self.receive(received).await,
                () = timer.as_mut() => match self.core.handle_timeout(clock::monotonic()) {
                    Some(code) => ControlFlow::Break(End::Bye(code)),
                    None => {
                        timer.as_mut().reset(self.core.poll_timeout().into());
                        ControlFlow::Continue(())
                    }
                },
            };
            if let ControlFlow::Break(end) = step {
                return end;
            }
        }
    }

    async fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> ControlFlow<End> {
        let now = clock::monotonic();
        let inbound = match received {
            None | Some(Ok(Message::Close(_))) => return ControlFlow::Break(End::Gone),
            Some(Err(error)) => return ControlFlow::Break(broken(error)),
            Some(Ok(Message::Text(text))) => self.core.handle_frame(now, text.as_bytes()),
            Some(Ok(Message::Binary(_))) => Inbound::Close(RefusalCode::NotText),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => match self.core.handle_control(now) {
                Some(code) => Inbound::Close(code),
                None => return ControlFlow::Continue(()),
            },
        };
        match inbound {
            Inbound::Accept(message) => match dispatch::act(self, message).await {
                Ok(()) => ControlFlow::Continue(()),
                Err(code) => ControlFlow::Break(End::Bye(code)),
            },
            Inbound::Refuse(refusal) => {
                self.refuse(refusal);
                ControlFlow::Continue(())
            }
            Inbound::Close(code) => ControlFlow::Break(End::Bye(code)),
        }
    }

    /// Queues a reply.
    pub(super) fn reply(&self, message: &ServerMessage) {
        self.outbox.push(Class::Reply, Frame::encode(message));
    }

    /// Queues a "no".
    pub(super) fn refuse(&self, refusal: Refusal) {
        let mut refused = Refused::new(refusal.id, refusal.code);
        refused.retry_after_ms = refusal.retry_after.map(|wait| u32::try_from(wait.as_millis()).unwrap_or(u32::MAX));
        self.reply(&ServerMessage::Refused(refused));
    }

    async fn leave(&mut self) {
        self.shared.media.close_session(self.id);
        self.shared.watchers.forget(self.id, &self.watched);
        if let Some(show) = self.joined.take() {
            show.leave(self.id).await;
        }
    }
}

/// What a read error means for the goodbye.
fn broken(error: axum::Error) -> End {
    match error.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => End::ByeUnread(RefusalCode::TooLarge),
        Some(tungstenite::Error::Utf8(_)) => End::ByeUnread(RefusalCode::NotText),
        _ => End::Gone,
    }
}
