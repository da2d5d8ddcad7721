//! What waits to be sent to one session: the only thing between a show and a slow phone.
//!
//! Invariants:
//! - Bounded by count and bytes ([`MAX_OUTBOX_MESSAGES`], [`MAX_OUTBOX_BYTES`]), whatever is pushed.
//! - Replies and events are never dropped one by one: a client may rely on having got all before any. One too many closes
//!   the outbox with `slow_consumer`; the client reconnects and resumes by `seq`, which costs it nothing it had.
//! - Chat lines are the exception: of more than [`MAX_OUTBOX_LINES`] that wait, the oldest are left out, and a `gap` in the
//!   place of the first says which; the client asks for them when it has caught up.
//! - Of each state only the newest waits, in the place of its predecessor: a thousand changes of the number of viewers
//!   are one frame.
//! - Pushing never waits and the lock is never held across an await, so that one slow socket delays nobody else.
//!
//! One consumer, the session's task; any number of producers.

pub use super::core::StateKey;
use axum::extract::ws::Utf8Bytes;

use quiora_signaling::limits::{MAX_OUTBOX_BYTES, MAX_OUTBOX_LINES, MAX_OUTBOX_MESSAGES};
use quiora_signaling::{Gap, RefusalCode, ServerMessage};
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A message encoded once, shared by all who get it; goes into a WebSocket without another copy or check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    text: Utf8Bytes,
    refusal: Option<RefusalCode>,
}

/// Sent in place of a message that could not be encoded, which no message of the protocol can cause.
const UNENCODABLE: &str = r#"{"type":"bye","code":"internal","detail":"Something went wrong on the server."}"#;

impl Frame {
    /// The text frame that carries `message`.
    #[must_use]
    pub fn encode(message: &ServerMessage) -> Self {
        let refusal = match message {
            ServerMessage::Refused(refused) => Some(refused.code),
            _ => None,
        };
        let text = message.to_json().map_or_else(
            |error| {
                tracing::error!(%error, "a message could not be encoded");
                Utf8Bytes::from_static(UNENCODABLE)
            },
            Utf8Bytes::from,
        );
        Self { text, refusal }
    }

    /// The code, if it says no: for whoever sends it to count.
    #[must_use]
    pub const fn refusal(&self) -> Option<RefusalCode> {
        self.refusal
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.as_str().len()
    }

    /// Whether it carries nothing; no encoded message does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The payload, for `axum`'s `Message::Text`.
    #[must_use]
    pub fn into_text(self) -> Utf8Bytes {
        self.text
    }
}

/// What may happen to a frame while it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A reply, or something meant for this session alone: never dropped.
    Reply,
    /// A durable event: never dropped.
    Event,
    /// A chat line, by its `seq`: when too many wait, the oldest are left out and a `gap` says which.
    Chat(u64),
    /// The newest replaces the one that waits.
    State(StateKey),
}

/// What the session does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send this.
    Frame(Frame),
    /// Say goodbye with this code and close. Every later call gives the same.
    Closed(RefusalCode),
}

/// The bounded queue of one session. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Holds at most one permit, which is enough for the single consumer.
    wake: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    items: VecDeque<Item>,
    bytes: usize,
    /// States that wait. With their number this tells whether it is worth looking for one.
    states: HashSet<StateKey>,
    /// Chat lines that wait.
    lines: usize,
    closed: Option<RefusalCode>,
}

#[derive(Debug)]
enum Item {
    Fixed(Frame),
    Chat(u64, Frame),
    State(StateKey, Frame),
    /// At most one waits, before all chat lines: it is the oldest of them that are left out.
    Gap(Gap),
}

impl Item {
    fn len(&self) -> usize {
        match self {
            Self::Fixed(frame) | Self::Chat(_, frame) | Self::State(_, frame) => frame.len(),
            Self::Gap(_) => 0,
        }
    }

    fn into_frame(self) -> Frame {
        match self {
            Self::Fixed(frame) | Self::Chat(_, frame) | Self::State(_, frame) => frame,
            Self::Gap(gap) => Frame::encode(&ServerMessage::Gap(gap)),
        }
    }
}

impl Outbox {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Queues `frame`; returns whether the outbox is still open. If it has no room the outbox closes with
    /// `slow_consumer` and what waited is let go.
    pub fn push(&self, class: Class, frame: Frame) -> bool {
        let mut queue = self.lock();
        // Whoever has put something into an empty queue has woken the consumer, and that looks until it is empty again.
        let asleep = queue.items.is_empty();
        let open = queue.push(class, frame);
        drop(queue);
        if asleep || !open {
            self.shared.wake.notify_one();
        }
        open
    }

