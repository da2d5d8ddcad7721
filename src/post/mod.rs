//! OWNER of what leaves the house: takes the outbox out ([`crate::store`]) and delivers it, to servers that the seller named
//! (webhooks) and to buyers (e-mail).
//!
//! Invariants:
//! - At least once: a row is settled after the other side took it, so whatever is interrupted is delivered again, under
//!   the same id. Nothing is sent that is not in the outbox, and nothing gets there but with the fact that it tells of.
//! - One at a time per endpoint, and per order for letters; some of them side by side. An endpoint that is slow or down
//!   holds up nobody else.
//! - What others answer is bounded, and so is the time they may take for it.
//!
//! | file | owns |
//! |---|---|
//! | `dispatcher` | the task: what is due, what runs, what follows |
//! | `backoff` | when to try again |
//! | `webhook`, `sign`, `target` | a try at an endpoint, its signature, and where it may go |
//! | `mail`, `letter` | a try at a letter, and what it says |

mod backoff;
mod dispatcher;
mod letter;
mod mail;
mod sign;
mod target;
mod webhook;

pub use backoff::Backoff;
pub use mail::{MailFault, Mailer};
pub use sign::{SECRET_PREFIX, show_secret};
pub use target::{Fault, check};

use crate::store::Store;
use crate::tasks::Task;
use dispatcher::Dispatcher;

/// What endpoints can hear of.
pub const EVENTS: [&str; 6] =
    ["order.placed", "order.paid", "order.cancelled", "stock.changed", "show.live", "show.ended"];

/// How to deliver.
#[derive(Debug, Clone, Default)]
pub struct PostConfig {
    /// Sends letters; without it there are none.
    pub mailer: Option<Mailer>,
    /// Whether endpoints may be on private networks and on this machine.
    pub private_targets: bool,
    /// When to try again.
    pub backoff: Backoff,
}

/// The running post. Dropping it does not stop it; [`Post::stop`] does.
#[derive(Debug)]
pub struct Post(Task);

impl Post {
    /// Begins to deliver what lies in the outbox, and goes on with what comes. `base` is how browsers reach this server.
    #[must_use]
    pub fn start(store: Store, config: PostConfig, base: String) -> Self {
        Self(Task::start(|stop| Dispatcher::new(store, config, base).run(stop)))
    }

    /// Begins nothing more and waits for what is under way. Whoever does not wait leaves it to the next start.
    pub async fn stop(&self) {
        self.0.stop().await;
    }
}
