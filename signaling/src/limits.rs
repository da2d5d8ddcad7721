//! Every size and rate limit of the protocol, in one place, each with its reason. A client is told the ones that it can
//! respect ([`Limits`], in its welcome); the rest it will only ever meet by misbehaving.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A frame larger than this closes the session with `too_large`. Chromium's longest untrimmed offer is about 6 kB, a
/// simulcast one 8 kB; the rest is room for other stacks.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// The longest SDP in a `subscribe`, `publish` or `hello`.
pub const MAX_SDP_BYTES: usize = 48 * 1024;

/// The longest join token. Ours are about 300 bytes.
pub const MAX_TOKEN_BYTES: usize = 2 * 1024;

/// The longest chat line, in Unicode scalar values: a phone's screen of text.
pub const MAX_CHAT_CHARS: usize = 500;

/// The longest nickname, in Unicode scalar values.
pub const MAX_NICKNAME_CHARS: usize = 32;

/// The longest show title, in Unicode scalar values.
pub const MAX_TITLE_CHARS: usize = 120;

/// The longest shop name, in Unicode scalar values.
pub const MAX_SHOP_CHARS: usize = 80;

/// The longest show slug, in bytes of `[a-z0-9-]`.
pub const MAX_SLUG_BYTES: usize = 64;

/// A socket that has not said hello by then is closed with `hello_expected`.
pub const HELLO_TIMEOUT_MS: u64 = 10_000;

/// How often a client should send `ping`. It measures the server's clock and notices a dead path.
pub const PING_INTERVAL_MS: u64 = 10_000;

/// A session that has sent nothing for this long is closed with `idle`: three and a half missed pings.
pub const IDLE_TIMEOUT_MS: u64 = 35_000;

/// Requests of any kind: sustained rate and burst. A page sends fewer than one a second.
pub const REQUESTS: Rate = Rate { per_second: 10.0, burst: 40.0 };

/// Chat lines of one session: one every second and a half, and a few in a row.
pub const CHAT: Rate = Rate { per_second: 0.67, burst: 5.0 };

/// Offers (publish or subscribe) of one session: each costs about a millisecond of CPU.
pub const OFFERS: Rate = Rate { per_second: 0.5, burst: 6.0 };

/// A session refused this many times for its rate within [`FLOOD_WINDOW_MS`] is closed with `flood`.
pub const FLOOD_STRIKES: u32 = 60;

/// The window of [`FLOOD_STRIKES`].
pub const FLOOD_WINDOW_MS: u64 = 10_000;

/// Messages waiting for a slow client before its session is closed with `slow_consumer`; it resumes by `seq`.
pub const MAX_OUTBOX_MESSAGES: usize = 1_024;

/// Bytes waiting for a slow client, as above.
pub const MAX_OUTBOX_BYTES: usize = 1024 * 1024;

/// Chat lines in a snapshot: what a newcomer can read back.
pub const SNAPSHOT_CHAT_LINES: usize = 100;

/// A client that missed more events than this gets a snapshot instead of a delta.
pub const MAX_RESUME_EVENTS: usize = 500;

/// Sessions in one show; one more is refused with `show_full`.
pub const MAX_SESSIONS_PER_SHOW: usize = 20_000;

/// Live WebRTC peers of one session: one that publishes, one that subscribes. A new one replaces its predecessor.
pub const MAX_PEERS_PER_SESSION: usize = 2;

/// Reservations and orders of one session: a buyer makes one in a minute, and retries are few.
pub const SHOPPING: Rate = Rate { per_second: 1.0, burst: 10.0 };

/// The longest description of a product, in Unicode scalar values: a page of text.
pub const MAX_DESCRIPTION_CHARS: usize = 4_000;

/// The longest name of a variant or of a way of shipping, in Unicode scalar values.
pub const MAX_NAME_CHARS: usize = 60;

/// The longest of a seller's own numbers, in Unicode scalar values.
pub const MAX_SKU_CHARS: usize = 40;

/// The longest alternative text of an image, in Unicode scalar values.
pub const MAX_ALT_CHARS: usize = 200;

/// Variants of one product: sizes times colours. A card with so many is still one event.
pub const MAX_VARIANTS: usize = 24;

/// Images of one product.
pub const MAX_IMAGES: usize = 8;

/// Images on a card.
pub const MAX_CARD_IMAGES: usize = 2;

/// Products of one shop that are not archived.
pub const MAX_PRODUCTS: usize = 2_000;

/// Products in the line-up of one show.
pub const MAX_LINE_UP: usize = 100;

/// Ways of shipping of one shop.
pub const MAX_SHIPPING: usize = 20;

/// Countries of one way of shipping: there are no more.
pub const MAX_COUNTRIES: usize = 250;

/// Pieces of one variant.
pub const MAX_STOCK: u32 = 1_000_000;

/// Pieces of one order.
pub const MAX_QUANTITY: u32 = 99;

/// Reservations that one member may have open at once: a person fills in one order at a time, and another tab's.
pub const MAX_OPEN_RESERVATIONS: usize = 3;

/// Buyers in line for one variant: as many as may hope.
pub const MAX_LINE: usize = 1_000;

/// The longest payment instructions and seller's details, in Unicode scalar values.
pub const MAX_SETTING_CHARS: usize = 2_000;

/// How often a show tells its viewers what is left, at most: the eye needs no more, and a rush of buyers must not become a
/// rush of messages to everybody.
pub const STOCK_INTERVAL_MS: u64 = 250;

/// A token bucket: so many a second in the long run, so many at once after a silence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Sustained rate.
    pub per_second: f64,
    /// Capacity of the bucket.
    pub burst: f64,
}

/// The limits a client can respect, as sent in its welcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Limits {
    /// See [`MAX_CHAT_CHARS`].
    pub chat_chars: u32,
    /// See [`MAX_NICKNAME_CHARS`].
    pub nickname_chars: u32,
    /// See [`PING_INTERVAL_MS`].
    pub ping_interval_ms: u32,
    /// Milliseconds between chat lines that are always accepted.
    pub chat_interval_ms: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            chat_chars: MAX_CHAT_CHARS as u32,
            nickname_chars: MAX_NICKNAME_CHARS as u32,
            ping_interval_ms: PING_INTERVAL_MS as u32,
            chat_interval_ms: (1_000.0 / CHAT.per_second) as u32,
        }
    }
}
