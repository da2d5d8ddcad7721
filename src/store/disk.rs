//! The room that is left where the database lies. A full disk takes no order, so it is better known before a show.

use super::{Store, StoreError};
use std::path::Path;

/// The file system of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// What this process may still write.
    pub free_bytes: u64,
    /// All of it.
    pub total_bytes: u64,
}

impl Store {
    /// How much room there is, now.
    ///
    /// # Errors
    /// When the system does not tell.
    pub async fn disk(&self) -> Result<Disk, StoreError> {
        let folder = self.folder.clone();
        // A network's file system may take its time.
        let asked = tokio::task::spawn_blocking(move || disk_of(&folder)).await;
        asked.unwrap_or_else(|gone| Err(std::io::Error::other(gone))).map_err(StoreError::Disk)
    }
}

fn disk_of(folder: &Path) -> Result<Disk, std::io::Error> {
    let stat = rustix::fs::statvfs(folder)?;
    let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
    Ok(Disk { free_bytes: bytes(stat.f_bavail), total_bytes: bytes(stat.f_blocks) })
}
