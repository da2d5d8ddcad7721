//! What arrives, is lost, is late, comes twice; against a plain set as model.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn mark(layer: u8, number: u32) -> Mark {
    Mark { layer, keyframe: false, number, sent_ns: 0 }
}

fn after(numbers: &[u32]) -> Continuity {
    let mut continuity = Continuity::default();
    numbers.iter().for_each(|number| continuity.take(mark(0, *number)));
    continuity
}

#[test]
fn a_gap_is_missing_until_it_is_filled() {
    let mut continuity = after(&[10, 11, 14]);
    assert_eq!((continuity.arrived, continuity.missing()), (3, 2));
    continuity.take(mark(0, 12));
    continuity.take(mark(0, 12));
    assert_eq!((continuity.arrived, continuity.missing(), continuity.late, continuity.twice), (4, 1, 2, 1));
}

#[test]
fn a_gap_that_grows_old_is_lost() {
    let mut continuity = after(&[1, 3]);
    (4..4 + WINDOW).for_each(|number| continuity.take(mark(0, number)));
    assert_eq!((continuity.lost, continuity.missing()), (1, 0));
    continuity.take(mark(0, 4 + 10 * WINDOW));
    assert_eq!(continuity.lost + continuity.missing(), 1 + u64::from(9 * WINDOW));
}

#[test]
fn another_layer_counts_on_its_own() {
    let mut continuity = after(&[1, 3]);
    continuity.take(mark(2, 500));
    continuity.take(mark(2, 501));
    assert_eq!((continuity.arrived, continuity.lost, continuity.missing()), (4, 1, 0));
}

#[test]
fn numbers_wrap() {
    let continuity = after(&[u32::MAX - 1, u32::MAX, 0, 2]);
    assert_eq!((continuity.arrived, continuity.missing()), (4, 1));
}

proptest! {
    #[test]
    fn it_agrees_with_a_set(steps in prop::collection::vec(0_u32..60, 1..300)) {
        let numbers: Vec<u32> = steps.iter().scan(1_000_u32, |at, step| {
            *at = *at + step - (step / 2).min(25);
            Some(*at)
        }).collect();
        let first = numbers[0];
        let kept: Vec<u32> = numbers.into_iter().filter(|n| *n >= first).collect();
        let set: BTreeSet<u32> = kept.iter().copied().collect();
        let continuity = after(&kept);
        let span = u64::from(set.last().unwrap() - first + 1);
        prop_assert_eq!(continuity.arrived, set.len() as u64);
        prop_assert_eq!(continuity.lost + continuity.missing(), span - set.len() as u64);
        prop_assert_eq!(continuity.twice, (kept.len() - set.len()) as u64);
    }
}
