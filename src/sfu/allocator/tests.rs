//! The ladder, its margins, and what is remembered of steps that failed.

use proptest::prelude::*;

use super::super::testing::{ms, start};
use super::*;

const AUDIO: u32 = 40_000;
const ALL: u8 = TEMPORAL_LAYERS as u8 - 1;

const fn rate(layer: u8, temporal: u8, bps: u32) -> LayerRate {
    LayerRate { layer: LayerId(layer), temporal, bps, alive: true }
}

/// Three layers without temporal ones.
const PLAIN: [LayerRate; 3] = [rate(0, 0, 150_000), rate(1, 0, 500_000), rate(2, 0, 1_500_000)];

/// The same with temporal layers of 40, 60 and 100 %.
const TEMPORAL: [LayerRate; 9] = [
    rate(0, 0, 60_000),
    rate(0, 1, 90_000),
    rate(0, 2, 150_000),
    rate(1, 0, 200_000),
    rate(1, 1, 300_000),
    rate(1, 2, 500_000),
    rate(2, 0, 600_000),
    rate(2, 1, 900_000),
    rate(2, 2, 1_500_000),
];

struct Viewer {
    allocator: Allocator,
    now: Instant,
    limit: u8,
    rates: Vec<LayerRate>,
}

impl Viewer {
    fn new(rates: &[LayerRate]) -> Self {
        Self { allocator: Allocator::new(), now: start(), limit: 2, rates: rates.to_vec() }
    }

    fn at(&mut self, target_bps: u32) -> (Option<u8>, u8, Why) {
        let offer = Offer { target_bps, audio_bps: AUDIO, limit: LayerId(self.limit), rates: &self.rates };
        let got = self.allocator.allocate(self.now, &offer);
        (got.layer.map(|layer| layer.0), got.temporal, got.reason)
    }

    /// The last answer of this much time with a target.
    fn stay(&mut self, target_bps: u32, time_ms: u64) -> (Option<u8>, u8, Why) {
        for _ in 0..time_ms / 50 {
            self.now += ms(50);
            self.at(target_bps);
        }
        self.at(target_bps)
    }
}

#[test]
fn the_first_choice_is_what_fits_after_the_sound() {
    assert_eq!(Viewer::new(&PLAIN).at(600_000), (Some(1), ALL, Why::Bandwidth));
    assert_eq!(Viewer::new(&PLAIN).at(1_540_000), (Some(2), ALL, Why::Best));
    assert_eq!(Viewer::new(&PLAIN).at(1_539_000), (Some(1), ALL, Why::Bandwidth));
    assert_eq!(Viewer::new(&PLAIN).at(50_000), (Some(0), ALL, Why::Squeezed));
    assert_eq!(Viewer::new(&[]).at(5_000_000), (None, 0, Why::NoLayer));
}

#[test]
fn temporal_steps_come_before_a_smaller_picture_but_never_a_quarter_of_the_frames() {
    let mut viewer = Viewer::new(&TEMPORAL);
    assert_eq!(viewer.at(1_600_000), (Some(2), ALL, Why::Best));
    assert_eq!(viewer.at(1_000_000), (Some(2), 1, Why::Bandwidth));
    assert_eq!(viewer.at(700_000), (Some(1), ALL, Why::Bandwidth));
    assert_eq!(viewer.at(400_000), (Some(1), 1, Why::Bandwidth));
    assert_eq!(viewer.at(250_000), (Some(0), ALL, Why::Bandwidth));
    assert_eq!(viewer.at(135_000), (Some(0), 1, Why::Bandwidth));
    assert_eq!(viewer.at(100_000), (Some(0), 0, Why::Bandwidth));
}

