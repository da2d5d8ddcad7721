//! Errands at a payment provider, the seller's account there, and what the provider has told already.
//!
//! Invariant: an errand's row is written with the facts that it follows from. Whoever runs errands only ever postpones
//! them; they go when the shop's log says that they are done.

use super::orders::{hex, put};
use super::{Store, StoreError, rows};
use quiora_signaling::{Contact, OrderId, OrderKey, ShopId};
use serde_json::json;
use sqlx::{Row, Sqlite, Transaction};

/// How long it is remembered what a provider has told: Stripe tries for three days, and can be made to tell again within
/// thirty.
const KEEP_EVENTS_MS: u64 = 31 * 24 * 60 * 60 * 1_000;

/// What is to be done for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrandRow {
    /// For which.
    pub order: OrderId,
    /// `open`, `watch`, `close` or `refund`; nothing any more.
    pub errand: Option<&'static str>,
    /// Not before, in milliseconds since the Unix epoch.
    pub due_at_ms: u64,
}

/// An errand that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueErrand {
    /// For which order.
    pub order: OrderId,
    /// Of which shop.
    pub shop: ShopId,
    /// Tries so far.
    pub attempts: u32,
    /// When it came up, in milliseconds since the Unix epoch.
    pub since_ms: u64,
}

/// The seller's account at the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentAccount {
    /// For what we ask of the provider.
    pub secret_key: String,
    /// For what the provider tells us, if it is to.
    pub webhook_secret: Option<String>,
}

/// Its keys never get into a log.
impl std::fmt::Debug for PaymentAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PaymentAccount")
    }
}

impl Store {
    /// Wakes whoever runs errands.
    #[must_use]
    pub fn errands(&self) -> &tokio::sync::Notify {
        &self.errands
    }

    /// At most `limit` errands that are due, the longest due first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn errands_due(&self, now_ms: u64, limit: u32) -> Result<Vec<DueErrand>, StoreError> {
        let found = sqlx::query(
            "SELECT order_id, shop, attempts, since_ms FROM errands WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ?",
        )
        .bind(rows::signed(now_ms))
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        let due = |row: &sqlx::sqlite::SqliteRow| {
            let attempts = u32::try_from(rows::unsigned(row, 2)?).unwrap_or(u32::MAX);
            let (order, shop) = (OrderId(rows::uuid(row, 0)?), ShopId(rows::uuid(row, 1)?));
            Ok(DueErrand { order, shop, attempts, since_ms: rows::unsigned(row, 3)? })
        };
        found.iter().map(due).collect()
    }

    /// When the next errand is due after `now_ms`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn errands_next(&self, now_ms: u64) -> Result<Option<u64>, StoreError> {
        let row = sqlx::query("SELECT MIN(due_at_ms) FROM errands WHERE due_at_ms > ?")
            .bind(rows::signed(now_ms))
            .fetch_one(&self.reader)
            .await?;
        let due: Option<i64> = row.try_get(0)?;
        Ok(due.and_then(|due| u64::try_from(due).ok()))
    }

    /// Another try later, if the errand is still the one that came up at `since_ms`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn errand_later(&self, errand: &DueErrand, due_at_ms: u64, outcome: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE errands SET due_at_ms = ?3, attempts = attempts + 1, outcome = ?4 \
             WHERE order_id = ?1 AND since_ms = ?2",
        )
        .bind(rows::blob(&errand.order.0))
        .bind(rows::signed(errand.since_ms))
        .bind(rows::signed(due_at_ms))
        .bind(outcome)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Errands of the shop that were tried and are not done: how many, and what came of one of the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn errands_stuck(&self, shop: ShopId) -> Result<(u64, Option<String>), StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*), MAX(outcome) FROM errands WHERE shop = ? AND errand <> 'watch' AND attempts > 2",
        )
        .bind(rows::blob(&shop.0))
        .fetch_one(&self.reader)
        .await?;
        Ok((rows::unsigned(&row, 0)?, row.try_get(1)?))
    }

    /// The seller's account, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn payment_account(&self, shop: ShopId) -> Result<Option<PaymentAccount>, StoreError> {
        let row = sqlx::query("SELECT secret_key, webhook_secret FROM payment_accounts WHERE shop = ?")
            .bind(rows::blob(&shop.0))
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| Ok(PaymentAccount { secret_key: row.try_get(0)?, webhook_secret: row.try_get(1)? })).transpose()
    }

    /// Sets the seller's account; errands that waited for one are due now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_payment_account(
        &self,
        shop: ShopId,
        account: &PaymentAccount,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO payment_accounts (shop, secret_key, webhook_secret, updated_at_ms) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (shop) DO UPDATE SET secret_key = excluded.secret_key, \
             webhook_secret = excluded.webhook_secret, updated_at_ms = excluded.updated_at_ms",
        )
        .bind(rows::blob(&shop.0))
        .bind(account.secret_key.as_str())
        .bind(account.webhook_secret.as_deref())
        .bind(rows::signed(now_ms))
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE errands SET due_at_ms = ?2 WHERE shop = ?1")
            .bind(rows::blob(&shop.0))
            .bind(rows::signed(now_ms))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.errands.notify_one();
        Ok(())
    }

    /// Forgets the seller's account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_payment_account(&self, shop: ShopId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM payment_accounts WHERE shop = ?")
            .bind(rows::blob(&shop.0))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Whether the provider has told this before, and it was taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn provider_event_known(&self, id: &str) -> Result<bool, StoreError> {
        let row =
            sqlx::query("SELECT 1 FROM provider_events WHERE id = ?").bind(id).fetch_optional(&self.reader).await?;
        Ok(row.is_some())
    }

    /// Remembers that it was taken, and forgets what nobody will tell again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn provider_event_taken(&self, id: &str, now_ms: u64) -> Result<(), StoreError> {
        sqlx::query("INSERT OR IGNORE INTO provider_events (id, at_ms) VALUES (?, ?)")
            .bind(id)
            .bind(rows::signed(now_ms))
            .execute(&self.writer)
            .await?;
        sqlx::query("DELETE FROM provider_events WHERE at_ms < ?")
            .bind(rows::signed(now_ms.saturating_sub(KEEP_EVENTS_MS)))
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

