//! Opening: the directory, the file, its settings, its migrations. Whoever starts the server meets these errors first, so
//! each is one clear line.

use super::{Store, StoreError};
use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// The steps of the schema: number, name, SQL. One that was released never changes: a database remembers its checksum.
/// Listed by hand, because sqlx's macro would compile SQLite a second time for the compiler to read one folder.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first house", include_str!("migrations/0001_first_house.sql")),
    (2, "shop", include_str!("migrations/0002_shop.sql")),
    (3, "outbox", include_str!("migrations/0003_outbox.sql")),
    (4, "again", include_str!("migrations/0004_again.sql")),
    (5, "payments", include_str!("migrations/0005_payments.sql")),
    (6, "audience", include_str!("migrations/0006_audience.sql")),
    (7, "remotes", include_str!("migrations/0007_remotes.sql")),
];

/// The file in the data directory when no URL says otherwise.
const FILE_NAME: &str = "quiora.db";

/// Readers serve page loads and joins; each is a thread. More would only contend for two cores.
const READERS: u32 = 4;

/// Another process on the same file (`quiora admin`) holds the write lock for milliseconds; this is for a slow disk.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A call that has not even got a connection by then fails rather than hangs.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

impl Store {
    /// Opens the database and brings its schema up to date. Without a `url` it is `quiora.db` in `data_dir`, which is
    /// created (readable by its owner only: it holds signing keys).
    ///
    /// # Errors
    /// One line for a person: no permission, a URL of another database, a file that is not ours.
    pub async fn open(data_dir: &Path, url: Option<&str>) -> Result<Self, StoreError> {
        create_dir(data_dir)?;
        let options = match url {
            None => SqliteConnectOptions::new().filename(data_dir.join(FILE_NAME)),
            Some(url) => parse_url(url)?,
        };
        open_file(options.synchronous(SqliteSynchronous::Full)).await
    }
}

/// Opens the file that `options` name and brings its schema up to date; how well it is synchronized with the disk stands there.
pub(super) async fn open_file(options: SqliteConnectOptions) -> Result<Store, StoreError> {
    let path: PathBuf = options.get_filename().to_owned();
    let options = options.foreign_keys(true).busy_timeout(BUSY_TIMEOUT);
    let opened = |e| StoreError::opening(&path, e);

    // What is deleted is overwritten and not only let go of: contacts are erased because somebody asked for it. What the
    // write-ahead log still holds of them goes as it is written over, at the latest when the store is closed. It costs
    // commits nothing that can be measured; to delete 900 letters takes 7 ms instead of 4.
    let writing = options.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let writing = writing.pragma("secure_delete", "ON");
    let writer = pool(1).connect_with(writing).await.map_err(opened)?;
    restrict(&path)?;
    migrator().run(&writer).await.map_err(|e| migration_error(&path, e))?;
    let reader = pool(READERS).connect_with(options.read_only(true)).await.map_err(opened)?;
    let commits = Arc::new(AtomicU64::new(0));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).into();
    Ok(Store { writer, reader, commits, folder, posted: Arc::default(), errands: Arc::default() })
}

fn migrator() -> Migrator {
    let step = |&(number, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(number, name.into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(step).collect())
}

/// Connections live as long as the pool: opening one again would only lose its page cache.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
}

fn parse_url(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    if !url.starts_with("sqlite:") {
        let scheme = url.split(':').next().unwrap_or_default();
        return Err(StoreError::BadUrl(format!(
            "only sqlite: is supported (sqlite:///path/to/{FILE_NAME}), not {scheme}:"
        )));
    }
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StoreError::BadUrl("an in-memory database would forget orders; name a file".to_owned()));
    }
    SqliteConnectOptions::from_str(url).map_err(|e| StoreError::BadUrl(e.to_string()))
}

pub(super) fn create_dir(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::PermissionDenied => StoreError::NoPermission(path.to_owned()),
        _ => StoreError::CannotCreate { path: path.to_owned(), source },
    })
}

/// Keeps other users of the machine out of the database; its side files take their mode from it.
fn restrict(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, owner_only).map_err(|_| StoreError::NoPermission(path.to_owned()))?;
    }
    Ok(())
}

fn migration_error(path: &Path, error: sqlx::migrate::MigrateError) -> StoreError {
    match error {
        sqlx::migrate::MigrateError::Execute(e) | sqlx::migrate::MigrateError::ExecuteMigration(e, _) => {
            StoreError::opening(path, e)
        }
        other => StoreError::NotOurs { path: path.to_owned(), detail: other.to_string() },
    }
}
