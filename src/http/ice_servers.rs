//! The STUN and TURN servers that clients are told of: as JSON for scripts, as `Link` headers for WHIP and WHEP
//! (RFC 9725 §4.6). Quiora is reachable by itself; these are for clients whose network lets nothing else through.

use super::openapi::{Api, Who};
use super::{Http, turn};
use crate::clock;
use crate::config::IceServers;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use schemars::JsonSchema;
use serde::Serialize;

/// How long TURN credentials are good for: a long show. A client that holds an allocation keeps it.
const TTL_S: u64 = 6 * 60 * 60;

/// What stands behind the expiry in a user name; TURN servers put it in their logs.
const NAME: &str = "quiora";

/// An `RTCIceServer` (W3C WebRTC §4.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct IceServer {
    urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<String>,
}

/// `GET /api/ice-servers`.
pub(super) async fn list(State(http): State<Http>) -> ([(HeaderName, HeaderValue); 1], Json<Vec<IceServer>>) {
    let servers = servers(&http.ice, clock::unix_ms());
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(servers))
}

/// The servers of the configuration, with credentials that are good from `now_ms` on.
pub(super) fn servers(config: &IceServers, now_ms: u64) -> Vec<IceServer> {
    let mut servers = Vec::new();
    if !config.stun_urls.is_empty() {
        let urls = config.stun_urls.iter().map(ToString::to_string).collect();
        servers.push(IceServer { urls, username: None, credential: None });
    }
    if !config.turn_urls.is_empty() {
        let made = config.turn_secret.as_ref().map(|s| turn::credentials(s.expose(), now_ms / 1_000 + TTL_S, NAME));
        let (username, credential) = made.map(|made| (made.username, made.password)).unzip();
        let urls = config.turn_urls.iter().map(ToString::to_string).collect();
        servers.push(IceServer { urls, username, credential });
    }
    servers
}

/// Adds a `Link` header (RFC 8288) for each address of each server.
pub(super) fn link(headers: &mut HeaderMap, config: &IceServers, now_ms: u64) {
    for server in servers(config, now_ms) {
        let login = match (&server.username, &server.credential) {
            (Some(username), Some(credential)) => {
                format!("; username=\"{username}\"; credential=\"{credential}\"; credential-type=\"password\"")
            }
            _ => String::new(),
        };
        for url in &server.urls {
            if let Ok(value) = HeaderValue::from_str(&format!("<{url}>; rel=\"ice-server\"{login}")) {
                headers.append(header::LINK, value);
            }
        }
    }
}

/// Tells the route of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell("get", "/api/ice-servers", Who::Anybody, "STUN and TURN servers, with credentials for some hours.")
        .gives::<Vec<IceServer>>(200)
        .end();
}
