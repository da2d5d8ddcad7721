//! OWNER of the HTTP side: pages, JSON API, WHIP and WHEP, WebSocket upgrade, health and metrics. It keeps no state of its
//! own but the throttles, for a moment what is sold in shows, and the resources of WHIP and WHEP; it asks the store, and hands sockets to [`crate::session`].
//!
//! # Rules
//! - Every "no" is a problem detail with a stable code ([`error`]).
//! - Every request that changes something, and every WebSocket, is checked for whose page it comes from ([`origin`]); but
//!   for WHIP and WHEP, where no cookie counts ([`whip`]).
//! - Bodies are at most [`MAX_BODY_BYTES`], but for those that `shop` and `whip` give more; requests end in time and carry the security headers (`guard`).
//!
//! | file | owns |
//! |---|---|
//! | `pages`, `page`, `assets` | what browsers show |
//! | `login`, `credential`, `throttle` | the seller's session |
//! | `shows` | shows over the API |
//! | `staff` | who keeps a show in order, what was done, the word filter |
//! | `remote` | the host's second device |
//! | `server` | room on the disk, for the seller |
//! | `shop` | catalogue, line-ups and orders over the API |
//! | `payments` | the account at Stripe, and what Stripe tells |
//! | `rehearsal` | the show in private: beginning, ending, and the door to it |
//! | `webhooks` | who is told what happens |
//! | `mail` | letters to buyers |
//! | `whip`, `stream_key` | media over HTTP, and the key to it |
//! | `openapi` | the API, told to machines |
//! | `ice_servers`, `turn` | STUN and TURN servers for clients |
//! | `socket` | the upgrade |
//! | `health` | liveness, readiness, metrics |

pub mod credential;
pub mod error;
pub mod origin;
pub mod turn;
pub mod whip;

mod address;
mod assets;
mod body;
mod guard;
mod health;
mod ice_servers;
mod login;
mod mail;
mod openapi;
mod page;
mod pages;
mod payments;
mod rehearsal;
mod remote;
mod server;
mod shop;
mod shows;
mod socket;
mod staff;
mod stream_key;
mod throttle;
mod webhooks;

use crate::config::{BaseUrl, IceServers};
use crate::media::Media;
use crate::metrics::Metrics;
use crate::pay::Stripe;
use crate::post::Mailer;
use crate::session::{JoinTokens, Sessions};
use crate::shop::Shops;
use crate::store::Store;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use error::Error;
use shop::LineUps;
use std::any::Any;
use std::sync::Arc;
use throttle::Throttle;
use tower_http::catch_panic::CatchPanicLayer;

/// The longest body of a request: a title and a date are far less.
pub const MAX_BODY_BYTES: usize = 16 * 1024;

/// What the handlers need. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Http(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    parts: Parts,
    own: Own,
}

/// What the HTTP side keeps itself.
#[derive(Debug)]
struct Own {
    /// Login tries.
    logins: Throttle,
    /// Offers over HTTP.
    offers: Throttle,
    /// Test letters.
    letters: Throttle,
    /// What is sold in shows.
    line_ups: LineUps,
}

/// The owners that the HTTP side talks to, and how it is set up.
#[derive(Debug)]
pub struct Parts {
    /// The truth.
    pub store: Store,
    /// Who sells.
    pub shops: Shops,
    /// For readiness.
    pub media: Media,
    /// Who takes the sockets.
    pub sessions: Sessions,
    /// Signs the tokens in pages and joins.
    pub tokens: JoinTokens,
    /// Counts.
    pub metrics: Metrics,
    /// How browsers reach us.
    pub base: BaseUrl,
    /// How new the shops' orders are.
    pub changes: Changes,
    /// What WHIP and WHEP have made.
    pub resources: Resources,
    /// Servers for clients.
    pub ice: IceServers,
    /// What hashes of addresses are made with.
    pub address_key: [u8; 32],
    /// Writes to buyers, if anybody does.
    pub mailer: Option<Mailer>,
    /// Whether webhooks may reach private networks.
    pub private_targets: bool,
    /// The way to Stripe.
    pub stripe: Option<Stripe>,
    /// The way to the rehearsal; none within one.
    pub rehearsals: Option<Rehearsals>,
}

pub use rehearsal::{Rehearsal, RehearsalKey, RehearsalOrder, Rehearsals};
pub use shop::Changes;
pub use whip::{Feeding, Resources};

impl Http {
    /// The HTTP side over these owners.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let own = Own {
            logins: Throttle::logins(),
            offers: Throttle::offers(),
            letters: Throttle::letters(),
            line_ups: LineUps::default(),
        };
        Self(Arc::new(Inner { parts, own }))
    }

    fn own(&self) -> &Own {
        &self.0.own
    }
}

impl std::ops::Deref for Http {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

/// All routes.
pub fn router(http: Http) -> Router {
    let rehearsals = http.rehearsals.clone();
    let outward = match rehearsals {
        Some(_) => outward(),
        None => outward().layer(from_fn(rehearsal::not_here)),
    };
    let routes = Router::new()
        .route("/", get(pages::home))
        .route("/s/{slug}", get(pages::watch))
        .route("/o/{order}", get(pages::order))
        .route("/studio", get(pages::studio))
        .route("/studio/", get(pages::studio))
        .route("/studio/{*rest}", get(pages::studio))
        .route("/assets/{*path}", get(assets::hashed))
        .route("/api/session", get(login::show).post(login::create).delete(login::delete))
        .route("/api/shows", get(shows::list).post(shows::create))
        .route("/api/shows/{slug}", get(shows::read))
        .route("/api/shows/{slug}/join", post(shows::join))
        .route("/api/ice-servers", get(ice_servers::list))
        .route("/api/openapi.json", get(openapi::read))
        .route("/ws", get(socket::open))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(shop::routes())
        .merge(staff::routes())
        .merge(remote::routes())
        .merge(server::routes())
        .merge(outward)
        .fallback(pages::elsewhere)
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(http.clone(), guard::around))
        .layer(from_fn(whip::cors::around))
        .with_state(http);
    match rehearsals {
        // Before routes are looked for: a router that is asked by another one's handler would see that one's path.
        Some(rehearsals) => {
            Router::new().fallback_service(routes).layer(from_fn_with_state(rehearsals, rehearsal::door))
        }
        None => routes,
    }
}

/// What leads out of the house or is for whoever runs it; in a rehearsal there is none of it.
fn outward() -> Router<Http> {
    Router::new()
        .route("/api/shows/{slug}/stream-key", get(stream_key::show).post(stream_key::rotate))
        .route("/metrics", get(health::metrics))
        .merge(shop::uploads())
        .merge(whip::routes())
        .merge(webhooks::routes())
        .merge(payments::routes())
        .merge(mail::routes())
        .merge(rehearsal::routes())
}

#[allow(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request handler panicked");
    Error::Internal.into_response()
}
