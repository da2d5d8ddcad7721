//! Rehearsals: the seller begins and ends one here, and here is the door to it.
//!
//! A rehearsal is another world on this server: a router of its own over owners of its own, made and taken down by whoever
//! takes the [`RehearsalOrder`]s. It is reached under `/rehearsal/{key}`; the door takes that off and hands the request in, before any
//! route is looked for, so the world inside is the same program and knows of its path by its base URL alone.
//!
//! # Rules
//! - The key is 128 random bits. It is in no log of ours, and an unknown one gets what one gets that is over.
//! - What leads out of the house, or makes no sense where nothing is kept, is not to be had inside: `not_in_rehearsal`
//!   ([`not_here`] lies around those routes when the router of such a world is made).
//! - One at a time. Who has begun it can find it again and end it, from whatever page.

use super::body::Body;
use super::error::Error;
use super::login::LoggedIn;
use super::openapi::{Api, Who};
use super::{Http, origin};
use crate::store::ShowRow;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Path, Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use data_encoding::HEXLOWER;
use quiora_signaling::{ShopId, ShowStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};
use tower_service::Service;

/// Under what all rehearsals are.
const PREFIX: &str = "/rehearsal/";

/// What the robots may speak.
const LANGUAGES: [&str; 6] = ["it", "en", "de", "fr", "es", "ja"];

/// The secret in the address of a rehearsal.
#[derive(Clone, PartialEq, Eq)]
pub struct RehearsalKey(String);

impl RehearsalKey {
    /// A new one.
    #[must_use]
    pub fn mint() -> Self {
        Self(HEXLOWER.encode(&rand::random::<[u8; 16]>()))
    }

    /// The path that everything of the rehearsal is under.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }

    fn is(&self, other: &str) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), other.as_bytes()).is_ok()
    }
}

/// It never gets into a log.
impl std::fmt::Debug for RehearsalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RehearsalKey")
    }
}

/// A rehearsal that is on.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// Opens it.
    pub key: RehearsalKey,
    /// Whose it is.
    pub shop: ShopId,
    /// The slug of the show, outside and inside.
    pub slug: String,
    /// When it ends by itself: milliseconds since the Unix epoch.
    pub ends_at_ms: u64,
    /// Everything inside.
    pub router: Router,
}

/// What can be asked of whoever makes rehearsals. Each is answered when it is done.
#[derive(Debug)]
pub enum RehearsalOrder {
    /// Begin one.
    Begin {
        /// Of what.
        show: Box<ShowRow>,
        /// What the audience speaks: `it`, `en`…
        language: String,
        /// `rehearsal_running`, or whatever failed.
        reply: oneshot::Sender<Result<(), Error>>,
    },
    /// End the one that is on, if there is one.
    End {
        /// When it is gone.
        reply: oneshot::Sender<()>,
    },
}

/// The way to the rehearsal. Clones share it.
#[derive(Debug, Clone)]
pub struct Rehearsals {
    /// Full: who asks waits.
    orders: mpsc::Sender<RehearsalOrder>,
    on: watch::Receiver<Option<Rehearsal>>,
}

impl Rehearsals {
    /// `orders` are obeyed one after the other; `on` is what is on at this moment.
    #[must_use]
    pub const fn new(orders: mpsc::Sender<RehearsalOrder>, on: watch::Receiver<Option<Rehearsal>>) -> Self {
        Self { orders, on }
    }

    /// The one of that shop.
    fn of(&self, shop: ShopId) -> Option<Rehearsal> {
        self.on.borrow().clone().filter(|rehearsal| rehearsal.shop == shop)
    }

    /// The inside of the one that has the key.
    fn inside(&self, key: &str) -> Option<Router> {
        self.on.borrow().as_ref().filter(|rehearsal| rehearsal.key.is(key)).map(|rehearsal| rehearsal.router.clone())
    }

    async fn obey<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> RehearsalOrder) -> Result<T, Error> {
        let (reply, done) = oneshot::channel();
        self.orders.send(order(reply)).await.map_err(|_| Error::NotReady)?;
        done.await.map_err(|_| Error::NotReady)
    }
}

/// The routes, which are none of a rehearsal itself.
pub(super) fn routes() -> Router<Http> {
    Router::new()
        .route("/api/shows/{slug}/rehearsal", post(begin))
        .route("/api/rehearsal", get(read).delete(end))
        .route("/rehearsal/{*rest}", axum::routing::any(super::pages::over))
}

