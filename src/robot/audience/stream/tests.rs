//! Loss counted over wraps, reordering and a change of streams.

use super::*;

#[test]
fn gaps_are_counted_over_the_wrap() {
    let mut stream = Stream::default();
    let first = stream.take(7, 65_533);
    assert_eq!((first.skipped, first.index()), (0, Some(65_533)));
    assert_eq!(stream.take(7, 65_534).skipped, 0);
    let after = stream.take(7, 2);
    assert_eq!((after.skipped, after.index()), (3, Some(65_538)));
    assert_eq!((stream.expected(), stream.report()), (6, (128, 3, 65_538)));
    assert_eq!(stream.take(7, 0).skipped, 0, "late, not lost");
    assert_eq!(stream.report().1, 2);
}

#[test]
fn a_window_begins_at_zero() {
    let mut stream = Stream::default();
    [1, 2, 5].iter().for_each(|n| {
        let _ = stream.take(7, *n);
    });
    stream.open_window();
    assert_eq!(stream.window(), (0, 0));
    [6, 7, 9].iter().for_each(|n| {
        let _ = stream.take(7, *n);
    });
    assert_eq!(stream.window(), (4, 3));
}

#[test]
fn another_stream_adds_to_the_first() {
    let mut stream = Stream::default();
    (10..20).for_each(|n| {
        let _ = stream.take(7, n);
    });
    assert_eq!(stream.take(8, 40_000).skipped, 0);
    assert_eq!((stream.expected(), stream.ssrc()), (11, Some(8)));
}
