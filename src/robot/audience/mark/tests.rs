//! Marks are read back, and found nowhere else.

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_mark_is_read_back(layer: u8, keyframe: bool, number: u32, sent_ns: u64, body: Vec<u8>) {
        let mark = Mark { layer, keyframe, number, sent_ns };
        let mut payload = body;
        mark.append(&mut payload);
        prop_assert_eq!(Mark::read(&payload), Some(mark));
        payload.push(0);
        prop_assert_eq!(Mark::read(&payload), None);
    }

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        let _ = Mark::read(&bytes);
    }
}
