//! Probing for headroom: a short train at a higher rate, filled up with padding, whose arrival says what the way can do.
//!
//! A forwarder sends whole layers, so its traffic alone never shows whether the next layer would fit. When the target is
//! below what could be used, a train goes out; the media in it counts, padding only fills. What it measured becomes the
//! target; a train that the way could not carry makes the pause before the next one longer. While not even the least
//! picture fits, pauses stay short and trains show what it needs: what gets through is sound then, and says nothing of it.
//!
//! Trains are the receiver's burden too: each is at most some 100 ms long and twice the target.

use super::history::Arrived;

/// A train is this many packets of full size, as far as these bounds of its length allow.
const TRAIN_BITS: u64 = 6 * 1200 * 8;
const TRAIN_MIN_US: u64 = 50_000;
const TRAIN_MAX_US: u64 = 100_000;
/// Padding is asked for in pieces of what is due in this time, and at least of this size.
const PIECE_US: u64 = 10_000;
const PIECE_MIN: u64 = 400;
/// No single request is larger: what is due in 15 ms at 20 Mbit/s.
const PIECE_MAX: u64 = 37_500;
/// Between a train that got through and the next, beyond the round trip.
const AFTER_SUCCESS_US: u64 = 100_000;
/// Between one that did not and the next: at first, and at most. The latter is how long recovered capacity goes
/// unnoticed.
const AFTER_FAILURE_US: u64 = 1_500_000;
const AFTER_FAILURE_MAX_US: u64 = 4_000_000;
/// And after one of whose packets feedback has told too little, because it was lost itself, while no picture fits.
const AFTER_UNTOLD_US: u64 = 300_000;
/// And after a decrease, in which the queue drains.
const AFTER_DECREASE_US: u64 = 1_000_000;
/// Feedback is waited for this long beyond the round trip.
const PATIENCE_US: u64 = 1_000_000;
/// A train that arrived at this part of its rate was carried.
const CARRIED: f64 = 0.85;
/// A train is worth sending when it is this much above the target.
const WORTH: f64 = 1.1;
/// Trains are at least this fast: slower ones have too few packets, and a way so narrow carries no picture anyway.
const RATE_MIN_BPS: f64 = 250_000.0;
/// Trains are at most this much above what could be used: the allocator takes a layer when there is a margin above its
/// cost, which probing must be able to show.
const BEYOND_WANTED: f64 = 1.3;
/// And this much at least above what the least picture needs, while that does not fit: what a train proves is less than
/// its rate.
const BEYOND_LEAST: f64 = 1.25;

/// Padding that should be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// How many bytes, in packets of any size.
    pub bytes: usize,
    /// The rate of the train it belongs to.
    pub rate_bps: u32,
}

/// A train on its way.
#[derive(Debug, Clone)]
struct Train {
    rate_bps: u32,
    began_us: u64,
    /// Numbers of its packets.
    first: u64,
    last: Option<u64>,
    /// What was sent since it began, and what was asked for and has not been sent.
    sent: u64,
    owed: u64,
    arrivals: u32,
    /// Those that feedback calls missing.
    missing: u32,
    arrived_bytes: u64,
    /// Sent and arrival times of the first and the last that arrived, and the first's size.
    ends: Option<(Passage, Passage)>,
}

#[derive(Debug, Clone, Copy)]
struct Passage {
    sent_us: u64,
    arrived_us: i64,
    bytes: u64,
}

/// When to probe, and what came of it.
#[derive(Debug, Clone)]
pub(super) struct Prober {
    wanted_bps: u32,
    least_bps: u32,
    train: Option<Train>,
    next_us: u64,
    pause_us: u64,
}

impl Prober {
    pub(super) const fn new() -> Self {
        Self { wanted_bps: 0, least_bps: 0, train: None, next_us: 0, pause_us: AFTER_FAILURE_US }
    }

    /// What could be used. More than before is a reason to look soon.
    pub(super) fn set_wanted(&mut self, now_us: u64, bps: u32) {
        if u64::from(bps) * 10 > u64::from(self.wanted_bps) * 11 {
            self.next_us = self.next_us.min(now_us + AFTER_SUCCESS_US);
        }
        self.wanted_bps = bps;
    }

    /// What the least picture needs.
    pub(super) const fn set_least(&mut self, bps: u32) {
        self.least_bps = bps;
    }

