//! The book of orders: what each is, who has how many, and which reservation runs out next.

use super::Change;
use super::catalogue::Catalogue;
use super::event::{Event, KeyHash, Recorded};
use super::stock::{LedgerMove, Move};
use quiora_signaling::{MemberId, Order, OrderHand, OrderId, OrderStatus, OrderStep, ProductId, ShowId, vat_included};
use std::collections::{BTreeSet, HashMap};

/// An order and what its buyer does not see.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) order: Order,
    pub(super) key: KeyHash,
    pub(super) member: MemberId,
    pub(super) show: ShowId,
    /// The offer that its pieces are part of.
    pub(super) offer: Option<u64>,
    pub(super) contact_erased: bool,
}

/// All orders, also those that came to nothing: their ids have acted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Book {
    entries: HashMap<OrderId, Entry>,
    expiries: BTreeSet<(u64, OrderId)>,
    by_member: HashMap<MemberId, Vec<OrderId>>,
    by_buyer: HashMap<u64, Vec<OrderId>>,
    numbers: u64,
}

impl Book {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, order: OrderId) -> Option<&Entry> {
        self.entries.get(&order)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The number that the next order gets.
    pub(super) const fn next_number(&self) -> u64 {
        self.numbers + 1
    }

    pub(super) fn run_out(&self, now_ms: u64) -> impl Iterator<Item = OrderId> {
        self.expiries.iter().take_while(move |(at_ms, _)| *at_ms <= now_ms).map(|(_, order)| *order)
    }

    pub(super) fn next_expiry(&self) -> Option<u64> {
        self.expiries.first().map(|(at_ms, _)| *at_ms)
    }

    /// Reservations that the member has open.
    pub(super) fn open(&self, member: MemberId) -> usize {
        self.of(self.by_member.get(&member)).filter(|entry| entry.order.status == OrderStatus::Reserved).count()
    }

    /// Pieces of the product that the member holds or has.
    pub(super) fn had_by_member(&self, member: MemberId, product: ProductId) -> u32 {
        pieces(self.of(self.by_member.get(&member)), product)
    }

    /// Pieces of the product that the buyer has, on whatever device.
    pub(super) fn had_by_buyer(&self, buyer: u64, product: ProductId) -> u32 {
        pieces(self.of(self.by_buyer.get(&buyer)), product)
    }

    fn of<'a>(&'a self, orders: Option<&'a Vec<OrderId>>) -> impl Iterator<Item = &'a Entry> {
        orders.into_iter().flatten().filter_map(|order| self.entries.get(order))
    }

    /// Takes a fact about an order.
    pub(super) fn apply(&mut self, recorded: &Recorded, catalogue: &mut Catalogue) -> Change {
        if let Event::Reserved { .. } = recorded.event {
            return self.reserved(recorded, catalogue);
        }
        let (order, status, by) = match &recorded.event {
            Event::Placed { order, .. } => (*order, Some(OrderStatus::Placed), OrderHand::Buyer),
            Event::Released { order } => (*order, Some(OrderStatus::Released), OrderHand::Buyer),
            Event::Expired { order } => (*order, Some(OrderStatus::Expired), OrderHand::Clock),
            Event::Stepped { order, status, by, .. } => (*order, Some(*status), *by),
            Event::Withdrawn { order } | Event::ContactErased { order } => (*order, None, OrderHand::Buyer),
            _ => return Change::default(),
        };
        let Some(entry) = self.entries.get_mut(&order) else { return Change::default() };
        entry.order.as_of = recorded.seq;
        if let Some(expires_at_ms) = entry.order.expires_at_ms.take() {
            self.expiries.remove(&(expires_at_ms, order));
        }
        if let Some(status) = status {
            entry.order.status = status;
            entry.order.steps.push(OrderStep { status, at_ms: recorded.at_ms, by });
        }
        match &recorded.event {
            Event::Placed { number, shipping, shipping_minor, buyer, .. } => {
                let goods = entry.order.goods_minor;
                entry.order.number = Some(*number);
                entry.order.shipping = Some(shipping.clone());
                entry.order.shipping_minor = *shipping_minor;
                entry.order.total_minor = goods + shipping_minor;
                entry.order.vat_minor = vat_included(goods + shipping_minor, entry.order.vat_bp);
                self.numbers = self.numbers.max(*number);
                self.by_buyer.entry(*buyer).or_default().push(order);
            }
            Event::Withdrawn { .. } => entry.order.withdrawn_at_ms = Some(recorded.at_ms),
            Event::ContactErased { .. } => entry.contact_erased = true,
            _ => {}
        }
        let entry = entry.clone();
        moved(&entry, &recorded.event, catalogue)
    }

