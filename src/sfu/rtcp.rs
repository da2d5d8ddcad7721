//! RTCP as subscribers speak it: one decrypted compound in, plain values out (RFC 3550 §6, RFC 4585, RFC 5104).
//!
//! The parser is total and borrows: any bytes give some values and then an end. A packet that is cut off or not version
//! 2 ends the compound, because nothing tells where the next would begin; one that is whole but not understood is skipped.
//!
//! # Bounded work
//! Every value takes at least four bytes of the compound, so their number is bounded by its length. Two kinds are
//! compressed and could ask for more than they weigh, so a whole compound has a budget: [`MAX_NACK_ENTRIES`] entries of
//! NACKs (17 numbers each) and [`MAX_STATUSES`] packet statuses of transport feedback. A NACK is cut to the budget; a
//! transport feedback that does not fit is skipped, because half of one says the wrong thing about the rest.

mod transport;
mod write;

use std::time::Duration;

pub use transport::{MAX_STATUSES, Statuses, TransportFeedback};
pub use write::{write_bye, write_pli, write_receiver_report, write_sender_report, write_transport_feedback};

/// NACK entries that are read of one compound: 1,088 numbers, what Chromium keeps in its list of missing packets.
pub const MAX_NACK_ENTRIES: usize = 64;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
const TRANSPORT_LAYER: u8 = 205;
const PAYLOAD_SPECIFIC: u8 = 206;

const FORMAT_NACK: u8 = 1;
const FORMAT_TRANSPORT: u8 = 15;
const FORMAT_PLI: u8 = 1;
const FORMAT_FIR: u8 = 4;
const FORMAT_APPLICATION: u8 = 15;

/// What a subscriber, or a publisher, says.
#[derive(Debug, Clone)]
pub enum Rtcp<'a> {
    /// How a stream's RTP time maps to its sender's clock (RFC 3550 §6.4.1).
    SenderReport {
        /// The stream.
        ssrc: u32,
        /// The sender's clock, 64-bit NTP.
        ntp: u64,
        /// The same moment as an RTP timestamp.
        rtp: u32,
    },
    /// One report block, of a sender's or a receiver's report.
    Block(Block),
    /// These packets did not arrive (RFC 4585 §6.2.1).
    Nack(Nack<'a>),
    /// A picture is wanted that begins anew (RFC 4585 §6.3.1).
    Pli {
        /// The stream it is wanted of.
        media_ssrc: u32,
    },
    /// The same, said as a command (RFC 5104 §4.3.1).
    Fir {
        /// The stream it is wanted of.
        media_ssrc: u32,
    },
    /// The receiver's own estimate (draft-alvestrand-rmcat-remb-03).
    Remb {
        /// Bits per second; saturated when larger than 64 bits.
        bitrate_bps: u64,
    },
    /// When each packet arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
    TransportFeedback(TransportFeedback<'a>),
    /// A stream has ended.
    Bye {
        /// Which.
        ssrc: u32,
    },
}

/// What a receiver says about one stream (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Block {
    /// The stream that was received.
    pub ssrc: u32,
    /// Lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Lost in all; negative when duplicates outnumber losses. 24 bits on the wire.
    pub cumulative_lost: i32,
    /// Highest sequence number received, with its cycles.
    pub highest: u32,
    /// Interarrival jitter in RTP clock units.
    pub jitter: u32,
    /// The middle 32 bits of the last sender report's NTP time; 0 when there was none.
    pub lsr: u32,
    /// Time since then, in 1/65,536 s.
    pub dlsr: u32,
}

impl Block {
    /// The round trip, when the report answers one of ours; `now_ntp` is our clock, 64-bit NTP. A report that claims
    /// to have been sent before what it answers has none.
    #[must_use]
    pub fn rtt(&self, now_ntp: u64) -> Option<Duration> {
        let elapsed = super::time::ntp_middle(now_ntp).wrapping_sub(self.lsr).wrapping_sub(self.dlsr);
        (self.lsr != 0 && elapsed < 1 << 31).then(|| Duration::from_nanos(u64::from(elapsed) * 1_000_000_000 / 65_536))
    }

    fn parse(entry: &[u8; 24]) -> Option<Self> {
        Some(Self {
            ssrc: word(entry, 0)?,
            fraction_lost: *entry.get(4)?,
            // 24 bits with a sign: shifted up and back, the sign comes along.
            cumulative_lost: (word(entry, 4)? << 8).cast_signed() >> 8,
            highest: word(entry, 8)?,
            jitter: word(entry, 12)?,
            lsr: word(entry, 16)?,
            dlsr: word(entry, 20)?,
        })
    }
}

/// A negative acknowledgement.
#[derive(Debug, Clone, Copy)]
pub struct Nack<'a> {
    /// The stream whose packets are missing.
    pub media_ssrc: u32,
    entries: &'a [u8],
}

impl<'a> Nack<'a> {
    /// The missing packets' sequence numbers, in the order they were written.
    pub fn sequences(&self) -> impl Iterator<Item = u16> + use<'a> {
        self.entries.as_chunks::<4>().0.iter().flat_map(|[p0, p1, m0, m1]| {
            let (first, others) = (u16::from_be_bytes([*p0, *p1]), u16::from_be_bytes([*m0, *m1]));
            let also = (0..16_u16).filter(move |bit| others >> bit & 1 == 1);
            std::iter::once(first).chain(also.map(move |bit| first.wrapping_add(bit + 1)))
        })
    }
}

