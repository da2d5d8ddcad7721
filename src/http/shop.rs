//! The shop over the JSON API: catalogue, line-ups, orders, the buyer's own page.
//!
//! # Rules
//! - A seller is who has the studio's cookie; what changes something is checked for whose page it comes from.
//! - A buyer is who has an order's key, sent as a bearer token. No cookie counts there, and nothing else opens an order.
//! - Everything goes through the shop's writer ([`crate::shop`]); only pictures and lists of orders are read past it.
//!
//! | route | for whom | |
//! |---|---|---|
//! | `GET /api/shop` | everybody | what must be known before ordering |
//! | `GET /api/shows/{slug}/line-up`, `PUT` | everybody; seller | what is sold in a show |
//! | `GET /images/{image}.jpg`, `…-s.jpg` | everybody | pictures, for ever |
//! | `GET /api/orders/{order}` | buyer, seller | all that is kept of an order |
//! | `POST /api/orders/{order}/withdrawal` | buyer | without `confirm` it says what would happen, with it it does |
//! | `DELETE /api/orders/{order}/contact` | buyer | forgets who ordered |
//! | `GET /api/shop/changes` | seller | a stream: how new the orders are |
//! | `GET /api/shop/settings`, `PUT` | seller | how the shop sells |
//! | `/api/products`, `/api/products/{product}`, `/api/products-order`, `/api/variants/{variant}/…` | seller | the catalogue |
//! | `POST /api/images` | seller | a picture |
//! | `/api/products/import`, `/api/products/export`, `/api/orders/export` | seller | CSV |
//! | `GET /api/orders`, `/api/orders/as-of`, `POST /api/orders/{order}/steps` | seller | orders |
//!
//! | file | owns |
//! |---|---|
//! | `products` | catalogue, stock, prices |
//! | `settings` | how the shop sells |
//! | `line_up` | what is sold in a show |
//! | `orders` | the seller's orders |
//! | `changes` | when there are new ones, as it happens |
//! | `buyer` | an order by its key: page data, withdrawal, erasure |
//! | `images`, `picture` | pictures, and making them fit |
//! | `transfer`, `sheet` | CSV in and out |

mod buyer;
mod changes;
mod images;
mod line_up;
mod orders;
mod picture;
mod products;
mod settings;
mod sheet;
mod transfer;

pub use changes::Changes;
pub(super) use line_up::LineUps;
pub(super) use settings::settings;

use super::Http;
use super::error::Error;
use super::openapi::Api;
use crate::shop::core::{Command, Fault};
use crate::shop::{Answer, Ask, Query};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};
use quiora_signaling::ShopId;

/// A product with all its variants and texts, or all settings: 24 variants and 4,000 characters of four bytes.
const MAX_FORM_BYTES: usize = 96 * 1024;

/// The ids of a whole catalogue.
const MAX_ORDERING_BYTES: usize = 128 * 1024;

/// A photograph as phones make it.
const MAX_UPLOAD_BYTES: usize = 12 * 1024 * 1024;

/// Two thousand products.
const MAX_SHEET_BYTES: usize = 4 * 1024 * 1024;

/// Routes whose bodies take their time on a slow uplink.
pub(super) const SLOW_ROUTES: [&str; 2] = ["/api/images", "/api/products/import"];

/// All routes of the shop but for [`uploads`].
pub(super) fn routes() -> Router<Http> {
    let forms = Router::new()
        .route("/api/shop/settings", get(settings::read).put(settings::write))
        .route("/api/products", get(products::list).post(products::create))
        .route("/api/products/{product}", get(products::read).put(products::write))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES));
    let orderings = Router::new()
        .route("/api/products-order", put(products::reorder))
        .route("/api/shows/{slug}/line-up", get(line_up::read).put(line_up::write))
        .layer(DefaultBodyLimit::max(MAX_ORDERING_BYTES));
    let sheets = Router::new()
        .route("/api/products/import", post(transfer::import))
        .layer(DefaultBodyLimit::max(MAX_SHEET_BYTES));
    Router::new()
        .route("/api/shop", get(settings::public))
        .route("/api/shop/changes", get(changes::follow))
        .route("/api/products/export", get(transfer::export))
        .route("/api/variants/{variant}/stock", post(products::change_stock))
        .route("/api/variants/{variant}/prices", get(products::prices))
        .route("/images/{file}", get(images::read))
        .route("/api/orders", get(orders::list))
        .route("/api/orders/as-of", get(orders::as_of))
        .route("/api/orders/export", get(transfer::export_orders))
        .route("/api/orders/{order}", get(buyer::read))
        .route("/api/orders/{order}/steps", post(orders::step))
        .route("/api/orders/{order}/withdrawal", post(buyer::withdraw))
        .route("/api/orders/{order}/release", post(buyer::release))
        .route("/api/orders/{order}/contact", delete(buyer::erase))
        .merge(forms)
        .merge(orderings)
        .merge(sheets)
}

/// Pictures are everybody's and for ever, so none comes from where nothing is kept: not among the others.
pub(super) fn uploads() -> Router<Http> {
    Router::new().route("/api/images", post(images::create)).layer(DefaultBodyLimit::max(MAX_UPLOAD_BYTES))
}

impl From<Fault> for Error {
    fn from(Fault { code, detail }: Fault) -> Self {
        Self::Invalid { code, detail }
    }
}

pub(super) async fn command(http: &Http, shop: ShopId, command: Command) -> Result<Answer, Error> {
    http.shops.ask(shop, Ask::Command(command)).await.map_err(Error::Refused)
}

pub(super) async fn query(http: &Http, shop: ShopId, query: Query) -> Result<Answer, Error> {
    http.shops.ask(shop, Ask::Query(query)).await.map_err(Error::Refused)
}

/// The shop of this server.
async fn the_shop(http: &Http) -> Result<crate::store::Shop, Error> {
    http.store.shop().await?.ok_or(Error::NotFound)
}

/// An answer of another kind than its question: a fault of ours.
pub(super) fn mismatch(answer: &Answer) -> Error {
    tracing::error!(?answer, "the shop answered something else");
    Error::Internal
}

/// Tells the routes of the shop.
pub(super) fn describe(api: &mut Api) {
    products::describe(api);
    settings::describe(api);
    line_up::describe(api);
    orders::describe(api);
    changes::describe(api);
    buyer::describe(api);
    images::describe(api);
    transfer::describe(api);
}
