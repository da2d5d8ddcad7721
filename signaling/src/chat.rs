//! Chat lines, the rules that they are written under, and lines that wait for somebody's word.

use crate::{MemberId, MessageId, Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A line of the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatLine {
    /// The id its writer gave it.
    pub message: MessageId,
    /// Who wrote it.
    pub member: MemberId,
    /// The writer's nickname at that moment.
    pub nickname: String,
    /// The writer's role at that moment.
    pub role: Role,
    /// One clean line. Addresses in it are text.
    pub text: String,
    /// The line that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reply_to: Option<ReplyTo>,
    /// Who is meant by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Mention>>", optional)]
    pub mentions: Vec<Mention>,
}

/// The line that another one answers. Its text is not repeated: it may be deleted one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplyTo {
    /// Which.
    pub message: MessageId,
    /// Who wrote it.
    pub member: MemberId,
    /// Under which nickname.
    pub nickname: String,
}

/// Somebody who is meant by a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Mention {
    /// Who.
    pub member: MemberId,
    /// Under which nickname at that moment.
    pub nickname: String,
}

/// What lines of viewers are written under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct ChatRules {
    /// The least time between two lines of a member; 0 for none, at most 10 minutes.
    pub slow_ms: u32,
    /// Lines wait until staff lets them through.
    pub review: bool,
    /// Who came less than this ago may not write yet; 0 for none, at most 1 hour.
    pub join_age_ms: u32,
}

/// The server's own answer to a flood: it holds for those who came in the last 5 minutes, on top of the rules, until the flood
/// has been over for a minute. State: the newest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Guard {
    /// Whether it holds.
    pub active: bool,
    /// The least time between two lines of such a member.
    pub slow_ms: u32,
    /// Who came less than this ago may not write.
    pub join_age_ms: u32,
}

/// Why a line waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HeldReason {
    /// All lines do.
    Review,
    /// It has a word of the filter.
    Filter,
}

/// A line that waits, seen by staff and by its writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HeldLine {
    /// When it was written.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// Why it waits.
    pub reason: HeldReason,
    /// The line as it will be.
    pub line: ChatLine,
}

/// What became of a line that waited, for staff and for its writer. If it was let through, it comes as an `event` too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HeldDecided {
    /// Which.
    pub message: MessageId,
    /// Whether it was let through.
    pub approved: bool,
}
