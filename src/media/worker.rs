//! A media thread: its socket, its peers, its turn.
//!
//! Everything a worker owns is its own; the outside is reached through [`super::shared`]. A turn never blocks but in
//! the poller, and ends with a flush. This file is the loop and the guard (who may send what); what is done with media
//! is in `fanout`.

use super::busy::Busy;
use super::counters::add;
use super::egress::{Egress, Target};
use super::member::{Member, Role};
use super::room::Room;
use super::shared::{Batch, Order, Shared, Stray};
use super::socket::{Datagram, Inbox};
use super::tcp::is_connection;
use super::waiting::Found;
use super::wires::Wires;
use crate::clock;
use crate::sfu::demux::{self, Kind, StunClass, StunView};
use crate::sfu::packet::{LayerId, SourceId};
use crossbeam_channel::Receiver;
use mio::{Events, Poll};
use quiora_signaling::{PeerEnd, PeerId, ShowId};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Workers at most: a bit each in a board.
pub(super) const MAX_WORKERS: usize = 64;

/// Batches received in one turn before what they brought is forwarded: half a thousand datagrams, a millisecond.
const RECEIVE_PER_TURN: usize = 16;

/// The poller sleeps no longer than this, so that a stop is noticed even if its waking is lost.
const MAX_SLEEP: Duration = Duration::from_millis(250);

/// How soon what the kernel had no room for is tried again.
const BLOCKED: Duration = Duration::from_millis(1);

/// How often waiting peers are looked through for those nobody came for.
const SWEEP: Duration = Duration::from_secs(1);

/// A peer's place in its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(pub(super) usize);

/// What a worker is given at its start.
pub(super) struct WorkerParts {
    pub(super) index: usize,
    pub(super) poll: Poll,
    pub(super) wires: Wires,
    pub(super) orders: Receiver<Order>,
    pub(super) batches: Receiver<Arc<Batch>>,
}

/// A media thread's state.
pub(super) struct Worker {
    pub(super) index: usize,
    pub(super) shared: Arc<Shared>,
    pub(super) members: Vec<Option<Box<Member>>>,
    pub(super) rooms: HashMap<ShowId, Room>,
    pub(super) by_id: HashMap<PeerId, Key>,
    /// The few members whose packets are to be forwarded.
    pub(super) publishers: Vec<Key>,
    pub(super) egress: Egress,
    pub(super) wires: Wires,
    /// Peers something has come for in this turn.
    pub(super) touched: Vec<Key>,
    /// Keyframes wanted in this turn: `None` means of every layer.
    pub(super) wanted: Vec<(ShowId, SourceId, Option<LayerId>)>,
    pub(super) now: Instant,
    pub(super) ntp: u64,
    pub(super) busy: Busy,
    /// When sound that waits in a room is due.
    pub(super) held_due: Option<Instant>,
    free: Vec<Key>,
    /// All names that requests may ask for.
    pub(super) by_ufrag: HashMap<Vec<u8>, Key>,
    pub(super) by_address: HashMap<SocketAddr, Key>,
    timers: BinaryHeap<Reverse<(Instant, Key)>>,
    poll: Poll,
    orders: Receiver<Order>,
    batches: Receiver<Arc<Batch>>,
    sweep: Instant,
    pub(super) refused: u64,
    /// A subscriber's SRTCP is opened in here.
    pub(super) opened: Vec<u8>,
    /// A datagram of a connection, while it is handled.
    pub(super) frame: Vec<u8>,
    /// Connections that have more than one turn takes.
    pub(super) unread: Vec<u32>,
}

