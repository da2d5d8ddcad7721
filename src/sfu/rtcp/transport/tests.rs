//! Chunks and deltas of transport-wide feedback.

use proptest::prelude::*;

use super::super::{Rtcp, packets, write_transport_feedback};
use super::*;

/// Base 0xfffe, this many statuses, reference 0x010203, count 7, then this.
fn control(count: u16, rest: &[u8]) -> Vec<u8> {
    [&[0xff, 0xfe], &count.to_be_bytes()[..], &[1, 2, 3, 7], rest].concat()
}

fn read(count: u16, rest: &[u8]) -> Option<Vec<(u16, Option<i64>)>> {
    TransportFeedback::parse(&control(count, rest), MAX_STATUSES).map(|view| view.statuses().collect())
}

#[test]
fn every_kind_of_chunk() {
    // A run of two small deltas, then one bit each for (received, missing).
    let chunks = [0x20, 0x02, 0xa0, 0x00];
    let statuses = read(4, &[&chunks[..], &[4, 8, 2]].concat());
    assert_eq!(statuses, Some(vec![(0xfffe, Some(1000)), (0xffff, Some(3000)), (0, Some(3500)), (1, None)]));
    // Two bits each for (large, missing, small), at the top of its 14 bits.
    let two_bits = (0xc000_u16 | 0b10_00_01 << 8).to_be_bytes();
    let statuses = read(3, &[&two_bits[..], &[0xff, 0xfc, 3]].concat());
    assert_eq!(statuses, Some(vec![(0xfffe, Some(-1000)), (0xffff, None), (0, Some(-250))]));
}

#[test]
fn the_head_is_read() {
    let bytes = control(1, &[0x20, 0x01, 5]);
    let view = TransportFeedback::parse(&bytes, 10).expect("whole");
    assert_eq!((view.base_sequence(), view.len(), view.is_empty()), (0xfffe, 1, false));
    assert_eq!((view.reference_time(), view.feedback_count()), (0x01_0203, 7));
}

#[test]
fn what_is_not_whole_is_refused() {
    assert_eq!(read(1, &[]), None, "no chunk");
    assert_eq!(read(1, &[0x20, 0x01]), None, "no delta");
    assert_eq!(read(1, &[0x40, 0x01, 1]), None, "half a large delta");
    assert_eq!(read(1, &[0x60, 0x01, 1, 1, 1]), None, "the reserved symbol");
    assert_eq!(read(1, &[0x20, 0x00, 1, 1, 1]), None, "a run of none");
    assert_eq!(read(3, &[0x20, 0x02, 1, 1]), None, "chunks for two of three");
    assert_eq!(read(0, &[]), Some(vec![]));
    assert_eq!(read(8000, &[0x1f, 0xff]), None, "over the budget");
}

#[test]
fn a_chunk_may_say_more_than_is_asked() {
    assert_eq!(read(1, &[0x3f, 0xff, 1]), Some(vec![(0xfffe, Some(250))]));
}

proptest! {
    #[test]
    fn written_feedback_is_read_as_it_was(
        base: u16,
        reference in 0_u32..1 << 24,
        count: u8,
        steps in prop::collection::vec(prop::option::weighted(0.7, -200_i64..2000), 0..600),
    ) {
        let mut reached = 0;
        let arrivals: Vec<_> = steps.iter().map(|step| step.map(|step| { reached += step * 250; reached })).collect();
        let mut out = Vec::new();
        write_transport_feedback(&mut out, (1, 2), base, (reference, count), &arrivals);
        let mut values = packets(&out);
        let Some(Rtcp::TransportFeedback(view)) = values.next() else { return Err(TestCaseError::fail("not read")) };
        prop_assert_eq!((view.base_sequence(), view.reference_time(), view.feedback_count()), (base, reference, count));
        let numbered: Vec<_> = arrivals.iter().enumerate().map(|(i, a)| (base.wrapping_add(i as u16), *a)).collect();
        prop_assert_eq!(view.statuses().collect::<Vec<_>>(), numbered);
        prop_assert!(values.next().is_none());
    }

    #[test]
    fn total_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(view) = TransportFeedback::parse(&bytes, MAX_STATUSES) {
            prop_assert_eq!(view.statuses().count(), view.len());
        }
    }
}
