//! Ticks and places, and plots of next to nothing.

use super::*;

#[test]
fn axes_have_few_and_round_ticks() {
    assert_eq!(
        Axis::over([10.0, 2_000.0].into_iter(), true).ticks(),
        [10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0]
    );
    assert_eq!(Axis::over([0.2, 0.9].into_iter(), false).ticks().len(), 5);
    assert_eq!(short(0.5) + &short(100.0) + &short(0.001), "0.51000.001");
}

#[test]
fn nothing_is_plotted_without_complaint() {
    for points in [vec![], vec![(0.0, 0.0)], vec![(1.0, f64::NAN)], vec![(5.0, 5.0)]] {
        let line = Line { name: "<a&b>".to_owned(), dashed: true, points };
        let svg = Plot { title: "t", x: "x", y: "y", logarithmic: true, lines: vec![line] }.svg();
        assert!(svg.contains("&lt;a&amp;b>"), "{svg}");
    }
}
