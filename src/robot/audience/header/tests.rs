//! The clear part agrees with the parser of opened packets, and any bytes are read.

use super::*;
use crate::sfu::rtp::RtpHeader;
use proptest::prelude::*;

proptest! {
    #[test]
    fn it_agrees_with_the_other_parser(mut bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Some(first) = bytes.first_mut() {
            *first = 0x80 | *first & 0x1f;
        }
        let (ours, theirs) = (Header::read(&bytes), RtpHeader::parse(&bytes));
        prop_assert_eq!(ours.map(|h| (h.payload_type, h.sequence, h.ssrc, h.length)),
            theirs.map(|h| (h.payload_type, h.sequence, h.ssrc, h.payload_offset)));
    }
}

#[test]
fn an_extension_is_found_in_a_sealed_packet() {
    let mut packet = vec![0xb0, 102, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 0xbe, 0xde, 0, 2, 0x10, b'1', 0x31, 2, 7, 0, 0, 0];
    packet.extend_from_slice(&[0xff; 30]);
    let header = Header::read(&packet).unwrap();
    assert_eq!((header.extension(&packet, 3), header.extension(&packet, 4)), (Some(0x207), None));
}
