//! What leaves the house: written with the facts that it tells of, taken out by [`crate::post`], erased once settled.
//!
//! Invariants:
//! - A row exists if and only if its fact was committed; it is `waiting` until somebody took it, or it was tried long
//!   enough. So nothing is lost, and what was delivered just before a crash is delivered again, under the same id.
//! - Bodies and addresses are there while they are needed and no longer.

use super::orders::{ShopBatch, hex, parse, put};
use super::{Store, StoreError, rows};
use quiora_signaling::{Logged, Order, OrderKey, ShopId, ShopSettings, ShowEvent, ShowId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{Row, Sqlite, Transaction};
use tokio::sync::Notify;
use uuid::Uuid;

/// Tries after which a message no longer holds up those behind it: the first ones are minutes apart, the later ones hours.
const HOLDING_TRIES: u32 = 3;

/// How long it is remembered that something was sent: for who looks whether it was.
const KEEP_SENT_MS: u64 = 7 * 24 * 60 * 60 * 1_000;

/// How long it is shown that something was given up.
const KEEP_GIVEN_UP_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Letters that are shown as given up.
const MAX_FAILED: u32 = 50;

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id for whoever receives it.
    pub message: Uuid,
    /// What happened, as receivers know it: `order.placed`, `stock.changed` …
    pub kind: &'static str,
    /// When it happened, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// The order, product or show that it is about.
    pub subject: Uuid,
    /// JSON; empty for letters, which have theirs beside them.
    pub body: String,
}

/// What a letter to a buyer is written from. Holds the order's key, which is kept nowhere else and goes with the row.
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

/// A letter that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Failed {
    /// About which order.
    pub order: Uuid,
    /// What it said.
    pub kind: String,
    /// When it was given up, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// Why.
    pub outcome: String,
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
             body = CASE ?2 WHEN 'waiting' THEN body END, recipient = CASE ?2 WHEN 'waiting' THEN recipient END \
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

    /// Forgets what was settled long ago.
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
        Ok(())
    }

    /// Letters of the shop: how many wait, and those given up in the last month, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn letters(&self, shop: ShopId) -> Result<(u64, Vec<Failed>), StoreError> {
        let waiting =
            sqlx::query("SELECT COUNT(*) FROM outbox WHERE shop = ? AND channel = 'mail' AND status = 'waiting'")
                .bind(rows::blob(&shop.0))
                .fetch_one(&self.reader)
                .await?;
        let found = sqlx::query(
            "SELECT lane, kind, settled_at_ms, outcome FROM outbox \
             WHERE shop = ? AND channel = 'mail' AND status = 'given_up' AND outcome <> 'erased' \
             ORDER BY settled_at_ms DESC, n DESC LIMIT ?",
        )
        .bind(rows::blob(&shop.0))
        .bind(MAX_FAILED)
        .fetch_all(&self.reader)
        .await?;
        let failed = |row: &sqlx::sqlite::SqliteRow| {
            let at_ms = rows::unsigned(row, 2)?;
            Ok(Failed { order: rows::uuid(row, 0)?, kind: row.try_get(1)?, at_ms, outcome: row.try_get(3)? })
        };
        Ok((rows::unsigned(&waiting, 0)?, found.iter().map(failed).collect::<Result<_, StoreError>>()?))
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

