//! References that wrap, step back, and jump.

use super::*;

#[test]
fn the_timeline_does_not_wrap() {
    let mut clock = ReceiverClock::new();
    let (first, _) = clock.place(0, 0xff_fffe);
    assert_eq!(clock.place(128_000, 0), (first + 128_000, false));
    assert_eq!(clock.place(130_000, 0xff_ffff), (first + 64_000, false), "out of order");
    assert_eq!(clock.place(192_000, 1), (first + 192_000, false));
}

#[test]
fn a_jump_is_told_and_time_goes_on() {
    let mut clock = ReceiverClock::new();
    let (first, _) = clock.place(0, 500);
    assert_eq!(clock.place(100_000, 90_000), (first + 100_000, true));
    assert_eq!(clock.place(228_000, 90_002), (first + 228_000, false));
    assert_eq!(clock.place(10_228_000, 90_002), (first + 10_228_000, true), "its clock stood still");
}