#[test]
fn up_takes_a_margin_that_lasts() {
    let mut viewer = Viewer::new(&PLAIN);
    viewer.at(600_000);
    assert_eq!(viewer.stay(1_700_000, 5000), (Some(1), ALL, Why::Bandwidth), "fits without a margin");
    assert_eq!(viewer.stay(1_800_000, 500), (Some(1), ALL, Why::Settling));
    assert_eq!(viewer.at(1_600_000).2, Why::Bandwidth);
    assert_eq!(viewer.stay(1_800_000, 500).0, Some(1), "not without a break");
    assert_eq!(viewer.stay(1_800_000, 400), (Some(2), ALL, Why::Best));
}

#[test]
fn down_is_at_once_but_not_for_a_little() {
    let mut viewer = Viewer::new(&PLAIN);
    viewer.at(2_000_000);
    assert_eq!(viewer.at(1_400_000).0, Some(2));
    assert_eq!(viewer.at(1_300_000), (Some(1), ALL, Why::Bandwidth));
    assert_eq!(viewer.at(300_000), (Some(0), ALL, Why::Bandwidth));
}

#[test]
fn a_step_that_is_taken_back_makes_the_next_wait_longer() {
    let mut viewer = Viewer::new(&PLAIN);
    viewer.at(600_000);
    let mut waits = Vec::new();
    for _ in 0..8 {
        let mut waited = 0;
        while viewer.stay(2_000_000, 50).0 == Some(1) {
            waited += 50;
        }
        waits.push(waited);
        viewer.stay(700_000, 1000);
    }
    assert!(waits.windows(2).all(|pair| pair[1] >= pair[0]), "{waits:?}");
    assert!(waits[0] < 1000 && waits[4] > 8000 && waits[7] <= 30_100, "{waits:?}");
    viewer.stay(2_000_000, 60_000);
    viewer.at(700_000);
    assert_eq!(viewer.stay(2_000_000, 1000).0, Some(2), "it has proved itself since");
}

#[test]
fn the_picture_pauses_last_and_comes_back_when_it_fits_for_a_while() {
    let mut viewer = Viewer::new(&PLAIN);
    viewer.at(600_000);
    assert_eq!(viewer.at(120_000), (Some(0), ALL, Why::Squeezed));
    assert_eq!(viewer.stay(120_000, 1000), (Some(0), ALL, Why::Squeezed));
    assert_eq!(viewer.stay(120_000, 1000), (None, 0, Why::Paused));
    assert_eq!(viewer.stay(195_000, 5000), (None, 0, Why::Paused), "no margin");
    assert_eq!(viewer.stay(230_000, 500).0, None);
    assert_eq!(viewer.stay(230_000, 1500), (Some(0), ALL, Why::Bandwidth));
}

#[test]
fn a_paused_picture_does_not_wait_for_what_failed_above_it() {
    let mut viewer = Viewer::new(&PLAIN);
    viewer.at(600_000);
    for _ in 0..8 {
        viewer.stay(2_000_000, 31_000);
        viewer.at(300_000);
    }
    assert!(viewer.stay(100_000, 2000).0.is_none());
    let back = viewer.stay(2_000_000, 2500);
    assert!(back.0.is_some(), "{back:?}");
}

#[test]
fn a_dip_does_not_pause() {
    let mut viewer = Viewer::new(&PLAIN);
    viewer.at(250_000);
    assert_eq!(viewer.stay(100_000, 1000).2, Why::Squeezed);
    assert_eq!(viewer.stay(250_000, 100), (Some(0), ALL, Why::Bandwidth));
    assert_eq!(viewer.stay(100_000, 1000).2, Why::Squeezed, "counted anew");
}

#[test]
fn the_player_s_size_counts_at_once_both_ways() {
    let mut viewer = Viewer::new(&PLAIN);
    viewer.at(2_000_000);
    viewer.limit = 0;
    assert_eq!(viewer.at(2_000_000), (Some(0), ALL, Why::Best));
    viewer.limit = 2;
    assert_eq!(viewer.at(2_000_000), (Some(2), ALL, Why::Best));
}

