//! What is written masked is what a server reads, and what a server writes is read back, whole or not at all.

use super::{Frame, MASK, read, write_text};

/// As a server frames a text.
fn served(text: &str) -> Vec<u8> {
    let mut bytes = vec![0x81];
    match text.len() {
        short @ 0..=125 => bytes.push(u8::try_from(short).unwrap()),
        medium @ 126..=65_535 => {
            bytes.push(126);
            bytes.extend(u16::try_from(medium).unwrap().to_be_bytes());
        }
        long => {
            bytes.push(127);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    bytes.extend(text.as_bytes());
    bytes
}

#[test]
fn a_frame_is_read_when_all_of_it_has_come() {
    for length in [0, 1, 125, 126, 65_535, 65_536] {
        let text = "x".repeat(length);
        let bytes = served(&text);
        assert_eq!(read(&bytes), Some((Frame::Text(text.as_bytes()), bytes.len())), "{length} bytes");
        let more = [bytes.as_slice(), b"\x88\x00"].concat();
        assert_eq!(read(&more).unwrap().1, bytes.len());
        for short in [0, 1, bytes.len() - 1] {
            assert_eq!(read(&bytes[..short]), None, "{short} of {} bytes", bytes.len());
        }
    }
    assert_eq!(read(b"\x88\x00"), Some((Frame::Close, 2)));
    assert_eq!(read(b"\x8a\x00"), Some((Frame::Other, 2)));
}

#[test]
fn a_length_that_no_memory_holds_is_an_unfinished_frame() {
    let bytes = [&[0x81, 127], [0xff; 8].as_slice(), b"x"].concat();
    assert_eq!(read(&bytes), None);
}

#[test]
fn what_is_written_is_masked_and_says_its_length() {
    for length in [3, 125, 126, 70_000] {
        let text = "é".repeat(length);
        let mut bytes = Vec::new();
        write_text(&text, &mut bytes);
        bytes[1] &= 0x7f;
        let masked = bytes.len() - text.len();
        assert_eq!(bytes[masked - 4..masked], MASK);
        let payload: Vec<u8> =
            bytes[masked..].iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        assert_eq!(payload, text.as_bytes());
        bytes.drain(masked - 4..masked);
        assert_eq!(read(&bytes).unwrap().1, bytes.len());
    }
}
