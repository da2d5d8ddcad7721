//! RTCP (RFC 3550 §6, RFC 4585, RFC 5104), read from a decrypted compound packet without allocating, and written.
//!
//! Total on any bytes: iteration ends at the first packet that does not fit. The work is bounded by the datagram: each
//! packet is looked at once, and a NACK item names at most 17 numbers.

use super::report::SenderReport;

mod transport;

pub use transport::TransportFeedback;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const TRANSPORT_LAYER: u8 = 205;
const PAYLOAD_SPECIFIC: u8 = 206;

/// A report block (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// The stream it is about.
    pub ssrc: u32,
    /// Of 256, since the last report.
    pub fraction_lost: u8,
    /// Middle 32 bits of the NTP time of the last sender report; 0: none.
    pub last_report: u32,
    /// Between that report and this block, in units of 1/65,536 s.
    pub delay: u32,
}

/// One thing that a compound packet says.
#[derive(Debug, Clone, Copy)]
pub enum Rtcp<'a> {
    /// A stream's clock.
    SenderReport {
        /// The stream.
        ssrc: u32,
        /// Its sender's clock, 64-bit NTP.
        ntp: u64,
        /// RTP timestamp at that moment.
        rtp: u32,
        /// What its sender receives.
        blocks: Blocks<'a>,
    },
    /// What a receiver receives.
    ReceiverReport(Blocks<'a>),
    /// Packets are missing (RFC 4585 §6.2.1).
    Nack {
        /// The stream.
        ssrc: u32,
        /// Which.
        missing: Missing<'a>,
    },
    /// A keyframe is needed (PLI, RFC 4585 §6.3.1; FIR, RFC 5104 §4.3.1, its first entry).
    Keyframe {
        /// The stream.
        ssrc: u32,
    },
    /// How much a receiver believes it can take (draft-alvestrand-rmcat-remb-03).
    Remb {
        /// Bits per second.
        bitrate_bps: u64,
    },
    /// When packets arrived.
    Transport(TransportFeedback<'a>),
    /// A stream has ended.
    Goodbye {
        /// The stream.
        ssrc: u32,
    },
}

/// What a compound packet says, in its order.
pub fn read(compound: &[u8]) -> impl Iterator<Item = Rtcp<'_>> {
    let mut rest = compound;
    std::iter::from_fn(move || {
        loop {
            let (packet, after) = split(rest)?;
            rest = after;
            if let Some(meaning) = packet.meaning() {
                return Some(meaning);
            }
        }
    })
}

struct Plain<'a> {
    count: u8,
    kind: u8,
    body: &'a [u8],
}

fn split(bytes: &[u8]) -> Option<(Plain<'_>, &[u8])> {
    let ([first, kind, l0, l1], rest) = bytes.split_first_chunk::<4>()?;
    if first >> 6 != 2 {
        return None;
    }
    let (body, rest) = rest.split_at_checked(4 * usize::from(u16::from_be_bytes([*l0, *l1])))?;
    let padding = if first & 0x20 != 0 { usize::from(*body.last()?) } else { 0 };
    Some((Plain { count: first & 0x1f, kind: *kind, body: body.get(..body.len().checked_sub(padding)?)? }, rest))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_be_bytes(*chunk))
}

