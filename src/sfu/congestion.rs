//! How much a subscriber's way can carry: send-side estimation from transport-wide feedback, one [`Estimator`] each.
//!
//! # Parts
//! ```text
//! on_sent ──> History ──┐
//!                       ├─ arrived ─> Trend (queue grows?) ─> Aimd ──┐
//! handle_feedback ──────┤           ─> Meter (what gets through) ──┘  ├─ min ─> target
//!                       ├─ arrived, missing ─> Loss (what loss allows) ┘
//!                       └─ arrived ─> Prober (trains of padding for headroom) ─> Aimd
//! ```
//! The frame is Google Congestion Control (draft-ietf-rmcat-gcc-02); each part's head says where it departs from it and
//! why. What a forwarder adds to the problem is that its traffic comes in layers: it is nearly always limited by what
//! it sends and not by the way. So a target that was measured is kept though less is sent, growth without proof ends at
//! 1.5 times what got through, and the rest is found by probing.
//!
//! # Invariants
//! - The target lies in [`MIN_BPS`]`..=`[`MAX_BPS`], whatever feedback says.
//! - Feedback about packets that were not sent, or were answered before, changes nothing; not even the silence that is
//!   waited out. What a receiver claims about its own packets is believed: it can only fill its own way.
//! - Nothing allocates, and an estimator takes less than 8 KiB: there are thousands.

mod aimd;
mod clock;
mod history;
mod loss;
mod probe;
mod trend;

use std::time::{Duration, Instant};

use self::aimd::{Aimd, Observation};
use self::clock::ReceiverClock;
use self::history::History;
use self::loss::Loss;
pub use self::probe::Probe;
use self::probe::Prober;
use self::trend::Trend;
use super::meter::Meter;
use super::rtcp::TransportFeedback;

/// What is assumed before anything is known: a middle layer with sound, which nearly every way carries. Probing takes
/// the best layer within half a second, and a way that is too narrow says so within two feedbacks.
pub const START_BPS: u32 = 600_000;
/// The target never goes below: sound alone.
pub const MIN_BPS: u32 = 40_000;
/// The target never goes above.
pub const MAX_BPS: u32 = 50_000_000;

/// Sending without transport-wide feedback for this long, and without a report either, means that the way is cut or full.
/// Ten times its interval.
const SILENCE_US: u64 = 1_000_000;
/// The same for a receiver that only sends reports, whose interval may be 5 s (RFC 3550 §6.2).
const SILENCE_OF_REPORTS_US: u64 = 6_000_000;
/// While it is silent the target is cut this often, to this part.
const SILENCE_STEP_US: u64 = 500_000;
const SILENCE_CUT: f64 = 0.7;
/// What gets through is measured in buckets of 25 ms: all twelve are the long look, the last five the short one.
const ACKED_BUCKETS: usize = 12;
const ACKED_BUCKETS_NOW: usize = 5;
const ACKED_WIDTH_US: u32 = 25_000;
/// No probing while more than this stands in the queue, in milliseconds.
const PROBE_STANDING_MS: f64 = 60.0;
/// No probing while more than this part is lost.
const PROBE_LOSS: f64 = 0.25;
/// Trains are larger by the loss of the way, up to this part.
const LOSS_ALLOWED_FOR: f64 = 0.2;
/// A report of less loss than this shows that what was sent in silence arrived.
const REPORT_FINE: u8 = 51;
/// Growth per report of a receiver that tells nothing better.
const REPORT_GROWTH: f64 = 1.08;
/// A round trip longer than this is a mistake.
const RTT_MAX: Duration = Duration::from_secs(10);

/// What the delay says about the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Usage {
    Normal,
    /// The queue grows, or stands high.
    Over,
    /// The queue drains.
    Under,
}

