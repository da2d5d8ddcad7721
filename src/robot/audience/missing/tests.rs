//! Asked for after a while, again after another, and not for ever.

use super::*;
use crate::clock;

#[test]
fn a_gap_is_asked_for_until_it_is_filled() {
    let (mut missing, now) = (Missing::default(), clock::monotonic());
    missing.skipped(now, 65_538, 3);
    assert!(missing.poll(now).is_empty() && missing.next_at() == Some(now + PATIENCE));
    assert_eq!(missing.poll(now + PATIENCE), [65_535, 0, 1]);
    missing.arrived(0);
    assert!(missing.poll(now + PATIENCE).is_empty());
    assert_eq!(missing.poll(now + PATIENCE + REPEAT), [65_535, 1]);
    (2..30).for_each(|n| drop(missing.poll(now + REPEAT * n)));
    assert_eq!(missing.next_at(), None, "given up");
}

#[test]
fn there_is_a_limit() {
    let (mut missing, now) = (Missing::default(), clock::monotonic());
    missing.skipped(now, 100_000, 50_000);
    assert_eq!(missing.poll(now + PATIENCE).len(), LIMIT);
    missing.skipped(now, 100_010, 5);
    assert_eq!(missing.gaps.len(), LIMIT);
}
