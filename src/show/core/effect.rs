//! What the shell must do: the core's only output.

use super::presence::Headcount;
use super::row::Row;
use quiora_signaling::{
    CatchUp, Logged, MemberId, Mine, PeerEnd, PeerId, PollId, ProductId, ProductStock, QuestionId, RefusalCode,
    RequestId, ServerMessage, SessionId, ShowState, ShowStatus, Stage, You,
};

/// Something to do, in this order relative to the others of its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Durable. Tell everybody.
    Event(Logged),
    /// Durable. The show's life is this from now on.
    Life(Life),
    /// Durable. The member goes by this nickname.
    Named {
        /// Who.
        member: MemberId,
        /// The nickname.
        nickname: String,
    },
    /// Let the session in: from here on it gets what everybody gets.
    Welcome(Box<Admitted>),
    /// Answer the request.
    Done {
        /// Who asked.
        session: SessionId,
        /// What was asked.
        request: RequestId,
        /// The event it caused, if it caused one.
        seq: Option<u64>,
    },
    /// Durable, unless it says otherwise. Told nobody.
    Row(Row),
    /// Tell everybody, newest wins.
    Stage(Stage),
    /// Tell everybody, newest wins.
    Presence(Headcount),
    /// Tell everybody, newest of each product wins.
    Stock(ProductStock),
    /// Tell this session alone.
    PeerClosed {
        /// Whom to tell.
        session: SessionId,
        /// Which connection.
        peer: PeerId,
        /// Why.
        reason: PeerEnd,
    },
    /// Tell this session alone.
    LayersWanted {
        /// Whom to tell.
        session: SessionId,
        /// Which connection.
        peer: PeerId,
        /// How many layers to send.
        count: u8,
    },
    /// Tell this session alone.
    Tell {
        /// Whom to tell.
        session: SessionId,
        /// What.
        message: Box<ServerMessage>,
    },
    /// Tell every session of staff.
    TellStaff(Box<ServerMessage>),
    /// Tell those, newest of its key wins.
    State {
        /// Whom to tell.
        to: Reach,
        /// In place of what.
        key: StateKey,
        /// What.
        message: Box<ServerMessage>,
    },
    /// Send the session away. It leaves by itself then.
    Expel {
        /// Which.
        session: SessionId,
        /// Why.
        code: RefusalCode,
    },
    /// The session is out: it gets nothing more.
    Gone {
        /// Which.
        session: SessionId,
    },
    /// The show is over: its media can go.
    Over,
}

impl Effect {
    /// Whether it must be in the store before anybody hears of it or of what comes after it.
    #[must_use]
    pub const fn is_durable(&self) -> bool {
        match self {
            Self::Event(_) | Self::Life(_) | Self::Named { .. } => true,
            Self::Row(row) => !matches!(row, Row::Attended(_)),
            Self::Tell { .. }
            | Self::TellStaff(_)
            | Self::State { .. }
            | Self::Expel { .. }
            | Self::Welcome(_)
            | Self::Done { .. }
            | Self::Stage(_)
            | Self::Presence(_)
            | Self::Stock(_)
            | Self::PeerClosed { .. }
            | Self::LayersWanted { .. }
            | Self::Gone { .. }
            | Self::Over => false,
        }
    }
}

/// Whom a state is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everybody.
    All,
    /// Host and moderators.
    Staff,
    /// The others.
    Viewers,
}

/// A state of which only the newest matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateKey {
    /// `stage`.
    Stage,
    /// `presence`.
    Presence,
    /// `stock`, of each product its own.
    Stock(ProductId),
    /// `question_votes`, of each question its own.
    Votes(QuestionId),
    /// `poll_tally`, of each poll its own.
    Tally(PollId),
    /// `reactions`.
    Reactions,
    /// `caption`.
    Caption,
    /// `guard`.
    Guard,
    /// `remotes`.
    Remotes,
}

impl StateKey {
    /// Whether events say the same of the moment at which they were logged: then the one that was told last must be the newest.
    #[must_use]
    pub const fn is_told_by_events(self) -> bool {
        matches!(self, Self::Votes(_) | Self::Tally(_))
    }
}

/// What is answered to a request.
#[derive(Debug)]
pub(super) enum Reply {
    /// It is done, with the `seq` of the event it caused.
    Done(Option<u64>),
    /// This.
    Message(Box<ServerMessage>),
}

/// A "no", and when it may be a "yes".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: RefusalCode,
    /// When to try again, if it is a matter of time.
    pub retry_after_ms: Option<u32>,
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Self { code, retry_after_ms: None }
    }
}

impl From<Refusal> for RefusalCode {
    fn from(refusal: Refusal) -> Self {
        refusal.code
    }
}

/// The part of a welcome that the core knows; the shell adds the token, the clock and the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Who is let in.
    pub session: SessionId,
    /// As whom.
    pub you: You,
    /// The show as it is now.
    pub show: ShowState,
    /// What the client has missed.
    pub catch_up: CatchUp,
    /// What of the show is the member's own.
    pub mine: Mine,
}

/// Where in its life a show is. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// The state.
    pub status: ShowStatus,
    /// When it began.
    pub started_at_ms: Option<u64>,
    /// When it ended.
    pub ended_at_ms: Option<u64>,
}
