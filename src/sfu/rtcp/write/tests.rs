//! The bytes of what goes out.

use super::*;

#[test]
fn a_sender_report_with_its_description() {
    let report = SenderReport { ssrc: 0x0a0b_0c0d, ntp: 1 << 32 | 2, rtp: 3, packets: 4, octets: 5 };
    let mut out = Vec::new();
    write_sender_report(&mut out, &report, "abc");
    #[rustfmt::skip]
    let expected = [
        0x80, 200, 0, 6, 0x0a, 0x0b, 0x0c, 0x0d, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5,
        0x81, 202, 0, 3, 0x0a, 0x0b, 0x0c, 0x0d, 1, 3, b'a', b'b', b'c', 0, 0, 0,
    ];
    assert_eq!(out, expected);
}

#[test]
fn every_length_of_a_name_ends_in_zero_and_on_a_word() {
    let report = SenderReport { ssrc: 1, ntp: 0, rtp: 0, packets: 0, octets: 0 };
    for length in 0..300 {
        let mut out = vec![9];
        write_sender_report(&mut out, &report, &"n".repeat(length));
        assert!((out.len() - 1).is_multiple_of(4));
        assert_eq!(out.last(), Some(&0));
        assert_eq!(usize::from(out[29 + 9]), length.min(255));
        assert_eq!(usize::from(u16::from_be_bytes([out[31], out[32]])) * 4 + 4, out.len() - 29);
    }
}

#[test]
fn goodbye_and_picture_loss() {
    let mut out = Vec::new();
    write_bye(&mut out, 7);
    write_pli(&mut out, 1, 2);
    assert_eq!(out, [0x81, 203, 0, 1, 0, 0, 0, 7, 0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]);
}

#[test]
fn what_a_field_cannot_hold_is_cut() {
    let mut out = Vec::new();
    let block = Block { cumulative_lost: i32::MAX, ..Block::default() };
    write_receiver_report(&mut out, 1, &[block; 40]);
    assert_eq!(out.len(), 8 + 31 * 24);
    assert_eq!(out[0], 0x80 | 31);
    assert_eq!(out[12..16], [0, 0x7f, 0xff, 0xff]);
}
