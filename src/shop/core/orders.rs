//! From the reservation to the end: what a buyer and a seller may do with an order, and when.

use super::ShopCore;
use super::command::Command;
use super::entry::Entry;
use super::event::{Event, KeyHash, Wish};
use quiora_signaling::limits::{MAX_OPEN_RESERVATIONS, MAX_QUANTITY};
use quiora_signaling::{
    Order, OrderHand, OrderId, OrderStatus, PaymentMethod, RefusalCode, ShippingChoice, ShippingOption, StockPolicy,
};

/// Orders and reservations of one shop, the past ones included: some 500 bytes each.
const MAX_ORDERS: usize = 500_000;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Whether the seller may move an order so.
pub(super) const fn leads_to(from: OrderStatus, to: OrderStatus) -> bool {
    use OrderStatus::{Cancelled, Done, Packed, Paid, Placed, Refunded, Shipped};
    matches!(
        (from, to),
        (Placed, Paid | Cancelled)
            | (Paid, Packed | Refunded)
            | (Packed, Shipped | Refunded)
            | (Shipped, Done | Refunded)
            | (Done, Refunded)
    )
}

impl ShopCore {
    /// The order of that id and key.
    pub(super) fn known(&self, order: OrderId, key: &KeyHash) -> Result<&Entry, RefusalCode> {
        self.book.get(order).filter(|entry| entry.key == *key).ok_or(RefusalCode::OrderNotFound)
    }

    pub(super) fn reserve(&self, now_ms: u64, command: &Command) -> Result<Vec<Event>, RefusalCode> {
        let Command::Reserve { order, key, member, show, variant, quantity, wait } = command else {
            return Err(RefusalCode::Internal);
        };
        if let Some(entry) = self.book.get(*order) {
            let same = entry.key == *key && entry.order.variant == *variant && entry.wanted == *quantity;
            return if same { Ok(Vec::new()) } else { Err(RefusalCode::OrderIdReused) };
        }
        if *quantity == 0 || *quantity > MAX_QUANTITY {
            return Err(RefusalCode::QuantityInvalid);
        }
        let form = self.catalogue.form(*variant).ok_or(RefusalCode::ProductNotFound)?;
        let item = self.catalogue.get(form.product).ok_or(RefusalCode::ProductNotFound)?;
        let sold = item.variant(*variant).filter(|_| item.is_active()).ok_or(RefusalCode::NotForSale)?;
        // What is free belongs to those in line.
        let there = form.stock.free >= *quantity && self.book.lines.len(*variant) == 0;
        if !there {
            if !wait {
                return Err(RefusalCode::SoldOut);
            }
            self.may_wait(*variant)?;
        }
        let wanted = self.book.had_by_member(*member, form.product).saturating_add(*quantity);
        let too_many = item.draft.max_per_buyer.is_some_and(|most| wanted > most);
        if too_many || self.book.open(*member) >= MAX_OPEN_RESERVATIONS {
            return Err(RefusalCode::OverLimit);
        }
        if self.book.len() >= MAX_ORDERS {
            return Err(RefusalCode::ShopFull);
        }
        let wish = |unit_minor| {
            Box::new(Wish {
                order: *order,
                key: key.clone(),
                member: *member,
                show: *show,
                product: form.product,
                variant: *variant,
                title: item.draft.title.clone(),
                variant_name: sold.name.clone(),
                quantity: *quantity,
                unit_minor,
                currency: self.settings.currency,
                vat_bp: item.draft.vat_bp,
            })
        };
        if !there {
            return Ok(vec![Event::Queued { wish: wish(sold.price_minor) }]);
        }
        let terms = item.terms(now_ms, sold, *quantity)?;
        let expires_at_ms = now_ms + u64::from(self.settings.reservation_ms);
        let loose = self.settings.policy == StockPolicy::FirstPaid;
        Ok(vec![Event::Reserved { wish: wish(terms.unit_minor), offer: terms.offer, expires_at_ms, loose }])
    }

    pub(super) fn place(&self, now_ms: u64, command: &Command) -> Result<Vec<Event>, RefusalCode> {
        let Command::Place { order, key, total_minor, shipping, country, buyer, payment } = command else {
            return Err(RefusalCode::Internal);
        };
        let entry = self.known(*order, key)?;
        match entry.order.status {
            OrderStatus::Reserved => {}
            OrderStatus::Released | OrderStatus::Expired => return Err(RefusalCode::ReservationOver),
            OrderStatus::Waiting => return Err(RefusalCode::OrderStepInvalid),
            // It is ordered: this is the answer that was lost.
            _ => return Ok(Vec::new()),
        }
        if entry.order.expires_at_ms.is_none_or(|expires| now_ms >= expires) {
            return Err(RefusalCode::ReservationOver);
        }
        if !self.settings.payments.contains(payment) {
            return Err(RefusalCode::PaymentUnavailable);
        }
        let option = self.settings.shipping.iter().find(|option| option.shipping == *shipping);
        let option = option.ok_or(RefusalCode::ShippingInvalid)?;
        reaches(option, country.as_deref())?;
        if entry.order.goods_minor + option.price_minor != *total_minor {
            return Err(RefusalCode::PriceChanged);
        }
        self.still_to_have(now_ms, entry, *buyer)?;
        let ShippingOption { shipping, name, price_minor: shipping_minor, pick_up, .. } = option.clone();
        let (order, buyer, shipping) = (*order, *buyer, ShippingChoice { shipping, name, pick_up });
        Ok(vec![match payment {
            PaymentMethod::Manual => {
                Event::Placed { order, number: self.book.next_number(), shipping, shipping_minor, buyer }
            }
            method @ PaymentMethod::Stripe => {
                let expires_at_ms = now_ms + u64::from(self.settings.reservation_ms);
                Event::PaymentAsked { order, method: *method, shipping, shipping_minor, buyer, expires_at_ms }
            }
        }])
    }