impl Worker {
    pub(super) fn new(parts: WorkerParts, shared: Arc<Shared>) -> Self {
        let now = clock::monotonic();
        Self {
            index: parts.index,
            shared,
            members: Vec::new(),
            rooms: HashMap::new(),
            by_id: HashMap::new(),
            publishers: Vec::new(),
            egress: Egress::new(parts.wires.max_segments()),
            wires: parts.wires,
            touched: Vec::new(),
            wanted: Vec::new(),
            now,
            ntp: clock::ntp64(),
            busy: Busy::new(now),
            held_due: None,
            free: Vec::new(),
            by_ufrag: HashMap::new(),
            by_address: HashMap::new(),
            timers: BinaryHeap::new(),
            poll: parts.poll,
            orders: parts.orders,
            batches: parts.batches,
            sweep: now + SWEEP,
            refused: 0,
            opened: Vec::with_capacity(2048),
            frame: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Runs until told to stop.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(8);
        let mut inbox = Inbox::new();
        let mut more = false;
        loop {
            self.sleep(&mut events, more);
            (self.now, self.ntp) = (clock::monotonic(), clock::ntp64());
            if self.take_orders() {
                break;
            }
            more = self.receive(&mut inbox);
            self.receive_streams(&events);
            self.run_timers();
            self.service_touched();
            self.forward();
            self.request_keyframes();
            self.service_touched();
            self.egress.flush(&mut self.wires, &self.shared.counters);
            add(&self.shared.counters.datagrams_refused, std::mem::take(&mut self.refused));
            self.busy.worked(self.now, clock::monotonic());
        }
        self.say_goodbye();
    }

    fn sleep(&mut self, events: &mut Events, more: bool) {
        let Some(mailbox) = self.shared.mailboxes.get(self.index) else { return };
        mailbox.asleep.store(true, Ordering::Release);
        let idle = !more && self.unread.is_empty() && self.orders.is_empty() && self.batches.is_empty();
        let due = self.timers.peek().map(|Reverse((at, _))| *at).into_iter().chain(self.held_due).min();
        let due = due.map(|at| at.saturating_duration_since(clock::monotonic()));
        let longest = if self.egress.is_waiting() { BLOCKED } else { MAX_SLEEP };
        let timeout = if idle { due.unwrap_or(longest).min(longest) } else { Duration::ZERO };
        if let Err(error) = self.poll.poll(events, Some(timeout))
            && error.kind() != std::io::ErrorKind::Interrupted
        {
            tracing::error!(%error, "media.poll_failed");
        }
        mailbox.asleep.store(false, Ordering::Release);
    }

    /// `true`: stop.
    fn take_orders(&mut self) -> bool {
        for _ in 0..super::shared::MAX_ORDERS {
            let Ok(order) = self.orders.try_recv() else { break };
            match order {
                Order::Close(peer, reason) => {
                    if let Some(key) = self.by_id.get(&peer).copied() {
                        self.end(key, reason);
                    }
                }
                Order::Keyframe(show, source, layer) => self.wanted.push((show, source, Some(layer))),
                Order::Listen { show, worker } => self.take_listener(show, worker),
                Order::AnyKeyframe(show, source) => self.wanted.push((show, source, None)),
                Order::Stray(stray) => self.handle_datagram(&stray.datagram(), false),
                Order::View(peer, height_px) => self.handle_view(peer, height_px),
                Order::Stream(moved) => self.take_stream(moved),
                Order::Restart(restart) => self.restart(restart),
                Order::Stop => return true,
            }
        }
        false
    }

    /// Takes in what has arrived. `true`: there is more.
    fn receive(&mut self, inbox: &mut Inbox) -> bool {
        let (mut datagrams, mut bytes) = (0, 0);
        let mut more = false;
        for index in 0..self.wires.sockets.len() {
            for turn in 1..=RECEIVE_PER_TURN {
                if !self.wires.sockets.get(index).is_some_and(|socket| socket.receive(inbox)) {
                    break;
                }
                more |= turn == RECEIVE_PER_TURN;
                for datagram in inbox.datagrams() {
                    datagrams += 1;
                    bytes += datagram.bytes.len() as u64;
                    self.handle_datagram(&datagram, true);
                }
            }
        }
        add(&self.shared.counters.datagrams_in, datagrams);
        add(&self.shared.counters.bytes_in, bytes);
        more
    }

    /// The guard: STUN by the ufrag it names, everything else by an address that STUN has verified.
    pub(super) fn handle_datagram(&mut self, datagram: &Datagram<'_>, may_redirect: bool) {
        match demux::classify(datagram.bytes) {
            Some(Kind::Stun(stun)) if stun.class() == StunClass::Request => {
                self.handle_request(&stun, datagram, may_redirect);
            }
            // Answers to checks we never send.
            Some(Kind::Stun(_)) | None => self.refused += 1,
            Some(kind) => self.handle_traffic(kind, datagram, may_redirect),
        }
    }

    fn handle_request(&mut self, stun: &StunView<'_>, datagram: &Datagram<'_>, may_redirect: bool) {
        let Some(ufrag) = stun.username_local() else {
            self.refused += 1;
            return;
        };
        let key = match self.by_ufrag.get(ufrag) {
            Some(key) => *key,
            None => {
                let authentic = |peer: &super::peer::Peer| peer.is_authentic(datagram.bytes);
                match self.shared.waiting.find(ufrag, self.index, authentic) {
                    Found::Adopted(peer) => self.adopt(*peer),
                    Found::Elsewhere(worker) if may_redirect => return self.redirect(worker, datagram),
                    Found::Elsewhere(_) | Found::Unknown => {
                        self.refused += 1;
                        return;
                    }
                }
            }
        };
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let was = member.peer.state();
        let Some(heard) = member.peer.handle_request(self.now, datagram) else {
            self.refused += 1;
            return;
        };
        let (kind, is) = (member.peer.kind, member.peer.state());
        if was != is {
            self.shared.counters.peer_moved(kind, Some(was), Some(is));
        }
        let target = Target { to: datagram.from, from: datagram.to, distress: 0 };
        self.egress.push(&heard.response, target);
        if let Some(name) = heard.retired {
            self.by_ufrag.remove(name.as_bytes());
            self.shared.waiting.forget_name(&name);
        }
        if let Some(address) = heard.forgotten {
            self.by_address.remove(&address);
            self.shared.waiting.forget_address(address);
        }
        if heard.new_address {
            self.wires.streams.prove(datagram.from);
            self.by_address.insert(datagram.from, key);
            self.shared.waiting.verified(datagram.from, self.index);
        }
        self.touch(key);
    }

    fn handle_traffic(&mut self, kind: Kind<'_>, datagram: &Datagram<'_>, may_redirect: bool) {
        let Some(key) = self.by_address.get(&datagram.from).copied() else {
            match self.shared.waiting.owner_of(datagram.from) {
                Some(worker) if may_redirect && worker != self.index => self.redirect(worker, datagram),
                _ => self.refused += 1,
            }
            return;
        };
        let now = self.now;
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        if !member.may_send(now, &kind) || !member.peer.hears(now, datagram.from) {
            self.refused += 1;
            return;
        }
        if matches!(member.role, Role::Subscriber(_)) && matches!(kind, Kind::Rtcp { .. }) {
            self.take_rtcp(key, datagram.bytes);
        } else {
            member.peer.handle_datagram(now, datagram.bytes);
        }
        self.touch(key);
    }

    fn redirect(&mut self, worker: usize, datagram: &Datagram<'_>) {
        if is_connection(datagram.from) {
            return self.hand_over(worker, datagram);
        }
        let stray = Stray { bytes: datagram.bytes.to_vec(), from: datagram.from, to: datagram.to };
        let taken = self.shared.mailboxes.get(worker).is_some_and(|m| m.order(Order::Stray(stray)));
        self.refused += u64::from(!taken);
    }

    fn adopt(&mut self, peer: super::peer::Peer) -> Key {
        let key = self.free.pop().unwrap_or(Key(self.members.len()));
        self.by_ufrag.extend(peer.names().map(|name| (name.as_bytes().to_vec(), key)));
        self.by_id.insert(peer.id, key);
        let member = Some(Box::new(Member::new(peer, &self.shared, self.now)));
        match self.members.get_mut(key.0) {
            Some(place) => *place = member,
            None => self.members.push(member),
        }
        key
    }

    /// It will be serviced before the turn ends.
    pub(super) fn touch(&mut self, key: Key) {
        if let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut)
            && !std::mem::replace(&mut member.touched, true)
        {
            self.touched.push(key);
        }
    }

