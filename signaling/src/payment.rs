//! How an order is paid. Money itself never passes here: the seller's own instructions are words, and a payment provider
//! takes cards on a page of its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A way of paying.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// By the seller's instructions: transfer, cash at pick-up. The seller says when the money is there.
    #[default]
    Manual,
    /// At once, on Stripe's page.
    Stripe,
}

/// Where a payment through a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// The provider is being asked for a page.
    Opening,
    /// The buyer can pay at `url`.
    Open,
    /// The money is there.
    Paid,
    /// It can no longer be paid, and was not.
    Closed,
    /// The money is on its way back.
    Refunding,
    /// The money went back.
    Refunded,
}

/// The payment of an order through a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Payment {
    /// Through whom.
    pub method: PaymentMethod,
    /// Where it is.
    pub state: PaymentState,
    /// The provider's page, while the buyer can pay there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub url: Option<String>,
}
