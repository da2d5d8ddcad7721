//! What is sold in a show. Every viewer asks when the page opens, and all at once when a show begins: the answer is kept
//! for a moment, so that a crowd costs the shop's writer one question and not ten thousand, just before they buy. What is
//! left is in it with its `as_of`, and goes on by the socket.

use super::products::Ordering;
use super::{command, mismatch, query};
use crate::clock;
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::login::LoggedIn;
use crate::http::openapi::{Api, Who};
use crate::http::{Http, origin};
use crate::shop::core::{Command, Listed};
use crate::shop::{Answer, Query};
use crate::store::ShowRow;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use quiora_signaling::limits::MAX_LINE_UP;
use quiora_signaling::{Image, Offer, ProductCard, ProductStock, ShowId};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How old an answer may be.
const FRESH: Duration = Duration::from_millis(500);

/// Shows whose answer is kept. One too many, and all are forgotten.
const MAX_KEPT: usize = 64;

/// Answers of the last moment.
#[derive(Debug, Default)]
pub(in crate::http) struct LineUps(Mutex<HashMap<ShowId, (Instant, Bytes)>>);

#[derive(Debug, Serialize, JsonSchema)]
struct LineUp {
    products: Vec<Line>,
}

#[derive(Debug, Serialize, JsonSchema)]
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
pub(super) async fn read(State(http): State<Http>, Path(slug): Path<String>) -> Result<impl IntoResponse, Error> {
    let show = http.store.show_by_slug(&slug).await?.ok_or(Error::ShowNotFound)?;
    // Held while the shop is asked: whoever comes meanwhile gets the same answer.
    let mut kept = http.own().line_ups.0.lock().await;
    let now = clock::monotonic();
    let fresh = kept.get(&show.show).filter(|(at, _)| now.duration_since(*at) < FRESH);
    let json = match fresh {
        Some((_, json)) => json.clone(),
        None => {
            let json = ask(&http, &show).await?;
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(show.show, (now, json.clone()));
            json
        }
    };
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], json))
}

async fn ask(http: &Http, show: &ShowRow) -> Result<Bytes, Error> {
    let listed = match query(http, show.shop, Query::LineUp(show.show)).await? {
        Answer::LineUp(listed) => listed,
        other => return Err(mismatch(&other)),
    };
    let line_up = LineUp { products: listed.into_iter().map(Into::into).collect() };
    serde_json::to_vec(&line_up).map(Bytes::from).map_err(|_| Error::Internal)
}

/// `PUT /api/shows/{slug}/line-up`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `show_not_found`, `product_not_found`, `too_many`.
pub(super) async fn write(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Body(mut ordering): Body<Ordering>,
) -> Result<StatusCode, Error> {
    origin::check(&headers, &http.base)?;
    let show = http.store.show_by_slug(&slug).await?.filter(|row| row.shop == shop).ok_or(Error::ShowNotFound)?;
    let mut seen = HashSet::new();
    ordering.products.retain(|product| seen.insert(*product));
    if ordering.products.len() > MAX_LINE_UP {
        return Err(Error::Invalid { code: "too_many", detail: "A line-up has at most 100 products." });
    }
    command(&http, shop, Command::SetLineUp { show: show.show, products: ordering.products }).await?;
    http.own().line_ups.0.lock().await.remove(&show.show);
    Ok(StatusCode::NO_CONTENT)
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    let line_up = "/api/shows/{slug}/line-up";
    api.tell("get", line_up, Who::Anybody, "What is sold in a show.").gives::<LineUp>(200).end();
    api.tell("put", line_up, Who::Seller, "Sets it.").takes::<Ordering>().gives_nothing(204).end();
}
