//! How the shop sells, and what it sells in a show.

use super::products::Ordering;
use super::{command, mismatch, query, the_shop};
use crate::clock;
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::login::LoggedIn;
use crate::http::{Http, origin};
use crate::shop::core::{Command, Listed, clean_settings};
use crate::shop::{Answer, Query};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use quiora_signaling::limits::MAX_LINE_UP;
use quiora_signaling::{
    Currency, Image, Offer, ProductCard, ProductStock, ShippingId, ShippingOption, ShopId, ShopSettings,
};
use serde::{Deserialize, Serialize};

/// What a buyer must know before ordering.
#[derive(Debug, Serialize)]
pub(super) struct PublicShop {
    name: String,
    currency: Currency,
    reservation_ms: u32,
    shipping: Vec<ShippingOption>,
    seller_details: String,
    withdrawal_days: u32,
    payment: &'static str,
}

/// `GET /api/shop`.
///
/// # Errors
/// `not_found` before the shop is set up.
pub(super) async fn public(State(http): State<Http>) -> Result<Json<PublicShop>, Error> {
    let shop = the_shop(&http).await?;
    let settings = settings(&http, shop.id).await?;
    Ok(Json(PublicShop {
        name: shop.name,
        currency: settings.currency,
        reservation_ms: settings.reservation_ms,
        shipping: settings.shipping,
        seller_details: settings.seller_details,
        withdrawal_days: settings.withdrawal_days,
        payment: "manual",
    }))
}

/// The shop's settings.
///
/// # Errors
/// `shop_restarted`.
pub(super) async fn settings(http: &Http, shop: ShopId) -> Result<ShopSettings, Error> {
    match query(http, shop, Query::Settings).await? {
        Answer::Settings(settings) => Ok(*settings),
        other => Err(mismatch(&other)),
    }
}

/// `GET /api/shop/settings`.
///
/// # Errors
/// `not_logged_in`.
pub(super) async fn read(State(http): State<Http>, LoggedIn(shop): LoggedIn) -> Result<Json<ShopSettings>, Error> {
    Ok(Json(settings(&http, shop).await?))
}

/// As [`ShopSettings`], with ways of shipping that may be new.
#[derive(Debug, Deserialize)]
pub(super) struct SettingsForm {
    currency: Currency,
    reservation_ms: u32,
    #[serde(default)]
    shipping: Vec<ShippingForm>,
    #[serde(default)]
    payment_instructions: String,
    #[serde(default)]
    seller_details: String,
    withdrawal_days: u32,
}

#[derive(Debug, Deserialize)]
struct ShippingForm {
    #[serde(default)]
    shipping: Option<ShippingId>,
    name: String,
    price_minor: u64,
    #[serde(default)]
    pick_up: bool,
    #[serde(default)]
    countries: Vec<String>,
}

impl From<SettingsForm> for ShopSettings {
    fn from(form: SettingsForm) -> Self {
        let option = |form: ShippingForm| ShippingOption {
            shipping: form.shipping.unwrap_or_else(|| ShippingId(clock::uuid())),
            name: form.name,
            price_minor: form.price_minor,
            pick_up: form.pick_up,
            countries: form.countries,
        };
        Self {
            currency: form.currency,
            reservation_ms: form.reservation_ms,
            shipping: form.shipping.into_iter().map(option).collect(),
            payment_instructions: form.payment_instructions,
            seller_details: form.seller_details,
            withdrawal_days: form.withdrawal_days,
        }
    }
}

/// `PUT /api/shop/settings`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, the settings' faults, `not_allowed` for another currency once there are prices.
pub(super) async fn write(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
    Body(form): Body<SettingsForm>,
) -> Result<Json<ShopSettings>, Error> {
    origin::check(&headers, &http.base)?;
    let wanted = clean_settings(form.into())?;
    command(&http, shop, Command::SetSettings(Box::new(wanted))).await?;
    Ok(Json(settings(&http, shop).await?))
}

/// What is sold in a show.
#[derive(Debug, Serialize)]
pub(super) struct LineUp {
    products: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    card: ProductCard,
    description: String,
    images: Vec<Image>,
    stock: ProductStock,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<Offer>,
}

impl From<Listed> for Line {
    fn from(listed: Listed) -> Self {
        let Listed { card, description, images, stock, offer } = listed;
        Self { card, description, images, stock, offer }
    }
}

/// `GET /api/shows/{slug}/line-up`.
///
/// # Errors
/// `show_not_found`.
pub(super) async fn line_up(State(http): State<Http>, Path(slug): Path<String>) -> Result<Json<LineUp>, Error> {
    let show = http.store.show_by_slug(&slug).await?.ok_or(Error::ShowNotFound)?;
    match query(&http, show.shop, Query::LineUp(show.show)).await? {
        Answer::LineUp(listed) => Ok(Json(LineUp { products: listed.into_iter().map(Into::into).collect() })),
        other => Err(mismatch(&other)),
    }
}

/// `PUT /api/shows/{slug}/line-up`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `show_not_found`, `product_not_found`, `too_many`.
pub(super) async fn set_line_up(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Body(mut ordering): Body<Ordering>,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    let show = http.store.show_by_slug(&slug).await?.filter(|row| row.shop == shop).ok_or(Error::ShowNotFound)?;
    let mut seen = std::collections::HashSet::new();
    ordering.products.retain(|product| seen.insert(*product));
    if ordering.products.len() > MAX_LINE_UP {
        return Err(Error::Invalid { code: "too_many", detail: "A line-up has at most 100 products." });
    }
    command(&http, shop, Command::SetLineUp { show: show.show, products: ordering.products }).await?;
    Ok(StatusCode::NO_CONTENT)
}
