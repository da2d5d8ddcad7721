//! OWNER of one WebSocket: it reads frames, lets the pure [`core`] decide what may be acted on, and hands
//! commands to the show and offers to the media plane. Replies, events and state come back through one bounded outbox.
//!
//! # Rules
//! - One task reads and decides, one writes; the outbox is the only way out, so replies keep their order.
//! - A session keeps nothing that a new one could not be given: after any end the client says hello again and resumes by
//!   `seq`. Its media connections end with it.
//! - Nothing that a client sends can do more than end its own session.
//!
//! | file | owns |
//! |---|---|
//! | `core`, `rate` | the decisions, in virtual time |
//! | `actor` | the loop: socket, timers, the end |
//! | `writer` | from the outbox to the socket, and the goodbye |
//! | `dispatch` | which message goes where; only a `match` |
//! | `hello` | from a token to a member in a show |
//! | `shopping` | reserve, order, pin |
//! | `holders` | how much one address may hold back |
//! | `watchers` | who hears of an order's changes |
//! | `offer` | publish, subscribe, give up |
//! | `token` | join tokens |

pub mod core;
pub mod rate;
pub mod token;

mod actor;
mod dispatch;
mod hello;
mod holders;
mod offer;
mod shopping;
mod watchers;
mod writer;

use crate::media::Media;
use crate::metrics::Metrics;
use crate::shop::Shops;
use crate::show::Shows;
use quiora_signaling::limits::MAX_MESSAGE_BYTES;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use actor::run;
pub use core::Timing;
pub use holders::Holders;
pub use rate::Bucket;
pub use token::{Claims, JoinTokens, MEMBER_TOKEN_TTL_MS, PAGE_TOKEN_TTL_MS};
pub use watchers::Watchers;

/// The WebSocket library drops the connection at a frame longer than this, without a word. Twice what the protocol
/// allows, so that an honest client that went too far is read to the end and told `too_large`.
pub const MAX_FRAME_BYTES: usize = 2 * MAX_MESSAGE_BYTES;

/// Held per socket, so small: all but offers fit in.
pub const READ_BUFFER_BYTES: usize = 4 * 1024;

/// What every session shares. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions(Arc<Shared>);

/// The owners that sessions talk to.
#[derive(Debug)]
pub struct Shared {
    /// Where commands go.
    pub shows: Shows,
    /// Who sells.
    pub shops: Shops,
    /// Who hears of which order.
    pub watchers: Watchers,
    /// How much addresses hold back.
    pub holders: Holders,
    /// Where offers go.
    pub media: Media,
    /// Says who may enter.
    pub tokens: JoinTokens,
    /// Counts.
    pub metrics: Metrics,
    /// Patience.
    pub timing: Timing,
    /// Cancelled when the server stops: every session says so and ends.
    pub stop: CancellationToken,
    /// Knows the sessions' tasks, so that the server can wait for their goodbyes.
    pub tasks: TaskTracker,
}

impl Sessions {
    /// Sessions over these owners.
    #[must_use]
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl std::ops::Deref for Sessions {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
