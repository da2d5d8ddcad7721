//! Percentiles of many durations in little memory: buckets that are three per cent wide.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Buckets per doubling.
const PARTS: u32 = 32;
/// From 1 µs to more than an hour.
const BUCKETS: usize = 32 * PARTS as usize;

/// How often which duration was seen.
#[derive(Debug, Clone)]
pub(super) struct Histogram {
    counts: Vec<u64>,
    count: u64,
    max_us: u64,
}

/// What a reader wants to know of a histogram, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// How many were measured.
    pub count: u64,
    /// Half were not above this.
    pub p50: f64,
    /// Nine of ten were not above this.
    pub p90: f64,
    /// Ninety-nine of a hundred were not above this.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], count: 0, max_us: 0 }
    }
}

impl Histogram {
    /// Adds one.
    pub(super) fn add(&mut self, duration: Duration) {
        let us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        if let Some(slot) = self.counts.get_mut(bucket(us)) {
            *slot += 1;
        }
        self.count += 1;
        self.max_us = self.max_us.max(us);
    }

    /// Adds all of another's.
    pub(super) fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(ours, theirs)| *ours += theirs);
        self.count += other.count;
        self.max_us = self.max_us.max(other.max_us);
    }

    /// The summary; `None` if nothing was measured.
    pub(super) fn percentiles(&self) -> Option<Percentiles> {
        let max = self.max_us as f64 / 1_000.0;
        let at = |share: f64| {
            let rank = ((self.count as f64 * share).ceil() as u64).max(1);
            let mut passed = 0;
            let found = self.counts.iter().position(|count| {
                passed += count;
                passed >= rank
            });
            (upper(found.unwrap_or(0)) / 1_000.0).min(max)
        };
        (self.count > 0).then(|| Percentiles { count: self.count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max })
    }
}

fn bucket(us: u64) -> usize {
    let us = us.max(1) as f64;
    ((us.log2() * f64::from(PARTS)) as usize).min(BUCKETS - 1)
}

/// The upper edge of a bucket, in microseconds.
fn upper(bucket: usize) -> f64 {
    ((bucket + 1) as f64 / f64::from(PARTS)).exp2()
}

#[cfg(test)]
mod tests;
