//! Codecs by name, and that each question reaches the codec that knows.

use super::*;

#[test]
fn names_round_trip_in_any_case() {
    for codec in [Codec::H264, Codec::Vp8, Codec::Opus] {
        assert_eq!(Codec::from_name(codec.name()), Some(codec));
        assert_eq!(Codec::from_name(&codec.name().to_ascii_lowercase()), Some(codec));
    }
    assert_eq!(Codec::from_name("VP9"), None);
}

#[test]
fn sound_and_picture_have_their_clocks() {
    assert_eq!((Codec::Opus.kind(), Codec::Opus.clock_rate_hz()), (MediaKind::Audio, 48_000));
    assert_eq!((Codec::Vp8.kind(), Codec::Vp8.clock_rate_hz()), (MediaKind::Video, 90_000));
    assert_eq!((Codec::H264.kind(), Codec::H264.clock_rate_hz()), (MediaKind::Video, 90_000));
}

#[test]
fn keyframes_are_found_by_the_codec_that_knows() {
    assert!(Codec::H264.is_keyframe_start(&[0x67, 0x42]));
    assert!(!Codec::Vp8.is_keyframe_start(&[0x67, 0x42]));
    assert!(Codec::Vp8.is_keyframe_start(&[0x10, 0x00]));
    assert!(Codec::Opus.is_keyframe_start(&[0xfc]));
    assert!(!Codec::Opus.is_keyframe_start(&[]));
}
