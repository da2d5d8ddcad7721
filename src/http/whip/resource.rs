//! PATCH and DELETE: candidates, ICE restart, the end (RFC 9725 §4.2, §4.3).

use super::fragment::{Fragment, TYPE, Wrong};
use super::table::{Ice, Resource};
use super::{ACCEPT_PATCH, Way, accept, bearer, cors};
use crate::clock;
use crate::http::error::Error;
use crate::http::{Http, ice_servers};
use crate::media::IceCredentials;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quiora_signaling::RefusalCode;
use std::sync::Arc;

type Address = Path<(String, String)>;

/// `PATCH` on a WHIP resource.
///
/// # Errors
/// `not_found`, `token_missing`, `token_invalid`, `unsupported_type`, `precondition_required`, `precondition_failed`,
/// `too_large`, `bad_request`, `fragment_incoherent`, `media_busy`.
pub(super) async fn patch_in(
    State(http): State<Http>,
    Path((slug, id)): Address,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    patch(&http, &*found(&http, Way::In, &slug, &id, &headers)?, &headers, body).await
}

/// `PATCH` on a WHEP resource.
///
/// # Errors
/// As [`patch_in`].
pub(super) async fn patch_out(
    State(http): State<Http>,
    Path((slug, id)): Address,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    patch(&http, &*found(&http, Way::Out, &slug, &id, &headers)?, &headers, body).await
}

/// `DELETE` on a WHIP resource. Preconditions are not looked at: the end is the end of whatever there is.
///
/// # Errors
/// `not_found`, `token_missing`, `token_invalid`.
pub(super) async fn delete_in(
    State(http): State<Http>,
    Path((slug, id)): Address,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    let resource = found(&http, Way::In, &slug, &id, &headers)?;
    if let Some(show) = http.sessions.shows.by_id(resource.show).await {
        show.unfeed(resource.session).await;
    }
    end(&http, &resource)
}

/// `DELETE` on a WHEP resource.
///
/// # Errors
/// As [`delete_in`].
pub(super) async fn delete_out(
    State(http): State<Http>,
    Path((slug, id)): Address,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    end(&http, &*found(&http, Way::Out, &slug, &id, &headers)?)
}

/// `OPTIONS` on either.
pub(super) async fn options(State(http): State<Http>, headers: HeaderMap) -> Response {
    let mut out = HeaderMap::new();
    out.insert(ACCEPT_PATCH, HeaderValue::from_static(TYPE));
    out.insert(header::ALLOW, HeaderValue::from_static("DELETE, OPTIONS, PATCH"));
    ice_servers::link(&mut out, &http.ice, clock::unix_ms());
    (cors::status(headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)), out).into_response()
}

fn found(http: &Http, way: Way, slug: &str, id: &str, headers: &HeaderMap) -> Result<Arc<Resource>, Error> {
    let resource = http.resources.find(way, slug, id).ok_or(Error::NotFound)?;
    bearer::owner(headers, resource.owner)?;
    Ok(resource)
}

/// Of two at the same moment, one finds it.
fn end(http: &Http, resource: &Resource) -> Result<StatusCode, Error> {
    let was_there = http.resources.forget(resource.peer);
    http.media.close(resource.peer);
    if was_there { Ok(StatusCode::OK) } else { Err(Error::NotFound) }
}

async fn patch(
    http: &Http,
    resource: &Resource,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    if !accept::is(headers, TYPE) {
        return Err(Error::UnsupportedType(TYPE));
    }
    let condition = headers.get(header::IF_MATCH).ok_or(Error::PreconditionRequired)?;
    let condition = condition.to_str().map_err(|_| Error::PreconditionFailed)?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        _ => Error::BadRequest(rejection.body_text()),
    })?;
    let fragment = Fragment::parse(&body).map_err(|wrong| match wrong {
        Wrong::Malformed => Error::BadRequest("The body is not an SDP fragment.".to_owned()),
        Wrong::Incoherent => INCOHERENT,
    })?;
    let mut ice = resource.ice.lock().await;
    match wish(condition, &ice, &fragment)? {
        Wish::Trickle => Ok(StatusCode::NO_CONTENT.into_response()),
        Wish::Restart(theirs) => {
            let ours = http.media.restart(resource.peer, theirs.ufrag.clone(), &theirs.password).await;
            let ours = ours.map_err(|code| match code {
                RefusalCode::PeerNotFound => Error::NotFound,
                other => Error::Refused(other),
            })?;
            *ice = Ice::new(theirs);
            tracing::debug!(peer.id = %resource.peer, "ICE restarted over HTTP");
            restarted(&ice.etag, fragment.answer(&ours, &http.media.candidates()))
        }
    }
}

const INCOHERENT: Error =
    Error::Invalid { code: "fragment_incoherent", detail: "The fragment does not fit this ICE session." };

/// What a PATCH asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    /// More candidates, which an ICE-lite server has no use for.
    Trickle,
    /// A new ICE session, in which the client goes by these.
    Restart(IceCredentials),
}

/// RFC 9725 §4.3.1: candidates are for the ICE session that the entity tag names; new credentials, under `*`, begin
/// another.
fn wish(condition: &str, ice: &Ice, fragment: &Fragment) -> Result<Wish, Error> {
    let any = condition.trim() == "*";
    if !any && !condition.split(',').any(|tag| tag.trim() == ice.etag) {
        return Err(Error::PreconditionFailed);
    }
    match &fragment.credentials {
        Some(theirs) if *theirs == ice.theirs => Ok(Wish::Trickle),
        None if !any => Ok(Wish::Trickle),
        // RFC 8445 §9: both change, or neither does.
        Some(theirs) if any && theirs.ufrag != ice.theirs.ufrag && theirs.password != ice.theirs.password => {
            Ok(Wish::Restart(theirs.clone()))
        }
        Some(_) | None => Err(INCOHERENT),
    }
}

fn restarted(etag: &str, answer: String) -> Result<Response, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(TYPE));
    headers.insert(header::ETAG, HeaderValue::from_str(etag).map_err(|_| Error::Internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok((StatusCode::OK, headers, answer).into_response())
}

#[cfg(test)]
mod tests;
