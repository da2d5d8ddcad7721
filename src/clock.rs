//! The one file that reads a clock.
//!
//! Everything else takes `now` as an argument, so that it can be tested in virtual time. Two clocks exist because
//! they answer different questions: [`monotonic`] orders things and never jumps; [`unix_ms`] and [`ntp64`] say what
//! a calendar, a database row or a sender report wants to know.

#![allow(clippy::disallowed_methods, reason = "this is the one file that may")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Seconds from the NTP era (1900) to the Unix epoch (1970), RFC 5905 §6.
const NTP_UNIX_OFFSET_S: u64 = 2_208_988_800;

/// The monotonic instant now.
#[must_use]
pub fn monotonic() -> Instant {
    Instant::now()
}

/// Wall-clock time in milliseconds since the Unix epoch; 0 on a machine whose clock is set before 1970.
#[must_use]
pub fn unix_ms() -> u64 {
    u64::try_from(since_epoch().as_millis()).unwrap_or(u64::MAX)
}

/// Wall-clock time in nanoseconds since the Unix epoch, as the kernel stamps datagrams; 0 before 1970.
#[must_use]
pub fn unix_ns() -> u64 {
    u64::try_from(since_epoch().as_nanos()).unwrap_or(u64::MAX)
}

/// Wall-clock time as a 64-bit NTP timestamp: seconds since 1900 in the upper half, the fraction in the lower.
#[must_use]
pub fn ntp64() -> u64 {
    let t = since_epoch();
    let seconds = t.as_secs().wrapping_add(NTP_UNIX_OFFSET_S);
    let fraction = (u64::from(t.subsec_nanos()) << 32) / 1_000_000_000;
    (seconds << 32) | fraction
}

/// A new id: a UUIDv7 (RFC 9562 §5.7), whose first 48 bits are the time, so that ids made later sort later (also within
/// one millisecond, on this machine).
#[must_use]
pub fn uuid() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
