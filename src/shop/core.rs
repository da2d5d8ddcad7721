//! PURE core of a shop: what is sold, what is left, who holds what, and what was ordered.
//!
//! Invariants:
//! - [`ShopCore::decide`] changes nothing and cannot fail, it *refuses*; [`ShopCore::apply`] takes a fact and cannot refuse.
//!   The same facts in the same order give the same shop: the store replays them, and nothing else is the truth.
//! - `free + reserved + sold == stock` for each variant, asserted after each event. There is one writer, so a piece that
//!   is free is free: nothing is sold twice by construction, not by luck.
//! - An order id acts once. It is made by the buyer's client, and whatever is asked again under it changes nothing more.
//! - No personal data is in an event: who a buyer is lies elsewhere and can be erased; facts cannot.
//!
//! Time is milliseconds since the Unix epoch, comes in as `now_ms`, and may step: the shop's own clock never goes back.

mod book;
mod catalogue;
mod command;
mod draft;
mod entry;
mod event;
mod line;
mod offer;
mod orders;
mod payments;
mod price;
mod stock;
mod view;

pub use command::Command;
pub use draft::{Fault, clean_draft, clean_settings};
pub use event::{Event, KeyHash, Recorded, Reference, Wish};
pub use payments::{Errand, ErrandFile};
pub use price::Span;
pub use stock::{LedgerMove, Move, Stock};
pub use view::{Listed, OrderFile};

use book::Book;
use catalogue::Catalogue;
use quiora_signaling::{OrderId, ProductId, RefusalCode, ShopSettings, ShowId};
use std::collections::HashMap;

/// A seller's business.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShopCore {
    seq: u64,
    at_ms: u64,
    settings: ShopSettings,
    catalogue: Catalogue,
    book: Book,
    line_ups: HashMap<ShowId, Vec<ProductId>>,
}

/// What an event changed, for the store's projections and for whoever must hear of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Pieces that went from one state into another.
    pub moves: Vec<LedgerMove>,
    /// Products of which something is different now.
    pub products: Vec<ProductId>,
    /// The order that is different now.
    pub order: Option<OrderId>,
}

impl ShopCore {
    /// A shop of which nothing is known yet; the facts follow through [`ShopCore::apply`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of the newest event; 0 if there is none.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The shop's clock.
    #[must_use]
    pub fn clock(&self, now_ms: u64) -> u64 {
        self.at_ms.max(now_ms)
    }

    /// What the shop says of itself.
    #[must_use]
    pub const fn settings(&self) -> &ShopSettings {
        &self.settings
    }

    /// What follows from a command: facts to be applied in this order, none if everything is so already.
    ///
    /// # Errors
    /// The refusal; nothing is to change then.
    pub fn decide(&self, now_ms: u64, command: &Command) -> Result<Vec<Event>, RefusalCode> {
        let now_ms = self.clock(now_ms);
        match command {
            Command::SetSettings(settings) => self.set_settings(settings),
            Command::SaveProducts(drafts) => self.save_products(drafts),
            Command::OrderProducts(products) => self.order_products(products),
            Command::ChangeStock { variant, change } => self.change_stock(*variant, *change),
            Command::SetLineUp { show, products } => self.set_line_up(*show, products),
            Command::Present { product, offer } => self.present(now_ms, *product, *offer),
            Command::EndOffer { product } => self.end_offer(now_ms, *product),
            Command::Reserve { .. } => self.reserve(now_ms, command),
            Command::Place { .. } => self.place(now_ms, command),
            Command::Release { order, key } => self.release(*order, key),
            Command::Look { order, key } => self.known(*order, key).map(|_| Vec::new()),
            Command::Step { order, status, restock } => self.step(*order, *status, *restock),
            Command::OpenPayment { order, session, url } => self.open_payment(*order, session, url),
            Command::ClosePayment { order, session } => self.close_payment(*order, session.as_deref()),
            Command::Capture { order, payment, amount_minor, currency } => {
                self.capture(*order, payment, *amount_minor, *currency)
            }
            Command::Repay { order, refund } => self.repay(*order, refund),
            Command::Withdraw { order, key } => self.withdraw(now_ms, *order, key),
            Command::EraseContact { order, key } => self.erase_contact(*order, key),
        }
    }

