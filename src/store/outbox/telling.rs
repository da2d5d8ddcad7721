//! Writing what leaves: in the transaction of the facts that it tells of, and only what somebody listens for.

use super::{Body, Letter, Outgoing};
use crate::store::orders::{ShopBatch, hex, put};
use crate::store::{StoreError, rows};
use quiora_signaling::{Logged, ShopId, ShowEvent, ShowId};
use serde_json::{Value, json};
use sqlx::{Row, Sqlite, Transaction};
use std::fmt::Write as _;

/// One row for each endpoint that listens for it.
const TELL: &str = "INSERT INTO outbox (message, shop, channel, lane, kind, subject, at_ms, due_at_ms, body) \
    SELECT unhex(t.value ->> 0), ?1, 'webhook', e.id, t.value ->> 1, unhex(t.value ->> 3), t.value ->> 2, \
    t.value ->> 2, t.value ->> 4 FROM json_each(?2) t JOIN endpoints e ON e.shop = ?1 AND e.active = 1 \
    AND instr(e.events, '\"' || (t.value ->> 1) || '\"') > 0 ORDER BY t.key";

/// What follows from a turn of a shop; returns whether there is something to take out. Who has been told of a stock by a
/// newer message need not be told by one that has not been tried yet.
pub(in crate::store) async fn write(
    tx: &mut Transaction<'_, Sqlite>,
    shop: ShopId,
    batch: &ShopBatch,
) -> Result<bool, StoreError> {
    let mut posted = false;
    if !batch.told.is_empty() {
        // Asked in here: an endpoint is either there before these facts, or hears of those after them.
        let heard = heard(tx, shop).await?;
        let told: Vec<_> = batch.told.iter().filter(|told| heard.contains(&format!("\"{}\"", told.kind))).collect();
        posted = !told.is_empty();
        tell(tx, shop, &told).await?;
    }
    if !batch.letters.is_empty() {
        posted = true;
        letters(tx, shop, &batch.letters).await?;
    }
    let at_ms = batch.facts.last().map_or(0, |fact| fact.at_ms);
    let erased = batch.erased.iter().map(|order| json!([hex(&order.0), at_ms])).collect();
    put(
        tx,
        shop,
        erased,
        "UPDATE outbox SET status = 'given_up', outcome = 'erased', body = NULL, recipient = NULL, \
        settled_at_ms = (SELECT value ->> 1 FROM json_each(?2) LIMIT 1) \
        WHERE shop = ?1 AND channel = 'mail' AND status = 'waiting' \
        AND lane IN (SELECT unhex(value ->> 0) FROM json_each(?2))",
    )
    .await?;
    Ok(posted)
}

/// What the shop's endpoints listen for, one list after the other; empty if nobody does.
async fn heard(tx: &mut Transaction<'_, Sqlite>, shop: ShopId) -> Result<String, StoreError> {
    let found = sqlx::query("SELECT events FROM endpoints WHERE shop = ? AND active = 1")
        .bind(rows::blob(&shop.0))
        .fetch_all(&mut **tx)
        .await?;
    let mut heard = String::new();
    for row in &found {
        let _ = write!(heard, "{}", row.try_get::<&str, _>(0)?);
    }
    Ok(heard)
}

async fn tell(tx: &mut Transaction<'_, Sqlite>, shop: ShopId, told: &[&Outgoing]) -> Result<(), StoreError> {
    let stocks = told.iter().filter(|told| told.kind == "stock.changed").map(|told| json!(hex(&told.subject)));
    put(
        tx,
        shop,
        stocks.collect(),
        "DELETE FROM outbox WHERE shop = ?1 AND kind = 'stock.changed' AND status = 'waiting' AND attempts = 0 \
        AND subject IN (SELECT unhex(value) FROM json_each(?2))",
    )
    .await?;
    let rows = told.iter().map(|told| {
        let body = match &told.body {
            Body::Order(order) => serde_json::to_string(order),
            Body::Stock(stock) => serde_json::to_string(stock),
            Body::Letter => return Err(StoreError::OutOfBounds("a message")),
        };
        Ok(row(told.kind, told.at_ms, &told.subject, &body.map_err(|_| StoreError::OutOfBounds("a message"))?))
    });
    put(tx, shop, rows.collect::<Result<_, _>>()?, TELL).await
}

fn row(kind: &str, at_ms: u64, subject: &uuid::Uuid, body: &str) -> Value {
    json!([hex(&crate::clock::uuid()), kind, at_ms, hex(subject), body])
}

/// Letters to buyers whose contact is known, and the keys for those that may have to be written again.
async fn letters(
    tx: &mut Transaction<'_, Sqlite>,
    shop: ShopId,
    letters: &[(Outgoing, Letter)],
) -> Result<(), StoreError> {
    let letter = |(outgoing, letter): &(Outgoing, Letter)| {
        let body = serde_json::to_string(letter).map_err(|_| StoreError::OutOfBounds("a letter"))?;
        Ok(row(outgoing.kind, outgoing.at_ms, &outgoing.subject, &body))
    };
    put(
        tx,
        shop,
        letters.iter().map(letter).collect::<Result<_, StoreError>>()?,
        "INSERT INTO outbox (message, shop, channel, lane, kind, subject, at_ms, due_at_ms, body, recipient) \
        SELECT unhex(l.value ->> 0), ?1, 'mail', c.order_id, l.value ->> 1, c.order_id, l.value ->> 2, l.value ->> 2, \
        CASE WHEN k.key IS NULL THEN l.value ->> 4 ELSE json_set(l.value ->> 4, '$.key', k.key) END, \
        json_object('name', c.body ->> 'name', 'email', c.body ->> 'email') \
        FROM json_each(?2) l JOIN contacts c ON c.order_id = unhex(l.value ->> 3) \
        LEFT JOIN letter_keys k ON k.order_id = c.order_id AND l.value ->> 1 = 'bought' ORDER BY l.key",
    )
    .await?;
    let keys =
        letters.iter().filter_map(|(_, letter)| Some(json!([hex(&letter.order.order.0), letter.key.as_ref()?.0])));
    put(
        tx,
        shop,
        keys.collect(),
        "INSERT OR REPLACE INTO letter_keys (order_id, key) SELECT c.order_id, k.value ->> 1 \
        FROM json_each(?2) k JOIN contacts c ON c.order_id = unhex(k.value ->> 0) WHERE ?1 IS NOT NULL",
    )
    .await
}

/// Whoever listens is told that a show went on air, or ended. Returns whether there is something to take out.
pub(in crate::store) async fn tell_show(
    tx: &mut Transaction<'_, Sqlite>,
    show: ShowId,
    logged: &Logged,
) -> Result<bool, StoreError> {
    let kind = match logged.event {
        ShowEvent::Started => "show.live",
        ShowEvent::Ended => "show.ended",
        _ => return Ok(false),
    };
    let found = sqlx::query(concat!("SELECT ", rows::show_columns!(), "WHERE s.id = ?"))
        .bind(rows::blob(&show.0))
        .fetch_one(&mut **tx)
        .await?;
    let found = rows::show(&found)?;
    if !heard(tx, found.shop).await?.contains(kind) {
        return Ok(false);
    }
    let body = json!({"show": show, "slug": found.slug, "title": found.title, "status": rows::status_name(found.status),
        "started_at_ms": found.started_at_ms, "ended_at_ms": found.ended_at_ms});
    put(tx, found.shop, vec![row(kind, logged.at_ms, &show.0, &body.to_string())], TELL).await?;
    Ok(true)
}
