//! Whether a queue is growing on the way: the slope of one-way delay over the last packets (draft-ietf-rmcat-gcc-02
//! §5.3 to §5.4, with a fitted line in the place of the Kalman filter), against a threshold that adapts.
//!
//! Packets are taken in groups by when they left: a frame leaves at once, and how its packets spread on the way says
//! nothing of a queue. Clocks need not agree: only differences of differences count. Beside the slope there is the
//! **standing** delay, the way's delay above the least seen lately: a queue that is full no longer grows, and a slope
//! alone would call it well.

use super::Usage;

/// Packets that left within this are a group.
const GROUP_US: u64 = 5000;
/// Groups that the line is fitted to: some 300 ms of pictures and sound.
const WINDOW: usize = 20;
/// How much of the old is kept when the delay is smoothed.
const SMOOTHING: f64 = 0.9;
/// The slope is weighed by this, and by the number of groups up to [`GROUPS_MAX`] (values of Chromium's detector).
const GAIN: f64 = 4.0;
const GROUPS_MAX: u32 = 60;
/// The threshold in weighed milliseconds: at first, and its bounds (§5.4).
const THRESHOLD: f64 = 12.5;
const THRESHOLD_MIN: f64 = 6.0;
const THRESHOLD_MAX: f64 = 600.0;
/// How fast it follows up and down, per millisecond (§5.4).
const FOLLOW_UP: f64 = 0.0087;
const FOLLOW_DOWN: f64 = 0.039;
/// What is so far beyond the threshold does not move it: a drop of capacity must not make it blind.
const THRESHOLD_REACH: f64 = 15.0;
/// The slope must stay over the threshold this long.
const OVER_MS: f64 = 10.0;
/// A standing delay of this much is congestion unless it is shrinking. Above the jitter of wireless networks, below
/// what viewers call slow.
const STANDING_MS: f64 = 250.0;
/// Below this much the way is not over-used, whatever the slope: another's burst, not a queue.
const CALM_MS: f64 = 20.0;
/// A standing delay of this much that has grown by this much since the look before the last is congestion at once: on a way that has
/// narrowed to a fifth there are too few packets to wait for a fitted line.
const STEEP_MS: f64 = 80.0;
const STEEP_GROWTH_MS: f64 = 45.0;
const STEEP_LOOK_US: i64 = 100_000;
/// Weight of a packet in the standing delay: a few packets, because on a way that has just narrowed they are rare.
const STANDING_WEIGHT: f64 = 0.3;
/// How long the least delay is remembered: one to two of these. A route that grew longer is learned within.
const LEAST_US: u64 = 10_000_000;

/// The first packet of a group: what comes behind it waits for its own kind, and says nothing of a queue.
#[derive(Debug, Clone, Copy)]
struct Group {
    sent_us: u64,
    arrived_us: i64,
}

/// The detector of one way.
#[derive(Debug, Clone)]
pub(super) struct Trend {
    group: Option<Group>,
    /// Arrival and smoothed delay in milliseconds, since `origin_us`.
    points: [(f32, f32); WINDOW],
    filled: usize,
    groups: u32,
    origin_us: i64,
    delay_ms: f64,
    smoothed_ms: f64,
    threshold: f64,
    slope: f64,
    over_ms: f64,
    usage: Usage,
    /// Least one-way delay of this period and the one before, in microseconds between two clocks.
    least: [i64; 2],
    least_since_us: u64,
    standing_ms: f64,
    /// When the standing delay was looked at last, what it was, and what it was at the look before.
    looked: Option<(i64, f64, f64)>,
    /// The lesser of the last two packets' standing delays, and the last one's.
    recent_ms: f64,
    last_ms: f64,
    steep: bool,
}

impl Trend {
    pub(super) const fn new() -> Self {
        Self {
            group: None,
            points: [(0.0, 0.0); WINDOW],
            filled: 0,
            groups: 0,
            origin_us: 0,
            delay_ms: 0.0,
            smoothed_ms: 0.0,
            threshold: THRESHOLD,
            slope: 0.0,
            over_ms: 0.0,
            usage: Usage::Normal,
            least: [i64::MAX; 2],
            least_since_us: 0,
            standing_ms: 0.0,
            looked: None,
            recent_ms: 0.0,
            last_ms: 0.0,
            steep: false,
        }
    }

    pub(super) const fn usage(&self) -> Usage {
        self.usage
    }

    /// How much longer than the least the way takes now, in milliseconds: the queue, as far as is known. Smoothed, unless
    /// it grows steeply.
    pub(super) const fn standing_ms(&self) -> f64 {
        if self.steep { self.recent_ms } else { self.standing_ms }
    }

    /// Forgets delays but not the threshold: clocks have jumped.
    pub(super) fn reset(&mut self) {
        *self = Self { threshold: self.threshold, ..Self::new() };
    }

    /// What follows is not to be compared with what was: a probe was in between, which makes a queue of its own.
    pub(super) fn interrupt(&mut self) {
        self.group = None;
    }

