//! Session descriptions as robots write and read them: an offer of the few formats that are served, and of an answer the
//! handful of lines that matter.
//!
//! Text in, text out. Reading is total: an answer that lacks something says which ([`SdpError`]).

use crate::sfu::codec::Codec;
use std::net::SocketAddr;

/// Payload types of our offers; the other side uses them as they stand.
pub(super) const OPUS: u8 = 111;
pub(super) const VP8: u8 = 96;
pub(super) const VP8_RTX: u8 = 97;
pub(super) const H264: u8 = 102;
pub(super) const H264_RTX: u8 = 103;

/// Header extension ids of our offers.
pub(super) const MID_ID: u8 = 1;
pub(super) const TWCC_ID: u8 = 3;
pub(super) const RID_ID: u8 = 4;
pub(super) const REPAIRED_RID_ID: u8 = 5;

const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
const TWCC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// Why a description is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the description has no {0}")]
pub struct SdpError(&'static str);

/// What our side says of itself in every section.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub(super) ufrag: String,
    pub(super) password: String,
    /// SHA-256 of our certificate, as `AB:CD:…`.
    pub(super) fingerprint: String,
}

/// One stream that a publisher offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outgoing {
    pub(super) ssrc: u32,
    pub(super) rtx: u32,
    /// Empty without simulcast.
    pub(super) rid: &'static str,
}

/// A viewer's offer: sound and picture, to be received.
pub(super) fn viewer_offer(local: &Local, twcc: bool) -> String {
    let mut out = session();
    section(&mut out, local, ("audio", 0), &[OPUS], "recvonly", twcc);
    opus(&mut out, twcc);
    section(&mut out, local, ("video", 1), &[H264, H264_RTX, VP8, VP8_RTX], "recvonly", twcc);
    video(&mut out, Codec::H264, twcc);
    video(&mut out, Codec::Vp8, twcc);
    out
}

/// A publisher's offer: one sound and one picture, in one or several layers.
pub(super) fn publisher_offer(local: &Local, codec: Codec, audio_ssrc: u32, layers: &[Outgoing]) -> String {
    let mut out = session();
    section(&mut out, local, ("audio", 0), &[OPUS], "sendonly", true);
    opus(&mut out, true);
    line(&mut out, "a=msid:robot sound");
    line(&mut out, &format!("a=ssrc:{audio_ssrc} cname:robot"));
    let formats = if codec == Codec::Vp8 { [VP8, VP8_RTX] } else { [H264, H264_RTX] };
    section(&mut out, local, ("video", 1), &formats, "sendonly", true);
    video(&mut out, codec, true);
    line(&mut out, "a=msid:robot picture");
    if let [only] = layers {
        line(&mut out, &format!("a=ssrc-group:FID {} {}", only.ssrc, only.rtx));
        line(&mut out, &format!("a=ssrc:{} cname:robot", only.ssrc));
        line(&mut out, &format!("a=ssrc:{} cname:robot", only.rtx));
        return out;
    }
    line(&mut out, &format!("a=extmap:{RID_ID} {RID}"));
    line(&mut out, &format!("a=extmap:{REPAIRED_RID_ID} {REPAIRED_RID}"));
    layers.iter().for_each(|layer| line(&mut out, &format!("a=rid:{} send", layer.rid)));
    let rids: Vec<&str> = layers.iter().map(|layer| layer.rid).collect();
    line(&mut out, &format!("a=simulcast:send {}", rids.join(";")));
    out
}

/// Our answer to an offer that sends to us: its sections as they are, received.
pub(super) fn viewer_answer(offer: &str, local: &Local, address: SocketAddr) -> String {
    let mids: Vec<&str> = offer.lines().filter_map(|l| l.trim_end().strip_prefix("a=mid:")).collect();
    let mut out = format!("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n", mids.join(" "));
    let mut within = false;
    for text in offer.lines().map(str::trim_end) {
        if let Some(media) = text.strip_prefix("m=") {
            within = true;
            let mut words = media.splitn(3, ' ');
            let (kind, rest) = (words.next().unwrap_or_default(), words.nth(1).unwrap_or_default());
            line(&mut out, &format!("m={kind} 9 {rest}"));
            line(&mut out, "c=IN IP4 0.0.0.0");
            transport(&mut out, local, "active");
            line(&mut out, "a=recvonly");
            line(&mut out, &format!("a=candidate:1 1 udp 2130706431 {} {} typ host", address.ip(), address.port()));
        } else if within && KEPT.iter().any(|kept| text.starts_with(kept)) {
            line(&mut out, text);
        }
    }
    out
}

/// Lines of an offered section that our answer repeats.
const KEPT: [&str; 5] = ["a=mid:", "a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=extmap:"];

fn session() -> String {
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=msid-semantic: WMS *\r\n".to_owned()
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push_str("\r\n");
}

fn transport(out: &mut String, local: &Local, setup: &str) {
    line(out, &format!("a=ice-ufrag:{}", local.ufrag));
    line(out, &format!("a=ice-pwd:{}", local.password));
    line(out, &format!("a=fingerprint:sha-256 {}", local.fingerprint));
    line(out, &format!("a=setup:{setup}"));
    line(out, "a=rtcp-mux");
}

