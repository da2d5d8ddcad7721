//! How a shop sells: what a buyer must know before ordering, and what only its seller writes.

use crate::{Currency, PaymentMethod, ShippingOption};
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

/// When pieces are taken from the shelf.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockPolicy {
    /// As soon as a buyer begins to order, for `reservation_ms`.
    #[default]
    Reserve,
    /// When an order is paid through a provider or, if it is paid by the seller's instructions, placed: who is first gets
    /// them, and nobody else is kept waiting.
    FirstPaid,
}

/// The seller's settings; `GET` and `PUT /api/shop/settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ShopSettings {
    /// What all prices are in. It cannot change while there are products.
    pub currency: Currency,
    /// How long pieces are held for a buyer who is filling in the order.
    pub reservation_ms: u32,
    /// When pieces are taken from the shelf.
    #[serde(default)]
    pub policy: StockPolicy,
    /// Whether buyers can line up for what is sold out.
    #[serde(default = "yes")]
    pub waiting_list: bool,
    /// How buyers can pay; at least one way.
    #[serde(default = "manual")]
    pub payments: Vec<PaymentMethod>,
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
            policy: StockPolicy::Reserve,
            waiting_list: true,
            payments: manual(),
            shipping: Vec::new(),
            payment_instructions: String::new(),
            seller_details: String::new(),
            withdrawal_days: 14,
            language: None,
        }
    }
}

const fn yes() -> bool {
    true
}

fn manual() -> Vec<PaymentMethod> {
    vec![PaymentMethod::Manual]
}
