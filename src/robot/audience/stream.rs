//! Loss by sequence numbers, of one stream of one viewer, from headers alone (RFC 3550 §A.3).

use crate::sfu::sequence::Unwrapper;

/// What was received of a stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Stream {
    ssrc: Option<u32>,
    numbers: Unwrapper,
    first: u64,
    /// Packets of streams that this one took the place of.
    banked: u64,
    received: u64,
    /// Expected and received at the last report.
    reported: (u64, u64),
    /// Expected and received when the window began.
    opened: (u64, u64),
}

/// Where a packet stands in its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The number without wrapping; one turn above zero at the beginning.
    pub(super) number: u64,
    /// Numbers that were skipped just before it.
    pub(super) skipped: u64,
}

impl Place {
    /// The 48-bit index of SRTP: rollovers are counted from the first packet (RFC 3711 §3.3.1).
    pub(super) fn index(self) -> Option<u64> {
        self.number.checked_sub(1 << 16)
    }
}

impl Stream {
    /// Counts a packet.
    pub(super) fn take(&mut self, ssrc: u32, sequence: u16) -> Place {
        if self.ssrc != Some(ssrc) {
            self.banked = self.expected();
            self.numbers = Unwrapper::new();
            self.ssrc = Some(ssrc);
            self.first = self.numbers.peek(sequence);
        }
        let before = self.numbers.highest();
        let number = self.numbers.extend(sequence);
        self.received += 1;
        let skipped = before.map_or(0, |before| number.saturating_sub(before + 1));
        Place { number, skipped }
    }

    /// Who sends it.
    pub(super) const fn ssrc(&self) -> Option<u32> {
        self.ssrc
    }

    /// Packets that must have been sent.
    pub(super) fn expected(&self) -> u64 {
        self.banked + self.numbers.highest().map_or(0, |highest| (highest + 1).saturating_sub(self.first))
    }

    /// The measured window begins now.
    pub(super) fn open_window(&mut self) {
        self.opened = (self.expected(), self.received);
    }

    /// Expected and received since the window began.
    pub(super) fn window(&self) -> (u64, u64) {
        (self.expected().saturating_sub(self.opened.0), self.received.saturating_sub(self.opened.1))
    }

    /// The numbers of a report block: fraction lost, cumulative loss, extended highest number (RFC 3550 §6.4.1).
    pub(super) fn report(&mut self) -> (u8, u32, u32) {
        let (expected, received) = (self.expected(), self.received);
        let (asked, got) = (expected.saturating_sub(self.reported.0), received.saturating_sub(self.reported.1));
        self.reported = (expected, received);
        let fraction = (asked.saturating_sub(got) * 256).checked_div(asked).unwrap_or(0).min(255);
        let lost = expected.saturating_sub(received).min(0x7f_ffff);
        let highest = self.numbers.highest().unwrap_or(0).saturating_sub(1 << 16);
        (fraction as u8, lost as u32, (highest & 0xffff_ffff) as u32)
    }
}

#[cfg(test)]
mod tests;
