//! What holds for every request: it ends in time, it is counted, and its answer carries the security headers.

use super::Http;
use super::error::Error;
use super::origin::plain_host;
use super::shop::SLOW_ROUTES;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// No request does more than read or write a few rows; what takes longer is stuck.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A photograph over a phone's uplink.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(60);

const PERMISSIONS: HeaderValue =
    HeaderValue::from_static("camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()");

/// The middleware around the whole router.
pub(super) async fn around(State(http): State<Http>, request: Request, next: Next) -> Response {
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("none".to_owned(), |path| path.as_str().to_owned());
    let policy = content_security_policy(request.headers(), http.base.ws_scheme());
    let patience = if SLOW_ROUTES.contains(&route.as_str()) { UPLOAD_TIMEOUT } else { REQUEST_TIMEOUT };
    let mut response = match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::Timeout.into_response(),
    };
    http.metrics.answered(method, &route, response.status().as_u16());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A page that asks for less keeps it.
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.insert(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    response
}

/// A name from a closed set: a client may invent methods, and each would be a series of its own.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Our own files only. WebSockets are named besides `'self'`, which not every browser extends to them.
fn content_security_policy(request: &HeaderMap, ws_scheme: &str) -> HeaderValue {
    let socket = plain_host(request).map(|host| format!(" {ws_scheme}://{host}")).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; connect-src 'self'{socket}; media-src 'self' blob:; img-src 'self' data: blob:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'self'"))
}
