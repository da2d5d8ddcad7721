//! When a layer is taken, kept, left and asked for.

use super::super::testing::{ms, start};
use super::*;

const LOW: LayerId = LayerId(0);
const MIDDLE: LayerId = LayerId(1);
const HIGH: LayerId = LayerId(2);

fn selector() -> LayerSelector {
    LayerSelector::new(LayerId(MAX_LAYERS as u8 - 1))
}

/// A selector that forwards `layer`, and the moment it began.
fn forwarding(layer: LayerId) -> (LayerSelector, Instant) {
    let (mut selector, now) = (selector(), start());
    assert_eq!(selector.select(now, layer, true), Choice::Switch);
    (selector, now)
}

#[test]
fn begins_at_a_keyframe_and_asks_for_it() {
    let (mut selector, now) = (selector(), start());
    assert_eq!(selector.needs_keyframe(now), None, "nothing to ask of");
    assert_eq!(selector.select(now, LOW, false), Choice::Drop(Reason::AwaitingKeyframe));
    assert_eq!(selector.needs_keyframe(now), Some(LOW));
    assert_eq!(selector.select(now, LOW, true), Choice::Switch);
    assert_eq!((selector.current(), selector.needs_keyframe(now)), (Some(LOW), None));
    assert_eq!(selector.select(now, LOW, false), Choice::Forward);
}

#[test]
fn waits_a_moment_for_the_best_layer() {
    let (mut selector, now) = (selector(), start());
    for layer in [LOW, MIDDLE, HIGH] {
        selector.select(now, layer, false);
    }
    assert_eq!(selector.needs_keyframe(now), Some(HIGH));
    assert_eq!(selector.select(now + ms(30), LOW, true), Choice::Drop(Reason::AwaitingKeyframe));
    assert_eq!(selector.select(now + ms(40), HIGH, true), Choice::Switch);
}

#[test]
fn but_not_for_ever() {
    let (mut selector, now) = (selector(), start());
    selector.select(now, HIGH, false);
    assert_eq!(selector.select(now + ms(300), LOW, true), Choice::Switch);
}

#[test]
fn without_a_picture_a_layer_that_falls_silent_is_soon_given_up() {
    let (mut selector, now) = (selector(), start());
    for layer in [LOW, HIGH] {
        selector.select(now, layer, false);
    }
    assert_eq!(selector.needs_keyframe(now + ms(499)), Some(HIGH));
    selector.select(now + ms(490), LOW, false);
    assert_eq!(selector.needs_keyframe(now + ms(510)), Some(LOW));
    assert_eq!(selector.needs_keyframe(now + ms(1400)), Some(HIGH), "all of them silent: a still screen");
}

#[test]
fn climbs_at_the_keyframe_of_the_target_only() {
    let (mut selector, now) = forwarding(LOW);
    assert_eq!(selector.select(now, HIGH, false), Choice::Drop(Reason::LayerNotSelected));
    assert_eq!(selector.select(now, MIDDLE, true), Choice::Drop(Reason::LayerNotSelected));
    assert_eq!(selector.select(now, LOW, false), Choice::Forward);
    assert_eq!(selector.select(now, HIGH, true), Choice::Switch);
    assert_eq!(selector.select(now, LOW, true), Choice::Drop(Reason::LayerNotSelected));
}

#[test]
fn asks_for_a_better_layer_only_when_it_has_settled() {
    let (mut selector, now) = forwarding(LOW);
    for at in [0, 200, 400, 600] {
        selector.select(now + ms(at), LOW, false);
        selector.select(now + ms(at), HIGH, false);
        let expected = (at >= 500).then_some(HIGH);
        assert_eq!(selector.needs_keyframe(now + ms(at)), expected, "{at} ms");
    }
}

#[test]
fn falls_back_when_the_current_layer_dies() {
    let (mut selector, now) = forwarding(HIGH);
    let still = now + ms(1400);
    assert_eq!(selector.select(still, LOW, true), Choice::Drop(Reason::LayerNotSelected));
    let dead = now + ms(1600);
    assert_eq!(selector.needs_keyframe(dead), Some(LOW));
    assert_eq!(selector.select(dead, LOW, false), Choice::Drop(Reason::AwaitingKeyframe));
    assert_eq!(selector.select(dead, LOW, true), Choice::Switch);
}

#[test]
fn a_layer_that_was_only_silent_goes_on() {
    let (mut selector, now) = forwarding(HIGH);
    selector.select(now + ms(2000), LOW, false);
    assert_eq!(selector.select(now + ms(2001), HIGH, false), Choice::Forward);
    assert_eq!(selector.needs_keyframe(now + ms(2001)), None);
}

#[test]
fn the_limit_lowers_and_raises_the_target() {
    let (mut selector, now) = forwarding(HIGH);
    selector.select(now, LOW, false);
    selector.set_limit(MIDDLE);
    assert_eq!((selector.target(now), selector.needs_keyframe(now)), (Some(LOW), Some(LOW)));
    assert_eq!(selector.select(now, HIGH, false), Choice::Forward, "until the keyframe comes");
    assert_eq!(selector.select(now, LOW, true), Choice::Switch);
    selector.set_limit(HIGH);
    assert_eq!((selector.limit(), selector.target(now)), (HIGH, Some(HIGH)));
}

#[test]
fn with_only_higher_layers_alive_the_lowest_of_them_is_taken() {
    let (mut selector, now) = (selector(), start());
    selector.set_limit(LOW);
    selector.select(now, HIGH, false);
    assert_eq!(selector.select(now, MIDDLE, true), Choice::Switch);
}

#[test]
fn more_layers_than_there_may_be() {
    assert_eq!(selector().select(start(), LayerId(4), true), Choice::Drop(Reason::NoSuchLayer));
    assert_eq!(selector().select(start(), LayerId(255), true), Choice::Drop(Reason::NoSuchLayer));
}
