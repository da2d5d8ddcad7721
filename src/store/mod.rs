//! All SQL. The store is the only truth: what it has committed happened, what it has not did not.
//!
//! Invariants:
//! - One writer. Every write goes through one connection, so transactions never meet and never wait for each other
//!   longer than one takes; readers see the last commit (WAL) and never wait.
//! - Committed means on the disk: `synchronous=FULL`, because people are told "done" on the strength of it.
//! - Nothing unbounded comes in or goes out: sizes are checked by the caller's types, here, and by the schema; every
//!   list has a limit.
//!
//! SQLite needs nothing installed and one file to back up, which is right for a shop's own machine. The rest of the house
//! sees only this type, so another database by URL changes this folder and no other. Queries are checked at run
//! time (by the tests), since the compile-time macros would need a database to build.

mod access;
mod audience;
mod disk;
mod endpoints;
mod error;
mod images;
mod ledger;
mod log;
mod open;
mod orders;
mod outbox;
mod payments;
mod rehearsal;
mod remotes;
mod rows;
mod shop;
mod shows;
mod staff;
mod stream;

pub use access::LoginKind;
pub use audience::{KeptAudience, SanctionKind, SanctionRow, ShowRows};
pub use disk::Disk;
pub use endpoints::{Endpoint, NewEndpoint};
pub use error::StoreError;
pub use images::ImageRow;
pub use log::{KnownLine, MemberName, ShowPatch};
pub use orders::{LedgerRow, OrderFilter, ProductRow, ShopBatch, ShopFact, StockRow, product_status};
pub use outbox::{Attempt, Body, Channel, Delivery, Failed, Letter, Outgoing, Parcel, Recipient, Verdict};
pub use payments::{DueErrand, ErrandRow, PaymentAccount};
pub use rehearsal::Copy;
pub use remotes::{REMOTE_GRACE_MS, REMOTE_TTL_MS, RemoteDevice};
pub use shop::Shop;
pub use shows::{NewShow, ShowRow};
pub use staff::Moderator;

use sqlx::SqlitePool;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

/// The database. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    /// Exactly one connection: the queue for it is the order of all writes.
    writer: SqlitePool,
    /// A few read-only connections.
    reader: SqlitePool,
    commits: Arc<AtomicU64>,
    /// Where the file lies.
    folder: Arc<Path>,
    /// Told when something new may lie in the outbox.
    posted: Arc<Notify>,
    /// Told when there is something to do at a payment provider.
    errands: Arc<Notify>,
}

impl Store {
    /// Transactions that [`Store::commit`] has completed since the start: how well the group commit groups.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Whatever keeps it from answering.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.reader).await?;
        Ok(())
    }

    /// Runs a statement as it is, for tests of what the schema forbids.
    #[cfg(test)]
    pub(crate) async fn try_sql(&self, sql: &'static str) -> Result<(), StoreError> {
        sqlx::query(sql).execute(&self.writer).await?;
        Ok(())
    }

    /// Waits for what is being written, folds the write-ahead log into the file and closes it. Later calls fail.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests;
