//! Questions of the audience: asked once, voted up, taken on air one at a time, answered, and kept with their moment in the
//! show.

use crate::limits::{MAX_ANSWER_CHARS, MAX_QUESTION_CHARS};
use crate::text::line;
use crate::{MemberId, ProductId, QuestionId, RefusalCode, RequestId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is said about questions. All are answered by `done`, with the `seq` of the event where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum QuestionMessage {
    /// Asks. It counts as the asker's own vote. Sending it again under the same `question` gives the same answer and no
    /// second question.
    QuestionAsk {
        /// Request id.
        id: RequestId,
        /// Id of the question: a UUIDv7 made by the client and kept until answered.
        question: QuestionId,
        /// 1 to `question_chars` characters on one line.
        text: String,
        /// The product of the line-up that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        product: Option<ProductId>,
    },
    /// Wants the answer too: one vote of each member, whatever it reconnects with. Repeating it is harmless.
    QuestionVote {
        /// Request id.
        id: RequestId,
        /// Which. A vote for one that was merged counts for the one it was merged into.
        question: QuestionId,
    },
    /// Takes the vote back. Repeating it is harmless.
    QuestionUnvote {
        /// Request id.
        id: RequestId,
        /// Which.
        question: QuestionId,
    },
    /// Staff only: shows it over the picture, in place of the one that is there, which is open again.
    QuestionTake {
        /// Request id.
        id: RequestId,
        /// Which; it is open.
        question: QuestionId,
    },
    /// Staff only: it has been answered, aloud or with `text`.
    QuestionAnswer {
        /// Request id.
        id: RequestId,
        /// Which; it is open or on air. One that was answered aloud may get its text later.
        question: QuestionId,
        /// The answer in words: 1 to `answer_chars` characters on one line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        text: Option<String>,
    },
    /// Staff only: puts it away.
    QuestionDismiss {
        /// Request id.
        id: RequestId,
        /// Which; it is open or on air.
        question: QuestionId,
    },
    /// Staff only: it is the same as another one. Its votes count there, one of each member.
    QuestionMerge {
        /// Request id.
        id: RequestId,
        /// Which; it is open or on air.
        question: QuestionId,
        /// The one that stays; it is open or on air.
        into: QuestionId,
    },
    /// Staff only: undoes taking, answering, dismissing or merging, as long as the show lasts. The question is open again,
    /// with the votes that are its own.
    QuestionReopen {
        /// Request id.
        id: RequestId,
        /// Which.
        question: QuestionId,
    },
}

/// Where a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QuestionStatus {
    /// It waits.
    Open,
    /// It is shown over the picture.
    OnAir,
    /// It was answered.
    Answered,
    /// It was put away.
    Dismissed,
    /// It lives on in another one.
    Merged,
}

/// What has just become of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QuestionChange {
    /// It was asked.
    Asked,
    /// It was taken on air.
    Taken,
    /// Another one was taken; it is open again.
    Returned,
    /// It was answered, or got its answer in words.
    Answered,
    /// It was put away.
    Dismissed,
    /// It was merged into another one.
    Merged,
    /// One of these was undone.
    Reopened,
}

/// A moment of the show: for a player that wants to go there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Moment {
    /// On the server's clock: milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// The frame that was being taken, as in a showcase: microseconds since the Unix epoch. Missing without a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub media_us: Option<u64>,
}

/// A question as it is now. Ranked by `votes`, then by `seq`: the older first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Question {
    /// Its id.
    pub question: QuestionId,
    /// The `seq` under which it was asked.
    #[ts(type = "number")]
    pub seq: u64,
    /// Who asked.
    pub member: MemberId,
    /// The asker's nickname at that moment.
    pub nickname: String,
    /// One clean line.
    pub text: String,
    /// The product that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub product: Option<ProductId>,
    /// When it was asked.
    #[ts(type = "number")]
    pub asked_at_ms: u64,
    /// Where it is.
    pub status: QuestionStatus,
    /// Members who want the answer, those of merged ones among them; each counts once.
    pub votes: u32,
    /// The one that it lives on in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub merged_into: Option<QuestionId>,
    /// When it was last taken on air.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub taken: Option<Moment>,
    /// When it was answered: with `taken`, a chapter of the replay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub answered: Option<Moment>,
    /// The answer in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub answer: Option<String>,
}

/// How many want an answer. State: the newest of each question wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QuestionVotes {
    /// Which.
    pub question: QuestionId,
    /// Members who want the answer.
    pub votes: u32,
}

/// To the asker alone: something happened to a question of theirs, or to the one that it was merged into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct YourQuestion {
    /// The one that they asked.
    pub question: QuestionId,
    /// The one that it lives on in; itself if it was not merged.
    pub shown: QuestionId,
    /// What: `taken`, `answered` or `merged`.
    pub change: QuestionChange,
}

impl QuestionMessage {
    /// Every `type`.
    pub(crate) const TYPES: &'static [&'static str] = &[
        "question_ask",
        "question_vote",
        "question_unvote",
        "question_take",
        "question_answer",
        "question_dismiss",
        "question_merge",
        "question_reopen",
    ];

    /// The id under which the reply will come.
    #[must_use]
    pub const fn id(&self) -> RequestId {
        match self {
            Self::QuestionAsk { id, .. }
            | Self::QuestionVote { id, .. }
            | Self::QuestionUnvote { id, .. }
            | Self::QuestionTake { id, .. }
            | Self::QuestionAnswer { id, .. }
            | Self::QuestionDismiss { id, .. }
            | Self::QuestionMerge { id, .. }
            | Self::QuestionReopen { id, .. } => *id,
        }
    }

    /// With clean texts.
    pub(crate) fn cleaned(self) -> Result<Self, RefusalCode> {
        Ok(match self {
            Self::QuestionAsk { id, question, text, product } => {
                Self::QuestionAsk { id, question, text: line(&text, MAX_QUESTION_CHARS)?, product }
            }
            Self::QuestionAnswer { id, question, text } => {
                let text = text.map(|text| line(&text, MAX_ANSWER_CHARS)).transpose()?;
                Self::QuestionAnswer { id, question, text }
            }
            other => other,
        })
    }
}
