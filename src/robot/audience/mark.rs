//! The mark at the end of every payload that a robot publishes: which packet it is, and when it was sent.
//!
//! At the end, because a server may rewrite what stands in front (VP8's picture id); what is padded behind it is taken
//! away by whoever reads the RTP header.

/// Bytes of a mark.
pub(super) const LENGTH: usize = 24;

const MAGIC: u32 = 0x5175_696f;

/// The layer number of sound.
pub(super) const SOUND: u8 = 0xff;

/// A mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// The layer, the lowest 0; [`SOUND`] for sound.
    pub(super) layer: u8,
    /// The packet belongs to a keyframe.
    pub(super) keyframe: bool,
    /// The packet's running number in its layer.
    pub(super) number: u32,
    /// When it was sent: nanoseconds since the Unix epoch by this machine's clock.
    pub(super) sent_ns: u64,
}

impl Mark {
    /// Writes the mark at the end of `payload`, which is extended by [`LENGTH`].
    pub(super) fn append(self, payload: &mut Vec<u8>) {
        payload.extend_from_slice(&MAGIC.to_be_bytes());
        payload.extend_from_slice(&[self.layer, u8::from(self.keyframe), 0, 0]);
        payload.extend_from_slice(&self.number.to_be_bytes());
        payload.extend_from_slice(&self.sent_ns.to_be_bytes());
        payload.extend_from_slice(&(!MAGIC).to_be_bytes());
    }

    /// Reads the mark at the end of a payload; `None` if it has none.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let mark: &[u8; LENGTH] = payload.last_chunk()?;
        let word = |at: usize| Some(u32::from_be_bytes(*mark.get(at..)?.first_chunk()?));
        if word(0)? != MAGIC || word(20)? != !MAGIC {
            return None;
        }
        let [_, _, _, _, layer, keyframe, ..] = *mark;
        let sent_ns = u64::from_be_bytes(*mark.get(12..)?.first_chunk()?);
        Some(Self { layer, keyframe: keyframe == 1, number: word(8)?, sent_ns })
    }
}

#[cfg(test)]
mod tests;
