//! From where a request comes, for counting it. Behind a proxy on this machine the socket says "this machine" for all; then
//! the proxy's own `X-Forwarded-For` entry is taken, which is the last one: what stands before it the client may have
//! written. Nobody who comes from outside without the proxy can choose.

use axum::http::HeaderMap;
use std::net::IpAddr;

/// The address to count a request under.
#[must_use]
pub(super) fn counted(remote: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !remote.to_canonical().is_loopback() {
        return remote;
    }
    let last = headers.get_all("x-forwarded-for").iter().next_back();
    let last = last.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    last.unwrap_or(remote)
}

#[cfg(test)]
mod tests;
