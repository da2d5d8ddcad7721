//! For whoever watches the server: is it alive, can it serve, what has it counted.

use super::Http;
use super::error::Error;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};

/// The OpenMetrics text form.
const METRICS_TYPE: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers and all media threads run.
///
/// # Errors
/// `not_ready`.
pub(super) async fn ready(State(http): State<Http>) -> Result<&'static str, Error> {
    if let Err(error) = http.store.ping().await {
        tracing::warn!(%error, "not ready: store");
        return Err(Error::NotReady);
    }
    if http.media.is_ready() { Ok("ready\n") } else { Err(Error::NotReady) }
}

/// `GET /metrics`.
pub(super) async fn metrics(State(http): State<Http>) -> ([(HeaderName, HeaderValue); 1], String) {
    ([(header::CONTENT_TYPE, METRICS_TYPE)], http.metrics.encode())
}
