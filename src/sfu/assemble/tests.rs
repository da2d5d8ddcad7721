//! Frames in pieces, late pieces, and layers side by side.

use super::super::testing::{audio, ms, start, video};
use super::*;
use crate::sfu::packet::LayerId;
use proptest::prelude::*;

fn piece(now: Instant, layer: u8, sequence: u64, frame: u32, marker: bool) -> Packet {
    Packet { timestamp: frame * 3000, marker, ..video(now, layer, sequence, false) }
}

fn poll(assembler: &mut Assembler, now: Instant) -> Vec<u64> {
    let mut out = Vec::new();
    assembler.poll(now, &mut out);
    out.iter().map(|p| p.sequence).collect()
}

#[test]
fn a_frame_leaves_with_its_marker() {
    let (now, mut a) = (start(), Assembler::default());
    a.push(piece(now, 0, 1, 1, false));
    a.push(audio(now, 77));
    assert_eq!(poll(&mut a, now), [77], "sound does not wait");
    assert_eq!(a.poll_timeout(), Some(now + HOLD));
    a.push(piece(now, 0, 2, 1, false));
    assert_eq!(poll(&mut a, now), Vec::<u64>::new());
    a.push(piece(now, 0, 3, 1, true));
    assert_eq!(poll(&mut a, now), [1, 2, 3]);
    assert_eq!(a.poll_timeout(), None);
}

#[test]
fn a_frame_without_its_marker_leaves_with_the_next_or_in_time() {
    let (now, mut a) = (start(), Assembler::default());
    a.push(piece(now, 0, 1, 1, false));
    a.push(piece(now + ms(5), 0, 3, 2, false));
    assert_eq!(poll(&mut a, now + ms(5)), [1]);
    assert_eq!(poll(&mut a, now + ms(14)), Vec::<u64>::new());
    assert_eq!(poll(&mut a, now + ms(15)), [3]);
    a.push(piece(now + ms(16), 0, 4, 2, false));
    assert_eq!(poll(&mut a, now + ms(16)), [4], "its frame has waited already");
}

#[test]
fn what_comes_late_leaves_at_once() {
    let (now, mut a) = (start(), Assembler::default());
    a.push(piece(now, 0, 9, 4, true));
    assert_eq!(poll(&mut a, now), [9]);
    a.push(piece(now, 0, 5, 2, false));
    assert_eq!(poll(&mut a, now), [5]);
}

#[test]
fn layers_wait_for_themselves_alone() {
    let (now, mut a) = (start(), Assembler::default());
    a.push(piece(now, 0, 1, 1, true));
    a.push(piece(now, 1, 100, 1, false));
    assert_eq!(poll(&mut a, now), [1]);
}

proptest! {
    #[test]
    fn nothing_is_lost_nothing_is_held_too_long_and_layers_keep_their_order(
        steps in proptest::collection::vec((0_u8..3, 0_u64..4, any::<bool>(), 0_u64..8), 1..80),
    ) {
        let (mut now, mut a, mut out) = (start(), Assembler::default(), Vec::new());
        let (mut next, mut frame, mut sent) = ([1_u64; 3], [1_u32; 3], 0);
        for (layer, gap, marker, pause) in steps {
            let l = usize::from(layer);
            next[l] += 1 + gap;
            a.push(piece(now, layer, next[l], frame[l], marker));
            frame[l] += u32::from(marker);
            sent += 1;
            now += ms(pause);
            a.poll(now, &mut out);
            prop_assert!(a.held.iter().all(|p| now - p.arrived < HOLD));
        }
        now += HOLD;
        a.poll(now, &mut out);
        prop_assert_eq!(out.len(), sent);
        for layer in 0..3 {
            let order: Vec<u64> = out.iter().filter(|p| p.layer == LayerId(layer)).map(|p| p.sequence).collect();
            prop_assert!(order.windows(2).all(|w| w[0] < w[1]), "{:?}", order);
        }
    }
}
