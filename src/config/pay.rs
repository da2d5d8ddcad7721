//! Where the payment provider is.

use crate::pay::{STRIPE_URL, Stripe};
use clap::Args;

/// What an operator says of it. The seller's keys are set in the studio.
#[derive(Debug, Clone, Args)]
pub struct PayArgs {
    /// Where Stripe's API is; another address is for tests.
    #[arg(long, env = "QUIORA_STRIPE_URL", default_value = STRIPE_URL)]
    pub stripe_url: String,
}

impl PayArgs {
    /// The way to Stripe; none on a machine where TLS cannot be set up, and then nobody is offered to pay by card.
    #[must_use]
    pub fn stripe(&self) -> Option<Stripe> {
        Stripe::new(&self.stripe_url).inspect_err(|error| tracing::error!(%error, "no payments by card")).ok()
    }
}