    /// It will be closed when it is serviced.
    pub(super) fn end(&mut self, key: Key, reason: PeerEnd) {
        if let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) {
            member.ended.get_or_insert(reason);
            self.touch(key);
        }
    }

    fn run_timers(&mut self) {
        if self.now >= self.sweep {
            self.sweep = self.now + SWEEP;
            self.wires.streams.sweep(self.now);
            self.count_all_demand();
            if self.index == 0 {
                for peer in self.shared.waiting.overdue(self.now) {
                    self.shared.waiting.worker_of(&self.shared, peer, PeerEnd::Timeout);
                }
            }
        }
        while let Some(Reverse((at, key))) = self.timers.peek().copied() {
            if at > self.now {
                break;
            }
            self.timers.pop();
            let due = |m: &mut Box<Member>| m.timer == Some(at);
            if self.members.get_mut(key.0).and_then(Option::as_mut).is_some_and(due) {
                self.handle_timeout(key);
                self.touch(key);
            }
        }
    }

    /// Books the next call of a peer.
    pub(super) fn schedule(&mut self, key: Key) {
        let earliest = self.now + Duration::from_millis(1);
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let at = member.poll_timeout().max(earliest);
        let sooner = member.timer.is_none_or(|t| at < t || t <= self.now);
        if sooner {
            member.timer = Some(at);
            self.timers.push(Reverse((at, key)));
        }
    }

    /// Forgets a peer that has been closed.
    pub(super) fn remove(&mut self, key: Key) -> Option<Box<Member>> {
        let member = self.members.get_mut(key.0)?.take()?;
        self.by_id.remove(&member.peer.id);
        for name in member.peer.names() {
            self.by_ufrag.remove(name.as_bytes());
        }
        for address in member.peer.addresses() {
            if self.by_address.get(&address) == Some(&key) {
                self.by_address.remove(&address);
            }
            self.wires.streams.close_address(address);
        }
        self.shared.waiting.leave(&member.peer);
        self.free.push(key);
        Some(member)
    }

    /// The batches other workers have left.
    pub(super) fn next_batch(&self) -> Option<Arc<Batch>> {
        self.batches.try_recv().ok()
    }

    fn say_goodbye(&mut self) {
        for index in 0..self.members.len() {
            self.end(Key(index), PeerEnd::ServerStopping);
        }
        self.service_touched();
        self.egress.flush(&mut self.wires, &self.shared.counters);
    }
}