    /// Ends the session with `code`, after what waits has been given out; at once if the client is too slow for that.
    /// The first code stands.
    pub fn close(&self, code: RefusalCode) {
        self.lock().close(code);
        self.shared.wake.notify_one();
    }

    /// The next thing to do. Cancel-safe: a frame is taken only by a call that returns it.
    pub async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.try_next() {
                return next;
            }
            self.shared.wake.notified().await;
        }
    }

    /// As [`Outbox::next`], without waiting: for a session that flushes all it has in one write.
    #[must_use]
    pub fn try_next(&self) -> Option<Next> {
        self.lock().take()
    }

    /// Whether nothing more can be pushed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.lock().closed.is_some()
    }

    /// Whether this is the only clone left: whoever was to read it is gone.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        Arc::strong_count(&self.shared) == 1
    }

    /// Frames that wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Nothing in a critical section can panic halfway, so a poisoned queue is as good as any.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn push(&mut self, class: Class, frame: Frame) -> bool {
        if self.closed.is_some() {
            return false;
        }
        let waiting = match class {
            Class::State(key) if self.states.contains(&key) => {
                self.items.iter().position(|item| matches!(item, Item::State(known, _) if *known == key))
            }
            _ => None,
        };
        let waiting = waiting.filter(|at| !self.must_follow(class, *at));
        let replaced = waiting.map_or(0, |at| self.items[at].len());
        self.bytes = self.bytes - replaced + frame.len();
        if let (Some(at), Class::State(key)) = (waiting, class) {
            self.items[at] = Item::State(key, frame);
        } else {
            self.items.push_back(match class {
                Class::Reply | Class::Event => Item::Fixed(frame),
                Class::Chat(seq) => {
                    self.lines += 1;
                    Item::Chat(seq, frame)
                }
                Class::State(key) => {
                    self.states.insert(key);
                    Item::State(key, frame)
                }
            });
        }
        while self.lines > MAX_OUTBOX_LINES || (self.lines > 0 && self.bytes > MAX_OUTBOX_BYTES / 2) {
            self.leave_out();
        }
        if self.bytes > MAX_OUTBOX_BYTES || self.items.len() > MAX_OUTBOX_MESSAGES {
            self.close(RefusalCode::SlowConsumer);
            return false;
        }
        true
    }

    /// Whether a state must not take the place at `at`, because an event behind it says the same of an earlier moment: the
    /// newest word has to be the last. Then that place is given up.
    fn must_follow(&mut self, class: Class, at: usize) -> bool {
        let Class::State(key) = class else { return false };
        if !key.is_told_by_events() || !self.items.iter().skip(at).any(|item| matches!(item, Item::Fixed(_))) {
            return false;
        }
        if let Some(old) = self.items.remove(at) {
            self.bytes -= old.len();
        }
        true
    }

    /// Leaves the oldest chat line out.
    fn leave_out(&mut self) {
        let oldest = self.items.iter().position(|item| matches!(item, Item::Chat(..)));
        let Some((at, Item::Chat(seq, frame))) = oldest.and_then(|at| Some((at, self.items.remove(at)?))) else {
            self.lines = 0;
            return;
        };
        self.lines -= 1;
        self.bytes -= frame.len();
        let gap =
            self.items.iter_mut().take(at).find_map(|item| if let Item::Gap(gap) = item { Some(gap) } else { None });
        match gap {
            Some(gap) => gap.to_seq = seq,
            None => self.items.insert(at, Item::Gap(Gap { from_seq: seq, to_seq: seq })),
        }
    }

    fn take(&mut self) -> Option<Next> {
        let Some(item) = self.items.pop_front() else {
            return self.closed.map(Next::Closed);
        };
        self.bytes -= item.len();
        match &item {
            Item::State(key, _) => _ = self.states.remove(key),
            Item::Chat(..) => self.lines -= 1,
            Item::Fixed(_) | Item::Gap(_) => {}
        }
        Some(Next::Frame(item.into_frame()))
    }

    fn close(&mut self, code: RefusalCode) {
        if self.closed.is_none() {
            self.closed = Some(code);
        }
        if code == RefusalCode::SlowConsumer {
            *self = Self { closed: self.closed, ..Self::default() };
        }
    }
}

#[cfg(test)]
mod tests;
