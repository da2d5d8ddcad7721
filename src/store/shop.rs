//! The shop. A database holds one for now; ids are already there for more.

use super::{Store, StoreError, rows};
use quiora_signaling::limits::MAX_SHOP_CHARS;
use quiora_signaling::{ShopId, clean_line};
use sqlx::Row;

/// A seller's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// Its id.
    pub id: ShopId,
    /// Its name for people.
    pub name: String,
}

impl Store {
    /// The shop of this database, if it has been set up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shop(&self) -> Result<Option<Shop>, StoreError> {
        let row = sqlx::query("SELECT id, name FROM shops ORDER BY created_at_ms LIMIT 1")
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| Ok(Shop { id: ShopId(rows::uuid(&row, 0)?), name: row.try_get(1)? })).transpose()
    }

    /// Sets up the shop. Of two at the same moment, one succeeds.
    ///
    /// # Errors
    /// [`StoreError::ShopExists`], [`StoreError::OutOfBounds`], or the database's.
    pub async fn create_shop(&self, name: &str, now_ms: u64) -> Result<Shop, StoreError> {
        let shop = Shop { id: ShopId(crate::clock::uuid()), name: shop_name(name)? };
        let done = sqlx::query(
            "INSERT INTO shops (id, name, created_at_ms) SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM shops)",
        )
        .bind(rows::blob(&shop.id.0))
        .bind(shop.name.as_str())
        .bind(rows::signed(now_ms))
        .execute(&self.writer)
        .await?;
        if done.rows_affected() == 1 { Ok(shop) } else { Err(StoreError::ShopExists) }
    }

    /// Gives the shop another name. Shows that are loaded keep the old one until they are loaded again.
    ///
    /// # Errors
    /// [`StoreError::NoShop`], [`StoreError::OutOfBounds`], or the database's.
    pub async fn rename_shop(&self, shop: ShopId, name: &str) -> Result<(), StoreError> {
        let done = sqlx::query("UPDATE shops SET name = ? WHERE id = ?")
            .bind(shop_name(name)?)
            .bind(rows::blob(&shop.0))
            .execute(&self.writer)
            .await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NoShop) }
    }
}

fn shop_name(raw: &str) -> Result<String, StoreError> {
    clean_line(raw, MAX_SHOP_CHARS).map_err(|_| StoreError::OutOfBounds("the shop's name"))
}
