//! What the folder's tests share: a first instant and packets. Compiled for tests only.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::codec::Codec;
use super::packet::{LayerId, Packet, TrackKey};

/// Some first instant. Its value means nothing: tests only ever add to it.
pub(crate) fn start() -> Instant {
    crate::clock::monotonic()
}

/// A duration in milliseconds.
pub(crate) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A picture's packet: H.264, one byte of payload, 3,000 units per number.
pub(crate) fn video(now: Instant, layer: u8, sequence: u64, keyframe: bool) -> Packet {
    Packet {
        track: TrackKey::Video,
        layer: LayerId(layer),
        codec: Codec::H264,
        sequence,
        timestamp: (sequence as u32).wrapping_mul(3000),
        marker: true,
        keyframe,
        arrived: now,
        payload: Bytes::from_static(&[0x41]),
    }
}

/// A sound's packet: Opus, 20 ms.
pub(crate) fn audio(now: Instant, sequence: u64) -> Packet {
    Packet {
        track: TrackKey::Audio,
        layer: LayerId(0),
        codec: Codec::Opus,
        sequence,
        timestamp: (sequence as u32).wrapping_mul(960),
        marker: false,
        keyframe: true,
        arrived: now,
        payload: Bytes::from_static(&[0xfc, 1]),
    }
}

/// A VP8 packet that begins and ends a frame: 15-bit picture id, TL0PICIDX.
pub(crate) fn vp8(now: Instant, layer: u8, sequence: u64, keyframe: bool, picture_id: u16, tl0: u8) -> Packet {
    let [high, low] = picture_id.to_be_bytes();
    let payload = [0x90, 0xc0, high | 0x80, low, tl0, u8::from(!keyframe), 0];
    Packet { codec: Codec::Vp8, payload: Bytes::copy_from_slice(&payload), ..video(now, layer, sequence, keyframe) }
}
