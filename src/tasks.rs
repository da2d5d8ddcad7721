//! What the shells' tasks have in common: how one is ended, and how it does several things side by side.
//!
//! Invariant: of each lane at most one thing runs; a thing that panics frees its lane like any other.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Mutex;
use tokio::task::{Id, JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// A task that runs until it is told to stop. Dropping it does not stop it; [`Task::stop`] does.
#[derive(Debug)]
pub struct Task {
    stop: CancellationToken,
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl Task {
    /// Begins what ends some time after its token is cancelled.
    #[must_use]
    pub fn start<F: Future<Output = ()> + Send + 'static>(run: impl FnOnce(CancellationToken) -> F) -> Self {
        let stop = CancellationToken::new();
        let handle = tokio::spawn(run(stop.clone()));
        Self { stop, handle: Mutex::new(Some(handle)) }
    }

    /// Tells it to stop and waits for what is under way. Whoever does not wait leaves it to the next start.
    pub async fn stop(&self) {
        self.stop.cancel();
        let handle = self.handle.lock().ok().and_then(|mut handle| handle.take());
        if let Some(handle) = handle {
            // An error means that it panicked, which was logged.
            let _ = handle.await;
        }
    }
}

/// Things that run side by side, each on a lane.
#[derive(Debug)]
pub struct Lanes<K> {
    running: JoinSet<()>,
    busy: HashMap<Id, K>,
}

impl<K: PartialEq> Lanes<K> {
    /// Nothing runs.
    #[must_use]
    pub fn new() -> Self {
        Self { running: JoinSet::new(), busy: HashMap::new() }
    }

    /// The lanes on which something runs.
    pub fn busy(&self) -> impl Iterator<Item = &K> {
        self.busy.values()
    }

    /// Whether something runs on that lane.
    #[must_use]
    pub fn is_busy(&self, lane: &K) -> bool {
        self.busy().any(|busy| busy == lane)
    }

    /// Begins something on a lane that is not busy.
    pub fn begin(&mut self, lane: K, thing: impl Future<Output = ()> + Send + 'static) {
        let id = self.running.spawn(thing).id();
        self.busy.insert(id, lane);
    }

    /// Waits until one of them is over; false, at once, if nothing runs. Safe to drop while waiting.
    pub async fn ended(&mut self) -> bool {
        let Some(ended) = self.running.join_next_with_id().await else { return false };
        let id = ended.map_or_else(
            |error| {
                tracing::error!(%error, "something that ran beside others panicked");
                error.id()
            },
            |(id, ())| id,
        );
        self.busy.remove(&id);
        true
    }

    /// Waits until all of them are over.
    pub async fn all_ended(&mut self) {
        while self.ended().await {}
    }
}

impl<K: PartialEq> Default for Lanes<K> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
