//! An order by its key: what its buyer's page shows, and what the law lets a buyer do without an account (withdrawal in
//! two steps as Directive 2023/2673 asks, export and erasure of what is kept).

use super::settings::settings;
use super::{command, mismatch, query, the_shop};
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::login::session_of;
use crate::http::openapi::{Api, Who};
use crate::http::{Http, origin};
use crate::shop::core::{Command, KeyHash, OrderFile};
use crate::shop::{Answer, Query, hash_key};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use data_encoding::HEXLOWER;
use quiora_signaling::{Contact, Order, OrderId, OrderKey, OrderStatus, ShopId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Everything that is kept of an order.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OrderPage {
    order: Order,
    contact: Option<Contact>,
    shop: Seller,
    payment_instructions: String,
    withdrawal: Option<Outcome>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Seller {
    name: String,
    seller_details: String,
    withdrawal_days: u32,
}

/// What withdrawing leads to.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// The order is called off at once: nothing was paid.
    Cancel,
    /// Goods and money go back.
    Withdraw,
}

/// `GET /api/orders/{order}`: for whoever has the key, and for the seller.
///
/// # Errors
/// `token_missing`, `token_invalid`, `order_not_found`.
pub(super) async fn read(
    State(http): State<Http>,
    Path(order): Path<OrderId>,
    headers: HeaderMap,
) -> Result<Json<OrderPage>, Error> {
    let (shop, key) = match bearer(&headers)? {
        Some(key) => (the_shop(&http).await?.id, Some(hash_key(&key))),
        None => (session_of(&http, &headers).await?.ok_or(Error::TokenMissing)?, None),
    };
    page(&http, shop, order, key).await
}

/// The second step repeats what the first one said.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Withdrawal {
    confirm: Option<String>,
}

/// The first step's answer, or the second's.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Withdrawn {
    /// Nothing has happened yet.
    Asked { outcome: Outcome, confirm: String },
    /// It is done, and when stands in the order.
    Done(Box<OrderPage>),
}

/// `POST /api/orders/{order}/withdrawal`.
///
/// # Errors
/// `bad_origin`, `token_missing`, `token_invalid`, `order_not_found`, `order_step_invalid`, `confirm_invalid`.
pub(super) async fn withdraw(
    State(http): State<Http>,
    Path(order): Path<OrderId>,
    headers: HeaderMap,
    Body(wish): Body<Withdrawal>,
) -> Result<Json<Withdrawn>, Error> {
    origin::check(&headers, &http.base)?;
    let key = bearer(&headers)?.ok_or(Error::TokenMissing)?;
    let (shop, hash) = (the_shop(&http).await?.id, hash_key(&key));
    let file = file(&http, shop, order, Some(hash.clone())).await?;
    let confirm = confirmation(&key, &file.order);
    let done = file.order.status == OrderStatus::Cancelled || file.order.withdrawn_at_ms.is_some();
    match (wish.confirm, outcome(&file)) {
        (None, Some(outcome)) => Ok(Json(Withdrawn::Asked { outcome, confirm })),
        (Some(said), Some(_)) if said != confirm => {
            Err(Error::Invalid { code: "confirm_invalid", detail: "The order has changed; ask again." })
        }
        (Some(_), _) | (None, None) if done || file.withdrawal.is_some() => {
            command(&http, shop, Command::Withdraw { order, key: hash.clone() }).await?;
            tracing::info!(order.id = %order, "withdrawn");
            Ok(Json(Withdrawn::Done(Box::new(page(&http, shop, order, Some(hash)).await?.0))))
        }
        _ => Err(Error::Refused(quiora_signaling::RefusalCode::OrderStepInvalid)),
    }
}

/// `POST /api/orders/{order}/release`: gives up a reservation, a place in line, or a payment that was not made.
///
/// # Errors
/// `bad_origin`, `token_missing`, `token_invalid`, `order_not_found`, `order_step_invalid` once it is ordered.
pub(super) async fn release(
    State(http): State<Http>,
    Path(order): Path<OrderId>,
    headers: HeaderMap,
) -> Result<Json<OrderPage>, Error> {
    origin::check(&headers, &http.base)?;
    let key = hash_key(&bearer(&headers)?.ok_or(Error::TokenMissing)?);
    let shop = the_shop(&http).await?.id;
    command(&http, shop, Command::Release { order, key: key.clone() }).await?;
    page(&http, shop, order, Some(key)).await
}

/// `DELETE /api/orders/{order}/contact`.
///
/// # Errors
/// `bad_origin`, `token_missing`, `token_invalid`, `order_not_found`, `order_step_invalid`.
pub(super) async fn erase(
    State(http): State<Http>,
    Path(order): Path<OrderId>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    let key = bearer(&headers)?.ok_or(Error::TokenMissing)?;
    let shop = the_shop(&http).await?.id;
    command(&http, shop, Command::EraseContact { order, key: hash_key(&key) }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn page(http: &Http, shop: ShopId, order: OrderId, key: Option<KeyHash>) -> Result<Json<OrderPage>, Error> {
    let file = file(http, shop, order, key).await?;
    let settings = settings(http, shop).await?;
    let name = the_shop(http).await?.name;
    let contact = http.store.contact(order).await?;
    let withdrawal = outcome(&file);
    Ok(Json(OrderPage {
        order: file.order,
        contact,
        shop: Seller { name, seller_details: settings.seller_details, withdrawal_days: settings.withdrawal_days },
        payment_instructions: settings.payment_instructions,
        withdrawal,
    }))
}

async fn file(http: &Http, shop: ShopId, order: OrderId, key: Option<KeyHash>) -> Result<OrderFile, Error> {
    match query(http, shop, Query::Order(order, key)).await? {
        Answer::Order(file) => Ok(*file),
        other => Err(mismatch(&other)),
    }
}

fn outcome(file: &OrderFile) -> Option<Outcome> {
    file.withdrawal.map(|status| if status == OrderStatus::Cancelled { Outcome::Cancel } else { Outcome::Withdraw })
}

/// Binds the second step to the first: it holds while the order is as it was then.
fn confirmation(key: &OrderKey, order: &Order) -> String {
    let text = format!("withdraw:{}:{}:{}", key.0, order.order, order.as_of);
    HEXLOWER.encode(&Sha256::digest(text.as_bytes())[..16])
}

/// The order's key, sent as RFC 6750 §2.1 has it.
fn bearer(headers: &HeaderMap) -> Result<Option<OrderKey>, Error> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Error::TokenInvalid)?;
    let key = OrderKey(token.trim().to_owned());
    if scheme.eq_ignore_ascii_case("bearer") && key.is_well_formed() { Ok(Some(key)) } else { Err(Error::TokenInvalid) }
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("get", "/api/orders/{order}", Who::Either, "An order, and all that is kept of it.")
        .gives::<OrderPage>(200)
        .end();
    api.tell(
        "post",
        "/api/orders/{order}/withdrawal",
        Who::KeyHolder,
        "Withdraws in two steps: asked, then confirmed.",
    )
    .takes::<Withdrawal>()
    .gives::<Withdrawn>(200)
    .end();
    let release = "/api/orders/{order}/release";
    api.tell("post", release, Who::KeyHolder, "Leaves for others what is not ordered, or not paid yet.")
        .gives::<OrderPage>(200)
        .end();
    api.tell(
        "delete",
        "/api/orders/{order}/contact",
        Who::KeyHolder,
        "Forgets who the buyer is, once the order is over.",
    )
    .gives_nothing(204)
    .end();
}
