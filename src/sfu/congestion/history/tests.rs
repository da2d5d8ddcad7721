//! What is remembered of sent packets.

use proptest::prelude::*;

use super::*;

#[test]
fn each_packet_is_answered_once() {
    let mut history = History::new();
    assert_eq!(history.push(5_000_000_000, 1200), 0);
    assert_eq!(history.push(5_000_001_000, 100), 1);
    let arrived = Arrived { number: 1, sent_us: 5_000_001_000, bytes: 100, was_missing: false };
    assert_eq!(history.arrived(5_000_050_000, 1), Some(arrived));
    assert_eq!(history.arrived(5_000_050_000, 1), None);
    assert_eq!(history.missing(1), None);
    assert_eq!(history.missing(0), Some(0));
    assert_eq!(history.missing(0), None);
    assert!(history.arrived(5_000_060_000, 0).is_some_and(|arrived| arrived.was_missing && arrived.bytes == 1200));
}

#[test]
fn what_was_never_sent_or_long_ago_is_not_known() {
    let mut history = History::new();
    assert_eq!(history.arrived(0, 0), None);
    assert_eq!(history.missing(0xffff), None);
    (0..70_000_u64).for_each(|n| assert_eq!(history.push(n, 10), n as u16));
    assert_eq!(history.arrived(70_000, 70_000_u32 as u16), None, "not sent yet");
    assert_eq!(history.arrived(70_000, (70_000 - 1025_u32) as u16), None, "forgotten");
    assert_eq!(history.arrived(70_000, (70_000 - 1024_u32) as u16).map(|a| a.number), Some(70_000 - 1024));
}

proptest! {
    #[test]
    fn never_more_answers_than_packets(steps in prop::collection::vec((any::<bool>(), any::<bool>(), 0_u16..2000), 0..3000)) {
        let (mut history, mut sent, mut answered) = (History::new(), 0, 0);
        for (send, arrives, sequence) in steps {
            if send {
                history.push(sent, 100);
                sent += 1;
            } else if arrives {
                answered += u64::from(history.arrived(sent, sequence).is_some());
            } else {
                history.missing(sequence);
            }
        }
        prop_assert!(answered <= sent);
    }
}
