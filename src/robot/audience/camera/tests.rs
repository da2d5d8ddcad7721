//! Pictures that parsers take for pictures.

use super::*;

const MARK: Mark = Mark { layer: 0, keyframe: true, number: 3, sent_ns: 4 };

#[test]
fn pictures_are_cut_into_equal_parts() {
    for bytes in [1, 100, 1_100, 1_101, 6_250, 25_000] {
        let sizes = cut(bytes);
        assert!(sizes.is_sorted() && sizes.last().unwrap() - sizes.first().unwrap() <= 1, "{sizes:?}");
        assert!(sizes.iter().all(|size| *size <= MAX_PAYLOAD));
        assert!(bytes < 100 || sizes.iter().sum::<usize>() == bytes);
    }
    assert_eq!((frame_bytes(1_500_000, false), frame_bytes(1_500_000, true)), (6_250, 25_000));
}

#[test]
fn keyframes_are_taken_for_keyframes() {
    for codec in [Codec::H264, Codec::Vp8] {
        for (keyframe, index, starts) in [(true, 0, true), (true, 1, false), (false, 0, false)] {
            let mut payload = Vec::new();
            let part = Part { frame: 9, index, last: false };
            picture(&mut payload, codec, part, 800, Mark { keyframe, ..MARK });
            assert_eq!((payload.len(), codec.is_keyframe_start(&payload)), (800, starts), "{codec:?} {index}");
            assert_eq!(Mark::read(&payload).map(|mark| mark.number), Some(3));
        }
    }
}

#[test]
fn parameter_sets_and_sound_are_well_formed() {
    let mut payload = Vec::new();
    parameter_sets(&mut payload, MARK);
    assert!(crate::sfu::h264::has_sps(&payload) && Mark::read(&payload) == Some(MARK));
    let mut units = &payload[1..];
    while let Some((size, rest)) = units.split_first_chunk::<2>() {
        units = &rest[usize::from(u16::from_be_bytes(*size))..];
    }
    assert!(units.is_empty(), "the sizes of the units fill the packet");
    payload.clear();
    sound(&mut payload, MARK);
    assert_eq!((payload.len(), Mark::read(&payload)), (SOUND_BYTES, Some(MARK)));
}
