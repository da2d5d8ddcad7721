//! The loop of a session: one socket, one outbox, one timer, and a goodbye that the client gets to read.

use super::core::{Inbound, Refusal, SessionCore};
use super::watchers::Watched;
use super::{Sessions, dispatch};
use crate::clock;
use crate::show::core::AddressHash;
use crate::show::{Class, Frame, Next, Outbox, ShowHandle};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt;
use quiora_signaling::{MemberId, RefusalCode, Refused, ServerMessage, SessionId};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::time::{sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite;
use tracing::Instrument;

/// How long the goodbye may take, and the client's own close after it.
const GOODBYE: Duration = Duration::from_secs(1);

/// After a goodbye to a client that is still sending what will not be read: closing at once would reset the connection
/// before the goodbye is read.
const LINGER: Duration = Duration::from_millis(300);

/// Frames in one write, so that a session with a full outbox still reads and keeps its timers.
const MAX_BATCH: usize = 64;

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

async fn serve(mut socket: WebSocket, shared: Sessions, id: SessionId, address: Option<AddressHash>) {
    let metrics = shared.metrics.clone();
    metrics.sessions.inc();
    let core = SessionCore::new(shared.timing, clock::monotonic());
    let (outbox, watched) = (Outbox::new(), Watched::default());
    let mut session = Session { id, core, outbox, shared, joined: None, member: None, watched, remote: false, address };
    let end = Box::pin(session.talk(&mut socket)).await;
    session.leave().await;
    metrics.sessions.dec();
    tracing::debug!(?end, "session over");
    match end {
        End::Gone => {}
        End::Bye(code) => {
            metrics.refused(code);
            let _ = timeout(GOODBYE, goodbye(&mut socket, code, true)).await;
        }
        End::ByeUnread(code) => {
            metrics.refused(code);
            let _ = timeout(GOODBYE, goodbye(&mut socket, code, false)).await;
        }
    }
}

impl Session {
    async fn talk(&mut self, socket: &mut WebSocket) -> End {
        let stop = self.shared.stop.clone();
        loop {
            let deadline = self.core.poll_timeout();
            let step = tokio::select! {
                () = stop.cancelled() => ControlFlow::Break(End::Bye(RefusalCode::ServerStopping)),
                next = self.outbox.next() => self.send(socket, next).await,
                received = socket.recv() => self.receive(received).await,
                () = sleep_until(deadline.into()) => match self.core.handle_timeout(clock::monotonic()) {
                    Some(code) => ControlFlow::Break(End::Bye(code)),
                    None => ControlFlow::Continue(()),
                },
            };
            if let ControlFlow::Break(end) = step {
                return end;
            }
        }
    }

    async fn send(&self, socket: &mut WebSocket, next: Next) -> ControlFlow<End> {
        let written = tokio::select! {
            () = self.shared.stop.cancelled() => return ControlFlow::Break(End::Bye(RefusalCode::ServerStopping)),
            written = timeout(self.shared.timing.write, self.write(socket, next)) => written,
        };
        match written {
            Ok(Ok(None)) => ControlFlow::Continue(()),
            Ok(Ok(Some(code))) => ControlFlow::Break(End::Bye(code)),
            Ok(Err(_)) => ControlFlow::Break(End::Gone),
            Err(_) => ControlFlow::Break(End::Bye(RefusalCode::SlowConsumer)),
        }
    }

    /// Writes what waits as one batch; returns the code if the outbox was closed behind it.
    async fn write(&self, socket: &mut WebSocket, first: Next) -> Result<Option<RefusalCode>, axum::Error> {
        let mut next = Some(first);
        for _ in 0..MAX_BATCH {
            match next {
                Some(Next::Frame(frame)) => {
                    if let Some(code) = frame.refusal() {
                        self.shared.metrics.refused(code);
                    }
                    socket.feed(Message::Text(frame.into_text())).await?;
                }
                Some(Next::Closed(code)) => {
                    socket.flush().await?;
                    return Ok(Some(code));
                }
                None => break,
            }
            next = self.outbox.try_next();
        }
        socket.flush().await?;
        Ok(None)
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

/// Says `bye`, closes, and waits for the client's close so that it has read both.
async fn goodbye(socket: &mut WebSocket, code: RefusalCode, readable: bool) {
    let bye = Frame::encode(&ServerMessage::bye(code));
    let close = CloseFrame { code: code.close_code(), reason: Utf8Bytes::from_static(code.as_str()) };
    if socket.send(Message::Text(bye.into_text())).await.is_err()
        || socket.send(Message::Close(Some(close))).await.is_err()
    {
        return;
    }
    if readable {
        while let Some(Ok(_)) = socket.recv().await {}
    } else {
        sleep(LINGER).await;
    }
}
