//! Arithmetic on time that others have read: clock units of RTP and 64-bit NTP. Nothing here reads a clock.
//!
//! `Instant` is a value that the caller passes in as `now`; NTP timestamps are `u64` with seconds since 1900 in the
//! upper half and the binary fraction in the lower (RFC 5905 §6). NTP wraps in 2036, so differences are taken
//! modulo 2^64 and read as signed.

use std::time::Duration;

/// One second in units of a 64-bit NTP timestamp.
pub const NTP_SECOND: u64 = 1 << 32;

/// A duration in RTP clock units, rounded down; saturates at `u32::MAX`.
#[must_use]
pub fn ticks(duration: Duration, clock_rate_hz: u32) -> u32 {
    let ticks = duration.as_nanos().saturating_mul(u128::from(clock_rate_hz)) / 1_000_000_000;
    u32::try_from(ticks).unwrap_or(u32::MAX)
}

/// A signed difference of two NTP timestamps in RTP clock units, rounded towards minus infinity.
///
/// Exact for every difference: the 64-bit difference spans ±68 years and the product is taken in 128 bits.
#[must_use]
pub fn ntp_ticks(difference: i64, clock_rate_hz: u32) -> i64 {
    let product = i128::from(difference) * i128::from(clock_rate_hz);
    i64::try_from(product >> 32).unwrap_or(0)
}

/// `later - earlier` on the NTP timeline, signed, correct over the era's end.
#[must_use]
pub fn ntp_difference(later: u64, earlier: u64) -> i64 {
    later.wrapping_sub(earlier).cast_signed()
}

/// The middle 32 bits of an NTP timestamp, as receiver reports echo it (RFC 3550 §6.4.1, LSR).
#[must_use]
pub fn ntp_middle(ntp: u64) -> u32 {
    u32::try_from((ntp >> 16) & 0xffff_ffff).unwrap_or(0)
}

#[cfg(test)]
mod tests;
