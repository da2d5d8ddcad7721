//! The answer to a subscriber, written out (RFC 9429 §5.3): as short as it can be, and only from what the offer has.
//!
//! It accepts one format of each codec with its retransmissions, so that whatever fills the slot fits without another
//! offer, mirrors the offer's own payload types and extension ids, and rejects sections that are neither sound nor
//! picture. All sections share one transport (BUNDLE, RFC 9143), whose credentials stand in the first.

use super::formats::{self, Direction, Format, Section};
use super::ice::Credentials;
use super::peer::Streams;
use crate::sfu::codec::{Codec, MediaKind};
use std::fmt::Write;
use std::net::SocketAddr;

/// One CNAME for everything that a subscriber is sent: sound and picture are one (RFC 3550 §6.5.1).
pub(super) const CNAME: &str = "quiora";

/// Numbers every packet across streams, for congestion control.
pub(super) const TRANSPORT_CC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// RTCP feedback that is understood, if the offer has it.
const FEEDBACK: [&str; 5] = ["nack", "nack pli", "ccm fir", "transport-cc", "goog-remb"];

/// What of us goes into the answer.
pub(super) struct Ours<'a> {
    pub(super) credentials: &'a Credentials,
    /// As in `a=fingerprint`.
    pub(super) fingerprint: &'a str,
    /// Best first.
    pub(super) addresses: &'a [SocketAddr],
    pub(super) streams: &'a Streams,
    /// Offer TCP candidates at the same ports (RFC 6544).
    pub(super) tcp: bool,
}

/// The answer to a pruned offer.
pub(super) fn answer(offer: &str, ours: &Ours<'_>) -> String {
    let lines: Vec<&str> = offer.lines().map(str::trim_end).collect();
    let starts: Vec<usize> = (0..lines.len()).filter(|i| lines.get(*i).is_some_and(|l| l.starts_with("m="))).collect();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let parts: Vec<Part<'_>> =
        starts.iter().zip(ends).filter_map(|(start, end)| Some(Part::new(lines.get(*start..end)?))).collect();
    let mids: Vec<&str> = parts.iter().filter(|p| p.section.is_some()).filter_map(|p| p.mid).collect();
    let mut out = String::with_capacity(2048);
    let session: u64 = rand::random::<u64>() >> 2;
    let _ = write!(out, "v=0\r\no=- {session} 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
    if lines.iter().any(|l| l.starts_with("a=group:BUNDLE")) {
        let _ = write!(out, "a=group:BUNDLE {}\r\n", mids.join(" "));
    }
    let _ = write!(out, "a=ice-lite\r\na=msid-semantic: WMS show\r\na=fingerprint:{}\r\n", ours.fingerprint);
    let mut first = true;
    for part in &parts {
        match &part.section {
            Some(section) => part.accept(section, ours, std::mem::take(&mut first), &mut out),
            None => part.reject(&mut out),
        }
    }
    out
}

/// A section of the offer.
struct Part<'a> {
    lines: &'a [&'a str],
    mid: Option<&'a str>,
    /// `None`: to be rejected.
    section: Option<Section>,
}

