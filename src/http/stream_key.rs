//! Stream keys: what an encoder (OBS, GStreamer, FFmpeg) shows to put a show on air. One for each show, 256 random bits,
//! shown to the seller as often as wanted, and replaced when it has got about.
//!
//! The show's id stands in front of the secret, so that a key for another show is told from one for none.

use super::error::Error;
use super::login::LoggedIn;
use super::openapi::{Api, Who};
use super::{Http, origin};
use aws_lc_rs::constant_time;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD;
use quiora_signaling::ShowId;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// A key taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamKey {
    /// The show it is for.
    pub(super) show: ShowId,
    secret: [u8; 32],
}

impl StreamKey {
    /// Reads what [`StreamKey::encode`] wrote. Whether it is good only the store knows.
    pub(super) fn decode(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (show, secret) = bytes.split_at_checked(16)?;
        Some(Self { show: ShowId(Uuid::from_slice(show).ok()?), secret: secret.try_into().ok()? })
    }

    /// 64 characters of base64url.
    pub(super) fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(&[self.show.0.as_bytes().as_slice(), &self.secret].concat())
    }

    /// Whether the secret is the one that the store has; takes as long either way.
    pub(super) fn is_good(&self, stored: &[u8; 32]) -> bool {
        constant_time::verify_slices_are_equal(&self.secret, stored).is_ok()
    }
}

/// What the seller copies into an encoder.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct KeyView {
    key: String,
    /// Where the encoder sends to.
    url: String,
}

type Told = ([(HeaderName, HeaderValue); 1], Json<KeyView>);

/// `GET /api/shows/{slug}/stream-key`. Checked for whose page it comes from although it changes nothing: what it tells is
/// worth as much as an action.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `show_not_found`.
pub(super) async fn show(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Told, Error> {
    origin::check(&headers, &http.base)?;
    let row = http.store.show_by_slug(&slug).await?.filter(|row| row.shop == shop).ok_or(Error::ShowNotFound)?;
    let secret = http.store.stream_secret_or_new(row.show).await?;
    Ok(told(&http, StreamKey { show: row.show, secret }, &slug))
}

/// `POST /api/shows/{slug}/stream-key`: a new key. Whoever streams under the old one is taken off the air.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `show_not_found`.
pub(super) async fn rotate(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Told, Error> {
    origin::check(&headers, &http.base)?;
    let row = http.store.show_by_slug(&slug).await?.filter(|row| row.shop == shop).ok_or(Error::ShowNotFound)?;
    let secret = http.store.stream_secret_rotate(row.show).await?;
    for peer in http.resources.feeds_of(row.show) {
        http.media.close(peer);
    }
    tracing::info!(show.id = %row.show, "stream key replaced");
    Ok(told(&http, StreamKey { show: row.show, secret }, &slug))
}

fn told(http: &Http, key: StreamKey, slug: &str) -> Told {
    let view = KeyView { key: key.encode(), url: format!("{}/api/shows/{slug}/whip", http.base) };
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(view))
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    let path = "/api/shows/{slug}/stream-key";
    api.tell("get", path, Who::Seller, "What an encoder needs to publish.").gives::<KeyView>(200).end();
    api.tell("post", path, Who::Seller, "A new key; the old one and its feed end.").gives::<KeyView>(200).end();
}

#[cfg(test)]
mod tests;
