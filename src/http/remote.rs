//! The host's remote control: a second device that steers a show while the first one films.
//!
//! It is let in by a link that is good once, for some minutes: long enough to scan it from a screen. From then on the device
//! has a cookie of its own, which is no login: it opens what the remote's screen shows ([`AtHelm`](super::login::AtHelm)),
//! for that show, until shortly after its end, twelve hours at most, or until the seller disconnects it.

use super::error::Error;
use super::login::{Cookies, LoggedIn, set_cookie};
use super::openapi::{Api, Who};
use super::staff::{Link, hash, own};
use super::{Http, credential, origin};
use crate::clock;
use crate::session::PAGE_TOKEN_TTL_MS;
use crate::show::core::Revoked;
use crate::store::{REMOTE_TTL_MS, RemoteDevice, ShowRow};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use quiora_signaling::MemberId;
use schemars::JsonSchema;
use serde::Serialize;

/// How long a link is good for.
const LINK_TTL_MS: u64 = 5 * 60 * 1_000;

/// Devices that are remote controls of a show.
#[derive(Debug, Serialize, JsonSchema)]
struct Devices {
    /// Newest first, at most 10, whether they are connected now or not.
    devices: Vec<Device>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Device {
    came_at_ms: u64,
    /// At the latest; sooner when the show ends.
    expires_at_ms: u64,
}

/// The routes of this file.
pub(super) fn routes() -> Router<Http> {
    Router::new().route("/api/shows/{slug}/remote", get(list).post(invite).delete(disconnect))
}

/// Lets the device in that has a link's key, which is used up by it: its cookie to set, and a join token. The remote is the
/// host: the shop itself.
///
/// # Errors
/// `login_invalid`.
pub(super) async fn enter(http: &Http, show: &ShowRow, key: &str) -> Result<(HeaderMap, String), Error> {
    let now_ms = clock::unix_ms();
    let secret = credential::mint();
    let redeemed = http.store.remote_redeem(show.show, hash(key, "remote"), credential::hash(&secret), now_ms);
    let device = redeemed.await?.ok_or(Error::LoginInvalid)?;
    let token = http.tokens.issue_remote(show.show, MemberId(show.shop.0), device, now_ms, PAGE_TOKEN_TTL_MS);
    let token = token.map_err(|_| Error::Internal)?;
    tracing::info!(show.id = %show.show, remote.device = %device, "remote control let in");
    Ok((set_cookie(http, Cookies::of(http).remote, &secret, REMOTE_TTL_MS)?, token))
}

/// `GET /api/shows/{slug}/remote`.
async fn list(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
) -> Result<Json<Devices>, Error> {
    let row = own(&http, shop, &slug).await?;
    let view = |device: RemoteDevice| Device { came_at_ms: device.came_at_ms, expires_at_ms: device.expires_at_ms };
    let devices = http.store.remote_devices(row.show, clock::unix_ms()).await?;
    Ok(Json(Devices { devices: devices.into_iter().map(view).collect() }))
}

/// `POST /api/shows/{slug}/remote`: a link that makes a second device the host's remote control, once.
async fn invite(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Link>), Error> {
    origin::check(&headers, &http.base)?;
    let row = own(&http, shop, &slug).await?;
    let key = credential::mint();
    let expires_at_ms = clock::unix_ms() + LINK_TTL_MS;
    http.store.remote_create(row.show, hash(&key, "remote"), expires_at_ms).await?;
    let link = format!("{}/studio/shows/{slug}/remote#remote={key}", http.base);
    Ok((StatusCode::CREATED, Json(Link { link, key, moderator: None, expires_at_ms: Some(expires_at_ms) })))
}

/// `DELETE /api/shows/{slug}/remote`: all of them are out, and links that nobody has used are worth nothing.
async fn disconnect(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    let row = own(&http, shop, &slug).await?;
    http.store.remotes_revoke(row.show).await?;
    tracing::info!(show.id = %row.show, "remote controls disconnected");
    if let Some(show) = http.sessions.shows.by_id(row.show).await {
        show.revoke(Revoked::Remotes).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    let remote = "/api/shows/{slug}/remote";
    api.tell("get", remote, Who::Seller, "The host's second devices.").gives::<Devices>(200).end();
    api.tell("post", remote, Who::Seller, "A one-time link for one more.").gives::<Link>(201).end();
    api.tell("delete", remote, Who::Seller, "Disconnects them all.").gives_nothing(204).end();
}
