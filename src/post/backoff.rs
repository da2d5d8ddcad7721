//! When to try again, and when no more.

use std::time::Duration;

/// Waits after the first, second … failure; after the last of them it is given up. Some seven hours: a server that is
/// being repaired is back by then, and a buyer who has heard nothing for so long has looked at the order's page.
const WAITS: [Duration; 6] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(6 * 60 * 60),
];

/// Up to a fifth longer, so that those who failed together do not come back together.
const JITTER: f64 = 0.2;

/// How long to wait between tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff([Duration; 6]);

impl Default for Backoff {
    fn default() -> Self {
        Self(WAITS)
    }
}

impl Backoff {
    /// The same wait after each failure, for tests.
    #[must_use]
    pub const fn every(wait: Duration) -> Self {
        Self([wait; 6])
    }

    /// The wait after as many failures, `dice` of [0, 1) of its jitter; `None` when it is to be given up.
    #[must_use]
    pub fn after(&self, failures: u32, dice: f64) -> Option<Duration> {
        let index = usize::try_from(failures.checked_sub(1)?).ok()?;
        self.0.get(index).map(|wait| wait.mul_f64(1.0 + JITTER * dice))
    }
}

#[cfg(test)]
mod tests;
