//! How many are watching, told at once when it first changes and then at most twice a second: a thousand people coming in
//! together are a handful of messages, not a million. Beside it, how many there were at most and how many in all.

use quiora_signaling::MemberId;
use std::collections::HashSet;

/// The least time between two messages.
pub(super) const PRESENCE_INTERVAL_MS: u64 = 500;

/// Members that are told apart, about 16 bytes each. Further ones are not counted in the total.
pub const MAX_ATTENDED: usize = 500_000;

/// Heads of viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Headcount {
    /// Members with an open session.
    pub viewers: u32,
    /// The most there were at once.
    pub peak: u32,
    /// Members that there have been in all.
    pub total: u32,
}

#[derive(Debug, Default)]
pub(super) struct Presence {
    heads: Headcount,
    attended: HashSet<MemberId>,
    /// When everybody was told last.
    told_at_ms: Option<u64>,
    /// Something changed since. It stays so even if the number changes back: who joined in between knows another one.
    stale: bool,
}

impl Presence {
    /// As the store remembers it.
    pub(super) fn new(peak: u32, attended: HashSet<MemberId>) -> Self {
        let total = u32::try_from(attended.len()).unwrap_or(u32::MAX);
        Self { heads: Headcount { viewers: 0, peak, total }, attended, ..Self::default() }
    }

    pub(super) const fn heads(&self) -> Headcount {
        self.heads
    }

    /// A viewer has come; returns whether for the first time.
    pub(super) fn attend(&mut self, member: MemberId) -> bool {
        let first = self.attended.len() < MAX_ATTENDED && self.attended.insert(member);
        self.heads.total += u32::from(first);
        first
    }

    /// The number is this now; returns it if everybody is to be told at once.
    pub(super) fn set(&mut self, now_ms: u64, viewers: u32) -> Option<Headcount> {
        if self.heads.viewers == viewers {
            return None;
        }
        self.heads.viewers = viewers;
        self.heads.peak = self.heads.peak.max(viewers);
        self.stale = true;
        self.handle_timeout(now_ms)
    }

    pub(super) const fn poll_timeout(&self) -> Option<u64> {
        match self.told_at_ms {
            Some(told) if self.stale => Some(told + PRESENCE_INTERVAL_MS),
            _ => None,
        }
    }

    pub(super) fn handle_timeout(&mut self, now_ms: u64) -> Option<Headcount> {
        // A clock that was set back must not silence this.
        let due = self.told_at_ms.is_none_or(|told| now_ms < told || now_ms >= told + PRESENCE_INTERVAL_MS);
        if !self.stale || !due {
            return None;
        }
        self.stale = false;
        self.told_at_ms = Some(now_ms);
        Some(self.heads)
    }
}
