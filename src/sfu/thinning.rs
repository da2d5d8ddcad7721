//! What was left out of one run of a subscriber's output: numbers and frames that are closed up, so that what is left out
//! never looks like loss.
//!
//! # Model
//! A packet at the front whose frame is above the temporal layer takes no number: it is **closed**, and everything after
//! it moves up by one; its frame takes no picture id. Whether a frame goes out is decided at its first packet and holds
//! for all. A packet of a frame that is left out but that comes late finds its number left open, because nobody
//! could know what it was; it goes out empty and fills the gap, as late probes do ([`super::ingest`]).
//!
//! # Bounds
//! Both records are windows of [`super::window::WINDOW`] numbers: a second of packets at the least, a minute of frames.
//! What is older is not known any more, and the answer is `None`: never a wrong number.

use super::codec::Codec;
use super::packet::Packet;
use super::temporal::TemporalFilter;
use super::vp8::Vp8Descriptor;
use super::window::{WINDOW, Window};

/// The unwrapped picture id of the first frame: above what a frame that was sent before it can be.
const FIRST_FRAME: u64 = 1 << 16;

/// The record of one run.
#[derive(Debug, Clone)]
pub struct Thinning {
    closed: Window,
    closed_total: u64,
    frames: Window,
    frames_total: u64,
    /// Unwrapped picture id of the newest frame that was decided about.
    newest_frame: Option<u64>,
}

impl Thinning {
    /// The record of a run that nothing was left out of.
    pub const NOTHING: Self = Self::new();

    /// A record of a run that begins.
    #[must_use]
    pub const fn new() -> Self {
        Self { closed: Window::new(), closed_total: 0, frames: Window::new(), frames_total: 0, newest_frame: None }
    }

    /// Another run begins.
    pub fn clear(&mut self) {
        if self.closed_total > 0 || self.frames_total > 0 {
            self.closed.clear();
            self.frames.clear();
        }
        (self.closed_total, self.frames_total, self.newest_frame) = (0, 0, None);
    }

    /// The front has reached this number.
    pub fn advance(&mut self, number: u64) {
        if self.closed_total > 0 {
            self.closed.advance(number);
        }
    }

    /// Takes a number at the front out.
    pub fn close(&mut self, number: u64) {
        self.closed_total += u64::from(self.closed.insert(number));
    }

    /// Whether a number was taken out.
    #[must_use]
    pub fn has_closed(&self, number: u64) -> bool {
        self.closed_total > 0 && self.closed.contains(number)
    }

    /// How many numbers up to this one were taken out; `None` when that is forgotten.
    #[must_use]
    pub fn closed_until(&self, number: u64) -> Option<u64> {
        until(&self.closed, self.closed_total, number)
    }

    /// The number that came to lie `offset` behind the run's `first`; `None` when that is forgotten.
    #[must_use]
    pub fn find(&self, first: u64, offset: u64) -> Option<u64> {
        // The least number that is as far behind `first` as `offset` and the closed before it: approached from below,
        // each round by what the last one jumped over.
        let mut number = first.checked_add(offset)?;
        for _ in 0..WINDOW {
            let next = first.saturating_add(offset).saturating_add(self.closed_above_floor(number));
            if next == number {
                // In the window the count is exact; a closed number there means that the one meant is below it.
                return self.closed_until(number).filter(|_| !self.has_closed(number)).map(|_| number);
            }
            number = next;
        }
        None
    }

    /// Whether the packet belongs to a frame that is left out. Decides when the frame is new.
    pub fn leaves_out(&mut self, packet: &Packet, filter: &mut TemporalFilter) -> bool {
        let Some((frame, descriptor)) = self.frame(packet) else { return false };
        if self.newest_frame.is_some_and(|newest| frame <= newest) {
            return self.frames_total > 0 && self.frames.contains(frame);
        }
        self.newest_frame = Some(frame);
        let left_out = !filter.takes(&descriptor);
        if left_out {
            self.frames_total += u64::from(self.frames.insert(frame));
        } else if self.frames_total > 0 {
            self.frames.advance(frame);
        }
        left_out
    }

    /// How many frames before the packet's were left out, modulo 2^16; `None` when its own is one of them, or that is
    /// forgotten: its picture id is not known.
    #[must_use]
    pub fn frames_until(&self, packet: &Packet) -> Option<u16> {
        if self.frames_total == 0 {
            return Some(0);
        }
        let Some((frame, _)) = self.frame(packet) else { return Some(self.frames_total as u16) };
        let count = until(&self.frames, self.frames_total, frame).filter(|_| !self.frames.contains(frame))?;
        Some(count as u16)
    }

    /// The unwrapped picture id of a packet with temporal layers. Without a picture id or a temporal id nothing is left
    /// out, because nothing could be closed up.
    fn frame(&self, packet: &Packet) -> Option<(u64, Vp8Descriptor)> {
        if packet.codec != Codec::Vp8 {
            return None;
        }
        let descriptor = Vp8Descriptor::parse(&packet.payload)?;
        let (id, _) = descriptor.picture_id.zip(descriptor.temporal_id)?;
        let Some(newest) = self.newest_frame else { return Some((FIRST_FRAME + u64::from(id), descriptor)) };
        // The id nearest to the newest; its difference is sign-extended from its own width.
        let unused = if descriptor.wide_picture_id { 1 } else { 9 };
        let step = (id.wrapping_sub(newest as u16) << unused).cast_signed() >> unused;
        Some((newest.saturating_add_signed(i64::from(step)), descriptor))
    }

    /// Like [`Self::closed_until`], but counting what is forgotten as being below.
    fn closed_above_floor(&self, number: u64) -> u64 {
        self.closed_total.saturating_sub(self.closed.count_above(number))
    }
}

impl Default for Thinning {
    fn default() -> Self {
        Self::new()
    }
}

/// How many of a record's numbers are not above this one.
fn until(window: &Window, total: u64, number: u64) -> Option<u64> {
    if total == 0 {
        return Some(0);
    }
    let known = window.highest().is_none_or(|highest| number > highest) || window.covers(number);
    known.then(|| total.saturating_sub(window.count_above(number)))
}

#[cfg(test)]
mod tests;
