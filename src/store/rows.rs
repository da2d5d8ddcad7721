//! Between rows and types. Everything that comes out of the database is checked here, once: a row that this version
//! cannot read is an error, never a guess.

use super::{ShowRow, StoreError};
use quiora_signaling::{Logged, ShopId, ShowEvent, ShowId, ShowStatus};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// The columns of [`show`], in its order.
macro_rules! show_columns {
    () => {
        "s.id, s.slug, s.title, p.name, s.status, s.scheduled_at_ms, s.started_at_ms, s.ended_at_ms, s.created_at_ms, s.shop \
         FROM shows s JOIN shops p ON p.id = s.shop "
    };
}
pub(super) use show_columns;

/// A show, from [`show_columns`].
pub(super) fn show(row: &SqliteRow) -> Result<ShowRow, StoreError> {
    Ok(ShowRow {
        show: ShowId(uuid(row, 0)?),
        slug: row.try_get(1)?,
        title: row.try_get(2)?,
        shop_name: row.try_get(3)?,
        status: status(&row.try_get::<String, _>(4)?)?,
        scheduled_at_ms: optional_ms(row, 5)?,
        started_at_ms: optional_ms(row, 6)?,
        ended_at_ms: optional_ms(row, 7)?,
        created_at_ms: unsigned(row, 8)?,
        shop: ShopId(uuid(row, 9)?),
    })
}

/// An event, from `seq, at_ms, body`.
pub(super) fn logged(row: &SqliteRow) -> Result<Logged, StoreError> {
    let body: String = row.try_get(2)?;
    let event: ShowEvent = serde_json::from_str(&body).map_err(|_| StoreError::Unreadable("an event"))?;
    Ok(Logged { seq: unsigned(row, 0)?, at_ms: unsigned(row, 1)?, event })
}

pub(super) fn uuid(row: &SqliteRow, column: usize) -> Result<Uuid, StoreError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    Uuid::from_slice(&bytes).map_err(|_| StoreError::Unreadable("an id"))
}

pub(super) fn unsigned(row: &SqliteRow, column: usize) -> Result<u64, StoreError> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| StoreError::Unreadable("a negative number"))
}

fn optional_ms(row: &SqliteRow, column: usize) -> Result<Option<u64>, StoreError> {
    let value: Option<i64> = row.try_get(column)?;
    value.map(|v| u64::try_from(v).map_err(|_| StoreError::Unreadable("a negative time"))).transpose()
}

/// An id as it is bound. (`sqlx` copies what it binds.)
pub(super) fn blob(id: &Uuid) -> &[u8] {
    id.as_bytes().as_slice()
}

/// SQLite's integers are signed; ours stay below 2^53. What does not fit becomes the largest value, which no query
/// mistakes for a small one.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) const fn status_name(status: ShowStatus) -> &'static str {
    match status {
        ShowStatus::Draft => "draft",
        ShowStatus::Scheduled => "scheduled",
        ShowStatus::Live => "live",
        ShowStatus::Ended => "ended",
    }
}

fn status(name: &str) -> Result<ShowStatus, StoreError> {
    match name {
        "draft" => Ok(ShowStatus::Draft),
        "scheduled" => Ok(ShowStatus::Scheduled),
        "live" => Ok(ShowStatus::Live),
        "ended" => Ok(ShowStatus::Ended),
        _ => Err(StoreError::Unreadable("a show's status")),
    }
}
