//! The peers that nobody has adopted yet, and which worker adopted the others.
//!
//! A lock per shard of the map, taken when a peer is built, adopted or closed, and when a stray datagram must find its
//! way; never for a datagram of a peer that is where it belongs.

use super::counters::PeerState;
use super::peer::Peer;
use super::shared::Shared;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use quiora_signaling::{PeerEnd, PeerId, SessionId, ShowId};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a peer waits for its first request. Browsers send it within a second of the answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Peers in all, waiting or not. One more is refused with `media_busy`; each takes some 100 KB.
pub(super) const MAX_PEERS: usize = 20_000;

/// Where a peer is.
enum Place {
    /// The mutex is never contended, since the map's shard is held; it makes a `Send` connection shareable.
    Waiting(Mutex<Box<Peer>>, PeerId, Instant),
    Adopted(usize),
    /// Another name of the peer that is called this first: it has restarted its ICE.
    Alias(Vec<u8>),
}

/// What is known of a peer outside its worker.
#[derive(Clone)]
struct Registered {
    ufrag: Vec<u8>,
    show: ShowId,
}

/// What a worker finds under a ufrag.
pub(super) enum Found {
    /// It is yours now.
    Adopted(Box<Peer>),
    /// It belongs to this worker.
    Elsewhere(usize),
    /// Nobody by that name.
    Unknown,
}

/// Where a peer was found by its id.
pub(super) enum Reached<T> {
    /// This worker has it.
    Worker(usize),
    /// It waits; this came of the visit.
    Waiting(T),
}

/// All peers of the process, by name.
#[derive(Default)]
pub(super) struct WaitingRoom {
    by_ufrag: DashMap<Vec<u8>, Place>,
    by_id: DashMap<PeerId, Registered>,
    /// The few peers of each session, so that a session's end costs what it has and not what all have.
    by_session: DashMap<SessionId, Vec<PeerId>>,
    /// Verified addresses, for datagrams that arrive at another worker than their peer's.
    by_address: DashMap<SocketAddr, usize>,
}

impl WaitingRoom {
    /// Whether another peer fits.
    pub(super) fn has_room(&self) -> bool {
        self.by_id.len() < MAX_PEERS
    }

    /// A peer begins to wait.
    pub(super) fn enter(&self, peer: Peer, now: Instant) {
        let (ufrag, id) = (peer.ufrag().as_bytes().to_vec(), peer.id);
        self.by_id.insert(peer.id, Registered { ufrag: ufrag.clone(), show: peer.show });
        self.by_session.entry(peer.session).or_default().push(id);
        self.by_ufrag.insert(ufrag, Place::Waiting(Mutex::new(Box::new(peer)), id, now + PATIENCE));
    }

    /// A request named this ufrag at worker `index`, and `is_authentic` says whether it may have the peer: one that
    /// merely guesses or overhears a name must not move anything.
    pub(super) fn find(&self, ufrag: &[u8], index: usize, is_authentic: impl FnOnce(&Peer) -> bool) -> Found {
        let first = self.first_name(ufrag);
        let Entry::Occupied(mut entry) = self.by_ufrag.entry(first) else { return Found::Unknown };
        match entry.get_mut() {
            Place::Adopted(worker) => return Found::Elsewhere(*worker),
            Place::Alias(_) => return Found::Unknown,
            Place::Waiting(peer, ..) => {
                if !is_authentic(peer.get_mut().unwrap_or_else(PoisonError::into_inner)) {
                    return Found::Unknown;
                }
            }
        }
        match entry.insert(Place::Adopted(index)) {
            Place::Waiting(peer, ..) => Found::Adopted(peer.into_inner().unwrap_or_else(PoisonError::into_inner)),
            Place::Adopted(worker) => Found::Elsewhere(worker),
            Place::Alias(_) => Found::Unknown,
        }
    }

    /// The name under which the peer that answers to `ufrag` is kept.
    fn first_name(&self, ufrag: &[u8]) -> Vec<u8> {
        match self.by_ufrag.get(ufrag).as_deref() {
            Some(Place::Alias(first)) => first.clone(),
            Some(Place::Waiting(..) | Place::Adopted(_)) | None => ufrag.to_vec(),
        }
    }

