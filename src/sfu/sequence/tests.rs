//! Unwrapping over wraps, reordering and restarts.

use proptest::prelude::*;

use super::*;

#[test]
fn wraps_into_the_next_cycle_and_back() {
    let mut unwrapper = Unwrapper::new();
    let first = unwrapper.extend(65_534);
    assert_eq!(unwrapper.extend(65_535), first + 1);
    assert_eq!(unwrapper.extend(0), first + 2);
    assert_eq!(unwrapper.extend(65_533), first - 1, "late, from before the wrap");
    assert_eq!(unwrapper.extend(1), first + 3);
}

#[test]
fn packets_from_before_the_first_have_a_number() {
    let mut unwrapper = Unwrapper::new();
    let first = unwrapper.extend(2);
    assert_eq!(unwrapper.extend(65_530), first - 8);
    assert_eq!(unwrapper.highest(), Some(first));
}

#[test]
fn a_restart_goes_on_above() {
    let mut unwrapper = Unwrapper::new();
    let before = unwrapper.extend(40_000);
    let after = unwrapper.restart(3);
    assert!(after > before + 65_536);
    assert_eq!(unwrapper.extend(4), after + 1);
}

proptest! {
    /// Any walk whose steps stay within half a cycle of the front is followed exactly.
    #[test]
    fn follows_any_near_walk(start in any::<u16>(), steps in prop::collection::vec(-2000_i64..2000, 1..500)) {
        let mut unwrapper = Unwrapper::new();
        let origin = unwrapper.extend(start);
        let mut front = 0_i64;
        for step in steps {
            let at = front + step;
            front = front.max(at);
            let wire = start.wrapping_add((at & 0xffff) as u16);
            let expected = origin.saturating_add_signed(at);
            prop_assert_eq!(unwrapper.extend(wire), expected);
            prop_assert_eq!(expected % 65_536, u64::from(wire));
        }
    }
}
