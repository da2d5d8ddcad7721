//! WebSocket frames (RFC 6455) as a client has them: written masked, read unmasked and whole.

/// The mask of all frames that we write: nothing stands between us and the server that it could protect.
const MASK: [u8; 4] = *b"QUIO";

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;

/// What a frame is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    /// A message.
    Text(&'a [u8]),
    /// The other side has said goodbye.
    Close,
    /// Something that asks for nothing. No server here pings.
    Other,
}

/// Appends a text frame to `out`.
pub(super) fn write_text(payload: &str, out: &mut Vec<u8>) {
    out.push(0x80 | TEXT);
    let length = payload.len();
    if let Some(short) = u8::try_from(length).ok().filter(|length| *length < 126) {
        out.push(0x80 | short);
    } else if let Ok(medium) = u16::try_from(length) {
        out.push(0x80 | 126);
        out.extend(medium.to_be_bytes());
    } else {
        out.push(0x80 | 127);
        out.extend((length as u64).to_be_bytes());
    }
    out.extend(MASK);
    out.extend(payload.bytes().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

/// The first frame of `bytes` and its length, if it has come as a whole.
pub(super) fn read(bytes: &[u8]) -> Option<(Frame<'_>, usize)> {
    let [first, second] = *bytes.first_chunk()?;
    let (start, length): (usize, usize) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?)).ok()?),
        short => (2, usize::from(short)),
    };
    let end = start.checked_add(length)?;
    let payload = bytes.get(start..end)?;
    let frame = match first & 0x0f {
        TEXT => Frame::Text(payload),
        CLOSE => Frame::Close,
        _ => Frame::Other,
    };
    Some((frame, end))
}

#[cfg(test)]
mod tests;
