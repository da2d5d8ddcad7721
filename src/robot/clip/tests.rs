//! The readers take any bytes, and the committed clip is what its README says.

use super::{Clip, ClipError, annex_b, ogg};
use bytes::Bytes;
use proptest::prelude::*;

#[test]
fn the_demo_clip_is_what_its_readme_says() {
    let clip = Clip::demo().expect("the committed clip is playable");
    assert_eq!(clip.video.len(), 360);
    assert_eq!(clip.audio.len(), 600);
    for (i, frame) in clip.video.iter().enumerate() {
        assert_eq!(frame.keyframe, i % 15 == 0, "frame {i}");
        let kinds: Vec<u8> = frame.units.iter().map(|u| u[0] & 0x1f).collect();
        if frame.keyframe {
            assert_eq!(kinds, [7, 8, 5], "frame {i}");
            // profile_idc, constraint flags, level_idc: 42e01f but for the flags an encoder may add.
            assert_eq!((frame.units[0][1], frame.units[0][2] & 0xc0, frame.units[0][3]), (0x42, 0xc0, 0x1f));
        } else {
            assert_eq!(kinds, [1], "frame {i}");
        }
    }
    for packet in &clip.audio {
        // RFC 6716 §3.1: one CELT fullband frame of 20 ms, stereo.
        assert_eq!((packet[0] >> 3, packet[0] & 0b111), (31, 0b100));
    }
}

#[test]
fn pictures_are_cut_where_they_begin() {
    let stream = Bytes::from_static(&[
        0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3, 0, 0, 1, 0x65, 0x88, 9, // parameter sets and a keyframe
        0, 0, 1, 0x65, 0x40, 7, // its second slice
        0, 0, 1, 0x41, 0x9a, 5, 0, 0, // a picture, with trailing zeros
        0, 0, 1, 0x41, 0x9b, 6,
    ]);
    let frames = annex_b::frames(&stream);
    assert_eq!(
        frames.iter().map(|f| (f.units.len(), f.keyframe)).collect::<Vec<_>>(),
        [(4, true), (1, false), (1, false)]
    );
    assert_eq!(&frames[1].units[0][..], &[0x41, 0x9a, 5]);
}

#[test]
fn packets_go_on_over_segments_and_pages() {
    let mut file = Vec::new();
    let mut page = |table: &[u8], body: &[u8]| {
        file.extend_from_slice(b"OggS\0\0");
        file.extend_from_slice(&[0; 20]);
        file.push(u8::try_from(table.len()).unwrap());
        file.extend_from_slice(table);
        file.extend_from_slice(body);
    };
    page(&[8], b"OpusHead");
    page(&[8], b"OpusTags");
    page(&[3, 255, 0, 255], &[[1; 3].as_slice(), &[2; 255], &[3; 255]].concat());
    page(&[5], &[3; 5]);
    let packets = ogg::opus_packets(&Bytes::from(file)).unwrap();
    assert_eq!(packets.iter().map(Bytes::len).collect::<Vec<_>>(), [3, 255, 260]);
}

#[test]
fn a_clip_without_a_first_keyframe_is_refused() {
    let audio = Bytes::from_static(include_bytes!("demo.ogg"));
    let video = Bytes::from_static(&[0, 0, 1, 0x41, 0x9a, 5]);
    assert_eq!(Clip::read(&video, &audio).unwrap_err(), ClipError::NoKeyframe);
    assert_eq!(Clip::read(&Bytes::new(), &audio).unwrap_err(), ClipError::NoVideo);
    let video = Bytes::from_static(&[0, 0, 1, 0x65, 0x88]);
    assert_eq!(Clip::read(&video, &Bytes::from_static(b"OggS")).unwrap_err(), ClipError::NotOpus);
}

proptest! {
    #[test]
    fn annex_b_takes_any_bytes(bytes in proptest::collection::vec(prop_oneof![3 => Just(0u8), 1 => Just(1u8), 2 => any::<u8>()], 0..400)) {
        let stream = Bytes::from(bytes);
        for frame in annex_b::frames(&stream) {
            prop_assert!(!frame.units.is_empty());
            prop_assert!(frame.units.iter().all(|u| !u.is_empty()));
        }
    }

    #[test]
    fn ogg_takes_any_bytes(noise in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..90_000, at in 0usize..90_000, byte: u8) {
        ogg::opus_packets(&Bytes::from(noise));
        let mut file = include_bytes!("demo.ogg").to_vec();
        if let Some(b) = file.get_mut(at) {
            *b = byte;
        }
        file.truncate(cut);
        if let Some(packets) = ogg::opus_packets(&Bytes::from(file)) {
            prop_assert!(!packets.is_empty());
        }
    }
}
