//! What a subscriber gets for its bitrate: sound first, then the best picture that fits, and no picture last of all.
//!
//! # The ladder
//! Every (layer, temporal id) that lives and is allowed is a **rung**, ordered by layer and then by temporal id. Temporal
//! rungs come before a smaller picture, but for one: a quarter of the frames of a large picture is worse to look at than
//! all of a smaller one, so the base temporal layer alone is a rung only where nothing smaller lives.
//!
//! # Hysteresis
//! Down is at once: what does not fit becomes a queue. Up takes a margin (`UP`) that lasts (`HOLD`); when a step up is
//! taken back soon after, the next one waits twice as long. A rung is kept while a little too large (`STAY`), because
//! measured costs and the estimate both waver. The last rung is kept a moment longer than it fits, because an estimate
//! that has just been cut often comes back.

mod rates;

use std::time::{Duration, Instant};

pub use rates::{LayerRates, RUNGS, TEMPORAL_LAYERS};

use super::packet::LayerId;

/// A step up must fit with this margin, in percent of its cost.
const UP: u64 = 115;
/// A rung is kept while this part of its cost fits, in percent.
const STAY: u64 = 90;
/// How long a step up must fit. Shorter than a viewer's patience, longer than a burst or a single good probe.
const HOLD: Duration = Duration::from_millis(700);
/// And after steps that were taken back, at most.
const HOLD_MAX: Duration = Duration::from_secs(30);
/// A paused picture comes back after this, whatever failed before: the least of it, at least.
const RESUME: Duration = Duration::from_secs(2);
/// A step down so soon after a step up takes it back; after so long without one the waiting is short again.
const TRIAL: Duration = Duration::from_secs(15);
/// How long the last rung is kept though it does not fit.
const GRACE: Duration = Duration::from_millis(1500);

/// What sending a layer up to a temporal id costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayerRate {
    /// The layer.
    pub layer: LayerId,
    /// The highest temporal id that is sent; 0 for a codec without temporal layers.
    pub temporal: u8,
    /// Bits per second of this and all lower temporal ids together.
    pub bps: u32,
    /// Whether packets of this layer and temporal id come.
    pub alive: bool,
}

/// Why a subscriber gets what it gets. The names are stable: metrics, logs and pages rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// It is the best that lives and is allowed.
    Best,
    /// Something better lives, and its way does not carry it.
    Bandwidth,
    /// Something better would fit, and is given when it has fitted for a while.
    Settling,
    /// Even this is too much; it is kept a moment before the picture pauses.
    Squeezed,
    /// The picture pauses, because its way carries the sound at most.
    Paused,
    /// There is no picture.
    NoLayer,
}

impl Why {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Best, Self::Bandwidth, Self::Settling, Self::Squeezed, Self::Paused, Self::NoLayer];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Bandwidth => "bandwidth",
            Self::Settling => "settling",
            Self::Squeezed => "squeezed",
            Self::Paused => "paused_by_bandwidth",
            Self::NoLayer => "no_layer",
        }
    }
}

/// What a subscriber gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// The layer; `None` when the picture pauses.
    pub layer: Option<LayerId>,
    /// The highest temporal id to be forwarded; `TEMPORAL_LAYERS - 1` stands for all.
    pub temporal: u8,
    /// Why no better one.
    pub reason: Why,
}

/// What is to be shared out.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// What the subscriber's way carries, in bits per second.
    pub target_bps: u32,
    /// What its sound costs.
    pub audio_bps: u32,
    /// The highest layer that is of use to it, by the size of its player.
    pub limit: LayerId,
    /// What each rung costs, in any order.
    pub rates: &'a [LayerRate],
}

impl<'a> Offer<'a> {
    /// What could be used at most: the best allowed layer whole, and the sound. What the estimator should probe for.
    #[must_use]
    pub fn wanted_bps(&self) -> u32 {
        self.rungs().map(|rung| rung.bps).max().unwrap_or(0).saturating_add(self.audio_bps)
    }

