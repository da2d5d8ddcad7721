//! The catalogue, for its seller.

use super::{command, mismatch, query};
use crate::clock;
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::login::LoggedIn;
use crate::http::openapi::{Api, Who};
use crate::http::{Http, origin};
use crate::shop::core::{Command, clean_draft};
use crate::shop::{Answer, Query};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use quiora_signaling::limits::MAX_PRODUCTS;
use quiora_signaling::{Image, Product, ProductDraft, ProductId, ShopId, VariantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All products.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProductList {
    products: Vec<Product>,
}

/// `GET /api/products`.
///
/// # Errors
/// `not_logged_in`.
pub(super) async fn list(State(http): State<Http>, LoggedIn(shop): LoggedIn) -> Result<Json<ProductList>, Error> {
    match query(&http, shop, Query::Products).await? {
        Answer::Products(products) => Ok(Json(ProductList { products })),
        other => Err(mismatch(&other)),
    }
}

/// `GET /api/products/{product}`.
///
/// # Errors
/// `not_logged_in`, `product_not_found`.
pub(super) async fn read(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(product): Path<ProductId>,
) -> Result<Json<Product>, Error> {
    one(query(&http, shop, Query::Product(product)).await?)
}

/// `POST /api/products`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, the draft's faults, `shop_full`.
pub(super) async fn create(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
    Body(draft): Body<ProductDraft>,
) -> Result<(StatusCode, Json<Product>), Error> {
    origin::check(&headers, &http.base)?;
    let mut draft = draft;
    // Variants of a new product are new.
    draft.variants.iter_mut().for_each(|variant| variant.variant = None);
    let product = ProductId(clock::uuid());
    save(&http, shop, product, draft).await?;
    let product = one(query(&http, shop, Query::Product(product)).await?)?;
    Ok((StatusCode::CREATED, product))
}

/// `PUT /api/products/{product}`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `product_not_found`, the draft's faults.
pub(super) async fn write(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(product): Path<ProductId>,
    headers: HeaderMap,
    Body(draft): Body<ProductDraft>,
) -> Result<Json<Product>, Error> {
    origin::check(&headers, &http.base)?;
    query(&http, shop, Query::Product(product)).await?;
    save(&http, shop, product, draft).await?;
    one(query(&http, shop, Query::Product(product)).await?)
}

async fn save(http: &Http, shop: ShopId, product: ProductId, draft: ProductDraft) -> Result<(), Error> {
    let draft = ready(http, draft).await?;
    command(http, shop, Command::SaveProducts(vec![(product, draft)])).await?;
    Ok(())
}

/// Cleans a draft, gives new variants their ids, and takes the size of pictures from the store.
///
/// # Errors
/// The draft's faults; `images_invalid` for a picture that was never uploaded.
pub(super) async fn ready(http: &Http, draft: ProductDraft) -> Result<ProductDraft, Error> {
    let mut draft = clean_draft(draft)?;
    for variant in &mut draft.variants {
        variant.variant = variant.variant.or_else(|| Some(VariantId(clock::uuid())));
    }
    for image in &mut draft.images {
        let Image { image: name, width_px, height_px, .. } = image;
        let hash = super::images::parse(name).ok_or(Error::NotFound)?;
        let size = http.store.image_size(hash).await?;
        let unknown = Error::Invalid { code: "images_invalid", detail: "There is no such picture." };
        (*width_px, *height_px) = size.ok_or(unknown)?;
    }
    Ok(draft)
}

/// An order of things.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Ordering {
    pub(super) products: Vec<ProductId>,
}

/// `PUT /api/products-order`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `product_not_found`, `too_many`.
pub(super) async fn reorder(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
    Body(ordering): Body<Ordering>,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    if ordering.products.len() > MAX_PRODUCTS {
        return Err(Error::Invalid { code: "too_many", detail: "There are not so many products." });
    }
    command(&http, shop, Command::OrderProducts(ordering.products)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pieces that came or went.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct StockChange {
    change: i64,
}

/// `POST /api/variants/{variant}/stock`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `product_not_found`, `sold_out`, `shop_full`.
pub(super) async fn change_stock(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(variant): Path<VariantId>,
    headers: HeaderMap,
    Body(StockChange { change }): Body<StockChange>,
) -> Result<Json<Product>, Error> {
    origin::check(&headers, &http.base)?;
    one(command(&http, shop, Command::ChangeStock { variant, change }).await?)
}

/// What a variant has cost.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PriceList {
    prices: Vec<Price>,
    lowest_30_days_minor: Option<u64>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Price {
    at_ms: u64,
    until_ms: Option<u64>,
    price_minor: u64,
    offer: bool,
}

/// `GET /api/variants/{variant}/prices`.
///
/// # Errors
/// `not_logged_in`, `product_not_found`.
pub(super) async fn prices(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(variant): Path<VariantId>,
) -> Result<Json<PriceList>, Error> {
    let (spans, lowest_30_days_minor) = match query(&http, shop, Query::Prices(variant)).await? {
        Answer::Prices(spans, lowest) => (spans, lowest),
        other => return Err(mismatch(&other)),
    };
    let prices = spans.into_iter().map(|span| Price {
        at_ms: span.from_ms,
        until_ms: span.to_ms,
        price_minor: span.price_minor,
        offer: span.is_offer,
    });
    Ok(Json(PriceList { prices: prices.collect(), lowest_30_days_minor }))
}

fn one(answer: Answer) -> Result<Json<Product>, Error> {
    match answer {
        Answer::Product(product) => Ok(Json(*product)),
        other => Err(mismatch(&other)),
    }
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("get", "/api/products", Who::Seller, "All products.").gives::<ProductList>(200).end();
    api.tell("post", "/api/products", Who::Seller, "A new product.")
        .takes::<ProductDraft>()
        .gives::<Product>(201)
        .end();
    let product = "/api/products/{product}";
    api.tell("get", product, Who::Seller, "One product.").gives::<Product>(200).end();
    api.tell("put", product, Who::Seller, "Another text, price, status or set of variants.")
        .takes::<ProductDraft>()
        .gives::<Product>(200)
        .end();
    api.tell("put", "/api/products-order", Who::Seller, "Those named come first, in that order.")
        .takes::<Ordering>()
        .gives_nothing(204)
        .end();
    api.tell("post", "/api/variants/{variant}/stock", Who::Seller, "Pieces came or went.")
        .takes::<StockChange>()
        .gives::<Product>(200)
        .end();
    api.tell("get", "/api/variants/{variant}/prices", Who::Seller, "What it has cost.").gives::<PriceList>(200).end();
}
