//! The writing half of a session: what waits in its outbox goes out in batches, and at the end a goodbye.
//!
//! A task of its own beside the one that reads. Ten thousand sessions that have all been told something stand in one line
//! before the processor; who has something to say at that moment must not stand at its end, for what is said can only be
//! passed on when it has been read.
//!
//! Invariant: it ends when the outbox is closed, the client takes nothing for a while, or the socket fails; and every time but
//! the last the client is told why.

use crate::show::{Frame, Next, Outbox};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes};
use futures_util::{Sink, SinkExt};
use quiora_signaling::{RefusalCode, ServerMessage};
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long the goodbye may take, and the client's own close after it.
pub(super) const GOODBYE: Duration = Duration::from_secs(1);

/// Frames in one write: what a client that reads slowly takes at a time.
const MAX_BATCH: usize = 64;

/// What writes.
pub(super) struct Writer<S, R> {
    pub(super) socket: S,
    pub(super) outbox: Outbox,
    /// Told of every "no" that goes out.
    pub(super) refused: R,
    /// How long a client may take nothing.
    pub(super) patience: Duration,
}

impl<S: Sink<Message> + Unpin, R: Fn(RefusalCode)> Writer<S, R> {
    /// Writes until the end. Returns with which code goodbye was said, if the client was still there.
    pub(super) async fn run(mut self) -> Option<RefusalCode> {
        let code = loop {
            let next = self.outbox.next().await;
            match self.send(next).await {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(end) => break end?,
            }
        };
        // What comes from now on waits in vain.
        self.outbox.close(code);
        (self.refused)(code);
        timeout(GOODBYE, self.goodbye(code)).await.ok()?.ok()?;
        Some(code)
    }

    async fn send(&mut self, next: Next) -> ControlFlow<Option<RefusalCode>> {
        let patience = self.patience;
        // A write is nearly always done at once: only one that is not is worth a timer.
        tokio::select! {
            biased;
            written = self.write(next) => match written {
                Ok(None) => ControlFlow::Continue(()),
                Ok(closed) => ControlFlow::Break(closed),
                Err(_) => ControlFlow::Break(None),
            },
            () = sleep(patience) => ControlFlow::Break(Some(RefusalCode::SlowConsumer)),
        }
    }

    /// Writes what waits as one batch; returns the code if the outbox was closed behind it.
    async fn write(&mut self, first: Next) -> Result<Option<RefusalCode>, S::Error> {
        let (mut next, mut room) = (Some(first), MAX_BATCH);
        while let Some(one) = next {
            match one {
                Next::Frame(frame) => {
                    if let Some(code) = frame.refusal() {
                        (self.refused)(code);
                    }
                    self.socket.feed(Message::Text(frame.into_text())).await?;
                }
                Next::Closed(code) => {
                    self.socket.flush().await?;
                    return Ok(Some(code));
                }
            }
            // What is taken is written: a batch that is full takes nothing more.
            room -= 1;
            next = if room > 0 { self.outbox.try_next() } else { None };
        }
        self.socket.flush().await?;
        Ok(None)
    }

    /// Says `bye` and closes.
    async fn goodbye(&mut self, code: RefusalCode) -> Result<(), S::Error> {
        let bye = Frame::encode(&ServerMessage::bye(code));
        let close = CloseFrame { code: code.close_code(), reason: Utf8Bytes::from_static(code.as_str()) };
        self.socket.send(Message::Text(bye.into_text())).await?;
        self.socket.send(Message::Close(Some(close))).await
    }
}

#[cfg(test)]
mod tests;
