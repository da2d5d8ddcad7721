//! Who hears of an order's changes: each session that has asked about it with its key, from then until it ends.
//!
//! Invariants:
//! - Nothing is heard before the shop has answered, and so before the key was found right. What changes between the
//!   question and its answer is kept and follows the answer: no change falls in between.
//! - A session follows at most [`MAX_WATCHED`] orders, the newest; what it follows is forgotten when it ends.

use crate::show::{Class, Frame, Outbox};
use dashmap::DashMap;
use quiora_signaling::{Order, OrderId, ServerMessage, SessionId};
use std::collections::VecDeque;
use std::sync::Arc;

/// Orders that one session hears of: more than a buyer makes in an evening. One too many, and the oldest goes.
const MAX_WATCHED: usize = 16;

/// The orders that a session follows, oldest first.
#[derive(Debug, Default)]
pub(super) struct Watched(VecDeque<OrderId>);

/// All of them. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Watchers(Arc<DashMap<OrderId, Vec<Watcher>>>);

/// One session that follows one order.
#[derive(Debug)]
struct Watcher {
    session: SessionId,
    outbox: Outbox,
    /// Questions that the shop has not answered yet.
    asking: u32,
    /// What it has been told last; nothing while no key was found right.
    told: Option<u64>,
    /// What changed while it was asking.
    kept: Option<(u64, Frame)>,
}

impl Watchers {
    /// Nobody follows anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An order changed. Call it in the order of its changes.
    pub fn tell(&self, order: &Order) {
        let Some(mut watchers) = self.0.get_mut(&order.order) else { return };
        let frame = Frame::encode(&ServerMessage::OrderChanged { order: Box::new(order.clone()) });
        for watcher in watchers.iter_mut() {
            watcher.hear(order.as_of, &frame);
        }
    }

    /// Sessions that follow the order.
    #[must_use]
    pub fn count(&self, order: OrderId) -> usize {
        self.0.get(&order).map_or(0, |watchers| watchers.len())
    }

    /// A session is about to ask about an order.
    pub(super) fn asks(&self, session: SessionId, outbox: &Outbox, watched: &mut Watched, order: OrderId) {
        watched.0.retain(|known| *known != order);
        watched.0.push_back(order);
        if watched.0.len() > MAX_WATCHED
            && let Some(oldest) = watched.0.pop_front()
        {
            self.remove(session, oldest);
        }
        let mut watchers = self.0.entry(order).or_default();
        if let Some(watcher) = watchers.iter_mut().find(|watcher| watcher.session == session) {
            watcher.asking = watcher.asking.saturating_add(1);
        } else {
            watchers.push(Watcher { session, outbox: outbox.clone(), asking: 1, told: None, kept: None });
        }
    }

    /// The shop answered, and the session has been told: with the order as of that number, or with a "no".
    pub(super) fn answered(&self, session: SessionId, order: OrderId, as_of: Option<u64>) {
        let in_vain = {
            let Some(mut watchers) = self.0.get_mut(&order) else { return };
            // It may have ended meanwhile, or follow sixteen newer ones.
            let Some(watcher) = watchers.iter_mut().find(|watcher| watcher.session == session) else { return };
            watcher.answered(as_of)
        };
        if in_vain {
            self.remove(session, order);
        }
    }

    /// The session has ended.
    pub(super) fn forget(&self, session: SessionId, watched: &Watched) {
        for order in &watched.0 {
            self.remove(session, *order);
        }
    }

    fn remove(&self, session: SessionId, order: OrderId) {
        if let Some(mut watchers) = self.0.get_mut(&order) {
            watchers.retain(|watcher| watcher.session != session);
        }
        self.0.remove_if(&order, |_, watchers| watchers.is_empty());
    }
}

impl Watcher {
    fn hear(&mut self, as_of: u64, frame: &Frame) {
        if self.asking > 0 {
            // The answer will most likely say the same.
            self.kept = Some((as_of, frame.clone()));
        } else if self.told.is_some_and(|told| told < as_of) {
            self.told = Some(as_of);
            self.outbox.push(Class::Reply, frame.clone());
        }
    }

    /// Returns whether it has no business here.
    fn answered(&mut self, as_of: Option<u64>) -> bool {
        self.asking = self.asking.saturating_sub(1);
        self.told = self.told.max(as_of);
        if self.asking == 0
            && let Some((as_of, frame)) = self.kept.take()
        {
            self.hear(as_of, &frame);
        }
        self.asking == 0 && self.told.is_none()
    }
}

#[cfg(test)]
mod tests;
