//! Whose clock a timestamp is on: from the publisher's sender reports to those that subscribers get.
//!
//! Players keep lips and voice together by the sender reports of sound and picture (RFC 3550 §6.4.1). Reports made of
//! arrival times would carry the uplink's jitter and the encoder's delay; so ours carry the publisher's own mapping,
//! moved onto our clock by **one** offset per publisher for all of its streams: whatever error the offset has, it is
//! the same for sound and picture, and cancels.
//!
//! The offset is the smallest `arrival - sent` of the recent reports (network delay only ever adds), approached
//! smoothly. Before a stream's first report its packets' arrival stands in, which is on the same timeline up to the
//! network's jitter, so that a player has a mapping from the first second.

use super::packet::{LayerId, TrackKey};
use super::selector::MAX_LAYERS;
use super::time::{NTP_SECOND, ntp_difference, ntp_ticks};

/// Reports that the offset is the minimum of: some five seconds of four streams with one report a second each.
const SAMPLES: usize = 16;

/// An offset that differs by more than this is not jitter: the publisher's clock was set. It is taken at once.
const STEP: i64 = (NTP_SECOND / 10).cast_signed();

/// The offset moves by this fraction of the way per report.
const SMOOTHING: i64 = 4;

/// A point that ties our clock to a stream's RTP timeline. A plain value: it is sent to the workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeline {
    /// A moment on our clock, 64-bit NTP.
    pub ntp: u64,
    /// The publisher's RTP timestamp at that moment.
    pub rtp: u32,
    /// Units of `rtp`.
    pub clock_rate_hz: u32,
}

impl Timeline {
    /// The publisher's RTP timestamp at a moment on our clock.
    #[must_use]
    pub fn rtp_at(&self, now_ntp: u64) -> u32 {
        let ticks = ntp_ticks(ntp_difference(now_ntp, self.ntp), self.clock_rate_hz);
        // Modulo 2^32 is what RTP timestamps are.
        self.rtp.wrapping_add((ticks & 0xffff_ffff) as u32)
    }
}

/// A sender report to be sent to a subscriber, as plain numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderReport {
    /// The subscriber's stream.
    pub ssrc: u32,
    /// Our clock, 64-bit NTP.
    pub ntp: u64,
    /// The subscriber's RTP timestamp at that moment.
    pub rtp: u32,
    /// Packets sent, modulo 2^32.
    pub packets: u32,
    /// Payload bytes sent, modulo 2^32.
    pub octets: u32,
}

impl SenderReport {
    /// A report for a stream whose rewriter adds `timestamp_offset` to the publisher's timestamps.
    #[must_use]
    pub fn new(ssrc: u32, now_ntp: u64, timeline: &Timeline, timestamp_offset: u32) -> Self {
        let rtp = timeline.rtp_at(now_ntp).wrapping_add(timestamp_offset);
        Self { ssrc, ntp: now_ntp, rtp, packets: 0, octets: 0 }
    }

    /// The same report with what has been sent so far.
    #[must_use]
    pub const fn with_counts(self, packets: u64, octets: u64) -> Self {
        // RFC 3550 §6.4.1: both counters wrap.
        Self { packets: packets as u32, octets: octets as u32, ..self }
    }
}

#[derive(Debug, Clone, Copy)]
enum Anchor {
    /// A packet: its timestamp, and when it arrived on our clock.
    Arrival { ntp: u64, rtp: u32 },
    /// A sender report: both on the publisher's clock.
    Report { ntp: u64, rtp: u32 },
}

/// One publisher's clock: an offset shared by its streams, and an anchor for each of them.
#[derive(Debug, Clone)]
pub struct ClockMap {
    /// `our NTP - publisher's NTP`, once a report has come.
    offset: Option<i64>,
    samples: [i64; SAMPLES],
    /// How many samples there were, the place of the next modulo [`SAMPLES`].
    count: usize,
    audio: [Option<Anchor>; MAX_LAYERS],
    video: [Option<Anchor>; MAX_LAYERS],
}

