//! How robots get in: over the server's own socket, with join tokens like any client.

use crate::clock;
use crate::robot::{RobotError, TokenSource};
use crate::session::{JoinTokens, PAGE_TOKEN_TTL_MS};
use quiora_signaling::{MemberId, Role, ShowId};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// Tokens for `role` in a show, a fresh one each time; without a `member` for somebody new.
pub(super) fn tokens(tokens: JoinTokens, show: ShowId, role: Role, member: Option<MemberId>) -> TokenSource {
    let issue = move || {
        tokens
            .issue(show, role, member, clock::unix_ms(), PAGE_TOKEN_TTL_MS)
            .map_err(|code| RobotError::Token(code.to_string()))
    };
    Arc::new(move || Box::pin(std::future::ready(issue())))
}

/// The socket of the server at `address`, under `path`. A server that listens everywhere is here too.
pub(super) fn socket(address: SocketAddr, path: &str) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("ws://{}{path}/ws", SocketAddr::new(ip, address.port()))
}
