//! Loss from a full queue, loss from the weather.

use super::*;

/// Plays seconds of sending at the bound (at most `wish_bps`), with a loss that depends on the rate; gives the last bound.
fn play(loss: &mut Loss, seconds: u64, wish_bps: f64, lose: impl Fn(f64) -> f64) -> f64 {
    let (mut debt, mut sent_bps) = (0.0, wish_bps);
    let mut now_us = loss.since_us.unwrap_or(0);
    for _ in 0..seconds * 10 {
        let packets = (sent_bps / 9600.0 / 10.0).max(1.0) as u32;
        for _ in 0..packets {
            debt += lose(sent_bps);
            if debt >= 1.0 {
                debt -= 1.0;
                loss.missing();
            } else {
                loss.arrived(1200, false);
            }
        }
        now_us += 100_000;
        loss.update(now_us, wish_bps);
        sent_bps = loss.bound_bps().map_or(wish_bps, |bound| bound.min(wish_bps));
    }
    sent_bps
}

#[test]
fn little_loss_binds_nothing() {
    let mut loss = Loss::new();
    play(&mut loss, 30, 1_500_000.0, |_| 0.04);
    assert_eq!(loss.bound_bps(), None);
    assert!((0.02..0.06).contains(&loss.fraction()));
}

#[test]
fn a_policer_is_found_by_its_loss() {
    let mut loss = Loss::new();
    let reached = play(&mut loss, 20, 2_000_000.0, |bps| (1.0 - 500_000.0 / bps).max(0.0));
    assert!((350_000.0..800_000.0).contains(&reached), "{reached}");
}

#[test]
fn weather_costs_one_dip() {
    let mut loss = Loss::new();
    let reached = play(&mut loss, 60, 1_500_000.0, |_| 0.25);
    assert!(reached > 1_000_000.0, "{reached}");
    assert!(loss.inherent > 0.1);
    play(&mut loss, 60, 1_500_000.0, |_| 0.0);
    assert!(loss.inherent < 0.02, "the weather has changed");
}

#[test]
fn a_few_packets_more_than_a_tenth_are_chance() {
    let mut loss = Loss::new();
    loss.update(0, 1e6);
    (0..5).for_each(|_| loss.missing());
    (0..25).for_each(|_| loss.arrived(1200, false));
    loss.update(400_000, 1e6);
    assert_eq!(loss.bound_bps(), None, "a sixth of thirty");
}

#[test]
fn loss_of_half_is_never_weather() {
    let mut loss = Loss::new();
    let reached = play(&mut loss, 30, 1_500_000.0, |_| 0.5);
    assert!(reached < 200_000.0, "{reached}");
}

#[test]
fn what_arrives_after_all_is_not_lost() {
    let mut loss = Loss::new();
    loss.update(0, 1e6);
    (0..20).for_each(|_| loss.missing());
    (0..20).for_each(|_| loss.arrived(1200, true));
    (0..20).for_each(|_| loss.arrived(1200, false));
    loss.update(400_000, 1e6);
    assert_eq!((loss.fraction(), loss.bound_bps()), (0.0, None));
}

#[test]
fn reports_do_when_there_is_nothing_better() {
    let mut loss = Loss::new();
    (1..6_u64).for_each(|n| loss.report(n * 1_000_000, 128, 1_000_000.0));
    assert!(loss.bound_bps().is_some_and(|bound| bound < 500_000.0), "{:?}", loss.bound_bps());
}
