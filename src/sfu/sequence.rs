//! 16-bit RTP sequence numbers as 64-bit numbers that never wrap (RFC 3550 §A.1, RFC 3711 §3.3.1 in spirit).
//!
//! Invariant: the number returned is congruent to the wire's number modulo 2^16, and is the one nearest to the highest
//! number seen so far. The first packet lands one whole cycle above zero, so that packets that were sent before it
//! but arrive after it still have a number.

/// One turn of the 16-bit number.
const CYCLE: u64 = 1 << 16;

/// Unwraps one stream's sequence numbers.
#[derive(Debug, Clone, Default)]
pub struct Unwrapper {
    highest: Option<u64>,
}

impl Unwrapper {
    /// An unwrapper that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { highest: None }
    }

    /// The highest number so far.
    #[must_use]
    pub const fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// The 64-bit number of a wire number, remembered when it is the highest.
    pub fn extend(&mut self, sequence: u16) -> u64 {
        let number = self.peek(sequence);
        self.highest = Some(self.highest.map_or(number, |highest| highest.max(number)));
        number
    }

    /// The 64-bit number of a wire number, without remembering it.
    #[must_use]
    pub fn peek(&self, sequence: u16) -> u64 {
        let Some(highest) = self.highest else { return CYCLE + u64::from(sequence) };
        let low = u16::try_from(highest % CYCLE).unwrap_or(0);
        let step = sequence.wrapping_sub(low).cast_signed();
        highest.saturating_add_signed(i64::from(step))
    }

    /// Begins anew at `sequence`, at least one whole cycle above everything before: the sender has restarted.
    pub fn restart(&mut self, sequence: u16) -> u64 {
        let cycles = self.highest.map_or(1, |highest| highest / CYCLE + 2);
        let number = cycles * CYCLE + u64::from(sequence);
        self.highest = Some(number);
        number
    }
}

#[cfg(test)]
mod tests;
