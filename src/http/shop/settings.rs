//! How the shop sells.

use super::{command, mismatch, query, the_shop};
use crate::clock;
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::login::LoggedIn;
use crate::http::openapi::{Api, Who};
use crate::http::{Http, origin};
use crate::shop::core::{Command, clean_settings};
use crate::shop::{Answer, Query};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use quiora_signaling::{
    Currency, Language, PaymentMethod, ShippingId, ShippingOption, ShopId, ShopSettings, StockPolicy,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a buyer must know before ordering.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PublicShop {
    name: String,
    currency: Currency,
    reservation_ms: u32,
    shipping: Vec<ShippingOption>,
    seller_details: String,
    withdrawal_days: u32,
    policy: StockPolicy,
    waiting_list: bool,
    payments: Vec<PaymentMethod>,
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
        policy: settings.policy,
        waiting_list: settings.waiting_list,
        payments: settings.payments,
    }))
}

/// The shop's settings.
///
/// # Errors
/// `shop_restarted`.
pub(in crate::http) async fn settings(http: &Http, shop: ShopId) -> Result<ShopSettings, Error> {
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
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct SettingsForm {
    currency: Currency,
    reservation_ms: u32,
    #[serde(default)]
    policy: StockPolicy,
    #[serde(default = "yes")]
    waiting_list: bool,
    #[serde(default = "manual")]
    payments: Vec<PaymentMethod>,
    #[serde(default)]
    shipping: Vec<ShippingForm>,
    #[serde(default)]
    payment_instructions: String,
    #[serde(default)]
    seller_details: String,
    withdrawal_days: u32,
    #[serde(default)]
    language: Option<Language>,
}

const fn yes() -> bool {
    true
}

fn manual() -> Vec<PaymentMethod> {
    vec![PaymentMethod::Manual]
}

#[derive(Debug, Deserialize, JsonSchema)]
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
            policy: form.policy,
            waiting_list: form.waiting_list,
            payments: form.payments,
            shipping: form.shipping.into_iter().map(option).collect(),
            payment_instructions: form.payment_instructions,
            seller_details: form.seller_details,
            withdrawal_days: form.withdrawal_days,
            language: form.language,
        }
    }
}

/// `PUT /api/shop/settings`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, the settings' faults, `stripe_not_connected`, `not_allowed` for another currency once there are prices.
pub(super) async fn write(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
    Body(form): Body<SettingsForm>,
) -> Result<Json<ShopSettings>, Error> {
    origin::check(&headers, &http.base)?;
    let wanted = clean_settings(form.into())?;
    let by_card = wanted.payments.contains(&PaymentMethod::Stripe);
    if by_card && http.store.payment_account(shop).await?.is_none() {
        return Err(Error::Invalid { code: "stripe_not_connected", detail: "Connect an account at Stripe first." });
    }
    command(&http, shop, Command::SetSettings(Box::new(wanted))).await?;
    Ok(Json(settings(&http, shop).await?))
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("get", "/api/shop", Who::Anybody, "What a buyer must know before ordering.")
        .gives::<PublicShop>(200)
        .end();
    let settings = "/api/shop/settings";
    api.tell("get", settings, Who::Seller, "How the shop sells.").gives::<ShopSettings>(200).end();
    api.tell("put", settings, Who::Seller, "Changes it.").takes::<SettingsForm>().gives::<ShopSettings>(200).end();
}
