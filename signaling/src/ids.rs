//! Ids on the wire: UUIDv7 newtypes (RFC 9562), so that a show is never mistaken for a member, and so that ids sort by
//! the time they were made. Whoever creates the thing makes its id: clients those of their chat lines, the server the rest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Names a request; chosen by the client, unique among its unanswered requests, echoed in the reply.
pub type RequestId = u32;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    };
}

id!(
    /// A seller's business.
    ShopId
);
id!(
    /// One live event of a shop.
    ShowId
);
id!(
    /// A person in a show; outlives reconnects and reloads.
    MemberId
);
id!(
    /// One WebSocket.
    SessionId
);
id!(
    /// One WebRTC connection.
    PeerId
);
id!(
    /// One chat line; made by the client that writes it, so that a retry is the same line.
    MessageId
);
id!(
    /// Something a shop sells.
    ProductId
);
id!(
    /// One form of a product, with a stock and a price of its own.
    VariantId
);
id!(
    /// One order; made by the client that buys and kept before it is sent, so that a retry is the same order.
    OrderId
);
id!(
    /// One way of getting the goods to the buyer.
    ShippingId
);
id!(
    /// One question of the audience; made by the client that asks, so that a retry is the same question.
    QuestionId
);
id!(
    /// One poll; made by the client that opens it, so that a retry is the same poll.
    PollId
);
