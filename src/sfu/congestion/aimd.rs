//! The rate that delay allows: up by a fraction or by a step, down by a factor of what got through (draft-ietf-rmcat-gcc-02
//! §5.5).
//!
//! One thing differs from the draft. A forwarder is nearly always limited by its layers, so what got through is often
//! less than what could. What got through is the capacity only where a queue stands **and** more was sent than got through:
//! then it is our own traffic that fills the way. Otherwise (another's traffic, a picture that has just begun) the
//! decrease takes its factor of the target, step by step, and ends at what gets through.

use super::{MAX_BPS, MIN_BPS, Usage};

/// What is left after a decrease.
const BETA: f64 = 0.85;
/// Growth per second while the capacity is not known.
const GROWTH: f64 = 1.08;
/// The target may be this much beyond what got through: no more was tried. Less than the draft's 1.5, which would call a
/// way that is full of one layer wide enough for the next; that is for probing to say.
const REACH: f64 = 1.2;
/// And this much, so that a trickle can grow.
const REACH_BPS: f64 = 10_000.0;
/// A standing delay that says that the way is full.
const FULL_MS: f64 = 60.0;
/// Sending this much more than gets through fills a queue.
const EXCESS: f64 = 1.15;
/// Sending less than this part of the target is a trickle.
const TRICKLE: f64 = 0.25;
/// One packet, the step of an additive increase, in bits.
const STEP_BITS: f64 = 9600.0;
/// A pause after a decrease beyond the round trip: the feedback that it changes.
const SETTLE_US: u64 = 100_000;
/// A decrease within this after another is one more of the same queue.
const AGAIN_US: u64 = 1_000_000;
/// The round trip counts up to this: what is beyond is the very queue that is to be drained.
const RTT_COUNTED_US: u64 = 150_000;

/// What the estimator knows when feedback has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observation {
    pub(super) usage: Usage,
    pub(super) standing_ms: f64,
    /// What got through lately, if enough did; over some 300 ms, and over some 100 ms. The short look sees a drop at once,
    /// but has too few packets to be looked at again and again.
    pub(super) acked_bps: Option<u32>,
    pub(super) acked_now_bps: Option<u32>,
    /// The rate at which that which got through was sent, by the long look.
    pub(super) sent_bps: Option<u32>,
    pub(super) rtt_us: u64,
}

/// The controller.
#[derive(Debug, Clone)]
pub(super) struct Aimd {
    target_bps: f64,
    /// What got through when the way was full, smoothed, and its mean deviation.
    capacity: Option<(f64, f64)>,
    changed_us: u64,
    decreased_us: Option<u64>,
}

impl Aimd {
    pub(super) fn new(start_bps: u32) -> Self {
        Self { target_bps: f64::from(start_bps), capacity: None, changed_us: 0, decreased_us: None }
    }

    pub(super) const fn target_bps(&self) -> f64 {
        self.target_bps
    }

    /// Sets the target: something else than delay knows better.
    pub(super) fn set_target(&mut self, bps: f64) {
        self.target_bps = bps.clamp(f64::from(MIN_BPS), f64::from(MAX_BPS));
    }

    /// A probe got through at this rate.
    pub(super) fn raise(&mut self, now_us: u64, bps: f64) {
        if bps > self.target_bps {
            self.set_target(bps);
            self.capacity = self.capacity.filter(|(capacity, deviation)| bps < capacity + 3.0 * deviation);
            self.changed_us = now_us;
        }
    }

    /// Takes an observation; true when the target was decreased.
    pub(super) fn update(&mut self, now_us: u64, seen: &Observation) -> bool {
        let elapsed = now_us.saturating_sub(self.changed_us).min(1_000_000) as f64 / 1e6;
        match seen.usage {
            Usage::Over => return self.decrease(now_us, seen),
            Usage::Normal => self.increase(elapsed, seen),
            // The queue drains: more would stop it.
            Usage::Under => {}
        }
        self.changed_us = now_us;
        false
    }

    fn increase(&mut self, elapsed_s: f64, seen: &Observation) {
        let Some(acked) = seen.acked_bps.map(f64::from) else { return };
        let near = self.capacity.is_some_and(|(capacity, deviation)| {
            (self.target_bps - capacity).abs() < 3.0 * deviation || self.target_bps > capacity
        });
        // Far beyond what was the capacity, it is no longer.
        self.capacity = self.capacity.filter(|(capacity, deviation)| acked < capacity + 3.0 * deviation);
        let response_s = (seen.rtt_us as f64 + 100_000.0) / 1e6;
        let grown = match near {
            true => self.target_bps + (STEP_BITS / response_s * elapsed_s).max(1000.0 * elapsed_s),
            false => self.target_bps * GROWTH.powf(elapsed_s),
        };
        let reach = REACH * acked + REACH_BPS;
        self.set_target(grown.min(reach).max(self.target_bps));
    }

    fn decrease(&mut self, now_us: u64, seen: &Observation) -> bool {
        if self.decreased_us.is_some_and(|at| now_us.saturating_sub(at) < seen.rtt_us.min(RTT_COUNTED_US) + SETTLE_US) {
            return false;
        }
        let long = seen.acked_bps.map_or(self.target_bps, f64::from);
        let now = seen.acked_now_bps.map_or(long, f64::from);
        let again = self.decreased_us.is_some_and(|at| now_us.saturating_sub(at) < AGAIN_US);
        // The long look still has what was before the way was full: more where it has narrowed, less where a burst began.
        let acked = if again { long } else { now };
        let excess = seen.sent_bps.is_some_and(|sent| f64::from(sent) > EXCESS * long);
        let base = if seen.standing_ms > FULL_MS && excess {
            self.learn(acked);
            // A trickle's own delay says little of the way: its target falls fast, but not to the trickle at once.
            let trickle = seen.sent_bps.is_some_and(|sent| f64::from(sent) < TRICKLE * self.target_bps);
            if trickle { acked.max(0.4 * self.target_bps) } else { acked }
        } else {
            self.target_bps.max(long)
        };
        let target = BETA * base;
        let lower = target < self.target_bps;
        if lower {
            self.set_target(target);
        }
        (self.decreased_us, self.changed_us) = (Some(now_us), now_us);
        lower
    }

    fn learn(&mut self, bps: f64) {
        let (capacity, deviation) = self.capacity.unwrap_or((bps, bps * 0.05));
        let off = bps - capacity;
        if off.abs() > 3.0 * deviation {
            self.capacity = Some((bps, bps * 0.05));
            return;
        }
        let deviation = (deviation + 0.1 * (off.abs() - deviation)).clamp(0.01 * bps, 0.1 * bps);
        self.capacity = Some((capacity + 0.1 * off, deviation));
    }
}

#[cfg(test)]
mod tests;
