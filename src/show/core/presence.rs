//! How many are watching, told at once when it first changes and then at most twice a second: a thousand people coming in
//! together are a handful of messages, not a million.

/// The least time between two messages.
pub(super) const PRESENCE_INTERVAL_MS: u64 = 500;

#[derive(Debug, Default)]
pub(super) struct Presence {
    viewers: u32,
    /// When everybody was told last.
    told_at_ms: Option<u64>,
    /// Something changed since. It stays so even if the number changes back: who joined in between knows another one.
    stale: bool,
}

impl Presence {
    /// The number is this now; returns it if everybody is to be told at once.
    pub(super) fn set(&mut self, now_ms: u64, viewers: u32) -> Option<u32> {
        if self.viewers == viewers {
            return None;
        }
        self.viewers = viewers;
        self.stale = true;
        self.handle_timeout(now_ms)
    }

    pub(super) const fn poll_timeout(&self) -> Option<u64> {
        match self.told_at_ms {
            Some(told) if self.stale => Some(told + PRESENCE_INTERVAL_MS),
            _ => None,
        }
    }

    pub(super) fn handle_timeout(&mut self, now_ms: u64) -> Option<u32> {
        // A clock that was set back must not silence this.
        let due = self.told_at_ms.is_none_or(|told| now_ms < told || now_ms >= told + PRESENCE_INTERVAL_MS);
        if !self.stale || !due {
            return None;
        }
        self.stale = false;
        self.told_at_ms = Some(now_ms);
        Some(self.viewers)
    }
}
