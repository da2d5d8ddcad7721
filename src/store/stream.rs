//! The secrets of shows' stream keys. They stand in the clear beside the other signing keys, because a key must be shown
//! again to its owner; a backup is a secret all the same.

use super::{Store, StoreError};
use quiora_signaling::ShowId;
use sqlx::Row;

impl Store {
    /// The secret of a show's stream key, made at its first use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stream_secret_or_new(&self, show: ShowId) -> Result<[u8; 32], StoreError> {
        self.secret(&name(show)).await
    }

    /// The secret of a show's stream key, if anybody has asked for one yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stream_secret(&self, show: ShowId) -> Result<Option<[u8; 32]>, StoreError> {
        let row = sqlx::query("SELECT value FROM secrets WHERE name = ?")
            .bind(name(show))
            .fetch_optional(&self.reader)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let value: Vec<u8> = row.try_get(0)?;
        value.try_into().map(Some).map_err(|_| StoreError::Unreadable("a secret"))
    }

    /// Puts another secret in the place of a show's; the old key is worth nothing from now on.
    ///
    /// # Errors
    /// When the database fails; the old key may then still be good.
    pub async fn stream_secret_rotate(&self, show: ShowId) -> Result<[u8; 32], StoreError> {
        let fresh: [u8; 32] = rand::random();
        sqlx::query("INSERT OR REPLACE INTO secrets (name, value) VALUES (?, ?)")
            .bind(name(show))
            .bind(fresh.as_slice())
            .execute(&self.writer)
            .await?;
        Ok(fresh)
    }
}

fn name(show: ShowId) -> String {
    format!("stream_key:{show}")
}
