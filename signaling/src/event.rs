//! What happens in a show. Durable events have a gapless `seq` per show and are the same for everybody; state is the
//! newest truth and may skip what lay between.

use crate::{
    ChatLine, ChatRules, Guard, MemberId, MessageId, Poll, PollChange, ProductId, ProductStock, Question,
    QuestionChange, ShowId, Showcase,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person may do in a show. Media never sees roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the show and may publish.
    Host,
    /// Keeps the chat in order.
    Moderator,
    /// Watches and talks.
    Viewer,
}

/// The life of a show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShowStatus {
    /// Created; no date.
    Draft,
    /// Announced for a date.
    Scheduled,
    /// Going on, whether or not the seller's media is flowing at this moment.
    Live,
    /// Over.
    Ended,
}

/// A durable event, tagged by `kind`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ShowEvent {
    /// The show began.
    Started,
    /// The show is over.
    Ended,
    /// Someone wrote a line.
    Chat(Box<ChatLine>),
    /// A product was pinned on screen, in place of the one before.
    Pinned(Box<Showcase>),
    /// The product was taken off the screen.
    Unpinned {
        /// Which.
        product: ProductId,
    },
    /// A question was asked, or something became of it. It replaces what was known of it.
    Question {
        /// What.
        change: QuestionChange,
        /// The question as it is now.
        question: Box<Question>,
    },
    /// A poll was opened, or something became of it. It replaces what was known of it.
    Poll {
        /// What.
        change: PollChange,
        /// The poll as it is now.
        poll: Box<Poll>,
    },
    /// A line was taken away.
    ChatDeleted {
        /// Which.
        message: MessageId,
    },
    /// A line that was taken away is back.
    ChatRestored {
        /// Where it stood.
        #[ts(type = "number")]
        line_seq: u64,
        /// When it was written.
        #[ts(type = "number")]
        line_at_ms: u64,
        /// The line.
        line: Box<ChatLine>,
    },
    /// All lines of a member were taken away.
    ChatPurged {
        /// Whose.
        member: MemberId,
    },
    /// A line was put on top of the chat, in place of the one before.
    ChatPinned {
        /// The line.
        line: Box<ChatLine>,
    },
    /// The line was taken off the top.
    ChatUnpinned {
        /// Which.
        message: MessageId,
    },
    /// The rules of the chat are these from now on.
    Rules(ChatRules),
}

/// A durable event with its place in the show's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Logged {
    /// 1, 2, 3 … without a gap, per show.
    #[ts(type = "number")]
    pub seq: u64,
    /// When, by the server's clock: milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// What.
    pub event: ShowEvent,
}

/// Whether the seller's media is flowing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OnAir {
    /// Nobody publishes.
    Off,
    /// Media is flowing.
    Live,
    /// The publisher's media stopped without a goodbye, and the show goes on.
    Reconnecting,
}

/// Where the picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A camera.
    Camera,
    /// A shared screen.
    Screen,
}

/// What is on the show's stage now. State: the newest replaces all before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Stage {
    /// Whether media is flowing.
    pub on_air: OnAir,
    /// Whether the host sends a picture.
    pub video: bool,
    /// Whether the host sends sound.
    pub audio: bool,
    /// Where the picture comes from.
    pub source: Source,
}

impl Default for Stage {
    fn default() -> Self {
        Self { on_air: OnAir::Off, video: true, audio: true, source: Source::Camera }
    }
}

/// The show as it is now, without its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ShowState {
    /// Its id.
    pub show: ShowId,
    /// Its name in links: `[a-z0-9-]`.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// The shop's name for people.
    pub shop: String,
    /// Where in its life it is.
    pub status: ShowStatus,
    /// The announced date, in milliseconds since the Unix epoch.
    #[ts(type = "number | null")]
    pub scheduled_at_ms: Option<u64>,
    /// When it began.
    #[ts(type = "number | null")]
    pub started_at_ms: Option<u64>,
    /// When it ended.
    #[ts(type = "number | null")]
    pub ended_at_ms: Option<u64>,
    /// What is on its stage.
    pub stage: Stage,
    /// Members with an open session, staff not counted.
    pub viewers: u32,
    /// The most there were at once.
    pub peak: u32,
    /// How many there have been in all.
    pub total: u32,
    /// What lines are written under.
    pub rules: ChatRules,
    /// What holds besides, while a flood lasts.
    pub guard: Guard,
    /// The line on top of the chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub pinned_line: Option<Box<ChatLine>>,
    /// What is pinned on screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub showcase: Option<Box<Showcase>>,
    /// What is left of it, if that is known yet; if not, it comes as `stock`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stock: Option<ProductStock>,
}
