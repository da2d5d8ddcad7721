//! What is let through of a stream, and that gaps are exactly what is missing.

use std::collections::BTreeMap;
use std::time::Instant;

use proptest::prelude::*;

use super::super::testing::start;
use super::*;

const SPS: &[u8] = &[0x67, 0x42];
const IDR: &[u8] = &[0x65, 0x88];
const SLICE: &[u8] = &[0x41, 0x9a];

struct Stream {
    now: Instant,
    ingest: Ingest,
}

impl Stream {
    fn new(codec: Codec) -> Self {
        Self { now: start(), ingest: Ingest::new(TrackKey::Video, LayerId(0), codec) }
    }

    fn take(&mut self, sequence: u16, timestamp: u32, payload: &'static [u8]) -> Result<Packet, Reason> {
        let payload = Bytes::from_static(payload);
        self.ingest.handle_packet(self.now, Received { sequence, timestamp, marker: false, payload })
    }

    fn number(&mut self, sequence: u16) -> Result<u64, Reason> {
        self.take(sequence, 0, SLICE).map(|packet| packet.sequence)
    }
}

#[test]
fn the_packet_says_what_it_is() {
    let mut ingest = Ingest::new(TrackKey::Audio, LayerId(0), Codec::Opus);
    let now = start();
    let payload = Bytes::from_static(&[0xfc, 1]);
    let received = Received { sequence: 7, timestamp: 960, marker: true, payload: payload.clone() };
    let packet = ingest.handle_packet(now, received).expect("new");
    assert_eq!((packet.track, packet.layer, packet.codec), (ingest.track(), ingest.layer(), ingest.codec()));
    assert_eq!((packet.timestamp, packet.marker, packet.keyframe), (960, true, true));
    assert_eq!((packet.arrived, packet.payload), (now, payload));
}

#[test]
fn duplicates_go_no_further_and_late_packets_do() {
    let mut stream = Stream::new(Codec::H264);
    let first = stream.number(10).expect("first");
    assert_eq!(stream.number(12), Ok(first + 2));
    assert_eq!(stream.number(12), Err(Reason::Duplicate));
    assert_eq!(stream.number(11), Ok(first + 1));
    assert_eq!(stream.number(11), Err(Reason::Duplicate));
    assert_eq!(stream.number(9), Ok(first - 1), "sent before the first that arrived");
}

#[test]
fn a_probe_at_the_front_takes_no_number() {
    let mut stream = Stream::new(Codec::H264);
    let first = stream.number(65_534).expect("first");
    assert_eq!(stream.take(65_535, 0, b"").map(|_| ()), Err(Reason::Padding));
    assert_eq!(stream.take(0, 0, b"").map(|_| ()), Err(Reason::Padding));
    assert_eq!(stream.number(1), Ok(first + 1), "closed over the wrap");
    assert_eq!(stream.take(3, 0, b"").map(|_| ()), Err(Reason::Padding));
    assert_eq!(stream.number(4), Ok(first + 3));
    assert_eq!(stream.number(2), Ok(first + 2), "late media before a probe keeps its place");
}

#[test]
fn a_probe_that_comes_late_fills_the_number_that_was_left_open() {
    let mut stream = Stream::new(Codec::H264);
    let first = stream.number(10).expect("first");
    assert_eq!(stream.number(12), Ok(first + 2));
    let filler = stream.take(11, 0, b"").expect("its number was given away already");
    assert_eq!((filler.sequence, filler.payload.len(), filler.keyframe), (first + 1, 0, false));
    assert_eq!(stream.number(13), Ok(first + 3));
}

#[test]
fn a_sender_that_restarts_far_below_is_followed() {
    let mut stream = Stream::new(Codec::H264);
    let before = stream.number(40_000).expect("first");
    assert_eq!(stream.number(10_000), Err(Reason::TooOld), "one packet proves nothing");
    let after = stream.number(10_001).expect("two in line do");
    assert!(after > before + 1000, "a cut that a rewriter cannot mistake for loss");
    assert_eq!(stream.number(10_002), Ok(after + 1));
    assert_eq!(stream.number(10_001), Err(Reason::Duplicate));
}

#[test]
fn stray_old_packets_do_not_restart_anything() {
    let mut stream = Stream::new(Codec::H264);
    let first = stream.number(40_000).expect("first");
    assert_eq!(stream.number(10_000), Err(Reason::TooOld));
    assert_eq!(stream.number(40_001), Ok(first + 1));
    assert_eq!(stream.number(10_001), Err(Reason::TooOld));
    assert_eq!(stream.number(40_002), Ok(first + 2));
}