    /// What the least picture needs with sound, and with the margin that a step up takes: below this target it pauses, and
    /// does not come back. Zero when there is no picture.
    #[must_use]
    pub fn least_bps(&self) -> u32 {
        let Some(least) = self.rungs().min_by_key(|rate| Rung::of(rate)) else { return 0 };
        let bps = (u64::from(least.bps) * UP).div_ceil(100);
        u32::try_from(bps).unwrap_or(u32::MAX).saturating_add(self.audio_bps)
    }

    /// What lives within the limit, or the lowest layer that lives when all are above it.
    fn rungs(&self) -> impl Iterator<Item = &'a LayerRate> + Clone + use<'a> {
        let alive = self.rates.iter().filter(|rate| rate.alive);
        let lowest = alive.clone().map(|rate| rate.layer).min();
        let limit = lowest.map_or(self.limit, |lowest| self.limit.max(lowest));
        // A part of a large picture's frames is no rung while a smaller picture is there.
        let is_thin = move |rate: &LayerRate| rate.temporal == 0 && Some(rate.layer) > lowest;
        let rates = self.rates;
        let has_more = move |rate: &LayerRate| {
            rates.iter().any(|other| other.alive && other.layer == rate.layer && other.temporal > rate.temporal)
        };
        alive.filter(move |rate| rate.layer <= limit && !(is_thin(rate) && has_more(rate)))
    }

    /// The best rung whose cost, in percent, fits.
    fn best(&self, percent: u64) -> Option<Rung> {
        let budget = self.budget();
        let fits = |rate: &&LayerRate| u64::from(rate.bps) * percent <= budget * 100;
        self.rungs().filter(fits).map(Rung::of).max()
    }

    fn fits(&self, rung: Rung, percent: u64) -> bool {
        self.cost(rung).is_some_and(|cost| cost * percent <= self.budget() * 100)
    }

    fn budget(&self) -> u64 {
        u64::from(self.target_bps.saturating_sub(self.audio_bps))
    }

    fn cost(&self, rung: Rung) -> Option<u64> {
        self.rungs().find(|rate| Rung::of(rate) == rung).map(|rate| u64::from(rate.bps))
    }
}

/// A place on the ladder; ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rung {
    layer: LayerId,
    temporal: u8,
}

impl Rung {
    const fn of(rate: &LayerRate) -> Self {
        Self { layer: rate.layer, temporal: rate.temporal }
    }
}

/// The choice for one subscriber, with its memory of what did not work.
#[derive(Debug, Clone)]
pub struct Allocator {
    current: Option<Rung>,
    /// Nothing was chosen yet: the first choice needs no margin.
    fresh: bool,
    limit: LayerId,
    /// Since when a step up has fitted, and the least that has since.
    rising: Option<(Instant, Rung)>,
    hold: Duration,
    /// The rung that was taken back last: what is below it need not wait so long.
    failed: Option<Rung>,
    stepped_up: Option<Instant>,
    stepped_down: Option<Instant>,
    /// Since when the last rung has not fitted.
    squeezed: Option<Instant>,
}

impl Default for Allocator {
    fn default() -> Self {
        Self::new()
    }
}

