//! How often one address may try to log in, ask for media over HTTP, or have a test letter sent. Tokens and keys are 256 random bits, so this does
//! not keep them safe; it keeps the server from being asked for nothing.
//!
//! Bounded: at [`MAX_ADDRESSES`] those that have rested are forgotten, and if all are busy, all are.

use super::address;
use super::error::Error;
use crate::clock;
use crate::session::Bucket;
use axum::http::HeaderMap;
use quiora_signaling::limits::Rate;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// One try every three seconds, and ten at once: someone pasting links by hand never meets it.
const LOGINS: Rate = Rate { per_second: 0.34, burst: 10.0 };

/// Offers over HTTP: each costs a millisecond of CPU. An office or a mobile network's worth of viewers may come from one
/// address, and all at once when a show begins.
const OFFERS: Rate = Rate { per_second: 20.0, burst: 300.0 };

/// Test letters: nobody's server should be made to write to strangers by the hundred.
const LETTERS: Rate = Rate { per_second: 0.1, burst: 5.0 };

/// Some 100 bytes each.
const MAX_ADDRESSES: usize = 10_000;

/// The tries of all addresses.
#[derive(Debug)]
pub(super) struct Throttle {
    rate: Rate,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

impl Throttle {
    /// For logins.
    pub(super) fn logins() -> Self {
        Self { rate: LOGINS, buckets: Mutex::default() }
    }

    /// For offers.
    pub(super) fn offers() -> Self {
        Self { rate: OFFERS, buckets: Mutex::default() }
    }

    /// For test letters.
    pub(super) fn letters() -> Self {
        Self { rate: LETTERS, buckets: Mutex::default() }
    }

    /// Counts the request of whoever sent it, also behind a proxy.
    ///
    /// # Errors
    /// `rate_limited`, with the time to wait.
    pub(super) fn admit(&self, remote: SocketAddr, headers: &HeaderMap) -> Result<(), Error> {
        self.check(address::counted(remote.ip(), headers), clock::monotonic())
    }

    fn check(&self, address: IpAddr, now: Instant) -> Result<(), Error> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_ADDRESSES {
            buckets.retain(|_, bucket| !bucket.is_full(now));
            if buckets.len() >= MAX_ADDRESSES {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(network(address)).or_insert_with(|| Bucket::new(self.rate, now));
        bucket.take(now).map_err(Error::RateLimited)
    }
}

/// An IPv6 subscriber holds a whole /64.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests;
