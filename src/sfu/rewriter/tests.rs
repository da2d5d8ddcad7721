//! That the output has no seam, whatever the input does.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::super::codec::Codec;
use super::super::testing::{audio, ms, start, video, vp8};
use super::*;

const SOURCE: SourceId = SourceId(1);
const OTHER: SourceId = SourceId(2);

fn out(rewritten: Rewritten) -> Out {
    match rewritten {
        Rewritten::Out(out) => out,
        other => unreachable!("{other:?}"),
    }
}

/// Begins a run with a packet and takes it.
fn begin(rewriter: &mut Rewriter, source: SourceId, packet: &Packet) -> Out {
    rewriter.begin(source, packet, None);
    out(rewriter.rewrite(packet))
}

#[test]
fn within_a_run_gaps_stay_and_late_packets_find_their_place() {
    let (mut rewriter, now) = (Rewriter::new(MediaKind::Video), start());
    let first = begin(&mut rewriter, SOURCE, &video(now, 0, 70_000, true));
    assert!(first.sequence < 1 << 15, "no rollover right at the start");
    assert_eq!(out(rewriter.rewrite(&video(now, 0, 70_003, false))).sequence, first.sequence + 3);
    assert_eq!(out(rewriter.rewrite(&video(now, 0, 70_001, false))).sequence, first.sequence + 1);
    assert_eq!(rewriter.rewrite(&video(now, 0, 70_001, false)), Rewritten::Drop(Reason::Duplicate));
    assert_eq!(rewriter.rewrite(&video(now, 0, 69_999, false)), Rewritten::Drop(Reason::BeforeSwitch));
}

#[test]
fn nothing_goes_out_before_a_run_begins() {
    assert_eq!(Rewriter::new(MediaKind::Video).rewrite(&video(start(), 0, 1, true)), Rewritten::Cut);
}

#[test]
fn a_switch_takes_the_next_number_and_as_much_time_as_has_passed() {
    let (mut rewriter, now) = (Rewriter::new(MediaKind::Video), start());
    let before = begin(&mut rewriter, SOURCE, &video(now, 0, 500, true));
    let packet = Packet { timestamp: 0xffff_fff0, ..video(now + ms(40), 2, 90_000, true) };
    let after = begin(&mut rewriter, SOURCE, &packet);
    assert_eq!(after.sequence, before.sequence + 1);
    assert_eq!(after.timestamp, before.timestamp.wrapping_add(3600));
    assert_eq!(rewriter.timestamp_offset(), Some(after.timestamp.wrapping_sub(0xffff_fff0)));
    assert_eq!(rewriter.rewrite(&video(now, 0, 499, false)), Rewritten::Drop(Reason::BeforeSwitch));
}

#[test]
fn a_switch_never_stands_still_nor_goes_back() {
    let (mut rewriter, now) = (Rewriter::new(MediaKind::Video), start());
    let before = begin(&mut rewriter, SOURCE, &video(now + ms(10), 0, 500, true));
    let at_once = begin(&mut rewriter, SOURCE, &video(now + ms(10), 1, 9, true));
    assert_eq!(at_once.timestamp, before.timestamp.wrapping_add(1));
    let earlier = begin(&mut rewriter, SOURCE, &video(now, 2, 9, true));
    assert_eq!(earlier.timestamp, at_once.timestamp.wrapping_add(1));
    let long = begin(&mut rewriter, SOURCE, &video(now + ms(36_000_000), 2, 90, true));
    assert!(long.timestamp.wrapping_sub(earlier.timestamp) < 1 << 31, "ten hours later is still later");
}

#[test]
fn sound_never_overlaps_what_was_played() {
    let (mut rewriter, now) = (Rewriter::new(MediaKind::Audio), start());
    begin(&mut rewriter, SOURCE, &audio(now, 500));
    let last = out(rewriter.rewrite(&audio(now + ms(20), 501)));
    let next = begin(&mut rewriter, OTHER, &audio(now + ms(22), 7));
    assert_eq!(next.timestamp, last.timestamp.wrapping_add(960));
    let late = begin(&mut rewriter, SOURCE, &audio(now + ms(122), 507));
    assert_eq!(late.timestamp, next.timestamp.wrapping_add(4800));
}

#[test]
fn a_jump_too_large_for_loss_is_a_cut() {
    let (mut rewriter, now) = (Rewriter::new(MediaKind::Video), start());
    begin(&mut rewriter, SOURCE, &video(now, 0, 500, true));
    assert!(matches!(rewriter.rewrite(&video(now, 0, 500 + MAX_GAP, false)), Rewritten::Out(_)));
    assert_eq!(rewriter.rewrite(&video(now, 0, 501 + 2 * MAX_GAP, false)), Rewritten::Cut);
}

