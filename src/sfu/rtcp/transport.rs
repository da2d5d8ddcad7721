//! Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which packets arrived, and when.

/// Microseconds of a unit of the reference time and of a delta.
const REFERENCE_UNIT_US: i64 = 64_000;
const DELTA_UNIT_US: i64 = 250;

/// A feedback message.
#[derive(Debug, Clone, Copy)]
pub struct TransportFeedback<'a> {
    base: u16,
    count: u16,
    /// 24 bits, signed, in units of 64 ms.
    reference: i32,
    /// Tells repeated and lost messages apart; 8 bits.
    number: u8,
    rest: &'a [u8],
}

impl<'a> TransportFeedback<'a> {
    /// Reads what follows the two SSRCs; `None` if it is too short for its head.
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let ([b0, b1, c0, c1, r0, r1, r2, number], rest) = body.split_first_chunk::<8>()?;
        Some(Self {
            base: u16::from_be_bytes([*b0, *b1]),
            count: u16::from_be_bytes([*c0, *c1]),
            reference: i32::from_be_bytes([*r0, *r1, *r2, 0]) >> 8,
            number: *number,
            rest,
        })
    }

    /// The message's own number, modulo 256.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The reference time in microseconds of the receiver's clock; wraps with 24 bits of 64 ms.
    #[must_use]
    pub const fn reference_us(&self) -> i64 {
        self.reference as i64 * REFERENCE_UNIT_US
    }

    /// Each packet's transport-wide number, and its arrival in microseconds of the receiver's clock, if it arrived.
    #[must_use]
    pub fn packets(&self) -> Packets<'a> {
        Packets {
            next: self.base,
            left: self.count,
            chunks: self.rest,
            // Deltas follow the chunks; where, is known after counting these.
            deltas: self.rest.get(self.chunk_bytes()..).unwrap_or_default(),
            arrival_us: self.reference_us(),
            chunk: Chunk { symbols: 0, bits: 1, left: 0, repeat: false },
        }
    }

    fn chunk_bytes(&self) -> usize {
        let (mut seen, mut bytes) = (0_usize, 0);
        for pair in self.rest.chunks_exact(2) {
            if seen >= usize::from(self.count) {
                break;
            }
            let [high, low] = pair else { break };
            seen += usize::from(Chunk::read(u16::from_be_bytes([*high, *low])).left);
            bytes += 2;
        }
        bytes
    }
}

/// A run of one symbol, or a list of 14 or 7.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    symbols: u16,
    bits: u16,
    left: u16,
    repeat: bool,
}

impl Chunk {
    const fn read(word: u16) -> Self {
        if word & 0x8000 == 0 {
            return Self { symbols: word >> 13 & 3, bits: 2, left: word & 0x1fff, repeat: true };
        }
        if word & 0x4000 == 0 {
            return Self { symbols: word & 0x3fff, bits: 1, left: 14, repeat: false };
        }
        Self { symbols: word & 0x3fff, bits: 2, left: 7, repeat: false }
    }

    fn take(&mut self) -> u16 {
        self.left -= 1;
        if self.repeat {
            return self.symbols;
        }
        self.symbols >> (self.left * self.bits) & ((1 << self.bits) - 1)
    }
}

/// The packets of a message; ends early where it is cut off.
#[derive(Debug, Clone, Copy)]
pub struct Packets<'a> {
    next: u16,
    left: u16,
    chunks: &'a [u8],
    deltas: &'a [u8],
    arrival_us: i64,
    chunk: Chunk,
}

impl Iterator for Packets<'_> {
    type Item = (u16, Option<i64>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        while self.chunk.left == 0 {
            let (word, rest) = self.chunks.split_first_chunk::<2>()?;
            (self.chunk, self.chunks) = (Chunk::read(u16::from_be_bytes(*word)), rest);
        }
        let delta = match self.chunk.take() {
            1 => {
                let (byte, rest) = self.deltas.split_first()?;
                self.deltas = rest;
                Some(i64::from(*byte))
            }
            2 => {
                let (word, rest) = self.deltas.split_first_chunk::<2>()?;
                self.deltas = rest;
                Some(i64::from(i16::from_be_bytes(*word)))
            }
            _ => None,
        };
        let sequence = self.next;
        self.next = sequence.wrapping_add(1);
        let arrival = delta.map(|delta| {
            self.arrival_us += delta * DELTA_UNIT_US;
            self.arrival_us
        });
        Some((sequence, arrival))
    }
}
