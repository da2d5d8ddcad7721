//! Which frames of a temporally layered stream a subscriber gets: down at any frame, up where a decoder can follow.
//!
//! A frame above the base may refer to earlier frames of its own layer. One with the layer-sync bit refers to the base
//! layer only (RFC 7741 §4.2, Y), so a decoder that was without its layer can begin there; at a keyframe it can begin
//! with everything. Layers are taken up one at a time, because a frame refers to all below it. An encoder that never
//! sets the bit would keep a subscriber low for ever: after `PATIENCE` base frames the next one will do.

use super::vp8::Vp8Descriptor;

/// Base frames that a layer-sync frame is waited for: some two seconds with three layers at 30 frames/s. Encoders that
/// set the bit do so every few of them.
const PATIENCE: u8 = 16;

/// One subscriber's choice of temporal layers.
#[derive(Debug, Clone)]
pub struct TemporalFilter {
    limit: u8,
    /// The highest temporal id that goes out now.
    reached: u8,
    waited: u8,
}

impl Default for TemporalFilter {
    fn default() -> Self {
        Self::new()
    }
}

impl TemporalFilter {
    /// A filter that lets everything through.
    #[must_use]
    pub const fn new() -> Self {
        Self { limit: u8::MAX, reached: u8::MAX, waited: 0 }
    }

    /// The highest temporal id that is wanted.
    pub fn set_limit(&mut self, limit: u8) {
        self.limit = limit;
    }

    /// The decoder begins anew.
    pub fn restart(&mut self) {
        (self.reached, self.waited) = (self.limit, 0);
    }

    /// Whether a frame goes out. To be asked once per frame, in their order, with any of its packets.
    pub fn takes(&mut self, frame: &Vp8Descriptor) -> bool {
        let Some(id) = frame.temporal_id else { return true };
        self.reached = self.reached.min(self.limit);
        if frame.keyframe {
            self.restart();
        } else if self.reached == self.limit {
            self.waited = 0;
        } else if id > 0 && id == self.reached + 1 && frame.layer_sync {
            self.reached = id;
        } else if id == 0 {
            self.waited += 1;
            if self.waited >= PATIENCE {
                self.restart();
            }
        }
        id <= self.reached
    }
}

#[cfg(test)]
mod tests;
