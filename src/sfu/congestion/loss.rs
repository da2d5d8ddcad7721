//! The rate that loss allows (draft-ietf-rmcat-gcc-02 §6), and what the draft lacks: telling loss that our rate makes
//! from loss that is simply there.
//!
//! A tenth of the packets lost is a full queue on one network and weather on another. Cutting the rate tells them apart:
//! when the queue is the cause, loss falls with the rate; when a clearly lower rate loses as much, the loss is
//! **inherent**, is repaired by retransmission, and no reason to go lower. What was cut is then given back.

use super::{MAX_BPS, MIN_BPS};

/// Loss above the inherent that decreases, and below which the bound grows (§6).
const DECREASE: f64 = 0.10;
const INCREASE: f64 = 0.05;
/// Deviations that chance may account for. With one, a way that loses a tenth of 30 packets by nature is cut in every
/// sixth window.
const SURE: f64 = 2.0;
/// Loss beyond this is never taken for weather.
const INHERENT_MAX: f64 = 0.20;
/// A rate lower by this factor is a fair trial.
const TRIAL: f64 = 0.75;
/// Loss that stays above this part of what it was did not fall with the rate.
const STAYED: f64 = 0.7;
/// What is left of what gets through.
const FLOOR: f64 = 0.85;
/// A window is judged when it is as long and as full as this.
const WINDOW_US: u64 = 300_000;
const WINDOW_PACKETS: u32 = 30;
/// Or as long as this, and not empty.
const WINDOW_LONG_US: u64 = 1_500_000;
/// Growth of the bound in a second.
const GROWTH: f64 = 1.3;
/// A bound this much above the target binds nothing and goes.
const LOOSE: f64 = 1.5;

/// The controller.
#[derive(Debug, Clone)]
pub(super) struct Loss {
    lost: u32,
    arrived: u32,
    bytes: u64,
    since_us: Option<u64>,
    bound_bps: Option<f64>,
    inherent: f64,
    /// Rate and loss when the cutting began.
    trial: Option<(f64, f64)>,
    fraction: f64,
    /// The last window was a reason to go lower.
    cutting: bool,
    /// What the least picture needs: weather is no reason to go lower.
    least_bps: f64,
}

impl Loss {
    pub(super) const fn new() -> Self {
        Self {
            lost: 0,
            arrived: 0,
            bytes: 0,
            since_us: None,
            bound_bps: None,
            inherent: 0.0,
            trial: None,
            fraction: 0.0,
            cutting: false,
            least_bps: 0.0,
        }
    }

    /// What the least picture needs. A player that repairs shows it on a way that loses a fifth; without a picture it shows
    /// nothing. So only more loss than weather makes goes below.
    pub(super) const fn set_least(&mut self, bps: f64) {
        self.least_bps = bps;
    }

    /// Whether the last window was a reason to go lower.
    pub(super) const fn is_cutting(&self) -> bool {
        self.cutting
    }

    /// A train has shown that the way carries this much: what was cut below is given back.
    pub(super) fn raise(&mut self, bps: f64) {
        self.bound_bps = self.bound_bps.map(|bound| bound.max(bps));
    }

    /// The highest rate that loss allows; `None` when it does not bind.
    pub(super) const fn bound_bps(&self) -> Option<f64> {
        self.bound_bps
    }

    /// The part of the packets that was lost in the last window, 0 to 1.
    pub(super) const fn fraction(&self) -> f64 {
        self.fraction
    }

    /// A packet has arrived; it may have been reported missing before.
    pub(super) fn arrived(&mut self, bytes: usize, was_missing: bool) {
        self.arrived = self.arrived.saturating_add(1);
        self.bytes += bytes as u64;
        self.lost = self.lost.saturating_sub(u32::from(was_missing));
    }

    /// A packet is missing.
    pub(super) fn missing(&mut self) {
        self.lost = self.lost.saturating_add(1);
    }