/// The door: lies before the whole router.
pub(super) async fn door(State(rehearsals): State<Rehearsals>, request: Request, next: Next) -> Response {
    let inside = within(request.uri()).and_then(|(key, uri)| Some((rehearsals.inside(key)?, uri)));
    match inside {
        Some((mut router, uri)) => {
            let (mut parts, body) = request.into_parts();
            parts.uri = uri;
            match router.call(Request::from_parts(parts, body)).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
        None => next.run(request).await,
    }
}

/// The key in an address, and the rest of it: `/rehearsal/{key}/s/x?y` → `{key}`, `/s/x?y`.
fn within(uri: &Uri) -> Option<(&str, Uri)> {
    let (key, rest) = uri.path().strip_prefix(PREFIX)?.split_once('/')?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let inner: PathAndQuery = format!("/{rest}{query}").parse().ok()?;
    Some((key, inner.into()))
}

/// Lies around what is not to be had in a rehearsal.
pub(super) async fn not_here(_: Request, _: Next) -> Error {
    Error::NotInRehearsal
}

/// How to rehearse.
#[derive(Debug, Deserialize, JsonSchema)]
struct Wish {
    /// What the robots write: `it`, `en`, `de`, `fr`, `es` or `ja`.
    language: String,
}

/// A rehearsal that is on.
#[derive(Debug, Serialize, JsonSchema)]
struct RehearsalView {
    /// The path that its pages are under; the studio of the show is at `{path}/studio/{slug}`. Whoever knows it can watch.
    path: String,
    /// Of which show.
    slug: String,
    /// When it ends by itself: milliseconds since the Unix epoch.
    ends_at_ms: u64,
}

impl From<Rehearsal> for RehearsalView {
    fn from(Rehearsal { key, slug, ends_at_ms, .. }: Rehearsal) -> Self {
        Self { path: key.path(), slug, ends_at_ms }
    }
}

fn rehearsals(http: &Http) -> Result<&Rehearsals, Error> {
    http.rehearsals.as_ref().ok_or(Error::NotInRehearsal)
}

/// `POST /api/shows/{slug}/rehearsal`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `language_invalid`, `show_not_found`, `show_begun`, `rehearsal_running`.
async fn begin(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Body(Wish { language }): Body<Wish>,
) -> Result<(StatusCode, Json<RehearsalView>), Error> {
    origin::check(&headers, &http.base)?;
    if !LANGUAGES.contains(&language.as_str()) {
        return Err(Error::Invalid { code: "language_invalid", detail: "One of it, en, de, fr, es, ja." });
    }
    let show = http.store.show_by_slug(&slug).await?.filter(|row| row.shop == shop).ok_or(Error::ShowNotFound)?;
    if matches!(show.status, ShowStatus::Live | ShowStatus::Ended) {
        return Err(Error::Invalid { code: "show_begun", detail: "What has begun cannot be rehearsed." });
    }
    let rehearsals = rehearsals(&http)?;
    rehearsals.obey(|reply| RehearsalOrder::Begin { show: Box::new(show), language, reply }).await??;
    let begun = rehearsals.of(shop).ok_or(Error::NotReady)?;
    Ok((StatusCode::CREATED, Json(begun.into())))
}

/// `GET /api/rehearsal`.
///
/// # Errors
/// `not_logged_in`, `rehearsal_over` if none is on.
async fn read(State(http): State<Http>, LoggedIn(shop): LoggedIn) -> Result<Json<RehearsalView>, Error> {
    Ok(Json(rehearsals(&http)?.of(shop).ok_or(Error::RehearsalOver)?.into()))
}

/// `DELETE /api/rehearsal`. Repeating it is harmless.
///
/// # Errors
/// `bad_origin`, `not_logged_in`.
async fn end(State(http): State<Http>, LoggedIn(shop): LoggedIn, headers: HeaderMap) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    let rehearsals = rehearsals(&http)?;
    if rehearsals.of(shop).is_some() {
        rehearsals.obey(|reply| RehearsalOrder::End { reply }).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell(
        "post",
        "/api/shows/{slug}/rehearsal",
        Who::Seller,
        "Begins a rehearsal: the show in private, with a robot audience. Nothing of it is kept or charged. \
         `rehearsal_running` if one is on.",
    )
    .takes::<Wish>()
    .gives::<RehearsalView>(201)
    .end();
    let one = "/api/rehearsal";
    api.tell("get", one, Who::Seller, "The rehearsal that is on; `rehearsal_over` if none is.")
        .gives::<RehearsalView>(200)
        .end();
    api.tell("delete", one, Who::Seller, "Ends it.").gives_nothing(204).end();
}

#[cfg(test)]
mod tests;
