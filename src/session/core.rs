//! What a session decides, without a socket: whether a frame may be acted on, when silence has lasted too long, and which
//! media connections are this session's.
//!
//! Invariants:
//! - Nothing but a `hello` gets through before a `hello`, and no second one after it.
//! - Every frame costs a token of the requests bucket, garbage too; a session that goes on after being told to slow down
//!   ends with `flood`.
//! - At most one connection that publishes and one that subscribes; a newer one names the one to close.
//!
//! Methods follow four kinds: getters, `handle_*` (what came in), mutators (what the shell did), `poll_timeout` and
//! `handle_timeout`. Time comes in as `now`; nothing here can fail, it refuses.

use super::rate::{AudienceRates, Bucket, Strikes};
use quiora_signaling::{ClientMessage, PROTOCOL_VERSION, PeerId, RefusalCode, RequestId, Role, limits, parse};
use std::time::{Duration, Instant};

/// The patience of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long to wait for the `hello`.
    pub hello: Duration,
    /// How long a session may be silent.
    pub idle: Duration,
    /// How long one write may take before the client counts as too slow.
    pub write: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            hello: Duration::from_millis(limits::HELLO_TIMEOUT_MS),
            idle: Duration::from_millis(limits::IDLE_TIMEOUT_MS),
            // Far longer than any stall that a player survives; the outbox fills up before that in a busy show.
            write: Duration::from_secs(10),
        }
    }
}

/// What to do with a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// Act on it.
    Accept(ClientMessage),
    /// Say no and go on.
    Refuse(Refusal),
    /// Say goodbye.
    Close(RefusalCode),
}

/// A "no" that does not end the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The request, if its id could be read.
    pub id: Option<RequestId>,
    /// Why.
    pub code: RefusalCode,
    /// When to try again, if that would help.
    pub retry_after: Option<Duration>,
}

/// Which way a media connection carries, seen from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The client sends.
    Publish,
    /// The client receives.
    Subscribe,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    AwaitingHello,
    Joining,
    Joined(Role),
}

/// The state of one session.
#[derive(Debug)]
pub struct SessionCore {
    timing: Timing,
    phase: Phase,
    opened_at: Instant,
    heard_at: Instant,
    requests: Bucket,
    chat: Bucket,
    offers: Bucket,
    shopping: Bucket,
    audience: AudienceRates,
    strikes: Strikes,
    publishing: Option<PeerId>,
    subscribed: Option<PeerId>,
}

impl SessionCore {
    /// A socket that has just been opened.
    #[must_use]
    pub const fn new(timing: Timing, now: Instant) -> Self {
        Self {
            timing,
            phase: Phase::AwaitingHello,
            opened_at: now,
            heard_at: now,
            requests: Bucket::new(limits::REQUESTS, now),
            chat: Bucket::new(limits::CHAT, now),
            offers: Bucket::new(limits::OFFERS, now),
            shopping: Bucket::new(limits::SHOPPING, now),
            audience: AudienceRates::new(now),
            strikes: Strikes::new(limits::FLOOD_STRIKES, Duration::from_millis(limits::FLOOD_WINDOW_MS), now),
            publishing: None,
            subscribed: None,
        }
    }

