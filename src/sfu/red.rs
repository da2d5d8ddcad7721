//! Redundant sound (RFC 2198): a packet that carries the ones before it as well, so that a lost one is not missed.
//!
//! Sound has no time for a retransmission, and Opus' own in-band redundancy follows the loss on the publisher's way, which is
//! not the subscriber's. So the server repeats, and only where it helps: nothing while nothing is lost, more blocks the
//! more is lost. A receiver takes both forms in turn, since both payload types are agreed upon.

use super::packet::Packet;

/// Blocks in front of the present one, at most.
pub const MOST: usize = 3;

/// RFC 2198 §3: 14 bits of timestamp offset and 10 of length.
const MAX_OFFSET: u32 = (1 << 14) - 1;
const MAX_LENGTH: usize = (1 << 10) - 1;

/// How many packets to repeat for a reported loss in 1/256: so many that what is lost with all its repetitions is less
/// than one in a thousand, as far as losses come alone.
#[must_use]
pub const fn blocks(fraction_lost: u8) -> usize {
    match fraction_lost {
        0..=1 => 0,
        // 3 %: once more is one in a thousand.
        2..=8 => 1,
        // 10 %.
        9..=26 => 2,
        _ => MOST,
    }
}

/// Appends the payload: block headers, the past in its order, the present. `payload_type` is that of the blocks; `past`
/// comes oldest first. What does not fit the fields is left out.
pub fn write<'a>(
    out: &mut Vec<u8>,
    payload_type: u8,
    present: &Packet,
    past: impl Iterator<Item = &'a Packet> + Clone,
) {
    let offset = |packet: &Packet| present.timestamp.wrapping_sub(packet.timestamp);
    let fits = move |packet: &&Packet| (1..=MAX_OFFSET).contains(&offset(packet)) && packet.payload.len() <= MAX_LENGTH;
    for block in past.clone().filter(fits) {
        let field = offset(block) << 10 | block.payload.len() as u32;
        let [_, f0, f1, f2] = field.to_be_bytes();
        out.extend_from_slice(&[0x80 | payload_type, f0, f1, f2]);
    }
    out.push(payload_type & 0x7f);
    past.filter(fits).for_each(|block| out.extend_from_slice(&block.payload));
    out.extend_from_slice(&present.payload);
}

#[cfg(test)]
mod tests;
