//! What is written, read as RFC 2198 says.

use super::super::testing::{audio, start};
use super::*;
use bytes::Bytes;
use proptest::prelude::*;

fn sound(sequence: u64, payload: &[u8]) -> Packet {
    Packet { payload: Bytes::copy_from_slice(payload), ..audio(start(), sequence) }
}

/// Blocks as (offset, payload), the present one last with offset 0.
fn read(mut bytes: &[u8], payload_type: u8) -> Vec<(u32, Vec<u8>)> {
    let mut heads = Vec::new();
    loop {
        let first = bytes[0];
        assert_eq!(first & 0x7f, payload_type);
        if first & 0x80 == 0 {
            bytes = &bytes[1..];
            break;
        }
        let field = u32::from_be_bytes([0, bytes[1], bytes[2], bytes[3]]);
        heads.push((field >> 10, (field & 0x3ff) as usize));
        bytes = &bytes[4..];
    }
    let mut blocks = Vec::new();
    for (offset, length) in heads {
        blocks.push((offset, bytes[..length].to_vec()));
        bytes = &bytes[length..];
    }
    blocks.push((0, bytes.to_vec()));
    blocks
}

#[test]
fn the_past_stands_before_the_present() {
    let (a, b, c) = (sound(7, b"one"), sound(8, b"three"), sound(9, b"present"));
    let mut out = vec![9];
    write(&mut out, 111, &c, [&a, &b].into_iter());
    let expected = [(1920, b"one".to_vec()), (960, b"three".to_vec()), (0, b"present".to_vec())];
    assert_eq!(read(&out[1..], 111), expected);
}

#[test]
fn what_does_not_fit_is_left_out() {
    let (old, long, c) = (sound(1, b"old"), sound(29, &[1; 1024]), sound(30, b"present"));
    let mut out = Vec::new();
    write(&mut out, 111, &c, [&old, &long, &c].into_iter());
    assert_eq!(read(&out, 111), [(0, b"present".to_vec())]);
}

#[test]
fn more_loss_more_blocks() {
    let counts: Vec<usize> = [0, 1, 2, 8, 9, 26, 27, 255].into_iter().map(blocks).collect();
    assert_eq!(counts, [0, 0, 1, 1, 2, 2, 3, 3]);
}

proptest! {
    #[test]
    fn any_packets_make_a_readable_payload(
        lengths in proptest::collection::vec(0_usize..1_100, 1..4), gaps in proptest::collection::vec(0_u64..40, 3),
    ) {
        let mut sequence = 100;
        let mut packets = Vec::new();
        for (length, gap) in lengths.iter().zip(&gaps) {
            sequence += gap;
            packets.push(sound(sequence, &vec![length.to_le_bytes()[0]; *length]));
        }
        let present = packets.pop().expect("at least one");
        let mut out = Vec::new();
        write(&mut out, 96, &present, packets.iter());
        let blocks = read(&out, 96);
        prop_assert_eq!(&blocks.last().expect("the present").1[..], &present.payload[..]);
        prop_assert!(blocks.len() <= packets.len() + 1);
    }
}