fn section(out: &mut String, local: &Local, (kind, mid): (&str, u8), formats: &[u8], direction: &str, twcc: bool) {
    let formats: Vec<String> = formats.iter().map(u8::to_string).collect();
    line(out, &format!("m={kind} 9 UDP/TLS/RTP/SAVPF {}", formats.join(" ")));
    line(out, "c=IN IP4 0.0.0.0");
    transport(out, local, "actpass");
    line(out, &format!("a=mid:{mid}"));
    line(out, &format!("a=extmap:{MID_ID} {MID}"));
    if twcc {
        line(out, &format!("a=extmap:{TWCC_ID} {TWCC}"));
    }
    line(out, &format!("a={direction}"));
}

fn opus(out: &mut String, twcc: bool) {
    line(out, &format!("a=rtpmap:{OPUS} opus/48000/2"));
    line(out, &format!("a=fmtp:{OPUS} minptime=10;useinbandfec=1"));
    if twcc {
        line(out, &format!("a=rtcp-fb:{OPUS} transport-cc"));
    }
}

fn video(out: &mut String, codec: Codec, twcc: bool) {
    let (format, rtx, name) = if codec == Codec::Vp8 { (VP8, VP8_RTX, "VP8") } else { (H264, H264_RTX, "H264") };
    line(out, &format!("a=rtpmap:{format} {name}/90000"));
    for feedback in ["nack", "nack pli", "ccm fir"] {
        line(out, &format!("a=rtcp-fb:{format} {feedback}"));
    }
    if twcc {
        line(out, &format!("a=rtcp-fb:{format} transport-cc"));
    }
    if codec == Codec::H264 {
        line(out, &format!("a=fmtp:{format} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"));
    }
    line(out, &format!("a=rtpmap:{rtx} rtx/90000"));
    line(out, &format!("a=fmtp:{rtx} apt={format}"));
}

/// What a payload type of the other side's description carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carries {
    Media(Codec),
    /// Retransmissions (RFC 4588) of pictures.
    Repairs,
    Nothing,
}

/// The other side.
#[derive(Debug, Clone)]
pub(super) struct Remote {
    pub(super) ufrag: String,
    pub(super) password: String,
    /// SHA-256 of its certificate, in lower case.
    pub(super) fingerprint: String,
    /// Where it is; the first UDP candidate.
    pub(super) address: SocketAddr,
    /// It answers checks and makes none.
    pub(super) lite: bool,
    /// By payload type.
    pub(super) carries: [Carries; 128],
    /// It numbers packets for congestion control under this header extension.
    pub(super) twcc: Option<u8>,
}

impl Remote {
    /// Reads an answer, or an offer.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn read(sdp: &str) -> Result<Self, SdpError> {
        let lines = || sdp.lines().map(str::trim_end);
        let attribute = |name: &'static str| lines().find_map(|l| l.strip_prefix("a=")?.strip_prefix(name));
        let fingerprint = attribute("fingerprint:sha-256 ").ok_or(SdpError("SHA-256 fingerprint"))?;
        let mut carries = [Carries::Nothing; 128];
        for text in lines().filter_map(|l| l.strip_prefix("a=rtpmap:")) {
            let Some((number, encoding)) = text.split_once(' ') else { continue };
            let name = encoding.split('/').next().unwrap_or_default();
            let slot = number.parse().ok().and_then(|number: usize| carries.get_mut(number));
            if let Some(slot) = slot {
                *slot = match Codec::from_name(name) {
                    Some(codec) => Carries::Media(codec),
                    None if name.eq_ignore_ascii_case("rtx") => Carries::Repairs,
                    None => Carries::Nothing,
                };
            }
        }
        let twcc = lines().filter_map(|l| l.strip_prefix("a=extmap:")).find(|l| l.contains("transport-wide-cc"));
        Ok(Self {
            ufrag: attribute("ice-ufrag:").ok_or(SdpError("ice-ufrag"))?.to_owned(),
            password: attribute("ice-pwd:").ok_or(SdpError("ice-pwd"))?.to_owned(),
            fingerprint: fingerprint.to_ascii_lowercase(),
            address: lines().find_map(candidate).ok_or(SdpError("UDP candidate on this machine"))?,
            lite: lines().any(|l| l == "a=ice-lite"),
            carries,
            twcc: twcc.and_then(|l| l.split([' ', '/']).next()?.parse().ok()),
        })
    }

    /// What a payload type carries.
    pub(super) fn carries(&self, payload_type: u8) -> Carries {
        self.carries.get(usize::from(payload_type)).copied().unwrap_or(Carries::Nothing)
    }
}

/// The address of a UDP candidate for RTP (RFC 8839 §5.1) that lies on this machine.
fn candidate(line: &str) -> Option<SocketAddr> {
    let mut words = line.strip_prefix("a=candidate:")?.split(' ').skip(1);
    let (component, transport) = (words.next()?, words.next()?);
    let address = SocketAddr::new(words.nth(1)?.parse().ok()?, words.next()?.parse().ok()?);
    let usable = component == "1" && transport.eq_ignore_ascii_case("udp") && address.is_ipv4();
    (usable && super::is_here(address.ip())).then_some(address)
}

#[cfg(test)]
mod tests;
