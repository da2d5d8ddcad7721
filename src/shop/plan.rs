//! One turn of a shop: what has been decided and not yet been committed or answered, and the rows that follow from it.

use super::core::{Change, Errand, Event, LedgerMove, Recorded, ShopCore, Stock};
use super::mailing;
use super::message::Answer;
use crate::store::{ErrandRow, LedgerRow, ProductRow, ShopBatch, ShopFact, StockRow, StoreError, product_status};
use quiora_signaling::{Contact, Order, OrderId, OrderKey, ProductId, RefusalCode, VariantId};
use std::collections::BTreeSet;
use tokio::sync::oneshot;

type Reply = (oneshot::Sender<Result<Answer, RefusalCode>>, Result<Answer, RefusalCode>);

/// What a buyer gives with an order and facts do not hold.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) contact: Box<Contact>,
    pub(super) key: OrderKey,
}

/// What a turn adds up to.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Whether buyers are written letters.
    mails: bool,
    /// Whether an order in it is paid through a provider.
    paid: bool,
    batch: ShopBatch,
    products: BTreeSet<ProductId>,
    variants: BTreeSet<VariantId>,
    orders: BTreeSet<OrderId>,
    replies: Vec<Reply>,
}

impl Plan {
    /// Nothing yet.
    pub(super) fn new(mails: bool) -> Self {
        Self { mails, ..Self::default() }
    }

    /// Adds a fact and what it changed. `core` has taken it and nothing after it.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no fact can cause.
    pub(super) fn add(
        &mut self,
        core: &ShopCore,
        recorded: &Recorded,
        change: Change,
        given: Option<&Given>,
    ) -> Result<(), StoreError> {
        let body = serde_json::to_string(&recorded.event).map_err(|_| StoreError::OutOfBounds("a fact"))?;
        let kind = recorded.event.kind();
        self.batch.facts.push(ShopFact { seq: recorded.seq, at_ms: recorded.at_ms, kind, body });
        for entry in &change.moves {
            self.variants.insert(entry.variant);
            self.batch.ledger.push(ledger_row(recorded.seq, entry));
        }
        match &recorded.event {
            Event::LineUpSet { show, products } => {
                self.batch.line_ups.retain(|(known, _)| known != show);
                self.batch.line_ups.push((*show, products.clone()));
            }
            Event::Placed { order, .. } => {
                self.batch.contacts.extend(given.map(|given| (*order, (*given.contact).clone(), None)));
            }
            Event::PaymentAsked { order, .. } => {
                let key = |given: &Given| self.mails.then(|| given.key.clone());
                self.batch.contacts.extend(given.map(|given| (*order, (*given.contact).clone(), key(given))));
            }
            Event::ContactErased { order } => self.batch.erased.push(*order),
            Event::PaymentClosed { order } if core.order(*order).is_some_and(|order| !order.status.is_open()) => {
                self.batch.erased.push(*order);
            }
            _ => {}
        }
        if let Some(order) = change.order.and_then(|order| core.order(order)) {
            self.batch.told.extend(mailing::told(recorded, order));
            self.paid |= order.payment.is_some();
            if self.mails {
                self.batch.letters.extend(mailing::letter(
                    recorded,
                    order,
                    core.settings(),
                    given.map(|given| &given.key),
                ));
            }
        }
        self.products.extend(change.products);
        self.orders.extend(change.order);
        Ok(())
    }

    /// Adds an answer. It waits for the commit, also if it is a "no": what refuses it may not be stored yet.
    pub(super) fn reply(
        &mut self,
        to: oneshot::Sender<Result<Answer, RefusalCode>>,
        answer: Result<Answer, RefusalCode>,
    ) {
        self.replies.push((to, answer));
    }

    /// The transaction, if there is something to commit.
    pub(super) fn batch(&mut self, core: &ShopCore) -> Option<&ShopBatch> {
        if self.batch.facts.is_empty() {
            return None;
        }
        let now_ms = core.clock(0);
        self.batch.products = self.products.iter().filter_map(|product| product_row(core, now_ms, *product)).collect();
        let touched = |variant: &VariantId| core.stock_of(*variant).map(|(of, stock)| stock_row(*variant, of, stock));
        self.batch.stocks = self.variants.iter().filter_map(touched).collect();
        let moved: BTreeSet<_> = self.batch.stocks.iter().map(|row| row.product).collect();
        for stock in moved.into_iter().filter_map(|product| core.stock(now_ms, product)) {
            self.batch.told.push(mailing::stock(now_ms, stock));
        }
        if self.paid {
            self.batch.errands = self.orders.iter().filter_map(|order| errand_row(core, now_ms, *order)).collect();
        }
        self.batch.orders = self.orders.iter().filter_map(|order| core.order(*order).cloned()).collect();
        Some(&self.batch)
    }

    /// Products of which viewers are to be told what is left.
    pub(super) fn products(&self) -> impl Iterator<Item = ProductId> {
        self.products.iter().copied()
    }

    /// Orders of which those who follow them are to be told.
    pub(super) fn orders(&self) -> impl Iterator<Item = OrderId> {
        self.orders.iter().copied()
    }

    /// Answers everybody. Call it when the batch is committed.
    pub(super) fn deliver(self) {
        for (to, answer) in self.replies {
            // Whoever asked may have gone.
            let _ = to.send(answer);
        }
    }
}

/// Everything that the store's projections should hold if `core` is what its log says: products, pieces, orders, sorted
/// by id.
#[must_use]
pub fn projections(core: &ShopCore) -> (Vec<ProductRow>, Vec<StockRow>, Vec<Order>) {
    let now_ms = core.clock(0);
    let mut products: Vec<_> = core.product_ids().filter_map(|product| product_row(core, now_ms, product)).collect();
    let mut stocks: Vec<_> =
        core.stocks().map(|(variant, product, stock)| stock_row(variant, product, stock)).collect();
    let mut orders: Vec<_> = core.orders().cloned().collect();
    products.sort();
    stocks.sort();
    orders.sort_by_key(|order| order.order);
    (products, stocks, orders)
}

fn product_row(core: &ShopCore, now_ms: u64, product: ProductId) -> Option<ProductRow> {
    let product = core.product(now_ms, product)?;
    let status = product_status(product.status);
    Some(ProductRow { product: product.product, position: product.position, status, title: product.title })
}

fn stock_row(variant: VariantId, product: ProductId, pieces: Stock) -> StockRow {
    let Stock { stock, free, reserved, sold } = pieces;
    StockRow { variant, product, pieces: [stock, free, reserved, sold] }
}

/// When to look for the first time whether an order was paid: by then the provider should have said so itself.
const FIRST_WATCH_MS: u64 = 15_000;

fn errand_row(core: &ShopCore, now_ms: u64, order: OrderId) -> Option<ErrandRow> {
    core.order(order)?.payment.as_ref()?;
    let (errand, due_at_ms) = match core.errand(order) {
        Some(Errand::Open) => (Some("open"), now_ms),
        Some(Errand::Watch) => (Some("watch"), now_ms + FIRST_WATCH_MS),
        Some(Errand::Close) => (Some("close"), now_ms),
        Some(Errand::Refund) => (Some("refund"), now_ms),
        None => (None, now_ms),
    };
    Some(ErrandRow { order, errand, due_at_ms })
}

fn ledger_row(seq: u64, entry: &LedgerMove) -> LedgerRow {
    let by = entry.by;
    LedgerRow { seq, variant: entry.variant, change: [by.stock, by.free, by.reserved, by.sold], order: entry.order }
}
