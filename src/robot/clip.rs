//! The robot's clip, read once and kept as frames and packets.
//!
//! Invariant of a [`Clip`]: both lists are not empty and the video begins with a keyframe, so that a sender may start
//! anywhere a loop starts and never has to look for a first picture. What the files hold, and how a test reads the
//! frame number from the picture, is told in clip/README.md; `scripts/clip` makes them.

mod annex_b;
mod ogg;
#[cfg(test)]
mod tests;

use bytes::Bytes;

/// Why a clip cannot be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// The video holds no picture.
    #[error("the video holds no picture")]
    NoVideo,
    /// The video does not begin with a keyframe.
    #[error("the video does not begin with a keyframe")]
    NoKeyframe,
    /// The audio is not a complete Ogg stream with Opus in it.
    #[error("the audio is not an Ogg stream of Opus")]
    NotOpus,
}

/// One picture.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// Its NAL units in order (SPS and PPS first where they stand), without start codes.
    pub(super) units: Vec<Bytes>,
    /// Whether a decoder can start here.
    pub(super) keyframe: bool,
}

/// A looped clip: H.264 pictures on a grid of 1/30 s and Opus packets on a grid of 20 ms.
#[derive(Debug, Clone)]
pub(super) struct Clip {
    /// The pictures of one loop.
    pub(super) video: Vec<Frame>,
    /// The sound packets of one loop.
    pub(super) audio: Vec<Bytes>,
}

impl Clip {
    /// The clip that the binary carries.
    pub(super) fn demo() -> Result<Self, ClipError> {
        Self::read(
            &Bytes::from_static(include_bytes!("clip/demo.h264")),
            &Bytes::from_static(include_bytes!("clip/demo.ogg")),
        )
    }

    /// Reads a clip from an Annex B stream and an Ogg file; nothing is copied.
    fn read(video: &Bytes, audio: &Bytes) -> Result<Self, ClipError> {
        let video = annex_b::frames(video);
        let first = video.first().ok_or(ClipError::NoVideo)?;
        if !first.keyframe {
            return Err(ClipError::NoKeyframe);
        }
        let audio = ogg::opus_packets(audio).ok_or(ClipError::NotOpus)?;
        Ok(Self { video, audio })
    }
}
