//! What others are told of the shop's facts, and when. Endpoints hear of orders without whose they are: that is asked for
//! with a login, and can be erased, while what was told cannot be taken back.

use super::core::{Event, Recorded};
use crate::store::{Body, Letter, Outgoing};
use quiora_signaling::{Order, OrderHand, OrderKey, OrderStatus, ProductStock, ShopSettings};

/// What endpoints are told of an order, if the fact is of interest to them.
pub(super) fn told(recorded: &Recorded, order: &Order) -> Vec<Outgoing> {
    let kinds: &[&'static str] = match &recorded.event {
        Event::Placed { .. } => &["order.placed"],
        Event::Captured { served: true, .. } => &["order.placed", "order.paid"],
        Event::Stepped { status: OrderStatus::Paid, .. } => &["order.paid"],
        Event::Stepped { status: OrderStatus::Cancelled | OrderStatus::Refunded, .. } => &["order.cancelled"],
        _ => &[],
    };
    let body = || Body::Order(Box::new(order.clone()));
    kinds.iter().map(|kind| outgoing(kind, recorded, order, body())).collect()
}

/// What endpoints are told of the pieces of a product.
pub(super) fn stock(at_ms: u64, stock: ProductStock) -> Outgoing {
    Outgoing { kind: "stock.changed", at_ms, subject: stock.product.0, body: Body::Stock(stock) }
}

/// What the buyer is written, if the fact deserves a letter.
pub(super) fn letter(
    recorded: &Recorded,
    order: &Order,
    settings: &ShopSettings,
    key: Option<&OrderKey>,
) -> Option<(Outgoing, Letter)> {
    let kind = match &recorded.event {
        Event::Placed { .. } => "placed",
        Event::Captured { served: true, .. } => "bought",
        Event::Captured { .. } => "too_late",
        Event::Stepped { status: OrderStatus::Paid, .. } => "paid",
        Event::Stepped { status: OrderStatus::Shipped, .. } => "shipped",
        Event::Stepped { status: OrderStatus::Cancelled, by: OrderHand::Buyer, .. } => "cancelled_by_buyer",
        Event::Stepped { status: OrderStatus::Cancelled, .. } => "cancelled",
        Event::Stepped { status: OrderStatus::Refunded, .. } => "refunded",
        Event::Withdrawn { .. } => "withdrawn",
        _ => return None,
    };
    let settings = ShopSettings { shipping: Vec::new(), ..settings.clone() };
    let letter = Letter { order: order.clone(), key: key.cloned(), settings };
    Some((outgoing(kind, recorded, order, Body::Letter), letter))
}

fn outgoing(kind: &'static str, recorded: &Recorded, order: &Order, body: Body) -> Outgoing {
    Outgoing { kind, at_ms: recorded.at_ms, subject: order.order.0, body }
}
