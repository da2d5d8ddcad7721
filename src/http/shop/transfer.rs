//! The catalogue in and out as CSV, and orders out. An import is all or nothing: first a preview that names each bad line,
//! then, if there is none, one command.

use super::products::ready;
use super::settings::settings;
use super::sheet::{self, Change, Kind, Problem, Sheet, harmless};
use super::{command, mismatch, query};
use crate::clock;
use crate::http::error::Error;
use crate::http::login::LoggedIn;
use crate::http::openapi::{Api, Who};
use crate::http::{Http, origin};
use crate::shop::core::Command;
use crate::shop::{Answer, Query};
use crate::store::OrderFilter;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query as Params, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quiora_signaling::{Contact, Language, Order, Product, ProductId, ShopId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Orders read at once, and in all: more than a shop sells in years, in some seconds.
const PAGE: u32 = 200;
const MAX_EXPORTED: usize = 100_000;

/// Whether to do it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Apply {
    #[serde(default)]
    apply: bool,
}

/// For whose spreadsheet; for programs if nobody's.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Reader {
    language: Option<Language>,
}

/// What an import does, or would do.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Preview {
    products: usize,
    variants: usize,
    problems: Vec<Problem>,
    /// One for each product of the sheet, in its order; none when there are problems.
    changes: Vec<Change>,
    applied: bool,
}

/// `POST /api/products/import`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `too_large`, `shop_full`. A bad line is no error: the preview names it.
pub(super) async fn import(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    params: Result<Params<Apply>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Preview>, Error> {
    origin::check(&headers, &http.base)?;
    let bytes = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        _ => Error::BadRequest("the body did not come to an end".to_owned()),
    })?;
    let known = catalogue(&http, shop).await?;
    let Sheet { products, problems } = sheet::read(&bytes, &known, settings(&http, shop).await?.currency);
    let variants = products.iter().map(|entry| entry.draft.variants.len()).sum();
    let count = products.len();
    let good = problems.is_empty();
    let changes: Vec<Change> = if good { products.iter().map(sheet::compare).collect() } else { Vec::new() };
    let apply = params.is_ok_and(|Params(params)| params.apply) && good;
    if apply {
        let mut drafts = Vec::with_capacity(count);
        // What is so already needs no fact that says it again.
        for (entry, _) in products.into_iter().zip(&changes).filter(|(_, change)| change.kind != Kind::Unchanged) {
            let product = entry.ours.map_or_else(|| ProductId(clock::uuid()), |ours| ours.product);
            drafts.push((product, ready(&http, entry.draft).await?));
        }
        command(&http, shop, Command::SaveProducts(drafts)).await?;
        tracing::info!(shop.id = %shop, products = count, "catalogue imported");
    }
    Ok(Json(Preview { products: count, variants, problems, changes, applied: apply }))
}

/// `GET /api/products/export`.
///
/// # Errors
/// `not_logged_in`, `bad_request` for another language than ours.
pub(super) async fn export(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    params: Result<Params<Reader>, QueryRejection>,
) -> Result<Response, Error> {
    let Params(Reader { language }) = params.map_err(|rejection| Error::BadRequest(rejection.body_text()))?;
    let products = catalogue(&http, shop).await?;
    Ok(file("products.csv", sheet::write(&products, language).map_err(unwritten)?))
}

