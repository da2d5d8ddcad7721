//! Only `src/clock.rs` reads a clock or draws an id from one. `.clippy.toml` forbids the same by type; this catches it
//! also where clippy does not look, and without a build.

use crate::{names::names, tree::Source};

pub(crate) const WHY: &str = "everything else takes `now` as an argument and can be tested in virtual time; ids are minted by \
     shells through `clock::uuid()`, because a UUIDv7 holds the time";

/// The one file that may.
const CLOCK: &str = "src/clock.rs";

/// Ends of paths that read a clock.
const CALLS: &[&str] =
    &["Instant::now", "SystemTime::now", "Utc::now", "Local::now", "Uuid::now_v7", "Uuid::now_v1", "Uuid::now_v6"];

/// Complaints about clock reads outside the clock.
pub(crate) fn check(source: &Source) -> Vec<String> {
    if source.path == CLOCK {
        return Vec::new();
    }
    let found = names(source);
    let reads = found
        .iter()
        .filter(|named| CALLS.iter().any(|call| format!("::{}", named.text()).ends_with(&format!("::{call}"))));
    reads.map(|named| source.at(named.line, &format!("`{}` belongs in {CLOCK}", named.text()))).collect()
}

#[test]
fn a_clock_read_is_caught() {
    let bad =
        "fn f() { let a = std::time::Instant::now(); let b = tokio::time::Instant::now(); g!(uuid::Uuid::now_v7()); }";
    assert_eq!(check(&Source::new("src/show/actor.rs", bad)).len(), 3);
    assert_eq!(check(&Source::new("src/show/actor/tests.rs", "fn f() { Instant::now() }")).len(), 1);
}

#[test]
fn the_clock_and_its_users_pass() {
    assert_eq!(check(&Source::new(CLOCK, "fn f() { Instant::now() }")), [""; 0]);
    assert_eq!(check(&Source::new("src/show/actor.rs", "fn f(now: Instant) { clock::monotonic() }")), [""; 0]);
}