#[test]
fn vp8_ids_go_on_over_a_switch() {
    let (mut rewriter, now) = (Rewriter::new(MediaKind::Video), start());
    let ids = |out: Out| out.vp8.map(|ids| (ids.picture_id, ids.tl0_pic_idx));
    let first = begin(&mut rewriter, SOURCE, &vp8(now, 0, 500, true, 0x7fff, 255));
    assert_eq!(ids(first), Some((Some(0x7fff), Some(255))));
    let second = out(rewriter.rewrite(&vp8(now, 0, 501, false, 0, 0)));
    assert_eq!(ids(second), Some((Some(0), Some(0))), "wraps as the publisher does");
    let switched = begin(&mut rewriter, SOURCE, &vp8(now, 1, 9, true, 4000, 40));
    assert_eq!(ids(switched), Some((Some(1), Some(1))));
    assert_eq!(ids(out(rewriter.rewrite(&vp8(now, 1, 11, false, 4002, 41)))), Some((Some(3), Some(2))));
    assert_eq!(ids(out(rewriter.rewrite(&vp8(now, 1, 10, false, 4001, 40)))), Some((Some(2), Some(1))), "late");
    let h264 = begin(&mut rewriter, OTHER, &video(now, 0, 1, true));
    assert_eq!(h264.vp8, None);
}

#[test]
fn nacks_find_the_publisher_s_packet_in_this_run_and_the_one_before() {
    let (mut rewriter, now) = (Rewriter::new(MediaKind::Video), start());
    let old = video(now, 0, 500, true);
    let before = begin(&mut rewriter, SOURCE, &old);
    let new = video(now + ms(40), 1, 90, true);
    let after = begin(&mut rewriter, OTHER, &new);
    out(rewriter.rewrite(&video(now, 1, 93, false)));

    let origin = rewriter.origin(before.sequence as u16).expect("known");
    assert_eq!((origin.source, origin.layer, origin.sequence), (SOURCE, LayerId(0), 500));
    assert_eq!(rewriter.resend(&origin, &old), Some(before));
    let origin = rewriter.origin(after.sequence as u16 + 2).expect("a gap: it may have arrived elsewhere");
    assert_eq!((origin.source, origin.layer, origin.sequence), (OTHER, LayerId(1), 92));
    assert_eq!(rewriter.resend(&origin, &old), None, "another packet");
    assert_eq!(rewriter.origin(after.sequence as u16 + 4), None, "not given yet");
    assert_eq!(rewriter.origin(before.sequence as u16 - 1), None, "before everything");
}

/// One step of a subscriber's life.
#[derive(Debug, Clone)]
enum Step {
    /// The next packet of the run, this many numbers on and so much later.
    Next { skip: u64, wait_ms: u64, frame: bool },
    /// A packet of the run from so many numbers ago.
    Late { back: u64 },
    /// Another source with any numbers.
    Switch { sequence: u64, timestamp: u32, wait_ms: u64, picture_id: u16, tl0: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (0_u64..4, 0_u64..50, any::<bool>()).prop_map(|(skip, wait_ms, frame)| Step::Next { skip, wait_ms, frame }),
        3 => (0_u64..10).prop_map(|back| Step::Late { back }),
        1 => (0_u64..1 << 40, any::<u32>(), 0_u64..3000, 0_u16..0x8000, any::<u8>())
            .prop_map(|(sequence, timestamp, wait_ms, picture_id, tl0)| Step::Switch { sequence, timestamp, wait_ms, picture_id, tl0 }),
    ]
}

/// The publisher's side of a run, as the test makes it up.
struct Input {
    base: u64,
    front: u64,
    timestamp: u32,
    picture_id: u16,
    tl0: u8,
}

impl Input {
    fn packet(&self, now: Instant, sequence: u64) -> Packet {
        let behind = (self.front - sequence) as u32;
        let timestamp = self.timestamp.wrapping_sub(behind * 3000);
        let picture_id = self.picture_id.wrapping_sub(behind as u16) & 0x7fff;
        Packet { timestamp, ..vp8(now, 0, sequence, true, picture_id, self.tl0.wrapping_sub(behind as u8)) }
    }
}

