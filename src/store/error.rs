//! What can go wrong with the store, each as one line that a person who runs the server can act upon.
//!
//! The two refusals of the domain (a slug taken, a shop that exists or does not) are here as well, because only the
//! database can decide them without a race.

use std::path::{Path, PathBuf};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another show has this slug.
    #[error("the slug is taken")]
    SlugTaken,
    /// The database already has its shop.
    #[error("this database already has a shop")]
    ShopExists,
    /// The database has no shop yet.
    #[error("this database has no shop yet")]
    NoShop,
    /// A value that breaks a limit of the protocol; its name.
    #[error("{0} is empty, too long or malformed")]
    OutOfBounds(&'static str),
    /// The data directory or the database file may not be written.
    #[error("no permission to write {}", .0.display())]
    NoPermission(PathBuf),
    /// The data directory could not be made.
    #[error("cannot create {}: {}", path.display(), source)]
    CannotCreate {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database URL names something that is not spoken here.
    #[error("cannot use the database URL: {0}")]
    BadUrl(String),
    /// The file is there and is not a database of ours, or is damaged.
    #[error("{} is not a Quiora database: {}", path.display(), detail)]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// What the database or the migration said.
        detail: String,
    },
    /// The disk is full.
    #[error("the disk that holds the database is full")]
    DiskFull,
    /// The system does not say how much room there is.
    #[error("the disk does not say how much room is left: {0}")]
    Disk(#[source] std::io::Error),
    /// A row that this version cannot read.
    #[error("the database holds something unreadable: {0}")]
    Unreadable(&'static str),
    /// Everything else.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
}

/// SQLite's primary result codes that deserve a sentence of their own (<https://www.sqlite.org/rescode.html>).
const SQLITE_PERM: u32 = 3;
const SQLITE_READONLY: u32 = 8;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_FULL: u32 = 13;
const SQLITE_CANTOPEN: u32 = 14;
const SQLITE_NOTADB: u32 = 26;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match sqlite_code(&error) {
            Some(SQLITE_FULL) => Self::DiskFull,
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    /// As `From`, for errors met while opening `path`: there, permissions and foreign files are the usual cause.
    pub(super) fn opening(path: &Path, error: sqlx::Error) -> Self {
        match sqlite_code(&error) {
            Some(SQLITE_PERM | SQLITE_READONLY | SQLITE_CANTOPEN) => Self::NoPermission(path.to_owned()),
            Some(SQLITE_CORRUPT | SQLITE_NOTADB) => Self::NotOurs { path: path.to_owned(), detail: error.to_string() },
            _ => error.into(),
        }
    }

    /// Whether `error` says that a row breaks a UNIQUE constraint.
    pub(super) fn is_unique_violation(error: &sqlx::Error) -> bool {
        error.as_database_error().is_some_and(|e| e.is_unique_violation())
    }
}

/// The primary result code: the lower byte of the extended one.
fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<u32>().ok().map(|code| code & 0xff)
}
