//! What can be asked of a shop. Plain values; texts in them are clean and within limits, ids of new things are made by
//! whoever asks.

use super::event::KeyHash;
use quiora_signaling::{
    Currency, MemberId, OfferWish, OrderId, OrderStatus, PaymentMethod, ProductDraft, ProductId, ShippingId,
    ShopSettings, ShowId, VariantId,
};

/// A request. Who may ask what is decided before it comes here: the seller by login, the buyer by the order's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Seller: how the shop sells.
    SetSettings(Box<ShopSettings>),
    /// Seller: products as they are to be, new ones under new ids; all or none. Each variant has an id.
    SaveProducts(Vec<(ProductId, ProductDraft)>),
    /// Seller: these first, in this order.
    OrderProducts(Vec<ProductId>),
    /// Seller: pieces came, or went otherwise than by an order.
    ChangeStock {
        /// Of what.
        variant: VariantId,
        /// How many.
        change: i64,
    },
    /// Seller: what is sold in a show.
    SetLineUp {
        /// In which.
        show: ShowId,
        /// In this order.
        products: Vec<ProductId>,
    },
    /// Host: the product goes on screen, with or without an offer.
    Present {
        /// Which.
        product: ProductId,
        /// Better terms.
        offer: Option<OfferWish>,
    },
    /// Host: the offer of the product is over. Repeatable.
    EndOffer {
        /// Which.
        product: ProductId,
    },
    /// Buyer: hold pieces, or get in line for them. Repeatable.
    Reserve {
        /// The order's id, made by the buyer's client.
        order: OrderId,
        /// The hash of its key.
        key: KeyHash,
        /// Who, as far as the show knows.
        member: MemberId,
        /// In which show.
        show: ShowId,
        /// What.
        variant: VariantId,
        /// 1 to 99.
        quantity: u32,
        /// If there are not so many, get in line.
        wait: bool,
    },
    /// Buyer: order what is reserved. Repeatable.
    Place {
        /// Which order.
        order: OrderId,
        /// The hash of its key.
        key: KeyHash,
        /// What the buyer was shown.
        total_minor: u64,
        /// How to get the goods there.
        shipping: ShippingId,
        /// Where to; `None` if the contact has no address.
        country: Option<String>,
        /// Tells buyers apart without saying who they are: a keyed hash of the e-mail address.
        buyer: u64,
        /// How it is paid.
        payment: PaymentMethod,
    },
    /// Buyer: give held pieces back, leave the line or give up a payment. Repeatable.
    Release {
        /// Which order.
        order: OrderId,
        /// The hash of its key.
        key: KeyHash,
    },
    /// Buyer: see the order.
    Look {
        /// Which order.
        order: OrderId,
        /// The hash of its key.
        key: KeyHash,
    },
    /// Seller: the order goes on. Repeatable.
    Step {
        /// Which order.
        order: OrderId,
        /// Where to.
        status: OrderStatus,
        /// Whether the pieces of a refunded order can be sold again.
        restock: bool,
    },
    /// Provider: there is a page where the order can be paid. Repeatable.
    OpenPayment {
        /// Which order.
        order: OrderId,
        /// The provider's name for the page's session.
        session: String,
        /// The page.
        url: String,
    },
    /// Provider: the order cannot be paid, now or any more, and was not. Repeatable.
    ClosePayment {
        /// Which order.
        order: OrderId,
        /// Of which session it is said; a session that is not the order's says nothing of it. `None` if there is none.
        session: Option<String>,
    },
    /// Provider: the money is there. Repeatable.
    Capture {
        /// Which order.
        order: OrderId,
        /// The provider's name for the payment.
        payment: String,
        /// How much.
        amount_minor: u64,
        /// Of what.
        currency: Currency,
    },
    /// Provider: the money went back. Repeatable.
    Repay {
        /// Which order.
        order: OrderId,
        /// The provider's name for it.
        refund: String,
    },
    /// Buyer: withdraw from the contract. Repeatable.
    Withdraw {
        /// Which order.
        order: OrderId,
        /// The hash of its key.
        key: KeyHash,
    },
    /// Buyer: forget who ordered. Repeatable.
    EraseContact {
        /// Which order.
        order: OrderId,
        /// The hash of its key.
        key: KeyHash,
    },
}
