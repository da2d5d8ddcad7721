//! Sealed packets opened again, and sent again.

use super::*;
use crate::robot::audience::header::Header;
use crate::sfu::rtp::RtpHeader;
use crate::srtp::{MasterKey, Profile, Receiver};

fn keys() -> (Sender, Receiver) {
    let profile = Profile::AeadAes128Gcm;
    let master = MasterKey::new(profile, &[7; 16], &[9; 12]).unwrap();
    (Sender::new(profile, &master).unwrap(), Receiver::new(profile, &master).unwrap())
}

fn open(receiver: &Receiver, packet: &mut Vec<u8>) -> RtpHeader {
    let header = Header::read(packet).unwrap();
    let length = receiver.open_rtp(packet, header.length, u64::from(header.sequence)).unwrap();
    packet.truncate(length);
    RtpHeader::parse(packet).unwrap()
}

#[test]
fn a_packet_carries_its_words() {
    let ((sender, receiver), mut out) = (keys(), Vec::new());
    let mut track = Track::new(102, 103, b'1', Some(b'q'));
    track.next(&mut out, &sender, (true, 3_000), vec![1, 2, 3], 513).unwrap();
    let header = open(&receiver, &mut out);
    assert_eq!((header.payload_type, header.marker, header.timestamp, header.ssrc), (102, true, 3_000, track.ssrc));
    assert_eq!(header.payload(&out), [1, 2, 3]);
    let extensions: Vec<_> = header.extensions(&out).collect();
    assert_eq!(extensions, [(MID_ID, &b"1"[..]), (TWCC_ID, &[2, 1][..]), (RID_ID, &b"q"[..])]);
    let sequence = header.sequence;
    track.again(&mut out, &sender, sequence, 514).unwrap();
    let header = open(&receiver, &mut out);
    assert_eq!((header.payload_type, header.ssrc, header.timestamp), (103, track.rtx, 3_000));
    assert_eq!(header.payload(&out), [&sequence.to_be_bytes()[..], &[1, 2, 3]].concat());
    assert_eq!(header.extension(&out, REPAIRED_RID_ID), Some(&b"q"[..]));
    assert_eq!((track.packets, track.bytes), (1, 3));
}

#[test]
fn what_is_long_gone_is_not_sent_again() {
    let ((sender, _), mut out) = (keys(), Vec::new());
    let mut track = Track::new(102, 103, b'1', None);
    let first = (track.sequence & 0xffff) as u16;
    (0..=KEPT).for_each(|_| track.next(&mut out, &sender, (false, 0), vec![0], 0).unwrap());
    assert_eq!(track.again(&mut out, &sender, first, 0), None);
    assert!(track.again(&mut out, &sender, first + 1, 0).is_some());
}
