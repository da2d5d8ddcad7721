//! What the media plane counts. Plain atomics, written relaxed once per turn by the workers and read by the scrape.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the join-to-first-packet histogram's buckets, in milliseconds; the last bucket is open.
pub const JOIN_BUCKETS_MS: [u64; 10] = [25, 50, 75, 100, 150, 250, 500, 1_000, 2_500, 5_000];

/// Which way a peer's media goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeerKind {
    /// Sends media to us.
    Publisher,
    /// Receives media from us.
    Subscriber,
}

/// Where in its life a peer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeerState {
    /// Built, not yet heard.
    Waiting,
    /// Heard; DTLS is not through.
    Connecting,
    /// Media can flow.
    Connected,
}

/// All counters; monotonic unless they say gauge.
#[derive(Debug, Default)]
pub struct MediaCounters {
    /// Gauge: peers, indexed by kind and state.
    peers: [[AtomicI64; 3]; 2],
    /// Datagrams received, of any kind.
    pub datagrams_in: AtomicU64,
    /// Bytes of those.
    pub bytes_in: AtomicU64,
    /// Datagrams sent.
    pub datagrams_out: AtomicU64,
    /// Bytes of those.
    pub bytes_out: AtomicU64,
    /// Datagrams that belong to no peer, or that a peer of that kind may not send.
    pub datagrams_refused: AtomicU64,
    /// Datagrams the kernel refused, or sound and control that waited for it too long.
    pub datagrams_unsent: AtomicU64,
    /// Sends: system calls that carried datagrams.
    pub sends: AtomicU64,
    /// Flushes that found the kernel's buffer full.
    pub sends_blocked: AtomicU64,
    /// Datagrams with pictures that were shed then.
    pub video_shed: AtomicU64,
    /// Retransmissions and probes that were shed then.
    pub again_shed: AtomicU64,
    /// Media packets accepted from publishers.
    pub media_in: AtomicU64,
    /// Media packets forwarded to subscribers, retransmissions not counted.
    pub media_out: AtomicU64,
    /// Media packets a forwarder decided to drop.
    pub media_dropped: AtomicU64,
    /// Batches another worker had no room for.
    pub batches_dropped: AtomicU64,
    /// Sequence numbers subscribers asked for again.
    pub nack_in: AtomicU64,
    /// NACK messages sent to publishers.
    pub nack_out: AtomicU64,
    /// Packets retransmitted to subscribers.
    pub retransmitted: AtomicU64,
    /// Subscribers that began with the present group of pictures.
    pub fast_starts: AtomicU64,
    /// Keyframes subscribers asked for.
    pub keyframes_asked: AtomicU64,
    /// Keyframe requests that went to publishers.
    pub keyframes_requested: AtomicU64,
    /// From join to the first media packet sent: counts per bucket of [`JOIN_BUCKETS_MS`], the open one last.
    join_buckets: [AtomicU64; JOIN_BUCKETS_MS.len() + 1],
    /// Sum of the same, in milliseconds.
    join_sum_ms: AtomicU64,
}

impl MediaCounters {
    /// The gauge of peers of this kind in this state.
    #[must_use]
    pub fn peers(&self, kind: PeerKind, state: PeerState) -> i64 {
        self.peers[kind as usize][state as usize].load(Ordering::Relaxed)
    }

    /// A peer goes from one state to another; `None` is outside.
    pub(super) fn peer_moved(&self, kind: PeerKind, from: Option<PeerState>, to: Option<PeerState>) {
        if let Some(state) = from {
            self.peers[kind as usize][state as usize].fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(state) = to {
            self.peers[kind as usize][state as usize].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A subscriber got its first media packet this long after it joined.
    pub(super) fn joined_after(&self, waited: Duration) {
        let ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
        let bucket = JOIN_BUCKETS_MS.iter().position(|bound| ms <= *bound).unwrap_or(JOIN_BUCKETS_MS.len());
        self.join_buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.join_sum_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// The join histogram: counts per bucket (not cumulative), and the sum in milliseconds.
    #[must_use]
    pub fn join_histogram(&self) -> ([u64; JOIN_BUCKETS_MS.len() + 1], u64) {
        (self.join_buckets.each_ref().map(|b| b.load(Ordering::Relaxed)), self.join_sum_ms.load(Ordering::Relaxed))
    }
}

/// Adds relaxed; the one way counters move.
pub(super) fn add(counter: &AtomicU64, n: u64) {
    if n > 0 {
        counter.fetch_add(n, Ordering::Relaxed);
    }
}
