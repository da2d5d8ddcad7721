//! Clock arithmetic: units, signs, and the end of the NTP era.

use std::time::Duration;

use super::*;

#[test]
fn durations_become_clock_units() {
    assert_eq!(ticks(Duration::from_millis(20), 48_000), 960);
    assert_eq!(ticks(Duration::from_millis(33), 90_000), 2970);
    assert_eq!(ticks(Duration::MAX, 90_000), u32::MAX);
}

#[test]
fn ntp_differences_are_signed_and_survive_the_end_of_the_era() {
    assert_eq!(ntp_difference(5, u64::MAX), 6);
    assert_eq!(ntp_difference(u64::MAX, 5), -6);
    assert_eq!(ntp_ticks((NTP_SECOND * 2).cast_signed(), 90_000), 180_000);
    assert_eq!(ntp_ticks(-(NTP_SECOND.cast_signed() / 2), 48_000), -24_000);
    assert_eq!(ntp_ticks(i64::MIN, u32::MAX), -((1 << 31) * i64::from(u32::MAX)));
}

#[test]
fn the_middle_of_an_ntp_timestamp() {
    assert_eq!(ntp_middle(0x1122_3344_5566_7788), 0x3344_5566);
}
