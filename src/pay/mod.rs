//! OWNER of what is done at a payment provider: runs the errands that follow from a shop's facts ([`crate::store`]), and
//! takes what the provider tells. The shop alone decides what a payment means ([`crate::shop`]).
//!
//! Invariants:
//! - Nothing is asked of the provider that is not an errand, and an errand is written with the fact that it follows from;
//!   what is interrupted is asked again under the same idempotency key, so a page or a refund is made once.
//! - What the provider tells by itself may be lost, late or told twice: each open payment is also looked after, and the
//!   shop takes a payment once. Nothing that it tells is believed without its signature.
//! - No card data comes here: the buyer pays on the provider's page.
//!
//! | file | owns |
//! |---|---|
//! | `runner` | the task: what is due, one try, what follows |
//! | `stripe` | four requests to Stripe and their answers |
//! | `notice` | what Stripe tells by itself, and its signature |

mod notice;
mod runner;
mod stripe;

pub use notice::{MAX_NOTICE_BYTES, Notice, NoticeFault, Said, read as read_notice};
pub use stripe::{Fault, Stripe, is_key};

use crate::shop::{Ask, Shops};
use crate::store::Store;
use crate::tasks::Task;
use quiora_signaling::{RefusalCode, ShopId};

/// Where Stripe is.
pub const STRIPE_URL: &str = "https://api.stripe.com";

/// The running errands. Dropping it does not stop them; [`Pay::stop`] does.
#[derive(Debug)]
pub struct Pay(Task);

impl Pay {
    /// Begins to run errands. `base` is how browsers reach this server.
    #[must_use]
    pub fn start(store: Store, shops: Shops, stripe: Option<Stripe>, base: String) -> Self {
        Self(Task::start(|stop| runner::Runner::new(store, shops, stripe, base).run(stop)))
    }

    /// Begins nothing more and waits for what is under way. Whoever does not wait leaves it to the next start.
    pub async fn stop(&self) {
        self.0.stop().await;
    }
}

/// Hands what the provider told to the shop. Repeatable.
///
/// # Errors
/// `shop_restarted` and `server_stopping`: the provider has to tell it again.
pub async fn take(shops: &Shops, shop: ShopId, notice: Notice) -> Result<(), RefusalCode> {
    let Some(command) = notice.command() else { return Ok(()) };
    match shops.ask(shop, Ask::Command(command)).await {
        Ok(_) => Ok(()),
        Err(code @ (RefusalCode::ShopRestarted | RefusalCode::ServerStopping)) => Err(code),
        // Of an order that is not ours, or never was to be paid so: there is nothing to tell again.
        Err(code) => {
            tracing::warn!(shop.id = %shop, %code, "what the payment provider told was not taken");
            Ok(())
        }
    }
}
