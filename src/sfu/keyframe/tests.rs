//! What reaches the publisher of many requests.

use super::super::testing::{ms, start};
use super::*;

const FIRST: Option<Ask> = Some(Ask { repeat: 0 });

#[test]
fn a_thousand_requests_are_one() {
    let (mut gate, now) = (KeyframeGate::default(), start());
    assert_eq!(gate.poll_timeout(), None);
    assert_eq!(gate.request(now), FIRST);
    for at in 0..999 {
        assert_eq!(gate.request(now + ms(at)), None);
    }
}

#[test]
fn a_swallowed_request_is_released_when_the_interval_ends() {
    let (mut gate, now) = (KeyframeGate::default(), start());
    gate.request(now);
    gate.on_keyframe(now + ms(40));
    assert_eq!(gate.poll_timeout(), None, "everybody is served");
    assert_eq!(gate.request(now + ms(300)), None);
    assert_eq!(gate.poll_timeout(), Some(now + ms(1000)));
    assert_eq!(gate.handle_timeout(now + ms(999)), None);
    assert_eq!(gate.handle_timeout(now + ms(1000)), FIRST);
    assert_eq!(gate.handle_timeout(now + ms(1001)), None);
}

#[test]
fn a_keyframe_serves_who_asked_before_it() {
    let (mut gate, now) = (KeyframeGate::default(), start());
    gate.request(now);
    gate.request(now + ms(10));
    gate.on_keyframe(now + ms(40));
    assert_eq!((gate.poll_timeout(), gate.handle_timeout(now + ms(5000))), (None, None));
    assert_eq!(gate.request(now + ms(5000)), FIRST, "open again");
}

#[test]
fn an_unanswered_request_is_repeated_ever_more_slowly() {
    let (mut gate, mut now) = (KeyframeGate::default(), start());
    gate.request(now);
    for (repeat, wait) in [(1, 1000), (2, 2000), (3, 4000), (4, 8000)] {
        assert_eq!(gate.poll_timeout(), Some(now + ms(wait)));
        now += ms(wait);
        assert_eq!(gate.handle_timeout(now), Some(Ask { repeat }));
    }
    assert_eq!(gate.poll_timeout(), None, "the layer has stopped");
    assert_eq!(gate.request(now + ms(1000)), Some(Ask { repeat: 1 }), "but somebody still waits");
}

#[test]
fn who_asks_again_need_not_wait_for_the_slow_repeat() {
    let (mut gate, now) = (KeyframeGate::default(), start());
    gate.request(now);
    assert_eq!(gate.handle_timeout(now + ms(1000)), Some(Ask { repeat: 1 }));
    assert_eq!(gate.request(now + ms(1500)), None);
    assert_eq!(gate.poll_timeout(), Some(now + ms(2000)));
    assert_eq!(gate.handle_timeout(now + ms(2000)), Some(Ask { repeat: 2 }));
}

#[test]
fn never_two_within_the_interval_whatever_happens() {
    let (mut gate, begin) = (KeyframeGate::default(), start());
    let mut last = None;
    for at in (0..60_000_u64).step_by(7) {
        let now = begin + ms(at);
        if at % 83 == 0 {
            gate.on_keyframe(now);
        }
        let asked = if at % 3 == 0 { gate.request(now) } else { gate.handle_timeout(now) };
        if asked.is_some() {
            assert!(last.is_none_or(|last| now - last >= INTERVAL));
            last = Some(now);
        }
    }
    assert!(last.is_some());
}
