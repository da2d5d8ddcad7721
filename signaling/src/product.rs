//! What a shop sells, as its seller edits it and as a viewer sees it. The seller's forms carry what a buyer may not see
//! (drafts, reserved pieces); a [`ProductCard`] is what a watch page needs to sell from.

use crate::{Currency, ProductId, VariantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether a product can be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// Being written; nobody but the seller sees it.
    Draft,
    /// For sale.
    Active,
    /// No longer sold; kept for the orders that name it.
    Archived,
}

/// A picture of a product. Its bytes are at `/images/{image}.jpg`, a small form at `/images/{image}-s.jpg`; both never
/// change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Image {
    /// The SHA-256 of its content, in hexadecimal.
    pub image: String,
    /// Of the large form.
    pub width_px: u32,
    /// Of the large form.
    pub height_px: u32,
    /// What it shows, for those who do not see it; may be empty.
    #[serde(default)]
    pub alt: String,
}

/// A variant as the seller writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct VariantDraft {
    /// Which, if it exists already; without it a new one is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub variant: Option<VariantId>,
    /// Size, colour…; empty if there is only one.
    #[serde(default)]
    pub name: String,
    /// The seller's own number; may be empty.
    #[serde(default)]
    pub sku: String,
    /// The regular price of one, VAT included, in minor units.
    #[ts(type = "number")]
    pub price_minor: u64,
    /// The pieces of a new variant. Of one that exists the stock is changed by what came or went, never set: meanwhile
    /// some may have been sold.
    #[serde(default)]
    pub stock: u32,
}

/// A product as the seller writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ProductDraft {
    /// Its name.
    pub title: String,
    /// What it is; several lines.
    #[serde(default)]
    pub description: String,
    /// Whether it can be bought.
    pub status: ProductStatus,
    /// The VAT in its prices, in hundredths of a percent: 2200 is 22 %.
    pub vat_bp: u32,
    /// The most that one buyer gets, if there is such a limit.
    #[serde(default)]
    pub max_per_buyer: Option<u32>,
    /// Its pictures; the first is the one on the card.
    #[serde(default)]
    pub images: Vec<Image>,
    /// At least one. One that is left out is no longer sold.
    pub variants: Vec<VariantDraft>,
}

/// A variant as its seller sees it. `free + reserved + sold == stock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Variant {
    /// Which.
    pub variant: VariantId,
    /// Size, colour…; empty if there is only one.
    pub name: String,
    /// The seller's own number.
    pub sku: String,
    /// The regular price of one, VAT included, in minor units.
    #[ts(type = "number")]
    pub price_minor: u64,
    /// The lowest price at which it was for sale within the last 30 days, offers included; `null` if it never was.
    #[ts(type = "number | null")]
    pub lowest_30_days_minor: Option<u64>,
    /// Pieces that ever came in, less those that were taken out.
    pub stock: u32,
    /// Pieces that can be bought.
    pub free: u32,
    /// Pieces that are held for buyers who are filling in their order.
    pub reserved: u32,
    /// Pieces that were ordered.
    pub sold: u32,
}

/// A product as its seller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Product {
    /// Which.
    pub product: ProductId,
    /// Its place in the catalogue; the lowest first.
    pub position: u32,
    /// Its name.
    pub title: String,
    /// What it is.
    pub description: String,
    /// Whether it can be bought.
    pub status: ProductStatus,
    /// The VAT in its prices, in hundredths of a percent.
    pub vat_bp: u32,
    /// The most that one buyer gets.
    pub max_per_buyer: Option<u32>,
    /// Its pictures.
    pub images: Vec<Image>,
    /// Those that are sold.
    pub variants: Vec<Variant>,
    /// What its prices are in.
    pub currency: Currency,
    /// When it was made: milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub created_at_ms: u64,
    /// When it was last changed.
    #[ts(type = "number")]
    pub updated_at_ms: u64,
}

/// A variant as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct VariantCard {
    /// Which.
    pub variant: VariantId,
    /// Size, colour…; empty if there is only one.
    pub name: String,
    /// The regular price of one, VAT included, in minor units.
    #[ts(type = "number")]
    pub price_minor: u64,
    /// The price of one while the offer lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub offer_minor: Option<u64>,
    /// The lowest price of the 30 days before the offer; shown wherever `offer_minor` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub lowest_30_days_minor: Option<u64>,
    /// Since when it is for sale, if that is less than 30 days before the offer: the lowest price is of that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub for_sale_since_ms: Option<u64>,
}

/// A product as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ProductCard {
    /// Which.
    pub product: ProductId,
    /// Its name.
    pub title: String,
    /// What its prices are in.
    pub currency: Currency,
    /// The VAT in its prices, in hundredths of a percent.
    pub vat_bp: u32,
    /// The most that one buyer gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub max_per_buyer: Option<u32>,
    /// Its pictures, the first few.
    pub images: Vec<Image>,
    /// Those that are sold.
    pub variants: Vec<VariantCard>,
}

/// What is left of a product. State: the newest replaces all before; one with a smaller `as_of` is older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ProductStock {
    /// Of which product.
    pub product: ProductId,
    /// The shop's newest event that it counts.
    #[ts(type = "number")]
    pub as_of: u64,
    /// Whether it can be bought at all.
    pub for_sale: bool,
    /// Each variant that is sold.
    pub variants: Vec<VariantStock>,
    /// Pieces left at the offer's terms, if the offer is limited to a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub offer_left: Option<u32>,
}

/// What is left of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct VariantStock {
    /// Which.
    pub variant: VariantId,
    /// Pieces that can be bought now.
    pub left: u32,
    /// Pieces held by buyers who are filling in their order: they may come back.
    pub reserved: u32,
}

/// What the seller asks for when pinning with an offer. At least one of price and quantity, or an opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct OfferWish {
    /// The price of one, whatever the variant; below the lowest of the last 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub price_minor: Option<u64>,
    /// The most pieces at these terms, all variants together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quantity: Option<u32>,
    /// A drop: nobody can buy before that instant. Milliseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub opens_at_ms: Option<u64>,
    /// How long the offer lasts from its opening; 10 s to 24 h.
    pub duration_ms: u32,
}

/// An offer that runs, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Offer {
    /// Nobody can buy the product before that instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub opens_at_ms: Option<u64>,
    /// From that instant the regular price holds again.
    #[ts(type = "number")]
    pub ends_at_ms: u64,
    /// The most pieces at these terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quantity: Option<u32>,
}

/// What is pinned on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Showcase {
    /// When it was pinned, by the show's clock.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// The time of the frame that was being taken, on the clock of the sender reports that players get: microseconds since
    /// the Unix epoch. A player shows the card when its own picture gets there; without it, at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub media_us: Option<u64>,
    /// The product as it was then.
    pub product: ProductCard,
    /// The offer it was pinned with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub offer: Option<Offer>,
}