/// The keys of orders that are being paid, for the link in the letter that follows the payment.
pub(super) async fn write_keys(
    tx: &mut Transaction<'_, Sqlite>,
    shop: ShopId,
    contacts: &[(OrderId, Contact, Option<OrderKey>)],
) -> Result<(), StoreError> {
    let keys = contacts.iter().filter_map(|(order, _, key)| Some(json!([hex(&order.0), key.as_ref()?.0])));
    put(
        tx,
        shop,
        keys.collect(),
        "INSERT OR REPLACE INTO letter_keys (order_id, key) \
        SELECT unhex(value ->> 0), value ->> 1 FROM json_each(?2) WHERE ?1 IS NOT NULL",
    )
    .await
}

/// Errands as they are now. One that is the same as before keeps its tries.
pub(super) async fn write(
    tx: &mut Transaction<'_, Sqlite>,
    shop: ShopId,
    errands: &[ErrandRow],
    at_ms: u64,
) -> Result<(), StoreError> {
    let over = errands.iter().filter(|row| row.errand.is_none()).map(|row| json!(hex(&row.order.0)));
    put(
        tx,
        shop,
        over.collect(),
        "DELETE FROM errands WHERE shop = ?1 AND order_id IN (SELECT unhex(value) FROM json_each(?2))",
    )
    .await?;
    let open = errands.iter().filter_map(|row| Some(json!([hex(&row.order.0), row.errand?, row.due_at_ms, at_ms])));
    put(
        tx,
        shop,
        open.collect(),
        "INSERT INTO errands (order_id, shop, errand, due_at_ms, since_ms) \
        SELECT unhex(value ->> 0), ?1, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?2) WHERE true \
        ON CONFLICT (order_id) DO UPDATE SET errand = excluded.errand, due_at_ms = excluded.due_at_ms, \
        since_ms = excluded.since_ms, attempts = 0, outcome = NULL WHERE errands.errand <> excluded.errand",
    )
    .await
}
