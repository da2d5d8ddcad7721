//! An offer, trimmed as text before the WebRTC library sees it.
//!
//! Parsing a browser's full offer costs the library 4 to 5 ms, a trimmed one 0.3; and whatever is not in the text
//! cannot be negotiated by accident. So only this stays: H.264 constrained baseline with packetization-mode 1, VP8 and
//! Opus, their retransmission and redundancy formats, and the header extensions that are served. Candidates go too: the server is
//! ICE-lite and learns addresses from authenticated checks only.
//!
//! What is neither sound nor picture (`m=application`) is left in place: sections are counted, and the answer rejects
//! it. So is a section that the offer itself has disabled (port 0). One that is `bundle-only` has port 0 as well, and means
//! the opposite (RFC 9143 §6): it comes out with a port like any other, because the WebRTC library knows the rule no more
//! than most do.
//!
//! Invariant: total on any text; output is never longer than input plus line ends; lines keep their order.

use super::codec::{Codec, MediaKind};

/// Larger than this is no offer of one sound and one picture. A browser's full offer is some 7 KiB.
pub const MAX_OFFER_BYTES: usize = 64 * 1024;
/// Sound, picture, and room for a data channel or a second picture.
pub const MAX_SECTIONS: usize = 4;
/// A full browser offer has some 350 lines.
const MAX_LINES: usize = 2000;
/// Payload types are 7 bits.
const PAYLOAD_TYPES: usize = 128;

/// Header extensions that are read or written somewhere in the media plane.
const EXTENSIONS: [&str; 5] = [
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
];

/// Attributes that name payload types: kept only for those that stay.
const PER_FORMAT: [&str; 3] = ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"];

/// Attributes that go: candidates (see above), keys in clear (never used), sizes per dropped payload type.
const DROPPED: [&str; 4] = ["a=candidate:", "a=end-of-candidates", "a=crypto:", "a=imageattr:"];

/// A section that exists as part of its bundle alone.
const BUNDLE_ONLY: &str = "a=bundle-only";

/// The port of a section whose real one is in its candidates (RFC 8839 §4.2.1.4).
const DISCARD: &str = "9";

/// Why an offer is not taken. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OfferRefusal {
    /// More bytes, lines or sections than an offer may have.
    TooLarge,
    /// No sound and no picture in it.
    NotAudioVideo,
    /// A section without any codec that is forwarded.
    NoCommonCodec,
    /// Not a session description.
    Malformed,
}

impl OfferRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "offer_too_large",
            Self::NotAudioVideo => "offer_not_audio_video",
            Self::NoCommonCodec => "offer_no_common_codec",
            Self::Malformed => "offer_malformed",
        }
    }
}

/// The trimmed offer, with CRLF line ends.
pub fn prune(sdp: &str) -> Result<String, OfferRefusal> {
    let lines = checked_lines(sdp)?;
    let starts: Vec<usize> =
        (0..lines.len()).filter(|at| lines.get(*at).is_some_and(|l| l.starts_with("m="))).collect();
    if starts.len() > MAX_SECTIONS {
        return Err(OfferRefusal::TooLarge);
    }
    let mut out = String::with_capacity(sdp.len());
    let session_end = starts.first().copied().unwrap_or(lines.len());
    lines.iter().take(session_end).filter(|line| is_served(line)).for_each(|line| push(&mut out, line));
    let mut media = 0;
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(lines.len());
        let section = lines.get(*start..end).ok_or(OfferRefusal::Malformed)?;
        media += usize::from(prune_section(section, &mut out)?);
    }
    if media == 0 { Err(OfferRefusal::NotAudioVideo) } else { Ok(out) }
}

/// The lines of a text that looks like SDP: `v=0` first, every line a letter and a value, no control characters.
fn checked_lines(sdp: &str) -> Result<Vec<&str>, OfferRefusal> {
    if sdp.len() > MAX_OFFER_BYTES {
        return Err(OfferRefusal::TooLarge);
    }
    let lines: Vec<&str> = sdp.lines().map(str::trim_end).filter(|line| !line.is_empty()).take(MAX_LINES + 1).collect();
    if lines.len() > MAX_LINES {
        return Err(OfferRefusal::TooLarge);
    }
    let is_line = |line: &&str| match line.as_bytes() {
        [letter, b'=', ..] => letter.is_ascii_lowercase() && !line.chars().any(char::is_control),
        _ => false,
    };
    if lines.first() != Some(&"v=0") || !lines.iter().all(is_line) {
        return Err(OfferRefusal::Malformed);
    }
    Ok(lines)
}

