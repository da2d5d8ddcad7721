//! Frames as browsers cut them.

use super::super::testing::{audio, start, video};
use super::*;
use bytes::Bytes;

fn frame(sequence: u64, timestamp: u32, lengths: &[usize]) -> Vec<Packet> {
    let of = |(i, length): (usize, &usize)| Packet {
        timestamp,
        payload: Bytes::from(vec![0x41; *length]),
        ..video(start(), 0, sequence + i as u64, false)
    };
    lengths.iter().enumerate().map(of).collect()
}

#[test]
fn a_frame_that_differs_by_a_byte_becomes_equal() {
    assert_eq!(paddings(&frame(1, 9, &[1058, 1058, 1058, 1059])), [1, 1, 1, 0]);
    assert_eq!(paddings(&frame(1, 9, &[1058, 1060, 1059])), [2, 0, 1]);
}

#[test]
fn what_is_far_shorter_is_left_alone() {
    assert_eq!(paddings(&frame(1, 9, &[28, 1100, 1100, 300])), [0, 0, 0, 0]);
}

#[test]
fn frames_and_sounds_do_not_mix() {
    let mut packets = frame(1, 9, &[1000, 1001]);
    packets.push(audio(start(), 5));
    packets.extend(frame(3, 3009, &[1002, 1000]));
    packets.extend(frame(5, 6009, &[1001]));
    assert_eq!(paddings(&packets), [1, 0, 0, 0, 2, 0]);
}