/// One subscriber's estimate.
#[derive(Debug, Clone)]
pub struct Estimator {
    epoch: Instant,
    history: History,
    clock: ReceiverClock,
    trend: Trend,
    acked: Meter<ACKED_BUCKETS>,
    /// The same packets by when they were sent.
    sent: Meter<ACKED_BUCKETS>,
    newest_arrival_us: i64,
    newest_sent_us: u64,
    aimd: Aimd,
    loss: Loss,
    prober: Prober,
    wanted_bps: u32,
    rtt_us: Option<u64>,
    /// The receiver's own estimate, while nothing better is known.
    remb_bps: Option<u32>,
    /// Transport-wide feedback comes. Where it ends and reports go on, they do instead.
    feedback_seen: bool,
    /// First packet since the last feedback.
    unanswered_us: Option<u64>,
    /// When something last told of packets that arrived.
    heard_us: u64,
    /// The target before silence cut it.
    before_silence: Option<f64>,
    last_sent_us: u64,
    silence_cut_us: u64,
}

const _: () = assert!(size_of::<Estimator>() <= 8192, "there are thousands of estimators");

impl Estimator {
    /// An estimator that knows nothing: its target is [`START_BPS`].
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            epoch: now,
            history: History::new(),
            clock: ReceiverClock::new(),
            trend: Trend::new(),
            acked: Meter::new(ACKED_WIDTH_US),
            sent: Meter::new(ACKED_WIDTH_US),
            newest_arrival_us: 0,
            newest_sent_us: 0,
            aimd: Aimd::new(START_BPS),
            loss: Loss::new(),
            prober: Prober::new(),
            wanted_bps: 0,
            rtt_us: None,
            remb_bps: None,
            feedback_seen: false,
            unanswered_us: None,
            heard_us: 0,
            before_silence: None,
            last_sent_us: 0,
            silence_cut_us: 0,
        }
    }

    /// What may be sent in all, media and padding, in bits per second.
    #[must_use]
    pub fn target_bps(&self) -> u32 {
        let mut target = self.aimd.target_bps();
        if let Some(bound) = self.loss.bound_bps() {
            target = target.min(bound);
        }
        if let Some(remb) = self.remb_bps {
            target = target.min(f64::from(remb));
        }
        // Lies between the two by now; the conversion saturates.
        target.clamp(f64::from(MIN_BPS), f64::from(MAX_BPS)) as u32
    }

    /// Whether the target rests on anything that the receiver has said. Before, it is a guess.
    #[must_use]
    pub fn is_informed(&self) -> bool {
        self.feedback_seen || self.remb_bps.is_some() || self.loss.bound_bps().is_some()
    }

    /// The smoothed round trip, once something was answered.
    #[must_use]
    pub fn rtt(&self) -> Option<Duration> {
        self.rtt_us.map(Duration::from_micros)
    }

    /// The part of the packets that was lost lately, 0 to 1.
    #[must_use]
    pub fn loss(&self) -> f32 {
        self.loss.fraction() as f32
    }

    /// The delay that queues on the way add now.
    #[must_use]
    pub fn queue_delay(&self) -> Duration {
        Duration::from_micros((self.trend.standing_ms() * 1000.0) as u64)
    }

    /// What could be used at most, in bits per second: the best layer that is allowed, and sound. There is no probing
    /// beyond 1.3 times of it, and none at all while it is zero.
    pub fn set_wanted(&mut self, now: Instant, bps: u32) {
        self.wanted_bps = bps.min(MAX_BPS);
        // What a train loses is not counted as carried: where packets are lost anyway, it must be larger to show the same.
        let lossy_bps = f64::from(self.wanted_bps) / (1.0 - self.loss.fraction().min(LOSS_ALLOWED_FOR));
        self.prober.set_wanted(self.us(now), lossy_bps as u32);
    }

    /// What is needed for any picture at all, in bits per second with sound. Loss that may be weather never costs it, and
    /// while the target is below, trains are sent sooner and at such a rate.
    pub fn set_least(&mut self, bps: u32) {
        let bps = bps.min(MAX_BPS);
        self.loss.set_least(f64::from(bps));
        self.prober.set_least((f64::from(bps) / (1.0 - self.loss.fraction().min(LOSS_ALLOWED_FOR))) as u32);
    }

    /// Takes note of a packet that is being sent, whatever it holds, with its size on the wire; the answer is its
    /// transport-wide sequence number.
    pub fn on_sent(&mut self, now: Instant, bytes: usize) -> u16 {
        let now_us = self.us(now);
        self.last_sent_us = now_us;
        self.unanswered_us.get_or_insert(now_us);
        self.prober.on_sent(bytes);
        self.history.push(now_us, bytes)
    }

    /// Takes a transport-wide feedback.
    pub fn handle_feedback(&mut self, now: Instant, feedback: &TransportFeedback<'_>) {
        let now_us = self.us(now);
        let (reference_us, jumped) = self.clock.place(now_us, feedback.reference_time());
        if jumped {
            self.trend.reset();
            self.acked.clear();
        }
        let mut highest = None;
        for (sequence, arrival) in feedback.statuses() {
            let Some(arrival_us) = arrival else {
                if let Some(number) = self.history.missing(sequence) {
                    self.loss.missing();
                    self.prober.missing(number);
                }
                continue;
            };
            let Some(packet) = self.history.arrived(now_us, sequence) else { continue };
            let arrived_us = reference_us.saturating_add(arrival_us);
            if highest.is_none_or(|(number, _)| packet.number > number) {
                highest = Some((packet.number, packet.sent_us));
            }
            self.loss.arrived(packet.bytes, packet.was_missing);
            self.newest_arrival_us = self.newest_arrival_us.max(arrived_us);
            self.newest_sent_us = self.newest_sent_us.max(packet.sent_us);
            self.acked.add(arrived_us.unsigned_abs(), packet.bytes);
            self.sent.add(packet.sent_us, packet.bytes);
            if self.prober.covers(packet.number) {
                self.prober.arrived(&packet, arrived_us);
                self.trend.interrupt();
            } else {
                self.trend.add(packet.sent_us, arrived_us);
            }
        }
        if let Some((number, sent_us)) = highest {
            self.feedback_seen = true;
            (self.remb_bps, self.before_silence) = (None, None);
            self.measure_rtt(now_us.saturating_sub(sent_us));
            self.answered(now_us);
            self.control(now_us, number);
        }
    }

    /// Takes the receiver's own estimate. It counts only until transport-wide feedback has been seen.
    pub fn handle_remb(&mut self, now: Instant, bps: u64) {
        if self.feedback_seen {
            return;
        }
        let bps = u32::try_from(bps).unwrap_or(MAX_BPS).clamp(MIN_BPS, MAX_BPS);
        self.remb_bps = Some(bps);
        self.aimd.set_target(f64::from(bps));
        self.answered(self.us(now));
    }

    /// A report tells of packets that have arrived, but not of loss that counts: the way is not cut.
    pub fn handle_arrivals(&mut self, now: Instant) {
        self.heard_us = self.us(now);
    }

    /// Takes a report block's loss, in 1/256 since the last, and round trip; not of a block that tells of nothing new,
    /// which is what a receiver says whom nothing reaches any more. Loss counts only while there is no transport-wide
    /// feedback.
    pub fn handle_report(&mut self, now: Instant, fraction_lost: u8, rtt: Option<Duration>) {
        let now_us = self.us(now);
        if let Some(rtt) = rtt.filter(|rtt| *rtt < RTT_MAX) {
            self.measure_rtt(rtt.as_micros() as u64);
        }
        self.heard_us = now_us;
        let ended = self.unanswered_us.is_some_and(|since| now_us >= since + SILENCE_US);
        if self.feedback_seen && !ended {
            return;
        }
        self.feedback_seen = false;
        self.answered(now_us);
        if let Some(before) = self.before_silence.take_if(|_| fraction_lost < REPORT_FINE) {
            self.aimd.set_target(before);
        }
        let target = f64::from(self.target_bps());
        self.loss.report(now_us, fraction_lost, target);
        let reach = f64::from(self.wanted_bps) * 1.25;
        if self.loss.bound_bps().is_none() && self.remb_bps.is_none() && target < reach {
            self.aimd.set_target((target * REPORT_GROWTH).min(reach));
        }
    }

    /// Padding that should be sent now, if any; to be asked until it says `None`, whenever something was sent and when
    /// [`Estimator::poll_timeout`] says. Whoever cannot send padding may ignore it.
    pub fn poll_probe(&mut self, now: Instant) -> Option<Probe> {
        let calm = self.trend.usage() == Usage::Normal && self.trend.standing_ms() < PROBE_STANDING_MS;
        let weather = !self.loss.is_cutting() && self.loss.fraction() < PROBE_LOSS;
        let now_us = self.us(now);
        let may_begin = self.feedback_seen && calm && weather && !self.is_silent(now_us);
        self.prober.poll(now_us, self.history.next(), f64::from(self.target_bps()), may_begin)
    }

    /// When to call [`Estimator::handle_timeout`] and then [`Estimator::poll_probe`] again.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let target = f64::from(self.target_bps());
        let probe = self.feedback_seen.then(|| self.prober.deadline_us(self.last_sent_us, target)).flatten();
        let at = [self.silence_us(), probe].into_iter().flatten().min()?;
        self.epoch.checked_add(Duration::from_micros(at))
    }

    /// Time has passed: silence is noticed, and a train whose feedback does not come is given up.
    pub fn handle_timeout(&mut self, now: Instant) {
        let now_us = self.us(now);
        self.prober.handle_timeout(now_us);
        if self.silence_us().is_some_and(|at| now_us >= at) {
            self.silence_cut_us = now_us;
            self.before_silence.get_or_insert(self.aimd.target_bps());
            self.aimd.set_target(f64::from(self.target_bps()) * SILENCE_CUT);
            self.prober.hold(now_us);
        }
    }

    fn control(&mut self, now_us: u64, highest: u64) {
        let newest = self.newest_arrival_us.unsigned_abs();
        let observation = Observation {
            usage: self.trend.usage(),
            standing_ms: self.trend.standing_ms(),
            acked_bps: self.acked.rate_bps(newest, ACKED_BUCKETS),
            acked_now_bps: self.acked.rate_bps(newest, ACKED_BUCKETS_NOW),
            sent_bps: self.sent.rate_bps(self.newest_sent_us, ACKED_BUCKETS),
            rtt_us: self.rtt_us.unwrap_or(100_000),
        };
        if self.aimd.update(now_us, &observation) {
            self.prober.hold(now_us);
        }
        self.loss.update(now_us, self.aimd.target_bps());
        if let Some(bps) = self.prober.judge(now_us, highest, f64::from(self.target_bps())) {
            self.aimd.raise(now_us, bps);
            self.loss.raise(bps);
        }
    }

    fn measure_rtt(&mut self, sample_us: u64) {
        let smoothed = self.rtt_us.map_or(sample_us, |rtt| (rtt * 7 + sample_us) / 8);
        self.rtt_us = Some(smoothed.min(RTT_MAX.as_micros() as u64));
    }

    /// Something came back. What was sent meanwhile still awaits its answer, from now on.
    fn answered(&mut self, now_us: u64) {
        self.unanswered_us = None;
        self.heard_us = now_us;
        self.silence_cut_us = now_us;
    }

    /// When the target is cut next for want of feedback; `None` when nothing is being sent.
    fn silence_us(&self) -> Option<u64> {
        let limit = if self.feedback_seen { SILENCE_US } else { SILENCE_OF_REPORTS_US };
        let unanswered = self.unanswered_us?;
        let due = (unanswered.max(self.heard_us) + limit).max(self.silence_cut_us + SILENCE_STEP_US);
        (self.last_sent_us + limit >= due).then_some(due)
    }

    fn is_silent(&self, now_us: u64) -> bool {
        self.silence_us().is_some_and(|due| now_us >= due)
    }

    /// Microseconds since the beginning, without the division of `as_micros`.
    fn us(&self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.epoch);
        elapsed.as_secs().saturating_mul(1_000_000) + u64::from(elapsed.subsec_micros())
    }
}

#[cfg(test)]
mod tests;
