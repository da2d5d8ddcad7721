//! How many bits per second pass: a ring of short buckets, so that old traffic leaves as new comes, without a timer.
//!
//! Time is a number of microseconds on whatever clock the caller measures by. What comes late is put where it belongs
//! while its bucket is still there, and is forgotten after.

/// Bits per second over the last `BUCKETS × width`.
#[derive(Debug, Clone)]
pub struct Meter<const BUCKETS: usize> {
    buckets: [u32; BUCKETS],
    width_us: u32,
    /// Number of the newest bucket, and of the first one ever.
    newest: Option<(u64, u64)>,
}

impl<const BUCKETS: usize> Meter<BUCKETS> {
    /// A meter with buckets of this width in microseconds, which must not be zero.
    #[must_use]
    pub const fn new(width_us: u32) -> Self {
        Self { buckets: [0; BUCKETS], width_us, newest: None }
    }

    /// Takes note of traffic.
    pub fn add(&mut self, at_us: u64, bytes: usize) {
        let bucket = self.bucket(at_us);
        let (newest, first) = *self.newest.get_or_insert((bucket, bucket));
        if bucket > newest {
            for entering in (newest + 1..=bucket).rev().take(BUCKETS) {
                self.set(entering, 0);
            }
            self.newest = Some((bucket, first));
        } else if newest - bucket >= BUCKETS as u64 {
            return;
        }
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.set(bucket, self.get(bucket).saturating_add(bytes));
    }

    /// The rate over the last `buckets` buckets up to `at_us`, the present one as far as it has gone. Before there
    /// have been so many, over those that there were; `None` before the first is over.
    #[must_use]
    pub fn rate_bps(&self, at_us: u64, buckets: usize) -> Option<u32> {
        let (newest, first) = self.newest?;
        let present = self.bucket(at_us).max(newest);
        if present == first {
            return None;
        }
        let whole = (buckets.clamp(2, BUCKETS) as u64 - 1).min(present - first);
        let bytes: u64 = (present - whole..=newest).map(|bucket| u64::from(self.get(bucket))).sum();
        let width = u64::from(self.width_us.max(1));
        let elapsed = whole * width + at_us.saturating_sub(present * width).min(width);
        u32::try_from(bytes.saturating_mul(8_000_000) / elapsed.max(1)).ok()
    }

    /// The rate over all buckets.
    #[must_use]
    pub fn bps(&self, at_us: u64) -> u32 {
        self.rate_bps(at_us, BUCKETS).unwrap_or(0)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.newest = None;
        self.buckets = [0; BUCKETS];
    }

    fn bucket(&self, at_us: u64) -> u64 {
        at_us / u64::from(self.width_us.max(1))
    }

    fn get(&self, bucket: u64) -> u32 {
        self.buckets.get((bucket % BUCKETS as u64) as usize).copied().unwrap_or(0)
    }

    fn set(&mut self, bucket: u64, bytes: u32) {
        if let Some(slot) = self.buckets.get_mut((bucket % BUCKETS as u64) as usize) {
            *slot = bytes;
        }
    }
}

#[cfg(test)]
mod tests;