    /// No train for a while: the way is congested, or was.
    pub(super) fn hold(&mut self, now_us: u64) {
        self.next_us = self.next_us.max(now_us + AFTER_DECREASE_US);
    }

    /// Whether a packet belongs to a train whose queue must not be taken for congestion.
    pub(super) fn covers(&self, number: u64) -> bool {
        self.train.as_ref().is_some_and(|t| number >= t.first && t.last.is_none_or(|last| number <= last))
    }

    pub(super) fn on_sent(&mut self, bytes: usize) {
        if let Some(train) = self.train.as_mut().filter(|train| train.last.is_none()) {
            train.sent += bytes as u64;
            train.owed = train.owed.saturating_sub(bytes as u64);
        }
    }

    /// Padding that is due now. `next` is the number of the next packet; `may_begin` says whether a new train may.
    pub(super) fn poll(&mut self, now_us: u64, next: u64, target_bps: f64, may_begin: bool) -> Option<Probe> {
        if target_bps < f64::from(self.least_bps) {
            self.next_us = self.next_us.min(now_us + AFTER_FAILURE_US);
        }
        if self.train.is_none() && may_begin && now_us >= self.next_us {
            self.begin(now_us, next, target_bps);
        }
        let train = self.train.as_mut().filter(|train| train.last.is_none())?;
        let elapsed = now_us.saturating_sub(train.began_us);
        if elapsed >= train.length_us() {
            train.last = next.checked_sub(1);
            // Nothing was sent in all the time: there is nothing to measure.
            if train.sent == 0 || next <= train.first {
                self.give_up(now_us);
            }
            return None;
        }
        let missing = train.missing(elapsed);
        (missing >= train.piece()).then(|| {
            let bytes = missing.min(PIECE_MAX);
            train.owed += bytes;
            Probe { bytes: bytes as usize, rate_bps: train.rate_bps }
        })
    }

    /// When [`Prober::poll`] has something new to say, or [`Prober::handle_timeout`] something to do.
    pub(super) fn deadline_us(&self, now_us: u64, target_bps: f64) -> Option<u64> {
        match &self.train {
            Some(train) if train.last.is_none() => Some(train.due_us(now_us)),
            Some(train) => Some(train.began_us + TRAIN_MAX_US + PATIENCE_US),
            None => self.rate(target_bps).map(|_| self.next_us),
        }
    }

    /// A train whose feedback does not come has failed.
    pub(super) fn handle_timeout(&mut self, now_us: u64) {
        let given_up = |train: &Train| now_us.saturating_sub(train.began_us) >= TRAIN_MAX_US + PATIENCE_US;
        if self.train.as_ref().is_some_and(given_up) {
            self.give_up(now_us);
        }
    }

    /// A packet of the train has arrived.
    pub(super) fn arrived(&mut self, packet: &Arrived, arrived_us: i64) {
        let Some(train) = self.train.as_mut().filter(|train| packet.number >= train.first) else { return };
        if train.last.is_some_and(|last| packet.number > last) {
            return;
        }
        let passage = Passage { sent_us: packet.sent_us, arrived_us, bytes: packet.bytes as u64 };
        train.arrivals += 1;
        train.missing = train.missing.saturating_sub(u32::from(packet.was_missing));
        train.arrived_bytes += passage.bytes;
        let (first, last) = train.ends.unwrap_or((passage, passage));
        let first = if arrived_us < first.arrived_us { passage } else { first };
        let last = if arrived_us >= last.arrived_us { passage } else { last };
        train.ends = Some((first, last));
    }

    /// A packet, of the train if it is one, is missing.
    pub(super) fn missing(&mut self, number: u64) {
        if self.covers(number) {
            self.train.iter_mut().for_each(|train| train.missing += 1);
        }
    }

