//! The names are distinct, and a table of counters can be indexed by them.

use super::*;

#[test]
fn every_reason_has_its_place_and_a_name_of_its_own() {
    for (place, reason) in Reason::ALL.into_iter().enumerate() {
        assert_eq!(reason.index(), place);
        assert_eq!(Reason::ALL.iter().filter(|other| other.name() == reason.name()).count(), 1);
    }
}