proptest! {
    /// Whatever a publisher's numbers do, a subscriber's go on: each once, gaps only where the input has them, time
    /// and ids forward over every switch, and a NACK finds what was sent.
    #[test]
    fn the_output_has_no_seam(steps in prop::collection::vec(step(), 1..200)) {
        let (mut rewriter, mut now) = (Rewriter::new(MediaKind::Video), start());
        let mut input = Input { base: 1000, front: 1000, timestamp: 7, picture_id: 3, tl0: 3 };
        let first = Arc::new(input.packet(now, 1000));
        let mut source = 1;
        let mut sent = BTreeMap::from([(begin(&mut rewriter, SourceId(source), &first).sequence, (source, first))]);
        let mut newest = out_of(&rewriter, &sent);
        for step in steps {
            let (packet, switched) = match step {
                Step::Next { skip, wait_ms, frame } => {
                    now += ms(wait_ms);
                    let step = skip + 1;
                    input.front += step;
                    input.timestamp = input.timestamp.wrapping_add(if frame { step as u32 * 3000 } else { 0 });
                    input.picture_id = input.picture_id.wrapping_add(step as u16) & 0x7fff;
                    input.tl0 = input.tl0.wrapping_add(step as u8);
                    (input.packet(now, input.front), false)
                }
                Step::Late { back } => (input.packet(now, (input.front - back.min(input.front)).max(input.base.saturating_sub(1))), false),
                Step::Switch { sequence, timestamp, wait_ms, picture_id, tl0 } => {
                    now += ms(wait_ms);
                    source += 1;
                    input = Input { base: sequence, front: sequence, timestamp, picture_id, tl0 };
                    let packet = input.packet(now, sequence);
                    rewriter.begin(SourceId(source), &packet, None);
                    (packet, true)
                }
            };
            let packet = Arc::new(packet);
            let out = match rewriter.rewrite(&packet) {
                Rewritten::Out(out) => out,
                Rewritten::Drop(Reason::BeforeSwitch) => { prop_assert!(packet.sequence < input.base); continue }
                Rewritten::Drop(Reason::Duplicate) => { prop_assert!(sent.values().any(|(s, p)| *s == source && p.sequence == packet.sequence)); continue }
                other => { prop_assert!(false, "{other:?}"); continue }
            };
            prop_assert!(sent.insert(out.sequence, (source, packet.clone())).is_none(), "a number is given once");
            if switched {
                prop_assert_eq!(out.sequence, newest.sequence + 1);
                let step = out.timestamp.wrapping_sub(newest.timestamp);
                prop_assert!(step > 0 && step < 1 << 31);
                let next = newest.vp8.map(|ids| (ids.picture_id.map(|id| (id + 1) & 0x7fff), ids.tl0_pic_idx.map(|i| i.wrapping_add(1))));
                prop_assert_eq!(out.vp8.map(|ids| (ids.picture_id, ids.tl0_pic_idx)), next);
            }
            if out.sequence > newest.sequence {
                newest = out;
            }
        }
        // Runs are `RUNS` deep; what they cover must be found again, number for number.
        let oldest_known = source.saturating_sub(RUNS as u64 - 1);
        for (output, (source, packet)) in sent.iter().filter(|(_, (source, _))| *source > oldest_known) {
            if newest.sequence - output < WINDOW {
                let origin = rewriter.origin(*output as u16);
                prop_assert_eq!(origin.map(|o| (o.source.0, o.sequence, o.output)), Some((*source, packet.sequence, *output)));
                prop_assert_eq!(origin.and_then(|o| rewriter.resend(&o, packet)).map(|out| out.sequence), Some(*output));
            }
        }
    }

    #[test]
    fn total_on_any_packet(packets in prop::collection::vec((any::<u64>(), any::<u32>(), any::<bool>(),
        prop::collection::vec(any::<u8>(), 0..8)), 0..100)) {
        let (mut rewriter, now) = (Rewriter::new(MediaKind::Video), start());
        for (sequence, timestamp, switch, payload) in packets {
            let sequence = sequence >> 8;
            let packet = Packet { codec: Codec::Vp8, timestamp, payload: payload.into(), ..video(now, 0, sequence, true) };
            if switch {
                rewriter.begin(SOURCE, &packet, None);
            }
            let _ = (rewriter.rewrite(&packet), rewriter.origin(timestamp as u16));
        }
    }
}

/// The numbers of the first packet sent.
fn out_of(rewriter: &Rewriter, sent: &BTreeMap<u64, (u64, Arc<Packet>)>) -> Out {
    let (sequence, (_, packet)) = sent.first_key_value().expect("sent one");
    let origin = rewriter.origin(*sequence as u16).expect("known");
    rewriter.resend(&origin, packet).expect("the same packet")
}

#[test]
fn what_is_past_is_drawn_together_and_what_is_live_is_not() {
    let now = start();
    let mut rewriter = Rewriter::new(MediaKind::Video);
    let packets: Vec<_> = (10..=40).map(|i| video(now, 0, i, i == 10)).collect();
    let live = packets[20].timestamp;
    rewriter.begin(SourceId(1), &packets[0], Some(live));
    let times: Vec<u32> = packets
        .iter()
        .map(|p| match rewriter.rewrite(p) {
            Rewritten::Out(out) => out.timestamp,
            other => panic!("{other:?}"),
        })
        .collect();
    let steps: Vec<u32> = times.windows(2).map(|t| t[1].wrapping_sub(t[0])).collect();
    assert!(steps[..20].iter().all(|s| (80..=100).contains(s)), "about a millisecond: {steps:?}");
    assert!(steps[20..].iter().all(|s| *s == 3000), "as made: {steps:?}");
    assert_eq!(times[20], live, "the newest frame keeps its time");
    let origin = rewriter.origin(1003).expect("a packet of the past");
    assert_eq!(rewriter.resend(&origin, &packets[3]).map(|o| o.timestamp), Some(times[3]), "sent again as it was sent");
}
