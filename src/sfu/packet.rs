//! The packet as it travels from a publisher to every subscriber: decrypted, named, numbered, shared.
//!
//! One `Packet` exists per received packet; workers share it (`Arc`), nobody changes it. Its sequence number is
//! already compacted by [`super::ingest`]: a gap in it is media that is missing, never a padding probe.

use std::time::Instant;

use bytes::Bytes;

use super::codec::{Codec, MediaKind};
use super::vp8::Vp8Descriptor;

/// Which of a publisher's tracks. A publisher has one sound and one picture; a second picture is another publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum TrackKey {
    /// The sound.
    Audio = 0,
    /// The picture.
    Video = 1,
}

impl TrackKey {
    /// Sound or picture.
    #[must_use]
    pub const fn kind(self) -> MediaKind {
        match self {
            Self::Audio => MediaKind::Audio,
            Self::Video => MediaKind::Video,
        }
    }
}

/// An encoding of a track, by quality: 0 is the lowest. A track without simulcast has layer 0 only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct LayerId(pub u8);

/// One publisher's connection, as it feeds a slot. A publisher that reconnects is a new source: its numbers start
/// anew. Chosen by the shell: a later connection gets a greater id, and none is used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SourceId(pub u64);

/// A received RTP packet with everything that forwarding needs.
#[derive(Debug, Clone)]
pub struct Packet {
    /// Sound or picture.
    pub track: TrackKey,
    /// The encoding it belongs to.
    pub layer: LayerId,
    /// How the payload is to be read.
    pub codec: Codec,
    /// Unwrapped number: never wraps, gaps are kept, numbers that padding probes used up are closed.
    pub sequence: u64,
    /// The RTP timestamp as the publisher wrote it, in units of [`Codec::clock_rate_hz`].
    pub timestamp: u32,
    /// The RTP marker: end of a frame (video), start of a talk spurt (audio).
    pub marker: bool,
    /// A decoder may begin here: first packet of a keyframe, or any packet of sound.
    pub keyframe: bool,
    /// When it arrived.
    pub arrived: Instant,
    /// The payload without padding. Empty: a probe that came late and fills a number that was already left open.
    pub payload: Bytes,
}

impl Packet {
    /// The temporal layer, where the codec says (VP8, RFC 7741 §4.2).
    #[must_use]
    pub fn temporal_id(&self) -> Option<u8> {
        if self.codec != Codec::Vp8 {
            return None;
        }
        Vp8Descriptor::parse(&self.payload)?.temporal_id
    }
}
