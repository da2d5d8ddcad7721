//! Costs of layers that live, end and come back.

use super::super::super::testing::{ms, start};
use super::*;

fn rate(rates: &[LayerRate], layer: u8, temporal: u8) -> LayerRate {
    *rates.iter().find(|r| r.layer == LayerId(layer) && r.temporal == temporal).expect("every rung is there")
}

#[test]
fn temporal_ids_add_up() {
    let (mut rates, begin) = (LayerRates::new(start()), start());
    // 1,000 bytes each 33 ms, temporal ids 0 2 1 2.
    for n in 0..150_u64 {
        let temporal = [0, 2, 1, 2][n as usize % 4];
        rates.handle_packet(begin + ms(n * 33), LayerId(1), temporal, 1000);
        rates.handle_packet(begin + ms(n * 33), LayerId(0), 0, 100);
    }
    let now = rates.rates(begin + ms(150 * 33));
    let whole = rate(&now, 1, 2);
    assert!(whole.alive && (220_000..265_000).contains(&whole.bps), "{whole:?}");
    let part = f64::from(rate(&now, 1, 0).bps) / f64::from(whole.bps);
    assert!((0.2..0.3).contains(&part), "{part}");
    let part = f64::from(rate(&now, 1, 1).bps) / f64::from(whole.bps);
    assert!((0.45..0.55).contains(&part), "{part}");
    assert!(!rate(&now, 1, 3).alive && !rate(&now, 2, 0).alive);
    assert!((20_000..27_000).contains(&rate(&now, 0, 0).bps));
}

#[test]
fn a_layer_that_ends_is_not_alive_and_comes_back_at_its_own_rate() {
    let (mut rates, begin) = (LayerRates::new(start()), start());
    (0..100_u64).for_each(|n| rates.handle_packet(begin + ms(n * 20), LayerId(2), 0, 5000));
    assert!(rate(&rates.rates(begin + ms(2000)), 2, 0).alive);
    assert!(!rate(&rates.rates(begin + ms(3500)), 2, 0).alive);
    (0..50_u64).for_each(|n| rates.handle_packet(begin + ms(3600 + n * 20), LayerId(2), 0, 500));
    let bps = rate(&rates.rates(begin + ms(4600)), 2, 0).bps;
    assert!((180_000..230_000).contains(&bps), "{bps}");
}

#[test]
fn what_cannot_be_is_ignored() {
    let (mut rates, now) = (LayerRates::new(start()), start());
    rates.handle_packet(now, LayerId(4), 0, 1);
    rates.handle_packet(now, LayerId(0), 4, 1);
    assert!(rates.rates(now + ms(1)).iter().all(|rate| !rate.alive));
}
