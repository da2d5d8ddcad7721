//! The codecs that are forwarded, and the little that forwarding must know of each.
//!
//! Dispatch only: what a keyframe looks like lives in the codec's own file ([`super::h264`], [`super::vp8`]).

use super::{h264, vp8};

/// Sound or picture. Slots, gates and payload types are chosen by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MediaKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// A codec that Quiora forwards without decoding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// H.264, constrained baseline, packetization-mode 1 (RFC 6184).
    H264,
    /// VP8 (RFC 7741).
    Vp8,
    /// Opus, 48 kHz clock, two channels on the wire (RFC 7587).
    Opus,
}

impl Codec {
    /// The RTP clock rate in Hz.
    #[must_use]
    pub const fn clock_rate_hz(self) -> u32 {
        match self {
            Self::H264 | Self::Vp8 => 90_000,
            Self::Opus => 48_000,
        }
    }

    /// Sound or picture.
    #[must_use]
    pub const fn kind(self) -> MediaKind {
        match self {
            Self::H264 | Self::Vp8 => MediaKind::Video,
            Self::Opus => MediaKind::Audio,
        }
    }

    /// The encoding name of SDP, as in `a=rtpmap` (compared without case, RFC 4566 §6).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::H264 => "H264",
            Self::Vp8 => "VP8",
            Self::Opus => "opus",
        }
    }

    /// The codec of an SDP encoding name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::H264, Self::Vp8, Self::Opus].into_iter().find(|codec| name.eq_ignore_ascii_case(codec.name()))
    }

    /// Whether a decoder that knows nothing yet may begin at this payload. Every Opus packet stands alone.
    #[must_use]
    pub fn is_keyframe_start(self, payload: &[u8]) -> bool {
        match self {
            Self::H264 => h264::is_keyframe_start(payload),
            Self::Vp8 => vp8::is_keyframe_start(payload),
            Self::Opus => !payload.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests;
