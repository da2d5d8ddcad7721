//! What a sealed RTP packet says in clear: enough to count it, and to find where its secret begins.
//!
//! [`crate::sfu::rtp`] reads opened packets; in a sealed one the length of the padding is ciphertext.

use crate::sfu::rtp::RtpHeader;

/// The longest header that is looked into for extensions.
const LONGEST: usize = 64;

/// The clear part of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) payload_type: u8,
    pub(super) sequence: u16,
    pub(super) ssrc: u32,
    /// Bytes of the header with its extensions.
    pub(super) length: usize,
}

impl Header {
    /// Reads it; `None` for what does not fit.
    pub(super) fn read(packet: &[u8]) -> Option<Self> {
        let [b0, b1, s0, s1, _, _, _, _, r0, r1, r2, r3] = packet.first_chunk::<12>()?;
        let mut length = 12 + 4 * usize::from(b0 & 0x0f);
        if b0 & 0x10 != 0 {
            let [_, _, l0, l1] = packet.get(length..)?.first_chunk::<4>()?;
            length += 4 + 4 * usize::from(u16::from_be_bytes([*l0, *l1]));
        }
        (b0 >> 6 == 2 && length <= packet.len()).then_some(Self {
            payload_type: b1 & 0x7f,
            sequence: u16::from_be_bytes([*s0, *s1]),
            ssrc: u32::from_be_bytes([*r0, *r1, *r2, *r3]),
            length,
        })
    }

    /// The two bytes of a header extension, as transport-wide numbers are; `packet` is what was read.
    pub(super) fn extension(self, packet: &[u8], id: u8) -> Option<u16> {
        let mut copy = [0; LONGEST];
        let clear = copy.get_mut(..self.length)?;
        clear.copy_from_slice(packet.get(..self.length)?);
        // What is padded is secret.
        *clear.first_mut()? &= !0x20;
        let value = RtpHeader::parse(clear)?.extension(clear, id)?;
        Some(u16::from_be_bytes(*value.first_chunk()?))
    }
}

#[cfg(test)]
mod tests;
