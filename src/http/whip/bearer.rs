//! Who asks: bearer tokens (RFC 6750) and nothing else.

use crate::clock;
use crate::http::error::Error;
use crate::http::stream_key::StreamKey;
use crate::http::{Http, credential};
use axum::http::{HeaderMap, header};
use quiora_signaling::ShowId;

/// What is kept of a bearer, to know it again.
pub(super) type Mark = [u8; 32];

/// The bearer of a request, if it has one.
///
/// # Errors
/// `token_invalid` for an `Authorization` of another kind.
fn sent(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Error::TokenInvalid)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(Error::TokenInvalid) }
}

/// Lets in whoever has the show's stream key.
///
/// # Errors
/// `token_missing`, `token_invalid`, `token_for_another_show`.
pub(super) async fn publisher(http: &Http, headers: &HeaderMap, show: ShowId) -> Result<Mark, Error> {
    let token = sent(headers)?.ok_or(Error::TokenMissing)?;
    let key = StreamKey::decode(token).ok_or(Error::TokenInvalid)?;
    of_show(is_good(http, &key).await?.then_some(key.show), show)?;
    Ok(credential::hash(token))
}

/// Lets in everybody, but nobody with a token that is no good: the show's stream key, or a join token.
///
/// # Errors
/// `token_invalid`, `token_for_another_show`.
pub(super) async fn viewer(http: &Http, headers: &HeaderMap, show: ShowId) -> Result<Option<Mark>, Error> {
    let Some(token) = sent(headers)? else { return Ok(None) };
    let opens = match StreamKey::decode(token) {
        Some(key) => is_good(http, &key).await?.then_some(key.show),
        None => http.tokens.verify(token, clock::unix_ms()).ok().map(|claims| claims.show),
    };
    of_show(opens, show)?;
    Ok(Some(credential::hash(token)))
}

/// Lets in whoever made the resource. A public one was made by nobody in particular: its address is its secret.
///
/// # Errors
/// `token_missing`, `token_invalid`.
pub(super) fn owner(headers: &HeaderMap, mark: Option<Mark>) -> Result<(), Error> {
    match (sent(headers)?, mark) {
        (Some(token), Some(mark)) if credential::hash(token) == mark => Ok(()),
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Error::TokenMissing),
        (Some(_), _) => Err(Error::TokenInvalid),
    }
}

async fn is_good(http: &Http, key: &StreamKey) -> Result<bool, Error> {
    Ok(http.store.stream_secret(key.show).await?.is_some_and(|stored| key.is_good(&stored)))
}

fn of_show(opens: Option<ShowId>, show: ShowId) -> Result<(), Error> {
    match opens {
        None => Err(Error::TokenInvalid),
        Some(other) if other != show => Err(Error::TokenForAnotherShow),
        Some(_) => Ok(()),
    }
}
