//! What a show remembers beside its log: what changes too often for a log that everybody reads, and what is not for
//! everybody. Each is a row with a key of its own, written in the transaction of the turn that decided it; so ten thousand
//! votes are ten thousand small rows and not one event, and none that was acknowledged is lost.

use quiora_signaling::{AuditEntry, Caption, HeldLine, MemberId, MessageId, PollId, QuestionId};
use uuid::Uuid;

/// A keyed hash of an address: it tells whether two are the same, and nothing else to who has no key.
pub type AddressHash = [u8; 16];

/// A change of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A vote for a question.
    Vote {
        /// The question in whose set it is.
        question: QuestionId,
        /// Whose.
        member: MemberId,
        /// Cast, or taken back.
        cast: bool,
    },
    /// A ballot; it replaces the member's earlier one.
    Ballot {
        /// In which poll.
        poll: PollId,
        /// Whose.
        member: MemberId,
        /// Choices as bits; none takes it back.
        choices: u8,
    },
    /// The right choice of a quiz, which no event may tell before it closes.
    Right {
        /// Of which.
        poll: PollId,
        /// Its number.
        right: u8,
    },
    /// A line waits.
    Held(HeldLine),
    /// It waits no more.
    Decided(MessageId),
    /// Somebody may not do something; it replaces the earlier one of its kind.
    Sanctioned(Sanction),
    /// And may again.
    Pardoned {
        /// Who.
        member: MemberId,
        /// What.
        kind: SanctionKind,
    },
    /// A line of the audit trail.
    Audit(AuditEntry),
    /// A caption that will not change.
    Caption(Caption),
    /// A viewer was here for the first time. Nobody was told on the strength of it, so it may be written a moment later.
    Attended(MemberId),
}

/// Something that a member may not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanction {
    /// Who.
    pub member: MemberId,
    /// What.
    pub kind: SanctionKind,
    /// Until then: milliseconds since the Unix epoch. For good if nothing is said.
    pub until_ms: Option<u64>,
    /// The address that is kept away too, of a ban.
    pub address: Option<AddressHash>,
    /// Until when the address is.
    pub address_until_ms: Option<u64>,
    /// Under which nickname.
    pub nickname: Option<String>,
}

/// What may be forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SanctionKind {
    /// To write.
    Mute,
    /// To ask.
    Forbid,
    /// To be here.
    Ban,
}

/// What somebody did, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deed {
    pub(super) action: &'static str,
    /// To whom.
    pub(super) member: Option<MemberId>,
    /// To what.
    pub(super) subject: Option<Uuid>,
    /// In what way.
    pub(super) note: Option<String>,
}
