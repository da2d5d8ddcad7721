//! A copy of the house for a rehearsal: a database of its own, in a file that is thrown away, with what a show needs.
//!
//! The copy is a new, empty database into which is put what is named below, and nothing else: what a later step of the
//! schema adds stays at home until somebody decides here that it is needed. It is read in one transaction, so it is the
//! house at one moment, whoever sells meanwhile; the house's file is only read.
//!
//! | table | in the copy | why |
//! |---|---|---|
//! | `shops`, `filters` | as they are | whose show it is, and what nobody may write |
//! | `shows` | the one that is rehearsed, under a new id, not begun | media is known by the show's id: two worlds share no id |
//! | `shop_events`, `products`, `variants`, `stock_ledger` | as they are | catalogue, stock, prices and their history; who a buyer is stands in none of them |
//! | `web_sessions` | those that are good | the seller is logged in there too; one that is made there is worth nothing here |
//! | `orders`, `contacts`, `letter_keys` | empty | orders of people are nobody's business in a rehearsal, and its list begins empty |
//! | `endpoints`, `outbox` | empty | nobody is told |
//! | `errands`, `payment_accounts`, `provider_events` | empty | nothing is charged, and there is no key to charge with |
//! | `secrets` | empty, so made anew | a join token or stream key of one world opens nothing in the other |
//! | `login_tokens`, `remotes`, `moderators` | empty | links that were given away lead into the real show |
//! | `events`, `nicknames` and all about an audience | empty | the show has not begun |
//! | `line_ups` | empty; written by the shop for the new id | it follows from the shop's log |
//! | `images` | empty | pictures never change and are everybody's: pages have them from the house |
//!
//! Nothing in it must survive: it is not synchronized with the disk. What a crash leaves behind goes at the next start.

use super::open::{create_dir, open_file};
use super::{Store, StoreError, rows};
use crate::clock;
use quiora_signaling::ShowId;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};

/// Where copies are, in the data folder.
const FOLDER: &str = "rehearsals";

/// What goes into a copy besides the show, in an order in which what is referred to comes first.
const COPIED: [&str; 6] = [
    "INSERT INTO main.shops SELECT * FROM house.shops",
    "INSERT INTO main.filters SELECT * FROM house.filters",
    "INSERT INTO main.shop_events SELECT * FROM house.shop_events",
    "INSERT INTO main.products SELECT * FROM house.products",
    "INSERT INTO main.variants SELECT * FROM house.variants",
    "INSERT INTO main.stock_ledger SELECT * FROM house.stock_ledger",
];

/// A database that is thrown away.
#[derive(Debug)]
pub struct Copy {
    /// It, to be used like any other.
    pub store: Store,
    /// The show in it.
    pub show: ShowId,
    file: PathBuf,
}

impl Store {
    /// Makes a copy in `data_dir` in which `show` has not begun and has an id of its own.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] if there is no such show, or the database's; nothing is left behind then.
    pub async fn copy(&self, data_dir: &Path, show: ShowId, now_ms: u64) -> Result<Copy, StoreError> {
        let folder = data_dir.join(FOLDER);
        create_dir(&folder)?;
        let file = folder.join(format!("{}.db", clock::uuid().simple()));
        let options = SqliteConnectOptions::new().filename(&file).synchronous(SqliteSynchronous::Off);
        let copy = Copy { store: open_file(options).await?, show: ShowId(clock::uuid()), file };
        match self.fill(&copy, show, now_ms).await {
            Ok(()) => Ok(copy),
            Err(error) => {
                copy.discard().await;
                Err(error)
            }
        }
    }

    /// Throws away what copies a crash has left in `data_dir`.
    ///
    /// # Errors
    /// [`StoreError::NoPermission`].
    pub fn discard_copies(data_dir: &Path) -> Result<(), StoreError> {
        let folder = data_dir.join(FOLDER);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::NoPermission(folder)),
            _ => Ok(()),
        }
    }

    async fn fill(&self, copy: &Copy, show: ShowId, now_ms: u64) -> Result<(), StoreError> {
        let house = self.reader.connect_options().get_filename().to_owned();
        let house = house.to_str().ok_or(StoreError::OutOfBounds("the path of the database"))?;
        let mut writer = copy.store.writer.acquire().await?;
        sqlx::query("ATTACH DATABASE ? AS house").bind(house).execute(&mut *writer).await?;
        let filled = fill(&mut writer, copy.show, show, now_ms).await;
        let detached = sqlx::query("DETACH DATABASE house").execute(&mut *writer).await;
        filled?;
        detached?;
        Ok(())
    }
}

async fn fill(writer: &mut SqliteConnection, new: ShowId, show: ShowId, now_ms: u64) -> Result<(), StoreError> {
    let mut tx = writer.begin().await?;
    for copied in COPIED {
        sqlx::query(copied).execute(&mut *tx).await?;
    }
    sqlx::query("INSERT INTO main.web_sessions SELECT * FROM house.web_sessions WHERE expires_at_ms > ?")
        .bind(rows::signed(now_ms))
        .execute(&mut *tx)
        .await?;
    let made = sqlx::query(
        "INSERT INTO main.shows (id, shop, slug, title, status, scheduled_at_ms, created_at_ms) \
         SELECT ?, shop, slug, title, iif(scheduled_at_ms IS NULL, 'draft', 'scheduled'), scheduled_at_ms, ? \
         FROM house.shows WHERE id = ?",
    )
    .bind(rows::blob(&new.0))
    .bind(rows::signed(now_ms))
    .bind(rows::blob(&show.0))
    .execute(&mut *tx)
    .await?;
    if made.rows_affected() == 0 {
        return Err(StoreError::Unreadable("a show to rehearse"));
    }
    tx.commit().await?;
    Ok(())
}

impl Copy {
    /// Where it is.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Closes it and throws it away.
    pub async fn discard(self) {
        self.store.close().await;
        for end in ["", "-wal", "-shm"] {
            let mut path = self.file.clone().into_os_string();
            path.push(end);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    tracing::warn!(%error, "the copy of a rehearsal was not removed; the next start does it");
                }
                _ => {}
            }
        }
    }
}