/// What follows from a turn of a shop. Who has been told of a stock by a newer message need not be told by one that has
/// not been tried yet.
pub(super) async fn write(tx: &mut Transaction<'_, Sqlite>, shop: ShopId, batch: &ShopBatch) -> Result<(), StoreError> {
    let stocks = batch.told.iter().filter(|told| told.kind == "stock.changed").map(|told| json!(hex(&told.subject)));
    put(
        tx,
        shop,
        stocks.collect(),
        "DELETE FROM outbox WHERE shop = ?1 AND kind = 'stock.changed' AND status = 'waiting' AND attempts = 0 \
        AND subject IN (SELECT unhex(value) FROM json_each(?2))",
    )
    .await?;
    let told = batch.told.iter().map(outgoing_json).collect();
    put(tx, shop, told, TELL).await?;
    let letter = |(outgoing, letter): &(Outgoing, Letter)| {
        let body = serde_json::to_string(letter).map_err(|_| StoreError::OutOfBounds("a letter"))?;
        Ok(json!([hex(&outgoing.message), outgoing.kind, outgoing.at_ms, hex(&outgoing.subject), body]))
    };
    let letters = batch.letters.iter().map(letter).collect::<Result<_, StoreError>>()?;
    put(
        tx,
        shop,
        letters,
        "INSERT INTO outbox (message, shop, channel, lane, kind, subject, at_ms, due_at_ms, body, recipient) \
        SELECT unhex(l.value ->> 0), ?1, 'mail', c.order_id, l.value ->> 1, c.order_id, l.value ->> 2, l.value ->> 2, \
        CASE WHEN c.order_key IS NULL THEN l.value ->> 4 ELSE json_set(l.value ->> 4, '$.key', c.order_key) END, \
        json_object('name', c.body ->> 'name', 'email', c.body ->> 'email') \
        FROM json_each(?2) l JOIN contacts c ON c.order_id = unhex(l.value ->> 3) ORDER BY l.key",
    )
    .await?;
    let lettered = batch.letters.iter().map(|(outgoing, _)| json!(hex(&outgoing.subject))).collect();
    put(
        tx,
        shop,
        lettered,
        "UPDATE contacts SET order_key = NULL WHERE ?1 IS NOT NULL AND order_key IS NOT NULL \
        AND order_id IN (SELECT unhex(value) FROM json_each(?2))",
    )
    .await?;
    let at_ms = batch.facts.last().map_or(0, |fact| fact.at_ms);
    let erased = batch.erased.iter().map(|order| json!([hex(&order.0), at_ms])).collect();
    put(
        tx,
        shop,
        erased,
        "UPDATE outbox SET status = 'given_up', outcome = 'erased', body = NULL, recipient = NULL, \
        settled_at_ms = (SELECT value ->> 1 FROM json_each(?2) LIMIT 1) \
        WHERE shop = ?1 AND channel = 'mail' AND status = 'waiting' \
        AND lane IN (SELECT unhex(value ->> 0) FROM json_each(?2))",
    )
    .await
}

/// One row for each endpoint that listens for it.
const TELL: &str = "INSERT INTO outbox (message, shop, channel, lane, kind, subject, at_ms, due_at_ms, body) \
    SELECT unhex(t.value ->> 0), ?1, 'webhook', e.id, t.value ->> 1, unhex(t.value ->> 3), t.value ->> 2, \
    t.value ->> 2, t.value ->> 4 FROM json_each(?2) t JOIN endpoints e ON e.shop = ?1 AND e.active = 1 \
    AND instr(e.events, '\"' || (t.value ->> 1) || '\"') > 0 ORDER BY t.key";

fn outgoing_json(told: &Outgoing) -> serde_json::Value {
    json!([hex(&told.message), told.kind, told.at_ms, hex(&told.subject), told.body])
}

/// Whoever listens is told that a show went on air, or ended. Returns whether it was such an event.
pub(super) async fn tell_show(
    tx: &mut Transaction<'_, Sqlite>,
    show: ShowId,
    logged: &Logged,
) -> Result<bool, StoreError> {
    let kind = match logged.event {
        ShowEvent::Started => "show.live",
        ShowEvent::Ended => "show.ended",
        _ => return Ok(false),
    };
    let row = sqlx::query(concat!("SELECT ", rows::show_columns!(), "WHERE s.id = ?"))
        .bind(rows::blob(&show.0))
        .fetch_one(&mut **tx)
        .await?;
    let row = rows::show(&row)?;
    let body = json!({"show": show, "slug": row.slug, "title": row.title, "status": rows::status_name(row.status),
        "started_at_ms": row.started_at_ms, "ended_at_ms": row.ended_at_ms});
    let (message, at_ms) = (crate::clock::uuid(), logged.at_ms);
    let told = Outgoing { message, kind, at_ms, subject: show.0, body: body.to_string() };
    put(tx, row.shop, vec![outgoing_json(&told)], TELL).await?;
    Ok(true)
}

#[cfg(test)]
mod tests;
