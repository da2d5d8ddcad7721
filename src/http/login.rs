//! The seller's session: a one-time link in, a cookie out.
//!
//! The cookie is `HttpOnly` (no script reads it), `SameSite=Lax` (other sites' forms do not carry it) and, under https,
//! `Secure`. Founding the shop is part of the first login.
//!
//! A remote control ([`super::remote`]) has a cookie of its own, which opens only what asks for [`AtHelm`]: the default is the
//! seller alone.

use super::body::Body;
use super::error::Error;
use super::openapi::{Api, Who};
use super::{Http, credential, origin};
use crate::clock;
use crate::store::{LoginKind, Store, StoreError};
use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum_extra::extract::CookieJar;
use quiora_signaling::limits::MAX_SHOP_CHARS;
use quiora_signaling::{ShopId, clean_line};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// What the cookies of a world are called.
#[derive(Debug)]
pub(super) struct Cookies {
    /// The seller's, as we set it.
    pub(super) seller: &'static str,
    /// Another one that is as good.
    besides: Option<&'static str>,
    /// A remote control's. A device may have both.
    pub(super) remote: &'static str,
}

/// Those of the house.
pub(super) const HOUSE: Cookies = Cookies { seller: "quiora_session", besides: None, remote: "quiora_remote" };

/// Those of a rehearsal, where the seller's of the house opens the studio as well. What is set in there has a path besides, so it
/// neither goes out nor takes the other's place.
const INSIDE: Cookies =
    Cookies { seller: "quiora_rehearsal", besides: Some(HOUSE.seller), remote: "quiora_rehearsal_remote" };

impl Cookies {
    pub(super) fn of(http: &Http) -> &'static Self {
        if http.rehearsals.is_some() { &HOUSE } else { &INSIDE }
    }

    /// The secrets in the seller's cookies of a request.
    fn sellers(&self, headers: &HeaderMap) -> Vec<String> {
        let jar = CookieJar::from_headers(headers);
        let named = [Some(self.seller), self.besides].into_iter().flatten().filter_map(|name| jar.get(name));
        named.map(|cookie| cookie.value().to_owned()).collect()
    }
}

/// A month: a seller goes on air weekly.
const SESSION_TTL_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// What a shop is called when its founder did not say.
const NAMELESS_SHOP: &str = "Bottega";

/// A seller who is logged in, and to which shop.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoggedIn(pub ShopId);

impl FromRequestParts<Http> for LoggedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Self::Rejection> {
        seller(http, &parts.headers).await.map(Self)
    }
}

/// Whoever steers a show of this shop: the seller, or a device that the seller made a remote control.
#[derive(Debug, Clone, Copy)]
pub(super) struct AtHelm {
    pub(super) shop: ShopId,
    /// Whether it is a remote control: it sees what its screen shows.
    pub(super) remote: bool,
}

impl FromRequestParts<Http> for AtHelm {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Self::Rejection> {
        if let Some(shop) = session_of(http, &parts.headers).await? {
            return Ok(Self { shop, remote: false });
        }
        let shop = remote_of(http, &parts.headers).await?.ok_or(Error::NotLoggedIn)?;
        Ok(Self { shop, remote: true })
    }
}

/// The shop of the seller who asks.
///
/// # Errors
/// `not_logged_in`; `remote_not_allowed` for a remote control.
pub(super) async fn seller(http: &Http, headers: &HeaderMap) -> Result<ShopId, Error> {
    if let Some(shop) = session_of(http, headers).await? {
        return Ok(shop);
    }
    Err(if remote_of(http, headers).await?.is_some() { Error::RemoteNotAllowed } else { Error::NotLoggedIn })
}

async fn remote_of(http: &Http, headers: &HeaderMap) -> Result<Option<ShopId>, Error> {
    let jar = CookieJar::from_headers(headers);
    let Some(cookie) = jar.get(Cookies::of(http).remote) else { return Ok(None) };
    Ok(http.store.remote_by_cookie(credential::hash(cookie.value()), clock::unix_ms()).await?)
}

/// The shop that the request's cookie opens to its seller, if any.
///
/// # Errors
/// The store's.
pub(super) async fn session_of(http: &Http, headers: &HeaderMap) -> Result<Option<ShopId>, Error> {
    for secret in Cookies::of(http).sellers(headers) {
        let shop = http.store.web_session(credential::hash(&secret), clock::unix_ms()).await?;
        if shop.is_some() {
            return Ok(shop);
        }
    }
    Ok(None)
}

