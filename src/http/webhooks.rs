//! The seller's endpoints over the JSON API: who is told what happens, how it goes, and telling it again.

use super::body::Body;
use super::error::Error;
use super::login::LoggedIn;
use super::openapi::{Api, Who};
use super::{Http, origin};
use crate::clock;
use crate::post::{self, EVENTS};
use crate::store::{Delivery, Endpoint, NewEndpoint};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post as posted, put};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// All routes of webhooks.
pub(super) fn routes() -> Router<Http> {
    Router::new()
        .route("/api/webhooks", get(list).post(create))
        .route("/api/webhooks/{webhook}", put(switch).delete(remove))
        .route("/api/webhooks/{webhook}/ping", posted(ping))
        .route("/api/webhooks/{webhook}/secret", posted(rotate))
        .route("/api/webhooks/{webhook}/messages", get(messages))
        .route("/api/webhooks/{webhook}/messages/{message}/resend", posted(resend))
}

/// An endpoint and how it goes.
#[derive(Debug, Serialize, JsonSchema)]
struct Webhook {
    webhook: Uuid,
    url: String,
    events: Vec<String>,
    active: bool,
    /// `seller` or `gone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_by: Option<String>,
    created_at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Last>,
    /// Until when messages are signed with the secret before as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_secret_until_ms: Option<u64>,
    waiting: u64,
    given_up: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Last {
    at_ms: u64,
    outcome: String,
}

impl From<Endpoint> for Webhook {
    fn from(endpoint: Endpoint) -> Self {
        let Endpoint { id, url, events, disabled_by, created_at_ms, last, old_until_ms, waiting, given_up } = endpoint;
        let last = last.map(|(at_ms, outcome)| Last { at_ms, outcome });
        let active = disabled_by.is_none();
        let old_secret_until_ms = old_until_ms.filter(|until_ms| *until_ms > clock::unix_ms());
        Self {
            webhook: id,
            url,
            events,
            active,
            disabled_by,
            created_at_ms,
            last,
            old_secret_until_ms,
            waiting,
            given_up,
        }
    }
}

/// All of them.
#[derive(Debug, Serialize, JsonSchema)]
struct Webhooks {
    webhooks: Vec<Webhook>,
}

/// `GET /api/webhooks`.
///
/// # Errors
/// `not_logged_in`.
async fn list(State(http): State<Http>, LoggedIn(shop): LoggedIn) -> Result<Json<Webhooks>, Error> {
    let webhooks = http.store.endpoints(shop).await?.into_iter().map(Into::into).collect();
    Ok(Json(Webhooks { webhooks }))
}

/// What is to be told where.
#[derive(Debug, Deserialize, JsonSchema)]
struct Wish {
    url: String,
    events: Vec<String>,
}

/// The secret is shown here and never again.
#[derive(Debug, Serialize, JsonSchema)]
struct Created {
    webhook: Uuid,
    secret: String,
}

/// `POST /api/webhooks`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `url_invalid`, `url_private`, `events_invalid`, `too_many`.
async fn create(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<Created>), Error> {
    origin::check(&headers, &http.base)?;
    let url = post::check(&wish.url, http.private_targets).map_err(|fault| match fault {
        post::Fault::Malformed => Error::Invalid {
            code: "url_invalid",
            detail: "An http or https URL of at most 2,000 bytes, without a name, a password or a fragment.",
        },
        post::Fault::Private => Error::Invalid {
            code: "url_private",
            detail: "The URL names a private address; the server has to be told that those are allowed.",
        },
    })?;
    let mut events: Vec<String> = Vec::new();
    for event in wish.events {
        if !EVENTS.contains(&event.as_str()) || events.contains(&event) {
            return Err(Error::Invalid {
                code: "events_invalid",
                detail: "Each event is one that there is, and once.",
            });
        }
        events.push(event);
    }
    if events.is_empty() {
        return Err(Error::Invalid { code: "events_invalid", detail: "Name at least one event." });
    }
    let secret: [u8; 32] = rand::random();
    let new = NewEndpoint { url: url.into(), events, secret };
    let made = http.store.endpoint_create(shop, &new, clock::unix_ms()).await?;
    let webhook = made.ok_or(Error::Invalid { code: "too_many", detail: "There are at most 20 webhooks." })?;
    tracing::info!(webhook.id = %webhook, "webhook made");
    Ok((StatusCode::CREATED, Json(Created { webhook, secret: post::show_secret(&secret) })))
}

/// Whether it hears.
#[derive(Debug, Deserialize, JsonSchema)]
struct Switch {
    active: bool,
}

/// `PUT /api/webhooks/{webhook}`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `not_found`.
async fn switch(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(webhook): Path<Uuid>,
    headers: HeaderMap,
    Body(Switch { active }): Body<Switch>,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    let known = http.store.endpoint_switch(shop, webhook, active, clock::unix_ms()).await?;
    done(known, StatusCode::NO_CONTENT)
}

/// `DELETE /api/webhooks/{webhook}`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `not_found`.
async fn remove(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(webhook): Path<Uuid>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    done(http.store.endpoint_delete(shop, webhook).await?, StatusCode::NO_CONTENT)
}

/// `POST /api/webhooks/{webhook}/ping`: it is sent like everything else; the list says what came of it.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `not_found` also for one that is not active.
async fn ping(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(webhook): Path<Uuid>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    let known = http.store.endpoint_ping(shop, webhook, clock::unix_ms()).await?;
    done(known, StatusCode::ACCEPTED)
}

/// The answer to what was done to a webhook, if there was such a one.
fn done(known: bool, status: StatusCode) -> Result<StatusCode, Error> {
    if known { Ok(status) } else { Err(Error::NotFound) }
}

/// `POST /api/webhooks/{webhook}/secret`: a new one; the one before signs beside it for a day.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `not_found`.
async fn rotate(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(webhook): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Json<Created>, Error> {
    origin::check(&headers, &http.base)?;
    let secret: [u8; 32] = rand::random();
    done(http.store.endpoint_rotate(shop, webhook, &secret, clock::unix_ms()).await?, StatusCode::OK)?;
    tracing::info!(webhook.id = %webhook, "webhook has a new secret");
    Ok(Json(Created { webhook, secret: post::show_secret(&secret) }))
}

/// What was sent to a webhook.
#[derive(Debug, Serialize, JsonSchema)]
struct Messages {
    messages: Vec<Delivery>,
}

/// `GET /api/webhooks/{webhook}/messages`: the newest fifty.
///
/// # Errors
/// `not_logged_in`, `not_found`.
async fn messages(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(webhook): Path<Uuid>,
) -> Result<Json<Messages>, Error> {
    let messages = http.store.deliveries(shop, webhook).await?.ok_or(Error::NotFound)?;
    Ok(Json(Messages { messages }))
}

/// `POST /api/webhooks/{webhook}/messages/{message}/resend`: as it was, under its own id.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `not_found` also for a webhook that is not active.
async fn resend(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path((webhook, message)): Path<(Uuid, Uuid)>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    let known = http.store.delivery_again(shop, webhook, message, clock::unix_ms()).await?;
    done(known, StatusCode::ACCEPTED)
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    let (all, one) = ("/api/webhooks", "/api/webhooks/{webhook}");
    api.tell("get", all, Who::Seller, "Who is told what happens, and how it goes.").gives::<Webhooks>(200).end();
    api.tell("post", all, Who::Seller, "A new one; its secret is shown once.")
        .takes::<Wish>()
        .gives::<Created>(201)
        .end();
    api.tell("put", one, Who::Seller, "On or off.").takes::<Switch>().gives_nothing(204).end();
    api.tell("delete", one, Who::Seller, "Away with it.").gives_nothing(204).end();
    api.tell("post", "/api/webhooks/{webhook}/ping", Who::Seller, "Tries it.").gives_nothing(202).end();
    api.tell(
        "post",
        "/api/webhooks/{webhook}/secret",
        Who::Seller,
        "A new secret, shown once; the old one signs a day longer.",
    )
    .gives::<Created>(200)
    .end();
    let all = "/api/webhooks/{webhook}/messages";
    api.tell("get", all, Who::Seller, "What was sent to it, newest first.").gives::<Messages>(200).end();
    api.tell("post", "/api/webhooks/{webhook}/messages/{message}/resend", Who::Seller, "Sends one again, as it was.")
        .gives_nothing(202)
        .end();
}
