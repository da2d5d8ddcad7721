//! One show across workers: who publishes, and which workers listen.
//!
//! Read on the packet path without a lock: the listeners are a bit each, the publisher hangs on an [`ArcSwapOption`].

use super::worker::MAX_WORKERS;
use crate::sfu::packet::SourceId;
use arc_swap::ArcSwapOption;
use quiora_signaling::PeerId;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// Who publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Publishing {
    pub(super) peer: PeerId,
    pub(super) source: SourceId,
    /// The worker that has the peer.
    pub(super) worker: usize,
}

/// The board of one show.
#[derive(Debug)]
pub(super) struct Board {
    /// Bit i: worker i has subscribers.
    listeners: AtomicU64,
    publisher: ArcSwapOption<Publishing>,
    /// How many layers the subscribers of each worker have use for.
    wanted: [AtomicU8; MAX_WORKERS],
}

impl Default for Board {
    fn default() -> Self {
        Self {
            listeners: AtomicU64::new(0),
            publisher: ArcSwapOption::empty(),
            wanted: [const { AtomicU8::new(0) }; MAX_WORKERS],
        }
    }
}

impl Board {
    /// Worker `index` has its first subscriber, or has lost its last.
    pub(super) fn set_listening(&self, index: usize, listening: bool) {
        let bit = 1_u64 << (index % MAX_WORKERS);
        if listening {
            self.listeners.fetch_or(bit, Ordering::AcqRel);
        } else {
            self.listeners.fetch_and(!bit, Ordering::AcqRel);
        }
    }

    /// The workers that have subscribers.
    pub(super) fn listening(&self) -> impl Iterator<Item = usize> + use<> {
        let bits = self.listeners.load(Ordering::Acquire);
        (0..MAX_WORKERS).filter(move |i| bits >> i & 1 == 1)
    }

    /// The subscribers of worker `index` have use for so many layers.
    pub(super) fn set_wanted(&self, index: usize, layers: u8) {
        if let Some(slot) = self.wanted.get(index) {
            slot.store(layers, Ordering::Relaxed);
        }
    }

    /// How many layers anybody has use for.
    pub(super) fn wanted(&self) -> u8 {
        self.wanted.iter().map(|slot| slot.load(Ordering::Relaxed)).max().unwrap_or(0)
    }

    /// Who publishes now.
    pub(super) fn publisher(&self) -> Option<Publishing> {
        self.publisher.load().as_deref().copied()
    }

    /// A new publisher; returns the one it replaces.
    pub(super) fn take_over(&self, new: Publishing) -> Option<Publishing> {
        self.publisher.swap(Some(Arc::new(new))).as_deref().copied()
    }

    /// This peer publishes no longer, if it did.
    pub(super) fn step_down(&self, peer: PeerId) {
        let present = self.publisher.load();
        if present.as_deref().is_some_and(|p| p.peer == peer) {
            self.publisher.compare_and_swap(&present, None);
        }
    }
}
