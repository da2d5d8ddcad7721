//! The machine, for who sells on it: whether there is room for what comes.

use super::Http;
use super::error::Error;
use super::login::LoggedIn;
use super::openapi::{Api, Who};
use crate::store::Disk;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Serialize, JsonSchema)]
struct ServerView {
    disk: DiskView,
}

/// The file system that the database lies on.
#[derive(Debug, Serialize, JsonSchema)]
struct DiskView {
    /// What can still be written.
    free_bytes: u64,
    /// All of it.
    total_bytes: u64,
}

/// The routes of this file.
pub(super) fn routes() -> Router<Http> {
    Router::new().route("/api/server", get(read))
}

/// `GET /api/server`.
async fn read(State(http): State<Http>, LoggedIn(_): LoggedIn) -> Result<Json<ServerView>, Error> {
    let Disk { free_bytes, total_bytes } = http.store.disk().await?;
    Ok(Json(ServerView { disk: DiskView { free_bytes, total_bytes } }))
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("get", "/api/server", Who::Seller, "Room on the server's disk.").gives::<ServerView>(200).end();
}