#[test]
fn a_keyframe_starts_at_its_parameters() {
    let mut stream = Stream::new(Codec::H264);
    let keyframe = |packet: Result<Packet, Reason>| packet.map(|packet| packet.keyframe);
    assert_eq!(keyframe(stream.take(1, 10, SPS)), Ok(true));
    assert_eq!(keyframe(stream.take(2, 10, IDR)), Ok(false), "the same frame goes on");
    assert_eq!(keyframe(stream.take(3, 20, SLICE)), Ok(false));
    assert_eq!(keyframe(stream.take(5, 30, IDR)), Ok(false), "number 4 may be its parameters");
    assert_eq!(keyframe(stream.take(4, 30, SPS)), Ok(true), "and was");
    assert_eq!(keyframe(stream.take(6, 40, IDR)), Ok(true), "parameters out of band");
    assert_eq!(keyframe(stream.take(8, 50, b"")), Err(Reason::Padding));
    assert_eq!(keyframe(stream.take(9, 50, IDR)), Ok(false), "number 7 may be its parameters, probe or not");
    assert_eq!(keyframe(Stream::new(Codec::H264).take(1, 10, IDR)), Ok(false), "so may what came before the first");
}

#[test]
fn vp8_keyframes_need_no_company() {
    let mut stream = Stream::new(Codec::Vp8);
    assert_eq!(stream.take(1, 10, &[0x10, 0x00]).map(|packet| packet.keyframe), Ok(true));
    assert_eq!(stream.take(3, 20, &[0x10, 0x01]).map(|packet| packet.keyframe), Ok(false));
    assert_eq!(stream.take(5, 30, &[0x10, 0x00]).map(|packet| packet.keyframe), Ok(true));
}

/// What happens to one number of the publisher.
#[derive(Debug, Clone, Copy)]
struct Fate {
    probe: bool,
    lost: bool,
    /// How many places later it arrives.
    late: usize,
    twice: bool,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = (prop::bool::weighted(0.3), prop::bool::weighted(0.15), 0_usize..6, prop::bool::weighted(0.1));
    prop::collection::vec(fate.prop_map(|(probe, lost, late, twice)| Fate { probe, lost, late, twice }), 1..400)
}

proptest! {
    /// A subscriber sees gaps exactly where the publisher's numbers did not arrive, whatever the order.
    #[test]
    fn gaps_are_what_is_missing(first in any::<u16>(), fates in fates()) {
        let mut arrivals: Vec<(usize, usize)> = Vec::new();
        for (at, fate) in fates.iter().enumerate().filter(|(_, fate)| !fate.lost) {
            arrivals.push((at + fate.late, at));
            if fate.twice {
                arrivals.push((at + 2 * fate.late + 3, at));
            }
        }
        arrivals.sort_unstable();
        let mut stream = Stream::new(Codec::H264);
        let mut through = BTreeMap::new();
        let mut probes = 0;
        for (_, at) in &arrivals {
            let payload = if fates[*at].probe { b"" } else { SLICE };
            match stream.take(first.wrapping_add(*at as u16), *at as u32, payload) {
                Ok(packet) => prop_assert_eq!(through.insert(*at, packet.sequence), None, "twice"),
                Err(Reason::Padding) => probes += 1,
                Err(reason) => prop_assert_eq!(reason, Reason::Duplicate),
            }
        }
        let unlost = fates.iter().filter(|fate| !fate.lost).count();
        prop_assert_eq!(through.len() + probes, unlost, "everything that arrived is accounted for");
        for ((a, a_number), (b, b_number)) in through.iter().zip(through.iter().skip(1)) {
            let missing = fates[a + 1..*b].iter().filter(|fate| fate.lost).count() as u64;
            prop_assert_eq!(b_number - a_number - 1, missing, "between {} and {}", a, b);
        }
    }

    #[test]
    fn total_on_any_numbers(packets in prop::collection::vec((any::<u16>(), any::<u32>(), any::<bool>()), 0..200)) {
        let mut stream = Stream::new(Codec::H264);
        let mut given = std::collections::BTreeSet::new();
        for (sequence, timestamp, probe) in packets {
            if let Ok(packet) = stream.take(sequence, timestamp, if probe { b"" } else { IDR }) {
                prop_assert!(given.insert(packet.sequence), "a number is given once");
            }
        }
    }
}
