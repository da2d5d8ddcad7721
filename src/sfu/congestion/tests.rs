//! The estimator over a made-up way, and against receivers that lie. Whole worlds are in `tests/sim`.

use proptest::prelude::*;

use super::super::rtcp::{Rtcp, packets, write_transport_feedback};
use super::super::testing::{ms, start};
use super::*;

/// A way with a queue: each packet takes its time, and feedback comes at once each 50 ms.
struct Way {
    estimator: Estimator,
    begin: Instant,
    now_ms: u64,
    capacity_bps: f64,
    free_ms: f64,
    /// Number and arrival in milliseconds of packets that feedback has not told of.
    pending: Vec<(u16, f64)>,
}

impl Way {
    fn new(capacity_bps: f64) -> Self {
        let begin = start();
        let estimator = Estimator::new(begin);
        Self { estimator, begin, now_ms: 0, capacity_bps, free_ms: 0.0, pending: Vec::new() }
    }

    fn now(&self) -> Instant {
        self.begin + ms(self.now_ms)
    }

    fn send(&mut self, bytes: usize) {
        let number = self.estimator.on_sent(self.now(), bytes);
        self.free_ms = self.free_ms.max(self.now_ms as f64) + bytes as f64 * 8000.0 / self.capacity_bps;
        self.pending.push((number, self.free_ms + 20.0));
    }

    /// Sends this much for some seconds, and padding as asked for.
    fn play(&mut self, seconds: u64, bps: u64) {
        for _ in 0..seconds * 1000 {
            self.now_ms += 1;
            if self.now_ms.is_multiple_of(10) {
                self.send((bps / 800) as usize);
            }
            while let Some(probe) = self.estimator.poll_probe(self.now()) {
                self.send(probe.bytes);
            }
            if self.estimator.poll_timeout().is_some_and(|at| at <= self.now()) {
                self.estimator.handle_timeout(self.now());
            }
            if self.now_ms.is_multiple_of(50) {
                self.feed();
            }
        }
    }

    fn feed(&mut self) {
        let arrived = self.pending.iter().take_while(|(_, at)| *at <= self.now_ms as f64).count();
        let told: Vec<_> = self.pending.drain(..arrived).collect();
        let (Some((base, at)), now) = (told.first().copied(), self.now()) else { return };
        let reference = (at / 64.0) as u32;
        let arrivals: Vec<_> =
            told.iter().map(|(_, at)| Some((at * 1000.0) as i64 - i64::from(reference) * 64_000)).collect();
        feed(&mut self.estimator, now, base, reference, &arrivals);
    }
}

fn feed(estimator: &mut Estimator, now: Instant, base: u16, reference: u32, arrivals: &[Option<i64>]) {
    let mut bytes = Vec::new();
    write_transport_feedback(&mut bytes, (1, 2), base, (reference, 0), arrivals);
    for value in packets(&bytes) {
        if let Rtcp::TransportFeedback(view) = value {
            estimator.handle_feedback(now, &view);
        }
    }
}

#[test]
fn an_estimator_is_small() {
    assert!(size_of::<Estimator>() <= 7168, "{}", size_of::<Estimator>());
}

#[test]
fn a_wide_way_is_found_by_probing_and_no_further_than_wanted() {
    let mut way = Way::new(20e6);
    assert_eq!(way.estimator.target_bps(), START_BPS);
    way.estimator.set_wanted(way.begin, 2_000_000);
    way.play(3, 500_000);
    let target = way.estimator.target_bps();
    assert!((2_000_000..2_700_000).contains(&target), "{target}");
    assert!(way.estimator.rtt().is_some_and(|rtt| rtt < ms(100)));
}

#[test]
fn without_a_wish_there_is_no_padding() {
    let mut way = Way::new(20e6);
    for _ in 0..500 {
        way.play(0, 0);
        way.now_ms += 10;
        way.send(500);
        assert_eq!(way.estimator.poll_probe(way.now()), None);
    }
}

