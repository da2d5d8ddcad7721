//! Percentiles within three per cent of the truth.

use super::*;

#[test]
fn percentiles_are_close() {
    let mut histogram = Histogram::default();
    (1..=1_000_u64).for_each(|ms| histogram.add(Duration::from_millis(ms)));
    let p = histogram.percentiles().unwrap();
    assert!((p.p50 / 500.0 - 1.0).abs() < 0.03 && (p.p99 / 990.0 - 1.0).abs() < 0.03, "{p:?}");
    assert_eq!((p.count, p.max), (1_000, 1_000.0));
    let mut other = Histogram::default();
    other.add(Duration::from_secs(100_000));
    other.add(Duration::ZERO);
    histogram.merge(&other);
    assert_eq!(histogram.percentiles().unwrap().count, 1_002);
    assert_eq!(Histogram::default().percentiles(), None);
}
