//! Polls: two to six choices, one vote of each member, counted by the server.

use crate::limits::{MAX_POLL_CHARS, MAX_POLL_CHOICES, MAX_POLL_MS, MIN_POLL_CHOICES, MIN_POLL_MS};
use crate::text::line;
use crate::{PollId, ProductId, RefusalCode, RequestId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is said about polls. All are answered by `done`, with the `seq` of the event where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PollMessage {
    /// Staff only: asks everybody. Sending it again under the same `poll` gives the same answer and no second poll.
    PollOpen {
        /// Request id.
        id: RequestId,
        /// Id of the poll: a UUIDv7 made by the client and kept until answered.
        poll: PollId,
        /// What is asked, and how.
        draft: PollDraft,
    },
    /// Chooses, or chooses otherwise, while the poll is open. Nothing chosen takes the vote back.
    PollVote {
        /// Request id.
        id: RequestId,
        /// Which.
        poll: PollId,
        /// Numbers of choices, the first being 0; at most one unless the poll is `multiple`.
        choices: Vec<u8>,
    },
    /// Staff only: nobody votes any more; the results, and the right answer of a quiz, are told. Repeating it is harmless.
    PollClose {
        /// Request id.
        id: RequestId,
        /// Which.
        poll: PollId,
    },
    /// Staff only: people may vote again. Not for a quiz, whose answer is known by now. Repeating it is harmless.
    PollReopen {
        /// Request id.
        id: RequestId,
        /// Which.
        poll: PollId,
        /// It closes by itself after this time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        duration_ms: Option<u32>,
    },
    /// Staff only: shows it over the picture, in place of the one that is there. Repeating it is harmless.
    PollPin {
        /// Request id.
        id: RequestId,
        /// Which.
        poll: PollId,
    },
    /// Staff only: takes the poll off the picture. Repeating it is harmless.
    PollUnpin {
        /// Request id.
        id: RequestId,
    },
}

/// What staff asks everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PollDraft {
    /// 1 to `poll_chars` characters on one line.
    pub text: String,
    /// 2 to 6.
    pub choices: Vec<Choice>,
    /// Whether one may choose several.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub multiple: bool,
    /// When everybody sees the counts.
    #[serde(default)]
    #[ts(as = "Option<PollResults>", optional)]
    pub results: PollResults,
    /// It closes by itself after this time: 5 seconds to 1 hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub duration_ms: Option<u32>,
    /// Makes it a quiz: the number of the right choice, told to nobody before it closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub right: Option<u8>,
    /// Whether it goes over the picture at once.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub pin: bool,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Choice {
    /// 1 to `poll_chars` characters on one line.
    pub text: String,
    /// The product that it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub product: Option<ProductId>,
}

/// When everybody sees the counts of a poll. Staff sees them always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PollResults {
    /// As they come.
    #[default]
    Live,
    /// When it is closed.
    After,
}

/// What has just become of a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PollChange {
    /// It was opened.
    Opened,
    /// It was closed, by staff or by its time.
    Closed,
    /// It was opened again.
    Reopened,
    /// It was put over the picture.
    Pinned,
    /// It was taken off the picture.
    Unpinned,
}

/// A poll as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Poll {
    /// Its id.
    pub poll: PollId,
    /// The `seq` under which it was opened.
    #[ts(type = "number")]
    pub seq: u64,
    /// What is asked.
    pub text: String,
    /// What may be chosen.
    pub choices: Vec<Choice>,
    /// Whether one may choose several.
    pub multiple: bool,
    /// When everybody sees the counts.
    pub results: PollResults,
    /// Whether one of the choices is right.
    pub quiz: bool,
    /// When it was opened.
    #[ts(type = "number")]
    pub opened_at_ms: u64,
    /// When it closes by itself, while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub closes_at_ms: Option<u64>,
    /// When it was closed; missing while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub closed_at_ms: Option<u64>,
    /// Whether it is over the picture.
    pub pinned: bool,
    /// Members who voted. In an event: at that moment; what changes comes as `poll_tally`.
    pub voters: u32,
    /// Votes of each choice, in their order; missing while they are not for everybody to see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub counts: Option<Vec<u32>>,
    /// The number of the right choice, of a quiz that is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub right: Option<u8>,
}

/// How a poll stands. State: the newest of each poll wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PollTally {
    /// Which.
    pub poll: PollId,
    /// Members who voted.
    pub voters: u32,
    /// Votes of each choice; missing while they are not for the receiver to see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub counts: Option<Vec<u32>>,
}

/// What a member chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PollBallot {
    /// Which.
    pub poll: PollId,
    /// Numbers of choices.
    pub choices: Vec<u8>,
}

impl PollDraft {
    fn cleaned(self) -> Result<Self, RefusalCode> {
        let count = self.choices.len();
        if !(MIN_POLL_CHOICES..=MAX_POLL_CHOICES).contains(&count)
            || self.right.is_some_and(|right| usize::from(right) >= count || self.multiple)
        {
            return Err(RefusalCode::PollInvalid);
        }
        check_duration(self.duration_ms)?;
        let clean = |choice: Choice| Ok(Choice { text: line(&choice.text, MAX_POLL_CHARS)?, ..choice });
        let choices = self.choices.into_iter().map(clean).collect::<Result<Vec<_>, RefusalCode>>()?;
        Ok(Self { text: line(&self.text, MAX_POLL_CHARS)?, choices, ..self })
    }
}

fn check_duration(duration_ms: Option<u32>) -> Result<(), RefusalCode> {
    match duration_ms {
        Some(ms) if !(MIN_POLL_MS..=MAX_POLL_MS).contains(&ms) => Err(RefusalCode::PollInvalid),
        _ => Ok(()),
    }
}

impl PollMessage {
    /// Every `type`.
    pub(crate) const TYPES: &'static [&'static str] =
        &["poll_open", "poll_vote", "poll_close", "poll_reopen", "poll_pin", "poll_unpin"];

    /// The id under which the reply will come.
    #[must_use]
    pub const fn id(&self) -> RequestId {
        match self {
            Self::PollOpen { id, .. }
            | Self::PollVote { id, .. }
            | Self::PollClose { id, .. }
            | Self::PollReopen { id, .. }
            | Self::PollPin { id, .. }
            | Self::PollUnpin { id } => *id,
        }
    }

    /// With clean texts and within the limits.
    pub(crate) fn cleaned(self) -> Result<Self, RefusalCode> {
        match self {
            Self::PollOpen { id, poll, draft } => Ok(Self::PollOpen { id, poll, draft: draft.cleaned()? }),
            Self::PollVote { ref choices, .. } if choices.len() > MAX_POLL_CHOICES => Err(RefusalCode::ChoiceInvalid),
            Self::PollReopen { duration_ms, .. } => {
                check_duration(duration_ms)?;
                Ok(self)
            }
            other => Ok(other),
        }
    }
}
