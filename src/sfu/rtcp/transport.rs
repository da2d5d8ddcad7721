//! Transport-wide feedback: which packets arrived, and when (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
//!
//! A view is made only of feedback that is whole: its chunks cover all statuses and its deltas are all there. So the
//! iterator cannot run short, and half a feedback is never taken for losses. The reserved symbol makes it unwhole.

/// Statuses that one compound may speak of: 4 s of 1,000 packets/s, four times what senders here remember.
pub const MAX_STATUSES: usize = 4096;

/// One unit of a delta in microseconds.
const DELTA_US: i64 = 250;

/// A whole feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportFeedback<'a> {
    base: u16,
    count: u16,
    reference: u32,
    feedback_count: u8,
    chunks: &'a [u8],
    deltas: &'a [u8],
}

impl<'a> TransportFeedback<'a> {
    /// Reads what follows the two SSRCs. `None` when it is not whole, or has more than `budget` statuses.
    pub(super) fn parse(control: &'a [u8], budget: usize) -> Option<Self> {
        let ([b0, b1, c0, c1, r0, r1, r2, feedback_count], rest) = control.split_first_chunk::<8>()?;
        let count = u16::from_be_bytes([*c0, *c1]);
        if usize::from(count) > budget {
            return None;
        }
        let (mut covered, mut needed, mut chunks) = (0, 0, 0);
        while covered < count {
            let chunk = Chunk::read(rest, chunks)?;
            let length = chunk.length().min(count - covered);
            if length == 0 {
                return None;
            }
            needed += chunk.delta_bytes(length)?;
            covered += length;
            chunks += 2;
        }
        let (chunks, deltas) = rest.split_at_checked(chunks)?;
        let deltas = deltas.get(..needed)?;
        let reference = u32::from_be_bytes([0, *r0, *r1, *r2]);
        Some(Self {
            base: u16::from_be_bytes([*b0, *b1]),
            count,
            reference,
            feedback_count: *feedback_count,
            chunks,
            deltas,
        })
    }

    /// The first packet it speaks of.
    #[must_use]
    pub const fn base_sequence(&self) -> u16 {
        self.base
    }

    /// How many packets it speaks of.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Whether it speaks of none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What arrival times are counted from: 64 ms units of the receiver's clock, 24 bits, wrapping.
    #[must_use]
    pub const fn reference_time(&self) -> u32 {
        self.reference
    }

    /// Counts the receiver's feedback, wrapping.
    #[must_use]
    pub const fn feedback_count(&self) -> u8 {
        self.feedback_count
    }

    /// Each packet and when it arrived, in microseconds after [`Self::reference_time`] (reordering makes it negative
    /// at times); `None` when it had not arrived.
    #[must_use]
    pub fn statuses(&self) -> Statuses<'a> {
        Statuses {
            sequence: self.base,
            left: self.count,
            chunks: self.chunks,
            deltas: self.deltas,
            chunk: Chunk::Run { symbol: 0, length: 0 },
            at: 0,
            arrival_us: 0,
        }
    }
}

/// One packet chunk (§3.1.2 to §3.1.4).
#[derive(Debug, Clone, Copy)]
enum Chunk {
    Run { symbol: u16, length: u16 },
    OneBit(u16),
    TwoBits(u16),
}

impl Chunk {
    fn read(chunks: &[u8], at: usize) -> Option<Self> {
        let word = chunks.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))?;
        Some(match word >> 14 {
            0 | 1 => Self::Run { symbol: word >> 13 & 3, length: word & 0x1fff },
            2 => Self::OneBit(word),
            _ => Self::TwoBits(word),
        })
    }

    const fn length(self) -> u16 {
        match self {
            Self::Run { length, .. } => length,
            Self::OneBit(_) => 14,
            Self::TwoBits(_) => 7,
        }
    }

    /// 0: not received, 1: one byte of delta, 2: two.
    const fn symbol(self, at: u16) -> u16 {
        match self {
            Self::Run { symbol, .. } => symbol,
            Self::OneBit(word) => word >> (13 - at) & 1,
            Self::TwoBits(word) => word >> (12 - 2 * at) & 3,
        }
    }

    /// How many bytes of deltas the first `length` symbols have; `None` when one is the reserved one.
    fn delta_bytes(self, length: u16) -> Option<usize> {
        let size = |symbol: u16| (symbol < 3).then_some(usize::from(symbol));
        match self {
            Self::Run { symbol, .. } => Some(size(symbol)? * usize::from(length)),
            _ => (0..length).map(|at| size(self.symbol(at))).sum(),
        }
    }
}

/// Iterates over `(sequence, arrival)`; made by [`TransportFeedback::statuses`].
#[derive(Debug, Clone)]
pub struct Statuses<'a> {
    sequence: u16,
    left: u16,
    chunks: &'a [u8],
    deltas: &'a [u8],
    chunk: Chunk,
    at: u16,
    arrival_us: i64,
}

impl Iterator for Statuses<'_> {
    type Item = (u16, Option<i64>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        if self.at == self.chunk.length() {
            self.chunk = Chunk::read(self.chunks, 0)?;
            self.chunks = self.chunks.get(2..)?;
            self.at = 0;
        }
        let symbol = self.chunk.symbol(self.at);
        self.at += 1;
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        let delta = match symbol {
            0 => return Some((sequence, None)),
            1 => {
                let (delta, rest) = self.deltas.split_first()?;
                self.deltas = rest;
                i64::from(*delta)
            }
            _ => {
                let (delta, rest) = self.deltas.split_first_chunk::<2>()?;
                self.deltas = rest;
                i64::from(i16::from_be_bytes(*delta))
            }
        };
        self.arrival_us += delta * DELTA_US;
        Some((sequence, Some(self.arrival_us)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(usize::from(self.left)))
    }
}

#[cfg(test)]
mod tests;
