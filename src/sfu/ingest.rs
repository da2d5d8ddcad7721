//! One published stream, cleaned once for all subscribers: numbers unwrapped, duplicates and probes removed.
//!
//! # The trap this file closes
//! A publisher probes bandwidth with packets that carry nothing but padding, and each uses up a sequence number. They
//! are not forwarded; were their numbers left open, every subscriber would ask for them for ever, and decoders that
//! count packets would wait. So numbers are **compacted**: a probe at the front takes no number of ours. A probe that
//! comes late finds its number already left open (nobody could know that it was not media); it is let through as an
//! empty packet, which fills the gap at the subscriber.
//!
//! Invariant: over everything let through, `Packet::sequence` has a gap exactly where a number of the publisher
//! has not arrived (yet); each number is let through at most once; order is kept. A probe that is lost leaves a gap:
//! it cannot be told from lost media.

use std::time::Instant;

use bytes::Bytes;

use super::codec::Codec;
use super::h264;
use super::packet::{LayerId, Packet, TrackKey};
use super::reason::Reason;
use super::sequence::Unwrapper;
use super::window::{WINDOW, Window};

/// What the shell hands over of a received, decrypted packet.
#[derive(Debug, Clone)]
pub struct Received {
    /// The RTP sequence number.
    pub sequence: u16,
    /// The RTP timestamp.
    pub timestamp: u32,
    /// The RTP marker.
    pub marker: bool,
    /// The payload without padding.
    pub payload: Bytes,
}

/// One published stream (one SSRC). A publisher that reconnects gets new ones.
#[derive(Debug, Clone)]
pub struct Ingest {
    track: TrackKey,
    layer: LayerId,
    codec: Codec,
    unwrapper: Unwrapper,
    seen: Window,
    /// Numbers of the publisher that were probes at the front and take no number of ours.
    closed: Window,
    closed_total: u64,
    /// The number that would confirm that the sender has restarted far below.
    restart_at: Option<u16>,
    /// Number (ours) and timestamp of the furthest media packet.
    front: Option<(u64, u32)>,
}

impl Ingest {
    /// A stream that has not received anything.
    #[must_use]
    pub const fn new(track: TrackKey, layer: LayerId, codec: Codec) -> Self {
        Self {
            track,
            layer,
            codec,
            unwrapper: Unwrapper::new(),
            seen: Window::new(),
            closed: Window::new(),
            closed_total: 0,
            restart_at: None,
            front: None,
        }
    }

    /// Sound or picture.
    #[must_use]
    pub const fn track(&self) -> TrackKey {
        self.track
    }

    /// The encoding.
    #[must_use]
    pub const fn layer(&self) -> LayerId {
        self.layer
    }

    /// How payloads are read.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Takes a packet in. The answer is the packet for all subscribers, or why there is none.
    pub fn handle_packet(&mut self, now: Instant, received: Received) -> Result<Packet, Reason> {
        let previous = self.seen.highest();
        let number = self.number(received.sequence)?;
        if !self.seen.insert(number) {
            return Err(Reason::Duplicate);
        }
        self.closed.advance(number);
        let front = previous.is_none_or(|previous| number > previous);
        if front && received.payload.is_empty() {
            self.closed.insert(number);
            self.closed_total += 1;
            return Err(Reason::Padding);
        }
        let sequence = self.compact(number);
        let begins_frame =
            self.front.is_some_and(|(last, timestamp)| sequence == last + 1 && received.timestamp != timestamp);
        let keyframe = self.is_keyframe_start(&received.payload, begins_frame);
        if front {
            self.front = Some((sequence, received.timestamp));
        }
        Ok(Packet {
            track: self.track,
            layer: self.layer,
            codec: self.codec,
            sequence,
            timestamp: received.timestamp,
            marker: received.marker,
            keyframe,
            arrived: now,
            payload: received.payload,
        })
    }

    /// The publisher's 64-bit number. One that is far below is refused, unless the next in line follows it: then the
    /// sender has restarted (RFC 3550 §A.1) and goes on above everything before.
    fn number(&mut self, sequence: u16) -> Result<u64, Reason> {
        let number = self.unwrapper.peek(sequence);
        if self.seen.highest().is_some_and(|highest| number + WINDOW <= highest) {
            if self.restart_at != Some(sequence) {
                self.restart_at = Some(sequence.wrapping_add(1));
                return Err(Reason::TooOld);
            }
            self.restart_at = None;
            return Ok(self.unwrapper.restart(sequence));
        }
        self.restart_at = None;
        Ok(self.unwrapper.extend(sequence))
    }

    /// Our number: the publisher's without the probes before it.
    fn compact(&self, number: u64) -> u64 {
        number.saturating_sub(self.closed_total.saturating_sub(self.closed.count_above(number)))
    }

    /// Where a decoder may begin. For H.264 that is the packet with the parameter set; an IDR slice counts only when
    /// it is known to begin its frame (the packet before it is there, and of another frame), so that a parameter set
    /// that is late or lost is never left behind.
    fn is_keyframe_start(&self, payload: &[u8], begins_frame: bool) -> bool {
        match self.codec {
            Codec::H264 => h264::has_sps(payload) || (begins_frame && h264::has_idr_start(payload)),
            Codec::Vp8 | Codec::Opus => self.codec.is_keyframe_start(payload),
        }
    }
}

#[cfg(test)]
mod tests;