impl<'a> Plain<'a> {
    fn meaning(&self) -> Option<Rtcp<'a>> {
        let body = self.body;
        match (self.kind, self.count) {
            (SENDER_REPORT, _) => Some(Rtcp::SenderReport {
                ssrc: word(body, 0)?,
                ntp: u64::from(word(body, 4)?) << 32 | u64::from(word(body, 8)?),
                rtp: word(body, 12)?,
                blocks: Blocks { rest: body.get(24..)?, left: self.count },
            }),
            (RECEIVER_REPORT, _) => Some(Rtcp::ReceiverReport(Blocks { rest: body.get(4..)?, left: self.count })),
            (GOODBYE, 1..) => Some(Rtcp::Goodbye { ssrc: word(body, 0)? }),
            (TRANSPORT_LAYER, 1) => {
                Some(Rtcp::Nack { ssrc: word(body, 4)?, missing: Missing { rest: body.get(8..)?, base: 0, mask: 0 } })
            }
            (TRANSPORT_LAYER, 15) => TransportFeedback::read(body.get(8..)?).map(Rtcp::Transport),
            (PAYLOAD_SPECIFIC, 1) => Some(Rtcp::Keyframe { ssrc: word(body, 4)? }),
            (PAYLOAD_SPECIFIC, 4) => Some(Rtcp::Keyframe { ssrc: word(body, 8)? }),
            (PAYLOAD_SPECIFIC, 15) if body.get(8..12) == Some(b"REMB") => {
                let value = word(body, 12)?;
                let (exponent, mantissa) = (value >> 18 & 0x3f, u64::from(value & 0x3ffff));
                Some(Rtcp::Remb { bitrate_bps: mantissa.checked_shl(exponent).unwrap_or(u64::MAX) })
            }
            _ => None,
        }
    }
}

/// Report blocks; ends with those that fit.
#[derive(Debug, Clone, Copy)]
pub struct Blocks<'a> {
    rest: &'a [u8],
    left: u8,
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        self.left = self.left.checked_sub(1)?;
        let (block, rest) = self.rest.split_first_chunk::<24>()?;
        self.rest = rest;
        Some(Block {
            ssrc: word(block, 0)?,
            fraction_lost: *block.get(4)?,
            last_report: word(block, 16)?,
            delay: word(block, 20)?,
        })
    }
}

/// Sequence numbers of a NACK.
#[derive(Debug, Clone, Copy)]
pub struct Missing<'a> {
    rest: &'a [u8],
    base: u16,
    mask: u16,
}

impl Iterator for Missing<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if self.mask != 0 {
            let bit = self.mask.trailing_zeros();
            self.mask &= self.mask - 1;
            return Some(self.base.wrapping_add(bit as u16 + 1));
        }
        let ([b0, b1, m0, m1], rest) = self.rest.split_first_chunk::<4>()?;
        (self.rest, self.base, self.mask) = (rest, u16::from_be_bytes([*b0, *b1]), u16::from_be_bytes([*m0, *m1]));
        Some(self.base)
    }
}

/// Appends a sender report and the CNAME of its stream (RFC 3550 §6.1 wants both). `cname` is cut at 255 bytes.
pub fn write_sender_report(out: &mut Vec<u8>, report: &SenderReport, cname: &str) {
    out.extend_from_slice(&[0x80, SENDER_REPORT, 0, 6]);
    out.extend_from_slice(&report.ssrc.to_be_bytes());
    out.extend_from_slice(&report.ntp.to_be_bytes());
    for value in [report.rtp, report.packets, report.octets] {
        out.extend_from_slice(&value.to_be_bytes());
    }
    let name = cname.as_bytes().get(..cname.len().min(255)).unwrap_or_default();
    // SSRC, item type, length, text, and at least one zero to end the list.
    let words = (4 + 2 + name.len() + 1).div_ceil(4);
    let start = out.len() + 4;
    out.extend_from_slice(&[0x81, SOURCE_DESCRIPTION]);
    out.extend_from_slice(&(words as u16).to_be_bytes());
    out.extend_from_slice(&report.ssrc.to_be_bytes());
    out.extend_from_slice(&[1, name.len() as u8]);
    out.extend_from_slice(name);
    out.resize(start + 4 * words, 0);
}

/// Appends a goodbye of these streams (RFC 3550 §6.6), at most 31.
pub fn write_goodbye(out: &mut Vec<u8>, ssrcs: &[u32]) {
    let count = ssrcs.len().min(31);
    out.extend_from_slice(&[0x80 | count as u8, GOODBYE, 0, count as u8]);
    ssrcs.iter().take(count).for_each(|ssrc| out.extend_from_slice(&ssrc.to_be_bytes()));
}

#[cfg(test)]
mod tests;
