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

/// A packet of a VP8 frame with temporal layers: 15-bit picture id, TL0PICIDX, temporal id and layer-sync bit. `first` is
/// the frame's first packet, which says whether it is a keyframe.
pub(crate) fn layered(now: Instant, sequence: u64, frame: (u16, u8, u8, bool), first: bool, keyframe: bool) -> Packet {
    let (picture_id, tl0, temporal, sync) = frame;
    let [high, low] = picture_id.to_be_bytes();
    let start = if first { 0x90 } else { 0x80 };
    let layer = temporal << 6 | u8::from(sync) << 5;
    let payload = [start, 0xe0, high | 0x80, low, tl0, layer, u8::from(!(keyframe && first)), 0];
    Packet { payload: Bytes::copy_from_slice(&payload), ..vp8(now, 0, sequence, keyframe && first, 0, 0) }
}