/// The values of a decrypted compound, or of a single packet (RFC 5506), in their order.
#[must_use]
pub fn packets(compound: &[u8]) -> Packets<'_> {
    Packets { rest: compound, list: List::Nothing, nack_entries: MAX_NACK_ENTRIES, statuses: MAX_STATUSES }
}

/// Walks a compound; made by [`packets`].
#[derive(Debug, Clone)]
pub struct Packets<'a> {
    rest: &'a [u8],
    list: List<'a>,
    nack_entries: usize,
    statuses: usize,
}

/// What is left of a packet that holds several values.
#[derive(Debug, Clone, Copy)]
enum List<'a> {
    Nothing,
    Blocks(&'a [u8]),
    Firs(&'a [u8]),
    Byes(&'a [u8]),
}

impl<'a> Iterator for Packets<'a> {
    type Item = Rtcp<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(value) = self.next_of_list() {
                return Some(value);
            }
            let (kind, count, body) = self.next_packet()?;
            if let Some(value) = self.read(kind, count, body) {
                return Some(value);
            }
        }
    }
}

impl<'a> Packets<'a> {
    fn next_of_list(&mut self) -> Option<Rtcp<'a>> {
        match &mut self.list {
            List::Nothing => None,
            List::Blocks(rest) => Block::parse(take(rest)?).map(Rtcp::Block),
            List::Firs(rest) => {
                let entry: &[u8; 8] = take(rest)?;
                Some(Rtcp::Fir { media_ssrc: word(entry, 0)? })
            }
            List::Byes(rest) => take(rest).map(|ssrc: &[u8; 4]| Rtcp::Bye { ssrc: u32::from_be_bytes(*ssrc) }),
        }
    }

    /// Type, count or format, and what follows the first word, without padding. `None` ends the compound.
    fn next_packet(&mut self) -> Option<(u8, u8, &'a [u8])> {
        let ([first, kind, l0, l1], after) = self.rest.split_first_chunk::<4>()?;
        if first >> 6 != 2 {
            return None;
        }
        let (body, rest) = after.split_at_checked(4 * usize::from(u16::from_be_bytes([*l0, *l1])))?;
        self.rest = rest;
        self.list = List::Nothing;
        let padding = if first & 0x20 != 0 { usize::from(*body.last()?) } else { 0 };
        Some((*kind, first & 0x1f, body.get(..body.len().checked_sub(padding)?)?))
    }

    fn read(&mut self, kind: u8, count: u8, body: &'a [u8]) -> Option<Rtcp<'a>> {
        match kind {
            SENDER_REPORT => {
                self.list = List::Blocks(entries(body.get(24..)?, 24, count));
                let ntp = u64::from(word(body, 4)?) << 32 | u64::from(word(body, 8)?);
                Some(Rtcp::SenderReport { ssrc: word(body, 0)?, ntp, rtp: word(body, 12)? })
            }
            RECEIVER_REPORT => {
                self.list = List::Blocks(entries(body.get(4..)?, 24, count));
                None
            }
            BYE => {
                self.list = List::Byes(entries(body, 4, count));
                None
            }
            TRANSPORT_LAYER => self.read_transport_layer(count, body),
            PAYLOAD_SPECIFIC => self.read_payload_specific(count, body),
            _ => None,
        }
    }

    fn read_transport_layer(&mut self, format: u8, body: &'a [u8]) -> Option<Rtcp<'a>> {
        let (media_ssrc, control) = (word(body, 4)?, body.get(8..)?);
        match format {
            FORMAT_NACK => {
                let count = (control.len() / 4).min(self.nack_entries);
                self.nack_entries -= count;
                let entries = control.get(..4 * count).filter(|entries| !entries.is_empty())?;
                Some(Rtcp::Nack(Nack { media_ssrc, entries }))
            }
            FORMAT_TRANSPORT => {
                let feedback = TransportFeedback::parse(control, self.statuses)?;
                self.statuses -= feedback.len();
                Some(Rtcp::TransportFeedback(feedback))
            }
            _ => None,
        }
    }

    fn read_payload_specific(&mut self, format: u8, body: &'a [u8]) -> Option<Rtcp<'a>> {
        let (media_ssrc, control) = (word(body, 4)?, body.get(8..)?);
        match format {
            FORMAT_PLI => Some(Rtcp::Pli { media_ssrc }),
            FORMAT_FIR => {
                self.list = List::Firs(control);
                None
            }
            FORMAT_APPLICATION => remb(control),
            _ => None,
        }
    }
}

/// 6 bits of exponent, 18 of mantissa (draft-alvestrand-rmcat-remb-03 §2.2).
fn remb(control: &[u8]) -> Option<Rtcp<'_>> {
    let value = word(control.strip_prefix(b"REMB")?, 0)?;
    let (exponent, mantissa) = (value >> 18 & 0x3f, u64::from(value & 0x3_ffff));
    let shifted = mantissa << exponent;
    let bitrate_bps = if shifted >> exponent == mantissa { shifted } else { u64::MAX };
    Some(Rtcp::Remb { bitrate_bps })
}

/// As many whole entries as announced and there.
fn entries(bytes: &[u8], size: usize, count: u8) -> &[u8] {
    bytes.get(..(size * usize::from(count)).min(bytes.len())).unwrap_or_default()
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (entry, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(entry)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_be_bytes(*chunk))
}

#[cfg(test)]
mod tests;
