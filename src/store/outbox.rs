//! What leaves the house: written with the facts that it tells of, taken out by [`crate::post`], erased once settled.
//!
//! Invariants:
//! - A row exists if and only if its fact was committed; it is `waiting` until somebody took it, or it was tried long
//!   enough. So nothing is lost, and what was delivered just before a crash is delivered again, under the same id.
//! - Addresses, and what letters say, are there while they are needed and no longer. What endpoints are told is about
//!   nobody, and stays while it is listed.
//!
//! | file | owns |
//! |---|---|
//! | `telling` | writing rows, with their facts |
//! | `again` | what became of them, and sending them again |

mod again;
mod telling;

pub use again::{Delivery, Failed};
pub(super) use telling::{tell_show, write};

use super::orders::parse;
use super::{Store, StoreError, rows};
use quiora_signaling::{Order, OrderKey, ProductStock, ShopSettings};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use tokio::sync::Notify;
use uuid::Uuid;

/// Tries after which a message no longer holds up those behind it: the first ones are minutes apart, the later ones hours.
const HOLDING_TRIES: u32 = 3;

/// How long it is remembered that something was sent: for who looks whether it was.
const KEEP_SENT_MS: u64 = 7 * 24 * 60 * 60 * 1_000;

/// How long it is shown that something was given up.
const KEEP_GIVEN_UP_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Settled messages of one endpoint that are kept: a shop's busy evening.
const MAX_SETTLED: u32 = 1_000;

/// How long a letter waits for somebody who sends letters; later it would only puzzle.
const MAX_LETTER_WAIT_MS: u64 = 7 * 24 * 60 * 60 * 1_000;

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// What happened, as receivers know it: `order.placed`, `stock.changed` …
    pub kind: &'static str,
    /// When it happened, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// The order, product or show that it is about.
    pub subject: Uuid,
    /// What is said.
    pub body: Body,
}

/// What a message says. It is made into JSON only when somebody listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// An order as it was then.
    Order(Box<Order>),
    /// What is left of a product.
    Stock(ProductStock),
    /// A letter: see [`Letter`], beside it.
    Letter,
}

/// What a letter to a buyer is written from. Goes when the letter is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// As it was then.
    pub order: Order,
    /// For the link to the order's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<OrderKey>,
    /// How the shop sold then.
    pub settings: ShopSettings,
}

/// The two ways out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// To a server that the seller named.
    Webhook,
    /// To a buyer.
    Mail,
}

impl Channel {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        }
    }
}

/// Who a letter goes to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Recipient {
    /// As the buyer wrote it.
    pub name: String,
    /// Likewise.
    pub email: String,
}

/// Something that is to go out now.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Its row.
    pub n: u64,
    /// Its id for whoever receives it.
    pub message: Uuid,
    /// The endpoint, or the order that the letter is about.
    pub lane: Uuid,
    /// What happened.
    pub kind: String,
    /// When it happened.
    pub at_ms: u64,
    /// Tries so far.
    pub attempts: u32,
    /// JSON.
    pub body: String,
    /// For letters.
    pub recipient: Option<Recipient>,
}

/// What a try led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was taken.
    Sent,
    /// It is to be tried again then.
    Again {
        /// In milliseconds since the Unix epoch.
        due_at_ms: u64,
    },
    /// It will never be taken, or was tried long enough.
    GivenUp,
    /// The endpoint wants nothing any more.
    Gone,
}

/// A try that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at_ms: u64,
    /// In a word, for the seller: a status code, `timeout`, `unreachable` …
    pub outcome: String,
    /// What follows.
    pub verdict: Verdict,
}

impl Store {
    /// Wakes whoever takes the outbox out.
    #[must_use]
    pub fn posted(&self) -> &Notify {
        &self.posted
    }

