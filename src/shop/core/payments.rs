//! Orders that are paid through a provider. What the provider says comes in any order, late or twice: a payment acts once,
//! one that finds no pieces any more goes back, and no order is ever served that was not paid.

use super::ShopCore;
use super::entry::Entry;
use super::event::Event;
use quiora_signaling::{Currency, OrderId, OrderStatus, Payment, PaymentState, RefusalCode};

/// What is to be done at the provider's for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Errand {
    /// Get a page where it can be paid.
    Open,
    /// See whether it was paid: what the provider says by itself may be lost.
    Watch,
    /// See to it that it can no longer be paid, or learn that it was.
    Close,
    /// Send the money back.
    Refund,
}

/// All that an errand needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrandFile {
    /// Which order.
    pub order: quiora_signaling::Order,
    /// In which show it was made.
    pub show: quiora_signaling::ShowId,
    /// What is to be done; nothing if it was done meanwhile.
    pub errand: Option<Errand>,
    /// Tells this asking for a payment from an earlier one of the same order.
    pub attempt: u64,
    /// The provider's name for the page's session, once there is one.
    pub session: Option<String>,
    /// The provider's name for the payment, once there is one.
    pub payment: Option<String>,
}

impl Entry {
    /// What is to be done at the provider's.
    pub(super) fn errand(&self) -> Option<Errand> {
        let paying = self.order.status == OrderStatus::Paying;
        match self.order.payment.as_ref()?.state {
            PaymentState::Opening if paying => Some(Errand::Open),
            PaymentState::Open if paying => Some(Errand::Watch),
            PaymentState::Opening | PaymentState::Open => Some(Errand::Close),
            PaymentState::Refunding => Some(Errand::Refund),
            PaymentState::Paid | PaymentState::Closed | PaymentState::Refunded => None,
        }
    }

    fn payment(&self) -> Result<&Payment, RefusalCode> {
        self.order.payment.as_ref().ok_or(RefusalCode::OrderStepInvalid)
    }
}

impl ShopCore {
    /// What is to be done at the provider's for an order.
    #[must_use]
    pub fn errand(&self, order: OrderId) -> Option<Errand> {
        self.book.get(order)?.errand()
    }

    /// The same, with all that it needs.
    #[must_use]
    pub fn errand_file(&self, order: OrderId) -> Option<ErrandFile> {
        let entry = self.book.get(order)?;
        let (session, payment) = (entry.session.clone(), entry.paid_as.clone());
        let (order, show, attempt) = (entry.order.clone(), entry.show, entry.asked);
        Some(ErrandFile { order, show, errand: entry.errand(), attempt, session, payment })
    }

    fn order_entry(&self, order: OrderId) -> Result<&Entry, RefusalCode> {
        self.book.get(order).ok_or(RefusalCode::OrderNotFound)
    }

    pub(super) fn open_payment(&self, order: OrderId, session: &str, url: &str) -> Result<Vec<Event>, RefusalCode> {
        match self.order_entry(order)?.payment()?.state {
            PaymentState::Opening => {
                Ok(vec![Event::PaymentOpened { order, session: session.to_owned(), url: url.to_owned() }])
            }
            _ => Ok(Vec::new()),
        }
    }

    pub(super) fn close_payment(&self, order: OrderId, session: Option<&str>) -> Result<Vec<Event>, RefusalCode> {
        let entry = self.order_entry(order)?;
        let own = entry.session.as_deref() == session;
        match entry.payment()?.state {
            PaymentState::Opening | PaymentState::Open if own => Ok(vec![Event::PaymentClosed { order }]),
            _ => Ok(Vec::new()),
        }
    }

    /// What was held is sold. What was not, or is no longer, is sold if it is there; if not, the money goes back.
    pub(super) fn capture(
        &self,
        order: OrderId,
        payment: &str,
        amount_minor: u64,
        currency: Currency,
    ) -> Result<Vec<Event>, RefusalCode> {
        let entry = self.order_entry(order)?;
        if matches!(entry.payment()?.state, PaymentState::Paid | PaymentState::Refunding | PaymentState::Refunded) {
            return Ok(Vec::new());
        }
        let form = self.catalogue.form(entry.order.variant).ok_or(RefusalCode::ProductNotFound)?;
        let there = entry.order.held || form.stock.free >= entry.order.quantity;
        let right = entry.order.total_minor == amount_minor && entry.order.currency == currency;
        let (number, payment) = (self.book.next_number(), payment.to_owned());
        Ok(vec![Event::Captured { order, payment, number, served: there && right }])
    }

    pub(super) fn repay(&self, order: OrderId, refund: &str) -> Result<Vec<Event>, RefusalCode> {
        match self.order_entry(order)?.payment()?.state {
            PaymentState::Refunding => Ok(vec![Event::Repaid { order, refund: refund.to_owned() }]),
            PaymentState::Refunded => Ok(Vec::new()),
            _ => Err(RefusalCode::OrderStepInvalid),
        }
    }
}
