//! Media over HTTP, for clients that are no pages of ours: WHIP (RFC 9725) in, WHEP (draft-ietf-wish-whep) out.
//!
//! | | |
//! |---|---|
//! | `POST /api/shows/{slug}/whip`, `…/whep` | an offer in; 201, the answer and a resource out |
//! | `PATCH` on the resource | trickled candidates, ICE restart |
//! | `DELETE` on the resource | the end |
//!
//! # Rules
//! - No cookie has any say here: what counts is the bearer token alone. So pages of every origin may ask (`cors`), and the
//!   check of [`super::origin`] does not apply.
//! - A resource lives as long as its peer ([`Resources`]). Its address is 256 random bits; for a feed the stream key it
//!   was made with is asked for as well.
//! - A feed has no session. It says what it shows by its offer, and starts a show that has not begun
//!   ([`crate::show::Feed`]).
//!
//! | file | owns |
//! |---|---|
//! | `endpoint`, `resource` | POST; PATCH and DELETE |
//! | `table` | which resources there are |
//! | `fragment` | SDP fragments |
//! | `bearer`, `accept`, `cors` | who asks, for what, from where |

pub(super) mod cors;

mod accept;
mod bearer;
mod endpoint;
mod fragment;
mod resource;
mod table;

pub use table::{Feeding, Resources};

use super::Http;
use super::error::Error;
use super::openapi::{Api, Who};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{options, patch, post};
use quiora_signaling::limits::MAX_SDP_BYTES;

/// The media type of offers and answers.
const SDP: &str = "application/sdp";

/// `Accept-Patch` (RFC 5789 §3.1).
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

/// `Accept-Post` (W3C Linked Data Platform §7.1).
const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");

/// Which way the media goes, seen from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// WHIP.
    In,
    /// WHEP.
    Out,
}

impl Way {
    /// As it stands in addresses.
    const fn name(self) -> &'static str {
        match self {
            Self::In => "whip",
            Self::Out => "whep",
        }
    }
}

/// The routes.
pub(super) fn routes() -> Router<Http> {
    let endpoint = || options(endpoint::options).fallback(|| async { not_allowed("OPTIONS, POST") });
    let resource = || options(resource::options).fallback(|| async { not_allowed("DELETE, OPTIONS, PATCH") });
    Router::new()
        .route("/api/shows/{slug}/whip", post(endpoint::publish).merge(endpoint()))
        .route("/api/shows/{slug}/whep", post(endpoint::play).merge(endpoint()))
        .route("/api/shows/{slug}/whip/{id}", patch(resource::patch_in).delete(resource::delete_in).merge(resource()))
        .route("/api/shows/{slug}/whep/{id}", patch(resource::patch_out).delete(resource::delete_out).merge(resource()))
        .layer(DefaultBodyLimit::max(MAX_SDP_BYTES))
}

fn not_allowed(allow: &'static str) -> Response {
    let mut response = Error::MethodNotAllowed.into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}

/// Tells the routes of WHIP (RFC 9725) and WHEP.
pub(super) fn describe(api: &mut Api) {
    const FRAGMENT: &str = "application/trickle-ice-sdpfrag";
    let ways = [
        ("/api/shows/{slug}/whip", "/api/shows/{slug}/whip/{id}", Who::KeyHolder, "Publishes into the show (WHIP)."),
        ("/api/shows/{slug}/whep", "/api/shows/{slug}/whep/{id}", Who::Anybody, "Plays the show (WHEP)."),
    ];
    for (endpoint, resource, who, summary) in ways {
        api.tell("post", endpoint, who, summary).takes_bytes(&[SDP]).gives_bytes(201, SDP).end();
        api.tell("patch", resource, who, "Candidates, or new ICE credentials; `If-Match` is required.")
            .takes_bytes(&[FRAGMENT])
            .gives_bytes(200, FRAGMENT)
            .gives_nothing(204)
            .end();
        api.tell("delete", resource, who, "Ends it.").gives_nothing(200).end();
    }
}
