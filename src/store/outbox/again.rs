//! What became of what left, and sending it again: to an endpoint as it was, to a buyer as things are now.

use super::Letter;
use crate::store::{Store, StoreError, rows};
use quiora_signaling::{Order, OrderKey, ShopId, ShopSettings};
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// Messages of an endpoint that are listed.
const MAX_LISTED: u32 = 50;

/// Letters that are listed as given up.
const MAX_FAILED: u32 = 50;

/// A message to an endpoint, and how it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Delivery {
    /// Which; its receiver knows it as `msg_` and these 32 digits.
    pub message: Uuid,
    /// What it says.
    pub kind: String,
    /// The order, product or show that it is about; the endpoint itself for a ping.
    pub subject: Uuid,
    /// When it happened, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// `waiting`, `sent` or `given_up`.
    pub status: String,
    /// Tries so far.
    pub attempts: u64,
    /// What the last try met: a status code, `timeout`, `unreachable` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// When it is tried next, or when it was settled.
    pub then_ms: u64,
}

/// A letter that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Failed {
    /// About which order.
    pub order: Uuid,
    /// The order's number.
    pub number: Option<u64>,
    /// What it said.
    pub kind: String,
    /// When it was given up, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// Why.
    pub outcome: String,
}

impl Store {
    /// The endpoint's newest messages, newest first; nothing if the shop has no such endpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(&self, shop: ShopId, endpoint: Uuid) -> Result<Option<Vec<Delivery>>, StoreError> {
        let known = sqlx::query("SELECT 1 FROM endpoints WHERE id = ? AND shop = ?")
            .bind(rows::blob(&endpoint))
            .bind(rows::blob(&shop.0))
            .fetch_optional(&self.reader)
            .await?;
        if known.is_none() {
            return Ok(None);
        }
        let found = sqlx::query(
            "SELECT message, kind, subject, at_ms, status, attempts, outcome, COALESCE(settled_at_ms, due_at_ms) \
             FROM outbox WHERE lane = ? ORDER BY n DESC LIMIT ?",
        )
        .bind(rows::blob(&endpoint))
        .bind(MAX_LISTED)
        .fetch_all(&self.reader)
        .await?;
        found.iter().map(delivery).collect::<Result<_, _>>().map(Some)
    }

    /// Sends a message again, as it was and under its own id; one that waits is tried now. Returns whether there is such a
    /// one, to an endpoint that is active.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivery_again(
        &self,
        shop: ShopId,
        endpoint: Uuid,
        message: Uuid,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE outbox SET attempts = CASE status WHEN 'waiting' THEN attempts ELSE 0 END, status = 'waiting', \
             due_at_ms = ?4, settled_at_ms = NULL \
             WHERE lane = ?2 AND message = ?3 AND shop = ?1 AND channel = 'webhook' AND body IS NOT NULL \
             AND EXISTS (SELECT 1 FROM endpoints WHERE id = ?2 AND shop = ?1 AND active = 1)",
        )
        .bind(rows::blob(&shop.0))
        .bind(rows::blob(&endpoint))
        .bind(rows::blob(&message))
        .bind(rows::signed(now_ms))
        .execute(&self.writer)
        .await?;
        let known = done.rows_affected() > 0;
        if known {
            self.posted.notify_one();
        }
        Ok(known)
    }

    /// Writes the buyer once more how the order stands, with the link to its page. One that waits already is not doubled.
    /// Returns whether the contact is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn letter_again(
        &self,
        shop: ShopId,
        order: &Order,
        settings: &ShopSettings,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let contact = sqlx::query(
            "SELECT json_object('name', c.body ->> 'name', 'email', c.body ->> 'email'), k.key FROM contacts c \
             LEFT JOIN letter_keys k ON k.order_id = c.order_id WHERE c.order_id = ?",
        )
        .bind(rows::blob(&order.order.0))
        .fetch_optional(&mut *tx)
        .await?;
        let Some(contact) = contact else { return Ok(false) };
        let (recipient, key): (String, Option<String>) = (contact.try_get(0)?, contact.try_get(1)?);
        let settings = ShopSettings { shipping: Vec::new(), ..settings.clone() };
        let letter = Letter { order: order.clone(), key: key.map(OrderKey), settings };
        let body = serde_json::to_string(&letter).map_err(|_| StoreError::OutOfBounds("a letter"))?;
        sqlx::query(
            "INSERT INTO outbox (message, shop, channel, lane, kind, subject, at_ms, due_at_ms, body, recipient) \
             SELECT ?1, ?2, 'mail', ?3, 'again', ?3, ?4, ?4, ?5, ?6 WHERE NOT EXISTS \
             (SELECT 1 FROM outbox WHERE lane = ?3 AND kind = 'again' AND status = 'waiting')",
        )
        .bind(rows::blob(&crate::clock::uuid()))
        .bind(rows::blob(&shop.0))
        .bind(rows::blob(&order.order.0))
        .bind(rows::signed(now_ms))
        .bind(body)
        .bind(recipient)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        self.posted.notify_one();
        Ok(true)
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
            "SELECT b.lane, o.number, b.kind, b.settled_at_ms, b.outcome FROM outbox b LEFT JOIN orders o ON o.id = b.lane \
             WHERE b.shop = ? AND b.channel = 'mail' AND b.status = 'given_up' AND b.outcome <> 'erased' \
             ORDER BY b.settled_at_ms DESC, b.n DESC LIMIT ?",
        )
        .bind(rows::blob(&shop.0))
        .bind(MAX_FAILED)
        .fetch_all(&self.reader)
        .await?;
        let failed = |row: &SqliteRow| {
            let number: Option<i64> = row.try_get(1)?;
            Ok(Failed {
                order: rows::uuid(row, 0)?,
                number: number.and_then(|number| u64::try_from(number).ok()),
                kind: row.try_get(2)?,
                at_ms: rows::unsigned(row, 3)?,
                outcome: row.try_get(4)?,
            })
        };
        Ok((rows::unsigned(&waiting, 0)?, found.iter().map(failed).collect::<Result<_, StoreError>>()?))
    }
}

fn delivery(row: &SqliteRow) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        message: rows::uuid(row, 0)?,
        kind: row.try_get(1)?,
        subject: rows::uuid(row, 2)?,
        at_ms: rows::unsigned(row, 3)?,
        status: row.try_get(4)?,
        attempts: rows::unsigned(row, 5)?,
        outcome: row.try_get(6)?,
        then_ms: rows::unsigned(row, 7)?,
    })
}
