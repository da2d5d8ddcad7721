//! Keeping order: what staff may do to lines and to people. Who did what to whom stands in the show's audit trail
//! (`GET /api/shows/{slug}/audit`).

use crate::limits::{MAX_BAN_MS, MAX_JOIN_AGE_MS, MAX_MUTE_MS, MAX_SLOW_MS};
use crate::{Language, MemberId, MessageId, RefusalCode, RequestId, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// What is said to keep order; staff only. Answered by `done`, but for `people_get`. All may be repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ModerationMessage {
    /// Takes a line away.
    ChatDelete {
        /// Request id.
        id: RequestId,
        /// Which; one of the newest 1,000.
        message: MessageId,
    },
    /// Undoes `chat_delete`, as long as the line is one of the newest 1,000.
    ChatRestore {
        /// Request id.
        id: RequestId,
        /// Which.
        message: MessageId,
    },
    /// Lets a line that waits through, or not. There is no way back from a "no".
    ChatDecide {
        /// Request id.
        id: RequestId,
        /// Which.
        message: MessageId,
        /// Whether it is let through.
        approve: bool,
    },
    /// Keeps a line on top of the chat, in place of the one that is there.
    ChatPin {
        /// Request id.
        id: RequestId,
        /// Which; one of the newest 1,000.
        message: MessageId,
    },
    /// Takes the line off the top.
    ChatUnpin {
        /// Request id.
        id: RequestId,
    },
    /// Sets the rules of the chat.
    RulesSet {
        /// Request id.
        id: RequestId,
        /// The least time between two lines of a viewer; 0 to 600,000.
        slow_ms: u32,
        /// Whether lines wait until staff lets them through.
        review: bool,
        /// Who came less than this ago may not write yet; 0 to 3,600,000.
        join_age_ms: u32,
    },
    /// Lets a viewer write nothing for a while.
    Mute {
        /// Request id.
        id: RequestId,
        /// Whom.
        member: MemberId,
        /// For how long; at most 7 days.
        duration_ms: u32,
    },
    /// Undoes `mute`.
    Unmute {
        /// Request id.
        id: RequestId,
        /// Whom.
        member: MemberId,
    },
    /// Lets a viewer ask no more questions.
    Forbid {
        /// Request id.
        id: RequestId,
        /// Whom.
        member: MemberId,
    },
    /// Undoes `forbid`.
    Allow {
        /// Request id.
        id: RequestId,
        /// Whom.
        member: MemberId,
    },
    /// Sends a viewer away, and keeps away whoever comes with that identity or from that address.
    Ban {
        /// Request id.
        id: RequestId,
        /// Whom.
        member: MemberId,
        /// Whether the address is kept away too, for `duration_ms`. It may be that of many people.
        #[serde(default)]
        #[ts(as = "Option<bool>", optional)]
        address: bool,
        /// For how long; for good if nothing is said (an address: for a day). At most 1 year.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        duration_ms: Option<u64>,
        /// Whether the viewer's lines among the newest 1,000 go too.
        #[serde(default)]
        #[ts(as = "Option<bool>", optional)]
        purge: bool,
    },
    /// Undoes `ban`, address and all. Lines that went stay away.
    Unban {
        /// Request id.
        id: RequestId,
        /// Whom.
        member: MemberId,
    },
    /// Asks who is here, by name. Answered by `people`.
    PeopleGet {
        /// Request id.
        id: RequestId,
    },
}

/// What a member may not do now. To the member alone, in the welcome and when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Standing {
    /// May write nothing until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub muted_until_ms: Option<u64>,
    /// May ask no questions.
    pub forbidden: bool,
}

/// Somebody who is here and has a name, or who is kept away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Person {
    /// Who.
    pub member: MemberId,
    /// The nickname chosen.
    pub nickname: String,
    /// What they may do.
    pub role: Role,
    /// What they may not do.
    pub standing: Standing,
    /// Whether they are kept away.
    pub banned: bool,
}

/// Reply to `people_get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct People {
    /// The request.
    pub id: RequestId,
    /// At most 500 of those who chose a name, and at most 500 who are kept away.
    pub people: Vec<Person>,
    /// Lines that wait, the oldest first.
    pub held: Vec<crate::HeldLine>,
}

/// What a shop's word filter does and knows; `GET` and `PUT /api/shop/filter`. A new shop has the starter lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct FilterSettings {
    /// Languages whose starter list is used.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// The shop's own words besides; at most 500 of at most 60 characters.
    #[serde(default)]
    pub words: Vec<String>,
    /// Words of the lists that are welcome here; likewise.
    #[serde(default)]
    pub allowed: Vec<String>,
    /// What becomes of a line that has one.
    #[serde(default)]
    pub on_match: OnMatch,
}

impl Default for FilterSettings {
    fn default() -> Self {
        let languages = vec![Language::It, Language::En];
        Self { languages, words: Vec::new(), allowed: Vec::new(), on_match: OnMatch::Refuse }
    }
}

/// What becomes of a line that has a word of the filter. Questions and nicknames are always refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnMatch {
    /// It is refused with `text_filtered`.
    #[default]
    Refuse,
    /// It waits for staff.
    Hold,
}

/// A line of the audit trail: who did what to whom, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct AuditEntry {
    /// When: milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// Who.
    pub by: MemberId,
    /// Under which nickname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub nickname: Option<String>,
    /// As what.
    pub role: Role,
    /// What: the `type` of the message; `chat_approve` and `chat_reject` for `chat_decide`.
    pub action: String,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub member: Option<MemberId>,
    /// To which line, question or poll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub subject: Option<Uuid>,
    /// In what way: the nickname of who was muted, the rules that were set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub note: Option<String>,
}

impl ModerationMessage {
    /// Every `type`.
    pub(crate) const TYPES: &'static [&'static str] = &[
        "chat_delete",
        "chat_restore",
        "chat_decide",
        "chat_pin",
        "chat_unpin",
        "rules_set",
        "mute",
        "unmute",
        "forbid",
        "allow",
        "ban",
        "unban",
        "people_get",
    ];

    /// The id under which the reply will come.
    #[must_use]
    pub const fn id(&self) -> RequestId {
        match self {
            Self::ChatDelete { id, .. }
            | Self::ChatRestore { id, .. }
            | Self::ChatDecide { id, .. }
            | Self::ChatPin { id, .. }
            | Self::ChatUnpin { id }
            | Self::RulesSet { id, .. }
            | Self::Mute { id, .. }
            | Self::Unmute { id, .. }
            | Self::Forbid { id, .. }
            | Self::Allow { id, .. }
            | Self::Ban { id, .. }
            | Self::Unban { id, .. }
            | Self::PeopleGet { id } => *id,
        }
    }

    /// Within the limits.
    pub(crate) fn cleaned(self) -> Result<Self, RefusalCode> {
        let fits = match &self {
            Self::RulesSet { slow_ms, join_age_ms, .. } => *slow_ms <= MAX_SLOW_MS && *join_age_ms <= MAX_JOIN_AGE_MS,
            Self::Mute { duration_ms, .. } => (1..=MAX_MUTE_MS).contains(duration_ms),
            Self::Ban { duration_ms: Some(ms), .. } => (1..=MAX_BAN_MS).contains(ms),
            _ => true,
        };
        if fits { Ok(self) } else { Err(RefusalCode::RulesInvalid) }
    }
}
