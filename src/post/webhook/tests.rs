//! How long an endpoint may keep us away.

use super::{MAX_RETRY_AFTER, retry_after};
use std::time::Duration;

/// Tue, 24 Nov 2026 22:00:00 GMT.
const NOW_MS: u64 = 1_795_557_600_000;

#[test]
fn retry_after_is_seconds_or_a_date_and_never_too_long() {
    for (value, wait) in [
        ("0", Some(Duration::ZERO)),
        (" 120 ", Some(Duration::from_secs(120))),
        ("99999999999999999999999", Some(MAX_RETRY_AFTER)),
        ("Tue, 24 Nov 2026 22:01:30 GMT", Some(Duration::from_secs(90))),
        ("Tue, 24 Nov 2026 21:00:00 GMT", Some(Duration::ZERO)),
        ("Fri, 24 Nov 2090 22:00:00 GMT", Some(MAX_RETRY_AFTER)),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("Thu, 01 Jan 1960 00:00:00 GMT", None),
    ] {
        assert_eq!(retry_after(value, NOW_MS), wait, "{value:?}");
    }
}
