//! Who waits for what is sold out. Pieces that come back belong to the line before anybody else: who is first is offered as
//! many as there are, and no more than were wanted, with a countdown of their own. So a free piece means that nobody waits
//! for it, and nobody can push in.

use super::ShopCore;
use super::event::Event;
use quiora_signaling::limits::MAX_LINE;
use quiora_signaling::{OrderId, OrderStatus, RefusalCode, VariantId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The lines of all variants. The `seq` of getting in is the place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lines {
    lines: HashMap<VariantId, BTreeMap<u64, OrderId>>,
    places: HashMap<OrderId, (VariantId, u64)>,
    /// Variants of which pieces are free while somebody waits.
    owed: BTreeSet<VariantId>,
}

impl Lines {
    pub(super) fn join(&mut self, variant: VariantId, seq: u64, order: OrderId) {
        self.lines.entry(variant).or_default().insert(seq, order);
        self.places.insert(order, (variant, seq));
    }

    /// Whoever is not in a line leaves none.
    pub(super) fn leave(&mut self, order: OrderId) {
        let Some((variant, seq)) = self.places.remove(&order) else { return };
        let Some(line) = self.lines.get_mut(&variant) else { return };
        line.remove(&seq);
        if line.is_empty() {
            self.lines.remove(&variant);
            self.owed.remove(&variant);
        }
    }

    /// How many are before the order.
    pub(super) fn ahead(&self, order: OrderId) -> Option<u32> {
        let (variant, seq) = self.places.get(&order)?;
        let before = self.lines.get(variant)?.range(..seq).count();
        Some(u32::try_from(before).unwrap_or(u32::MAX))
    }

    /// Who is first.
    fn first(&self, variant: VariantId) -> Option<OrderId> {
        self.lines.get(&variant)?.values().next().copied()
    }

    pub(super) fn len(&self, variant: VariantId) -> usize {
        self.lines.get(&variant).map_or(0, BTreeMap::len)
    }

    /// Says whether pieces are free.
    pub(super) fn free(&mut self, variant: VariantId, free: bool) {
        if free && self.lines.contains_key(&variant) {
            self.owed.insert(variant);
        } else {
            self.owed.remove(&variant);
        }
    }
}

impl ShopCore {
    /// Getting in line has its own bound, so that a crowd that is too late does not fill the shop.
    pub(super) fn may_wait(&self, variant: VariantId) -> Result<(), RefusalCode> {
        if !self.settings.waiting_list {
            return Err(RefusalCode::SoldOut);
        }
        if self.book.lines.len(variant) >= MAX_LINE { Err(RefusalCode::ShopFull) } else { Ok(()) }
    }

    /// What is offered to those who are first in line. Apply it and ask again: the next may get what is left.
    pub(super) fn offered(&self, now_ms: u64) -> Vec<Event> {
        self.book.lines.owed.iter().filter_map(|variant| self.offered_of(now_ms, *variant)).collect()
    }

    fn offered_of(&self, now_ms: u64, variant: VariantId) -> Option<Event> {
        let order = self.book.lines.first(variant)?;
        let waiting = self.book.get(order).filter(|entry| entry.order.status == OrderStatus::Waiting)?;
        let form = self.catalogue.form(variant)?;
        let item = self.catalogue.get(form.product).filter(|item| item.is_active())?;
        let quantity = waiting.order.quantity.min(form.stock.free);
        // At a drop that has not opened, or beyond a limited offer, they wait on.
        let terms = item.terms(now_ms, item.variant(variant)?, quantity).ok()?;
        let expires_at_ms = now_ms + u64::from(self.settings.reservation_ms);
        Some(Event::Offered { order, quantity, unit_minor: terms.unit_minor, offer: terms.offer, expires_at_ms })
    }
}
