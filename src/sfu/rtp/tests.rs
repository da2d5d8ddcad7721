//! Headers, both extension forms, padding, and totality on any bytes.

use proptest::prelude::*;

use super::*;

/// A packet with an extension block of this profile and data (whole words).
fn packet(profile: u16, data: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x90, 0xe0, 0x12, 0x34, 0, 0, 0, 9, 0, 0, 0, 7];
    packet.extend_from_slice(&profile.to_be_bytes());
    packet.extend_from_slice(&((data.len() / 4) as u16).to_be_bytes());
    packet.extend_from_slice(data);
    packet.extend_from_slice(payload);
    packet
}

#[test]
fn reads_the_fixed_header() {
    let bytes = packet(0xbede, &[0x10, b'a', 0, 0], &[1, 2, 3]);
    let header = RtpHeader::parse(&bytes).expect("whole");
    assert!(header.marker);
    assert_eq!((header.payload_type, header.sequence, header.timestamp, header.ssrc), (0x60, 0x1234, 9, 7));
    assert_eq!((header.payload_offset, header.padding_len), (20, 0));
    assert_eq!(header.payload(&bytes), &[1, 2, 3]);
}

#[test]
fn one_byte_extensions() {
    let bytes = packet(0xbede, &[0x10, b'a', 0, 0x21, b'b', b'c', 0xf0, 0x30], &[]);
    let header = RtpHeader::parse(&bytes).expect("whole");
    let found: Vec<_> = header.extensions(&bytes).collect();
    assert_eq!(found, [(1, &b"a"[..]), (2, &b"bc"[..])], "padding skipped, id 15 ends");
    assert_eq!(header.extension(&bytes, 2), Some(&b"bc"[..]));
    assert_eq!(header.extension(&bytes, 3), None);
    let reserved = packet(0xbede, &[0x03, 0x10, b'a', 0], &[]);
    let header = RtpHeader::parse(&reserved).expect("whole");
    assert_eq!(header.extensions(&reserved).count(), 0, "id 0 with a length ends");
}

#[test]
fn two_byte_extensions() {
    let bytes = packet(0x1003, &[1, 0, 0, 200, 3, b'x', b'y', b'z'], &[]);
    let header = RtpHeader::parse(&bytes).expect("whole");
    let found: Vec<_> = header.extensions(&bytes).collect();
    assert_eq!(found, [(1, &b""[..]), (200, &b"xyz"[..])]);
}

#[test]
fn an_element_that_does_not_fit_ends_the_list() {
    let bytes = packet(0xbede, &[0x10, b'a', 0x2f, b'b'], &[9; 40]);
    let header = RtpHeader::parse(&bytes).expect("whole");
    assert_eq!(header.extensions(&bytes).collect::<Vec<_>>(), [(1, &b"a"[..])]);
    let unknown = packet(0x1234, &[0x10, b'a', 0, 0], &[]);
    let header = RtpHeader::parse(&unknown).expect("whole");
    assert_eq!(header.extensions(&unknown).count(), 0, "not RFC 8285");
}

#[test]
fn padding_is_taken_off_and_must_fit() {
    let mut bytes = vec![0xa0, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0, 3];
    let header = RtpHeader::parse(&bytes).expect("whole");
    assert_eq!((header.padding_len, header.payload(&bytes)), (3, &[5][..]));
    bytes[15] = 4;
    assert_eq!(RtpHeader::parse(&bytes).map(|h| h.payload(&bytes).len()), Some(0), "a probe");
    bytes[15] = 5;
    assert_eq!(RtpHeader::parse(&bytes), None, "reaches into the header");
    bytes[15] = 0;
    assert_eq!(RtpHeader::parse(&bytes), None, "counts itself, so it is never zero");
}

#[test]
fn contributing_sources_are_stepped_over() {
    let mut bytes = vec![0x82, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    bytes.extend_from_slice(&[0; 8]);
    bytes.push(42);
    let header = RtpHeader::parse(&bytes).expect("whole");
    assert_eq!((header.csrc_count, header.payload(&bytes)), (2, &[42][..]));
    assert_eq!(RtpHeader::parse(&bytes[..19]), None);
}

#[test]
fn other_versions_are_refused() {
    for version in [0x00, 0x40, 0xc0] {
        assert_eq!(RtpHeader::parse(&[version; 12]), None);
    }
}

proptest! {
    #[test]
    fn total_on_any_bytes(mut bytes in prop::collection::vec(any::<u8>(), 0..120), version_two: bool) {
        if let Some(first) = bytes.first_mut().filter(|_| version_two) {
            *first = *first & 0x3f | 0x80;
        }
        if let Some(header) = RtpHeader::parse(&bytes) {
            prop_assert!(header.payload_offset + header.padding_len <= bytes.len());
            prop_assert!(header.extension_offset <= header.payload_offset);
            let extensions: usize = header.extensions(&bytes).map(|(_, value)| value.len()).sum();
            prop_assert!(extensions + header.payload(&bytes).len() + 12 <= bytes.len());
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        marker: bool, padding: bool, payload_type in 0_u8..128, sequence: u16, timestamp: u32, ssrc: u32,
        transport_cc in proptest::option::of((1_u8..15, any::<u16>())), payload in proptest::collection::vec(any::<u8>(), 0..50),
    ) {
        let head = Head { marker, padding, payload_type, sequence, timestamp, ssrc, transport_cc };
        let mut packet = vec![1, 2, 3];
        let length = head.write(&mut packet);
        packet.extend(&payload);
        if padding {
            packet.extend([0, 2]);
        }
        let read = RtpHeader::parse(&packet[3..]).expect("a packet");
        prop_assert_eq!(read.payload_offset, length);
        prop_assert_eq!((read.marker, read.payload_type, read.sequence), (marker, payload_type, sequence));
        prop_assert_eq!((read.timestamp, read.ssrc), (timestamp, ssrc));
        prop_assert_eq!(read.payload(&packet[3..]), &payload[..]);
        if let Some((id, number)) = transport_cc {
            prop_assert_eq!(read.extension(&packet[3..], id), Some(&number.to_be_bytes()[..]));
        }
    }
}
