//! What the shell must do: the core's only output.

use super::presence::Headcount;
use quiora_signaling::{
    CatchUp, Logged, MemberId, Mine, PeerEnd, PeerId, ProductStock, RequestId, SessionId, ShowState, ShowStatus, Stage,
    You,
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
            Self::Welcome(_)
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
