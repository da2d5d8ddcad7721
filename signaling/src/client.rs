//! What a client says. Every request names itself by an `id` of the client's making and is answered exactly once.

use crate::{
    Contact, CrowdMessage, MemberId, MessageId, ModerationMessage, OfferWish, OrderId, OrderKey, PaymentMethod, PeerId,
    PollMessage, ProductId, QuestionMessage, RequestId, ShippingId, Source, VariantId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A message from client to server. `hello` comes first, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Opens the session. Answered by `welcome`.
    Hello(Hello),
    /// Keeps the session alive and reads the server's clock. Answered by `pong`.
    Ping {
        /// Request id.
        id: RequestId,
    },
    /// Asks for the show's picture and sound: a `recvonly` offer, answered by `answer` with all candidates.
    /// Replaces this session's earlier subscription, if any.
    Subscribe {
        /// Request id.
        id: RequestId,
        /// SDP offer with at most one audio and one video section, both `recvonly`.
        sdp: String,
    },
    /// Host only: puts picture and sound on the show's stage: a `sendonly` offer, answered by `answer`.
    /// Replaces whoever published before, on whatever session.
    Publish {
        /// Request id.
        id: RequestId,
        /// SDP offer with at most one audio and one video section, both `sendonly`; simulcast by RID is welcome.
        sdp: String,
    },
    /// Gives up a media connection of this session. Answered by `done`.
    PeerClose {
        /// Request id.
        id: RequestId,
        /// The connection, as named in its `answer`.
        peer: PeerId,
    },
    /// How high this session's player shows the picture; says which layer is of use. Answered by `done`.
    View {
        /// Request id.
        id: RequestId,
        /// In device pixels; 0 to 65,535.
        height_px: u16,
    },
    /// Host only: the show begins. Repeating it is harmless. Answered by `done`.
    ShowStart {
        /// Request id.
        id: RequestId,
    },
    /// Host only: the show is over, for good. Repeating it is harmless. Answered by `done`.
    ShowEnd {
        /// Request id.
        id: RequestId,
    },
    /// Host only: says what the stage shows, so that a muted microphone is not mistaken for a fault. Answered by `done`.
    StageSet {
        /// Request id.
        id: RequestId,
        /// Whether a picture is being sent.
        video: bool,
        /// Whether sound is being sent.
        audio: bool,
        /// Where the picture comes from.
        source: Source,
    },
    /// Chooses or changes the member's nickname. Answered by `done`.
    Rename {
        /// Request id.
        id: RequestId,
        /// 1 to `nickname_chars` characters on one line.
        nickname: String,
    },
    /// Writes a chat line. Answered by `done` once it is stored, with its `seq`; sending it again under the same
    /// `message` gives the same answer and no second line.
    ChatSend {
        /// Request id.
        id: RequestId,
        /// Id of the line: a UUIDv7 made by the client and kept until answered.
        message: MessageId,
        /// 1 to `chat_chars` characters on one line.
        text: String,
        /// The line that it answers; one of the newest 1,000.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        reply_to: Option<MessageId>,
        /// Who is meant, at most 5. Who is not here or has no name is left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(as = "Option<Vec<MemberId>>", optional)]
        mentions: Vec<MemberId>,
    },
    /// Host only: puts a product on everybody's screen, in place of the one that is there. Answered by `done`.
    Pin {
        /// Request id.
        id: RequestId,
        /// Which; it is for sale.
        product: ProductId,
        /// Better terms for a while.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        offer: Option<OfferWish>,
    },
    /// Host only: takes the product off the screen and ends its offer. Repeating it is harmless. Answered by `done`.
    Unpin {
        /// Request id.
        id: RequestId,
    },
    /// Holds pieces for this buyer while the order is filled in. Answered by `order`; sending it again under the same
    /// `order` gives the same answer and holds no more.
    Reserve {
        /// Request id.
        id: RequestId,
        /// Id of the order: a UUIDv7 made by the client and kept before this is sent.
        order: OrderId,
        /// The order's secret, made and kept with its id.
        key: OrderKey,
        /// What.
        variant: VariantId,
        /// How many; at least 1.
        quantity: u32,
        /// If there are not so many: get in line, and be offered what comes back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        wait: bool,
    },
    /// Orders what is reserved, with the obligation to pay. Answered by `order`, which is `paying` if a provider takes the
    /// money; sending it again gives the same answer.
    OrderPlace {
        /// Request id.
        id: RequestId,
        /// Which order.
        order: OrderId,
        /// Its secret.
        key: OrderKey,
        /// The total that the buyer was shown; refused with `price_changed` if it is another one.
        #[ts(type = "number")]
        total_minor: u64,
        /// How to get the goods there.
        shipping: ShippingId,
        /// Who buys.
        contact: Box<Contact>,
        /// How it is paid; by the seller's instructions if nothing is said.
        #[serde(default)]
        #[ts(optional, as = "Option<PaymentMethod>")]
        payment: PaymentMethod,
    },
    /// Gives held pieces back, leaves the line, or gives up a payment. Repeating it is harmless. Answered by `order`.
    OrderRelease {
        /// Request id.
        id: RequestId,
        /// Which order.
        order: OrderId,
        /// Its secret.
        key: OrderKey,
    },
    /// Asks how an order stands, after a reload or a lost socket. Answered by `order`.
    OrderGet {
        /// Request id.
        id: RequestId,
        /// Which order.
        order: OrderId,
        /// Its secret.
        key: OrderKey,
    },
    /// About questions.
    #[serde(untagged)]
    Question(QuestionMessage),
    /// About polls.
    #[serde(untagged)]
    Poll(PollMessage),
    /// To keep order.
    #[serde(untagged)]
    Moderation(ModerationMessage),
    /// What a crowd does.
    #[serde(untagged)]
    Crowd(CrowdMessage),
}

