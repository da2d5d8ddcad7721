//! What the server says: replies (they carry the request's `id`), events (durable, with `seq`), and state (newest wins).

use crate::{
    Caption, Gap, Guard, HeldDecided, HeldLine, Limits, Logged, MemberId, Mine, Missed, Order, PeerId, People, Poll,
    PollTally, ProductStock, Question, QuestionVotes, ReactionCount, RefusalCode, RequestId, Role, SessionId,
    ShowState, Stage, Standing, YourQuestion,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A message from server to client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Reply to `hello`.
    Welcome(Box<Welcome>),
    /// Reply to `ping`.
    Pong {
        /// The request.
        id: RequestId,
        /// The server's clock: milliseconds since the Unix epoch.
        #[ts(type = "number")]
        clock_ms: u64,
    },
    /// Reply: it is done, and stored if it is of the kind that is stored.
    Done {
        /// The request.
        id: RequestId,
        /// The place in the log of the event it caused, if it caused one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        seq: Option<u64>,
    },
    /// Reply to `subscribe` and `publish`.
    Answer(Answer),
    /// Reply: no.
    Refused(Refused),
    /// A durable event.
    Event(Logged),
    /// The stage changed.
    Stage(Stage),
    /// The number of viewers changed.
    Presence {
        /// Members with an open session, staff not counted.
        viewers: u32,
        /// The most there were at once.
        peak: u32,
        /// How many there have been in all.
        total: u32,
    },
    /// A media connection of this session is over; subscribe or publish again unless the reason says otherwise.
    PeerClosed {
        /// Which.
        peer: PeerId,
        /// Why.
        reason: PeerEnd,
    },
    /// The best layers of this session's published picture are of use to nobody, or are again.
    LayersWanted {
        /// Which connection.
        peer: PeerId,
        /// How many layers to send, from the lowest; at least one.
        count: u8,
    },
    /// What is left of a product changed.
    Stock(ProductStock),
    /// Reply to `reserve`, `order_place`, `order_release` and `order_get`: the order as it is stored now.
    Order(OrderReply),
    /// An order that this session has asked about with its key changed: by the seller, by time, or by the buyer elsewhere.
    OrderChanged {
        /// The order as it is now; one with a smaller `as_of` is older.
        order: Box<Order>,
    },
    /// How many want an answer changed.
    QuestionVotes(QuestionVotes),
    /// To the asker alone.
    YourQuestion(YourQuestion),
    /// How a poll stands changed.
    PollTally(PollTally),
    /// What everybody felt in the last moment.
    Reactions {
        /// Each at most once.
        counts: Vec<ReactionCount>,
    },
    /// What is being said.
    Caption(Caption),
    /// The guard against floods changed.
    Guard(Guard),
    /// To staff and its writer: a line waits.
    Held(Box<HeldLine>),
    /// To staff and its writer: what became of it.
    HeldDecided(HeldDecided),
    /// To the member alone: what it may not do has changed.
    Standing(Standing),
    /// To staff: how many remote controls of the host are connected changed.
    Remotes {
        /// So many.
        count: u32,
    },
    /// Reply to `people_get`.
    People(People),
    /// Lines were left out.
    Gap(Gap),
    /// Reply to `missed_get`.
    Missed(Missed),
    /// The last message before the server closes the socket.
    Bye {
        /// Why.
        code: RefusalCode,
        /// For developers.
        detail: String,
    },
}

/// The reply to `hello`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Welcome {
    /// The request.
    pub id: RequestId,
    /// The version both speak now.
    pub version: u32,
    /// This socket.
    pub session: SessionId,
    /// Who the client is in this show.
    pub you: You,
    /// A fresh join token of this member: keep it and say hello with it next time.
    pub token: String,
    /// The server's clock: milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub clock_ms: u64,
    /// What the client should respect.
    pub limits: Limits,
    /// The show as it is now.
    pub show: ShowState,
    /// What the client has missed.
    pub catch_up: CatchUp,
    /// What of the show is the member's own.
    pub mine: Mine,
    /// The reply to the `subscribe` within the hello, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub media: Option<MediaReply>,
}

/// The member behind a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct You {
    /// Outlives reconnects and, with the token kept, reloads.
    pub member: MemberId,
    /// What this member may do.
    pub role: Role,
    /// The nickname last chosen, if any.
    pub nickname: Option<String>,
    /// A remote control of the host: steers, but does not publish.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub remote: bool,
}

