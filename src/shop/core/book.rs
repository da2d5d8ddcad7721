//! The book of orders: what each is, who has how many, who waits, and which reservation runs out next.

use super::Change;
use super::catalogue::Catalogue;
use super::entry::Entry;
use super::event::{Event, Recorded};
use super::line::Lines;
use super::stock::{LedgerMove, Move};
use quiora_signaling::{MemberId, Order, OrderHand, OrderId, OrderStatus, OrderStep, ProductId};
use std::collections::{BTreeSet, HashMap};

/// All orders, also those that came to nothing: their ids have acted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Book {
    entries: HashMap<OrderId, Entry>,
    expiries: BTreeSet<(u64, OrderId)>,
    by_member: HashMap<MemberId, Vec<OrderId>>,
    by_buyer: HashMap<u64, Vec<OrderId>>,
    pub(super) lines: Lines,
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

    /// Reservations and places in line that the member has open.
    pub(super) fn open(&self, member: MemberId) -> usize {
        self.of(self.by_member.get(&member)).filter(|entry| entry.order.status.is_open()).count()
    }

    /// Pieces of the product that the member holds or has.
    pub(super) fn had_by_member(&self, member: MemberId, product: ProductId) -> u32 {
        pieces(self.of(self.by_member.get(&member)), product)
    }

    /// Pieces of the product that the buyer has, on whatever device, besides those of one order.
    pub(super) fn had_by_buyer(&self, buyer: u64, product: ProductId, but: OrderId) -> u32 {
        pieces(self.of(self.by_buyer.get(&buyer)).filter(|entry| entry.order.order != but), product)
    }

    fn of<'a>(&'a self, orders: Option<&'a Vec<OrderId>>) -> impl Iterator<Item = &'a Entry> {
        orders.into_iter().flatten().filter_map(|order| self.entries.get(order))
    }

    /// Takes a fact about an order.
    pub(super) fn apply(&mut self, recorded: &Recorded, catalogue: &mut Catalogue) -> Change {
        if let Event::Reserved { .. } | Event::Queued { .. } = recorded.event {
            return self.begun(recorded, catalogue);
        }
        let Some(order) = recorded.event.order() else { return Change::default() };
        let Some(entry) = self.entries.get_mut(&order) else { return Change::default() };
        let shift = shift(entry, &recorded.event);
        entry.order.as_of = recorded.seq;
        for (status, by) in steps(entry, &recorded.event) {
            entry.order.status = status;
            entry.order.steps.push(OrderStep { status, at_ms: recorded.at_ms, by });
        }
        entry.take(recorded);
        let (status, begins) = (entry.order.status, countdown(&recorded.event));
        if begins.is_some() || !status.is_open() {
            if let Some(at_ms) = entry.order.expires_at_ms {
                self.expiries.remove(&(at_ms, order));
            }
            entry.order.expires_at_ms = begins;
            self.expiries.extend(begins.map(|at_ms| (at_ms, order)));
        }
        if status != OrderStatus::Waiting {
            self.lines.leave(order);
        }
        match &recorded.event {
            Event::Placed { number, buyer, .. } => {
                self.numbers = self.numbers.max(*number);
                bought(&mut self.by_buyer, *buyer, order);
            }
            Event::PaymentAsked { buyer, .. } => bought(&mut self.by_buyer, *buyer, order),
            Event::Captured { number, .. } => self.numbers = self.numbers.max(*number),
            _ => {}
        }
        let entry = entry.clone();
        moved(&entry, shift, catalogue)
    }

    /// An order begins: with pieces for it, or in line.
    fn begun(&mut self, recorded: &Recorded, catalogue: &mut Catalogue) -> Change {
        let Some(entry) = Entry::begun(recorded) else { return Change::default() };
        let order = entry.order.order;
        if let Some(expires_at_ms) = entry.order.expires_at_ms {
            self.expiries.insert((expires_at_ms, order));
        }
        if entry.order.status == OrderStatus::Waiting {
            self.lines.join(entry.order.variant, recorded.seq, order);
        }
        self.by_member.entry(entry.member).or_default().push(order);
        let shift = if entry.order.held { Shift::Hold } else { Shift::None };
        let change = moved(&entry, shift, catalogue);
        self.entries.insert(order, entry);
        change
    }
}

/// The buyer has it among the own, once.
fn bought(by_buyer: &mut HashMap<u64, Vec<OrderId>>, buyer: u64, order: OrderId) {
    let orders = by_buyer.entry(buyer).or_default();
    if !orders.contains(&order) {
        orders.push(order);
    }
}

/// The steps that a fact adds, oldest first.
fn steps(entry: &Entry, event: &Event) -> Vec<(OrderStatus, OrderHand)> {
    use OrderStatus::{Expired, Paid, Paying, Placed, Refunded, Released, Reserved};
    match event {
        Event::Offered { .. } => vec![(Reserved, OrderHand::Clock)],
        Event::Placed { .. } => vec![(Placed, OrderHand::Buyer)],
        Event::PaymentAsked { .. } => vec![(Paying, OrderHand::Buyer)],
        // The reservation goes on.
        Event::PaymentClosed { .. } if entry.order.status == Paying => vec![(Reserved, OrderHand::Provider)],
        Event::Captured { served: true, .. } => vec![(Paid, OrderHand::Provider)],
        Event::Captured { .. } => vec![(Paid, OrderHand::Provider), (Refunded, OrderHand::Clock)],
        Event::Released { .. } => vec![(Released, OrderHand::Buyer)],
        Event::Expired { .. } => vec![(Expired, OrderHand::Clock)],
        Event::Stepped { status, by, .. } => vec![(*status, *by)],
        _ => Vec::new(),
    }
}

/// The countdown that a fact begins.
fn countdown(event: &Event) -> Option<u64> {
    match event {
        Event::Offered { expires_at_ms, .. } | Event::PaymentAsked { expires_at_ms, .. } => Some(*expires_at_ms),
        _ => None,
    }
}

/// What a fact does to the pieces of its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shift {
    None,
    Hold,
    Sell,
    Take,
    GiveBack,
    Restock,
}

/// Asked before the fact is taken: what is held then decides.
fn shift(entry: &Entry, event: &Event) -> Shift {
    let held = entry.order.held;
    match event {
        Event::Offered { .. } => Shift::Hold,
        Event::Placed { .. } | Event::Captured { served: true, .. } => {
            if held {
                Shift::Sell
            } else {
                Shift::Take
            }
        }
        Event::Released { .. } | Event::Expired { .. } | Event::Captured { .. } if held => Shift::GiveBack,
        Event::Stepped { restock: true, .. } => Shift::Restock,
        _ => Shift::None,
    }
}

fn moved(entry: &Entry, shift: Shift, catalogue: &mut Catalogue) -> Change {
    let Order { order, product, variant, quantity, .. } = entry.order;
    // The pieces go at the offer's terms, or come back to it, or were counted already.
    let (by, back) = match shift {
        Shift::None => return Change { order: Some(order), ..Change::default() },
        Shift::Hold => (Move::hold(quantity), Some(false)),
        Shift::Take => (Move::take(quantity), Some(false)),
        Shift::Sell => (Move::sell(quantity), None),
        Shift::GiveBack => (Move::give_back(quantity), Some(true)),
        Shift::Restock => (Move::restock(quantity), Some(true)),
    };
    if let Some(back) = back {
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
        .filter(|order| order.status.is_open() || order.status.is_ordered())
        .filter(|order| !matches!(order.status, OrderStatus::Cancelled | OrderStatus::Refunded))
        .map(|order| order.quantity)
        .sum()
}
