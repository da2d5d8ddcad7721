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

/// Chat lines waiting for a slow client before the oldest are left out and a `gap` says so: more than anybody reads back.
pub const MAX_OUTBOX_LINES: usize = 256;

/// Bytes waiting for a slow client, as above; at half of it chat lines are left out first.
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

/// Open reservations and places in line from one address: a household, an office, and the few hundred phones behind one
/// address of a mobile network, of which some buy at the same moment.
pub const MAX_OPEN_PER_ADDRESS: usize = 40;

/// Buyers in line for one variant: as many as may hope.
pub const MAX_LINE: usize = 1_000;

/// The longest payment instructions and seller's details, in Unicode scalar values.
pub const MAX_SETTING_CHARS: usize = 2_000;

/// How often a show tells its viewers what is left, at most: the eye needs no more, and a rush of buyers must not become a
/// rush of messages to everybody.
pub const STOCK_INTERVAL_MS: u64 = 250;

/// The longest question, in Unicode scalar values: it is read aloud in one breath.
pub const MAX_QUESTION_CHARS: usize = 300;

/// The longest answer in words, in Unicode scalar values.
pub const MAX_ANSWER_CHARS: usize = 1_000;

/// Questions of one show that are open or on air: more than a host can read.
pub const MAX_OPEN_QUESTIONS: usize = 500;

/// Questions of one show, whatever became of them.
pub const MAX_QUESTIONS: usize = 5_000;

/// Questions of one member that are open or on air.
pub const MAX_QUESTIONS_PER_MEMBER: usize = 5;

/// Votes for questions of one show, all together: they are kept in memory, about 40 bytes each.
pub const MAX_QUESTION_VOTES: usize = 1_000_000;

/// Ballots of one show, all polls together: they are kept in memory, about 40 bytes each.
pub const MAX_BALLOTS: usize = 1_000_000;

/// How often everybody is told the votes of a question, and how a poll stands.
pub const TALLY_INTERVAL_MS: u64 = 250;

/// The fewest choices of a poll.
pub const MIN_POLL_CHOICES: usize = 2;

/// The most choices of a poll: what fits over a picture on a phone.
pub const MAX_POLL_CHOICES: usize = 6;

/// The longest text of a poll or of a choice, in Unicode scalar values.
pub const MAX_POLL_CHARS: usize = 120;

/// The shortest time after which a poll closes by itself.
pub const MIN_POLL_MS: u32 = 5_000;

/// The longest.
pub const MAX_POLL_MS: u32 = 60 * 60 * 1_000;

/// Polls of one show.
pub const MAX_POLLS: usize = 50;

/// The longest slow mode.
pub const MAX_SLOW_MS: u32 = 10 * 60 * 1_000;

/// The longest wait of a newcomer.
pub const MAX_JOIN_AGE_MS: u32 = 60 * 60 * 1_000;

/// The longest mute: 7 days.
pub const MAX_MUTE_MS: u32 = 7 * 24 * 60 * 60 * 1_000;

/// The longest ban that ends: 1 year.
pub const MAX_BAN_MS: u64 = 365 * 24 * 60 * 60 * 1_000;

/// Members of one show that are muted, forbidden to ask or kept away.
pub const MAX_SANCTIONS: usize = 10_000;

/// People who are meant by a line, at most.
pub const MAX_MENTIONS: usize = 5;

/// Lines that are at hand to be answered, deleted, restored or pinned: the newest.
pub const MAX_LINES_AT_HAND: usize = 1_000;

/// Lines that wait for staff. One more is refused.
pub const MAX_HELD: usize = 200;

/// People named in a list.
pub const MAX_PEOPLE: usize = 500;

/// Reactions in one message.
pub const MAX_REACTIONS: u8 = 10;

/// How often everybody is told what everybody feels.
pub const REACTION_INTERVAL_MS: u64 = 250;

/// The longest caption, in Unicode scalar values: two lines of subtitles, and then some.
pub const MAX_CAPTION_CHARS: usize = 300;

/// How long ago a caption may have been said: no recognition that is of use takes longer.
pub const MAX_CAPTION_AGO_MS: u32 = 5_000;

/// The longest language tag, in bytes.
pub const MAX_LANGUAGE_BYTES: usize = 16;

/// Captions of one show that are kept: twelve hours of sentences.
pub const MAX_CAPTIONS: usize = 20_000;

/// Chat lines of all viewers of a show together: what a crowd can still read. Half of it is for those who were there
/// before the last minutes, half for newcomers; what one half leaves the other may use.
pub const SHOW_CHAT: Rate = Rate { per_second: 20.0, burst: 40.0 };

/// Questions of all viewers of a show together, halved likewise: more than a host can read.
pub const SHOW_QUESTIONS: Rate = Rate { per_second: 4.0, burst: 80.0 };

/// Questions of one session.
pub const QUESTIONS: Rate = Rate { per_second: 0.2, burst: 3.0 };

/// Votes of one session, for questions and in polls.
pub const VOTES: Rate = Rate { per_second: 2.0, burst: 20.0 };

/// Messages about reactions of one session: a page gathers what is tapped in half a second.
pub const REACTIONS: Rate = Rate { per_second: 2.0, burst: 6.0 };

/// Requests of one session for lines that it was spared: each may be answered with a thousand.
pub const MISSED: Rate = Rate { per_second: 0.5, burst: 4.0 };

/// Captions of one session.
pub const CAPTIONS: Rate = Rate { per_second: 5.0, burst: 15.0 };

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
    /// See [`MAX_QUESTION_CHARS`].
    pub question_chars: u32,
    /// See [`MAX_ANSWER_CHARS`].
    pub answer_chars: u32,
    /// See [`MAX_POLL_CHARS`].
    pub poll_chars: u32,
    /// See [`MAX_CAPTION_CHARS`].
    pub caption_chars: u32,
    /// Milliseconds between messages about reactions that are always accepted.
    pub reaction_interval_ms: u32,
    /// Milliseconds between captions that are always accepted.
    pub caption_interval_ms: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            chat_chars: MAX_CHAT_CHARS as u32,
            nickname_chars: MAX_NICKNAME_CHARS as u32,
            ping_interval_ms: PING_INTERVAL_MS as u32,
            chat_interval_ms: (1_000.0 / CHAT.per_second) as u32,
            question_chars: MAX_QUESTION_CHARS as u32,
            answer_chars: MAX_ANSWER_CHARS as u32,
            poll_chars: MAX_POLL_CHARS as u32,
            caption_chars: MAX_CAPTION_CHARS as u32,
            reaction_interval_ms: (1_000.0 / REACTIONS.per_second) as u32,
            caption_interval_ms: (1_000.0 / CAPTIONS.per_second) as u32,
        }
    }
}
