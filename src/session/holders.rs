//! How much one address may hold back from others. Whoever opens many sockets is many members, each with reservations of
//! its own; but they come from one place.
//!
//! Kept in memory alone: a restart forgets it, and what is held runs out by itself. An address is a keyed hash; where none
//! can be told (this machine, a proxy that does not say) nobody is limited.

use crate::show::core::AddressHash;
use dashmap::DashMap;
use quiora_signaling::OrderId;
use quiora_signaling::limits::MAX_OPEN_PER_ADDRESS;
use std::collections::HashMap;
use std::sync::Arc;

/// After so long an order that nobody has seen end is no longer counted: no reservation lasts an hour, and who waits in
/// line for longer takes nothing from others.
const FORGOTTEN_MS: u64 = 2 * 60 * 60 * 1_000;

/// Whether an order may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// One more is counted: if it does not begin after all, it has [`Holders::ended`].
    New,
    /// It is counted already, or nobody counts.
    Known,
    /// There are enough.
    TooMany,
}

/// The open orders of all addresses. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Holders(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Orders and when they began.
    by_address: DashMap<AddressHash, HashMap<OrderId, u64>>,
    from: DashMap<OrderId, AddressHash>,
}

impl Holders {
    /// Nobody holds anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An order is about to begin. The same one asked again is not one more.
    pub(super) fn begins(&self, address: Option<AddressHash>, order: OrderId, now_ms: u64) -> Begins {
        let Some(address) = address else { return Begins::Known };
        let mut open = self.0.by_address.entry(address).or_default();
        if open.contains_key(&order) {
            return Begins::Known;
        }
        if open.len() >= MAX_OPEN_PER_ADDRESS {
            open.retain(|_, began_ms| now_ms.saturating_sub(*began_ms) < FORGOTTEN_MS);
        }
        if open.len() >= MAX_OPEN_PER_ADDRESS {
            return Begins::TooMany;
        }
        open.insert(order, now_ms);
        drop(open);
        self.0.from.insert(order, address);
        Begins::New
    }

    /// The order holds nothing any more, or never did.
    pub fn ended(&self, order: OrderId) {
        let Some((_, address)) = self.0.from.remove(&order) else { return };
        if let Some(mut open) = self.0.by_address.get_mut(&address) {
            open.remove(&order);
        }
        self.0.by_address.remove_if(&address, |_, open| open.is_empty());
    }
}

#[cfg(test)]
mod tests;
