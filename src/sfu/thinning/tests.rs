//! That what is left out leaves no seam: against a model of the whole stream, through the rewriter.

use std::collections::BTreeMap;
use std::time::Instant;

use proptest::prelude::*;

use super::super::codec::MediaKind;
use super::super::packet::SourceId;
use super::super::reason::Reason;
use super::super::rewriter::{Out, Rewriter, Rewritten};
use super::super::testing::{layered, start, video};
use super::*;

const SOURCE: SourceId = SourceId(1);

/// A stream of frames 0 2 1 2 with sync bits, a keyframe first: the packets, with their temporal ids.
fn stream(now: Instant, first: u64, sizes: &[u64]) -> Vec<(Packet, u8)> {
    let (mut sequence, mut packets) = (first, Vec::new());
    for (n, size) in sizes.iter().enumerate() {
        let temporal = [0, 2, 1, 2][n % 4];
        let tl0 = (n / 4) as u8;
        let frame = ((32_760 + n as u16) & 0x7fff, tl0, temporal, n % 4 == 1 || n % 4 == 2);
        for part in 0..*size {
            let packet = layered(now, sequence, frame, part == 0, n == 0);
            let (timestamp, marker) = (n as u32 * 3000, part + 1 == *size);
            packets.push((Packet { timestamp, marker, ..packet }, temporal));
            sequence += 1;
        }
    }
    packets
}

fn begin(packets: &[(Packet, u8)]) -> Rewriter {
    let mut rewriter = Rewriter::new(MediaKind::Video);
    rewriter.begin(SOURCE, &packets[0].0, None);
    rewriter
}

fn ids(out: &Out) -> (u16, u8) {
    let ids = out.vp8.expect("ids");
    (ids.picture_id.expect("a picture id"), ids.tl0_pic_idx.expect("an index"))
}

#[test]
fn numbers_and_picture_ids_are_closed_up() {
    let packets = stream(start(), 500, &[2; 12]);
    let mut rewriter = begin(&packets);
    rewriter.set_temporal_limit(1);
    let (mut outs, mut frames) = (Vec::new(), Vec::new());
    for (packet, temporal) in &packets {
        match rewriter.rewrite(packet) {
            Rewritten::Out(out) => {
                assert!(*temporal < 2 && !out.empty);
                frames.push(ids(&out));
                outs.push(out);
            }
            Rewritten::Drop(reason) => assert_eq!((*temporal, reason), (2, Reason::TemporalLayer)),
            Rewritten::Cut => unreachable!(),
        }
    }
    assert!(outs.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
    let first = frames[0];
    let expected: Vec<_> = (0..12_u16).map(|n| ((first.0 + n / 2) & 0x7fff, first.1 + n as u8 / 4)).collect();
    assert_eq!(frames, expected, "each frame its picture id, each base frame its index");
    assert_eq!(outs.last().map(|out| out.timestamp), Some(10 * 3000), "time is not closed up");
}

#[test]
fn a_nack_finds_the_packet_over_what_was_closed() {
    let packets = stream(start(), 500, &[3; 200]);
    let mut rewriter = begin(&packets);
    rewriter.set_temporal_limit(0);
    let mut sent = Vec::new();
    for (packet, _) in &packets {
        if let Rewritten::Out(out) = rewriter.rewrite(packet) {
            sent.push((out, packet.clone()));
        }
    }
    assert_eq!(sent.len(), 150);
    // Once more after the next run has begun, which keeps the record of this one.
    for _ in 0..2 {
        for (out, packet) in &sent {
            let origin = rewriter.origin(out.sequence as u16).expect("remembered");
            assert_eq!((origin.sequence, origin.output), (packet.sequence, out.sequence));
            assert_eq!(rewriter.resend(&origin, packet), Some(*out));
        }
        rewriter.begin(SOURCE, &video(start(), 2, 9000, true), None);
    }
    assert_eq!(rewriter.origin(sent[0].0.sequence as u16), None, "two runs later it is forgotten, not wrong");
}

#[test]
fn what_comes_late_of_a_frame_that_is_left_out_fills_its_number() {
    let packets = stream(start(), 500, &[2, 3, 2]);
    let mut rewriter = begin(&packets);
    rewriter.set_temporal_limit(1);
    let order = [0, 1, 2, 4, 5, 6];
    let outs: Vec<_> = order.map(|n| rewriter.rewrite(&packets[n].0)).to_vec();
    let Rewritten::Out(before) = outs[1] else { unreachable!() };
    let Rewritten::Out(after) = outs[4] else { unreachable!("{outs:?}") };
    assert_eq!(after.sequence, before.sequence + 2, "one is open");
    let Rewritten::Out(filler) = rewriter.rewrite(&packets[3].0) else { unreachable!() };
    assert_eq!((filler.sequence, filler.empty, filler.vp8), (before.sequence + 1, true, None));
    assert_eq!(rewriter.rewrite(&packets[3].0), Rewritten::Drop(Reason::Duplicate));
    assert_eq!(rewriter.rewrite(&packets[2].0), Rewritten::Drop(Reason::Duplicate));
    let origin = rewriter.origin(filler.sequence as u16).expect("known");
    assert_eq!(rewriter.resend(&origin, &packets[3].0), Some(filler));
}

#[test]
fn a_frame_goes_out_whole_when_the_limit_comes_in_its_middle() {
    let packets = stream(start(), 500, &[1, 3, 1, 1]);
    let mut rewriter = begin(&packets);
    let mut taken = 0;
    for (n, (packet, _)) in packets.iter().enumerate() {
        if n == 2 {
            rewriter.set_temporal_limit(0);
        }
        taken += usize::from(matches!(rewriter.rewrite(packet), Rewritten::Out(_)));
    }
    assert_eq!(taken, 4);
}

#[test]
fn a_stream_without_picture_ids_is_not_thinned() {
    let bare = Packet {
        payload: bytes::Bytes::from_static(&[0x90, 0x20, 0x80, 1, 0]),
        ..layered(start(), 2, (1, 1, 2, false), true, false)
    };
    let packets = stream(start(), 1, &[1]);
    let mut rewriter = begin(&packets);
    rewriter.set_temporal_limit(0);
    rewriter.rewrite(&packets[0].0);
    assert!(matches!(rewriter.rewrite(&bare), Rewritten::Out(_)));
}

#[test]
fn a_switch_goes_on_behind_what_was_closed() {
    let packets = stream(start(), 500, &[1, 1]);
    let mut rewriter = begin(&packets);
    rewriter.set_temporal_limit(0);
    let Rewritten::Out(first) = rewriter.rewrite(&packets[0].0) else { unreachable!() };
    rewriter.rewrite(&packets[1].0);
    let other = stream(start(), 9000, &[1]);
    rewriter.begin(SOURCE, &other[0].0, None);
    let Rewritten::Out(next) = rewriter.rewrite(&other[0].0) else { unreachable!() };
    assert_eq!(next.sequence, first.sequence + 1);
    assert_eq!(ids(&next), ((ids(&first).0 + 1) & 0x7fff, ids(&first).1 + 1));
}

/// A packet's fate on its way to the server.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Arrives,
    Late(usize),
    Lost,
    Twice,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        12 => Just(Fate::Arrives),
        2 => (1_usize..12).prop_map(Fate::Late),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Twice),
    ]
}