#[test]
fn a_way_that_narrows_is_noticed_within_half_a_second() {
    let mut way = Way::new(20e6);
    way.estimator.set_wanted(way.begin, 1_600_000);
    way.play(5, 1_500_000);
    assert!(way.estimator.target_bps() >= 1_600_000);
    way.capacity_bps = 300_000.0;
    let began = way.now_ms;
    while way.estimator.target_bps() > 400_000 && way.now_ms < began + 3000 {
        way.now_ms += 1;
        if way.now_ms.is_multiple_of(10) {
            way.send(1500 * 10 / 8);
        }
        if way.now_ms.is_multiple_of(50) {
            way.feed();
        }
    }
    let took = way.now_ms - began;
    assert!(took <= 500, "{took} ms");
    assert!(way.estimator.target_bps() > 150_000, "{}", way.estimator.target_bps());
}

#[test]
fn silence_backs_off_and_feedback_ends_it() {
    let mut way = Way::new(20e6);
    way.estimator.set_wanted(way.begin, 600_000);
    way.play(3, 500_000);
    let before = way.estimator.target_bps();
    for _ in 0..300 {
        way.now_ms += 10;
        way.estimator.on_sent(way.now(), 600);
        if way.estimator.poll_timeout().is_some_and(|at| at <= way.now()) {
            way.estimator.handle_timeout(way.now());
        }
    }
    assert!(way.estimator.target_bps() < before / 2, "{}", way.estimator.target_bps());
    way.pending.clear();
    way.free_ms = way.now_ms as f64;
    way.play(8, 100_000);
    assert!(way.estimator.target_bps() > 500_000, "{}", way.estimator.target_bps());
}

#[test]
fn who_sends_nothing_is_not_cut() {
    let mut way = Way::new(20e6);
    way.play(2, 500_000);
    let before = way.estimator.target_bps();
    way.now_ms += 60_000;
    way.estimator.handle_timeout(way.now());
    way.now_ms += 60_000;
    way.estimator.handle_timeout(way.now());
    assert!(way.estimator.target_bps() >= before * 6 / 10);
}

#[test]
fn a_receiver_without_feedback_has_its_own_estimate_or_its_reports() {
    let begin = start();
    let mut estimator = Estimator::new(begin);
    estimator.handle_remb(begin, 900_000);
    assert_eq!(estimator.target_bps(), 900_000);
    estimator.handle_remb(begin, u64::MAX);
    assert_eq!(estimator.target_bps(), MAX_BPS);
    let mut estimator = Estimator::new(begin);
    estimator.set_wanted(begin, 2_000_000);
    (1..30).for_each(|n| estimator.handle_report(begin + ms(n * 1000), 0, Some(ms(80))));
    assert!((1_900_000..2_600_000).contains(&estimator.target_bps()));
    assert_eq!(estimator.rtt(), Some(ms(80)));
    (30..40).for_each(|n| estimator.handle_report(begin + ms(n * 1000), 128, None));
    assert!(estimator.target_bps() < 400_000);
}

/// Sends for some seconds, without feedback; a report comes each second, of packets that came or of none.
fn without_feedback(way: &mut Way, seconds: u64, lost: Option<u8>) -> u32 {
    let mut lowest = u32::MAX;
    for _ in 0..seconds * 100 {
        way.now_ms += 10;
        way.estimator.on_sent(way.now(), 600);
        if way.estimator.poll_timeout().is_some_and(|at| at <= way.now()) {
            way.estimator.handle_timeout(way.now());
        }
        if let Some(lost) = lost.filter(|_| way.now_ms.is_multiple_of(1000)) {
            way.estimator.handle_report(way.now(), lost, Some(ms(50)));
        }
        lowest = lowest.min(way.estimator.target_bps());
    }
    lowest
}

