//! SRTCP's replay check (RFC 3711 §3.3.2): a window per sending SSRC, made only after authentication.

/// SSRCs whose windows are remembered. A browser sends from two or three; when full, the one heard longest ago goes, and
/// with it the protection against replays from that one, which only its own key holder could have sent.
const SSRCS: usize = 6;

/// Numbers below the highest that are remembered.
const WINDOW: u32 = 64;

#[derive(Debug, Clone, Copy)]
struct Seen {
    ssrc: u32,
    highest: u32,
    /// Bit i: `highest - i` was seen.
    bits: u64,
}

/// The windows of one receiver.
#[derive(Debug, Default)]
pub(super) struct Replay {
    /// Heard last first.
    seen: [Option<Seen>; SSRCS],
}

impl Replay {
    /// Whether this number may be new; nothing is remembered.
    pub(super) fn may_be_new(&self, ssrc: u32, index: u32) -> bool {
        let Some(seen) = self.seen.iter().flatten().find(|seen| seen.ssrc == ssrc) else { return true };
        match seen.highest.checked_sub(index) {
            None => true,
            Some(behind) => behind < WINDOW && seen.bits >> behind & 1 == 0,
        }
    }

    /// An authentic packet had this number.
    pub(super) fn remember(&mut self, ssrc: u32, index: u32) {
        let place = self.seen.iter().position(|seen| seen.is_some_and(|seen| seen.ssrc == ssrc));
        let known = place.and_then(|place| self.seen.get(place).copied().flatten());
        let mut seen = known.unwrap_or(Seen { ssrc, highest: index, bits: 0 });
        if index > seen.highest {
            seen.bits = seen.bits.checked_shl(index - seen.highest).unwrap_or(0);
            seen.highest = index;
        }
        seen.bits |= 1_u64.checked_shl(seen.highest - index).unwrap_or(0);
        let end = place.unwrap_or(SSRCS - 1);
        if let Some(front) = self.seen.get_mut(..=end) {
            front.rotate_right(1);
        }
        if let Some(first) = self.seen.first_mut() {
            *first = Some(seen);
        }
    }
}