    fn reserved(&mut self, recorded: &Recorded, catalogue: &mut Catalogue) -> Change {
        let Event::Reserved {
            order,
            key,
            member,
            show,
            product,
            variant,
            title,
            variant_name,
            quantity,
            unit_minor,
            currency,
            vat_bp,
            offer,
            expires_at_ms,
        } = &recorded.event
        else {
            return Change::default();
        };
        let goods_minor = unit_minor * u64::from(*quantity);
        let step = OrderStep { status: OrderStatus::Reserved, at_ms: recorded.at_ms, by: OrderHand::Buyer };
        let entry = Entry {
            order: Order {
                order: *order,
                number: None,
                status: OrderStatus::Reserved,
                product: *product,
                variant: *variant,
                title: title.clone(),
                variant_name: variant_name.clone(),
                quantity: *quantity,
                currency: *currency,
                unit_minor: *unit_minor,
                goods_minor,
                shipping: None,
                shipping_minor: 0,
                total_minor: goods_minor,
                vat_minor: vat_included(goods_minor, *vat_bp),
                vat_bp: *vat_bp,
                expires_at_ms: Some(*expires_at_ms),
                withdrawn_at_ms: None,
                steps: vec![step],
                as_of: recorded.seq,
            },
            key: key.clone(),
            member: *member,
            show: *show,
            offer: *offer,
            contact_erased: false,
        };
        self.expiries.insert((*expires_at_ms, *order));
        self.by_member.entry(*member).or_default().push(*order);
        let change = moved(&entry, &recorded.event, catalogue);
        self.entries.insert(*order, entry);
        change
    }
}

/// What the fact does to the pieces of its order.
fn moved(entry: &Entry, event: &Event, catalogue: &mut Catalogue) -> Change {
    let Order { order, product, variant, quantity, .. } = entry.order;
    let (by, back) = match event {
        Event::Reserved { .. } => (Some(Move::hold(quantity)), false),
        Event::Placed { .. } => (Some(Move::sell(quantity)), false),
        Event::Released { .. } | Event::Expired { .. } => (Some(Move::give_back(quantity)), true),
        Event::Stepped { restock: true, .. } => (Some(Move::restock(quantity)), true),
        _ => (None, false),
    };
    let Some(by) = by else { return Change { order: Some(order), ..Change::default() } };
    if back || matches!(event, Event::Reserved { .. }) {
        catalogue.offer_taken(product, entry.offer, quantity, back);
    }
    let entry = catalogue.shift(LedgerMove { variant, by, order: Some(order) });
    Change { moves: vec![entry], products: vec![product], order: Some(order) }
}

/// Pieces of a product in orders that stand.
fn pieces<'a>(entries: impl Iterator<Item = &'a Entry>, product: ProductId) -> u32 {
    entries
        .map(|entry| &entry.order)
        .filter(|order| order.product == product)
        .filter(|order| order.status == OrderStatus::Reserved || order.status.is_ordered())
        .filter(|order| !matches!(order.status, OrderStatus::Cancelled | OrderStatus::Refunded))
        .map(|order| order.quantity)
        .sum()
}
