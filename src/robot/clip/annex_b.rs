//! Cuts an H.264 Annex B byte stream into pictures (ITU-T H.264 Annex B and §7.4.1.2.4).
//!
//! Total: any bytes give some list of pictures, at worst an empty one. It knows what a robot's clip holds (one or more
//! slices a picture, parameter sets before keyframes) and is not a general parser: a picture begins at the first unit
//! that can precede one, or at a slice whose `first_mb_in_slice` is 0.

use super::Frame;
use bytes::Bytes;
use std::ops::Range;

const SLICE: u8 = 1;
const SLICE_IDR: u8 = 5;
const SEI: u8 = 6;
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;

/// The pictures of the stream, in order.
pub(super) fn frames(stream: &Bytes) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut open = Frame { units: Vec::new(), keyframe: false };
    let mut has_slice = false;
    for range in units(stream) {
        let unit = stream.slice(range);
        let Some(&head) = unit.first() else { continue };
        let kind = head & 0x1f;
        let slice = kind == SLICE || kind == SLICE_IDR;
        // `first_mb_in_slice` is the first Exp-Golomb number of a slice header: 0 is a single 1 bit.
        let first_slice = slice && unit.get(1).is_some_and(|b| b & 0x80 != 0);
        if has_slice && (first_slice || matches!(kind, SEI | SPS | PPS | DELIMITER)) {
            frames.push(std::mem::replace(&mut open, Frame { units: Vec::new(), keyframe: false }));
            has_slice = false;
        }
        has_slice |= slice;
        open.keyframe |= kind == SLICE_IDR;
        open.units.push(unit);
    }
    if has_slice {
        frames.push(open);
    }
    frames
}

/// The NAL units between start codes, without trailing zeros, never empty.
fn units(stream: &[u8]) -> Vec<Range<usize>> {
    let mut units = Vec::new();
    let mut start = None;
    let mut at = 0;
    while let Some(code) = start_code(stream, at) {
        close(stream, start, code, &mut units);
        start = Some(code + 3);
        at = code + 3;
    }
    close(stream, start, stream.len(), &mut units);
    units
}

fn close(stream: &[u8], start: Option<usize>, end: usize, units: &mut Vec<Range<usize>>) {
    let Some(start) = start else { return };
    let mut end = end;
    while end > start && stream.get(end - 1) == Some(&0) {
        end -= 1;
    }
    if end > start {
        units.push(start..end);
    }
}

/// Where the next `00 00 01` at or after `from` begins.
fn start_code(stream: &[u8], from: usize) -> Option<usize> {
    let rest = stream.get(from..)?;
    rest.windows(3).position(|w| w == [0, 0, 1]).map(|i| from + i)
}