    /// Feedback up to this number has come: a complete train is judged. The answer is the rate it proved, in bits per
    /// second.
    pub(super) fn judge(&mut self, now_us: u64, highest: u64, target_bps: f64) -> Option<f64> {
        let train = self.train.as_ref()?;
        if train.last.is_none_or(|last| highest < last) {
            return None;
        }
        let starved = target_bps < f64::from(self.least_bps);
        let measured = train.measured(starved);
        let rate = f64::from(train.rate_bps);
        match measured {
            // A train that left too slowly, because padding was not sent, proves little and is no reason to hurry.
            Some((bps, true)) if bps > CARRIED * CARRIED * rate => {
                self.train = None;
                self.pause_us = AFTER_FAILURE_US;
                self.next_us = now_us + AFTER_SUCCESS_US;
                Some(bps.min(rate * 1.1))
            }
            None if starved && train.is_untold() => {
                self.train = None;
                self.next_us = now_us + AFTER_UNTOLD_US;
                None
            }
            other => {
                self.give_up(now_us);
                // What a full way carried is its capacity, less a margin in which the queue drains.
                other
                    .map(|(bps, carried)| if carried { bps } else { 0.9 * bps })
                    .filter(|bps| *bps > target_bps && *bps < rate)
            }
        }
    }

    /// The rate of a train that is worth sending.
    fn rate(&self, target_bps: f64) -> Option<u32> {
        let (most, least) = (f64::from(self.wanted_bps) * BEYOND_WANTED, f64::from(self.least_bps));
        let least = if target_bps < least { least * BEYOND_LEAST } else { RATE_MIN_BPS };
        let rate = (2.0 * target_bps).max(least).max(RATE_MIN_BPS).min(most);
        // Not for the last tenth: natural growth finds it.
        (rate > WORTH * target_bps).then_some(rate as u32)
    }

    fn begin(&mut self, now_us: u64, next: u64, target_bps: f64) {
        let Some(rate_bps) = self.rate(target_bps) else { return };
        self.train = Some(Train {
            rate_bps,
            began_us: now_us,
            first: next,
            last: None,
            sent: 0,
            owed: 0,
            arrivals: 0,
            missing: 0,
            arrived_bytes: 0,
            ends: None,
        });
    }

    fn give_up(&mut self, now_us: u64) {
        self.train = None;
        self.next_us = now_us + self.pause_us;
        self.pause_us = (self.pause_us * 3 / 2).min(AFTER_FAILURE_MAX_US);
    }
}

impl Train {
    fn length_us(&self) -> u64 {
        (TRAIN_BITS * 1_000_000 / u64::from(self.rate_bps.max(1))).clamp(TRAIN_MIN_US, TRAIN_MAX_US)
    }

    fn piece(&self) -> u64 {
        (u64::from(self.rate_bps) * PIECE_US / 8_000_000).max(PIECE_MIN)
    }

    /// What should have been sent by now and was not; a piece in advance, so that the train begins with the first poll.
    fn missing(&self, elapsed_us: u64) -> u64 {
        let due = u64::from(self.rate_bps) * elapsed_us / 8_000_000 + self.piece();
        due.saturating_sub(self.sent + self.owed)
    }

    fn due_us(&self, now_us: u64) -> u64 {
        let ahead = (self.sent + self.owed) * 8_000_000 / u64::from(self.rate_bps.max(1));
        (self.began_us + ahead).max(now_us + 1000).min((self.began_us + self.length_us()).max(now_us))
    }

    /// Feedback has told of less than half of it.
    fn is_untold(&self) -> bool {
        let told = u64::from(self.arrivals) + u64::from(self.missing);
        self.last.is_some_and(|last| told * 2 < last + 1 - self.first)
    }

    /// The rate at which it went through, and whether the way carried it. `None` when too little arrived: of all, or, for
    /// the `starved`, whom a lost feedback must not cost a picture, of what feedback has told of.
    fn measured(&self, starved: bool) -> Option<(f64, bool)> {
        let (first, last) = self.ends?;
        let few = match starved {
            true => self.arrivals * 10 < (self.arrivals + self.missing) * 7,
            false => self.arrived_bytes * 10 < self.sent * 7,
        };
        if self.arrivals < 4 || few {
            return None;
        }
        // What left after the first did, and what came after the first came.
        let arriving_us = last.arrived_us.saturating_sub(first.arrived_us).max(1) as f64;
        let leaving_us = last.sent_us.saturating_sub(first.sent_us).max(1) as f64;
        let bits = (self.arrived_bytes - first.bytes) as f64 * 8e6;
        let (arriving, leaving) = (bits / arriving_us, bits / leaving_us);
        Some((arriving.min(leaving), arriving >= CARRIED * leaving.min(f64::from(self.rate_bps))))
    }
}

#[cfg(test)]
mod tests;