    /// What is due: of each lane the next one, oldest first. What waits for another try holds up what lies behind it in
    /// its lane, but not for more than a few tries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn post_due(&self, channel: Channel, now_ms: u64, limit: u32) -> Result<Vec<Parcel>, StoreError> {
        let found = sqlx::query(
            "SELECT MIN(o.n), o.message, o.lane, o.kind, o.at_ms, o.attempts, o.body, o.recipient FROM outbox o \
             WHERE o.status = 'waiting' AND o.channel = ?1 AND o.due_at_ms <= ?2 AND (o.attempts > ?3 OR NOT EXISTS \
             (SELECT 1 FROM outbox b WHERE b.lane = o.lane AND b.status = 'waiting' AND b.n < o.n AND b.attempts <= ?3)) \
             GROUP BY o.lane ORDER BY 1 LIMIT ?4",
        )
        .bind(channel.as_str())
        .bind(rows::signed(now_ms))
        .bind(HOLDING_TRIES)
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        found.iter().map(parcel).collect()
    }

    /// When the next one is due after `now_ms`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn post_next(&self, now_ms: u64) -> Result<Option<u64>, StoreError> {
        let row = sqlx::query("SELECT MIN(due_at_ms) FROM outbox WHERE status = 'waiting' AND due_at_ms > ?")
            .bind(rows::signed(now_ms))
            .fetch_one(&self.reader)
            .await?;
        let due: Option<i64> = row.try_get(0)?;
        Ok(due.and_then(|due| u64::try_from(due).ok()))
    }

    /// Writes down what a try led to. What was settled meanwhile (erased, disabled) stays as it is.
    ///
    /// # Errors
    /// When the database fails; the try will be made again.
    pub async fn post_settle(&self, channel: Channel, parcel: &Parcel, attempt: &Attempt) -> Result<(), StoreError> {
        let (status, due_at_ms) = match attempt.verdict {
            Verdict::Sent => ("sent", attempt.at_ms),
            Verdict::Again { due_at_ms } => ("waiting", due_at_ms),
            Verdict::GivenUp | Verdict::Gone => ("given_up", attempt.at_ms),
        };
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "UPDATE outbox SET status = ?2, attempts = attempts + 1, due_at_ms = ?3, outcome = ?4, \
             settled_at_ms = CASE ?2 WHEN 'waiting' THEN NULL ELSE ?5 END, \
             body = CASE WHEN ?2 = 'waiting' OR channel = 'webhook' THEN body END, recipient = CASE ?2 WHEN 'waiting' THEN recipient END \
             WHERE n = ?1 AND status = 'waiting'",
        )
        .bind(rows::signed(parcel.n))
        .bind(status)
        .bind(rows::signed(due_at_ms))
        .bind(attempt.outcome.as_str())
        .bind(rows::signed(attempt.at_ms))
        .execute(&mut *tx)
        .await?;
        if channel == Channel::Webhook {
            sqlx::query("UPDATE endpoints SET last_at_ms = ?2, last_outcome = ?3 WHERE id = ?1")
                .bind(rows::blob(&parcel.lane))
                .bind(rows::signed(attempt.at_ms))
                .bind(attempt.outcome.as_str())
                .execute(&mut *tx)
                .await?;
        }
        if attempt.verdict == Verdict::Gone {
            super::endpoints::switch_off(&mut tx, parcel.lane, "gone", attempt.at_ms).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Forgets what was settled long ago, and secrets that were replaced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn post_prune(&self, now_ms: u64) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM outbox WHERE (status = 'sent' AND settled_at_ms < ?1) \
             OR (status = 'given_up' AND settled_at_ms < ?2)",
        )
        .bind(rows::signed(now_ms.saturating_sub(KEEP_SENT_MS)))
        .bind(rows::signed(now_ms.saturating_sub(KEEP_GIVEN_UP_MS)))
        .execute(&self.writer)
        .await?;
        sqlx::query("UPDATE endpoints SET old_secret = NULL, old_until_ms = NULL WHERE old_until_ms <= ?")
            .bind(rows::signed(now_ms))
            .execute(&self.writer)
            .await?;
        for endpoint in sqlx::query("SELECT id FROM endpoints").fetch_all(&self.reader).await? {
            sqlx::query(
                "DELETE FROM outbox WHERE lane = ?1 AND status <> 'waiting' AND n <= \
                 (SELECT n FROM outbox WHERE lane = ?1 AND status <> 'waiting' ORDER BY n DESC LIMIT 1 OFFSET ?2)",
            )
            .bind(rows::blob(&rows::uuid(&endpoint, 0)?))
            .bind(MAX_SETTLED)
            .execute(&self.writer)
            .await?;
        }
        Ok(())
    }

    /// Gives up letters that have waited too long. For a server that sends none: where letters are sent, each is tried.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn post_expire_letters(&self, now_ms: u64) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE outbox SET status = 'given_up', outcome = 'expired', body = NULL, recipient = NULL, \
             settled_at_ms = ?1 WHERE channel = 'mail' AND status = 'waiting' AND at_ms < ?2",
        )
        .bind(rows::signed(now_ms))
        .bind(rows::signed(now_ms.saturating_sub(MAX_LETTER_WAIT_MS)))
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

fn parcel(row: &sqlx::sqlite::SqliteRow) -> Result<Parcel, StoreError> {
    let recipient: Option<String> = row.try_get(7)?;
    Ok(Parcel {
        n: rows::unsigned(row, 0)?,
        message: rows::uuid(row, 1)?,
        lane: rows::uuid(row, 2)?,
        kind: row.try_get(3)?,
        at_ms: rows::unsigned(row, 4)?,
        attempts: u32::try_from(rows::unsigned(row, 5)?).unwrap_or(u32::MAX),
        body: row.try_get(6)?,
        recipient: recipient.map(|json| parse(&json, "a recipient")).transpose()?,
    })
}

#[cfg(test)]
mod tests;
