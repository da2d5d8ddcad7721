//! Facts of a shop. They are stored as JSON and replayed for ever: a field may be added with a default, never renamed
//! nor given another meaning.

use quiora_signaling::{
    Currency, MemberId, Offer, OrderHand, OrderId, OrderStatus, PaymentMethod, ProductDraft, ProductId, ShippingChoice,
    ShopSettings, ShowId, VariantId,
};
use serde::{Deserialize, Serialize};

/// The SHA-256 of an order's key, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyHash(pub String);

/// The lowest price of a variant in the 30 days before an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Of which.
    pub variant: VariantId,
    /// In minor units.
    pub lowest_minor: u64,
    /// Since when it is for sale, if that is less than 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_ms: Option<u64>,
}

/// What somebody wants to buy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Which order.
    pub order: OrderId,
    /// The hash of its key.
    pub key: KeyHash,
    /// Who.
    pub member: MemberId,
    /// In which show.
    pub show: ShowId,
    /// What.
    pub product: ProductId,
    /// In which form.
    pub variant: VariantId,
    /// The product's name now.
    pub title: String,
    /// The variant's name now.
    pub variant_name: String,
    /// How many.
    pub quantity: u32,
    /// The price of one now.
    pub unit_minor: u64,
    /// What it is in.
    pub currency: Currency,
    /// The VAT in it.
    pub vat_bp: u32,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The seller changed how the shop sells.
    SettingsChanged {
        /// All of them.
        settings: Box<ShopSettings>,
    },
    /// The seller made or changed a product.
    ProductSaved {
        /// Which.
        product: ProductId,
        /// All of it; each variant has its id. `stock` counts for variants that are new.
        draft: Box<ProductDraft>,
    },
    /// The seller put products into an order.
    ProductsOrdered {
        /// These come first.
        products: Vec<ProductId>,
    },
    /// Pieces came, or went otherwise than by an order.
    StockChanged {
        /// Of what.
        variant: VariantId,
        /// How many.
        change: i64,
    },
    /// The seller chose what is sold in a show.
    LineUpSet {
        /// In which.
        show: ShowId,
        /// In this order.
        products: Vec<ProductId>,
    },
    /// An offer began, or will.
    OfferOpened {
        /// For what.
        product: ProductId,
        /// Its terms.
        offer: Offer,
        /// The price of one, whatever the variant.
        price_minor: Option<u64>,
        /// What the price is compared with; empty without a price.
        references: Vec<Reference>,
    },
    /// An offer was ended before its time.
    OfferEnded {
        /// For what.
        product: ProductId,
    },
    /// A buyer reserved pieces.
    Reserved {
        /// What, and for whom.
        #[serde(flatten)]
        wish: Box<Wish>,
        /// The `seq` of the offer that it is part of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offer: Option<u64>,
        /// Until when.
        expires_at_ms: u64,
        /// Nothing is held: who pays first gets them.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        loose: bool,
    },
    /// A buyer got in line for pieces.
    Queued {
        /// What, and for whom; the price is the one of now.
        #[serde(flatten)]
        wish: Box<Wish>,
    },
    /// Pieces came back, and are held for who was first in line.
    Offered {
        /// Which order.
        order: OrderId,
        /// How many; no more than were wanted.
        quantity: u32,
        /// The price of one now.
        unit_minor: u64,
        /// The `seq` of the offer that it is part of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offer: Option<u64>,
        /// Until when.
        expires_at_ms: u64,
    },
    /// The buyer ordered what was reserved.
    Placed {
        /// Which order.
        order: OrderId,
        /// The shop's number for it.
        number: u64,
        /// How the goods get there.
        shipping: ShippingChoice,
        /// What that costs.
        shipping_minor: u64,
        /// Tells buyers apart.
        buyer: u64,
    },
    /// The buyer ordered what was reserved, and is to pay through a provider.
    PaymentAsked {
        /// Which order.
        order: OrderId,
        /// Through whom.
        method: PaymentMethod,
        /// How the goods get there.
        shipping: ShippingChoice,
        /// What that costs.
        shipping_minor: u64,
        /// Tells buyers apart.
        buyer: u64,
        /// Until when it can be paid.
        expires_at_ms: u64,
    },
    /// The provider has a page for it.
    PaymentOpened {
        /// Which order.
        order: OrderId,
        /// The provider's name for the page's session.
        session: String,
        /// The page.
        url: String,
    },
    /// It was not paid, and cannot be any more.
    PaymentClosed {
        /// Which order.
        order: OrderId,
    },
    /// The money came.
    Captured {
        /// Which order.
        order: OrderId,
        /// The provider's name for the payment.
        payment: String,
        /// The shop's number for the order.
        number: u64,
        /// Whether there were pieces for it; if not, the money goes back.
        served: bool,
    },
    /// The money went back.
    Repaid {
        /// Which order.
        order: OrderId,
        /// The provider's name for it.
        refund: String,
    },
    /// The buyer gave the pieces back, left the line or gave up the payment.
    Released {
        /// Which order.
        order: OrderId,
    },
    /// Time took the pieces back.
    Expired {
        /// Which order.
        order: OrderId,
    },
    /// The order went on.
    Stepped {
        /// Which order.
        order: OrderId,
        /// Where to.
        status: OrderStatus,
        /// By whom.
        by: OrderHand,
        /// Whether its pieces can be sold again.
        restock: bool,
    },
    /// The buyer withdrew from a contract that was paid for: goods and money are to go back.
    Withdrawn {
        /// Which order.
        order: OrderId,
    },
    /// Nobody knows any more who ordered.
    ContactErased {
        /// Which order.
        order: OrderId,
    },
}

