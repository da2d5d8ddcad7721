//! Who may come in: one-time links, web sessions, and the keys that sign join tokens. Of tokens only SHA-256 hashes come
//! here, so a stolen backup opens no door (the signing keys are in it: a backup is a secret all the same).

use super::{Store, StoreError, rows};
use quiora_signaling::ShopId;
use sqlx::Row;

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginKind {
    /// Opens the studio of the shop.
    Login,
    /// Sets up the shop of a fresh database.
    Setup,
}

impl LoginKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Setup => "setup",
        }
    }
}

impl Store {
    /// Remembers a one-time token by its hash until `expires_at_ms`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn login_token_create(
        &self,
        hash: [u8; 32],
        kind: LoginKind,
        expires_at_ms: u64,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT OR REPLACE INTO login_tokens (hash, kind, expires_at_ms) VALUES (?, ?, ?)")
            .bind(hash.as_slice())
            .bind(kind.name())
            .bind(rows::signed(expires_at_ms))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Uses a one-time token up. Of two at the same moment, one gets `true`. What is too old goes away on the occasion.
    ///
    /// # Errors
    /// When the database fails; the token may then still be good.
    pub async fn login_token_redeem(&self, hash: [u8; 32], now_ms: u64) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for old in
            ["DELETE FROM login_tokens WHERE expires_at_ms <= ?", "DELETE FROM web_sessions WHERE expires_at_ms <= ?"]
        {
            sqlx::query(old).bind(rows::signed(now_ms)).execute(&mut *tx).await?;
        }
        let used =
            sqlx::query("DELETE FROM login_tokens WHERE hash = ?").bind(hash.as_slice()).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(used.rows_affected() == 1)
    }

    /// Opens a web session of this database's shop under the hash of its cookie.
    ///
    /// # Errors
    /// [`StoreError::NoShop`], or the database's.
    pub async fn web_session_create(&self, hash: [u8; 32], expires_at_ms: u64) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT OR REPLACE INTO web_sessions (hash, shop, expires_at_ms) \
             SELECT ?, id, ? FROM shops ORDER BY created_at_ms LIMIT 1",
        )
        .bind(hash.as_slice())
        .bind(rows::signed(expires_at_ms))
        .execute(&self.writer)
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::NoShop) } else { Ok(()) }
    }

    /// The shop whose web session this is, unless it has expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn web_session(&self, hash: [u8; 32], now_ms: u64) -> Result<Option<ShopId>, StoreError> {
        let row = sqlx::query("SELECT shop FROM web_sessions WHERE hash = ? AND expires_at_ms > ?")
            .bind(hash.as_slice())
            .bind(rows::signed(now_ms))
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| Ok(ShopId(rows::uuid(&row, 0)?))).transpose()
    }

    /// Ends a web session. Ending one that is not there is no fault.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn web_session_delete(&self, hash: [u8; 32]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM web_sessions WHERE hash = ?").bind(hash.as_slice()).execute(&self.writer).await?;
        Ok(())
    }

    /// The secret of that name (1 to 64 characters), made at its first use and the same ever after.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secret(&self, name: &str) -> Result<[u8; 32], StoreError> {
        let fresh: [u8; 32] = rand::random();
        sqlx::query("INSERT OR IGNORE INTO secrets (name, value) VALUES (?, ?)")
            .bind(name)
            .bind(fresh.as_slice())
            .execute(&self.writer)
            .await?;
        let row = sqlx::query("SELECT value FROM secrets WHERE name = ?").bind(name).fetch_one(&self.writer).await?;
        let value: Vec<u8> = row.try_get(0)?;
        value.try_into().map_err(|_| StoreError::Unreadable("a secret"))
    }
}
