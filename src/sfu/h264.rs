//! What forwarding reads of an H.264 payload: does a decoder find here what it needs to begin (RFC 6184 §5)?
//!
//! Total on any bytes, and never looks beyond the NAL unit headers.

/// Coded slice of an IDR picture.
const IDR: u8 = 5;
/// Sequence parameter set.
const SPS: u8 = 7;
/// Single-time aggregation packet without decoding order number.
const STAP_A: u8 = 24;
/// Fragmentation unit without decoding order number.
const FU_A: u8 = 28;
/// The start bit of a fragmentation unit's header.
const FU_START: u8 = 0x80;

/// Whether the payload carries a sequence parameter set or begins an IDR slice.
///
/// Encoders send the parameter sets in front of the IDR picture, most often in a small packet of their own; a
/// decoder that begins at the slice has no parameters. So where [`has_sps`] is true, begin there; this function
/// also accepts the slice for streams whose parameters come out of band.
#[must_use]
pub fn is_keyframe_start(payload: &[u8]) -> bool {
    starts_any(payload, |nal| nal == SPS || nal == IDR)
}

/// Whether the payload carries a sequence parameter set.
#[must_use]
pub fn has_sps(payload: &[u8]) -> bool {
    starts_any(payload, |nal| nal == SPS)
}

/// Whether the payload begins a slice of an IDR picture.
#[must_use]
pub fn has_idr_start(payload: &[u8]) -> bool {
    starts_any(payload, |nal| nal == IDR)
}

/// Whether any NAL unit that begins in this payload is of a wanted type.
fn starts_any(payload: &[u8], wanted: impl Fn(u8) -> bool) -> bool {
    let Some((indicator, rest)) = payload.split_first() else { return false };
    match indicator & 0x1f {
        STAP_A => aggregated(rest).any(wanted),
        FU_A => rest.first().is_some_and(|header| header & FU_START != 0 && wanted(header & 0x1f)),
        nal => wanted(nal),
    }
}

/// The types of the NAL units inside an aggregation packet; ends at the first size that does not fit.
fn aggregated(mut units: &[u8]) -> impl Iterator<Item = u8> + '_ {
    std::iter::from_fn(move || {
        let (size, rest) = units.split_first_chunk::<2>()?;
        let (unit, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*size)))?;
        units = rest;
        unit.first().map(|header| header & 0x1f)
    })
}

#[cfg(test)]
mod tests;
