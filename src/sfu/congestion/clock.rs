//! The receiver's clock as feedback tells it: 24 bits of 64 ms, made into microseconds that do not wrap.
//!
//! Feedback that comes out of order steps back and forth by a little, which is right. A jump that our own clock did not
//! see is a receiver that has begun anew (or lies): what was measured before must not be compared with what follows.

/// A reference time counts in these.
const UNIT_US: i64 = 64_000;
/// Where the timeline begins: far enough from zero for everything that is earlier than the first feedback.
const ORIGIN_US: i64 = 1 << 40;
/// A difference of the clocks' progress beyond this is a jump. Longer than any queue or clock drift between feedbacks.
const JUMP_US: i64 = 5_000_000;

/// Unwraps reference times.
#[derive(Debug, Clone)]
pub(super) struct ReceiverClock {
    /// Latest reference, its place on the timeline, and when it came by our clock.
    last: Option<(u32, i64, u64)>,
}

impl ReceiverClock {
    pub(super) const fn new() -> Self {
        Self { last: None }
    }

    /// The place of a reference on the timeline in microseconds, and whether it jumped there.
    pub(super) fn place(&mut self, now_us: u64, reference: u32) -> (i64, bool) {
        let (at, jumped) = match self.last {
            None => (ORIGIN_US, false),
            Some((before, at, came_us)) => {
                // 24 bits with a sign: shifted up and back, the sign comes along.
                let step = i64::from((reference.wrapping_sub(before) << 8).cast_signed() >> 8) * UNIT_US;
                let elapsed = i64::try_from(now_us.saturating_sub(came_us)).unwrap_or(i64::MAX);
                match step.abs_diff(elapsed) > JUMP_US.unsigned_abs() {
                    true => (at.saturating_add(elapsed), true),
                    false => (at + step, false),
                }
            }
        };
        self.last = Some((reference, at, now_us));
        (at, jumped)
    }
}

#[cfg(test)]
mod tests;