    /// Whether the buyer may have the pieces of a reservation, and, if none are held, whether they are still there at the
    /// terms that were shown.
    fn still_to_have(&self, now_ms: u64, entry: &Entry, buyer: u64) -> Result<(), RefusalCode> {
        let Order { order, product, variant, quantity, unit_minor, held, .. } = entry.order;
        let item = self.catalogue.get(product).ok_or(RefusalCode::ProductNotFound)?;
        let had = self.book.had_by_buyer(buyer, product, order).saturating_add(quantity);
        if item.draft.max_per_buyer.is_some_and(|most| had > most) {
            return Err(RefusalCode::OverLimit);
        }
        if held {
            return Ok(());
        }
        let sold = item.variant(variant).filter(|_| item.is_active()).ok_or(RefusalCode::NotForSale)?;
        let free = self.catalogue.form(variant).map_or(0, |form| form.stock.free);
        if free < quantity || self.book.lines.len(variant) > 0 {
            return Err(RefusalCode::SoldOut);
        }
        let terms = item.terms(now_ms, sold, quantity)?;
        if terms.unit_minor == unit_minor { Ok(()) } else { Err(RefusalCode::PriceChanged) }
    }

    pub(super) fn release(&self, order: OrderId, key: &KeyHash) -> Result<Vec<Event>, RefusalCode> {
        match self.known(order, key)?.order.status {
            status if status.is_open() => Ok(vec![Event::Released { order }]),
            OrderStatus::Released | OrderStatus::Expired => Ok(Vec::new()),
            _ => Err(RefusalCode::OrderStepInvalid),
        }
    }

    pub(super) fn step(&self, order: OrderId, to: OrderStatus, restock: bool) -> Result<Vec<Event>, RefusalCode> {
        let from = self.book.get(order).ok_or(RefusalCode::OrderNotFound)?.order.status;
        if from == to && from.is_ordered() {
            return Ok(Vec::new());
        }
        if !leads_to(from, to) {
            return Err(RefusalCode::OrderStepInvalid);
        }
        // What was never paid for has not left the shop.
        let restock = to == OrderStatus::Cancelled || (to == OrderStatus::Refunded && restock);
        Ok(vec![Event::Stepped { order, status: to, by: OrderHand::Seller, restock }])
    }

    /// Before it is paid it is simply called off; after, goods and money have to go back, which is the seller's to do.
    pub(super) fn withdraw(&self, now_ms: u64, order: OrderId, key: &KeyHash) -> Result<Vec<Event>, RefusalCode> {
        let entry = self.known(order, key)?;
        let by = OrderHand::Buyer;
        match self.withdrawal(now_ms, &entry.order) {
            Some(OrderStatus::Cancelled) => {
                Ok(vec![Event::Stepped { order, status: OrderStatus::Cancelled, by, restock: true }])
            }
            Some(_) => Ok(vec![Event::Withdrawn { order }]),
            None if entry.order.status == OrderStatus::Cancelled || entry.order.withdrawn_at_ms.is_some() => {
                Ok(Vec::new())
            }
            None => Err(RefusalCode::OrderStepInvalid),
        }
    }

    /// What withdrawing would lead to: `cancelled` at once, `refunded` in the end, or nothing because it is too late.
    pub(super) fn withdrawal(&self, now_ms: u64, order: &Order) -> Option<OrderStatus> {
        match order.status {
            OrderStatus::Placed => Some(OrderStatus::Cancelled),
            _ if order.withdrawn_at_ms.is_some() => None,
            OrderStatus::Paid | OrderStatus::Packed | OrderStatus::Shipped => Some(OrderStatus::Refunded),
            OrderStatus::Done => {
                let done = order.steps.iter().rev().find(|step| step.status == OrderStatus::Done)?;
                let until = done.at_ms + u64::from(self.settings.withdrawal_days) * DAY_MS;
                (now_ms < until).then_some(OrderStatus::Refunded)
            }
            _ => None,
        }
    }

    /// Until the order is over, the seller needs to know where it goes.
    pub(super) fn erase_contact(&self, order: OrderId, key: &KeyHash) -> Result<Vec<Event>, RefusalCode> {
        let entry = self.known(order, key)?;
        match entry.order.status {
            _ if entry.contact_erased => Ok(Vec::new()),
            OrderStatus::Done | OrderStatus::Cancelled | OrderStatus::Refunded => {
                Ok(vec![Event::ContactErased { order }])
            }
            _ => Err(RefusalCode::OrderStepInvalid),
        }
    }
}

/// Whether goods can be sent so to that country.
fn reaches(option: &ShippingOption, country: Option<&str>) -> Result<(), RefusalCode> {
    match country {
        _ if option.pick_up => Ok(()),
        None => Err(RefusalCode::ContactInvalid),
        Some(country) if option.countries.is_empty() || option.countries.iter().any(|c| c == country) => Ok(()),
        Some(_) => Err(RefusalCode::ShippingInvalid),
    }
}