/// `GET /api/orders/export`.
///
/// # Errors
/// `not_logged_in`, `bad_request` for another language than ours.
pub(super) async fn export_orders(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    params: Result<Params<Reader>, QueryRejection>,
) -> Result<Response, Error> {
    let Params(Reader { language }) = params.map_err(|rejection| Error::BadRequest(rejection.body_text()))?;
    let mut writer = sheet::writer(language);
    writer.write_record(if language.is_some() { FOR_PEOPLE } else { EXACT }).map_err(unwritten)?;
    let mut filter = OrderFilter { limit: PAGE, ..OrderFilter::default() };
    let mut written = 0;
    while written < MAX_EXPORTED {
        let page = http.store.list_orders(shop, &filter).await?;
        let Some((last, _)) = page.last() else { break };
        filter.before = last.number;
        written += page.len();
        for (order, contact) in page {
            writer.write_record(line(&order, contact.as_ref(), language)).map_err(unwritten)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| unwritten(error.into_error().into()))?;
    Ok(file("orders.csv", bytes))
}

/// The columns of orders: as programs read them, or as people do.
const EXACT: [&str; 22] = [
    "number",
    "order",
    "status",
    "placed_at_ms",
    "title",
    "variant",
    "quantity",
    "currency",
    "goods_minor",
    "shipping_minor",
    "total_minor",
    "vat_minor",
    "shipping",
    "name",
    "email",
    "phone",
    "street",
    "postcode",
    "city",
    "region",
    "country",
    "note",
];
const FOR_PEOPLE: [&str; 22] = [
    "number",
    "order",
    "status",
    "placed_at_utc",
    "title",
    "variant",
    "quantity",
    "currency",
    "goods",
    "shipping_price",
    "total",
    "vat",
    "shipping",
    "name",
    "email",
    "phone",
    "street",
    "postcode",
    "city",
    "region",
    "country",
    "note",
];

/// An order on one line.
fn line(order: &Order, contact: Option<&Contact>, language: Option<Language>) -> [String; 22] {
    let placed = order.steps.iter().find(|step| step.status.is_ordered()).map(|step| step.at_ms);
    let address = contact.and_then(|contact| contact.address.as_ref());
    let of = |text: Option<&String>| text.map_or(String::new(), |text| harmless(text));
    let amount = |minor: u64| sheet::number(minor, order.currency.minor_digits(), language);
    [
        order.number.map_or(String::new(), |number| number.to_string()),
        order.order.to_string(),
        order.status.as_str().to_owned(),
        placed.map_or(String::new(), |at_ms| if language.is_some() { moment(at_ms) } else { at_ms.to_string() }),
        harmless(&order.title),
        harmless(&order.variant_name),
        order.quantity.to_string(),
        order.currency.to_string(),
        amount(order.goods_minor),
        amount(order.shipping_minor),
        amount(order.total_minor),
        amount(order.vat_minor),
        of(order.shipping.as_ref().map(|choice| &choice.name)),
        of(contact.map(|contact| &contact.name)),
        of(contact.map(|contact| &contact.email)),
        of(contact.map(|contact| &contact.phone)),
        of(address.map(|address| &address.street)),
        of(address.map(|address| &address.postcode)),
        of(address.map(|address| &address.city)),
        of(address.map(|address| &address.region)),
        of(address.map(|address| &address.country)),
        of(contact.map(|contact| &contact.note)),
    ]
}

/// `2026-11-24 20:15` in UTC, which every spreadsheet takes for a date.
fn moment(at_ms: u64) -> String {
    let at = i64::try_from(at_ms / 1_000).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    at.map_or(String::new(), |at| {
        let (date, hour, minute) = (at.date(), at.hour(), at.minute());
        format!("{:04}-{:02}-{:02} {hour:02}:{minute:02}", date.year(), u8::from(date.month()), date.day())
    })
}

async fn catalogue(http: &Http, shop: ShopId) -> Result<Vec<Product>, Error> {
    match query(http, shop, Query::Products).await? {
        Answer::Products(products) => Ok(products),
        other => Err(mismatch(&other)),
    }
}

fn file(name: &str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, bytes).into_response()
}

#[allow(clippy::needless_pass_by_value, reason = "the signature of map_err")]
fn unwritten(error: csv::Error) -> Error {
    tracing::error!(%error, "a sheet was not written");
    Error::Internal
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("post", "/api/products/import", Who::Seller, "A sheet of products: all or nothing.")
        .asks("apply", "boolean", "Do it; otherwise it is only looked through.")
        .takes_bytes(&["text/csv"])
        .gives::<Preview>(200)
        .end();
    api.tell("get", "/api/products/export", Who::Seller, "All products as a sheet.")
        .asks(
            "language",
            "string",
            "For the spreadsheet of somebody who speaks `it` or `en`; for programs if not said.",
        )
        .gives_bytes(200, "text/csv")
        .end();
    api.tell("get", "/api/orders/export", Who::Seller, "All orders as a sheet.")
        .asks(
            "language",
            "string",
            "For the spreadsheet of somebody who speaks `it` or `en`; for programs if not said.",
        )
        .gives_bytes(200, "text/csv")
        .end();
}
