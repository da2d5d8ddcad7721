//! Who keeps a show in order, the links that let them in, and what they did. Of links only SHA-256 hashes come here.

use super::{Store, StoreError, rows};
use quiora_signaling::limits::MAX_NICKNAME_CHARS;
use quiora_signaling::{AuditEntry, Caption, FilterSettings, MemberId, ShopId, ShowId, clean_line};
use sqlx::Row;

/// Moderators of one show that were not taken back.
const MAX_MODERATORS: i64 = 100;

/// The most entries of an audit trail, or captions, that are read at once.
const MAX_READ: u32 = 500;

/// A moderator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderator {
    /// As whom they come in.
    pub member: MemberId,
    /// Their name: the nickname they begin with.
    pub name: String,
    /// When the link was made: milliseconds since the Unix epoch.
    pub created_at_ms: u64,
    /// When it was taken back.
    pub revoked_at_ms: Option<u64>,
}

impl Store {
    /// Makes a moderator of a show, who comes in by the link of that hash.
    ///
    /// # Errors
    /// [`StoreError::OutOfBounds`] for the name or when there are too many, or the database's.
    pub async fn moderator_create(
        &self,
        show: ShowId,
        name: &str,
        hash: [u8; 32],
        now_ms: u64,
    ) -> Result<Moderator, StoreError> {
        let name = clean_line(name, MAX_NICKNAME_CHARS).map_err(|_| StoreError::OutOfBounds("the name"))?;
        let member = MemberId(crate::clock::uuid());
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let done = sqlx::query(
            "INSERT INTO moderators (member, show, name, hash, created_at_ms) SELECT ?, ?, ?, ?, ? \
             WHERE (SELECT COUNT(*) FROM moderators WHERE show = ? AND revoked_at_ms IS NULL) < ?",
        )
        .bind(rows::blob(&member.0))
        .bind(rows::blob(&show.0))
        .bind(name.as_str())
        .bind(hash.as_slice())
        .bind(rows::signed(now_ms))
        .bind(rows::blob(&show.0))
        .bind(MAX_MODERATORS)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::OutOfBounds("the number of moderators"));
        }
        sqlx::query("INSERT OR REPLACE INTO nicknames (show, member, nickname) VALUES (?, ?, ?)")
            .bind(rows::blob(&show.0))
            .bind(rows::blob(&member.0))
            .bind(name.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Moderator { member, name, created_at_ms: now_ms, revoked_at_ms: None })
    }

    /// The moderators of a show, newest first, those taken back among them; at most 500.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn moderators(&self, show: ShowId) -> Result<Vec<Moderator>, StoreError> {
        let rows = sqlx::query(
            "SELECT member, name, created_at_ms, revoked_at_ms FROM moderators WHERE show = ? \
             ORDER BY created_at_ms DESC, member DESC LIMIT ?",
        )
        .bind(rows::blob(&show.0))
        .bind(i64::from(MAX_READ))
        .fetch_all(&self.reader)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let revoked: Option<i64> = row.try_get(3)?;
            Ok(Moderator {
                member: MemberId(rows::uuid(row, 0)?),
                name: row.try_get(1)?,
                created_at_ms: rows::unsigned(row, 2)?,
                revoked_at_ms: revoked.and_then(|ms| u64::try_from(ms).ok()),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Takes a moderator's link back; returns whether it was good until now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn moderator_revoke(&self, show: ShowId, member: MemberId, now_ms: u64) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE moderators SET revoked_at_ms = ? WHERE show = ? AND member = ? AND revoked_at_ms IS NULL",
        )
        .bind(rows::signed(now_ms))
        .bind(rows::blob(&show.0))
        .bind(rows::blob(&member.0))
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The moderator of a show who has the link of that hash, if it is still good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn moderator_by_link(&self, show: ShowId, hash: [u8; 32]) -> Result<Option<MemberId>, StoreError> {
        let sql = "SELECT member FROM moderators WHERE show = ? AND hash = ? AND revoked_at_ms IS NULL";
        let row = sqlx::query(sql).bind(rows::blob(&show.0)).bind(hash.as_slice()).fetch_optional(&self.reader).await?;
        row.map(|row| Ok(MemberId(rows::uuid(&row, 0)?))).transpose()
    }

    /// Whether a moderator's link was not taken back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn moderator_is_good(&self, show: ShowId, member: MemberId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM moderators WHERE show = ? AND member = ? AND revoked_at_ms IS NULL";
        let row =
            sqlx::query(sql).bind(rows::blob(&show.0)).bind(rows::blob(&member.0)).fetch_optional(&self.reader).await?;
        Ok(row.is_some())
    }

    /// At most 500 entries of a show's audit trail before the `n`th, newest first, each with its `n`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_before(&self, show: ShowId, n: u64) -> Result<Vec<(u64, AuditEntry)>, StoreError> {
        let rows = sqlx::query("SELECT n, body FROM audit WHERE show = ? AND n < ? ORDER BY n DESC LIMIT ?")
            .bind(rows::blob(&show.0))
            .bind(rows::signed(n))
            .bind(i64::from(MAX_READ))
            .fetch_all(&self.reader)
            .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let body: String = row.try_get(1)?;
            let entry = serde_json::from_str(&body).map_err(|_| StoreError::Unreadable("an entry of the trail"))?;
            Ok((rows::unsigned(row, 0)?, entry))
        };
        rows.iter().map(read).collect()
    }

    /// At most 500 captions of a show after `at_ms`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn captions_after(&self, show: ShowId, at_ms: u64) -> Result<Vec<Caption>, StoreError> {
        let rows = sqlx::query(
            "SELECT at_ms, media_us, language, text FROM captions WHERE show = ? AND at_ms > ? ORDER BY n LIMIT ?",
        )
        .bind(rows::blob(&show.0))
        .bind(rows::signed(at_ms))
        .bind(i64::from(MAX_READ))
        .fetch_all(&self.reader)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let media_us: Option<i64> = row.try_get(1)?;
            let media_us = media_us.and_then(|us| u64::try_from(us).ok());
            let (language, text) = (row.try_get(2)?, row.try_get(3)?);
            Ok(Caption { at_ms: rows::unsigned(row, 0)?, media_us, language, text, last: true })
        };
        rows.iter().map(read).collect()
    }

    /// How a shop filters words; by default not at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filter(&self, shop: ShopId) -> Result<FilterSettings, StoreError> {
        let row = sqlx::query("SELECT body FROM filters WHERE shop = ?")
            .bind(rows::blob(&shop.0))
            .fetch_optional(&self.reader)
            .await?;
        let Some(row) = row else { return Ok(FilterSettings::default()) };
        let body: String = row.try_get(0)?;
        serde_json::from_str(&body).map_err(|_| StoreError::Unreadable("a filter"))
    }

    /// Sets how a shop filters words.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_filter(&self, shop: ShopId, settings: &FilterSettings) -> Result<(), StoreError> {
        let body = serde_json::to_string(settings).map_err(|_| StoreError::OutOfBounds("the filter"))?;
        sqlx::query("INSERT OR REPLACE INTO filters (shop, body) VALUES (?, ?)")
            .bind(rows::blob(&shop.0))
            .bind(body)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
