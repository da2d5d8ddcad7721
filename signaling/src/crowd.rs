//! What a crowd does all at once: reactions, captions, and catching up on what a slow client was spared.

use crate::limits::{MAX_CAPTION_AGO_MS, MAX_CAPTION_CHARS, MAX_LANGUAGE_BYTES, MAX_REACTIONS};
use crate::text::line;
use crate::{Logged, PollBallot, QuestionId, RefusalCode, RequestId, Standing};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What many say often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CrowdMessage {
    /// Feels something. Answered by `done`; nothing of it is kept.
    React {
        /// Request id.
        id: RequestId,
        /// What.
        reaction: Reaction,
        /// How often since the last one: 1 to 10.
        #[serde(default = "once")]
        #[ts(as = "Option<u8>", optional)]
        count: u8,
    },
    /// Host only: what is being said, for those who read it. Answered by `done`. A `last` one is kept with the show.
    CaptionSend {
        /// Request id.
        id: RequestId,
        /// 1 to `caption_chars` characters on one line.
        text: String,
        /// What it is in: a BCP 47 tag, at most 16 bytes.
        language: String,
        /// Whether the sentence will not change any more.
        last: bool,
        /// How long ago it was said, as far as the client can tell: what recognition takes. At most 5,000.
        #[serde(default)]
        #[ts(as = "Option<u32>", optional)]
        ago_ms: u32,
    },
    /// Asks for what a `gap` left out. Answered by `missed`.
    MissedGet {
        /// Request id.
        id: RequestId,
        /// As in the `gap`.
        #[ts(type = "number")]
        from_seq: u64,
        /// As in the `gap`.
        #[ts(type = "number")]
        to_seq: u64,
    },
}

const fn once() -> u8 {
    1
}

/// What one can feel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Love.
    Heart,
    /// Applause.
    Clap,
    /// Want it.
    Fire,
    /// Laughter.
    Laugh,
    /// Wonder.
    Wow,
}

/// So many felt this since the last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReactionCount {
    /// What.
    pub reaction: Reaction,
    /// How many.
    pub count: u32,
}

/// What is being said. State: the newest wins, and one that comes late is of no use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Caption {
    /// When the server got it.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// The frame that was being taken when it was said, as in a showcase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub media_us: Option<u64>,
    /// A BCP 47 tag.
    pub language: String,
    /// One clean line; it replaces what was shown since the last `last`.
    pub text: String,
    /// Whether the sentence will not change any more.
    pub last: bool,
}

/// Chat lines were left out because the client reads too slowly: `missed_get` brings them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Gap {
    /// The `seq` of the first line left out.
    #[ts(type = "number")]
    pub from_seq: u64,
    /// The `seq` of the last one. Events between that are no chat lines were not left out.
    #[ts(type = "number")]
    pub to_seq: u64,
}

/// Reply to `missed_get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Missed {
    /// The request.
    pub id: RequestId,
    /// The chat lines from `from_seq` to `to_seq` that are still at hand and not deleted, oldest first, as many as fit.
    pub chat: Vec<Logged>,
    /// From where to ask for those that did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub rest_from_seq: Option<u64>,
}

/// What of the show is the member's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Mine {
    /// Questions voted for that are open or on air.
    pub voted: Vec<QuestionId>,
    /// Choices in polls that are open or pinned.
    pub ballots: Vec<PollBallot>,
    /// Own lines that wait for staff; all that wait, for staff.
    pub held: Vec<crate::HeldLine>,
    /// What the member may not do.
    pub standing: Standing,
}

impl CrowdMessage {
    /// Every `type`.
    pub(crate) const TYPES: &'static [&'static str] = &["react", "caption_send", "missed_get"];

    /// The id under which the reply will come.
    #[must_use]
    pub const fn id(&self) -> RequestId {
        match self {
            Self::React { id, .. } | Self::CaptionSend { id, .. } | Self::MissedGet { id, .. } => *id,
        }
    }

    /// With clean texts and within the limits.
    pub(crate) fn cleaned(self) -> Result<Self, RefusalCode> {
        match self {
            Self::React { count, .. } if count == 0 || count > MAX_REACTIONS => Err(RefusalCode::BadMessage),
            Self::CaptionSend { id, text, language, last, ago_ms }
                if is_language(&language) && ago_ms <= MAX_CAPTION_AGO_MS =>
            {
                Ok(Self::CaptionSend { id, text: line(&text, MAX_CAPTION_CHARS)?, language, last, ago_ms })
            }
            Self::CaptionSend { .. } => Err(RefusalCode::BadMessage),
            other => Ok(other),
        }
    }
}

/// Whether it has the form of a short BCP 47 tag.
fn is_language(tag: &str) -> bool {
    let subtags = || tag.split('-');
    tag.len() <= MAX_LANGUAGE_BYTES
        && subtags().all(|s| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric()))
        && subtags().next().is_some_and(|s| s.len() >= 2 && s.bytes().all(|b| b.is_ascii_alphabetic()))
}
