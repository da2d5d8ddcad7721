//! Shows over the JSON API: list, create, read, and the token to enter one.

use super::body::Body;
use super::error::Error;
use super::login::{self, LoggedIn, session_of};
use super::openapi::{Api, Who};
use super::{Http, origin, remote, staff};
use crate::clock;
use crate::session::PAGE_TOKEN_TTL_MS;
use crate::show::slug;
use crate::store::{NewShow, ShowRow, StoreError};
use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use quiora_signaling::limits::MAX_TITLE_CHARS;
use quiora_signaling::{MemberId, Role, ShowId, ShowStatus, clean_line};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// Shows in a list; a shop that goes on air daily sees half a year.
const LISTED: u32 = 200;

/// The largest integer that every JSON reader keeps exact.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A show as the API tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct ShowSummary {
    show: ShowId,
    slug: String,
    title: String,
    status: ShowStatus,
    scheduled_at_ms: Option<u64>,
    started_at_ms: Option<u64>,
    ended_at_ms: Option<u64>,
}

impl From<ShowRow> for ShowSummary {
    fn from(row: ShowRow) -> Self {
        Self {
            show: row.show,
            slug: row.slug,
            title: row.title,
            status: row.status,
            scheduled_at_ms: row.scheduled_at_ms,
            started_at_ms: row.started_at_ms,
            ended_at_ms: row.ended_at_ms,
        }
    }
}

/// A list of shows, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ShowList {
    shows: Vec<ShowSummary>,
}

/// `GET /api/shows`. Drafts are the seller's own business.
///
/// # Errors
/// The store's.
pub(super) async fn list(State(http): State<Http>, headers: HeaderMap) -> Result<Json<ShowList>, Error> {
    let seller = session_of(&http, &headers).await?.is_some();
    let rows = http.store.list_shows(LISTED).await?;
    let shows = rows.into_iter().filter(|row| seller || row.status != ShowStatus::Draft).map(Into::into).collect();
    Ok(Json(ShowList { shows }))
}

/// The body of a new show.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Create {
    title: String,
    #[serde(default)]
    scheduled_at_ms: Option<u64>,
}

/// `POST /api/shows`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `title_invalid`, `date_invalid`.
pub(super) async fn create(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
    Body(wish): Body<Create>,
) -> Result<(StatusCode, Json<ShowSummary>), Error> {
    origin::check(&headers, &http.base)?;
    let title = clean_line(&wish.title, MAX_TITLE_CHARS).map_err(|_| Error::Invalid {
        code: "title_invalid",
        detail: "A title has 1 to 120 characters on one line.",
    })?;
    if wish.scheduled_at_ms.is_some_and(|at| at > MAX_SAFE_INTEGER) {
        return Err(Error::Invalid { code: "date_invalid", detail: "A date is milliseconds since the Unix epoch." });
    }
    let row = insert(&http, &title, wish.scheduled_at_ms).await?;
    tracing::info!(shop.id = %shop, show.id = %row.show, show.slug = row.slug, "show created");
    Ok((StatusCode::CREATED, Json(row.into())))
}

async fn insert(http: &Http, title: &str, scheduled_at_ms: Option<u64>) -> Result<ShowRow, Error> {
    for slug in slug::candidates(title) {
        let new = NewShow { slug, title: title.to_owned(), scheduled_at_ms };
        match http.store.create_show(new, clock::unix_ms()).await {
            Err(StoreError::SlugTaken) => {}
            other => return Ok(other?),
        }
    }
    Err(Error::Invalid { code: "title_taken", detail: "Too many shows have this title." })
}

/// `GET /api/shows/{slug}`.
///
/// # Errors
/// `show_not_found`.
pub(super) async fn read(State(http): State<Http>, Path(slug): Path<String>) -> Result<Json<ShowSummary>, Error> {
    let row = http.store.show_by_slug(&slug).await?.ok_or(Error::ShowNotFound)?;
    Ok(Json(row.into()))
}

/// As whom to join.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum JoinAs {
    /// Anybody.
    Viewer,
    /// The logged-in seller.
    Host,
    /// Whoever has a moderator's key.
    Moderator,
    /// Whoever has the key of a remote control, once.
    Remote,
}

/// The body of a join.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Join {
    r#as: JoinAs,
    /// From the link, for who needs one.
    #[serde(default)]
    key: Option<String>,
}

/// A join token.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Token {
    token: String,
}

/// `POST /api/shows/{slug}/join`.
///
/// The host is one member of the show, whatever device they come from: the shop itself, whose id it bears.
///
/// # Errors
/// `bad_origin`, `show_not_found`, `not_logged_in` and `remote_not_allowed` for a host, `login_invalid` for a key that is worth nothing (any more),
/// `rate_limited`.
pub(super) async fn join(
    State(http): State<Http>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Body(wish): Body<Join>,
) -> Result<(HeaderMap, Json<Token>), Error> {
    origin::check(&headers, &http.base)?;
    let (role, member) = match wish.r#as {
        JoinAs::Viewer => (Role::Viewer, None),
        JoinAs::Host => {
            let shop = login::seller(&http, &headers).await?;
            (Role::Host, Some(MemberId(shop.0)))
        }
        JoinAs::Moderator | JoinAs::Remote => {
            http.own().logins.admit(from, &headers)?;
            let row = http.store.show_by_slug(&slug).await?.ok_or(Error::ShowNotFound)?;
            let key = wish.key.unwrap_or_default();
            return match wish.r#as {
                JoinAs::Moderator => {
                    let token = staff::moderator_token(&http, &row, &key).await?;
                    Ok((HeaderMap::new(), Json(Token { token })))
                }
                _ => {
                    let (cookie, token) = remote::enter(&http, &row, &key).await?;
                    Ok((cookie, Json(Token { token })))
                }
            };
        }
    };
    let row = http.store.show_by_slug(&slug).await?.ok_or(Error::ShowNotFound)?;
    let token = http.tokens.issue(row.show, role, member, clock::unix_ms(), PAGE_TOKEN_TTL_MS);
    Ok((HeaderMap::new(), Json(Token { token: token.map_err(|_| Error::Internal)? })))
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("get", "/api/shows", Who::Anybody, "Shows, newest first; drafts for the seller only.")
        .gives::<ShowList>(200)
        .end();
    api.tell("post", "/api/shows", Who::Seller, "A new show.").takes::<Create>().gives::<ShowSummary>(201).end();
    api.tell("get", "/api/shows/{slug}", Who::Anybody, "One show.").gives::<ShowSummary>(200).end();
    api.tell("post", "/api/shows/{slug}/join", Who::Anybody, "A token for the WebSocket's hello.")
        .takes::<Join>()
        .gives::<Token>(200)
        .end();
}
