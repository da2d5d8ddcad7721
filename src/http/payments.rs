//! Payments through Stripe: the seller's account, and what Stripe tells by itself.

use super::body::Body;
use super::error::Error;
use super::login::LoggedIn;
use super::openapi::{Api, Who};
use super::shop::{command, settings};
use super::{Http, origin};
use crate::clock;
use crate::pay::{self, Fault, MAX_NOTICE_BYTES, NoticeFault, read_notice};
use crate::shop::core::Command;
use crate::store::PaymentAccount;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use quiora_signaling::{PaymentMethod, ShopId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where Stripe is to tell what happens.
const NOTICES: &str = "/api/stripe/webhook";

/// The shortest and the longest secret of an endpoint at Stripe.
const SECRET_CHARS: std::ops::RangeInclusive<usize> = 10..=255;

/// All routes of payments.
pub(super) fn routes() -> Router<Http> {
    Router::new()
        .route("/api/shop/payments/stripe", get(read).put(connect).delete(disconnect))
        .route("/api/stripe/webhook", post(notice).layer(DefaultBodyLimit::max(MAX_NOTICE_BYTES)))
}

/// The account, without its secrets.
#[derive(Debug, Serialize, JsonSchema)]
struct Account {
    connected: bool,
    /// The beginning and the end of the key: `sk_live_…4242`.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_hint: Option<String>,
    /// Whether Stripe tells us by itself. Without it, we ask: payments show some seconds later.
    webhook: bool,
    /// The address to name at Stripe.
    webhook_url: String,
    /// Pages, closings and refunds that were tried several times and are not done.
    stuck: u64,
    /// What came of one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_problem: Option<String>,
}

/// `GET /api/shop/payments/stripe`.
///
/// # Errors
/// `not_logged_in`.
async fn read(State(http): State<Http>, LoggedIn(shop): LoggedIn) -> Result<Json<Account>, Error> {
    Ok(Json(account(&http, shop).await?))
}

async fn account(http: &Http, shop: ShopId) -> Result<Account, Error> {
    let account = http.store.payment_account(shop).await?;
    let (stuck, last_problem) = http.store.errands_stuck(shop).await?;
    Ok(Account {
        connected: account.is_some(),
        key_hint: account.as_ref().map(|account| hint(&account.secret_key)),
        webhook: account.is_some_and(|account| account.webhook_secret.is_some()),
        webhook_url: format!("{}{NOTICES}", http.base),
        stuck,
        last_problem,
    })
}

/// `sk_live_…4242`. Keys are ASCII.
fn hint(key: &str) -> String {
    let kind = key.rfind('_').map_or("", |end| key.get(..=end).unwrap_or_default());
    let end = key.get(key.len().saturating_sub(4)..).unwrap_or_default();
    format!("{kind}…{end}")
}

/// What the seller copies from Stripe.
#[derive(Deserialize, JsonSchema)]
struct Keys {
    /// `sk_…` or `rk_…`.
    secret_key: String,
    /// `whsec_…` of the endpoint that tells us.
    #[serde(default)]
    webhook_secret: Option<String>,
}

/// `PUT /api/shop/payments/stripe`: Stripe is asked whether the key is good.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `key_invalid`, `key_refused`, `provider_unreachable`.
async fn connect(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
    Body(keys): Body<Keys>,
) -> Result<Json<Account>, Error> {
    origin::check(&headers, &http.base)?;
    let secret_key = keys.secret_key.trim().to_owned();
    let webhook_secret = keys.webhook_secret.map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty());
    let form = |secret: &String| SECRET_CHARS.contains(&secret.len()) && secret.starts_with("whsec_");
    if !pay::is_key(&secret_key) || !webhook_secret.iter().all(form) {
        let detail = "A secret key begins with sk_ or rk_, the secret of an endpoint with whsec_.";
        return Err(Error::Invalid { code: "key_invalid", detail });
    }
    let unreachable =
        Error::Invalid { code: "provider_unreachable", detail: "Stripe did not answer; try again in a moment." };
    let stripe = http.stripe.as_ref().ok_or(Error::NotReady)?;
    match stripe.check(&secret_key).await {
        Ok(()) => {}
        Err(Fault::Later(_)) => return Err(unreachable),
        Err(Fault::Key(_) | Fault::Refused(_)) => {
            return Err(Error::Invalid { code: "key_refused", detail: "Stripe does not take this key." });
        }
    }
    let account_of = PaymentAccount { secret_key, webhook_secret };
    http.store.set_payment_account(shop, &account_of, clock::unix_ms()).await?;
    tracing::info!(shop.id = %shop, "Stripe connected");
    Ok(Json(account(&http, shop).await?))
}

/// `DELETE /api/shop/payments/stripe`. What is under way at Stripe is no longer looked after.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `shop_restarted`.
async fn disconnect(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    // First nobody is offered it any more.
    let mut settings = settings(&http, shop).await?;
    settings.payments.retain(|method| *method != PaymentMethod::Stripe);
    if settings.payments.is_empty() {
        settings.payments.push(PaymentMethod::Manual);
    }
    command(&http, shop, Command::SetSettings(Box::new(settings))).await?;
    http.store.forget_payment_account(shop).await?;
    tracing::info!(shop.id = %shop, "Stripe disconnected");
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/stripe/webhook`: answered with 2xx once it is stored; whatever else makes Stripe tell it again.
///
/// # Errors
/// `not_found` while no such endpoint is connected, `signature_invalid`, `bad_request`, `shop_restarted`.
async fn notice(State(http): State<Http>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Error> {
    let shop = http.store.shop().await?.ok_or(Error::NotFound)?.id;
    let account = http.store.payment_account(shop).await?;
    let secret = account.and_then(|account| account.webhook_secret).ok_or(Error::NotFound)?;
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now_ms = clock::unix_ms();
    let notice = read_notice(&secret, signature, &body, now_ms / 1_000).map_err(|fault| match fault {
        NoticeFault::Signature | NoticeFault::Old => {
            Error::Invalid { code: "signature_invalid", detail: "The signature is missing, wrong or too old." }
        }
        NoticeFault::Form => Error::BadRequest("not an event of the documented form".to_owned()),
    })?;
    let id = notice.id.clone();
    if http.store.provider_event_known(&id).await? {
        return Ok(StatusCode::OK);
    }
    pay::take(&http.shops, shop, notice).await.map_err(Error::Refused)?;
    // Only now: interrupted before, it is told again, and the shop takes it once.
    http.store.provider_event_taken(&id, now_ms).await?;
    Ok(StatusCode::OK)
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    let path = "/api/shop/payments/stripe";
    api.tell("get", path, Who::Seller, "The shop's account at Stripe, without its secrets.")
        .gives::<Account>(200)
        .end();
    api.tell("put", path, Who::Seller, "Connects it; Stripe is asked whether the key is good.")
        .takes::<Keys>()
        .gives::<Account>(200)
        .end();
    api.tell("delete", path, Who::Seller, "Disconnects it.").gives_nothing(204).end();
    api.tell("post", NOTICES, Who::Anybody, "What Stripe tells by itself, signed by it.").gives_nothing(200).end();
}
