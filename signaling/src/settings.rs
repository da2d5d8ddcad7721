//! How a shop sells: what a buyer must know before ordering, and what only its seller writes.

use crate::{Currency, ShippingOption};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the shop writes to buyers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Italian.
    It,
    /// English.
    En,
}

/// The seller's settings; `GET` and `PUT /api/shop/settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ShopSettings {
    /// What all prices are in. It cannot change while there are products.
    pub currency: Currency,
    /// How long pieces are held for a buyer who is filling in the order.
    pub reservation_ms: u32,
    /// At least one before anybody can order.
    pub shipping: Vec<ShippingOption>,
    /// How to pay, as the seller says it: transfer, cash at pick-up. Shown with every order.
    #[serde(default)]
    pub payment_instructions: String,
    /// Who the seller is by law: name, address, VAT number. Shown before ordering and with every order.
    #[serde(default)]
    pub seller_details: String,
    /// Days within which a buyer may withdraw; at least 14 in the EU.
    pub withdrawal_days: u32,
    /// What letters to buyers are written in; English if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub language: Option<Language>,
}

impl Default for ShopSettings {
    fn default() -> Self {
        Self {
            currency: Currency::EUR,
            reservation_ms: 5 * 60_000,
            shipping: Vec::new(),
            payment_instructions: String::new(),
            seller_details: String::new(),
            withdrawal_days: 14,
            language: None,
        }
    }
}
