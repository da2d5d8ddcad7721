//! Keyframe starts in every packetization that browsers use, and totality on any bytes.

use proptest::prelude::*;

use super::*;

/// A STAP-A of units that are only their header byte and a filler.
fn stap_a(units: &[u8]) -> Vec<u8> {
    let mut payload = vec![0x78];
    for unit in units {
        payload.extend_from_slice(&[0, 2, *unit, 0xaa]);
    }
    payload
}

#[test]
fn single_units() {
    assert!(is_keyframe_start(&[0x67, 1]) && has_sps(&[0x67, 1]));
    assert!(is_keyframe_start(&[0x65, 1]) && !has_sps(&[0x65, 1]) && has_idr_start(&[0x65]));
    assert!(!is_keyframe_start(&[0x41, 1]), "a slice of an ordinary picture");
    assert!(!is_keyframe_start(&[0x68, 1]), "a picture parameter set alone");
    assert!(!is_keyframe_start(&[]));
}

#[test]
fn aggregated_units() {
    assert!(has_sps(&stap_a(&[0x67, 0x68])));
    assert!(has_sps(&stap_a(&[0x09, 0x67, 0x68])), "behind an access unit delimiter");
    assert!(!is_keyframe_start(&stap_a(&[0x41, 0x41])));
    assert!(has_idr_start(&stap_a(&[0x67, 0x68, 0x65])));
    assert!(!is_keyframe_start(&[0x78, 0xff, 0xff, 0x67]), "a size that does not fit");
    assert!(!is_keyframe_start(&[0x78, 0, 0, 0, 1]), "an empty unit");
}

#[test]
fn fragmented_units() {
    assert!(is_keyframe_start(&[0x7c, 0x85, 1]));
    assert!(!is_keyframe_start(&[0x7c, 0x05, 1]), "the middle");
    assert!(!is_keyframe_start(&[0x7c, 0x45, 1]), "the end");
    assert!(!is_keyframe_start(&[0x7c, 0x81, 1]), "an ordinary picture");
    assert!(!is_keyframe_start(&[0x7c]));
}

proptest! {
    #[test]
    fn total_on_any_bytes(payload in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(is_keyframe_start(&payload), has_sps(&payload) || has_idr_start(&payload));
    }
}
