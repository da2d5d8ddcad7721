//! Which layer of a track a subscriber gets: the highest that is alive and allowed, changed only at a keyframe.
//!
//! A layer is alive while its packets come ([`LAYER_ALIVE`]). Switching anywhere but at a keyframe of the wanted layer
//! would show garbage, so until it comes the current layer goes on; only when there is no living current layer is the
//! keyframe of a lower layer taken, after a moment of patience: any picture is better than none.

use std::time::{Duration, Instant};

use super::packet::LayerId;
use super::reason::Reason;

/// Layers of one track; more than the three that browsers send.
pub const MAX_LAYERS: usize = 4;

/// A layer without packets for this long is dead. Longer than the gap a browser makes when it reconfigures its
/// encoder, short enough that a frozen picture is noticed as "again", not as "gone".
pub const LAYER_ALIVE: Duration = Duration::from_millis(1500);

/// For a subscriber without a picture a layer counts as gone after this, if another one goes on: it would be asked in
/// vain. Five frames at 10 frames/s; with a still screen, sent once a second, all layers fall silent together.
const FRESH: Duration = Duration::from_millis(500);

/// How long a subscriber without a picture waits for the wanted layer before a lower one will do. A keyframe request
/// makes browsers send one on every layer within some 50 ms of each other.
const PATIENCE: Duration = Duration::from_millis(250);

/// A better layer must have been alive this long before a keyframe is asked for it: one that comes and goes must not
/// make the publisher send keyframes. One that arrives by itself is taken at once.
const SETTLE: Duration = Duration::from_millis(500);

/// What to do with a packet of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Its layer is the current one.
    Forward,
    /// Its layer has become the current one with this packet.
    Switch,
    /// It goes no further.
    Drop(Reason),
}

#[derive(Debug, Clone, Copy)]
struct Activity {
    since: Instant,
    last: Instant,
}

/// The choice among the layers of one track, for one subscriber.
#[derive(Debug, Clone)]
pub struct LayerSelector {
    layers: [Option<Activity>; MAX_LAYERS],
    current: Option<LayerId>,
    limit: LayerId,
    /// First packet of any layer: when the waiting for a picture began.
    opened: Option<Instant>,
}

impl LayerSelector {
    /// A selector that has seen nothing and may choose every layer up to `limit`.
    #[must_use]
    pub const fn new(limit: LayerId) -> Self {
        Self { layers: [None; MAX_LAYERS], current: None, limit, opened: None }
    }

    /// The layer that is being forwarded.
    #[must_use]
    pub const fn current(&self) -> Option<LayerId> {
        self.current
    }

    /// The highest layer that may be chosen.
    #[must_use]
    pub const fn limit(&self) -> LayerId {
        self.limit
    }

    /// Sets the highest layer that may be chosen. When only higher ones live, the lowest of them is taken.
    pub fn set_limit(&mut self, limit: LayerId) {
        self.limit = limit;
    }

    /// The layer that should be forwarded: the best living one within the limit.
    #[must_use]
    pub fn target(&self, now: Instant) -> Option<LayerId> {
        let fresh = if self.is_starving(now) { self.best(now, FRESH) } else { None };
        fresh.or_else(|| self.best(now, LAYER_ALIVE))
    }

    /// The layer whose keyframe should be asked for, if any.
    #[must_use]
    pub fn needs_keyframe(&self, now: Instant) -> Option<LayerId> {
        let target = self.target(now)?;
        let Some(current) = self.current else { return Some(target) };
        if current == target {
            return None;
        }
        let settled = self.activity(target).is_some_and(|seen| now.saturating_duration_since(seen.since) >= SETTLE);
        (settled || current > target || !self.is_alive(now, current)).then_some(target)
    }

    /// Takes note of a packet and decides. After `Switch` its layer is the current one.
    pub fn select(&mut self, now: Instant, layer: LayerId, keyframe: bool) -> Choice {
        let Some(slot) = self.layers.get_mut(usize::from(layer.0)) else { return Choice::Drop(Reason::NoSuchLayer) };
        let since = slot.filter(|seen| seen.is_within(now, LAYER_ALIVE)).map_or(now, |seen| seen.since);
        *slot = Some(Activity { since, last: now });
        let opened = *self.opened.get_or_insert(now);
        if self.current == Some(layer) {
            return Choice::Forward;
        }
        let starving = self.is_starving(now);
        if !keyframe {
            return Choice::Drop(if starving { Reason::AwaitingKeyframe } else { Reason::LayerNotSelected });
        }
        let out_of_patience = starving && now.saturating_duration_since(opened) >= PATIENCE;
        if self.target(now) == Some(layer) || out_of_patience {
            self.current = Some(layer);
            return Choice::Switch;
        }
        Choice::Drop(if starving { Reason::AwaitingKeyframe } else { Reason::LayerNotSelected })
    }

    fn activity(&self, layer: LayerId) -> Option<Activity> {
        self.layers.get(usize::from(layer.0)).copied().flatten()
    }

    fn is_alive(&self, now: Instant, layer: LayerId) -> bool {
        self.activity(layer).is_some_and(|seen| seen.is_within(now, LAYER_ALIVE))
    }

    /// There is no picture, or the layer that gave it is dead.
    fn is_starving(&self, now: Instant) -> bool {
        self.current.is_none_or(|current| !self.is_alive(now, current))
    }

    /// The highest layer within the limit, else the lowest above it, of those with packets in this time.
    fn best(&self, now: Instant, horizon: Duration) -> Option<LayerId> {
        let alive = |layer: &LayerId| self.activity(*layer).is_some_and(|seen| seen.is_within(now, horizon));
        let layers = || (0..).map(LayerId).take(MAX_LAYERS).filter(alive);
        layers().filter(|layer| *layer <= self.limit).last().or_else(|| layers().next())
    }
}

impl Activity {
    fn is_within(&self, now: Instant, horizon: Duration) -> bool {
        now.saturating_duration_since(self.last) < horizon
    }
}

#[cfg(test)]
mod tests;