impl<'a> Part<'a> {
    fn new(lines: &'a [&'a str]) -> Self {
        let receives = |s: &Section| matches!(s.direction, Direction::RecvOnly | Direction::SendRecv);
        let section = formats::section(lines).filter(|s| receives(s) && !s.formats.is_empty());
        Self { lines, mid: lines.iter().find_map(|l| l.strip_prefix("a=mid:")), section }
    }

    fn reject(&self, out: &mut String) {
        let words: Vec<&str> = self.lines.first().copied().unwrap_or_default().split(' ').collect();
        let [media, _, rest @ ..] = words.as_slice() else { return };
        let _ = write!(out, "{media} 0 {}\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n", rest.join(" "));
        if let Some(mid) = self.mid {
            let _ = write!(out, "a=mid:{mid}\r\n");
        }
    }

    fn accept(&self, section: &Section, ours: &Ours<'_>, first: bool, out: &mut String) {
        let accepted: Vec<&Format> =
            [Codec::H264, Codec::Vp8, Codec::Opus].into_iter().filter_map(|codec| section.format(codec)).collect();
        let types: Vec<String> = accepted
            .iter()
            .flat_map(|f| [Some(f.payload_type), f.rtx, f.red])
            .flatten()
            .map(|pt| pt.to_string())
            .collect();
        let kind = if section.kind == MediaKind::Audio { "audio" } else { "video" };
        let protocol = self.lines.first().and_then(|l| l.split(' ').nth(2)).unwrap_or("UDP/TLS/RTP/SAVPF");
        let _ = write!(out, "m={kind} 9 {protocol} {}\r\nc=IN IP4 0.0.0.0\r\n", types.join(" "));
        let _ = write!(
            out,
            "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=setup:passive\r\n",
            ours.credentials.ufrag, ours.credentials.password
        );
        if let Some(mid) = self.mid {
            let _ = write!(out, "a=mid:{mid}\r\n");
        }
        if let Some(extension) = formats::extension_id(self.lines, TRANSPORT_CC) {
            let _ = write!(out, "a=extmap:{extension} {TRANSPORT_CC}\r\n");
        }
        let _ = write!(out, "a=sendonly\r\na=msid:show {kind}\r\na=rtcp-mux\r\n");
        if self.lines.contains(&"a=rtcp-rsize") {
            out.push_str("a=rtcp-rsize\r\n");
        }
        accepted.iter().for_each(|format| self.describe(format, out));
        sources(section.kind, ours.streams, accepted.iter().any(|f| f.rtx.is_some()), out);
        if first {
            for candidate in candidates(ours.addresses, ours.tcp) {
                let _ = write!(out, "a=candidate:{candidate}\r\n");
            }
            out.push_str("a=end-of-candidates\r\n");
        }
    }

    /// A format with its parameters as offered, its feedback and its retransmissions.
    fn describe(&self, format: &Format, out: &mut String) {
        let (pt, codec) = (format.payload_type, format.codec);
        let channels = if codec == Codec::Opus { "/2" } else { "" };
        let _ = write!(out, "a=rtpmap:{pt} {}/{}{channels}\r\n", codec.name(), codec.clock_rate_hz());
        if !format.parameters.is_empty() {
            let _ = write!(out, "a=fmtp:{pt} {}\r\n", format.parameters);
        }
        for feedback in FEEDBACK {
            let offered = [format!("a=rtcp-fb:{pt} {feedback}"), format!("a=rtcp-fb:* {feedback}")];
            if self.lines.iter().any(|line| offered.iter().any(|o| o == line)) {
                let _ = write!(out, "a=rtcp-fb:{pt} {feedback}\r\n");
            }
        }
        if let Some(red) = format.red {
            let _ = write!(out, "a=rtpmap:{red} red/48000/2\r\na=fmtp:{red} {pt}/{pt}\r\n");
        }
        if let Some(rtx) = format.rtx {
            let _ = write!(out, "a=rtpmap:{rtx} rtx/{}\r\na=fmtp:{rtx} apt={pt}\r\n", codec.clock_rate_hz());
        }
    }
}

/// The streams' names (RFC 5576): which SSRC repairs which.
fn sources(kind: MediaKind, streams: &Streams, repaired: bool, out: &mut String) {
    let (media, repair) = match kind {
        MediaKind::Audio => (streams.audio, None),
        MediaKind::Video => (streams.video, repaired.then_some(streams.video_rtx)),
    };
    if let Some(repair) = repair {
        let _ = write!(out, "a=ssrc-group:FID {media} {repair}\r\n");
    }
    for ssrc in [Some(media), repair].into_iter().flatten() {
        let _ = write!(out, "a=ssrc:{ssrc} cname:{CNAME}\r\n");
    }
}

/// Host candidates as values of `a=candidate` (RFC 8839 §5.1), UDP before TCP (RFC 8445 §5.1.2.1, RFC 6544 §4.2).
pub(super) fn candidates(addresses: &[SocketAddr], tcp: bool) -> Vec<String> {
    let mut out = Vec::with_capacity(2 * addresses.len());
    for (index, address) in addresses.iter().enumerate() {
        let local = 65_535_u32.saturating_sub(index as u32);
        let priority = (126 << 24) + (local << 8) + 255;
        let (ip, port) = (address.ip(), address.port());
        out.push(format!("{} 1 udp {priority} {ip} {port} typ host", index + 1));
        if tcp {
            let priority = (90 << 24) + (local << 8) + 255;
            let foundation = 100 + index;
            out.push(format!("{foundation} 1 tcp {priority} {ip} {port} typ host tcptype passive"));
        }
    }
    out
}
