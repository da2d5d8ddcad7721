//! Pictures of products, found by the hash of their content: who has the address has the picture, and it never changes.

use super::{Store, StoreError, rows};
use quiora_signaling::ShopId;
use sqlx::Row;

/// Pictures of one shop: some 300 kB each.
const MAX_IMAGES: i64 = 20_000;

/// A picture in its two forms, both JPEG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRow {
    /// SHA-256 of the large form.
    pub hash: [u8; 32],
    /// Of the large form.
    pub width_px: u32,
    /// Of the large form.
    pub height_px: u32,
    /// For a product's page.
    pub large: Vec<u8>,
    /// For a card or a list.
    pub small: Vec<u8>,
}

impl Store {
    /// Keeps a picture. One that is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::OutOfBounds`] when the shop has too many, or the database's.
    pub async fn image_create(&self, shop: ShopId, image: &ImageRow, now_ms: u64) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT INTO images (hash, shop, width_px, height_px, large, small, created_at_ms) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE (SELECT COUNT(*) FROM images WHERE shop = ?2) < ?8 \
             OR EXISTS (SELECT 1 FROM images WHERE hash = ?1) ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash",
        )
        .bind(image.hash.as_slice())
        .bind(rows::blob(&shop.0))
        .bind(i64::from(image.width_px))
        .bind(i64::from(image.height_px))
        .bind(image.large.as_slice())
        .bind(image.small.as_slice())
        .bind(rows::signed(now_ms))
        .bind(MAX_IMAGES)
        .execute(&self.writer)
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::OutOfBounds("the number of pictures")) } else { Ok(()) }
    }

    /// The bytes of a picture: the small form or the large one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn image(&self, hash: [u8; 32], small: bool) -> Result<Option<Vec<u8>>, StoreError> {
        let sql =
            if small { "SELECT small FROM images WHERE hash = ?" } else { "SELECT large FROM images WHERE hash = ?" };
        let row = sqlx::query(sql).bind(hash.as_slice()).fetch_optional(&self.reader).await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// Width and height of the large form.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn image_size(&self, hash: [u8; 32]) -> Result<Option<(u32, u32)>, StoreError> {
        let row = sqlx::query("SELECT width_px, height_px FROM images WHERE hash = ?")
            .bind(hash.as_slice())
            .fetch_optional(&self.reader)
            .await?;
        let side = |row: &sqlx::sqlite::SqliteRow, column| {
            u32::try_from(rows::unsigned(row, column)?).map_err(|_| StoreError::Unreadable("the size of a picture"))
        };
        row.map(|row| Ok((side(&row, 0)?, side(&row, 1)?))).transpose()
    }
}
