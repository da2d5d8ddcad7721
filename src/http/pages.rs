//! The pages: shop front, watch, studio, order. Built files with the boot data put in, never cached: they carry a token and
//! the show's state.

use super::error::Error;
use super::ice_servers::{self, IceServer};
use super::page::{About, NOT_BUILT, fill};
use super::{Http, assets};
use crate::clock;
use crate::session::PAGE_TOKEN_TTL_MS;
use crate::store::ShowRow;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use quiora_signaling::{OrderId, Role, ShowStatus};
use serde::Serialize;

/// Shows on the shop front.
const SHOWN: u32 = 24;

/// What a page's script starts from.
#[derive(Debug, Serialize)]
#[serde(tag = "page", rename_all = "snake_case")]
enum Boot {
    Home {
        shop: String,
        shows: Vec<Announced>,
    },
    Watch {
        slug: String,
        title: String,
        shop: String,
        token: String,
        status: ShowStatus,
        scheduled_at_ms: Option<u64>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ice_servers: Vec<IceServer>,
    },
    Studio {
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ice_servers: Vec<IceServer>,
    },
    Order {
        order: OrderId,
        shop: String,
    },
    Missing,
    /// A rehearsal that is over, or never was.
    Over,
}

#[derive(Debug, Serialize)]
struct Announced {
    slug: String,
    title: String,
    status: ShowStatus,
    scheduled_at_ms: Option<u64>,
}

/// `GET /`.
///
/// # Errors
/// The store's.
pub(super) async fn home(State(http): State<Http>) -> Result<Response, Error> {
    let shop = shop_name(&http).await?;
    let shows =
        http.store.list_shows(SHOWN).await?.into_iter().filter(|row| row.status != ShowStatus::Draft).map(announced);
    let about = About { title: shop.clone(), site: shop.clone(), url: shared(&http, "/"), ..About::default() };
    Ok(page("index.html", StatusCode::OK, &about, &Boot::Home { shop, shows: shows.collect() }))
}

/// `GET /s/{slug}`. An unknown slug gives a page that says so, with 404.
///
/// # Errors
/// The store's.
pub(super) async fn watch(State(http): State<Http>, Path(slug): Path<String>) -> Result<Response, Error> {
    let Some(row) = http.store.show_by_slug(&slug).await? else { return missing(&http).await };
    let shop = shop_name(&http).await?;
    let about = About {
        title: row.title.clone(),
        description: format!("{} · {shop}", row.title),
        site: shop.clone(),
        url: shared(&http, &format!("/s/{}", row.slug)),
    };
    let token = http.tokens.issue(row.show, Role::Viewer, None, clock::unix_ms(), PAGE_TOKEN_TTL_MS);
    let boot = Boot::Watch {
        slug: row.slug,
        title: row.title,
        shop,
        token: token.map_err(|_| Error::Internal)?,
        status: row.status,
        scheduled_at_ms: row.scheduled_at_ms,
        ice_servers: ice_servers::servers(&http.ice, clock::unix_ms()),
    };
    Ok(page("watch.html", StatusCode::OK, &about, &boot))
}

/// `GET /studio` and below.
///
/// # Errors
/// The store's.
pub(super) async fn studio(State(http): State<Http>) -> Result<Response, Error> {
    let shop = shop_name(&http).await?;
    let ice_servers = ice_servers::servers(&http.ice, clock::unix_ms());
    let about = About { title: format!("Studio · {shop}"), site: shop, ..About::default() };
    Ok(page("studio.html", StatusCode::OK, &about, &Boot::Studio { ice_servers }))
}

/// `GET /o/{order}`: the buyer's page. What opens the order stands behind the `#` and is never sent here; so the page is the
/// same for every order, also for one that does not exist.
///
/// # Errors
/// The store's.
pub(super) async fn order(State(http): State<Http>, Path(order): Path<String>) -> Result<Response, Error> {
    let Ok(order) = order.parse::<OrderId>() else { return missing(&http).await };
    let shop = shop_name(&http).await?;
    let about = About { title: shop.clone(), site: shop.clone(), ..About::default() };
    let mut response = page("order.html", StatusCode::OK, &about, &Boot::Order { order, shop });
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// Every other address: a file at the root of the site, or nothing. A person is told so by a page, a program by a problem.
///
/// # Errors
/// `not_found`.
pub(super) async fn elsewhere(
    State(http): State<Http>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Err(Error::NotFound);
    }
    match assets::root(&uri, &headers) {
        Err(Error::NotFound) if wants_page(&uri, &headers) => missing(&http).await,
        other => other,
    }
}

/// `/rehearsal/…` of a rehearsal that is not on: the same for every address below it.
///
/// # Errors
/// `rehearsal_over`, for whoever does not want a page.
pub(super) async fn over(headers: HeaderMap) -> Result<Response, Error> {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return Err(Error::RehearsalOver);
    }
    let about = About { title: "Quiora".to_owned(), ..About::default() };
    Ok(page("watch.html", StatusCode::NOT_FOUND, &about, &Boot::Over))
}

fn wants_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts.contains("text/html") && !uri.path().starts_with("/api/")
}

/// The address of a page that may be shared; none of a rehearsal is.
fn shared(http: &Http, path: &str) -> String {
    if http.rehearsals.is_some() { format!("{}{path}", http.base) } else { String::new() }
}

async fn missing(http: &Http) -> Result<Response, Error> {
    let shop = shop_name(http).await?;
    let about = About { title: shop.clone(), site: shop, ..About::default() };
    Ok(page("watch.html", StatusCode::NOT_FOUND, &about, &Boot::Missing))
}

async fn shop_name(http: &Http) -> Result<String, Error> {
    Ok(http.store.shop().await?.map_or_else(|| "Quiora".to_owned(), |shop| shop.name))
}

fn announced(row: ShowRow) -> Announced {
    Announced { slug: row.slug, title: row.title, status: row.status, scheduled_at_ms: row.scheduled_at_ms }
}

fn page(template: &str, status: StatusCode, about: &About, boot: &Boot) -> Response {
    let (status, html) = match assets::template(template) {
        Some(template) => (status, fill(&template, about, boot)),
        None => (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT.to_owned()),
    };
    (status, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Html(html)).into_response()
}
