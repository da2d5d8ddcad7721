//! The sliding set against the obvious model.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

#[test]
fn a_number_is_new_once() {
    let mut window = Window::new();
    assert!(window.insert(70_000));
    assert!(!window.insert(70_000));
    assert!(window.insert(69_999), "late, but within the window");
    assert!(window.contains(69_999) && !window.contains(69_998));
}

#[test]
fn what_leaves_the_window_is_forgotten() {
    let mut window = Window::new();
    window.insert(5000);
    window.advance(5000 + WINDOW);
    assert!(!window.covers(5000) && !window.contains(5000) && !window.insert(5000));
    assert!(!window.contains(5000 + WINDOW), "the bit is reused and must be clean");
}

proptest! {
    /// Against the obvious model: a set, and a lower bound.
    #[test]
    fn behaves_like_a_bounded_set(steps in prop::collection::vec((0_u64..5000, any::<bool>()), 1..300)) {
        let mut window = Window::new();
        let mut model = BTreeSet::new();
        let mut highest = None::<u64>;
        for (number, insert) in steps {
            highest = Some(highest.map_or(number, |h| h.max(number)));
            let floor = highest.unwrap_or(0).saturating_sub(WINDOW - 1);
            if insert {
                prop_assert_eq!(window.insert(number), number >= floor && model.insert(number));
            } else {
                window.advance(number);
            }
            model.retain(|known| *known >= floor);
            prop_assert_eq!(window.contains(number), model.contains(&number));
            prop_assert_eq!(window.count_above(number), model.range(number + 1..).count() as u64);
        }
    }
}