    /// A peer gets another name besides those it has.
    pub(super) fn add_name(&self, first: &str, name: &str) {
        self.by_ufrag.insert(name.as_bytes().to_vec(), Place::Alias(first.as_bytes().to_vec()));
    }

    /// A name is no longer answered to. A peer's first one stays, since it is kept under that.
    pub(super) fn forget_name(&self, name: &str) {
        self.by_ufrag.remove_if(name.as_bytes(), |_, place| matches!(place, Place::Alias(_)));
    }

    /// Whether there is such a peer.
    pub(super) fn knows(&self, peer: PeerId) -> bool {
        self.by_id.contains_key(&peer)
    }

    /// Where to reach a peer: its worker, or itself while it waits.
    pub(super) fn reach<T>(&self, peer: PeerId, act: impl FnOnce(&mut Peer) -> T) -> Option<Reached<T>> {
        let registered = self.by_id.get(&peer).map(|r| r.clone())?;
        match self.by_ufrag.get_mut(&registered.ufrag)?.value_mut() {
            Place::Adopted(worker) => Some(Reached::Worker(*worker)),
            Place::Waiting(peer, ..) => {
                Some(Reached::Waiting(act(peer.get_mut().unwrap_or_else(PoisonError::into_inner))))
            }
            Place::Alias(_) => None,
        }
    }

    /// An address became a verified one of a peer of worker `index`.
    pub(super) fn verified(&self, address: SocketAddr, index: usize) {
        self.by_address.insert(address, index);
    }

    /// An address is no longer.
    pub(super) fn forget_address(&self, address: SocketAddr) {
        self.by_address.remove(&address);
    }

    /// The worker whose peer verified this address.
    pub(super) fn owner_of(&self, address: SocketAddr) -> Option<usize> {
        self.by_address.get(&address).map(|w| *w)
    }

    /// A worker is done with a peer.
    pub(super) fn leave(&self, peer: &Peer) {
        self.forget(peer);
        self.by_ufrag.remove(peer.ufrag().as_bytes());
        peer.addresses().for_each(|address| self.forget_address(address));
    }

    /// The worker that has this peer; one that still waits is ended here, since nobody else would.
    pub(super) fn worker_of(&self, shared: &Shared, peer: PeerId, reason: PeerEnd) -> Option<usize> {
        let registered = self.by_id.get(&peer).map(|r| r.clone())?;
        let Entry::Occupied(entry) = self.by_ufrag.entry(registered.ufrag) else { return None };
        if let Place::Adopted(worker) = entry.get() {
            return Some(*worker);
        }
        if let Place::Waiting(peer, ..) = entry.remove() {
            let peer = peer.into_inner().unwrap_or_else(PoisonError::into_inner);
            self.forget(&peer);
            shared.peer_ended(&peer, Some(PeerState::Waiting), reason);
        }
        None
    }

    fn forget(&self, peer: &Peer) {
        peer.names().for_each(|name| self.forget_name(name));
        self.by_id.remove(&peer.id);
        if let Entry::Occupied(mut entry) = self.by_session.entry(peer.session) {
            entry.get_mut().retain(|id| *id != peer.id);
            if entry.get().is_empty() {
                entry.remove();
            }
        }
    }

    /// The peers of a session.
    pub(super) fn peers_of(&self, session: SessionId) -> Vec<PeerId> {
        self.by_session.get(&session).map(|ids| ids.clone()).unwrap_or_default()
    }

    /// The peers of a show; looks at all there are, which the end of a show is worth.
    pub(super) fn peers_in(&self, show: ShowId) -> Vec<PeerId> {
        self.by_id.iter().filter(|r| r.show == show).map(|r| *r.key()).collect()
    }

    /// The ids of peers whose patience is over.
    pub(super) fn overdue(&self, now: Instant) -> Vec<PeerId> {
        let late = |place: &Place| match place {
            Place::Waiting(_, peer, until) if *until <= now => Some(*peer),
            _ => None,
        };
        self.by_ufrag.iter().filter_map(|entry| late(entry.value())).collect()
    }
}
