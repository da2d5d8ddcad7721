//! Trains: when, how long, and what they prove.

use super::*;

/// Plays one train from `now_us` on through a way of this capacity, polled each 5 ms, without media; gives the time at
/// which it was judged and the verdict.
fn train(
    prober: &mut Prober,
    now_us: &mut u64,
    next: &mut u64,
    target_bps: f64,
    capacity_bps: f64,
) -> (u32, Option<f64>) {
    let (mut free_us, mut arrivals, mut rate) = (0.0_f64, Vec::new(), 0);
    for _ in 0..60 {
        while let Some(probe) = prober.poll(*now_us, *next, target_bps, true) {
            rate = probe.rate_bps;
            for bytes in [probe.bytes / 2, probe.bytes - probe.bytes / 2] {
                prober.on_sent(bytes);
                free_us = free_us.max(*now_us as f64) + bytes as f64 * 8e6 / capacity_bps;
                arrivals.push((Arrived { number: *next, sent_us: *now_us, bytes, was_missing: false }, free_us as i64));
                *next += 1;
            }
        }
        *now_us += 5000;
    }
    for (packet, arrived_us) in &arrivals {
        assert!(prober.covers(packet.number));
        prober.arrived(packet, *arrived_us);
    }
    let verdict = prober.judge(*now_us, *next - 1, target_bps);
    assert!(prober.train.is_none());
    (rate, verdict)
}

#[test]
fn doubles_what_is_carried_and_ends_where_it_is_of_use() {
    let (mut prober, mut now_us, mut next, mut target) = (Prober::new(), 0, 0, 500_000.0);
    prober.set_wanted(0, 1_500_000);
    for expected in [1_000_000, 1_950_000] {
        let (rate, verdict) = train(&mut prober, &mut now_us, &mut next, target, 1e8);
        assert_eq!(rate, expected);
        let proved = verdict.expect("carried");
        assert!(proved > 0.85 * f64::from(rate) && proved < 1.15 * f64::from(rate), "{proved} of {rate}");
        target = f64::from(expected);
        now_us += AFTER_SUCCESS_US;
    }
    assert_eq!(prober.poll(now_us, next, target, true), None);
    assert_eq!(prober.deadline_us(now_us, target), None);
}

#[test]
fn a_full_way_is_measured_and_the_next_train_waits() {
    let (mut prober, mut now_us, mut next) = (Prober::new(), 0, 0);
    prober.set_wanted(0, 3_000_000);
    let (_, verdict) = train(&mut prober, &mut now_us, &mut next, 600_000.0, 800_000.0);
    let proved = verdict.expect("more than the target");
    assert!((640_000.0..800_000.0).contains(&proved), "{proved}");
    let (_, verdict) = train(&mut prober, &mut now_us, &mut next, 600_000.0, 800_000.0);
    assert_eq!(verdict, None, "too early");
    assert_eq!(prober.deadline_us(now_us, 600_000.0), Some(prober.next_us));
    assert!(prober.next_us > now_us + 700_000);
}

#[test]
fn nothing_is_sent_when_nothing_more_is_wanted_or_it_is_not_the_time() {
    let mut prober = Prober::new();
    assert_eq!(prober.poll(0, 0, 500_000.0, true), None);
    prober.set_wanted(0, 1_500_000);
    assert_eq!(prober.poll(0, 0, 500_000.0, false), None);
    prober.hold(0);
    assert_eq!(prober.poll(1000, 0, 500_000.0, true), None);
    assert!(prober.poll(AFTER_FAILURE_US, 0, 500_000.0, true).is_some());
}

#[test]
fn padding_that_is_never_sent_is_not_asked_for_again_and_again() {
    let mut prober = Prober::new();
    prober.set_wanted(0, 1_500_000);
    let asked: usize = (0..100_u64).filter_map(|n| prober.poll(n * 1000, 0, 500_000.0, true)).map(|p| p.bytes).sum();
    assert!(asked < 20_000, "{asked}");
    assert!(prober.train.is_none());
    assert!(prober.next_us > 1_000_000);
}

#[test]
fn a_train_whose_feedback_is_lost_is_given_up() {
    let mut prober = Prober::new();
    prober.set_wanted(0, 1_500_000);
    assert!(prober.poll(0, 7, 500_000.0, true).is_some());
    prober.on_sent(1200);
    assert_eq!(prober.poll(200_000, 8, 500_000.0, true), None);
    let at = prober.deadline_us(200_000, 500_000.0).expect("waits");
    prober.handle_timeout(at - 1);
    assert!(prober.train.is_some());
    prober.handle_timeout(at);
    assert!(prober.train.is_none());
}

/// Sends a train of ten packets; the time of its end.
fn sent(prober: &mut Prober, target_bps: f64) -> u64 {
    let mut next = 0;
    for now_us in (0..100_000).step_by(10_000) {
        while prober.poll(now_us, next, target_bps, true).is_some() {}
        prober.on_sent(700);
        next += 1;
    }
    assert_eq!(prober.poll(100_000, next, target_bps, true), None);
    assert!(prober.train.as_ref().is_some_and(|train| train.last == Some(9)));
    100_000
}

#[test]
fn without_a_picture_a_train_is_judged_by_what_feedback_tells_of_it() {
    // Of none: the next comes soon, and the pauses are as they were.
    let mut prober = Prober::new();
    prober.set_wanted(0, 1_500_000);
    prober.set_least(400_000);
    let now_us = sent(&mut prober, 300_000.0);
    assert_eq!(prober.judge(now_us, 20, 300_000.0), None);
    assert_eq!((prober.next_us, prober.pause_us), (now_us + AFTER_UNTOLD_US, AFTER_FAILURE_US));
    // Of half, which arrived: that is enough. Where nearly as many are missing, they were too many.
    for (missing, carried) in [(0, true), (1, true), (4, false)] {
        let mut prober = Prober::new();
        prober.set_wanted(0, 1_500_000);
        prober.set_least(400_000);
        let now_us = sent(&mut prober, 300_000.0);
        for number in 0..6_u64 {
            let packet = Arrived { number, sent_us: number * 10_000, bytes: 700, was_missing: false };
            prober.arrived(&packet, number as i64 * 10_000);
        }
        (6..6 + missing).for_each(|number| prober.missing(number));
        assert_eq!(prober.judge(now_us, 20, 300_000.0).is_some(), carried, "{missing} missing");
    }
}

#[test]
fn without_even_the_least_picture_trains_come_sooner_and_show_what_it_needs() {
    let mut prober = Prober::new();
    prober.set_wanted(0, 1_500_000);
    (prober.next_us, prober.pause_us) = (AFTER_FAILURE_MAX_US, AFTER_FAILURE_MAX_US);
    assert_eq!(prober.poll(0, 0, 90_000.0, true), None);
    assert_eq!(prober.next_us, AFTER_FAILURE_MAX_US);
    prober.set_least(400_000);
    assert_eq!(prober.poll(0, 0, 90_000.0, true), None);
    assert_eq!(prober.next_us, AFTER_FAILURE_US);
    assert_eq!(prober.poll(AFTER_FAILURE_US, 0, 90_000.0, true).map(|probe| probe.rate_bps), Some(500_000));
}
