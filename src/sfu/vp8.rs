//! The VP8 payload descriptor (RFC 7741 §4.2): read for keyframes and continuity, rewritten in place.
//!
//! Receivers use the picture id and TL0PICIDX to tell which frames depend on which, so both must go on counting over
//! a switch of layer or source. They are rewritten at their own width: the payload never changes its length.

/// Fields that must stay continuous, as the rewriter wants them. `None` leaves the field as the publisher wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vp8Ids {
    /// 15 bits; a publisher that writes 7 gets the lower 7.
    pub picture_id: Option<u16>,
    /// Counts the frames of the base temporal layer.
    pub tl0_pic_idx: Option<u8>,
}

/// A parsed payload descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vp8Descriptor {
    /// This packet begins a partition.
    pub start_of_partition: bool,
    /// The partition's index.
    pub partition: u8,
    /// No other frame depends on this one.
    pub non_reference: bool,
    /// 7 or 15 bits.
    pub picture_id: Option<u16>,
    /// Whether the picture id has 15 bits.
    pub wide_picture_id: bool,
    /// Counts the frames of the base temporal layer.
    pub tl0_pic_idx: Option<u8>,
    /// Temporal layer, 0 to 3.
    pub temporal_id: Option<u8>,
    /// The frame depends on the base layer only.
    pub layer_sync: bool,
    /// Temporal key frame index, 0 to 31.
    pub key_idx: Option<u8>,
    /// The frame is a keyframe. Known only where the frame starts; false elsewhere.
    pub keyframe: bool,
    /// Where the descriptor ends and the VP8 payload begins.
    pub length: usize,
    picture_id_at: usize,
    tl0_at: usize,
}

impl Vp8Descriptor {
    /// Reads the descriptor; `None` when the payload is too short for what its flags announce.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let mut at = 1;
        let mut d = Self {
            start_of_partition: first & 0x10 != 0,
            partition: first & 0x07,
            non_reference: first & 0x20 != 0,
            picture_id: None,
            wide_picture_id: false,
            tl0_pic_idx: None,
            temporal_id: None,
            layer_sync: false,
            key_idx: None,
            keyframe: false,
            length: 1,
            picture_id_at: 0,
            tl0_at: 0,
        };
        if first & 0x80 != 0 {
            let extension = *payload.get(at)?;
            at += 1;
            if extension & 0x80 != 0 {
                at = d.read_picture_id(payload, at)?;
            }
            if extension & 0x40 != 0 {
                d.tl0_pic_idx = Some(*payload.get(at)?);
                d.tl0_at = at;
                at += 1;
            }
            if extension & 0x30 != 0 {
                let byte = *payload.get(at)?;
                at += 1;
                if extension & 0x20 != 0 {
                    d.temporal_id = Some(byte >> 6);
                    d.layer_sync = byte & 0x20 != 0;
                }
                d.key_idx = (extension & 0x10 != 0).then_some(byte & 0x1f);
            }
        }
        d.length = at;
        // RFC 7741 §4.3: the lowest bit of the first payload byte is the inverse key frame flag.
        d.keyframe = d.is_frame_start() && payload.get(at).is_some_and(|byte| byte & 0x01 == 0);
        Some(d)
    }

    /// The first packet of a frame: start of its partition zero.
    #[must_use]
    pub const fn is_frame_start(&self) -> bool {
        self.start_of_partition && self.partition == 0
    }

    fn read_picture_id(&mut self, payload: &[u8], at: usize) -> Option<usize> {
        let high = *payload.get(at)?;
        self.picture_id_at = at;
        if high & 0x80 == 0 {
            self.picture_id = Some(u16::from(high));
            return Some(at + 1);
        }
        let low = *payload.get(at + 1)?;
        self.wide_picture_id = true;
        self.picture_id = Some(u16::from_be_bytes([high & 0x7f, low]));
        Some(at + 2)
    }
}

/// Whether the payload is the first of a keyframe.
#[must_use]
pub fn is_keyframe_start(payload: &[u8]) -> bool {
    Vp8Descriptor::parse(payload).is_some_and(|descriptor| descriptor.keyframe)
}

/// Writes the ids over the payload's own, in place and at their own width.
///
/// Returns false, with the payload untouched, when the descriptor cannot be read or lacks a field that is to be set.
#[must_use]
pub fn rewrite(payload: &mut [u8], ids: Vp8Ids) -> bool {
    let Some(d) = Vp8Descriptor::parse(payload) else { return false };
    if ids.picture_id.is_some() && d.picture_id.is_none() || ids.tl0_pic_idx.is_some() && d.tl0_pic_idx.is_none() {
        return false;
    }
    if let Some(id) = ids.picture_id {
        let [high, low] = id.to_be_bytes();
        match payload.get_mut(d.picture_id_at..) {
            Some([first, second, ..]) if d.wide_picture_id => (*first, *second) = (high | 0x80, low),
            Some([first, ..]) => *first = low & 0x7f,
            _ => return false,
        }
    }
    if let Some(index) = ids.tl0_pic_idx
        && let Some(byte) = payload.get_mut(d.tl0_at)
    {
        *byte = index;
    }
    true
}

#[cfg(test)]
mod tests;
