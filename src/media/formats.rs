//! Payload types of a session description, read as text: which number means which codec, and which its
//! retransmissions (RFC 3264 §5.1, RFC 4588 §8).

use super::answer::TRANSPORT_CC;
use crate::sfu::codec::{Codec, MediaKind};

/// A payload type of a forwarded codec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) codec: Codec,
    pub(super) payload_type: u8,
    /// The `a=fmtp` parameters as they stand.
    pub(super) parameters: String,
    /// The payload type of its retransmissions.
    pub(super) rtx: Option<u8>,
    /// The payload type of packets that carry the ones before them too (RFC 2198).
    pub(super) red: Option<u8>,
}

/// A section that is neither rejected nor of another kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) kind: MediaKind,
    pub(super) direction: Direction,
    /// The id of the transport-wide sequence number.
    pub(super) transport_cc: Option<u8>,
    /// In the order of preference of the `m=` line.
    pub(super) formats: Vec<Format>,
}

/// Which way a section's media goes, from its author's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Section {
    /// The preferred format of a codec.
    pub(super) fn format(&self, codec: Codec) -> Option<&Format> {
        self.formats.iter().find(|f| f.codec == codec)
    }
}

/// The sections of a description, in order.
pub(super) fn sections(sdp: &str) -> Vec<Section> {
    let lines: Vec<&str> = sdp.lines().map(str::trim_end).collect();
    let starts: Vec<usize> = (0..lines.len()).filter(|i| lines.get(*i).is_some_and(|l| l.starts_with("m="))).collect();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| section(lines.get(*start..end)?)).collect()
}

/// The RIDs that a simulcast offer sends (RFC 8853 §5.1), the lowest layer first; empty without simulcast.
///
/// The order of the line is the sender's preference and not its quality, so the customary names decide where they are
/// used (`q`, `h`, `f`: quarter, half, full); any other set is taken as listed, the lowest first.
pub(super) fn layers(sdp: &str) -> Vec<String> {
    let send = attribute(sdp, "simulcast").and_then(|v| v.split(' ').skip_while(|w| *w != "send").nth(1));
    let rid = |alternatives: &str| alternatives.split(',').next().map(|r| r.trim_start_matches('~').to_owned());
    let mut rids: Vec<String> = send.unwrap_or_default().split(';').filter_map(rid).filter(|r| !r.is_empty()).collect();
    let customary = |rid: &str| ["q", "h", "f"].iter().position(|name| *name == rid);
    if rids.iter().all(|rid| customary(rid).is_some()) {
        rids.sort_by_key(|rid| customary(rid));
    }
    rids
}

/// The value of the first `a=<name>:<value>` line.
pub(super) fn attribute<'a>(sdp: &'a str, name: &str) -> Option<&'a str> {
    sdp.lines().find_map(|l| l.trim_end().strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':'))
}

/// A section's own reading; `None` if it is neither sound nor picture, or rejected.
pub(super) fn section(lines: &[&str]) -> Option<Section> {
    let mut words = lines.first()?.strip_prefix("m=")?.split(' ');
    let kind = match words.next()? {
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        _ => return None,
    };
    if words.next()? == "0" {
        return None;
    }
    let payload_types = words.skip(1).filter_map(|w| w.parse::<u8>().ok());
    let formats = payload_types.filter_map(|pt| format(lines, pt)).collect();
    let direction = lines.iter().find_map(|l| match *l {
        "a=sendonly" => Some(Direction::SendOnly),
        "a=recvonly" => Some(Direction::RecvOnly),
        "a=inactive" => Some(Direction::Inactive),
        _ => None,
    });
    let transport_cc = extension_id(lines, TRANSPORT_CC);
    Some(Section { kind, direction: direction.unwrap_or(Direction::SendRecv), transport_cc, formats })
}

/// The id that a section maps to an extension (`a=extmap:<id>[/direction] <uri>`); one that fits the one-byte form.
pub(super) fn extension_id(lines: &[&str], uri: &str) -> Option<u8> {
    lines.iter().find_map(|line| {
        let (id, rest) = line.strip_prefix("a=extmap:")?.split_once(' ')?;
        let id = (rest.split(' ').next()? == uri).then(|| id.split('/').next()?.parse().ok())??;
        (1..=14).contains(&id).then_some(id)
    })
}

fn format(lines: &[&str], payload_type: u8) -> Option<Format> {
    let name = per_format(lines, "a=rtpmap:", payload_type)?.split('/').next()?;
    let codec = Codec::from_name(name)?;
    let apt = format!("apt={payload_type}");
    let rtx = lines.iter().find_map(|l| {
        let (pt, parameters) = l.strip_prefix("a=fmtp:")?.split_once(' ')?;
        parameters.split(';').any(|p| p.trim() == apt).then(|| pt.parse().ok())?
    });
    let parameters = per_format(lines, "a=fmtp:", payload_type).unwrap_or_default().to_owned();
    let red = if codec == Codec::Opus { redundancy(lines, payload_type) } else { None };
    Some(Format { codec, payload_type, parameters, rtx, red })
}

/// The payload type of `red` that carries this one and nothing else.
fn redundancy(lines: &[&str], payload_type: u8) -> Option<u8> {
    lines.iter().find_map(|l| {
        let (pt, encoding) = l.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        let red: u8 = pt.parse().ok().filter(|_| encoding.to_ascii_lowercase().starts_with("red/48000"))?;
        let carried = per_format(lines, "a=fmtp:", red)?;
        carried.split('/').all(|c| c.trim().parse() == Ok(payload_type)).then_some(red)
    })
}

fn per_format<'a>(lines: &[&'a str], prefix: &str, payload_type: u8) -> Option<&'a str> {
    lines.iter().find_map(|l| {
        let (pt, rest) = l.strip_prefix(prefix)?.split_once(' ')?;
        (pt.parse() == Ok(payload_type)).then_some(rest)
    })
}

#[cfg(test)]
mod tests;
