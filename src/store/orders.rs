//! The shop's log, written in groups: all that a shop's writer decided in one turn, with everything that follows from it,
//! is one transaction.
//!
//! Each table gets one statement for the whole group, its rows handed over as a JSON array: a statement costs more than
//! a row, and a rush of buyers is hundreds of rows.

use super::outbox::{self, Letter, Outgoing};
use super::payments::{self, ErrandRow};
use super::{Store, StoreError, rows};
use quiora_signaling::{
    Contact, Order, OrderId, OrderKey, OrderStatus, ProductId, ProductStatus, ShopId, ShowId, VariantId,
};
use serde_json::{Value, json};
use sqlx::{Row, Sqlite, Transaction};
use std::sync::atomic::Ordering;
use uuid::Uuid;

/// The most events that a read gives at once.
const MAX_READ: u32 = 5_000;

/// The most orders that a list gives.
const MAX_LIST: u32 = 200;

/// A fact of the shop; what it says is the shop's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopFact {
    /// Its place in the log.
    pub seq: u64,
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What kind of.
    pub kind: &'static str,
    /// The whole, as JSON.
    pub body: String,
}

/// A line of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerRow {
    /// The event that it belongs to.
    pub seq: u64,
    /// Of what.
    pub variant: VariantId,
    /// What came, became free, held, sold.
    pub change: [i64; 4],
    /// Through which order.
    pub order: Option<OrderId>,
}

/// A product, as far as lists look for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProductRow {
    /// Which.
    pub product: ProductId,
    /// Its place.
    pub position: u32,
    /// Whether it can be bought: as on the wire.
    pub status: &'static str,
    /// Its name.
    pub title: String,
}

/// The pieces of a variant: all, free, held, sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StockRow {
    /// Of which.
    pub variant: VariantId,
    /// Whose it is.
    pub product: ProductId,
    /// Stock, free, reserved, sold.
    pub pieces: [u32; 4],
}

/// One transaction of a shop.
#[derive(Debug, Clone, Default)]
pub struct ShopBatch {
    /// What happened.
    pub facts: Vec<ShopFact>,
    /// Products as they are now.
    pub products: Vec<ProductRow>,
    /// Variants as they are now.
    pub stocks: Vec<StockRow>,
    /// How pieces moved.
    pub ledger: Vec<LedgerRow>,
    /// Orders as they are now.
    pub orders: Vec<Order>,
    /// Line-ups as they are now.
    pub line_ups: Vec<(ShowId, Vec<ProductId>)>,
    /// Who placed an order; with its key if a letter will need it later.
    pub contacts: Vec<(OrderId, Contact, Option<OrderKey>)>,
    /// What is to be done at a payment provider.
    pub errands: Vec<ErrandRow>,
    /// Orders whose buyer is to be forgotten.
    pub erased: Vec<OrderId>,
    /// What those who asked to be told are told.
    pub told: Vec<Outgoing>,
    /// What buyers are written, if their contact is known.
    pub letters: Vec<(Outgoing, Letter)>,
}

/// Which orders to list.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// Only these.
    pub status: Option<OrderStatus>,
    /// Only those in which this stands: number, title, or part of the contact.
    pub search: Option<String>,
    /// Only those with a smaller number.
    pub before: Option<u64>,
    /// At most so many, and never more than 200.
    pub limit: u32,
}

/// The name of a product's status.
#[must_use]
pub const fn product_status(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::Draft => "draft",
        ProductStatus::Active => "active",
        ProductStatus::Archived => "archived",
    }
}

