//! When a worker counts as busy, and when no longer.

use super::*;

/// Turns of this share of ten milliseconds, for half a second.
fn at(busy: &mut Busy, now: &mut Instant, percent: u64) -> bool {
    for _ in 0..50 {
        let began = *now;
        *now += Duration::from_micros(100 * percent);
        busy.worked(began, *now);
        *now = began + Duration::from_millis(10);
    }
    busy.is_busy()
}

#[test]
fn much_work_makes_busy_and_only_little_ends_it() {
    let mut now = crate::clock::monotonic();
    let mut busy = Busy::new(now);
    let found = [10, 40, 60, 30, 25, 15, 40].map(|percent| at(&mut busy, &mut now, percent));
    assert_eq!(found, [false, false, true, true, true, false, false]);
}
