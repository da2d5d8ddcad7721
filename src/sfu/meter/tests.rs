//! Rates of steady, ending and disordered traffic.

use proptest::prelude::*;

use super::*;

#[test]
fn steady_traffic_has_its_rate_from_the_second_bucket_on() {
    let mut meter = Meter::<10>::new(100_000);
    assert_eq!(meter.bps(0), 0);
    for ms in 0..5000_u64 {
        meter.add(ms * 1000, 125);
        if ms >= 200 {
            let bps = meter.bps(ms * 1000 + 999);
            assert!((980_000..1_020_000).contains(&bps), "{bps} after {ms} ms");
        }
    }
    let quiet = meter.bps(5_450_000);
    assert!((500_000..600_000).contains(&quiet), "{quiet} when half of the window is silent");
    assert_eq!(meter.bps(7_000_000), 0);
}

#[test]
fn a_shorter_look_sees_a_change_earlier() {
    let mut meter = Meter::<12>::new(25_000);
    (0..1000_u64).for_each(|ms| meter.add(ms * 1000, 250));
    (1000..1100_u64).for_each(|ms| meter.add(ms * 1000, 25));
    assert!(meter.rate_bps(1_099_999, 4).is_some_and(|bps| bps < 250_000));
    assert!(meter.bps(1_099_999) > 1_000_000);
}

#[test]
fn late_traffic_finds_its_bucket_or_is_forgotten() {
    let mut meter = Meter::<4>::new(1000);
    meter.add(10_000, 100);
    meter.add(12_500, 0);
    meter.add(11_000, 100);
    assert_eq!(meter.bps(12_500), 200 * 8_000_000 / 2500);
    meter.add(3000, 1_000_000);
    assert_eq!(meter.bps(12_500), 200 * 8_000_000 / 2500);
    meter.clear();
    assert_eq!(meter.bps(12_500), 0);
}

proptest! {
    #[test]
    fn total_and_never_more_than_there_was(
        traffic in prop::collection::vec((any::<u64>(), any::<u32>()), 0..50), asked: u64, buckets: usize
    ) {
        let mut meter = Meter::<5>::new(777);
        for (at_us, bytes) in traffic {
            meter.add(at_us, bytes as usize);
            let _ = meter.rate_bps(asked, buckets);
        }
    }
}