/// Writes a section's lines that stay. True when it is a sound or picture that the offer wants.
fn prune_section(section: &[&str], out: &mut String) -> Result<bool, OfferRefusal> {
    let head = section.first().ok_or(OfferRefusal::Malformed)?;
    let mut words = head.split(' ');
    let (Some(media), Some(port), Some(protocol)) = (words.next(), words.next(), words.next()) else {
        return Err(OfferRefusal::Malformed);
    };
    let kind = match media {
        "m=audio" => MediaKind::Audio,
        "m=video" => MediaKind::Video,
        _ => {
            section.iter().filter(|line| is_served(line)).for_each(|line| push(out, line));
            return Ok(false);
        }
    };
    let bundled = section.contains(&BUNDLE_ONLY);
    if port == "0" && !bundled {
        section.iter().filter(|line| is_served(line)).for_each(|line| push(out, line));
        return Ok(false);
    }
    let kept = Formats::of_section(section, kind);
    let offered: Vec<&str> = words.filter(|format| kept.contains(format)).collect();
    if !offered.iter().any(|format| kept.is_media(format)) {
        return Err(OfferRefusal::NoCommonCodec);
    }
    let port = if bundled { DISCARD } else { port };
    push(out, &format!("{media} {port} {protocol} {}", offered.join(" ")));
    for line in section.iter().skip(1).filter(|line| is_served(line) && **line != BUNDLE_ONLY) {
        let format = PER_FORMAT.iter().find_map(|name| line.strip_prefix(name));
        if format.and_then(format_of).is_none_or(|format| format == "*" || kept.contains(format)) {
            push(out, line);
        }
    }
    Ok(true)
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push_str("\r\n");
}

/// Whether a line stays, payload types aside.
fn is_served(line: &str) -> bool {
    if DROPPED.iter().any(|dropped| line.starts_with(dropped)) {
        return false;
    }
    let Some(extension) = line.strip_prefix("a=extmap:") else { return true };
    extension.split(' ').nth(1).is_some_and(|uri| EXTENSIONS.contains(&uri))
}

/// The payload type that an attribute's value begins with.
fn format_of(value: &str) -> Option<&str> {
    value.split(' ').next()
}

fn payload_type(format: &str) -> Option<usize> {
    format.parse().ok().filter(|number| *number < PAYLOAD_TYPES)
}

/// Which payload types of a section stay.
struct Formats {
    media: [bool; PAYLOAD_TYPES],
    auxiliary: [bool; PAYLOAD_TYPES],
}

impl Formats {
    fn of_section(section: &[&str], kind: MediaKind) -> Self {
        let mut formats = Self { media: [false; PAYLOAD_TYPES], auxiliary: [false; PAYLOAD_TYPES] };
        let mut parameters: [Option<&str>; PAYLOAD_TYPES] = [None; PAYLOAD_TYPES];
        for (number, value) in attributes(section, "a=fmtp:") {
            if let Some(slot) = parameters.get_mut(number) {
                *slot = Some(value);
            }
        }
        let parameter = |number: usize| parameters.get(number).copied().flatten().unwrap_or("");
        for (number, encoding) in attributes(section, "a=rtpmap:") {
            if let Some(slot) = formats.media.get_mut(number) {
                *slot = is_forwarded(encoding, parameter(number), kind);
            }
        }
        for (number, encoding) in attributes(section, "a=rtpmap:") {
            let original = value_of(parameter(number), "apt").and_then(payload_type);
            let is_kept = |original: Option<usize>| original.is_some_and(|o| formats.media.get(o) == Some(&true));
            let encoding = encoding.to_ascii_lowercase();
            // RED names what it carries: `111/111` (RFC 2198 §5).
            let carried = parameter(number).split('/').next().and_then(payload_type);
            let stays = (encoding.starts_with("rtx/") && is_kept(original))
                || (encoding.starts_with("red/48000") && is_kept(carried));
            if let Some(slot) = formats.auxiliary.get_mut(number) {
                *slot = stays;
            }
        }
        formats
    }

    fn contains(&self, format: &str) -> bool {
        self.is_media(format) || payload_type(format).is_some_and(|number| self.auxiliary.get(number) == Some(&true))
    }

    fn is_media(&self, format: &str) -> bool {
        payload_type(format).is_some_and(|number| self.media.get(number) == Some(&true))
    }
}

/// `<name><payload type> <value>` of every line that has it.
fn attributes<'a>(section: &'a [&'a str], name: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    section.iter().filter_map(move |line| {
        let (number, value) = line.strip_prefix(name)?.split_once(' ')?;
        Some((payload_type(number)?, value.trim()))
    })
}

/// Whether an encoding is one of ours, in a form that every subscriber can take.
fn is_forwarded(encoding: &str, parameters: &str, kind: MediaKind) -> bool {
    let mut parts = encoding.split('/');
    let codec = parts.next().and_then(Codec::from_name).filter(|codec| codec.kind() == kind);
    let Some(codec) = codec else { return false };
    if parts.next().and_then(|rate| rate.parse().ok()) != Some(codec.clock_rate_hz()) {
        return false;
    }
    codec != Codec::H264 || is_baseline(parameters)
}

/// H.264 baseline (profile 0x42) that may be fragmented. No profile means baseline (RFC 6184 §8.1).
fn is_baseline(parameters: &str) -> bool {
    let profile = value_of(parameters, "profile-level-id");
    value_of(parameters, "packetization-mode") == Some("1") && profile.is_none_or(|profile| profile.starts_with("42"))
}

/// A parameter's value in `name=value; name=value`.
fn value_of<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|parameter| {
        let (found, value) = parameter.trim().split_once('=')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

#[cfg(test)]
mod tests;
