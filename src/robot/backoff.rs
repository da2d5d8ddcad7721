//! How long to wait before trying again: twice as long each time, capped, and never the same as anybody else's.
//!
//! Pure: the randomness comes in. A restarted server meets all its clients again; jitter spreads them.

#[cfg(test)]
mod tests;

use std::time::Duration;

/// The longest first wait: a viewer's picture freezes for about this long when the robot's link breaks.
const FIRST: Duration = Duration::from_millis(500);
/// The longest wait of all.
const CAP: Duration = Duration::from_secs(5);

/// Counts the tries since the last success.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The next wait; `jitter` is uniform in 0..1 and takes away up to half.
    pub(super) fn next(&mut self, jitter: f64) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.tries.min(8)).min(CAP);
        self.tries = self.tries.saturating_add(1);
        whole.mul_f64(1.0 - 0.5 * jitter.clamp(0.0, 1.0))
    }

    /// It worked: the next wait is short again.
    pub(super) fn reset(&mut self) {
        self.tries = 0;
    }
}