    /// What time brings: reservations that have run out, and pieces for those who are first in line. Apply it and ask
    /// again until nothing comes: what ran out may be the next one's.
    #[must_use]
    pub fn due(&self, now_ms: u64) -> Vec<Event> {
        let now_ms = self.clock(now_ms);
        let mut due: Vec<_> = self.book.run_out(now_ms).map(|order| Event::Expired { order }).collect();
        due.extend(self.offered(now_ms));
        due
    }

    /// When [`ShopCore::due`] next has something, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        self.book.next_expiry()
    }

    /// Gives an event its place and time.
    #[must_use]
    pub fn record(&self, now_ms: u64, event: Event) -> Recorded {
        Recorded { seq: self.seq + 1, at_ms: self.clock(now_ms), event }
    }

    /// Takes a fact. Facts come in the order of their `seq`, without a gap.
    pub fn apply(&mut self, recorded: &Recorded) -> Change {
        assert_eq!(recorded.seq, self.seq + 1, "a fact is missing or came twice");
        self.seq = recorded.seq;
        self.at_ms = self.clock(recorded.at_ms);
        let change = self.apply_event(recorded);
        for LedgerMove { variant, .. } in &change.moves {
            self.catalogue.assert_sound(*variant);
        }
        let queued = if let Event::Queued { wish } = &recorded.event { Some(wish.variant) } else { None };
        for variant in change.moves.iter().map(|moved| moved.variant).chain(queued) {
            let free = self.catalogue.form(variant).is_some_and(|form| form.stock.free > 0);
            self.book.lines.free(variant, free);
        }
        change
    }

    fn apply_event(&mut self, recorded: &Recorded) -> Change {
        let (seq, at_ms) = (recorded.seq, recorded.at_ms);
        match &recorded.event {
            Event::SettingsChanged { settings } => {
                self.settings = (**settings).clone();
                Change { products: self.catalogue.ids().collect(), ..Change::default() }
            }
            Event::ProductSaved { product, draft } => self.catalogue.saved(at_ms, *product, draft),
            Event::ProductsOrdered { products } => self.catalogue.ordered(products),
            Event::StockChanged { variant, change } => self.catalogue.stock_changed(*variant, *change),
            Event::LineUpSet { show, products } => {
                self.line_ups.insert(*show, products.clone());
                Change::default()
            }
            Event::OfferOpened { product, offer, price_minor, references } => {
                self.catalogue.offer_opened(seq, at_ms, *product, *offer, *price_minor, references)
            }
            Event::OfferEnded { product } => self.catalogue.offer_ended(at_ms, *product),
            Event::Reserved { .. }
            | Event::Queued { .. }
            | Event::Offered { .. }
            | Event::Placed { .. }
            | Event::PaymentAsked { .. }
            | Event::PaymentOpened { .. }
            | Event::PaymentClosed { .. }
            | Event::Captured { .. }
            | Event::Repaid { .. }
            | Event::Released { .. }
            | Event::Expired { .. }
            | Event::Stepped { .. }
            | Event::Withdrawn { .. }
            | Event::ContactErased { .. } => self.book.apply(recorded, &mut self.catalogue),
        }
    }

    fn set_settings(&self, settings: &ShopSettings) -> Result<Vec<Event>, RefusalCode> {
        if settings.currency != self.settings.currency && !self.catalogue.is_empty() {
            return Err(RefusalCode::NotAllowed);
        }
        if *settings == self.settings {
            return Ok(Vec::new());
        }
        Ok(vec![Event::SettingsChanged { settings: Box::new(settings.clone()) }])
    }

    fn set_line_up(&self, show: ShowId, products: &[ProductId]) -> Result<Vec<Event>, RefusalCode> {
        if products.iter().any(|product| self.catalogue.get(*product).is_none()) {
            return Err(RefusalCode::ProductNotFound);
        }
        if self.line_ups.get(&show).is_some_and(|known| known == products) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::LineUpSet { show, products: products.to_vec() }])
    }
}

#[cfg(test)]
mod tests;
