//! What the shop says of itself to whoever routes it: pieces that are left, orders that changed. Only what is committed.

use quiora_signaling::{Order, OrderId, ProductId, ProductStock, ShopId};
use std::collections::HashMap;
use tokio::sync::mpsc;

/// Something that others may want to know at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// What is left of a product.
    Stock(ProductStock),
    /// An order as it is now. Nothing in it says whose it is.
    Order(ShopId, Box<Order>),
}

/// What could not be said yet because nobody took it. Of each product and each order only the newest waits, so there is
/// never more than the shop's writer holds of them anyway.
#[derive(Debug, Default)]
pub(super) struct Untold {
    stocks: HashMap<ProductId, ProductStock>,
    orders: HashMap<OrderId, Box<Order>>,
}

impl Untold {
    pub(super) fn stock(&mut self, stock: ProductStock) {
        self.stocks.insert(stock.product, stock);
    }

    pub(super) fn order(&mut self, order: Order) {
        self.orders.insert(order.order, Box::new(order));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.stocks.is_empty() && self.orders.is_empty()
    }

    /// Says as much as is taken. What nobody will ever take is forgotten.
    pub(super) fn tell(&mut self, shop: ShopId, notices: &mpsc::Sender<Notice>) {
        if notices.is_closed() {
            *self = Self::default();
        }
        // A copy is made only for what has room.
        self.orders.retain(|_, order| {
            notices.try_reserve().map(|room| room.send(Notice::Order(shop, order.clone()))).is_err()
        });
        self.stocks
            .retain(|_, stock| notices.try_reserve().map(|room| room.send(Notice::Stock(stock.clone()))).is_err());
    }
}
