//! Whether a worker has much to do. One that has lets sound wait for the next picture, since a send costs the same for one
//! packet as for several; one that has not adds no delay to anything.

use std::time::{Duration, Instant};

/// Over which time work is counted.
const WINDOW: Duration = Duration::from_millis(250);

/// Busy from this share of the time on, in percent, and no longer below the other: what is saved by being busy must not
/// end it.
const BUSY_PERCENT: u128 = 50;
const CALM_PERCENT: u128 = 20;

/// How much of the time went into turns.
pub(super) struct Busy {
    since: Instant,
    worked: Duration,
    is_busy: bool,
}

impl Busy {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, worked: Duration::ZERO, is_busy: false }
    }

    /// A turn that began at `began` is over.
    pub(super) fn worked(&mut self, began: Instant, now: Instant) {
        self.worked += now.saturating_duration_since(began);
        let over = now.saturating_duration_since(self.since);
        if over >= WINDOW {
            let percent = self.worked.as_micros() * 100 / over.as_micros().max(1);
            self.is_busy = percent >= if self.is_busy { CALM_PERCENT } else { BUSY_PERCENT };
            (self.since, self.worked) = (now, Duration::ZERO);
        }
    }

    pub(super) fn is_busy(&self) -> bool {
        self.is_busy
    }
}

#[cfg(test)]
mod tests;
