//! What the pure steps of a packet cost: telling protocols apart, reading a header, deciding and renumbering.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench has no other way to fail")]

use bytes::Bytes;
use divan::{Bencher, black_box};
use quiora::sfu::codec::{Codec, MediaKind};
use quiora::sfu::demux::classify;
use quiora::sfu::forwarder::{Decision, Forwarder};
use quiora::sfu::packet::{LayerId, Packet, SourceId, TrackKey};
use quiora::sfu::rtp::RtpHeader;
use std::time::Instant;

fn main() {
    divan::main();
}

/// An RTP packet with one-byte extensions, as browsers send it.
fn rtp() -> Vec<u8> {
    let mut packet = vec![0x55; 1_200];
    let header = [0x90, 102, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 0xbe, 0xde, 0, 2, 0x10, b'1', 0x31, 0, 7, 0x40, b'q', 0];
    packet[..header.len()].copy_from_slice(&header);
    packet
}

/// A binding request with a username, as browsers send it every 2.5 seconds.
fn stun() -> Vec<u8> {
    let mut message = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    message.extend_from_slice(&[7; 12]);
    for (kind, length) in [(0x0006_u16, 17_u16), (0x0024, 4), (0x802a, 8), (0x0025, 0), (0x0008, 20), (0x8028, 4)] {
        message.extend_from_slice(&kind.to_be_bytes());
        message.extend_from_slice(&length.to_be_bytes());
        message.resize(message.len() + usize::from(length.next_multiple_of(4)), b':');
    }
    let length = u16::try_from(message.len() - 20).unwrap();
    message[2..4].copy_from_slice(&length.to_be_bytes());
    message
}

#[divan::bench]
fn classify_rtp(bencher: Bencher<'_, '_>) {
    let packet = rtp();
    assert!(classify(&packet).is_some());
    bencher.bench_local(|| classify(black_box(&packet)).is_some());
}

#[divan::bench]
fn classify_stun(bencher: Bencher<'_, '_>) {
    let message = stun();
    assert!(classify(&message).is_some());
    bencher.bench_local(|| classify(black_box(&message)).is_some());
}

#[divan::bench]
fn parse_header(bencher: Bencher<'_, '_>) {
    let packet = rtp();
    bencher.bench_local(|| RtpHeader::parse(black_box(&packet)).unwrap());
}

#[divan::bench]
fn parse_header_and_find_an_extension(bencher: Bencher<'_, '_>) {
    let packet = rtp();
    bencher.bench_local(|| RtpHeader::parse(black_box(&packet)).unwrap().extension(&packet, 4).is_some());
}

/// One packet for one subscriber: selector and rewriter, in the steady state.
#[divan::bench(args = [Codec::H264, Codec::Vp8, Codec::Opus])]
fn forward(bencher: Bencher<'_, '_>, codec: Codec) {
    let mut forwarder = Forwarder::new(codec.kind());
    #[allow(clippy::disallowed_methods, reason = "a first instant; the bench only adds to it")]
    let now = Instant::now();
    let payload: &[u8] = if codec == Codec::Vp8 { &[0x90, 0xc0, 0x81, 2, 3, 0x11, 0, 0] } else { &[0x41, 1, 2, 3] };
    let mut packet = Packet {
        track: if codec.kind() == MediaKind::Audio { TrackKey::Audio } else { TrackKey::Video },
        layer: LayerId(0),
        codec,
        sequence: 1 << 20,
        timestamp: 0,
        marker: true,
        keyframe: true,
        arrived: now,
        payload: Bytes::from_static(payload),
    };
    assert!(matches!(forwarder.forward(now, SourceId(1), &packet), Decision::Forward(_)));
    packet.keyframe = codec.kind() == MediaKind::Audio;
    bencher.bench_local(|| {
        packet.sequence += 1;
        packet.timestamp = packet.timestamp.wrapping_add(3_000);
        forwarder.forward(now, SourceId(1), black_box(&packet))
    });
}
