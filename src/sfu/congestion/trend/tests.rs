//! Queues that grow, stand and drain; jitter that is none of these.

use proptest::prelude::*;

use super::*;

/// Sends a packet each 20 ms for this long with this one-way delay, in milliseconds, as a function of time; says how often
/// the way was over-used.
fn drive(trend: &mut Trend, from_ms: u64, to_ms: u64, delay_ms: impl Fn(u64) -> f64) -> u32 {
    let mut over = 0;
    for at in (from_ms..to_ms).step_by(20) {
        trend.add(at * 1000, 77_000_000 + (at * 1000) as i64 + (delay_ms(at) * 1000.0) as i64);
        over += u32::from(trend.usage() == Usage::Over);
    }
    over
}

#[test]
fn a_steady_way_is_normal() {
    let mut trend = Trend::new();
    assert_eq!(drive(&mut trend, 0, 10_000, |_| 40.0), 0);
    assert_eq!(trend.usage(), Usage::Normal);
    assert!(trend.standing_ms() < 1.0);
}

#[test]
fn jitter_is_normal() {
    let mut trend = Trend::new();
    let noise = |at: u64| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60) as f64;
    let over = drive(&mut trend, 0, 60_000, |at| 40.0 + noise(at));
    assert!(over < 30, "{over} of 3000");
}

#[test]
fn a_growing_queue_is_noticed_soon_and_a_draining_one_too() {
    let mut trend = Trend::new();
    drive(&mut trend, 0, 3000, |_| 40.0);
    let over = drive(&mut trend, 3000, 3300, |at| 40.0 + (at - 3000) as f64 * 0.5);
    assert!(over > 0, "within 300 ms");
    assert!(trend.standing_ms() > 30.0);
    drive(&mut trend, 3300, 4000, |at| 190.0 - (at - 3300) as f64 * 0.2);
    assert_eq!(trend.usage(), Usage::Under);
}

#[test]
fn a_full_queue_that_no_longer_grows_is_overuse() {
    let mut trend = Trend::new();
    drive(&mut trend, 0, 3000, |_| 40.0);
    drive(&mut trend, 3000, 6000, |_| 440.0);
    assert_eq!(trend.usage(), Usage::Over);
    assert!(drive(&mut trend, 6000, 40_000, |_| 440.0) > 0);
    assert_eq!(trend.usage(), Usage::Normal, "a longer route is learned");
}

#[test]
fn an_interruption_is_not_compared_over() {
    let mut trend = Trend::new();
    drive(&mut trend, 0, 3000, |_| 40.0);
    trend.interrupt();
    assert_eq!(drive(&mut trend, 3000, 4000, |_| 70.0), 0);
}

proptest! {
    #[test]
    fn total_on_any_times(packets in prop::collection::vec((any::<u64>(), any::<i64>()), 0..100)) {
        let mut trend = Trend::new();
        for (sent_us, arrived_us) in packets {
            trend.add(sent_us, arrived_us);
            prop_assert!(trend.standing_ms().is_finite() && trend.threshold.is_finite());
        }
    }
}