proptest! {
    /// Whatever is lost, late or repeated, and however the limit moves: each number once; what is missing in the output
    /// is missing in the input; ids go forward with the numbers, by one a frame; every number leads back to its packet.
    #[test]
    fn gaps_are_losses_and_nothing_else(
        sizes in prop::collection::vec(1_u64..4, 20..120),
        fates in prop::collection::vec(fate(), 400),
        limits in prop::collection::vec((0_usize..300, 0_u8..3), 0..12),
    ) {
        let packets = stream(start(), 70_000, &sizes);
        let mut arrivals: Vec<(usize, usize)> = Vec::new();
        for (n, fate) in (0..packets.len()).zip(&fates) {
            match fate {
                _ if n == 0 => arrivals.push((0, 0)),
                Fate::Arrives => arrivals.push((n, n)),
                Fate::Late(by) => arrivals.push((n + by, n)),
                Fate::Lost => {}
                Fate::Twice => arrivals.extend([(n, n), (n + 5, n)]),
            }
        }
        arrivals.sort_by_key(|(at, _)| *at);
        let mut rewriter = begin(&packets);
        let mut given = BTreeMap::new();
        for (step, (_, n)) in arrivals.iter().enumerate() {
            limits.iter().filter(|(at, _)| *at == step).for_each(|(_, limit)| rewriter.set_temporal_limit(*limit));
            match rewriter.rewrite(&packets[*n].0) {
                Rewritten::Out(out) => prop_assert!(given.insert(out.sequence, (*n, out)).is_none(), "twice"),
                Rewritten::Drop(Reason::TemporalLayer | Reason::Duplicate) => {}
                other => prop_assert!(false, "{other:?}"),
            }
        }
        let (first, last) = (given.keys().next().copied().unwrap_or(0), given.keys().last().copied().unwrap_or(0));
        let arrived: std::collections::HashSet<_> = arrivals.iter().map(|(_, n)| *n).collect();
        for number in first..=last {
            let origin = rewriter.origin(number as u16).map(|origin| (origin.sequence - 70_000) as usize);
            match given.get(&number) {
                None => prop_assert!(origin.is_none_or(|n| !arrived.contains(&n)), "{number} is open, {origin:?} arrived"),
                Some((n, out)) => {
                    prop_assert_eq!(origin, Some(*n));
                    let again = rewriter.origin(number as u16).and_then(|origin| rewriter.resend(&origin, &packets[*n].0));
                    prop_assert_eq!(again.map(|again| (again.sequence, again.empty)), Some((out.sequence, out.empty)));
                }
            }
        }
        let media: Vec<_> = given.values().filter(|(_, out)| !out.empty).collect();
        for pair in media.windows(2) {
            let ((n, before), (m, after)) = (pair[0], pair[1]);
            prop_assert!(n < m, "order is kept");
            let step = ids(after).0.wrapping_sub(ids(before).0) & 0x7fff;
            let same = packets[*n].0.timestamp == packets[*m].0.timestamp;
            prop_assert_eq!(step == 0, same, "a frame, a picture id");
            prop_assert!(step < 0x4000 && u32::from(step) * 3000 <= packets[*m].0.timestamp - packets[*n].0.timestamp);
        }
    }

    /// The record against the plainest one.
    #[test]
    fn find_is_the_inverse(closed in prop::collection::btree_set(1_u64..1500, 0..900)) {
        let mut record = Thinning::new();
        for number in 1..1500 {
            if closed.contains(&number) { record.close(number) } else { record.advance(number) }
        }
        let open: Vec<_> = (0..1500).filter(|number| !closed.contains(number)).collect();
        for (offset, number) in open.iter().enumerate() {
            prop_assert_eq!(record.find(0, offset as u64), Some(*number));
            let below = closed.iter().filter(|c| *c <= number).count() as u64;
            prop_assert_eq!(record.closed_until(*number), Some(below));
        }
    }
}