#[test]
fn layers_that_end_and_begin() {
    let mut viewer = Viewer::new(&PLAIN);
    viewer.at(2_000_000);
    viewer.rates[2].alive = false;
    assert_eq!(viewer.at(2_000_000), (Some(1), ALL, Why::Best));
    viewer.rates[2].alive = true;
    assert_eq!(viewer.stay(2_000_000, 1000), (Some(2), ALL, Why::Best));
    viewer.rates.iter_mut().for_each(|rate| rate.alive = false);
    assert_eq!(viewer.at(2_000_000), (None, 0, Why::NoLayer));
    viewer.rates[2].alive = true;
    viewer.limit = 0;
    assert_eq!(viewer.at(2_000_000), (Some(2), ALL, Why::Best), "the only one, though above the limit");
}

#[test]
fn what_is_wanted_is_the_best_allowed_and_the_sound() {
    let wanted =
        |limit| Offer { target_bps: 0, audio_bps: AUDIO, limit: LayerId(limit), rates: &TEMPORAL }.wanted_bps();
    assert_eq!([wanted(0), wanted(1), wanted(9)], [190_000, 540_000, 1_540_000]);
}

#[test]
fn the_least_is_what_a_paused_picture_comes_back_at() {
    let least = Offer { target_bps: 0, audio_bps: AUDIO, limit: LayerId(2), rates: &TEMPORAL }.least_bps();
    let mut viewer = Viewer::new(&TEMPORAL);
    assert_eq!(viewer.stay(0, 3000).2, Why::Paused);
    assert_eq!(viewer.stay(least - 1, 5000).2, Why::Paused);
    assert_eq!(viewer.stay(least, 5000).0, Some(0));
    assert_eq!(Offer { target_bps: 0, audio_bps: AUDIO, limit: LayerId(2), rates: &[] }.least_bps(), 0);
}

#[test]
fn names_are_stable_and_distinct() {
    let names = Why::ALL.map(Why::name);
    assert_eq!(names, ["best", "bandwidth", "settling", "squeezed", "paused_by_bandwidth", "no_layer"]);
}

proptest! {
    /// Whatever comes: what is given lives and is within the limit if anything is, and costs no more than there is,
    /// but for the last rung's grace.
    #[test]
    fn what_is_given_is_there_and_fits(
        steps in prop::collection::vec((0_u64..3000, 0_u32..3_000_000, 0_u8..4, prop::collection::vec((0_u32..2_000_000, any::<bool>()), 9)), 1..60)
    ) {
        let mut viewer = Viewer::new(&TEMPORAL);
        for (wait, target, limit, costs) in steps {
            viewer.now += ms(wait);
            viewer.limit = limit;
            for (rate, (bps, alive)) in viewer.rates.iter_mut().zip(costs) {
                (rate.bps, rate.alive) = (bps, alive);
            }
            let (layer, temporal, reason) = viewer.at(target);
            let Some(layer) = layer else {
                prop_assert!(matches!(reason, Why::Paused | Why::NoLayer));
                continue;
            };
            let alive: Vec<_> = viewer.rates.iter().filter(|rate| rate.alive && rate.layer.0 == layer).collect();
            prop_assert!(!alive.is_empty());
            let lowest = viewer.rates.iter().filter(|rate| rate.alive).map(|rate| rate.layer.0).min();
            prop_assert!(layer <= limit || Some(layer) == lowest);
            let highest = alive.iter().filter(|rate| rate.temporal <= temporal).max_by_key(|rate| rate.temporal);
            let cost = u64::from(highest.map_or(0, |rate| rate.bps));
            let budget = u64::from(target.saturating_sub(AUDIO));
            let is_last = viewer.rates.iter().filter(|rate| rate.alive).map(Rung::of).min() == highest.map(|rate| Rung::of(rate));
            prop_assert!(cost * STAY <= budget * 100 || reason == Why::Squeezed || is_last, "{cost} of {budget}");
        }
    }
}