impl Allocator {
    /// An allocator that has chosen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            current: None,
            fresh: true,
            limit: LayerId(u8::MAX),
            rising: None,
            hold: HOLD,
            failed: None,
            stepped_up: None,
            stepped_down: None,
            squeezed: None,
        }
    }

    /// Chooses. To be called when the target or a cost has changed, and now and then (ten times a second is enough).
    pub fn allocate(&mut self, now: Instant, offer: &Offer<'_>) -> Allocation {
        let widened = offer.limit > std::mem::replace(&mut self.limit, offer.limit);
        let Some(top) = offer.rungs().map(Rung::of).max() else {
            // Nothing to choose from; what comes next is a first choice again.
            (self.current, self.fresh, self.rising, self.squeezed) = (None, true, None, None);
            return Allocation { layer: None, temporal: 0, reason: Why::NoLayer };
        };
        let gone = self.current.is_some_and(|current| offer.cost(current).is_none());
        if self.fresh || gone {
            self.current = offer.best(100).or_else(|| self.lowest(offer));
        }
        match self.current.and_then(|current| offer.cost(current)) {
            // It pauses already.
            None => {}
            Some(cost) if cost * STAY <= offer.budget() * 100 => self.squeezed = None,
            Some(_) => self.step_down(now, offer),
        }
        self.fresh = false;
        self.step_up(now, offer, widened);
        self.answer(offer, top)
    }

    fn lowest(&self, offer: &Offer<'_>) -> Option<Rung> {
        offer.rungs().map(Rung::of).min()
    }

    fn step_down(&mut self, now: Instant, offer: &Offer<'_>) {
        let (lowest, fits) = (self.lowest(offer), offer.best(100));
        if fits.is_none() {
            let since = *self.squeezed.get_or_insert(now);
            if now.saturating_duration_since(since) < GRACE {
                self.current = lowest;
                return;
            }
        }
        match self.stepped_up.take() {
            Some(up) if now.saturating_duration_since(up) < TRIAL => {
                self.hold = (self.hold * 2).min(HOLD_MAX);
                self.failed = self.current;
            }
            Some(_) => self.hold = HOLD,
            None => {}
        }
        self.stepped_down = Some(now);
        (self.current, self.rising, self.squeezed) = (fits, None, None);
    }

    fn step_up(&mut self, now: Instant, offer: &Offer<'_>, widened: bool) {
        let Some(best) = offer.best(UP).filter(|best| Some(*best) > self.current) else {
            self.rising = None;
            return;
        };
        if self.stepped_down.is_none_or(|down| now.saturating_duration_since(down) > TRIAL + self.hold) {
            self.hold = HOLD;
        }
        let (since, least) = self.rising.map_or((now, best), |(since, least)| (since, least.min(best)));
        // What has become too dear, or has gone, meanwhile is not what to step to.
        let least = if offer.fits(least, UP) { least } else { best };
        self.rising = Some((since, least));
        let waited = now.saturating_duration_since(since);
        let may_fail = self.failed.is_some_and(|failed| least >= failed) && waited < self.hold;
        // Below what failed there may be something in between.
        let next = match may_fail {
            true if self.current.is_none() => self.lowest(offer).filter(|_| waited >= RESUME),
            true => self.below_failed(offer),
            false => Some(least),
        };
        // A larger player asks for what the way is known to carry.
        let next = if widened { Some(least) } else { next.filter(|_| waited >= HOLD) };
        if let Some(next) = next {
            (self.current, self.rising, self.squeezed) = (Some(next), None, None);
            self.stepped_up = Some(now);
        }
    }

    fn below_failed(&self, offer: &Offer<'_>) -> Option<Rung> {
        let failed = self.failed?;
        let between = |rung: &Rung| *rung < failed && Some(*rung) > self.current && offer.fits(*rung, UP);
        offer.rungs().map(Rung::of).filter(between).max()
    }

    fn answer(&self, offer: &Offer<'_>, top: Rung) -> Allocation {
        let reason = match self.current {
            None => Why::Paused,
            Some(_) if self.squeezed.is_some() => Why::Squeezed,
            Some(current) if current >= top => Why::Best,
            Some(_) if self.rising.is_some() => Why::Settling,
            Some(_) => Why::Bandwidth,
        };
        let Some(current) = self.current else { return Allocation { layer: None, temporal: 0, reason } };
        // The highest temporal id that lives stands for all: one that appears later is not held back.
        let whole = !offer.rungs().any(|rate| rate.layer == current.layer && rate.temporal > current.temporal);
        let temporal = if whole { TEMPORAL_LAYERS as u8 - 1 } else { current.temporal };
        Allocation { layer: Some(current.layer), temporal, reason }
    }
}

#[cfg(test)]
mod tests;