/// What a client needs to be up to date with the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CatchUp {
    /// Forget what you have; these are the newest chat lines, oldest first.
    Snapshot {
        /// The newest `seq`: events after this one follow.
        #[ts(type = "number")]
        seq: u64,
        /// At most the newest hundred lines.
        chat: Vec<Logged>,
        /// Open, on air and answered ones; for staff also those put away or merged. In no order.
        questions: Vec<Question>,
        /// Questions for which there was no room: the answered first, then the lowest ranked.
        questions_left_out: u32,
        /// All of them, in the order in which they were opened.
        polls: Vec<Poll>,
    },
    /// Everything after `resume.after_seq`, oldest first.
    Delta {
        /// The newest `seq`: events after this one follow.
        #[ts(type = "number")]
        seq: u64,
        /// All that was missed.
        events: Vec<Logged>,
        /// Votes of the questions that are open or on air.
        votes: Vec<QuestionVotes>,
        /// How the polls stand that are open.
        tallies: Vec<PollTally>,
    },
}

/// What became of the offer within a hello. A refused picture does not refuse the show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MediaReply {
    /// The connection is waiting for the client's first packet.
    Answer {
        /// The connection.
        peer: PeerId,
        /// SDP answer with all candidates.
        sdp: String,
    },
    /// No media; chat works all the same.
    Refused {
        /// Why.
        code: RefusalCode,
    },
}

/// The reply to an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Answer {
    /// The request.
    pub id: RequestId,
    /// The connection, for `peer_close` and `peer_closed`.
    pub peer: PeerId,
    /// SDP answer with all candidates; nothing trickles.
    pub sdp: String,
}

/// A "no".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Refused {
    /// The request, unless the message was so broken that it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub id: Option<RequestId>,
    /// Why; act and translate by this.
    pub code: RefusalCode,
    /// For developers.
    pub detail: String,
    /// When it is worth trying again, if it is a matter of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after_ms: Option<u32>,
}

/// The reply about an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OrderReply {
    /// The request.
    pub id: RequestId,
    /// The order.
    pub order: Box<Order>,
}

/// Why a media connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PeerEnd {
    /// Nothing was heard on it, or its first packet never came.
    Timeout,
    /// The client closed it (DTLS close, or `peer_close`).
    Closed,
    /// A newer connection took its place; do not publish again by yourself.
    Replaced,
    /// The handshake failed.
    Failed,
    /// The show is over.
    ShowEnded,
    /// The server is stopping.
    ServerStopping,
}

impl Refused {
    /// A refusal with the code's own sentence.
    #[must_use]
    pub fn new(id: Option<RequestId>, code: RefusalCode) -> Self {
        Self { id, code, detail: code.detail().to_owned(), retry_after_ms: None }
    }
}

impl ServerMessage {
    /// The request that it replies to, if it is a reply.
    #[must_use]
    pub const fn reply_to(&self) -> Option<RequestId> {
        match self {
            Self::Welcome(welcome) => Some(welcome.id),
            Self::Pong { id, .. } | Self::Done { id, .. } => Some(*id),
            Self::Answer(answer) => Some(answer.id),
            Self::Order(reply) => Some(reply.id),
            Self::People(people) => Some(people.id),
            Self::Missed(missed) => Some(missed.id),
            Self::Refused(refused) => refused.id,
            Self::Event(_)
            | Self::Stage(_)
            | Self::Presence { .. }
            | Self::PeerClosed { .. }
            | Self::LayersWanted { .. }
            | Self::Stock(_)
            | Self::OrderChanged { .. }
            | Self::QuestionVotes(_)
            | Self::YourQuestion(_)
            | Self::PollTally(_)
            | Self::Reactions { .. }
            | Self::Caption(_)
            | Self::Guard(_)
            | Self::Remotes { .. }
            | Self::Held(_)
            | Self::HeldDecided(_)
            | Self::Standing(_)
            | Self::Gap(_)
            | Self::Bye { .. } => None,
        }
    }

    /// The goodbye for a fatal refusal.
    #[must_use]
    pub fn bye(code: RefusalCode) -> Self {
        Self::Bye { code, detail: code.detail().to_owned() }
    }

    /// The message as the text frame that carries it.
    ///
    /// # Errors
    /// None in practice: every type here serializes; the error is `serde_json`'s signature.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}