    /// Judges the window when it is complete. `target_bps` is the rate that delay allows. What gets through is the floor of
    /// a decrease, less a margin: a queue that has just overflowed shows losses of a rate that is no longer sent.
    pub(super) fn update(&mut self, now_us: u64, target_bps: f64) {
        let elapsed_us = now_us.saturating_sub(*self.since_us.get_or_insert(now_us));
        let packets = self.lost.saturating_add(self.arrived);
        let complete = elapsed_us >= WINDOW_US && packets >= WINDOW_PACKETS;
        if packets == 0 || !(complete || elapsed_us >= WINDOW_LONG_US) {
            return;
        }
        let elapsed_s = elapsed_us as f64 / 1e6;
        let fraction = f64::from(self.lost) / f64::from(packets);
        // What was sent, as far as sizes are known: the lost ones are taken to be like those that arrived.
        let sent_bps = self.bytes as f64 * 8.0 / elapsed_s / (1.0 - fraction).max(0.05);
        (self.lost, self.arrived, self.bytes, self.since_us) = (0, 0, 0, Some(now_us));
        let floor_bps = FLOOR * sent_bps * (1.0 - fraction);
        self.judge((fraction, f64::from(packets)), (sent_bps, floor_bps), elapsed_s, target_bps);
    }

    /// A report of loss without knowledge of single packets (RFC 3550 §6.4.1), in 1/256, about as many packets as a
    /// second has.
    pub(super) fn report(&mut self, now_us: u64, fraction_lost: u8, target_bps: f64) {
        let elapsed_us = self.since_us.replace(now_us).map_or(1_000_000, |since| now_us.saturating_sub(since));
        let elapsed_s = elapsed_us.min(5_000_000) as f64 / 1e6;
        self.judge((f64::from(fraction_lost) / 256.0, 100.0), (target_bps, 0.0), elapsed_s, target_bps);
    }

    fn judge(
        &mut self,
        (fraction, packets): (f64, f64),
        (sent_bps, floor_bps): (f64, f64),
        elapsed_s: f64,
        target_bps: f64,
    ) {
        self.fraction = fraction;
        // Few packets say little: only what cannot be chance counts as more loss.
        let sure = fraction - SURE * (fraction * (1.0 - fraction) / packets).sqrt();
        let in_force = self.bound_bps.map_or(target_bps, |bound| bound.min(target_bps));
        self.cutting = false;
        if self.is_inherent(fraction, sent_bps) {
            self.inherent = self.inherent.max(fraction.min(INHERENT_MAX));
            (self.trial, self.bound_bps) = (None, None);
        } else if sure > self.inherent + DECREASE {
            self.cutting = true;
            self.trial.get_or_insert((sent_bps, fraction));
            let cut = in_force * (1.0 - 0.5 * (fraction - self.inherent));
            let floor_bps = if sure > INHERENT_MAX { floor_bps } else { floor_bps.max(self.least_bps) };
            let bound = cut.max(floor_bps.min(in_force));
            self.bound_bps = Some(bound.clamp(f64::from(MIN_BPS), f64::from(MAX_BPS)));
        } else if fraction < self.inherent + INCREASE || in_force < self.least_bps {
            self.trial = None;
            let grown = self.bound_bps.map(|bound| bound * GROWTH.powf(elapsed_s.min(2.0)));
            self.bound_bps = grown.filter(|bound| *bound < LOOSE * target_bps && *bound < f64::from(MAX_BPS));
        }
        if fraction < self.inherent {
            self.inherent += (fraction - self.inherent) * 0.05;
        }
    }

    fn is_inherent(&self, fraction: f64, sent_bps: f64) -> bool {
        self.trial.is_some_and(|(rate, loss)| {
            sent_bps < TRIAL * rate && fraction > STAYED * loss && fraction < 1.5 * INHERENT_MAX
        })
    }
}

#[cfg(test)]
mod tests;