#[test]
fn who_stops_its_feedback_and_goes_on_reporting_is_not_cut_off() {
    let mut way = Way::new(20e6);
    way.estimator.set_wanted(way.begin, 600_000);
    way.play(3, 500_000);
    let before = way.estimator.target_bps();
    // One cut at most, between the last feedback and the report that shows that it has ended.
    let lowest = without_feedback(&mut way, 20, Some(2));
    assert!(lowest >= before * 6 / 10, "{lowest} of {before}");
    assert!(way.estimator.target_bps() >= before, "{} of {before}", way.estimator.target_bps());
    // Its loss counts now.
    without_feedback(&mut way, 10, Some(128));
    assert!(way.estimator.target_bps() < before / 2, "{}", way.estimator.target_bps());
    // Feedback that comes back is better.
    way.pending.clear();
    way.free_ms = way.now_ms as f64;
    way.play(8, 500_000);
    assert!(way.estimator.feedback_seen && way.estimator.target_bps() > 500_000);
    let lowest = without_feedback(&mut way, 10, None);
    assert!(lowest < 100_000, "nothing at all is heard: {lowest}");
}

#[test]
fn loss_that_may_be_weather_leaves_the_least_picture() {
    let mut way = Way::new(20e6);
    way.estimator.set_wanted(way.begin, 600_000);
    way.estimator.set_least(450_000);
    let lowest = without_feedback(&mut way, 60, Some(64));
    assert_eq!(lowest, 450_000, "a quarter");
    let lowest = without_feedback(&mut way, 60, Some(128));
    assert!(lowest < 100_000, "half: {lowest}");
}

#[test]
fn the_receiver_s_estimate_ends_with_the_first_feedback() {
    let mut way = Way::new(20e6);
    way.estimator.handle_remb(way.begin, 100_000);
    way.play(1, 300_000);
    way.estimator.handle_remb(way.now(), 50_000);
    assert!(way.estimator.target_bps() >= 100_000);
}

proptest! {
    /// Whatever receivers claim, the target stays within its bounds, deadlines lie ahead and nothing breaks.
    #[test]
    fn total_on_any_feedback(
        steps in prop::collection::vec(
            (0_u64..3000, 0_u8..6, any::<u16>(), 0_u32..1 << 24, prop::collection::vec(prop::option::of(-9_000_000_i64..9_000_000), 0..30)),
            0..100,
        )
    ) {
        let begin = start();
        let (mut estimator, mut now) = (Estimator::new(begin), begin);
        estimator.set_wanted(now, 3_000_000);
        for (wait, kind, number, reference, arrivals) in steps {
            now += ms(wait);
            match kind {
                0 => (0..number % 300).for_each(|n| { estimator.on_sent(now + ms(u64::from(n)), usize::from(n) * 7); }),
                1 => estimator.handle_remb(now, u64::from(reference) << 8),
                2 => estimator.handle_report(now, number as u8, Some(ms(u64::from(reference)))),
                3 => estimator.handle_timeout(now),
                _ => feed(&mut estimator, now, number % 512, reference, &arrivals),
            }
            let mut asked = 0;
            while let Some(probe) = estimator.poll_probe(now) {
                asked += probe.bytes;
                prop_assert!(asked < 200_000);
            }
            prop_assert!((MIN_BPS..=MAX_BPS).contains(&estimator.target_bps()));
            let _ = (estimator.poll_timeout(), estimator.rtt(), estimator.loss(), estimator.queue_delay());
        }
    }

    /// The same feedback twice is the same as once, but for the time.
    #[test]
    fn repeated_feedback_changes_nothing(arrivals in prop::collection::vec(prop::option::weighted(0.9, 0_i64..60_000), 1..40)) {
        let begin = start();
        let mut estimator = Estimator::new(begin);
        (0..40_u64).for_each(|n| { estimator.on_sent(begin + ms(n), 1000); });
        feed(&mut estimator, begin + ms(100), 0, 1, &arrivals);
        let once = format!("{:?}", (estimator.target_bps(), estimator.rtt(), &estimator.loss, &estimator.trend, &estimator.acked));
        feed(&mut estimator, begin + ms(100), 0, 1, &arrivals);
        let twice = format!("{:?}", (estimator.target_bps(), estimator.rtt(), &estimator.loss, &estimator.trend, &estimator.acked));
        prop_assert_eq!(once, twice);
    }
}
