//! Every "no" of the HTTP side: one type, one form (problem details, RFC 9457), a stable `code`, nothing internal.
//!
//! What failed inside is logged here, once, and told as `internal`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quiora_signaling::RefusalCode;
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;

/// When to come back to a media plane that has no room: peers come and go within seconds.
const BUSY_S: u64 = 5;

/// RFC 6750 §3: who sent no token is not told what was wrong with it.
const CHALLENGE: &str = "Bearer realm=\"quiora\"";
const CHALLENGE_AGAIN: &str = "Bearer realm=\"quiora\", error=\"invalid_token\"";

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such page, show or route.
    #[error("There is nothing here.")]
    NotFound,
    /// The route exists, the method does not.
    #[error("This address does not take that method.")]
    MethodNotAllowed,
    /// No show has this slug.
    #[error("There is no such show.")]
    ShowNotFound,
    /// The request came from another site's page.
    #[error("The request comes from another site.")]
    BadOrigin,
    /// A session cookie is needed.
    #[error("Log in first.")]
    NotLoggedIn,
    /// A remote control's cookie does not do here.
    #[error("A remote control may not do that; use the device that is logged in to the shop.")]
    RemoteNotAllowed,
    /// A one-time token that was never ours, was used, or is too old.
    #[error("This link has been used or has expired; ask for a new one.")]
    LoginInvalid,
    /// The body is not the documented JSON. Says what is wrong, for developers.
    #[error("{0}")]
    BadRequest(String),
    /// A field holds something that cannot be.
    #[error("{detail}")]
    Invalid {
        /// Stable.
        code: &'static str,
        /// For developers.
        detail: &'static str,
    },
    /// More bytes than allowed.
    #[error("The body is too large.")]
    TooLarge,
    /// The content type is not JSON.
    #[error("Send application/json.")]
    NotJson,
    /// Not a WebSocket handshake.
    #[error("This address speaks WebSocket.")]
    NotWebSocket,
    /// Too often; the time after which it is worth trying again.
    #[error("Too many attempts; wait a little.")]
    RateLimited(Duration),
    /// Took too long.
    #[error("The request took too long.")]
    Timeout,
    /// The body is of another media type than this one.
    #[error("Send {0}.")]
    UnsupportedType(&'static str),
    /// The client would not take what there is to answer.
    #[error("The answer is application/sdp, which the request does not accept.")]
    NotAcceptable,
    /// A bearer token is needed.
    #[error("Send a bearer token.")]
    TokenMissing,
    /// The bearer token is none of ours, or has been replaced.
    #[error("The bearer token is not valid.")]
    TokenInvalid,
    /// The bearer token is good, elsewhere.
    #[error("The bearer token is for another show.")]
    TokenForAnotherShow,
    /// `If-Match` is missing.
    #[error("Say which entity tag this is for: If-Match.")]
    PreconditionRequired,
    /// `If-Match` names something older.
    #[error("The entity tag is not the present one.")]
    PreconditionFailed,
    /// The media plane or a show said no.
    #[error("{}", .0.detail())]
    Refused(RefusalCode),
    /// A rehearsal is on, and there is one at a time.
    #[error("A rehearsal is on; end it first.")]
    RehearsalRunning,
    /// There is no such rehearsal, or no more.
    #[error("The rehearsal is over.")]
    RehearsalOver,
    /// What leads out of the house.
    #[error("There is none of it in a rehearsal.")]
    NotInRehearsal,
    /// Not ready to serve.
    #[error("The server is not ready.")]
    NotReady,
    /// The store failed; logged, not shown.
    #[error("Something went wrong on the server.")]
    Store(#[from] crate::store::StoreError),
    /// Something else failed; logged where it happened.
    #[error("Something went wrong on the server.")]
    Internal,
}

/// The body, RFC 9457 §3.1 plus `code`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
}

impl Error {
    /// HTTP status and stable code.
    #[must_use]
    pub const fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::ShowNotFound => (StatusCode::NOT_FOUND, "show_not_found"),
            Self::BadOrigin => (StatusCode::FORBIDDEN, "bad_origin"),
            Self::NotLoggedIn => (StatusCode::UNAUTHORIZED, "not_logged_in"),
            Self::RemoteNotAllowed => (StatusCode::FORBIDDEN, "remote_not_allowed"),
            Self::LoginInvalid => (StatusCode::UNAUTHORIZED, "login_invalid"),
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::Invalid { code, .. } => (StatusCode::UNPROCESSABLE_ENTITY, code),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json"),
            Self::NotWebSocket => (StatusCode::UPGRADE_REQUIRED, "not_websocket"),
            Self::RateLimited(_) => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Self::Timeout => (StatusCode::SERVICE_UNAVAILABLE, "timeout"),
            Self::UnsupportedType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_type"),
            Self::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, "not_acceptable"),
            Self::TokenMissing => (StatusCode::UNAUTHORIZED, "token_missing"),
            Self::TokenInvalid => (StatusCode::UNAUTHORIZED, "token_invalid"),
            Self::TokenForAnotherShow => (StatusCode::FORBIDDEN, "token_for_another_show"),
            Self::PreconditionRequired => (StatusCode::PRECONDITION_REQUIRED, "precondition_required"),
            Self::PreconditionFailed => (StatusCode::PRECONDITION_FAILED, "precondition_failed"),
            Self::Refused(code) => (refused(*code), code.as_str()),
            Self::RehearsalRunning => (StatusCode::CONFLICT, "rehearsal_running"),
            Self::RehearsalOver => (StatusCode::NOT_FOUND, "rehearsal_over"),
            Self::NotInRehearsal => (StatusCode::FORBIDDEN, "not_in_rehearsal"),
            Self::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
            Self::Store(_) | Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

/// The status that goes with a code of the protocol, where HTTP has to say it.
const fn refused(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::OfferInvalid | RefusalCode::CodecUnsupported => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalCode::MediaBusy | RefusalCode::ServerStopping | RefusalCode::ShowRestarted => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        RefusalCode::ShopRestarted => StatusCode::SERVICE_UNAVAILABLE,
        RefusalCode::ShowNotFound | RefusalCode::ProductNotFound | RefusalCode::OrderNotFound => StatusCode::NOT_FOUND,
        RefusalCode::NotForSale
        | RefusalCode::NotOpen
        | RefusalCode::SoldOut
        | RefusalCode::OverLimit
        | RefusalCode::OrderIdReused
        | RefusalCode::ReservationOver
        | RefusalCode::OrderStepInvalid
        | RefusalCode::PriceChanged
        | RefusalCode::ShopFull => StatusCode::CONFLICT,
        RefusalCode::QuantityInvalid
        | RefusalCode::KeyInvalid
        | RefusalCode::ShippingInvalid
        | RefusalCode::ContactInvalid
        | RefusalCode::FlashInvalid
        | RefusalCode::FlashNotLower => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalCode::ShowEnded => StatusCode::GONE,
        RefusalCode::NotAllowed => StatusCode::FORBIDDEN,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Store(error) = &self {
            tracing::error!(%error, "request failed in the store");
        }
        let (status, code) = self.status_and_code();
        let detail = self.to_string();
        let title = status.canonical_reason().unwrap_or("Error");
        let problem = Problem { r#type: "about:blank", title, status: status.as_u16(), code, detail: &detail };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::RateLimited(wait) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
            }
            Self::Refused(_) if status == StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(BUSY_S));
            }
            Self::TokenMissing => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
            }
            Self::TokenInvalid => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE_AGAIN));
            }
            _ => {}
        }
        if code == "not_websocket" {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        response
    }
}

#[cfg(test)]
mod tests;
