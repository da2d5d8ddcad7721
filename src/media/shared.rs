//! What workers and handles share: names, boards, mailboxes, counters.

use super::board::Board;
use super::counters::{MediaCounters, PeerKind, PeerState};
use super::event::MediaEvent;
use super::negotiate::Identity;
use super::peer::Peer;
use super::restart::Restart;
use super::socket::Datagram;
use super::tcp::Moved;
use super::waiting::WaitingRoom;
use crate::sfu::packet::{LayerId, Packet, SourceId, TrackKey};
use crate::sfu::report::Timeline;
use crossbeam_channel::{Sender, TrySendError};
use dashmap::{DashMap, DashSet};
use quiora_signaling::{PeerEnd, PeerId, SessionId, ShowId};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use tokio::sync::mpsc;

/// Orders a worker may have waiting: closings and keyframe requests of a whole audience at once. When full, the sender
/// of a keyframe request drops it (it will be wanted again), that of a stray datagram too; closings are retried.
pub(super) const MAX_ORDERS: usize = 32_768;

/// Batches a worker may have waiting: half a second of a busy show. When full, the publisher's worker drops the batch
/// and counts it: a worker that far behind is better served by the next keyframe.
pub(super) const MAX_BATCHES: usize = 1_024;

/// What a worker is told to do.
pub(super) enum Order {
    Close(PeerId, PeerEnd),
    /// This worker has its first subscriber of a show.
    Listen {
        show: ShowId,
        worker: usize,
    },
    /// A subscriber of a show needs a keyframe of any layer.
    AnyKeyframe(ShowId, SourceId),
    /// Subscribers of a show need a keyframe of this layer.
    Keyframe(ShowId, SourceId, LayerId),
    /// A subscriber's player is this high, in device pixels.
    View(PeerId, u32),
    /// A datagram that arrived at another worker.
    Stray(Stray),
    /// A connection whose first request names a peer of this worker.
    Stream(Moved),
    /// A peer gets new ICE credentials.
    Restart(Restart),
    Stop,
}

/// A datagram on its way to the right worker.
pub(super) struct Stray {
    pub(super) bytes: Vec<u8>,
    pub(super) from: SocketAddr,
    pub(super) to: Option<IpAddr>,
}

impl Stray {
    /// As it arrived.
    pub(super) fn datagram(&self) -> Datagram<'_> {
        Datagram { bytes: &self.bytes, from: self.from, to: self.to, mapped: self.from }
    }
}

/// Packets of one publisher, for every subscriber of a worker.
pub(super) struct Batch {
    pub(super) show: ShowId,
    pub(super) source: SourceId,
    pub(super) packets: Vec<Packet>,
    /// Bytes that make each packet as long as its neighbours; as many as packets.
    pub(super) paddings: Vec<u8>,
    /// The publisher's clock, now and then.
    pub(super) timelines: Vec<(TrackKey, LayerId, Timeline)>,
    /// The present groups of pictures, for a worker that begins to listen: who has no picture begins with them.
    pub(super) past: bool,
}

impl Batch {
    /// What a worker that begins to listen is sent first.
    pub(super) fn past(
        show: ShowId,
        source: SourceId,
        packets: Vec<Packet>,
        timelines: Vec<(TrackKey, LayerId, Timeline)>,
    ) -> Self {
        Self { show, source, paddings: vec![0; packets.len()], packets, timelines, past: true }
    }

    /// Whether it brings no picture.
    pub(super) fn is_sound(&self) -> bool {
        self.packets.iter().all(|packet| packet.track == TrackKey::Audio)
    }

    /// Its packets of one kind, with their padding.
    pub(super) fn of(&self, track: TrackKey) -> impl Iterator<Item = (&Packet, u8)> {
        self.packets.iter().zip(self.paddings.iter().copied()).filter(move |(packet, _)| packet.track == track)
    }
}

/// The way to one worker.
pub(super) struct Mailbox {
    pub(super) orders: Sender<Order>,
    pub(super) batches: Sender<Arc<Batch>>,
    pub(super) waker: mio::Waker,
    /// The worker is asleep or about to be: it wants to be woken.
    pub(super) asleep: AtomicBool,
}

impl Mailbox {
    /// Leaves an order. `false`: no room.
    pub(super) fn order(&self, order: Order) -> bool {
        let sent = self.orders.try_send(order).is_ok();
        self.wake();
        sent
    }

    /// Leaves a batch. `false`: no room, or the worker has stopped.
    pub(super) fn batch(&self, batch: Arc<Batch>) -> bool {
        let sent = !matches!(self.batches.try_send(batch), Err(TrySendError::Full(_) | TrySendError::Disconnected(_)));
        self.wake();
        sent
    }

    fn wake(&self) {
        if self.asleep.swap(false, Ordering::AcqRel) {
            // Fails only when the poller is gone, and then nobody sleeps.
            let _ = self.waker.wake();
        }
    }
}

/// Shared by all workers and handles.
pub(super) struct Shared {
    pub(super) identity: Identity,
    pub(super) local: SocketAddr,
    pub(super) counters: Arc<MediaCounters>,
    pub(super) waiting: WaitingRoom,
    pub(super) boards: DashMap<ShowId, Arc<Board>>,
    pub(super) mailboxes: Vec<Mailbox>,
    pub(super) running: AtomicUsize,
    pub(super) stopping: AtomicBool,
    /// Sessions whose client could not do AES-GCM.
    pub(super) compatible: DashSet<SessionId>,
    events: mpsc::Sender<MediaEvent>,
    next_source: AtomicU64,
}

impl Shared {
    pub(super) fn new(
        identity: Identity,
        local: SocketAddr,
        mailboxes: Vec<Mailbox>,
        events: mpsc::Sender<MediaEvent>,
    ) -> Self {
        Self {
            counters: identity.counters.clone(),
            identity,
            local,
            waiting: WaitingRoom::default(),
            boards: DashMap::new(),
            mailboxes,
            running: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
            compatible: DashSet::new(),
            events,
            next_source: AtomicU64::new(1),
        }
    }

    /// The board of a show, made if need be.
    pub(super) fn board(&self, show: ShowId) -> Arc<Board> {
        self.boards.entry(show).or_default().clone()
    }

    /// A source id nobody has had.
    pub(super) fn new_source(&self) -> SourceId {
        SourceId(self.next_source.fetch_add(1, Ordering::Relaxed))
    }

    /// Reports a fact. Full-policy: the queue holds more than all peers can have to say between two reads of a living
    /// reader; when it is full nevertheless the fact is logged and lost, and clients find out by themselves.
    pub(super) fn report(&self, event: MediaEvent) {
        if self.events.try_send(event).is_err() && !self.stopping.load(Ordering::Relaxed) {
            tracing::warn!(?event, "nobody took a media event");
        }
    }

    /// A peer is over: counted and reported.
    pub(super) fn peer_ended(&self, peer: &Peer, state: Option<PeerState>, reason: PeerEnd) {
        self.counters.peer_moved(peer.kind, state, None);
        tracing::debug!(show.id = %peer.show, peer.id = %peer.id, kind = ?peer.kind, ?reason, "media.peer_down");
        self.report(MediaEvent::PeerDown {
            show: peer.show,
            session: peer.session,
            peer: peer.id,
            publisher: peer.kind == PeerKind::Publisher,
            reason,
        });
    }
}
