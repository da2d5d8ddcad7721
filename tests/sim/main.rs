//! Seeded worlds in virtual time: the real cores, a made-up network, and oracles that watch every packet.
//!
//! Each seed is a world: a publisher with its habits, an uplink with its faults, viewers who come when they like. The
//! seeds are fixed and committed: a run is the same everywhere, and a seed that once found a bug stays. A failure
//! names its seed; `media::run(seed)` plays it again.

mod audience;
mod bottleneck;
mod downlink;
mod media;
mod narrow;
mod oracle;
mod publisher;
mod random;
mod receiver;
mod shop;
mod uplink;

/// Worlds of the media plane, split so that the test runner can use more than one core.
fn media_worlds(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        media::run(seed);
    }
}

#[test]
fn media_worlds_first_quarter() {
    media_worlds(0..50);
}

#[test]
fn media_worlds_second_quarter() {
    media_worlds(50..100);
}

#[test]
fn media_worlds_third_quarter() {
    media_worlds(100..150);
}

#[test]
fn media_worlds_fourth_quarter() {
    media_worlds(150..200);
}

/// Worlds in which something was wrong once: a picture begun behind its parameter sets, a viewer waiting for a layer or
/// a source that was no longer there.
#[test]
fn media_worlds_that_found_something() {
    for seed in [202, 368, 910, 1197, 1601, 1691, 2600, 3064, 6905, 18_126] {
        media::run(seed);
    }
}

/// The worlds are not all alike: together they contain everything that the oracles are there for.
#[test]
fn the_worlds_contain_what_they_are_for() {
    let mut seen = oracle::Tally::default();
    for seed in 0..60 {
        seen.add(&media::run(seed));
    }
    seen.assert_rich();
}

/// Shops under a crowd, with crashes; split as above.
fn shop_worlds(seeds: std::ops::Range<u64>) {
    let mut seen = shop::Tally::default();
    for seed in seeds {
        seen.add(&shop::run(seed));
    }
    seen.assert_rich();
}

#[test]
fn shop_worlds_first_half() {
    shop_worlds(0..1_000);
}

#[test]
fn shop_worlds_second_half() {
    shop_worlds(1_000..2_000);
}

/// A thousand members of one show, with losses and crashes.
#[test]
fn audience_worlds() {
    let mut seen = audience::Tally::default();
    for seed in [1, 2, 3] {
        seen.add(&audience::run(seed));
    }
    seen.assert_rich();
}
