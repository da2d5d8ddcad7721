//! What the layers of one track cost, measured packet by packet: one meter per layer and temporal id.
//!
//! One of these belongs to a publisher's picture, not to a subscriber: thousands of viewers read the same costs.

use std::time::Instant;

use super::super::meter::Meter;
use super::super::packet::LayerId;
use super::super::selector::{LAYER_ALIVE, MAX_LAYERS};
use super::LayerRate;

/// Temporal ids are two bits (RFC 7741 §4.2).
pub const TEMPORAL_LAYERS: usize = 4;
/// How many rungs a track can have.
pub const RUNGS: usize = MAX_LAYERS * TEMPORAL_LAYERS;

/// Two seconds in buckets of 200 ms: a keyframe in it moves the cost by a tenth or so, and does not cost a viewer its layer.
const BUCKETS: usize = 10;
const WIDTH_US: u32 = 200_000;

/// Measures the layers of one track.
#[derive(Debug, Clone)]
pub struct LayerRates {
    epoch: Instant,
    meters: [Meter<BUCKETS>; RUNGS],
    last: [Option<Instant>; RUNGS],
}

impl LayerRates {
    /// A measurement that has seen nothing.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { epoch: now, meters: [const { Meter::new(WIDTH_US) }; RUNGS], last: [None; RUNGS] }
    }

    /// Takes note of a packet with its size on the wire. `temporal` is 0 for a codec without temporal layers. A layer or
    /// temporal id that cannot be is ignored.
    pub fn handle_packet(&mut self, now: Instant, layer: LayerId, temporal: u8, bytes: usize) {
        let Some(rung) = rung(layer, temporal) else { return };
        let at_us = self.us(now);
        if let (Some(meter), Some(last)) = (self.meters.get_mut(rung), self.last.get_mut(rung)) {
            // A layer that comes back has the cost that it has now.
            if !is_alive(*last, now) {
                meter.clear();
            }
            meter.add(at_us, bytes);
            *last = Some(now);
        }
    }

    /// What each rung costs now. Those without packets are there and not alive; so is one that has just begun, until its
    /// rate is known.
    #[must_use]
    pub fn rates(&self, now: Instant) -> [LayerRate; RUNGS] {
        let at_us = self.us(now);
        let (mut rates, mut sum) = ([LayerRate::default(); RUNGS], 0_u32);
        for (n, (rate, (meter, last))) in rates.iter_mut().zip(self.meters.iter().zip(&self.last)).enumerate() {
            if n % TEMPORAL_LAYERS == 0 {
                sum = 0;
            }
            let own = meter.bps(at_us);
            sum = sum.saturating_add(own);
            let (layer, temporal) = (LayerId((n / TEMPORAL_LAYERS) as u8), (n % TEMPORAL_LAYERS) as u8);
            *rate = LayerRate { layer, temporal, bps: sum, alive: own > 0 && is_alive(*last, now) };
        }
        rates
    }

    fn us(&self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.epoch);
        elapsed.as_secs().saturating_mul(1_000_000) + u64::from(elapsed.subsec_micros())
    }
}

fn rung(layer: LayerId, temporal: u8) -> Option<usize> {
    let (layer, temporal) = (usize::from(layer.0), usize::from(temporal));
    (layer < MAX_LAYERS && temporal < TEMPORAL_LAYERS).then_some(layer * TEMPORAL_LAYERS + temporal)
}

fn is_alive(last: Option<Instant>, now: Instant) -> bool {
    last.is_some_and(|last| now.saturating_duration_since(last) < LAYER_ALIVE)
}

#[cfg(test)]
mod tests;
