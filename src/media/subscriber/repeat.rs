//! What a subscriber misses is sent again (RFC 4588), from the ring that all share, on a stream of its own.
//!
//! A packet is repeated at most once a round trip: asked for sooner, the last repetition is still on its way. What comes
//! of small requests is bounded, so that nobody turns them into a flood.

use super::{Body, NoPast, OVERHEAD, Outlet, Subscriber};
use crate::media::egress::Lane;
use crate::media::room::Room;
use crate::sfu::rtp::Head;
use std::time::{Duration, Instant};

/// Repetitions remembered. When full, the oldest is forgotten.
const REMEMBERED: usize = 64;

/// Repetitions in one second: more than a tenth of a 10 Mbit/s stream.
const PER_SECOND: u32 = 1_000;

/// Reported loss, of 256, from which on repetitions go twice: one in twenty.
const LOSSY: u8 = 13;

/// Bounds of the round trip by which requests are judged, and what is assumed before it is known. Below the least a NACK
/// and the next one cross; above the most nobody waits.
const LEAST: Duration = Duration::from_millis(10);
const MOST: Duration = Duration::from_millis(300);
const ASSUMED: Duration = Duration::from_millis(40);

/// A subscriber's repetitions.
pub(super) struct Repeats {
    /// The next 48-bit number of the retransmission stream.
    index: u64,
    recent: [Option<(u16, Instant)>; REMEMBERED],
    next: usize,
    in_second: u32,
}

impl Repeats {
    pub(super) fn new() -> Self {
        // Below 2^15, as `sfu::rewriter` begins: nobody can mistake the first rollover.
        let index = u64::from(rand::random::<u16>() >> 1) + 1;
        Self { index, recent: [None; REMEMBERED], next: 0, in_second: 0 }
    }

    /// A second has passed.
    pub(super) fn renew(&mut self) {
        self.in_second = 0;
    }

    /// The next number of the stream.
    pub(super) fn take_index(&mut self) -> u64 {
        self.index += 1;
        self.index
    }

    fn may(&self, now: Instant, sequence: u16, rtt: Option<Duration>) -> bool {
        let patience = rtt.unwrap_or(ASSUMED).clamp(LEAST, MOST);
        let recent = |(s, at): &(u16, Instant)| *s == sequence && now.saturating_duration_since(*at) < patience;
        self.in_second < PER_SECOND && !self.recent.iter().flatten().any(recent)
    }

    fn remember(&mut self, now: Instant, sequence: u16) {
        if let Some(slot) = self.recent.get_mut(self.next % REMEMBERED) {
            *slot = Some((sequence, now));
        }
        self.next = self.next.wrapping_add(1);
        self.in_second += 1;
    }
}

impl Subscriber {
    /// The subscriber misses a picture packet. `true`: it was written again.
    pub(super) fn repeat(&mut self, now: Instant, sequence: u16, room: &Room, outlet: &mut Outlet<'_>) -> bool {
        if !self.repeats.may(now, sequence, self.adaptation.estimator.rtt()) {
            return false;
        }
        let Some(origin) = self.video.forwarder.origin(sequence) else { return false };
        // What comes from before a switch is history: the picture has begun anew since, and on a narrow way the storm of
        // such requests is what keeps it full.
        if self.picture() != Some((origin.source, origin.layer)) {
            return false;
        }
        let Some(packet) = room.recall(&origin) else { return false };
        // Without a retransmission format there is nothing to send: the same number must not be sealed twice.
        let Some(payload_type) = self.video.format(packet.codec).and_then(|f| f.rtx) else { return false };
        let Some(out) = self.video.forwarder.resend(&origin, packet) else { return false };
        // Where a repetition is likely to be lost as well, two go: a player's buffer has no time for a third round trip.
        let copies = if self.distress >= LOSSY { 2 } else { 1 };
        for _ in 0..copies {
            let index = self.repeats.take_index();
            let head = Head {
                marker: packet.marker,
                padding: false,
                payload_type,
                sequence: index as u16,
                timestamp: out.timestamp,
                ssrc: self.rtx_ssrc,
                transport_cc: self.next_transport_sequence(now, packet.payload.len() + 2 + OVERHEAD),
            };
            outlet.write(Lane::Again, &head, index, packet, &out, Body::<NoPast>::Repeat(sequence));
        }
        self.repeats.remember(now, sequence);
        true
    }
}
