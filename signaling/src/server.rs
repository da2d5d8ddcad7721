//! What the server says: replies (they carry the request's `id`), events (durable, with `seq`), and state (newest wins).

use crate::{
    Limits, Logged, MemberId, Order, PeerId, ProductStock, RefusalCode, RequestId, Role, SessionId, ShowState, Stage,
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
        /// Members with an open session, the host not counted.
        viewers: u32,
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
    },
    /// Everything after `resume.after_seq`, oldest first.
    Delta {
        /// The newest `seq`: events after this one follow.
        #[ts(type = "number")]
        seq: u64,
        /// All that was missed.
        events: Vec<Logged>,
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