/// The body of a login.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Login {
    token: String,
    shop: Option<String>,
}

/// `POST /api/session`.
///
/// # Errors
/// `bad_origin`, `rate_limited`, `shop_invalid`, `login_invalid`.
pub(super) async fn create(
    State(http): State<Http>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(login): Body<Login>,
) -> Result<(StatusCode, HeaderMap), Error> {
    origin::check(&headers, &http.base)?;
    http.own().logins.admit(remote, &headers)?;
    let name = login.shop.map(|raw| clean_line(&raw, MAX_SHOP_CHARS)).transpose().map_err(|_| Error::Invalid {
        code: "shop_invalid",
        detail: "A shop's name has 1 to 80 characters on one line.",
    })?;
    let now_ms = clock::unix_ms();
    enter(&http.store, &login.token, name, now_ms).await?;
    let secret = credential::mint();
    http.store.web_session_create(credential::hash(&secret), now_ms.saturating_add(SESSION_TTL_MS)).await?;
    tracing::info!(%remote, "seller logged in");
    Ok((StatusCode::NO_CONTENT, set_cookie(&http, Cookies::of(&http).seller, &secret, SESSION_TTL_MS)?))
}

/// Uses the token up. On a server without a shop a setup link founds it, and a login link may as well.
async fn enter(store: &Store, token: &str, name: Option<String>, now_ms: u64) -> Result<(), Error> {
    let founding = store.shop().await?.is_none();
    let known = (founding && credential::redeem(store, LoginKind::Setup, token, now_ms).await?)
        || credential::redeem(store, LoginKind::Login, token, now_ms).await?;
    if !known {
        return Err(Error::LoginInvalid);
    }
    if founding {
        match store.create_shop(name.as_deref().unwrap_or(NAMELESS_SHOP), now_ms).await {
            Ok(shop) => tracing::info!(shop.id = %shop.id, "shop founded"),
            Err(StoreError::ShopExists) => return Err(Error::LoginInvalid),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What a logged-in seller is told.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SessionView {
    shop: ShopView,
    setup: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ShopView {
    id: ShopId,
    name: String,
}

/// `GET /api/session`.
///
/// # Errors
/// `not_logged_in`, `remote_not_allowed`.
pub(super) async fn show(State(http): State<Http>, LoggedIn(_): LoggedIn) -> Result<Json<SessionView>, Error> {
    let shop = http.store.shop().await?.ok_or(Error::NotLoggedIn)?;
    Ok(Json(SessionView { shop: ShopView { id: shop.id, name: shop.name }, setup: false }))
}

/// `DELETE /api/session`.
///
/// # Errors
/// `bad_origin`.
pub(super) async fn delete(State(http): State<Http>, headers: HeaderMap) -> Result<(StatusCode, HeaderMap), Error> {
    origin::check(&headers, &http.base)?;
    for secret in Cookies::of(&http).sellers(&headers) {
        http.store.web_session_delete(credential::hash(&secret)).await?;
    }
    Ok((StatusCode::NO_CONTENT, set_cookie(&http, Cookies::of(&http).seller, "", 0)?))
}

/// The `Set-Cookie` (RFC 6265 §4.1) of a session; an empty secret ends it.
///
/// # Errors
/// `internal` if it is none that a header can hold.
pub(super) fn set_cookie(http: &Http, name: &str, secret: &str, ttl_ms: u64) -> Result<HeaderMap, Error> {
    let secure = if http.base.is_https() { "; Secure" } else { "" };
    let max_age = ttl_ms / 1_000;
    let path = http.base.path();
    let text = format!("{name}={secret}; Path={path}/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    let value = HeaderValue::from_str(&text).map_err(|_| Error::Internal)?;
    Ok(HeaderMap::from_iter([(header::SET_COOKIE, value)]))
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("get", "/api/session", Who::Seller, "The seller's session.").gives::<SessionView>(200).end();
    api.tell("post", "/api/session", Who::Anybody, "Logs in with a one-time token; sets the cookie.")
        .takes::<Login>()
        .gives_nothing(204)
        .end();
    api.tell("delete", "/api/session", Who::Anybody, "Logs out.").gives_nothing(204).end();
}
