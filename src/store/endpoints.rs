//! Endpoints: the seller's own servers, which are told what happens. Their secrets are kept in the clear, because each
//! message is signed with one.

use super::orders::parse;
use super::{Store, StoreError, rows};
use quiora_signaling::ShopId;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};
use uuid::Uuid;

/// Endpoints of a shop: each costs a row for each event.
const MAX_ENDPOINTS: u32 = 20;

/// How long a secret that was replaced signs beside its successor: a day to bring the new one to the receiver.
const OLD_SECRET_MS: u64 = 24 * 60 * 60 * 1_000;

/// An endpoint to be.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// Where to.
    pub url: String,
    /// What it hears of.
    pub events: Vec<String>,
    /// What messages are signed with.
    pub secret: [u8; 32],
}

/// An endpoint and how it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Which.
    pub id: Uuid,
    /// Where to.
    pub url: String,
    /// What it hears of.
    pub events: Vec<String>,
    /// Why it hears nothing now: `seller` or `gone`.
    pub disabled_by: Option<String>,
    /// Since when it is known, in milliseconds since the Unix epoch.
    pub created_at_ms: u64,
    /// When it was last tried, and what came of it.
    pub last: Option<(u64, String)>,
    /// Until when messages are signed with the secret before as well.
    pub old_until_ms: Option<u64>,
    /// Messages that wait.
    pub waiting: u64,
    /// Messages that were given up in the last month.
    pub given_up: u64,
}

impl Store {
    /// A new endpoint, unless there are too many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn endpoint_create(
        &self,
        shop: ShopId,
        new: &NewEndpoint,
        now_ms: u64,
    ) -> Result<Option<Uuid>, StoreError> {
        let id = crate::clock::uuid();
        let events = serde_json::to_string(&new.events).map_err(|_| StoreError::OutOfBounds("a list of events"))?;
        let done = sqlx::query(
            "INSERT INTO endpoints (id, shop, url, events, secret, active, created_at_ms) \
             SELECT ?1, ?2, ?3, ?4, ?5, 1, ?6 WHERE (SELECT COUNT(*) FROM endpoints WHERE shop = ?2) < ?7",
        )
        .bind(rows::blob(&id))
        .bind(rows::blob(&shop.0))
        .bind(new.url.as_str())
        .bind(events)
        .bind(new.secret.as_slice())
        .bind(rows::signed(now_ms))
        .bind(MAX_ENDPOINTS)
        .execute(&self.writer)
        .await?;
        Ok((done.rows_affected() == 1).then_some(id))
    }

    /// All endpoints of the shop, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn endpoints(&self, shop: ShopId) -> Result<Vec<Endpoint>, StoreError> {
        let found = sqlx::query(
            "SELECT e.id, e.url, e.events, e.disabled_by, e.created_at_ms, e.last_at_ms, e.last_outcome, e.old_until_ms, \
             (SELECT COUNT(*) FROM outbox o WHERE o.lane = e.id AND o.status = 'waiting'), \
             (SELECT COUNT(*) FROM outbox o WHERE o.lane = e.id AND o.status = 'given_up') \
             FROM endpoints e WHERE e.shop = ? ORDER BY e.id",
        )
        .bind(rows::blob(&shop.0))
        .fetch_all(&self.reader)
        .await?;
        found.iter().map(endpoint).collect()
    }

    /// Where to, and signed with what (the newest secret first), if it is active.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn endpoint_target(&self, id: Uuid, now_ms: u64) -> Result<Option<(String, Vec<Vec<u8>>)>, StoreError> {
        let row = sqlx::query(
            "SELECT url, secret, CASE WHEN old_until_ms > ?2 THEN old_secret END FROM endpoints WHERE id = ?1 AND active = 1",
        )
        .bind(rows::blob(&id))
        .bind(rows::signed(now_ms))
        .fetch_optional(&self.reader)
        .await?;
        let target = |row: SqliteRow| {
            let old: Option<Vec<u8>> = row.try_get(2)?;
            Ok((row.try_get(0)?, std::iter::once(row.try_get(1)?).chain(old).collect()))
        };
        row.map(target).transpose()
    }

    /// A new secret; the one before signs beside it for a day. Returns whether there is such an endpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn endpoint_rotate(
        &self,
        shop: ShopId,
        id: Uuid,
        secret: &[u8; 32],
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE endpoints SET old_secret = secret, old_until_ms = ?4, secret = ?3 WHERE id = ?1 AND shop = ?2",
        )
        .bind(rows::blob(&id))
        .bind(rows::blob(&shop.0))
        .bind(secret.as_slice())
        .bind(rows::signed(now_ms.saturating_add(OLD_SECRET_MS)))
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Lets it hear again, or no more: what waits for it then is given up. Returns whether there is such an endpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn endpoint_switch(&self, shop: ShopId, id: Uuid, on: bool, now_ms: u64) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let known = sqlx::query("SELECT active FROM endpoints WHERE id = ? AND shop = ?")
            .bind(rows::blob(&id))
            .bind(rows::blob(&shop.0))
            .fetch_optional(&mut *tx)
            .await?;
        let Some(known) = known else { return Ok(false) };
        match (rows::unsigned(&known, 0)? == 1, on) {
            (true, false) => switch_off(&mut tx, id, "seller", now_ms).await?,
            (false, true) => {
                sqlx::query("UPDATE endpoints SET active = 1, disabled_by = NULL WHERE id = ?")
                    .bind(rows::blob(&id))
                    .execute(&mut *tx)
                    .await?;
            }
            _ => {}
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Forgets it and everything that is about it. Returns whether there was such an endpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn endpoint_delete(&self, shop: ShopId, id: Uuid) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let done = sqlx::query("DELETE FROM endpoints WHERE id = ? AND shop = ?")
            .bind(rows::blob(&id))
            .bind(rows::blob(&shop.0))
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM outbox WHERE channel = 'webhook' AND lane = ?")
            .bind(rows::blob(&id))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Puts a ping into its lane, unless one waits there already. Returns whether there is such an endpoint and it is active.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn endpoint_ping(&self, shop: ShopId, id: Uuid, now_ms: u64) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let known = sqlx::query("SELECT 1 FROM endpoints WHERE id = ? AND shop = ? AND active = 1")
            .bind(rows::blob(&id))
            .bind(rows::blob(&shop.0))
            .fetch_optional(&mut *tx)
            .await?;
        if known.is_none() {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO outbox (message, shop, channel, lane, kind, subject, at_ms, due_at_ms, body) \
             SELECT ?1, ?2, 'webhook', ?3, 'ping', ?3, ?4, ?4, '{}' WHERE NOT EXISTS \
             (SELECT 1 FROM outbox WHERE lane = ?3 AND kind = 'ping' AND status = 'waiting')",
        )
        .bind(rows::blob(&crate::clock::uuid()))
        .bind(rows::blob(&shop.0))
        .bind(rows::blob(&id))
        .bind(rows::signed(now_ms))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        self.posted.notify_one();
        Ok(true)
    }
}

