//! How robots get in: the show's socket, WHEP, or both; or Janus.
//!
//! A [`Door`] takes one viewer in; what keeps it inside is a [`Stay`], which also says goodbye.

use super::AudienceError;
use super::http;
use super::janus::{self, Janus};
use super::sdp::{self, Local, Remote};
use crate::robot::RobotError;
use crate::robot::wire::Wire;
use quiora_signaling::{ClientMessage, MediaReply, PeerEnd, ServerMessage};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// As a page does.
const PING_EVERY: Duration = Duration::from_secs(10);

/// What a viewer uses of a Quiora server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sockets {
    /// A session, and the media through it: what the watch page does.
    Ws,
    /// Media alone, by WHEP.
    Whep,
    /// A session, and the media by WHEP.
    Both,
}

/// A way in.
#[derive(Debug, Clone)]
pub(super) enum Door {
    /// A show of a Quiora server.
    Show(Show),
    /// A room of a Janus server.
    Janus(Janus),
}

/// A show, and how to reach it.
#[derive(Debug, Clone)]
pub(super) struct Show {
    pub(super) server: SocketAddr,
    pub(super) slug: String,
    pub(super) sockets: Sockets,
}

/// A viewer that is in.
pub(super) struct Joined {
    /// When it knocked.
    pub(super) began: Instant,
    pub(super) remote: Remote,
    /// What `remote` was read from was an offer.
    pub(super) offered: bool,
    pub(super) stay: Stay,
}

/// What keeps a viewer inside.
#[derive(Default)]
pub(super) struct Stay {
    wire: Option<Wire>,
    /// A WHEP resource, to be deleted.
    resource: Option<(SocketAddr, String)>,
    janus: Option<janus::Handle>,
}

impl Door {
    /// Takes a viewer in that speaks as `local` from `address`.
    pub(super) async fn join(
        &self,
        local: &Local,
        address: SocketAddr,
        twcc: bool,
        now: impl Fn() -> Instant,
    ) -> Result<Joined, AudienceError> {
        match self {
            Self::Show(show) => show.join(sdp::viewer_offer(local, twcc), now).await,
            Self::Janus(janus) => {
                let began = now();
                let (handle, offer) = janus.subscribe(|offer| sdp::viewer_answer(offer, local, address)).await?;
                let stay = Stay { janus: Some(handle), ..Stay::default() };
                Ok(Joined { began, remote: Remote::read(&offer)?, offered: true, stay })
            }
        }
    }
}

impl Show {
    async fn join(&self, offer: String, now: impl Fn() -> Instant) -> Result<Joined, AudienceError> {
        // A page has its token already when the join begins.
        let token = if self.sockets == Sockets::Whep { None } else { Some(self.token("viewer", &[]).await?) };
        let began = now();
        let (mut stay, mut offer) = (Stay::default(), Some(offer));
        if let Some(token) = token {
            let mut wire = self.wire().await?;
            let within = if self.sockets == Sockets::Ws { offer.take() } else { None };
            let welcome = wire.hello(token, within).await?;
            stay.wire = Some(wire);
            match welcome.media {
                Some(MediaReply::Answer { sdp, .. }) => {
                    return Ok(Joined { began, remote: Remote::read(&sdp)?, offered: false, stay });
                }
                Some(MediaReply::Refused { code }) => return Err(RobotError::Refused(code).into()),
                None => {}
            }
        }
        let offer = offer.ok_or(AudienceError::Timeout("media in the welcome"))?;
        let path = format!("/api/shows/{}/whep", self.slug);
        let reply = http::request(self.server, "POST", &path, &[("content-type", "application/sdp")], &offer).await?;
        let reply = reply.good()?;
        stay.resource = reply.header("location").map(|location| (self.server, path_of(location).to_owned()));
        Ok(Joined { began, remote: Remote::read(&reply.body)?, offered: false, stay })
    }

    /// A join token.
    pub(super) async fn token(&self, role: &str, headers: &[(&str, &str)]) -> Result<String, AudienceError> {
        let path = format!("/api/shows/{}/join", self.slug);
        let reply = http::post_json(self.server, &path, headers, &json!({ "as": role })).await?.good()?;
        reply.json().get("token").and_then(Value::as_str).map(str::to_owned).ok_or(AudienceError::NotHttp)
    }

    /// A socket that has said nothing yet.
    pub(super) async fn wire(&self) -> Result<Wire, AudienceError> {
        let server = self.server;
        Ok(Wire::open(&format!("ws://{server}/ws"), &format!("http://{server}")).await?)
    }
}

impl Stay {
    /// A stay by this socket.
    pub(super) fn with(wire: Wire) -> Self {
        Self { wire: Some(wire), ..Self::default() }
    }

    /// A stay by this Janus handle.
    pub(super) fn at_janus(handle: janus::Handle) -> Self {
        Self { janus: Some(handle), ..Self::default() }
    }

    /// Stays until `stop`, or until the server ends it; then says goodbye.
    pub(super) async fn until(mut self, stop: CancellationToken) -> Result<(), AudienceError> {
        let ended = match self.wire.as_mut() {
            Some(wire) => tokio::select! {
                () = stop.cancelled() => Ok(()),
                ended = listen(wire) => ended,
            },
            None => {
                stop.cancelled().await;
                Ok(())
            }
        };
        if let Some((server, path)) = self.resource {
            // The server may be gone already.
            let _ = http::request(server, "DELETE", &path, &[], "").await;
        }
        if let Some(handle) = self.janus {
            handle.destroy().await;
        }
        if let Some(wire) = self.wire {
            wire.close().await;
        }
        ended
    }
}

/// Reads what comes and pings, for ever or until the connection is over.
async fn listen(wire: &mut Wire) -> Result<(), AudienceError> {
    let mut pings = tokio::time::interval(PING_EVERY);
    loop {
        tokio::select! {
            message = wire.next() => {
                if let ServerMessage::PeerClosed { reason, .. } = message?
                    && reason != PeerEnd::Replaced
                {
                    return Err(RobotError::PeerLost.into());
                }
            }
            _ = pings.tick() => {
                wire.say(|id| ClientMessage::Ping { id }).await?;
            }
        }
    }
}

/// A Location is a path, or a URL of the same server.
fn path_of(location: &str) -> &str {
    match location.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => location,
    }
}

#[cfg(test)]
mod tests;