impl Event {
    /// The order that it is about.
    #[must_use]
    pub const fn order(&self) -> Option<OrderId> {
        match self {
            Self::Reserved { wish, .. } | Self::Queued { wish } => Some(wish.order),
            Self::Offered { order, .. }
            | Self::Placed { order, .. }
            | Self::PaymentAsked { order, .. }
            | Self::PaymentOpened { order, .. }
            | Self::PaymentClosed { order }
            | Self::Captured { order, .. }
            | Self::Repaid { order, .. }
            | Self::Released { order }
            | Self::Expired { order }
            | Self::Stepped { order, .. }
            | Self::Withdrawn { order }
            | Self::ContactErased { order } => Some(*order),
            Self::SettingsChanged { .. }
            | Self::ProductSaved { .. }
            | Self::ProductsOrdered { .. }
            | Self::StockChanged { .. }
            | Self::LineUpSet { .. }
            | Self::OfferOpened { .. }
            | Self::OfferEnded { .. } => None,
        }
    }

    /// Its kind, as it stands in the JSON.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SettingsChanged { .. } => "settings_changed",
            Self::ProductSaved { .. } => "product_saved",
            Self::ProductsOrdered { .. } => "products_ordered",
            Self::StockChanged { .. } => "stock_changed",
            Self::LineUpSet { .. } => "line_up_set",
            Self::OfferOpened { .. } => "offer_opened",
            Self::OfferEnded { .. } => "offer_ended",
            Self::Reserved { .. } => "reserved",
            Self::Queued { .. } => "queued",
            Self::Offered { .. } => "offered",
            Self::Placed { .. } => "placed",
            Self::PaymentAsked { .. } => "payment_asked",
            Self::PaymentOpened { .. } => "payment_opened",
            Self::PaymentClosed { .. } => "payment_closed",
            Self::Captured { .. } => "captured",
            Self::Repaid { .. } => "repaid",
            Self::Released { .. } => "released",
            Self::Expired { .. } => "expired",
            Self::Stepped { .. } => "stepped",
            Self::Withdrawn { .. } => "withdrawn",
            Self::ContactErased { .. } => "contact_erased",
        }
    }
}

/// A fact with its place in the shop's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// 1, 2, 3 … without a gap, per shop.
    pub seq: u64,
    /// When, by the shop's clock: milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What.
    pub event: Event,
}
