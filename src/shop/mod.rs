//! OWNER of a seller's business, one writer per shop: catalogue, stock, reservations, orders.
//!
//! Inside, [`core`] decides (pure); around it one actor per shop commits and answers. From outside [`Shops`] finds the
//! shop's writer and talks to it.
//!
//! Invariants:
//! - Whatever anybody was told has been committed, and what was committed is found again after any crash.
//! - Crash-only: a writer that cannot save ends; whoever waits is told to ask again with the same ids, and the next who
//!   asks loads the shop anew from its log. There is no repair of a half-known state.
//! - Personal data goes from the buyer into the store and from there to the seller or the buyer; it is never held here.

pub mod core;

mod actor;
mod mailing;
mod message;
mod notice;
mod plan;
mod registry;

pub use message::{Answer, Ask, Query};
pub use notice::Notice;
pub use plan::projections;
pub use registry::{Pending, Shops, hash_key};
