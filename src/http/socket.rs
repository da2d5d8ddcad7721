//! `GET /ws`: the door of the protocol. What happens behind it is [`crate::session`]'s.

use super::error::Error;
use super::{Http, address, origin};
use crate::session;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::response::Response;
use std::net::SocketAddr;

/// Upgrades, if the page that asks is one of ours.
///
/// # Errors
/// `bad_origin`, `not_websocket`.
pub(super) async fn open(
    State(http): State<Http>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    origin::check(&headers, &http.base)?;
    let upgrade = upgrade.map_err(|_| Error::NotWebSocket)?;
    let sessions = http.sessions.clone();
    let address = address::hashed(&http.address_key, remote.ip(), &headers);
    Ok(upgrade
        .max_frame_size(session::MAX_FRAME_BYTES)
        .max_message_size(session::MAX_FRAME_BYTES)
        .read_buffer_size(session::READ_BUFFER_BYTES)
        .on_upgrade(move |socket| session::run(socket, sessions, remote, address)))
}
