//! The built web pages, embedded in the binary: what is under `web/dist`, each with its precompressed forms beside it.
//!
//! Files under `assets/` carry a hash of their content in their name, so browsers keep them for ever; the rest is
//! revalidated by `ETag`. Nothing is compressed at run time.

use super::error::Error;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Dist;

/// A way a file is stored: the suffix of its name and the name of its coding (RFC 9110 §8.4).
const CODINGS: [(&str, &str); 2] = [(".br", "br"), (".gz", "gzip")];

/// A page's template.
#[must_use]
pub(super) fn template(name: &str) -> Option<Cow<'static, str>> {
    match Dist::get(name)?.data {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

/// `GET /assets/{*path}`.
///
/// # Errors
/// `not_found`.
pub(super) async fn hashed(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Error> {
    serve(&format!("assets/{path}"), &headers, "public, max-age=31536000, immutable")
}

/// A file at the root of the site (icon, manifest, robots.txt).
///
/// # Errors
/// `not_found`.
pub(super) fn root(uri: &Uri, headers: &HeaderMap) -> Result<Response, Error> {
    let path = uri.path().trim_start_matches('/');
    let is_page = std::path::Path::new(path).extension().is_some_and(|ext| ext == "html");
    if is_page || path.contains('/') {
        return Err(Error::NotFound);
    }
    serve(path, headers, "public, max-age=3600")
}

fn serve(path: &str, request: &HeaderMap, cache: &'static str) -> Result<Response, Error> {
    let stored_only_as_coded = CODINGS.iter().any(|(suffix, _)| path.ends_with(suffix));
    if stored_only_as_coded {
        return Err(Error::NotFound);
    }
    let (file, coding) = best(path, request).ok_or(Error::NotFound)?;
    let etag = etag(&file)?;
    if request.get(header::IF_NONE_MATCH).is_some_and(|known| names(known, &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let mut response = Response::new(match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::ETAG, etag);
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Ok(response)
}

/// The smallest stored form that the client takes.
fn best(path: &str, request: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (suffix, coding) in CODINGS {
        if accepts(accepted, coding)
            && let Some(file) = Dist::get(&format!("{path}{suffix}"))
        {
            return Some((file, Some(coding)));
        }
    }
    Dist::get(path).map(|file| (file, None))
}

/// Whether an `Accept-Encoding` (RFC 9110 §12.5.3) names `coding` without refusing it by `q=0`.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named && !parts.any(|p| p.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0)))
    })
}

fn etag(file: &EmbeddedFile) -> Result<HeaderValue, Error> {
    let hash = HEXLOWER.encode(&file.metadata.sha256_hash()[..16]);
    HeaderValue::from_str(&format!("\"{hash}\"")).map_err(|_| Error::Internal)
}

/// Whether an `If-None-Match` (RFC 9110 §13.1.2) names `etag`; comparison is weak.
fn names(header: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(header), Ok(etag)) = (header.to_str(), etag.to_str()) else { return false };
    header.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

/// The kinds of file that a build of the pages holds.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
