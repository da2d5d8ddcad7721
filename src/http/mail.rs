//! Letters to buyers over the JSON API: whether there are any, which were not taken, a try, and one more to a buyer.

use super::body::Body;
use super::error::Error;
use super::login::LoggedIn;
use super::openapi::{Api, Who};
use super::shop::{self, settings};
use super::{Http, origin};
use crate::clock;
use crate::post::Mailer;
use crate::shop::{Answer, Query};
use crate::store::Failed;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use quiora_signaling::{Language, OrderId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// All routes of letters.
pub(super) fn routes() -> Router<Http> {
    Router::new()
        .route("/api/mail", get(state))
        .route("/api/mail/test", post(try_out))
        .route("/api/orders/{order}/letter", post(again))
}

/// How letters go.
#[derive(Debug, Serialize, JsonSchema)]
struct Mail {
    /// Whether there are any.
    configured: bool,
    /// Who writes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// What they are written in, if it was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    waiting: u64,
    given_up: Vec<Failed>,
}

/// `GET /api/mail`.
///
/// # Errors
/// `not_logged_in`.
async fn state(State(http): State<Http>, LoggedIn(shop): LoggedIn) -> Result<Json<Mail>, Error> {
    let (waiting, given_up) = http.store.letters(shop).await?;
    let language = settings(&http, shop).await?.language;
    let from = http.mailer.as_ref().map(Mailer::from);
    Ok(Json(Mail { configured: from.is_some(), from, language, waiting, given_up }))
}

/// Where to.
#[derive(Debug, Deserialize, JsonSchema)]
struct Trial {
    to: String,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
struct Tried {
    /// `sent`, or why not: a status code, `timeout`, `unreachable`, `address`.
    outcome: String,
}

/// `POST /api/mail/test`: sends a letter to that address now, and says what came of it.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `rate_limited`, `mail_off`.
async fn try_out(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(Trial { to }): Body<Trial>,
) -> Result<Json<Tried>, Error> {
    origin::check(&headers, &http.base)?;
    let mailer = mailer(&http)?;
    http.own().letters.admit(remote, &headers)?;
    let name = http.store.shop().await?.map_or_else(String::new, |shop| shop.name);
    let language = settings(&http, shop).await?.language;
    let outcome = match mailer.try_out(to.trim(), &name, language).await {
        Ok(()) => "sent".to_owned(),
        Err(outcome) => outcome,
    };
    tracing::info!(mail.outcome = %outcome, "test letter");
    Ok(Json(Tried { outcome }))
}

/// `POST /api/orders/{order}/letter`: writes the buyer once more, with the link to the order's page.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `mail_off`, `order_not_found`, `contact_erased` also for an order nobody has placed.
async fn again(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(order): Path<OrderId>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    mailer(&http)?;
    let file = match shop::query(&http, shop, Query::Order(order, None)).await? {
        Answer::Order(file) => file,
        other => return Err(shop::mismatch(&other)),
    };
    let settings = settings(&http, shop).await?;
    if http.store.letter_again(shop, &file.order, &settings, clock::unix_ms()).await? {
        Ok(StatusCode::ACCEPTED)
    } else {
        Err(Error::Invalid { code: "contact_erased", detail: "Nobody knows any more who ordered." })
    }
}

fn mailer(http: &Http) -> Result<&Mailer, Error> {
    http.mailer.as_ref().ok_or(Error::Invalid { code: "mail_off", detail: "This server sends no letters." })
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("get", "/api/mail", Who::Seller, "Whether letters go, and which did not.").gives::<Mail>(200).end();
    api.tell("post", "/api/mail/test", Who::Seller, "Sends a letter now, to see whether letters arrive.")
        .takes::<Trial>()
        .gives::<Tried>(200)
        .end();
    api.tell(
        "post",
        "/api/orders/{order}/letter",
        Who::Seller,
        "Writes the buyer once more, with the link to the order.",
    )
    .gives_nothing(202)
    .end();
}
