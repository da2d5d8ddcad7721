//! Takes the Opus packets out of an Ogg file (RFC 3533 framing, RFC 7845 mapping).
//!
//! Total: any bytes give packets or `None`. It reads one logical stream and does not check page sums: the file is part
//! of the binary.

use bytes::Bytes;

const CAPTURE: &[u8] = b"OggS";
/// Fixed part of a page header: everything before the segment table.
const HEADER_BYTES: usize = 27;
/// A segment of this many bytes says that its packet goes on.
const LACED: u8 = 255;

/// The sound packets of the file, headers left out; `None` if it is no Opus stream or holds no sound.
pub(super) fn opus_packets(file: &Bytes) -> Option<Vec<Bytes>> {
    let mut packets = packets(file).into_iter();
    if !packets.next()?.starts_with(b"OpusHead") || !packets.next()?.starts_with(b"OpusTags") {
        return None;
    }
    let sound: Vec<Bytes> = packets.filter(|p| !p.is_empty()).collect();
    (!sound.is_empty()).then_some(sound)
}

/// All complete packets up to the first thing that is not a page.
fn packets(file: &Bytes) -> Vec<Bytes> {
    let mut packets = Vec::new();
    // A packet that began on an earlier page, or in an earlier segment of this one.
    let mut open: Vec<Bytes> = Vec::new();
    let mut at = 0;
    while let Some((table, mut body)) = page(file, at) {
        for &length in table {
            let end = body + usize::from(length);
            if end > file.len() {
                return packets;
            }
            open.push(file.slice(body..end));
            body = end;
            if length < LACED {
                packets.push(join(&mut open));
            }
        }
        at = body;
    }
    packets
}

/// The segment table of the page at `at`, and where its body begins.
fn page(file: &Bytes, at: usize) -> Option<(&[u8], usize)> {
    let header = file.get(at..at.checked_add(HEADER_BYTES)?)?;
    if !header.starts_with(CAPTURE) {
        return None;
    }
    let segments = usize::from(*header.last()?);
    let body = at + HEADER_BYTES + segments;
    Some((file.get(at + HEADER_BYTES..body)?, body))
}

fn join(parts: &mut Vec<Bytes>) -> Bytes {
    if parts.len() == 1 { parts.pop().unwrap_or_default() } else { parts.drain(..).flatten().collect() }
}
