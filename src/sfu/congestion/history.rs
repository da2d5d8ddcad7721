//! What was sent and when: a ring by transport-wide sequence number, six bytes a packet.
//!
//! Invariant: a packet is answered at most once as arrived and at most once as missing; a number that was never given
//! or is no longer remembered is not known. So feedback that is repeated, made up or very late changes nothing.

/// Packets that are remembered: more than two seconds of the best layer with sound, longer than a round trip and the
/// loss of several feedbacks. When full, the oldest is forgotten and counts neither as arrived nor as lost.
pub(super) const REMEMBERED: usize = 1024;

/// Marks a size whose packet was reported missing. No packet is as large as the mark.
const MISSING: u16 = 0x8000;

/// Sent packets that await their feedback.
#[derive(Debug, Clone)]
pub(super) struct History {
    /// Microseconds, the lower 32 bits: far longer than a packet is remembered.
    sent_us: [u32; REMEMBERED],
    /// Bytes; 0 when there is nothing (more) to be answered.
    size: [u16; REMEMBERED],
    /// The next number.
    next: u64,
}

/// A packet that has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrived {
    /// Its number, unwrapped.
    pub(super) number: u64,
    /// When it was sent.
    pub(super) sent_us: u64,
    /// Its size.
    pub(super) bytes: usize,
    /// It had been reported missing before.
    pub(super) was_missing: bool,
}

impl History {
    pub(super) const fn new() -> Self {
        Self { sent_us: [0; REMEMBERED], size: [0; REMEMBERED], next: 0 }
    }

    /// The number that the next packet gets.
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// Remembers a packet; the answer is its number on the wire. Sizes beyond 32 kB count as that.
    pub(super) fn push(&mut self, now_us: u64, bytes: usize) -> u16 {
        let number = self.next;
        self.next += 1;
        let slot = place(number);
        if let (Some(sent_us), Some(size)) = (self.sent_us.get_mut(slot), self.size.get_mut(slot)) {
            *sent_us = now_us as u32;
            *size = u16::try_from(bytes).unwrap_or(u16::MAX).clamp(1, MISSING - 1);
        }
        number as u16
    }

    /// A packet has arrived. `None` when it is not known or was answered before.
    pub(super) fn arrived(&mut self, now_us: u64, sequence: u16) -> Option<Arrived> {
        let number = self.number(sequence)?;
        let size = self.size.get_mut(place(number)).filter(|size| **size != 0)?;
        let (bytes, was_missing) = (usize::from(*size & !MISSING), *size & MISSING != 0);
        *size = 0;
        let age = (now_us as u32).wrapping_sub(*self.sent_us.get(place(number))?);
        Some(Arrived { number, sent_us: now_us.saturating_sub(u64::from(age)), bytes, was_missing })
    }

    /// A packet is missing, as far as the receiver knows. Its number; `None` when it is not known or was answered before.
    pub(super) fn missing(&mut self, sequence: u16) -> Option<u64> {
        let number = self.number(sequence)?;
        let size = self.size.get_mut(place(number)).filter(|size| **size != 0 && **size & MISSING == 0)?;
        *size |= MISSING;
        Some(number)
    }

    /// The number nearest below the next one.
    fn number(&self, sequence: u16) -> Option<u64> {
        let behind = u64::from((self.next as u16).wrapping_sub(1).wrapping_sub(sequence));
        let number = self.next.checked_sub(behind + 1)?;
        (behind < REMEMBERED as u64).then_some(number)
    }
}

const fn place(number: u64) -> usize {
    (number % REMEMBERED as u64) as usize
}

#[cfg(test)]
mod tests;
