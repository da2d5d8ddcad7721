//! Up slowly, down at once, never to nothing.

use super::*;

const SEEN: Observation = Observation {
    usage: Usage::Normal,
    standing_ms: 0.0,
    acked_bps: Some(1_000_000),
    acked_now_bps: Some(1_000_000),
    sent_bps: Some(1_500_000),
    rtt_us: 50_000,
};

#[test]
fn grows_by_a_fraction_a_second_and_no_further_than_was_tried() {
    let mut aimd = Aimd::new(1_000_000);
    (1..=10_u64).for_each(|n| assert!(!aimd.update(n * 100_000, &SEEN)));
    assert!((1_070_000.0..1_090_000.0).contains(&aimd.target_bps()), "{}", aimd.target_bps());
    (11..=600_u64).for_each(|n| assert!(!aimd.update(n * 100_000, &SEEN)));
    assert!(aimd.target_bps() <= 1_211_000.0);
    aimd.set_target(3e6);
    aimd.update(70_000_000, &SEEN);
    assert!(aimd.target_bps() >= 3e6, "what was measured is not given back");
}

#[test]
fn a_full_way_leaves_a_part_of_what_gets_through_now() {
    let mut aimd = Aimd::new(2_000_000);
    let full = Observation { usage: Usage::Over, standing_ms: 200.0, acked_now_bps: Some(300_000), ..SEEN };
    assert!(aimd.update(100_000, &full));
    assert!((aimd.target_bps() - 255_000.0).abs() < 1.0);
    let fuller = Observation { acked_bps: Some(200_000), acked_now_bps: Some(50_000), ..full };
    assert!(!aimd.update(200_000, &fuller), "its effect is not seen yet");
    assert!(aimd.update(400_000, &fuller));
    assert!((aimd.target_bps() - 170_000.0).abs() < 1.0, "by the long look");
}

#[test]
fn a_trend_without_a_queue_takes_a_part_of_the_target() {
    let mut aimd = Aimd::new(2_000_000);
    assert!(aimd.update(
        100_000,
        &Observation { usage: Usage::Over, acked_bps: Some(190_000), sent_bps: Some(190_000), ..SEEN }
    ));
    assert!((aimd.target_bps() - 1_700_000.0).abs() < 1.0);
}

#[test]
fn a_queue_that_others_fill_ends_at_what_gets_through() {
    let mut aimd = Aimd::new(1_000_000);
    let seen = Observation {
        usage: Usage::Over,
        standing_ms: 200.0,
        acked_bps: Some(200_000),
        acked_now_bps: Some(60_000),
        sent_bps: Some(200_000),
        ..SEEN
    };
    assert!(aimd.update(1_000_000, &seen));
    assert!((aimd.target_bps() - 850_000.0).abs() < 1.0);
    (2..60_u64).for_each(|n| {
        aimd.update(n * 1_000_000, &seen);
    });
    assert!((170_000.0..=200_000.0).contains(&aimd.target_bps()), "{}", aimd.target_bps());
}

#[test]
fn a_draining_queue_holds() {
    let mut aimd = Aimd::new(700_000);
    aimd.update(5_000_000, &Observation { usage: Usage::Under, ..SEEN });
    assert!((aimd.target_bps() - 700_000.0).abs() < 1.0);
}

#[test]
fn near_the_known_capacity_the_steps_are_small() {
    let mut aimd = Aimd::new(1_200_000);
    let full = Observation { usage: Usage::Over, standing_ms: 200.0, ..SEEN };
    aimd.update(100_000, &full);
    aimd.set_target(1_000_000.0);
    aimd.update(1_100_000, &SEEN);
    let step = aimd.target_bps() - 1_000_000.0;
    assert!((30_000.0..70_000.0).contains(&step), "{step}");
}

#[test]
fn never_to_nothing_nor_beyond() {
    let mut aimd = Aimd::new(100_000);
    let none = Observation {
        usage: Usage::Over,
        standing_ms: 900.0,
        acked_bps: Some(0),
        acked_now_bps: None,
        sent_bps: Some(9),
        ..SEEN
    };
    (1..100_u64).for_each(|n| {
        aimd.update(n * 1_000_000, &none);
    });
    assert!((aimd.target_bps() - f64::from(MIN_BPS)).abs() < 1.0);
    aimd.raise(0, 1e12);
    assert!((aimd.target_bps() - f64::from(MAX_BPS)).abs() < 1.0);
}
