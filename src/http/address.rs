//! From where a request comes, for counting it. Behind a proxy on this machine the socket says "this machine" for all; then
//! the proxy's own `X-Forwarded-For` entry is taken, which is the last one: what stands before it the client may have
//! written. Nobody who comes from outside without the proxy can choose.

use super::throttle;
use crate::show::core::AddressHash;
use aws_lc_rs::hmac;
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

/// The same as a keyed hash, for keeping somebody away without knowing from where. Nothing, if all look the same: behind a
/// proxy that does not say from where, or on this machine.
#[must_use]
pub(super) fn hashed(key: &[u8; 32], remote: IpAddr, headers: &HeaderMap) -> Option<AddressHash> {
    let address = counted(remote, headers).to_canonical();
    if address.is_loopback() {
        return None;
    }
    let network = match throttle::network(address) {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &network.octets());
    tag.as_ref().first_chunk().copied()
}

#[cfg(test)]
mod tests;
