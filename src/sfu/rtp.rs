//! The RTP fixed header (RFC 3550 §5.1) and its header extensions (RFC 8285), read without copying.
//!
//! The parser is total: any bytes give a header whose offsets lie within the packet, or `None`. It reads decrypted
//! packets; in an encrypted one the padding length is ciphertext and may not be asked for.

const FIXED_HEADER: usize = 12;
/// The one-byte form of RFC 8285 §4.2.
const ONE_BYTE_PROFILE: u16 = 0xbede;
/// The two-byte form of RFC 8285 §4.3, without its application bits.
const TWO_BYTE_PROFILE: u16 = 0x1000;

/// A parsed RTP header: numbers as on the wire, and where the parts lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpHeader {
    /// End of a frame (video), start of a talk spurt (audio).
    pub marker: bool,
    /// 7 bits.
    pub payload_type: u8,
    /// As on the wire, wrapping.
    pub sequence: u16,
    /// In units of the payload's clock.
    pub timestamp: u32,
    /// The stream.
    pub ssrc: u32,
    /// How many contributing sources follow the fixed header.
    pub csrc_count: u8,
    /// The `defined by profile` word of the header extension.
    pub extension_profile: Option<u16>,
    /// Where the extension's data begin; equal to `payload_offset` when there is none.
    pub extension_offset: usize,
    /// Where the payload begins.
    pub payload_offset: usize,
    /// Bytes of padding at the end, its own count included.
    pub padding_len: usize,
}

impl RtpHeader {
    /// Reads the header of a decrypted packet; `None` if it is not version 2 or its parts do not fit.
    #[must_use]
    pub fn parse(packet: &[u8]) -> Option<Self> {
        let [b0, b1, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3] = packet.first_chunk::<FIXED_HEADER>()?;
        if b0 >> 6 != 2 {
            return None;
        }
        let csrc_count = b0 & 0x0f;
        let mut payload_offset = FIXED_HEADER + 4 * usize::from(csrc_count);
        let mut extension_offset = payload_offset;
        let mut extension_profile = None;
        if b0 & 0x10 != 0 {
            let [p0, p1, l0, l1] = packet.get(payload_offset..)?.first_chunk::<4>()?;
            extension_profile = Some(u16::from_be_bytes([*p0, *p1]));
            extension_offset = payload_offset + 4;
            payload_offset = extension_offset + 4 * usize::from(u16::from_be_bytes([*l0, *l1]));
        }
        let body = packet.get(payload_offset..)?;
        let padding_len = if b0 & 0x20 != 0 { usize::from(*body.last()?) } else { 0 };
        if padding_len > body.len() || (b0 & 0x20 != 0 && padding_len == 0) {
            return None;
        }
        if extension_profile.is_none() {
            extension_offset = payload_offset;
        }
        Some(Self {
            marker: b1 & 0x80 != 0,
            payload_type: b1 & 0x7f,
            sequence: u16::from_be_bytes([*s0, *s1]),
            timestamp: u32::from_be_bytes([*t0, *t1, *t2, *t3]),
            ssrc: u32::from_be_bytes([*r0, *r1, *r2, *r3]),
            csrc_count,
            extension_profile,
            extension_offset,
            payload_offset,
            padding_len,
        })
    }

    /// The payload without padding; `packet` is what was parsed.
    #[must_use]
    pub fn payload<'a>(&self, packet: &'a [u8]) -> &'a [u8] {
        let end = packet.len().saturating_sub(self.padding_len);
        packet.get(self.payload_offset..end).unwrap_or_default()
    }

    /// The header extension elements in their order; `packet` is what was parsed.
    #[must_use]
    pub fn extensions<'a>(&self, packet: &'a [u8]) -> Extensions<'a> {
        let data = packet.get(self.extension_offset..self.payload_offset).unwrap_or_default();
        let form = match self.extension_profile {
            Some(ONE_BYTE_PROFILE) => Form::OneByte,
            Some(profile) if profile & 0xfff0 == TWO_BYTE_PROFILE => Form::TwoByte,
            _ => return Extensions { rest: &[], form: Form::OneByte },
        };
        Extensions { rest: data, form }
    }

    /// The element with this id.
    #[must_use]
    pub fn extension<'a>(&self, packet: &'a [u8], id: u8) -> Option<&'a [u8]> {
        self.extensions(packet).find(|(found, _)| *found == id).map(|(_, value)| value)
    }
}

/// The head of a packet to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// End of a frame (video), start of a talk spurt (audio).
    pub marker: bool,
    /// The last bytes of the packet are padding.
    pub padding: bool,
    /// 7 bits.
    pub payload_type: u8,
    /// As on the wire.
    pub sequence: u16,
    /// In units of the payload's clock.
    pub timestamp: u32,
    /// The stream.
    pub ssrc: u32,
    /// Id and value of the transport-wide sequence number, where negotiated.
    pub transport_cc: Option<(u8, u16)>,
}

impl Head {
    /// Appends the header; returns its length.
    pub fn write(&self, out: &mut Vec<u8>) -> usize {
        let flags = 0x80 | u8::from(self.padding) << 5 | u8::from(self.transport_cc.is_some()) << 4;
        let [s0, s1] = self.sequence.to_be_bytes();
        let [t0, t1, t2, t3] = self.timestamp.to_be_bytes();
        let [r0, r1, r2, r3] = self.ssrc.to_be_bytes();
        let second = u8::from(self.marker) << 7 | self.payload_type & 0x7f;
        out.extend_from_slice(&[flags, second, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3]);
        let Some((id, number)) = self.transport_cc else { return FIXED_HEADER };
        let [n0, n1] = number.to_be_bytes();
        // One element of two bytes, and one byte to fill the word (RFC 8285 §4.2).
        out.extend_from_slice(&[0xbe, 0xde, 0, 1, id << 4 | 1, n0, n1, 0]);
        FIXED_HEADER + 8
    }
}

#[derive(Debug, Clone, Copy)]
enum Form {
    OneByte,
    TwoByte,
}

/// Iterates over `(id, value)`; ends at the first element that does not fit.
#[derive(Debug, Clone)]
pub struct Extensions<'a> {
    rest: &'a [u8],
    form: Form,
}

impl<'a> Iterator for Extensions<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (first, after) = self.rest.split_first()?;
            // A zero byte is padding between elements (RFC 8285 §4.1).
            if *first == 0 {
                self.rest = after;
                continue;
            }
            let (id, length, after) = match self.form {
                // Id 15, and id 0 with a length, end the iteration (RFC 8285 §4.2).
                Form::OneByte if matches!(first >> 4, 0 | 15) => return None,
                Form::OneByte => (first >> 4, usize::from(first & 0x0f) + 1, after),
                Form::TwoByte => {
                    let (length, after) = after.split_first()?;
                    (*first, usize::from(*length), after)
                }
            };
            let (value, rest) = after.split_at_checked(length)?;
            self.rest = rest;
            return Some((id, value));
        }
    }
}

#[cfg(test)]
mod tests;
