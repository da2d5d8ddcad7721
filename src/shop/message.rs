//! What a shop's writer is asked and what it answers. Questions wait in the same mailbox as commands, so that who asks
//! after a command sees what it did, and nobody sees what is not committed.

use super::core::{Command, ErrandFile, Listed, OrderFile, Span};
use quiora_signaling::{
    Contact, OrderId, OrderKey, Product, ProductId, ProductStock, ShopSettings, ShowId, Showcase, VariantId,
};
use tokio::sync::oneshot;

/// Something to do or to tell.
#[derive(Debug, Clone)]
pub enum Ask {
    /// To be decided.
    Command(Command),
    /// To be decided; whose contact goes into the store with the order, and the key that opens the order's page into the
    /// letter to the buyer.
    Place(Command, Box<Contact>, OrderKey),
    /// To be told.
    Query(Query),
}

/// What can be told.
#[derive(Debug, Clone)]
pub enum Query {
    /// The settings.
    Settings,
    /// All products.
    Products,
    /// One product.
    Product(ProductId),
    /// Whose variant it is, as a product.
    ProductOf(VariantId),
    /// What is sold in a show.
    LineUp(ShowId),
    /// What is left of a product.
    Stock(ProductId),
    /// The prices of a variant.
    Prices(VariantId),
    /// An order: for the seller without a key.
    Order(OrderId, Option<super::core::KeyHash>),
    /// What is to be done at a payment provider for an order.
    Errand(OrderId),
    /// The number of the newest event.
    AsOf,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done and stored; the number of the newest event.
    Done(u64),
    /// To all commands about an order, as it is stored now.
    Order(Box<OrderFile>),
    /// To [`Command::Present`]: what to pin, and what is left of it.
    Showcase(Box<Showcase>, Option<ProductStock>),
    /// To [`Query::Settings`].
    Settings(Box<ShopSettings>),
    /// To [`Query::Products`].
    Products(Vec<Product>),
    /// To [`Query::Product`], [`Query::ProductOf`] and [`Command::ChangeStock`].
    Product(Box<Product>),
    /// To [`Query::LineUp`].
    LineUp(Vec<Listed>),
    /// To [`Query::Stock`].
    Stock(ProductStock),
    /// To [`Query::Errand`].
    Errand(Box<ErrandFile>),
    /// To [`Query::Prices`]: the spans and the lowest price of the last 30 days.
    Prices(Vec<Span>, Option<u64>),
}

/// What lies in a shop's mailbox. A lost answer (commit failed, writer gone) is told as `shop_restarted` by whoever waits.
#[derive(Debug)]
pub(super) enum Mail {
    Ask(Ask, oneshot::Sender<Result<Answer, quiora_signaling::RefusalCode>>),
    /// The server is stopping: do what came before, then end.
    Stop,
}
