//! What follows from the shop's log, read back: for comparing it with what should follow, and for who reconciles.

use super::orders::parse;
use super::{StockRow, Store, StoreError, rows};
use quiora_signaling::{Order, ProductId, ShopId, VariantId};
use sqlx::Row;

impl Store {
    /// What follows from the log, as it is stored: products, pieces, orders (sorted by id), for comparing it with what
    /// should follow.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shop_projections(
        &self,
        shop: ShopId,
    ) -> Result<(Vec<(ProductId, u32, String, String)>, Vec<StockRow>, Vec<Order>), StoreError> {
        let shop = rows::blob(&shop.0).to_vec();
        let found = sqlx::query("SELECT id, position, status, title FROM products WHERE shop = ? ORDER BY id")
            .bind(shop.clone())
            .fetch_all(&self.reader)
            .await?;
        let product = |row: &sqlx::sqlite::SqliteRow| {
            let position = u32::try_from(rows::unsigned(row, 1)?).unwrap_or(u32::MAX);
            Ok((ProductId(rows::uuid(row, 0)?), position, row.try_get(2)?, row.try_get(3)?))
        };
        let products = found.iter().map(product).collect::<Result<Vec<_>, StoreError>>()?;
        let stocks = self.stock_rows(
            "SELECT v.id, v.product, v.stock, v.free, v.reserved, v.sold FROM variants v \
             JOIN products p ON p.id = v.product WHERE p.shop = ? ORDER BY v.id",
            &shop,
        );
        let stocks = stocks.await?;
        let found =
            sqlx::query("SELECT body FROM orders WHERE shop = ? ORDER BY id").bind(shop).fetch_all(&self.reader);
        let order = |row: &sqlx::sqlite::SqliteRow| parse(&row.try_get::<String, _>(0)?, "an order");
        let orders = found.await?.iter().map(order).collect::<Result<Vec<_>, StoreError>>()?;
        Ok((products, stocks, orders))
    }

    /// The sums of the ledger, by variant, sorted by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger_sums(&self, shop: ShopId) -> Result<Vec<StockRow>, StoreError> {
        self.stock_rows(
            "SELECT l.variant, v.product, SUM(l.stock), SUM(l.free), SUM(l.reserved), SUM(l.sold) FROM stock_ledger l \
             JOIN variants v ON v.id = l.variant WHERE l.shop = ? GROUP BY l.variant ORDER BY l.variant",
            rows::blob(&shop.0),
        )
        .await
    }

    async fn stock_rows(&self, sql: &'static str, shop: &[u8]) -> Result<Vec<StockRow>, StoreError> {
        let found = sqlx::query(sql).bind(shop.to_vec()).fetch_all(&self.reader).await?;
        let stock = |row: &sqlx::sqlite::SqliteRow| {
            let mut pieces = [0; 4];
            for (column, n) in pieces.iter_mut().enumerate() {
                let value = rows::unsigned(row, column + 2)?;
                *n = u32::try_from(value).map_err(|_| StoreError::Unreadable("a stock"))?;
            }
            Ok(StockRow { variant: VariantId(rows::uuid(row, 0)?), product: ProductId(rows::uuid(row, 1)?), pieces })
        };
        found.iter().map(stock).collect()
    }
}
