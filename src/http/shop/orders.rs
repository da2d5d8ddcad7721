//! Orders, for the seller.

use super::{command, mismatch, query};
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::login::{AtHelm, LoggedIn};
use crate::http::openapi::{Api, Who};
use crate::http::{Http, origin};
use crate::shop::core::Command;
use crate::shop::{Answer, Query};
use crate::store::OrderFilter;
use axum::Json;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use quiora_signaling::{Contact, Order, OrderId, OrderStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Orders in a list when nobody says how many.
const LISTED: u32 = 50;

/// The longest search, in characters: an e-mail address.
const MAX_SEARCH_CHARS: usize = 254;

/// Which orders to list.
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    status: Option<OrderStatus>,
    search: Option<String>,
    before: Option<u64>,
    limit: Option<u32>,
}

/// Orders that were placed, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OrderList {
    orders: Vec<Placed>,
    as_of: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Placed {
    order: Order,
    contact: Option<Contact>,
}

/// `GET /api/orders`.
///
/// # Errors
/// `not_logged_in`, `bad_request`.
pub(super) async fn list(
    State(http): State<Http>,
    AtHelm { shop, remote }: AtHelm,
    params: Result<Params<Filter>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<OrderList>, Error> {
    let Params(filter) = params.map_err(|rejection| Error::BadRequest(rejection.body_text()))?;
    // A remote's screen shows what comes in, and by whom: no more of who bought what, and nobody to look for.
    let filter = if remote { Filter { search: None, before: None, limit: None, ..filter } } else { filter };
    // Asked first: what is listed is then at least as new.
    let as_of = newest(&http, shop).await?;
    let search = filter.search.map(|text| text.trim().chars().take(MAX_SEARCH_CHARS).collect::<String>());
    let filter = OrderFilter {
        status: filter.status,
        search: search.filter(|text| !text.is_empty()),
        before: filter.before,
        limit: filter.limit.unwrap_or(LISTED),
    };
    let orders = http.store.list_orders(shop, &filter).await?;
    let seen = |contact: Contact| if remote { named(contact.name) } else { contact };
    let orders = orders.into_iter().map(|(order, contact)| Placed { order, contact: contact.map(seen) }).collect();
    Ok(Json(OrderList { orders, as_of }))
}

/// Who it is, and not where to find them.
const fn named(name: String) -> Contact {
    Contact { name, email: String::new(), phone: String::new(), address: None, note: String::new() }
}

/// How new the shop's orders are.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AsOf {
    as_of: u64,
}

/// `GET /api/orders/as-of`.
///
/// # Errors
/// `not_logged_in`.
pub(super) async fn as_of(State(http): State<Http>, AtHelm { shop, .. }: AtHelm) -> Result<Json<AsOf>, Error> {
    Ok(Json(AsOf { as_of: newest(&http, shop).await? }))
}

pub(super) async fn newest(http: &Http, shop: quiora_signaling::ShopId) -> Result<u64, Error> {
    match query(http, shop, Query::AsOf).await? {
        Answer::Done(as_of) => Ok(as_of),
        other => Err(mismatch(&other)),
    }
}

/// Where an order goes.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Step {
    status: OrderStatus,
    #[serde(default)]
    restock: bool,
}

/// `POST /api/orders/{order}/steps`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `order_not_found`, `order_step_invalid`.
pub(super) async fn step(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(order): Path<OrderId>,
    headers: HeaderMap,
    Body(Step { status, restock }): Body<Step>,
) -> Result<Json<Order>, Error> {
    origin::check(&headers, &http.base)?;
    match command(&http, shop, Command::Step { order, status, restock }).await? {
        Answer::Order(file) => {
            tracing::info!(shop.id = %shop, order.id = %order, order.status = status.as_str(), "order moved");
            Ok(Json(file.order))
        }
        other => Err(mismatch(&other)),
    }
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("get", "/api/orders", Who::Helm, "Placed orders, newest first; to a remote with names alone.")
        .asks("status", "string", "Only these.")
        .asks("search", "string", "Number, title, or part of the contact.")
        .asks("before", "integer", "Only those with a smaller number.")
        .asks("limit", "integer", "At most so many; 50 if not said, 200 at most.")
        .gives::<OrderList>(200)
        .end();
    api.tell("get", "/api/orders/as-of", Who::Helm, "How new the shop's orders are: cheap to ask often.")
        .gives::<AsOf>(200)
        .end();
    api.tell("post", "/api/orders/{order}/steps", Who::Seller, "Paid, packed, shipped, done, cancelled, refunded.")
        .takes::<Step>()
        .gives::<Order>(200)
        .end();
}
