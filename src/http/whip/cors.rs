//! Cross-origin requests (WHATWG Fetch §3.3): players and encoders run on pages of other sites, and nothing here acts on a
//! cookie, so any origin may ask, and may read what these protocols answer with.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Browsers ask again after this; Chromium remembers two hours at most.
const MAX_AGE_S: HeaderValue = HeaderValue::from_static("7200");

/// The middleware around the whole router, so that no answer under these addresses goes without.
pub(in crate::http) async fn around(request: Request, next: Next) -> Response {
    if !is_open(request.uri().path()) {
        return next.run(request).await;
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PATCH, DELETE, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, If-Match"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Location, ETag, Link, Accept-Patch, Retry-After"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_S);
    response
}

/// Whether pages of other sites may ask at this address.
fn is_open(path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    match (segments.next(), segments.next()) {
        (Some("api"), Some("ice-servers")) => true,
        (Some("api"), Some("shows")) => matches!(segments.nth(1), Some("whip" | "whep")),
        _ => false,
    }
}

/// What an OPTIONS request is answered with: a preflight needs no content (204); one that is none asks for a
/// representation of its own (RFC 9725 §4.2 speaks of 200).
pub(super) fn status(method: Option<&HeaderValue>) -> StatusCode {
    let preflight = method.is_some_and(|method| Method::from_bytes(method.as_bytes()).is_ok());
    if preflight { StatusCode::NO_CONTENT } else { StatusCode::OK }
}
