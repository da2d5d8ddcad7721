//! Synthetic media: payloads that a server and a decoder's parser take for pictures and sound, with a [`Mark`] at the end.
//!
//! The headers are right, the rest is noise. A picture is cut into packets that differ by a byte at most, the smaller
//! first, as browsers cut it.

use super::mark::{self, Mark};
use crate::sfu::codec::Codec;

/// Pictures per second.
pub(super) const FRAMES_PER_SECOND: u32 = 30;

/// The longest payload: browsers stay below 1,200 bytes with their headers.
const MAX_PAYLOAD: usize = 1_100;

/// A keyframe is this many times the size of another picture.
const KEYFRAME_FACTOR: usize = 4;

/// Bytes of a packet of sound: 48 kbit/s at 50 packets a second.
const SOUND_BYTES: usize = 120;

/// The size of one picture of a stream, in bytes.
pub(super) const fn frame_bytes(bitrate_bps: u32, keyframe: bool) -> usize {
    let bytes = (bitrate_bps / 8 / FRAMES_PER_SECOND) as usize;
    if keyframe { bytes * KEYFRAME_FACTOR } else { bytes }
}

/// Sizes of the packets of a picture.
pub(super) fn cut(bytes: usize) -> Vec<usize> {
    let smallest = mark::LENGTH + 16;
    let count = bytes.div_ceil(MAX_PAYLOAD).max(1);
    let (size, longer) = (bytes / count, bytes % count);
    (0..count).map(|part| (size + usize::from(part >= count - longer)).max(smallest)).collect()
}

/// Which part of which picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) frame: u32,
    pub(super) index: usize,
    pub(super) last: bool,
}

/// Writes the parameter sets of H.264 in a small packet of their own, as encoders send them before a keyframe.
pub(super) fn parameter_sets(out: &mut Vec<u8>, mark: Mark) {
    // STAP-A of a sequence and a picture parameter set, and of a unit that carries the mark.
    out.extend_from_slice(&[0x78, 0, 4, 0x67, 0x42, 0xe0, 0x1f, 0, 4, 0x68, 0xce, 0x3c, 0x80]);
    out.extend_from_slice(&[0, mark::LENGTH as u8 + 1, 0x06]);
    mark.append(out);
}

/// Writes one part of a picture, `size` bytes long.
pub(super) fn picture(out: &mut Vec<u8>, codec: Codec, part: Part, size: usize, mark: Mark) {
    match codec {
        Codec::Vp8 => vp8(out, part, mark.keyframe),
        _ => h264(out, part, mark.keyframe),
    }
    fill(out, size, mark);
}

/// Writes a packet of sound: by its first byte 20 ms of full-band stereo (RFC 6716 §3.1).
pub(super) fn sound(out: &mut Vec<u8>, mark: Mark) {
    out.push(0xfc);
    fill(out, SOUND_BYTES, mark);
}

/// RFC 6184 §5.8: fragments of one slice.
fn h264(out: &mut Vec<u8>, part: Part, keyframe: bool) {
    let (importance, kind) = if keyframe { (0x60, 5) } else { (0x40, 1) };
    let bounds = (u8::from(part.index == 0) << 7) | (u8::from(part.last) << 6);
    match (part.index, part.last) {
        (0, true) => out.push(importance | kind),
        _ => out.extend_from_slice(&[importance | 28, bounds | kind]),
    }
}

/// RFC 7741 §4.2 with a 15-bit picture id, and the frame header of RFC 6386 §9.1 in the first part.
fn vp8(out: &mut Vec<u8>, part: Part, keyframe: bool) {
    let [high, low] = ((part.frame & 0x7fff) as u16).to_be_bytes();
    let start = if part.index == 0 { 0x10 } else { 0 };
    out.extend_from_slice(&[0x80 | start, 0x80, 0x80 | high, low]);
    if part.index == 0 && keyframe {
        out.extend_from_slice(&[0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02]);
    } else if part.index == 0 {
        out.extend_from_slice(&[0x11, 0, 0]);
    }
}

fn fill(out: &mut Vec<u8>, size: usize, mark: Mark) {
    let from = out.len();
    let until = size.saturating_sub(mark::LENGTH).max(from);
    // Varied, so that nothing on the way can be clever about it, and never an H.264 start code.
    out.extend((from..until).map(|at| (at as u32).wrapping_mul(0x9e37_79b1).wrapping_add(mark.number) as u8 | 1));
    mark.append(out);
}

#[cfg(test)]
mod tests;
