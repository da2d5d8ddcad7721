//! Pictures in and out. An address holds the hash of its content, so browsers keep what they have for ever.

use super::picture::{Picture, Unusable, fit};
use crate::clock;
use crate::http::error::Error;
use crate::http::login::LoggedIn;
use crate::http::openapi::{Api, Who};
use crate::http::{Http, origin};
use crate::store::ImageRow;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use quiora_signaling::Image;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// One picture is decoded at a time: it may take hundreds of megabytes for a moment, and a show goes on beside it.
static DECODING: Semaphore = Semaphore::const_new(1);

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The hash that a picture is named by.
pub(super) fn parse(name: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(name.as_bytes()).ok()?.try_into().ok()
}

/// `POST /api/images`.
///
/// # Errors
/// `bad_origin`, `not_logged_in`, `too_large`, `unsupported_type`, `image_invalid`.
pub(super) async fn create(
    State(http): State<Http>,
    LoggedIn(shop): LoggedIn,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Image>), Error> {
    origin::check(&headers, &http.base)?;
    let bytes = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        _ => Error::BadRequest("the body did not come to an end".to_owned()),
    })?;
    let permit = DECODING.acquire().await.map_err(|_| Error::NotReady)?;
    let fitted = tokio::task::spawn_blocking(move || {
        let fitted = fit(&bytes);
        drop(permit);
        fitted
    });
    let Picture { width_px, height_px, large, small } =
        fitted.await.map_err(|_| Error::Internal)?.map_err(|unusable| match unusable {
            Unusable::Format => Error::UnsupportedType("image/jpeg, image/png or image/webp"),
            Unusable::Content => {
                Error::Invalid { code: "image_invalid", detail: "The picture is damaged or too large." }
            }
        })?;
    let hash: [u8; 32] = Sha256::digest(&large).into();
    let image = Image { image: HEXLOWER.encode(&hash), width_px, height_px, alt: String::new() };
    http.store.image_create(shop, &ImageRow { hash, width_px, height_px, large, small }, clock::unix_ms()).await?;
    Ok((StatusCode::CREATED, Json(image)))
}

/// `GET /images/{hash}.jpg` and `GET /images/{hash}-s.jpg`.
///
/// # Errors
/// `not_found`.
pub(super) async fn read(State(http): State<Http>, Path(file): Path<String>) -> Result<Response, Error> {
    let name = file.strip_suffix(".jpg").ok_or(Error::NotFound)?;
    let (name, small) = name.strip_suffix("-s").map_or((name, false), |name| (name, true));
    let hash = parse(name).ok_or(Error::NotFound)?;
    let bytes = http.store.image(hash, small).await?.ok_or(Error::NotFound)?;
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")), (header::CACHE_CONTROL, FOR_EVER)];
    Ok((headers, bytes).into_response())
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell(
        "post",
        "/api/images",
        Who::Seller,
        "A picture, at most 12 MB; its bytes are at `/images/{image}.jpg` then.",
    )
    .takes_bytes(&["image/jpeg", "image/png", "image/webp"])
    .gives::<Image>(201)
    .end();
}