    /// The role, once joined.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        match self.phase {
            Phase::Joined(role) => Some(role),
            Phase::AwaitingHello | Phase::Joining => None,
        }
    }

    /// A control frame came in: a sign of life and nothing more, though not a free one.
    #[must_use]
    pub fn handle_control(&mut self, now: Instant) -> Option<RefusalCode> {
        self.heard_at = now;
        match self.requests.take(now) {
            Err(_) if self.strikes.strike(now) => Some(RefusalCode::Flood),
            Ok(()) | Err(_) => None,
        }
    }

    /// The payload of a text frame came in.
    #[must_use]
    pub fn handle_frame(&mut self, now: Instant, frame: &[u8]) -> Inbound {
        self.heard_at = now;
        let allowed = self.requests.take(now);
        match (parse(frame), allowed) {
            (Err(rejected), _) if rejected.code.is_fatal() => Inbound::Close(rejected.code),
            (parsed, Err(wait)) => {
                let id = parsed.map_or_else(|rejected| rejected.id, |message| Some(message.id()));
                self.slow_down(now, id, wait)
            }
            (Err(rejected), Ok(())) => self.refuse_unparsed(rejected.id, rejected.code),
            (Ok(message), Ok(())) => self.admit(now, message),
        }
    }

    /// Whether a well-formed message may be acted on now. An accepted hello makes every later one a second one.
    fn admit(&mut self, now: Instant, message: ClientMessage) -> Inbound {
        match (self.phase, &message) {
            (Phase::AwaitingHello, ClientMessage::Hello(hello)) => {
                if hello.version != PROTOCOL_VERSION {
                    return Inbound::Close(RefusalCode::VersionUnsupported);
                }
                self.phase = Phase::Joining;
            }
            (Phase::AwaitingHello, _) => return Inbound::Close(RefusalCode::HelloExpected),
            (Phase::Joining | Phase::Joined(_), ClientMessage::Hello(hello)) => {
                return refuse(Some(hello.id), RefusalCode::HelloRepeated);
            }
            (Phase::Joining | Phase::Joined(_), _) => {}
        }
        let id = message.id();
        let taken = match &message {
            ClientMessage::ChatSend { .. } => self.chat.take(now),
            ClientMessage::Publish { .. } | ClientMessage::Subscribe { .. } => self.offers.take(now),
            ClientMessage::Reserve { .. }
            | ClientMessage::OrderPlace { .. }
            | ClientMessage::OrderRelease { .. }
            | ClientMessage::OrderGet { .. } => self.shopping.take(now),
            ClientMessage::Hello(hello) if hello.subscribe.is_some() => self.offers.take(now),
            ClientMessage::Hello(_)
            | ClientMessage::Ping { .. }
            | ClientMessage::PeerClose { .. }
            | ClientMessage::View { .. }
            | ClientMessage::ShowStart { .. }
            | ClientMessage::ShowEnd { .. }
            | ClientMessage::StageSet { .. }
            | ClientMessage::Rename { .. }
            | ClientMessage::Pin { .. }
            | ClientMessage::Unpin { .. } => Ok(()),
            ClientMessage::Question(_)
            | ClientMessage::Poll(_)
            | ClientMessage::Moderation(_)
            | ClientMessage::Crowd(_) => self.audience.take(now, &message),
        };
        match taken {
            Ok(()) => Inbound::Accept(message),
            Err(wait) => self.slow_down(now, Some(id), wait),
        }
    }

    fn refuse_unparsed(&self, id: Option<RequestId>, code: RefusalCode) -> Inbound {
        let unreadable = matches!(code, RefusalCode::BadMessage | RefusalCode::UnknownMessage);
        if self.phase == Phase::AwaitingHello && unreadable {
            return Inbound::Close(RefusalCode::HelloExpected);
        }
        refuse(id, code)
    }

    fn slow_down(&mut self, now: Instant, id: Option<RequestId>, wait: Duration) -> Inbound {
        if self.strikes.strike(now) {
            return Inbound::Close(RefusalCode::Flood);
        }
        Inbound::Refuse(Refusal { id, code: RefusalCode::RateLimited, retry_after: Some(wait) })
    }

    /// The hello was good: the session is in the show.
    pub const fn joined(&mut self, role: Role) {
        self.phase = Phase::Joined(role);
    }

    /// The media plane answered an offer: remembers the connection and returns its predecessor, which is to be closed.
    #[must_use]
    pub const fn answered(&mut self, direction: Direction, peer: PeerId) -> Option<PeerId> {
        match direction {
            Direction::Publish => self.publishing.replace(peer),
            Direction::Subscribe => self.subscribed.replace(peer),
        }
    }

    /// The connection that this session watches by.
    #[must_use]
    pub const fn subscribed(&self) -> Option<PeerId> {
        self.subscribed
    }

    /// Forgets a connection that the client gives up.
    ///
    /// # Errors
    /// `peer_not_found` if it is not this session's.
    pub fn give_up(&mut self, peer: PeerId) -> Result<Direction, RefusalCode> {
        if self.publishing == Some(peer) {
            self.publishing = None;
            return Ok(Direction::Publish);
        }
        if self.subscribed == Some(peer) {
            self.subscribed = None;
            return Ok(Direction::Subscribe);
        }
        Err(RefusalCode::PeerNotFound)
    }

    /// When [`Self::handle_timeout`] next has something to say.
    #[must_use]
    pub fn poll_timeout(&self) -> Instant {
        let idle = self.heard_at + self.timing.idle;
        match self.phase {
            Phase::AwaitingHello => idle.min(self.opened_at + self.timing.hello),
            Phase::Joining | Phase::Joined(_) => idle,
        }
    }

    /// Why the session is over at `now`, if time ended it.
    #[must_use]
    pub fn handle_timeout(&self, now: Instant) -> Option<RefusalCode> {
        if now < self.poll_timeout() {
            return None;
        }
        Some(if self.phase == Phase::AwaitingHello { RefusalCode::HelloExpected } else { RefusalCode::Idle })
    }
}

const fn refuse(id: Option<RequestId>, code: RefusalCode) -> Inbound {
    Inbound::Refuse(Refusal { id, code, retry_after: None })
}

#[cfg(test)]
mod tests;