    /// A packet has arrived; packets come in the order of their numbers.
    pub(super) fn add(&mut self, sent_us: u64, arrived_us: i64) {
        let standing_ms = self.above_least(sent_us, arrived_us);
        self.look(standing_ms, arrived_us);
        if self.steep {
            self.usage = Usage::Over;
        }
        let next = Group { sent_us, arrived_us };
        match self.group {
            Some(group) if sent_us < group.sent_us || sent_us - group.sent_us <= GROUP_US => {}
            None => self.group = Some(next),
            Some(group) => {
                self.standing_ms += (standing_ms - self.standing_ms) * STANDING_WEIGHT;
                self.compare(group, next);
                self.group = Some(next);
            }
        }
    }

    /// How much longer than the least the way was for this packet.
    fn above_least(&mut self, sent_us: u64, arrived_us: i64) -> f64 {
        let delay = arrived_us.saturating_sub(i64::try_from(sent_us).unwrap_or(i64::MAX));
        if sent_us.saturating_sub(self.least_since_us) > LEAST_US {
            self.least_since_us = sent_us;
            self.least = [i64::MAX, self.least[0]];
        }
        self.least[0] = self.least[0].min(delay);
        delay.saturating_sub(self.least[0].min(self.least[1])) as f64 / 1000.0
    }

    fn look(&mut self, standing_ms: f64, arrived_us: i64) {
        let (at_us, last_ms, was_ms) = *self.looked.get_or_insert((arrived_us, self.standing_ms, self.standing_ms));
        if arrived_us.saturating_sub(at_us) >= STEEP_LOOK_US {
            self.looked = Some((arrived_us, self.standing_ms, last_ms));
        }
        self.recent_ms = standing_ms.min(std::mem::replace(&mut self.last_ms, standing_ms));
        self.steep = self.recent_ms > STEEP_MS && self.recent_ms - was_ms > STEEP_GROWTH_MS;
    }

    fn compare(&mut self, before: Group, after: Group) {
        let sent_ms = after.sent_us.saturating_sub(before.sent_us) as f64 / 1000.0;
        let arrived_ms = after.arrived_us.saturating_sub(before.arrived_us) as f64 / 1000.0;
        if self.groups == 0 {
            self.origin_us = after.arrived_us;
        }
        self.groups = (self.groups + 1).min(GROUPS_MAX);
        self.delay_ms += arrived_ms - sent_ms;
        self.smoothed_ms = SMOOTHING * self.smoothed_ms + (1.0 - SMOOTHING) * self.delay_ms;
        let at_ms = after.arrived_us.saturating_sub(self.origin_us) as f64 / 1000.0;
        self.points.rotate_left(1);
        if let Some(last) = self.points.last_mut() {
            *last = (at_ms as f32, self.smoothed_ms as f32);
        }
        self.filled = (self.filled + 1).min(WINDOW);
        // 32-bit milliseconds stay exact for hours; begin anew before they do not.
        if at_ms.abs() > 4_000_000.0 || self.delay_ms.abs() > 1_000_000.0 {
            self.reset();
            return;
        }
        let slope = if self.filled == WINDOW { self.fit().unwrap_or(self.slope) } else { 0.0 };
        self.judge(slope, sent_ms.max(0.0), arrived_ms.clamp(0.0, 100.0));
    }

    /// Slope of the least-squares line through the points.
    fn fit(&self) -> Option<f64> {
        let n = WINDOW as f64;
        let (sum_x, sum_y) =
            self.points.iter().fold((0.0, 0.0), |(x, y), point| (x + f64::from(point.0), y + f64::from(point.1)));
        let (mean_x, mean_y) = (sum_x / n, sum_y / n);
        let (mut over, mut under) = (0.0, 0.0);
        for (x, y) in &self.points {
            let dx = f64::from(*x) - mean_x;
            over += dx * (f64::from(*y) - mean_y);
            under += dx * dx;
        }
        (under > 0.0).then(|| over / under)
    }

    fn judge(&mut self, slope: f64, sent_ms: f64, arrived_ms: f64) {
        let weighed = f64::from(self.groups) * slope * GAIN;
        let full = self.standing_ms > STANDING_MS && slope > -0.05 || self.steep;
        if (weighed > self.threshold && self.standing_ms > CALM_MS) || full {
            self.over_ms += sent_ms;
            if full || (self.over_ms > OVER_MS && slope >= self.slope) {
                self.over_ms = 0.0;
                self.usage = Usage::Over;
            }
        } else {
            self.over_ms = 0.0;
            self.usage = if weighed < -self.threshold { Usage::Under } else { Usage::Normal };
        }
        self.slope = slope;
        self.adapt(weighed.abs(), arrived_ms);
    }

    fn adapt(&mut self, weighed: f64, elapsed_ms: f64) {
        if weighed > self.threshold + THRESHOLD_REACH {
            return;
        }
        let follow = if weighed < self.threshold { FOLLOW_DOWN } else { FOLLOW_UP };
        let threshold = self.threshold + follow * (weighed - self.threshold) * elapsed_ms;
        self.threshold = threshold.clamp(THRESHOLD_MIN, THRESHOLD_MAX);
    }
}

#[cfg(test)]
mod tests;
