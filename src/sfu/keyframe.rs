//! Keyframe requests of many subscribers, thinned to what one publisher's layer can bear.
//!
//! A keyframe costs the publisher several frames' worth of bits, and a thousand viewers who join ask for a thousand.
//! The gate lets at most one request per interval through. One that comes too early is remembered and let through when
//! the interval ends, unless a keyframe has come since: that one served it too. A request that is not answered (RTCP
//! is not reliable) is repeated, ever more slowly.
//!
//! One gate per layer. Time comes in as `now`; [`KeyframeGate::poll_timeout`] says when to call back.

use std::time::{Duration, Instant};

/// At most one request in this time reaches the publisher.
pub const INTERVAL: Duration = Duration::from_secs(1);

/// Unanswered requests are repeated this often before the gate falls silent until somebody asks again: a layer that
/// does not answer for 1 + 2 + 4 + 8 s has stopped.
const MAX_REPEATS: u32 = 4;

/// A keyframe is to be asked of the publisher now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// How often the request has been repeated without an answer.
    pub repeat: u32,
}

/// The gate of one layer.
#[derive(Debug, Clone)]
pub struct KeyframeGate {
    interval: Duration,
    asked: Option<Instant>,
    /// Somebody has asked since the last request or keyframe.
    pending: bool,
    /// The last request has not been answered.
    unanswered: bool,
    repeat: u32,
}

impl Default for KeyframeGate {
    fn default() -> Self {
        Self::new(INTERVAL)
    }
}

impl KeyframeGate {
    /// An open gate.
    #[must_use]
    pub const fn new(interval: Duration) -> Self {
        Self { interval, asked: None, pending: false, unanswered: false, repeat: 0 }
    }

    /// A subscriber needs a keyframe. `Some`: ask the publisher now.
    pub fn request(&mut self, now: Instant) -> Option<Ask> {
        self.pending = true;
        // Somebody still waits, so silence is not the end of it.
        if self.repeat >= MAX_REPEATS {
            self.repeat = 0;
        }
        self.handle_timeout(now)
    }

    /// A keyframe began to arrive: everybody who has asked is served.
    pub fn on_keyframe(&mut self, _now: Instant) {
        self.pending = false;
        self.unanswered = false;
        self.repeat = 0;
    }

    /// When [`KeyframeGate::handle_timeout`] wants to be called.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let asked = self.asked?;
        if self.pending {
            return asked.checked_add(self.interval);
        }
        let patience = self.interval.saturating_mul(2_u32.saturating_pow(self.repeat));
        (self.unanswered && self.repeat < MAX_REPEATS).then(|| asked.checked_add(patience))?
    }

    /// Time has passed. `Some`: ask the publisher now.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Ask> {
        let due = match self.poll_timeout() {
            Some(at) => now >= at,
            None => self.pending,
        };
        if !due {
            return None;
        }
        self.repeat = if self.unanswered { self.repeat + 1 } else { 0 };
        self.asked = Some(now);
        self.pending = false;
        self.unanswered = true;
        Some(Ask { repeat: self.repeat })
    }
}

#[cfg(test)]
mod tests;
