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