/// The first message of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Hello {
    /// Request id.
    pub id: RequestId,
    /// [`crate::PROTOCOL_VERSION`].
    pub version: u32,
    /// A join token: from the page, from `POST /api/shows/{slug}/join`, or from an earlier `welcome` (then the client is
    /// the same member again).
    pub token: String,
    /// Where to go on after a lost socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resume: Option<Resume>,
    /// A `recvonly` offer, as in `subscribe`: its answer comes with the `welcome`, so that joining takes one round trip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub subscribe: Option<String>,
}

/// What the client has already seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Resume {
    /// The `seq` of the last event it applied; 0 if none.
    #[ts(type = "number")]
    pub after_seq: u64,
}

impl ClientMessage {
    /// The id under which the reply will come.
    #[must_use]
    pub const fn id(&self) -> RequestId {
        match self {
            Self::Hello(hello) => hello.id,
            Self::Ping { id }
            | Self::Subscribe { id, .. }
            | Self::Publish { id, .. }
            | Self::PeerClose { id, .. }
            | Self::View { id, .. }
            | Self::ShowStart { id }
            | Self::ShowEnd { id }
            | Self::StageSet { id, .. }
            | Self::Rename { id, .. }
            | Self::ChatSend { id, .. }
            | Self::Pin { id, .. }
            | Self::Unpin { id }
            | Self::Reserve { id, .. }
            | Self::OrderPlace { id, .. }
            | Self::OrderRelease { id, .. }
            | Self::OrderGet { id, .. } => *id,
            Self::Question(message) => message.id(),
            Self::Poll(message) => message.id(),
            Self::Moderation(message) => message.id(),
            Self::Crowd(message) => message.id(),
        }
    }

    /// Every `type` that a client may send.
    pub fn types() -> impl Iterator<Item = &'static str> {
        [Self::TYPES, QuestionMessage::TYPES, PollMessage::TYPES, ModerationMessage::TYPES, CrowdMessage::TYPES]
            .into_iter()
            .flatten()
            .copied()
    }

    /// Every `type` that stands here and not in a group of its own.
    const TYPES: &'static [&'static str] = &[
        "hello",
        "ping",
        "subscribe",
        "publish",
        "peer_close",
        "view",
        "show_start",
        "show_end",
        "stage_set",
        "rename",
        "chat_send",
        "pin",
        "unpin",
        "reserve",
        "order_place",
        "order_release",
        "order_get",
    ];
}