impl Default for ClockMap {
    fn default() -> Self {
        Self::new()
    }
}

impl ClockMap {
    /// A map of a publisher that has not been heard.
    #[must_use]
    pub const fn new() -> Self {
        Self { offset: None, samples: [0; SAMPLES], count: 0, audio: [None; MAX_LAYERS], video: [None; MAX_LAYERS] }
    }

    /// A packet arrived: a stand-in for the sender report that has not come yet.
    pub fn handle_packet(&mut self, track: TrackKey, layer: LayerId, rtp: u32, arrival_ntp: u64) {
        if let Some(anchor) = self.anchor_mut(track, layer)
            && !matches!(anchor, Some(Anchor::Report { .. }))
        {
            *anchor = Some(Anchor::Arrival { ntp: arrival_ntp, rtp });
        }
    }

    /// A sender report arrived. One without a clock (NTP zero, RFC 3550 §6.4.1) says nothing and is ignored.
    pub fn handle_sender_report(&mut self, track: TrackKey, layer: LayerId, ntp: u64, rtp: u32, arrival_ntp: u64) {
        if ntp == 0 || usize::from(layer.0) >= MAX_LAYERS {
            return;
        }
        self.take_sample(ntp_difference(arrival_ntp, ntp));
        if let Some(anchor) = self.anchor_mut(track, layer) {
            *anchor = Some(Anchor::Report { ntp, rtp });
        }
    }

    /// The tie between our clock and a stream's timeline, for the workers; `None` before its first packet.
    #[must_use]
    pub fn timeline(&self, track: TrackKey, layer: LayerId, clock_rate_hz: u32) -> Option<Timeline> {
        let streams = match track {
            TrackKey::Audio => &self.audio,
            TrackKey::Video => &self.video,
        };
        match (*streams.get(usize::from(layer.0))?)? {
            Anchor::Arrival { ntp, rtp } => Some(Timeline { ntp, rtp, clock_rate_hz }),
            Anchor::Report { ntp, rtp } => {
                let ntp = ntp.wrapping_add(self.offset?.cast_unsigned());
                Some(Timeline { ntp, rtp, clock_rate_hz })
            }
        }
    }

    /// A stream's RTP timestamp at a moment on our clock.
    #[must_use]
    pub fn rtp_at(&self, track: TrackKey, layer: LayerId, now_ntp: u64, clock_rate_hz: u32) -> Option<u32> {
        Some(self.timeline(track, layer, clock_rate_hz)?.rtp_at(now_ntp))
    }

    fn anchor_mut(&mut self, track: TrackKey, layer: LayerId) -> Option<&mut Option<Anchor>> {
        let streams = match track {
            TrackKey::Audio => &mut self.audio,
            TrackKey::Video => &mut self.video,
        };
        streams.get_mut(usize::from(layer.0))
    }

    fn take_sample(&mut self, sample: i64) {
        let lowest = self.samples.iter().take(self.count).min().copied();
        // Clock set back or forward: what was measured before means nothing now.
        if lowest.is_some_and(|lowest| {
            sample.wrapping_sub(lowest).checked_abs().is_none_or(|d| d > NTP_SECOND.cast_signed())
        }) {
            self.count = 0;
        }
        if let Some(slot) = self.samples.get_mut(self.count % SAMPLES) {
            *slot = sample;
        }
        self.count += 1;
        let target = self.samples.iter().take(self.count).min().copied().unwrap_or(sample);
        self.offset = Some(match self.offset {
            Some(offset) => approach(offset, target),
            None => target,
        });
    }
}

/// The next offset on the way from the present one to the target.
fn approach(offset: i64, target: i64) -> i64 {
    let way = target.wrapping_sub(offset);
    if way.checked_abs().is_none_or(|distance| distance > STEP) { target } else { offset.wrapping_add(way / SMOOTHING) }
}

#[cfg(test)]
mod tests;
