//! OWNER of a live event, one task per show: members, chat, questions, polls, moderation, stage, and the event log that
//! all of them share.
//!
//! Inside, [`core`] decides (pure); around it one actor per show commits and delivers. From outside:
//! [`Shows`] finds a show and loads it when it is wanted, [`ShowHandle`] talks to it, [`Outbox`] carries what it says to
//! one session. Nothing here is shared state: who wants something of a show sends a message and gets the answer in
//! the session's outbox.
//!
//! Within the core each feature has a file for its state (`questions`, `polls`, `held`, `floor`, `filter`, `sanctions`, `pulse`)
//! and one for what is asked of it (`ask`, `vote`, `chat`, `moderate`, `people`).
//!
//! What everybody may know and should hear in one order is an event of the log. What changes too often for that (votes,
//! ballots) or is not for everybody (sanctions, lines that wait, the audit trail) is a row beside it, written in the same
//! transaction; everybody is told sums, coalesced.
//!
//! Invariants:
//! - Whatever anybody was told has been committed.
//! - Crash-only: a show that cannot save ends, tells its sessions `show_restarted`, and is loaded again from the store by
//!   whoever comes next. There is no repair of a half-known state.

mod actor;
mod command;
pub mod core;
mod handle;
mod outbox;
mod plan;
mod registry;
mod rows;

pub mod rights;
pub mod slug;

pub use command::{Command, Feed, MediaNotice};
pub use handle::{Join, ShowHandle};
pub use outbox::{Class, Frame, Next, Outbox, StateKey};
pub use registry::{ShowNotice, Shows};
pub use rights::Action;
