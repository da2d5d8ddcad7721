//! Waits grow, stop growing, spread, and start over.

use super::Backoff;
use std::time::Duration;

#[test]
fn waits_double_to_the_cap_and_start_over() {
    let mut backoff = Backoff::default();
    let waits: Vec<u128> = (0..6).map(|_| backoff.next(0.0).as_millis()).collect();
    assert_eq!(waits, [500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    backoff.reset();
    assert_eq!(backoff.next(1.0), Duration::from_millis(250));
    for _ in 0..100 {
        assert!(backoff.next(0.5) <= Duration::from_secs(5));
    }
}
