//! How new the shop's orders are, as it happens: a stream of numbers (Server-Sent Events, WHATWG HTML §9.2). Whoever holds a
//! list with a smaller `as_of` asks for it again. Nothing in it is about anybody.
//!
//! Invariants:
//! - Of numbers that were not taken only the newest waits, so a slow reader costs one number, whatever happens.
//! - At most [`MAX_STREAMS`] of a shop at once. Each ends with the server, and by itself after [`LIFETIME`], so that a login
//!   that ended does not listen for ever; browsers come back by themselves.

use super::orders::newest;
use crate::clock;
use crate::http::Http;
use crate::http::error::Error;
use crate::http::login::AtHelm;
use crate::http::openapi::{Api, Who};
use axum::extract::State;
use axum::http::HeaderName;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use dashmap::DashMap;
use futures_util::stream::{self, Stream};
use quiora_signaling::ShopId;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Windows with the list open, of all who sell for the shop.
const MAX_STREAMS: usize = 32;

/// How long a stream lasts.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// A sign of life: networks forget connections that say nothing, and so it is seen that a reader has gone.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// When to come back if there is no room, or the stream has ended, in milliseconds.
const RETRY: Duration = Duration::from_secs(2);

/// The newest number of each shop somebody has listened to. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Changes(Arc<DashMap<ShopId, watch::Sender<u64>>>);

impl Changes {
    /// An order of the shop changed, as of that number.
    pub fn tell(&self, shop: ShopId, as_of: u64) {
        if let Some(newest) = self.0.get(&shop) {
            newest.send_if_modified(|known| {
                let newer = as_of > *known;
                *known = as_of.max(*known);
                newer
            });
        }
    }

    /// Listens, if there is room.
    fn listen(&self, shop: ShopId) -> Option<watch::Receiver<u64>> {
        let newest = self.0.entry(shop).or_insert_with(|| watch::Sender::new(0));
        (newest.receiver_count() < MAX_STREAMS).then(|| newest.subscribe())
    }
}

/// One reader.
struct Listener {
    numbers: watch::Receiver<u64>,
    /// What is said first: whoever comes may have missed what happened before.
    first: Option<u64>,
    stop: CancellationToken,
    until: Instant,
}

/// `GET /api/shop/changes`.
///
/// # Errors
/// `not_logged_in`, `rate_limited` when too many listen.
pub(in crate::http) async fn follow(State(http): State<Http>, AtHelm { shop, .. }: AtHelm) -> Result<Response, Error> {
    // Before the question: what happens in between is in one of both.
    let numbers = http.changes.listen(shop).ok_or(Error::RateLimited(RETRY))?;
    let until = (clock::monotonic() + LIFETIME).into();
    let first = Some(newest(&http, shop).await?);
    let listener = Listener { numbers, first, stop: http.sessions.stop.clone(), until };
    let events = Sse::new(events(listener)).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // For proxies that would rather collect first.
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], events).into_response())
}

fn events(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, |mut listener| async move {
        let as_of = match listener.first.take() {
            Some(first) => first.max(*listener.numbers.borrow_and_update()),
            None => listener.next().await?,
        };
        Some((Ok(Event::default().retry(RETRY).data(as_of.to_string())), listener))
    })
}

impl Listener {
    /// The next number; nothing when it is over.
    async fn next(&mut self) -> Option<u64> {
        tokio::select! {
            () = self.stop.cancelled() => None,
            () = tokio::time::sleep_until(self.until) => None,
            changed = self.numbers.changed() => changed.ok().map(|()| *self.numbers.borrow_and_update()),
        }
    }
}

/// Tells the routes of this file.
pub(super) fn describe(api: &mut Api) {
    api.tell(
        "get",
        "/api/shop/changes",
        Who::Helm,
        "Server-Sent Events: how new the shop's orders are, each time one changes.",
    )
    .gives_bytes(200, "text/event-stream")
    .end();
}
