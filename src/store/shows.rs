//! Shows: made here, found here. Their life afterwards is written by [`Store::commit`] alone, together with the events
//! that changed it.

use super::rows::show_columns;
use super::{Store, StoreError, rows};
use quiora_signaling::limits::{MAX_SLUG_BYTES, MAX_TITLE_CHARS};
use quiora_signaling::{ShopId, ShowId, ShowStatus, clean_line};

/// The most shows that a list gives.
const MAX_LIST: u32 = 500;

/// What is needed to create a show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShow {
    /// Its name in links: `[a-z0-9-]`, 1 to 64 bytes.
    pub slug: String,
    /// Its name for people: 1 to 120 characters.
    pub title: String,
    /// The announced date, in milliseconds since the Unix epoch. Without one the show is a draft.
    pub scheduled_at_ms: Option<u64>,
}

/// A show as it is stored. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowRow {
    /// Its id.
    pub show: ShowId,
    /// Whose it is.
    pub shop: ShopId,
    /// The shop's name for people.
    pub shop_name: String,
    /// Its name in links.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// Where in its life it is.
    pub status: ShowStatus,
    /// The announced date.
    pub scheduled_at_ms: Option<u64>,
    /// When it began.
    pub started_at_ms: Option<u64>,
    /// When it ended.
    pub ended_at_ms: Option<u64>,
    /// When it was made.
    pub created_at_ms: u64,
}

impl Store {
    /// Creates a show of this database's shop: scheduled if it has a date, else a draft.
    ///
    /// # Errors
    /// [`StoreError::SlugTaken`], [`StoreError::NoShop`], [`StoreError::OutOfBounds`], or the database's.
    pub async fn create_show(&self, new: NewShow, now_ms: u64) -> Result<ShowRow, StoreError> {
        if !is_slug(&new.slug) {
            return Err(StoreError::OutOfBounds("the slug"));
        }
        let title = clean_line(&new.title, MAX_TITLE_CHARS).map_err(|_| StoreError::OutOfBounds("the title"))?;
        let show = ShowId(crate::clock::uuid());
        let status = if new.scheduled_at_ms.is_some() { ShowStatus::Scheduled } else { ShowStatus::Draft };
        let done = sqlx::query(
            "INSERT INTO shows (id, shop, slug, title, status, scheduled_at_ms, created_at_ms) \
             SELECT ?, id, ?, ?, ?, ?, ? FROM shops ORDER BY created_at_ms LIMIT 1",
        )
        .bind(rows::blob(&show.0))
        .bind(new.slug)
        .bind(title)
        .bind(rows::status_name(status))
        .bind(new.scheduled_at_ms.map(rows::signed))
        .bind(rows::signed(now_ms))
        .execute(&self.writer)
        .await
        .map_err(|e| if StoreError::is_unique_violation(&e) { StoreError::SlugTaken } else { e.into() })?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NoShop);
        }
        self.show(show).await?.ok_or(StoreError::Unreadable("a show just written"))
    }

    /// The show of that id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn show(&self, show: ShowId) -> Result<Option<ShowRow>, StoreError> {
        let row = sqlx::query(concat!("SELECT ", show_columns!(), "WHERE s.id = ?"))
            .bind(rows::blob(&show.0))
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(rows::show).transpose()
    }

    /// The show of that slug.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn show_by_slug(&self, slug: &str) -> Result<Option<ShowRow>, StoreError> {
        if !is_slug(slug) {
            return Ok(None);
        }
        let row = sqlx::query(concat!("SELECT ", show_columns!(), "WHERE s.slug = ?"))
            .bind(slug)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(rows::show).transpose()
    }

    /// At most `limit` shows (and never more than 500), newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_shows(&self, limit: u32) -> Result<Vec<ShowRow>, StoreError> {
        let rows = sqlx::query(concat!("SELECT ", show_columns!(), "ORDER BY s.created_at_ms DESC, s.id DESC LIMIT ?"))
            .bind(i64::from(limit.min(MAX_LIST)))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(rows::show).collect()
    }
}

fn is_slug(slug: &str) -> bool {
    (1..=MAX_SLUG_BYTES).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
