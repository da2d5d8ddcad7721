//! Tests of the waits.

use super::Backoff;
use std::time::Duration;

#[test]
fn waits_grow_and_end() {
    let backoff = Backoff::default();
    let waits: Vec<_> = (1..=6).map(|n| backoff.after(n, 0.0).unwrap().as_secs()).collect();
    assert_eq!(waits, [5, 30, 120, 600, 3_600, 21_600]);
    assert_eq!(backoff.after(7, 0.0), None);
    assert_eq!(backoff.after(0, 0.0), None);
    assert_eq!(backoff.after(u32::MAX, 0.0), None);
}

#[test]
fn jitter_only_lengthens_and_by_a_fifth_at_most() {
    let longest = Backoff::default().after(1, 0.999).unwrap();
    assert!(longest > Duration::from_millis(5_900) && longest < Duration::from_secs(6), "{longest:?}");
}
