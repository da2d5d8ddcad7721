//! The payload descriptor in all of its forms, rewriting in place, and totality on any bytes.

use proptest::prelude::*;

use super::*;

const FULL: [u8; 8] = [0x90, 0xf0, 0x92, 0x34, 0x56, 0x6b, 0x00, 0xee];

#[test]
fn reads_every_field() {
    let d = Vp8Descriptor::parse(&FULL).expect("whole");
    assert!(d.is_frame_start() && d.keyframe && d.wide_picture_id);
    assert_eq!((d.picture_id, d.tl0_pic_idx), (Some(0x1234), Some(0x56)));
    assert_eq!((d.temporal_id, d.layer_sync, d.key_idx, d.length), (Some(1), true, Some(11), 6));
}

#[test]
fn reads_the_short_forms() {
    let d = Vp8Descriptor::parse(&[0x10, 0x01]).expect("no extension");
    assert!(d.is_frame_start() && !d.keyframe);
    assert_eq!((d.picture_id, d.length), (None, 1));
    let d = Vp8Descriptor::parse(&[0x80, 0x80, 0x7f, 0]).expect("narrow picture id");
    assert_eq!((d.picture_id, d.wide_picture_id, d.is_frame_start()), (Some(0x7f), false, false));
    let d = Vp8Descriptor::parse(&[0x30, 0]).expect("non-reference");
    assert!(d.non_reference);
}

#[test]
fn a_keyframe_is_known_by_its_first_packet_only() {
    assert!(is_keyframe_start(&[0x10, 0x00]));
    assert!(!is_keyframe_start(&[0x10, 0x01]), "an interframe");
    assert!(!is_keyframe_start(&[0x00, 0x00]), "the middle of a partition");
    assert!(!is_keyframe_start(&[0x11, 0x00]), "partition one");
    assert!(!is_keyframe_start(&[0x10]), "nothing behind the descriptor");
}

#[test]
fn refuses_what_is_cut_off() {
    for length in 0..6 {
        let cut = FULL.get(..length).unwrap_or_default();
        assert_eq!(Vp8Descriptor::parse(cut), None, "{length} bytes");
        assert!(!rewrite(&mut cut.to_vec(), Vp8Ids::default()));
    }
}

#[test]
fn rewrites_at_the_field_s_own_width() {
    let mut wide = FULL;
    assert!(rewrite(&mut wide, Vp8Ids { picture_id: Some(0x7abc), tl0_pic_idx: Some(9) }));
    let d = Vp8Descriptor::parse(&wide).expect("whole");
    assert_eq!((d.picture_id, d.tl0_pic_idx, d.key_idx), (Some(0x7abc), Some(9), Some(11)));

    let mut narrow = [0x90, 0x80, 0x05, 0x00];
    assert!(rewrite(&mut narrow, Vp8Ids { picture_id: Some(0x1ff), tl0_pic_idx: None }));
    assert_eq!(narrow, [0x90, 0x80, 0x7f, 0x00]);
}

#[test]
fn refuses_to_write_a_field_that_is_not_there() {
    let mut payload = [0x90, 0x80, 0x05, 0x00];
    assert!(!rewrite(&mut payload, Vp8Ids { picture_id: Some(1), tl0_pic_idx: Some(1) }));
    assert_eq!(payload, [0x90, 0x80, 0x05, 0x00], "untouched");
}

proptest! {
    #[test]
    fn total_on_any_bytes(payload in prop::collection::vec(any::<u8>(), 0..64), id in 0_u16..0x8000, tl0 in any::<u8>()) {
        let parsed = Vp8Descriptor::parse(&payload);
        let has = |ids: &Vp8Descriptor| Vp8Ids {
            picture_id: ids.picture_id.map(|_| id),
            tl0_pic_idx: ids.tl0_pic_idx.map(|_| tl0),
        };
        let mut written = payload.clone();
        let ids = parsed.as_ref().map(has).unwrap_or_default();
        prop_assert_eq!(rewrite(&mut written, ids), parsed.is_some());
        prop_assert_eq!(written.len(), payload.len());
        if let (Some(before), Some(after)) = (parsed, Vp8Descriptor::parse(&written)) {
            prop_assert!(before.length <= payload.len());
            let mask = if before.wide_picture_id { 0x7fff } else { 0x7f };
            prop_assert_eq!(after.picture_id, ids.picture_id.map(|id| id & mask));
            prop_assert_eq!(after.tl0_pic_idx, ids.tl0_pic_idx);
            prop_assert_eq!((after.length, after.keyframe, after.key_idx), (before.length, before.keyframe, before.key_idx));
        }
    }
}