impl Store {
    /// Writes a shop's turn: the group commit of its writer. Facts must continue the log; a `seq` that exists already
    /// fails the whole.
    ///
    /// # Errors
    /// When nothing was written, or it is unknown whether it was: the caller must read the log again before going on.
    pub async fn commit_shop(&self, shop: ShopId, batch: &ShopBatch) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let posted = write(&mut tx, shop, batch).await?;
        tx.commit().await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        if batch.errands.iter().any(|row| row.errand.is_some()) {
            self.errands.notify_one();
        }
        if posted {
            self.posted.notify_one();
        }
        Ok(())
    }

    /// At most `limit` facts (never more than 5,000) after `after_seq`, oldest first: `seq`, `at_ms`, JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shop_facts(
        &self,
        shop: ShopId,
        after_seq: u64,
        limit: u32,
    ) -> Result<Vec<(u64, u64, String)>, StoreError> {
        let found =
            sqlx::query("SELECT seq, at_ms, body FROM shop_events WHERE shop = ? AND seq > ? ORDER BY seq LIMIT ?")
                .bind(rows::blob(&shop.0))
                .bind(rows::signed(after_seq))
                .bind(i64::from(limit.min(MAX_READ)))
                .fetch_all(&self.reader)
                .await?;
        found.iter().map(|row| Ok((rows::unsigned(row, 0)?, rows::unsigned(row, 1)?, row.try_get(2)?))).collect()
    }

    /// Who placed the order, unless it was erased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contact(&self, order: OrderId) -> Result<Option<Contact>, StoreError> {
        let row = sqlx::query("SELECT body FROM contacts WHERE order_id = ?")
            .bind(rows::blob(&order.0))
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| parse(&row.try_get::<String, _>(0)?, "a contact")).transpose()
    }

    /// Orders that were placed, newest first, each with its contact unless that was erased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_orders(
        &self,
        shop: ShopId,
        filter: &OrderFilter,
    ) -> Result<Vec<(Order, Option<Contact>)>, StoreError> {
        let found = sqlx::query(
            "SELECT o.body, c.body FROM orders o LEFT JOIN contacts c ON c.order_id = o.id \
             WHERE o.shop = ?1 AND o.number IS NOT NULL AND (?2 IS NULL OR o.status = ?2) \
             AND (?3 IS NULL OR o.number < ?3) \
             AND (?4 IS NULL OR CAST(o.number AS TEXT) = ?4 OR instr(lower(o.body ->> 'title'), ?4) > 0 \
                  OR instr(COALESCE(c.search, ''), ?4) > 0) \
             ORDER BY o.number DESC LIMIT ?5",
        )
        .bind(rows::blob(&shop.0))
        .bind(filter.status.map(OrderStatus::as_str))
        .bind(filter.before.map(rows::signed))
        .bind(filter.search.as_ref().map(|text| text.to_lowercase()))
        .bind(i64::from(filter.limit.min(MAX_LIST)))
        .fetch_all(&self.reader)
        .await?;
        let order = |row: &sqlx::sqlite::SqliteRow| {
            let contact: Option<String> = row.try_get(1)?;
            let contact = contact.map(|body| parse(&body, "a contact")).transpose()?;
            Ok((parse(&row.try_get::<String, _>(0)?, "an order")?, contact))
        };
        found.iter().map(order).collect()
    }
}

/// The tables in an order in which what is referred to comes first. Returns whether something is to go out.
async fn write(tx: &mut Transaction<'_, Sqlite>, shop: ShopId, batch: &ShopBatch) -> Result<bool, StoreError> {
    let facts = batch.facts.iter().map(|fact| json!([fact.seq, fact.at_ms, fact.kind, fact.body])).collect();
    put(
        tx,
        shop,
        facts,
        "INSERT INTO shop_events (shop, seq, at_ms, kind, body) \
        SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?2)",
    )
    .await?;
    let products = batch.products.iter().map(|row| json!([hex(&row.product.0), row.position, row.status, row.title]));
    put(
        tx,
        shop,
        products.collect(),
        "INSERT INTO products (id, shop, position, status, title) \
        SELECT unhex(value ->> 0), ?1, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?2) WHERE true \
        ON CONFLICT (id) DO UPDATE SET position = excluded.position, status = excluded.status, title = excluded.title",
    )
    .await?;
    let stocks = batch.stocks.iter().map(|row| {
        let [stock, free, reserved, sold] = row.pieces;
        json!([hex(&row.variant.0), hex(&row.product.0), stock, free, reserved, sold])
    });
    put(
        tx,
        shop,
        stocks.collect(),
        "INSERT INTO variants (id, product, stock, free, reserved, sold) \
        SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5 \
        FROM json_each(?2) WHERE ?1 IS NOT NULL \
        ON CONFLICT (id) DO UPDATE SET stock = excluded.stock, free = excluded.free, reserved = excluded.reserved, \
        sold = excluded.sold",
    )
    .await?;
    let ledger = batch.ledger.iter().map(|row| {
        let [stock, free, reserved, sold] = row.change;
        json!([row.seq, hex(&row.variant.0), stock, free, reserved, sold, row.order.map(|order| hex(&order.0))])
    });
    put(
        tx,
        shop,
        ledger.collect(),
        "INSERT INTO stock_ledger (shop, seq, variant, stock, free, reserved, sold, order_id) \
        SELECT ?1, value ->> 0, unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5, \
        unhex(value ->> 6) FROM json_each(?2)",
    )
    .await?;
    let orders = batch.orders.iter().map(order_json).collect::<Result<_, _>>()?;
    put(
        tx,
        shop,
        orders,
        "INSERT INTO orders (id, shop, number, status, variant, quantity, total_minor, as_of, body) \
        SELECT unhex(value ->> 0), ?1, value ->> 1, value ->> 2, unhex(value ->> 3), value ->> 4, value ->> 5, \
        value ->> 6, value ->> 7 FROM json_each(?2) WHERE true \
        ON CONFLICT (id) DO UPDATE SET number = excluded.number, status = excluded.status, \
        total_minor = excluded.total_minor, as_of = excluded.as_of, body = excluded.body",
    )
    .await?;
    write_rest(tx, shop, batch).await
}

