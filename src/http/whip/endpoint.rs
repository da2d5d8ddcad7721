//! POST: an offer in, a resource and the answer out.

use super::table::{Ice, Resource};
use super::{ACCEPT_PATCH, ACCEPT_POST, Resources, SDP, Way, accept, bearer, cors, fragment};
use crate::clock;
use crate::http::error::Error;
use crate::http::{Http, ice_servers};
use crate::media::{IceCredentials, PeerKind};
use crate::show::{Action, Feed};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quiora_signaling::{PeerId, RefusalCode, Role, SessionId};
use std::net::SocketAddr;
use std::sync::Mutex;

/// What a POST brings.
struct Asked<'a> {
    http: &'a Http,
    remote: SocketAddr,
    slug: String,
    headers: &'a HeaderMap,
    body: Result<Bytes, BytesRejection>,
}

/// `POST /api/shows/{slug}/whip`.
///
/// # Errors
/// `rate_limited`, `unsupported_type`, `not_acceptable`, `show_not_found`, `token_missing`, `token_invalid`,
/// `token_for_another_show`, `too_large`, `bad_request`, `offer_invalid`, `codec_unsupported`, `show_ended`, `media_busy`.
pub(super) async fn publish(
    State(http): State<Http>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    open(Way::In, Asked { http: &http, remote, slug, headers: &headers, body }).await
}

/// `POST /api/shows/{slug}/whep`.
///
/// # Errors
/// As [`publish`], but no token is needed.
pub(super) async fn play(
    State(http): State<Http>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    open(Way::Out, Asked { http: &http, remote, slug, headers: &headers, body }).await
}

/// `OPTIONS` on either.
pub(super) async fn options(State(http): State<Http>, headers: HeaderMap) -> Response {
    let mut out = HeaderMap::new();
    out.insert(ACCEPT_POST, HeaderValue::from_static(SDP));
    out.insert(header::ALLOW, HeaderValue::from_static("OPTIONS, POST"));
    ice_servers::link(&mut out, &http.ice, clock::unix_ms());
    (cors::status(headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)), out).into_response()
}

async fn open(way: Way, asked: Asked<'_>) -> Result<Response, Error> {
    let Asked { http, remote, slug, headers, body } = asked;
    http.own().offers.admit(remote, headers)?;
    if !accept::is(headers, SDP) {
        return Err(Error::UnsupportedType(SDP));
    }
    if !accept::takes(headers, SDP) {
        return Err(Error::NotAcceptable);
    }
    let row = http.store.show_by_slug(&slug).await?.ok_or(Error::ShowNotFound)?;
    let owner = match way {
        Way::In => Some(bearer::publisher(http, headers, row.show).await?),
        Way::Out => bearer::viewer(http, headers, row.show).await?,
    };
    let (offer, theirs) = offer(body)?;
    let show = http.sessions.shows.open(row.show).await.map_err(Error::Refused)?;
    let (role, action, kind) = match way {
        Way::In => (Role::Host, Action::Publish, PeerKind::Publisher),
        Way::Out => (Role::Viewer, Action::Subscribe, PeerKind::Subscriber),
    };
    show.check(role, action).map_err(Error::Refused)?;

    let (peer, session) = (PeerId(clock::uuid()), SessionId(clock::uuid()));
    let ice = Ice::new(theirs);
    let etag = ice.etag.clone();
    let resource =
        Resource { way, show: row.show, slug, session, peer, owner, ice: ice.into(), stage: Mutex::default() };
    let place = format!("/api/shows/{}/{}", resource.slug, way.name());
    let id = http.resources.enter(resource, &http.media).map_err(Error::Refused)?;
    let entering = Entering { resources: &http.resources, peer, answered: false };
    let answer = http.media.join(kind, row.show, session, peer, offer, true).await.map_err(Error::Refused)?;
    if way == Way::In {
        let feed = Feed { session, video: carries(&answer, "m=video "), audio: carries(&answer, "m=audio ") };
        http.resources.announce(peer, feed);
        show.feed(feed).await;
    }
    entering.done();
    tracing::debug!(show.id = %row.show, peer.id = %peer, ?way, "offer over HTTP answered");
    created(http, &format!("{place}/{id}"), &etag, answer)
}

/// The offer and the ICE credentials in it.
fn offer(body: Result<Bytes, BytesRejection>) -> Result<(String, IceCredentials), Error> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        _ => Error::BadRequest(rejection.body_text()),
    })?;
    let malformed = || Error::BadRequest("The body is not a session description.".to_owned());
    let text = std::str::from_utf8(&body).map_err(|_| malformed())?;
    if !text.starts_with("v=0") {
        return Err(malformed());
    }
    let theirs = fragment::offered(text).ok_or(Error::Refused(RefusalCode::OfferInvalid))?;
    Ok((text.to_owned(), theirs))
}

/// Whether an answer takes media of a kind: a section that is neither rejected (port 0) nor inactive.
fn carries(answer: &str, head: &str) -> bool {
    let sections = answer.split("\r\nm=").skip(1).map(|section| format!("m={section}"));
    let mut wanted = sections.filter(|section| section.starts_with(head));
    wanted.any(|section| section.split(' ').nth(1) != Some("0") && !section.contains("\r\na=inactive"))
}

fn created(http: &Http, location: &str, etag: &str, answer: String) -> Result<Response, Error> {
    let mut headers = HeaderMap::new();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Error::Internal);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(SDP));
    headers.insert(header::LOCATION, value(location)?);
    headers.insert(header::ETAG, value(etag)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ACCEPT_PATCH, HeaderValue::from_static(fragment::TYPE));
    ice_servers::link(&mut headers, &http.ice, clock::unix_ms());
    Ok((StatusCode::CREATED, headers, answer).into_response())
}

/// A resource whose peer is being built. If that fails, or nobody waits for the answer any more, it is forgotten.
struct Entering<'a> {
    resources: &'a Resources,
    peer: PeerId,
    answered: bool,
}

impl Entering<'_> {
    fn done(mut self) {
        self.answered = true;
    }
}

impl Drop for Entering<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.resources.forget(self.peer);
        }
    }
}
