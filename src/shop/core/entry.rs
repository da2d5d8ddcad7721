//! One order with what its buyer does not see, and how facts change it.

use super::event::{Event, KeyHash, Recorded, Wish};
use quiora_signaling::{
    MemberId, Order, OrderHand, OrderStatus, OrderStep, Payment, PaymentState, ShippingChoice, ShowId, vat_included,
};

/// An order and what its buyer does not see.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) order: Order,
    pub(super) key: KeyHash,
    pub(super) member: MemberId,
    pub(super) show: ShowId,
    /// The offer that its pieces are part of.
    pub(super) offer: Option<u64>,
    /// How many were asked for; who waited may have been offered fewer.
    pub(super) wanted: u32,
    pub(super) contact_erased: bool,
    /// The `seq` of the last asking for a payment.
    pub(super) asked: u64,
    /// The provider's name for the page's session.
    pub(super) session: Option<String>,
    /// The provider's name for the payment.
    pub(super) paid_as: Option<String>,
}

impl Entry {
    /// The order that the fact begins, if it begins one.
    pub(super) fn begun(recorded: &Recorded) -> Option<Self> {
        match &recorded.event {
            Event::Reserved { wish, offer, expires_at_ms, loose } => {
                let mut entry = Self::new(wish, recorded, OrderStatus::Reserved);
                (entry.offer, entry.order.held, entry.order.expires_at_ms) = (*offer, !loose, Some(*expires_at_ms));
                Some(entry)
            }
            Event::Queued { wish } => Some(Self::new(wish, recorded, OrderStatus::Waiting)),
            _ => None,
        }
    }

    fn new(wish: &Wish, recorded: &Recorded, status: OrderStatus) -> Self {
        let goods_minor = wish.unit_minor * u64::from(wish.quantity);
        let order = Order {
            order: wish.order,
            number: None,
            status,
            product: wish.product,
            variant: wish.variant,
            title: wish.title.clone(),
            variant_name: wish.variant_name.clone(),
            quantity: wish.quantity,
            currency: wish.currency,
            unit_minor: wish.unit_minor,
            goods_minor,
            shipping: None,
            shipping_minor: 0,
            total_minor: goods_minor,
            vat_minor: vat_included(goods_minor, wish.vat_bp),
            vat_bp: wish.vat_bp,
            expires_at_ms: None,
            held: false,
            ahead: None,
            payment: None,
            withdrawn_at_ms: None,
            steps: vec![OrderStep { status, at_ms: recorded.at_ms, by: OrderHand::Buyer }],
            as_of: recorded.seq,
        };
        Self {
            order,
            key: wish.key.clone(),
            member: wish.member,
            show: wish.show,
            offer: None,
            wanted: wish.quantity,
            contact_erased: false,
            asked: 0,
            session: None,
            paid_as: None,
        }
    }

    /// What a fact says of the order, besides its status and its countdown.
    pub(super) fn take(&mut self, recorded: &Recorded) {
        let order = &mut self.order;
        match &recorded.event {
            Event::Offered { quantity, unit_minor, offer, .. } => {
                (order.quantity, order.unit_minor, order.held) = (*quantity, *unit_minor, true);
                order.goods_minor = unit_minor * u64::from(*quantity);
                self.offer = *offer;
                self.total(0);
            }
            Event::Placed { number, shipping, shipping_minor, .. } => {
                (order.number, order.payment, order.held) = (Some(*number), None, false);
                self.ship(shipping, *shipping_minor);
            }
            Event::PaymentAsked { method, shipping, shipping_minor, .. } => {
                order.payment = Some(Payment { method: *method, state: PaymentState::Opening, url: None });
                (self.asked, self.session) = (recorded.seq, None);
                self.ship(shipping, *shipping_minor);
            }
            Event::PaymentOpened { session, url, .. } => {
                self.session = Some(session.clone());
                self.pay(PaymentState::Open, Some(url.clone()));
            }
            Event::PaymentClosed { .. } => {
                // Whoever did not become a buyer is forgotten.
                self.contact_erased = !order.status.is_open();
                self.pay(PaymentState::Closed, None);
            }
            Event::Captured { payment, number, served, .. } => {
                (order.number, order.held) = (Some(*number), false);
                self.paid_as = Some(payment.clone());
                self.pay(if *served { PaymentState::Paid } else { PaymentState::Refunding }, None);
            }
            Event::Stepped { status: OrderStatus::Refunded, .. } => self.pay(PaymentState::Refunding, None),
            Event::Repaid { .. } => self.pay(PaymentState::Refunded, None),
            Event::Released { .. } | Event::Expired { .. } => order.held = false,
            Event::Withdrawn { .. } => order.withdrawn_at_ms = Some(recorded.at_ms),
            Event::ContactErased { .. } => self.contact_erased = true,
            _ => {}
        }
    }

    fn ship(&mut self, shipping: &ShippingChoice, shipping_minor: u64) {
        self.order.shipping = Some(shipping.clone());
        self.total(shipping_minor);
    }

    fn total(&mut self, shipping_minor: u64) {
        let order = &mut self.order;
        order.shipping_minor = shipping_minor;
        order.total_minor = order.goods_minor + shipping_minor;
        order.vat_minor = vat_included(order.total_minor, order.vat_bp);
    }

    /// A payment goes on; an order without one has none to go on.
    fn pay(&mut self, state: PaymentState, url: Option<String>) {
        if let Some(payment) = &mut self.order.payment {
            (payment.state, payment.url) = (state, url);
        }
    }
}