/// Nothing is told to it any more, and what waits will not be.
pub(super) async fn switch_off(
    tx: &mut Transaction<'_, Sqlite>,
    id: Uuid,
    by: &'static str,
    now_ms: u64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE endpoints SET active = 0, disabled_by = ? WHERE id = ? AND active = 1")
        .bind(by)
        .bind(rows::blob(&id))
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "UPDATE outbox SET status = 'given_up', outcome = 'disabled', settled_at_ms = ? \
         WHERE lane = ? AND status = 'waiting'",
    )
    .bind(rows::signed(now_ms))
    .bind(rows::blob(&id))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn endpoint(row: &SqliteRow) -> Result<Endpoint, StoreError> {
    let last_at_ms: Option<i64> = row.try_get(5)?;
    let last_at_ms = last_at_ms.and_then(|at| u64::try_from(at).ok());
    Ok(Endpoint {
        id: rows::uuid(row, 0)?,
        url: row.try_get(1)?,
        events: parse(&row.try_get::<String, _>(2)?, "a list of events")?,
        disabled_by: row.try_get(3)?,
        created_at_ms: rows::unsigned(row, 4)?,
        last: last_at_ms.zip(row.try_get(6)?),
        old_until_ms: row.try_get::<Option<i64>, _>(7)?.and_then(|at| u64::try_from(at).ok()),
        waiting: rows::unsigned(row, 8)?,
        given_up: rows::unsigned(row, 9)?,
    })
}