async fn write_rest(tx: &mut Transaction<'_, Sqlite>, shop: ShopId, batch: &ShopBatch) -> Result<bool, StoreError> {
    for (show, products) in &batch.line_ups {
        sqlx::query("DELETE FROM line_ups WHERE show = ?").bind(rows::blob(&show.0)).execute(&mut **tx).await?;
        let lines = products.iter().enumerate().map(|(n, product)| json!([hex(&show.0), n, hex(&product.0)]));
        put(
            tx,
            shop,
            lines.collect(),
            "INSERT INTO line_ups (show, position, product) \
            SELECT unhex(value ->> 0), value ->> 1, unhex(value ->> 2) FROM json_each(?2) WHERE ?1 IS NOT NULL",
        )
        .await?;
    }
    let contacts = batch.contacts.iter().map(contact_json).collect::<Result<_, _>>()?;
    put(
        tx,
        shop,
        contacts,
        "INSERT INTO contacts (order_id, body, search) \
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2 FROM json_each(?2) WHERE ?1 IS NOT NULL \
        ON CONFLICT (order_id) DO UPDATE SET body = excluded.body, search = excluded.search",
    )
    .await?;
    payments::write_keys(tx, shop, &batch.contacts).await?;
    let posted = outbox::write(tx, shop, batch).await?;
    let at_ms = batch.facts.last().map_or(0, |fact| fact.at_ms);
    payments::write(tx, shop, &batch.errands, at_ms).await?;
    let erased = batch.erased.iter().map(|order| json!(hex(&order.0))).collect();
    put(
        tx,
        shop,
        erased,
        "DELETE FROM contacts WHERE ?1 IS NOT NULL AND order_id IN \
        (SELECT unhex(value) FROM json_each(?2))",
    )
    .await?;
    Ok(posted)
}

/// Runs a statement over all rows at once: `?1` is the shop, `?2` the array.
pub(super) async fn put(
    tx: &mut Transaction<'_, Sqlite>,
    shop: ShopId,
    rows: Vec<Value>,
    sql: &'static str,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = Value::Array(rows).to_string();
    sqlx::query(sql).bind(rows::blob(&shop.0)).bind(rows).execute(&mut **tx).await?;
    Ok(())
}

fn order_json(order: &Order) -> Result<Value, StoreError> {
    let body = serde_json::to_string(order).map_err(|_| StoreError::OutOfBounds("an order"))?;
    let (id, variant) = (hex(&order.order.0), hex(&order.variant.0));
    let (status, quantity, total) = (order.status.as_str(), order.quantity, order.total_minor);
    Ok(json!([id, order.number, status, variant, quantity, total, order.as_of, body]))
}

fn contact_json((order, contact, _): &(OrderId, Contact, Option<OrderKey>)) -> Result<Value, StoreError> {
    let body = serde_json::to_string(contact).map_err(|_| StoreError::OutOfBounds("a contact"))?;
    let city = contact.address.as_ref().map_or("", |address| address.city.as_str());
    let search = format!("{}\n{}\n{}\n{city}", contact.name, contact.email, contact.phone).to_lowercase();
    Ok(json!([hex(&order.0), body, search]))
}

pub(super) fn hex(id: &Uuid) -> String {
    id.simple().to_string()
}

pub(super) fn parse<T: serde::de::DeserializeOwned>(body: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|_| StoreError::Unreadable(what))
}
