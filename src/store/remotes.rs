//! The host's remote controls: one-time links, and the devices that came by one. A device belongs to one show and lives no longer
//! than it. Of links and cookies only SHA-256 hashes come here.

use super::{Store, StoreError, rows};
use quiora_signaling::{ShopId, ShowId};
use uuid::Uuid;

/// How long a device is a remote control: the longest show, and packing after it.
pub const REMOTE_TTL_MS: u64 = 12 * 60 * 60 * 1_000;

/// How long it is one after the show has ended: the last orders come in, the last lines are put in order.
pub const REMOTE_GRACE_MS: u64 = 15 * 60 * 1_000;

/// Links and devices of one show, the newest.
const MAX_REMOTES: u32 = 10;

/// A device that is a remote control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoteDevice {
    /// Its id.
    pub device: Uuid,
    /// When it came: milliseconds since the Unix epoch.
    pub came_at_ms: u64,
    /// Until when it is good at the latest.
    pub expires_at_ms: u64,
}

impl Store {
    /// Remembers a one-time link for a remote control, by its hash. Of a show the newest 10 are good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remote_create(&self, show: ShowId, hash: [u8; 32], expires_at_ms: u64) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO remotes (hash, show, expires_at_ms) VALUES (?, ?, ?)")
            .bind(hash.as_slice())
            .bind(rows::blob(&show.0))
            .bind(rows::signed(expires_at_ms))
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "DELETE FROM remotes WHERE show = ? AND hash NOT IN \
             (SELECT hash FROM remotes WHERE show = ? ORDER BY expires_at_ms DESC LIMIT ?)",
        )
        .bind(rows::blob(&show.0))
        .bind(rows::blob(&show.0))
        .bind(MAX_REMOTES)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Uses a one-time link up for a device whose cookie has the hash `cookie`; nothing for a link that is not good. Of two at
    /// the same moment, one gets it. Of a show the newest 10 devices are good; what is too old goes away on the occasion.
    ///
    /// # Errors
    /// When the database fails; the link may then still be good.
    pub async fn remote_redeem(
        &self,
        show: ShowId,
        link: [u8; 32],
        cookie: [u8; 32],
        now_ms: u64,
    ) -> Result<Option<Uuid>, StoreError> {
        let device = crate::clock::uuid();
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for old in
            ["DELETE FROM remotes WHERE expires_at_ms <= ?", "DELETE FROM remote_devices WHERE expires_at_ms <= ?"]
        {
            sqlx::query(old).bind(rows::signed(now_ms)).execute(&mut *tx).await?;
        }
        let used = sqlx::query("DELETE FROM remotes WHERE show = ? AND hash = ?")
            .bind(rows::blob(&show.0))
            .bind(link.as_slice())
            .execute(&mut *tx)
            .await?;
        if used.rows_affected() == 1 {
            sqlx::query(
                "INSERT INTO remote_devices (device, show, hash, came_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(rows::blob(&device))
            .bind(rows::blob(&show.0))
            .bind(cookie.as_slice())
            .bind(rows::signed(now_ms))
            .bind(rows::signed(now_ms.saturating_add(REMOTE_TTL_MS)))
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "DELETE FROM remote_devices WHERE show = ? AND device NOT IN \
                 (SELECT device FROM remote_devices WHERE show = ? ORDER BY came_at_ms DESC, device DESC LIMIT ?)",
            )
            .bind(rows::blob(&show.0))
            .bind(rows::blob(&show.0))
            .bind(MAX_REMOTES)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok((used.rows_affected() == 1).then_some(device))
    }

    /// The shop whose orders the device with that cookie may see, while it is a remote control.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remote_by_cookie(&self, hash: [u8; 32], now_ms: u64) -> Result<Option<ShopId>, StoreError> {
        let row = sqlx::query(
            "SELECT s.shop FROM remote_devices r JOIN shows s ON s.id = r.show \
             WHERE r.hash = ? AND r.expires_at_ms > ? AND (s.ended_at_ms IS NULL OR s.ended_at_ms > ?)",
        )
        .bind(hash.as_slice())
        .bind(rows::signed(now_ms))
        .bind(rows::signed(now_ms.saturating_sub(REMOTE_GRACE_MS)))
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| Ok(ShopId(rows::uuid(&row, 0)?))).transpose()
    }

    /// The devices that are remote controls of the show now, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remote_devices(&self, show: ShowId, now_ms: u64) -> Result<Vec<RemoteDevice>, StoreError> {
        let rows = sqlx::query(
            "SELECT r.device, r.came_at_ms, r.expires_at_ms FROM remote_devices r JOIN shows s ON s.id = r.show \
             WHERE r.show = ? AND r.expires_at_ms > ? AND (s.ended_at_ms IS NULL OR s.ended_at_ms > ?) \
             ORDER BY r.came_at_ms DESC, r.device DESC LIMIT ?",
        )
        .bind(rows::blob(&show.0))
        .bind(rows::signed(now_ms))
        .bind(rows::signed(now_ms.saturating_sub(REMOTE_GRACE_MS)))
        .bind(MAX_REMOTES)
        .fetch_all(&self.reader)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(RemoteDevice {
                device: rows::uuid(row, 0)?,
                came_at_ms: rows::unsigned(row, 1)?,
                expires_at_ms: rows::unsigned(row, 2)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Takes all remote controls of the show back, and the links that nobody has used yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remotes_revoke(&self, show: ShowId) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for gone in ["DELETE FROM remotes WHERE show = ?", "DELETE FROM remote_devices WHERE show = ?"] {
            sqlx::query(gone).bind(rows::blob(&show.0)).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
