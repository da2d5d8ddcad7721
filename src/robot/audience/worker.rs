//! One audience thread: its sockets and its viewers.
//!
//! It looks at its sockets on a beat and does not wait for them: a thread that the kernel must wake for every packet costs
//! the *sender* a wake-up each, which a network card would not, and would be measured as the server's. Delay is taken from
//! the kernel's own time of arrival, so the beat is not in it.

use super::dtls::Identity;
use super::socket::{Inbox, Sockets};
use super::tally::Tally;
use super::viewer::Viewer;
use crate::clock;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Between two looks at the sockets.
const BEAT: Duration = Duration::from_millis(1);

/// A turn that found this much goes on without a pause: the buffers are filling.
const BUSY: u64 = 2_000;

/// What a thread is told.
pub(super) enum Order {
    /// One more viewer.
    Join(Box<Viewer>),
    /// The measured window begins.
    OpenWindow,
    /// Tell what the window has shown.
    Tell(oneshot::Sender<Tally>),
}

/// What all threads add to while they run.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// Viewers with a connection.
    pub(super) connected: AtomicU64,
    /// Viewers that have seen a keyframe.
    pub(super) playing: AtomicU64,
    /// Viewers whose connection is over.
    pub(super) closed: AtomicU64,
    /// RTP packets and bytes.
    pub(super) packets: AtomicU64,
    pub(super) bytes: AtomicU64,
}

/// The thread's state.
pub(super) struct Worker {
    pub(super) sockets: Arc<Sockets>,
    pub(super) orders: Receiver<Order>,
    pub(super) identity: Arc<Identity>,
    pub(super) live: Arc<Live>,
}

/// Viewers by slot, and when each wants its turn.
struct Seats {
    viewers: Vec<Option<Seat>>,
    timers: BinaryHeap<Reverse<(Instant, usize)>>,
}

struct Seat {
    viewer: Box<Viewer>,
    /// The earliest timer of this viewer in the heap; later ones are stale.
    timer: Option<Instant>,
    connected: bool,
    playing: bool,
    closed: bool,
}

impl Worker {
    /// Runs until the other end of `orders` is gone, then says goodbye for all viewers.
    pub(super) fn run(self) {
        let mut seats = Seats { viewers: Vec::new(), timers: BinaryHeap::new() };
        let mut inbox = Inbox::new();
        let mut pause = BEAT;
        loop {
            match self.orders.recv_timeout(pause) {
                Ok(order) => self.obey(&mut seats, order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while let Ok(order) = self.orders.try_recv() {
                self.obey(&mut seats, order);
            }
            let packets = self.turn(&mut seats, &mut inbox);
            pause = if packets >= BUSY { Duration::ZERO } else { BEAT };
        }
        let now = clock::monotonic();
        for seat in seats.viewers.iter_mut().flatten() {
            let (slot, to) = (seat.viewer.slot, seat.viewer.remote());
            seat.viewer.close(now, |datagram| self.sockets.send(slot, to, datagram));
        }
    }

    fn obey(&self, seats: &mut Seats, order: Order) {
        match order {
            Order::Join(viewer) => {
                let slot = viewer.slot;
                if seats.viewers.len() <= slot {
                    seats.viewers.resize_with(slot + 1, || None);
                }
                let seat = Seat { viewer, timer: None, connected: false, playing: false, closed: false };
                seats.viewers[slot] = Some(seat);
                seats.schedule(slot);
            }
            Order::OpenWindow => seats.viewers.iter_mut().flatten().for_each(|seat| seat.viewer.open_window()),
            Order::Tell(reply) => {
                let mut tally = Tally::default();
                seats.viewers.iter().flatten().for_each(|seat| seat.viewer.tell(&mut tally));
                let _ = reply.send(tally);
            }
        }
    }

    /// One turn; how many RTP packets it brought.
    fn turn(&self, seats: &mut Seats, inbox: &mut Inbox) -> u64 {
        let now = clock::monotonic();
        let (mut packets, mut bytes) = (0, 0);
        self.sockets.drain(inbox, |datagram| {
            let slot = datagram.slot;
            let Some(Some(seat)) = seats.viewers.get_mut(slot) else { return };
            let (before, to) = (seat.viewer.received(), seat.viewer.remote());
            let send = |bytes: &[u8]| self.sockets.send(slot, to, bytes);
            let moved = seat.viewer.handle(now, datagram.bytes, datagram.arrived_ns, &self.identity, send);
            let after = seat.viewer.received();
            packets += after.0 - before.0;
            bytes += after.1 - before.1;
            if moved || !seat.playing {
                self.note(seat);
                seats.schedule(slot);
            }
        });
        while let Some(Reverse((at, slot))) = seats.timers.peek().copied() {
            if at > now {
                break;
            }
            seats.timers.pop();
            let Some(Some(seat)) = seats.viewers.get_mut(slot) else { continue };
            if seat.timer != Some(at) {
                continue;
            }
            seat.timer = None;
            let to = seat.viewer.remote();
            seat.viewer.handle_timeout(now, &self.identity, |bytes| self.sockets.send(slot, to, bytes));
            self.note(seat);
            seats.schedule(slot);
        }
        self.live.packets.fetch_add(packets, Relaxed);
        self.live.bytes.fetch_add(bytes, Relaxed);
        packets
    }

    /// Tells the screen how far a viewer is.
    fn note(&self, seat: &mut Seat) {
        let reached = seat.viewer.milestones();
        let steps = [
            (&mut seat.connected, reached.connected.is_some(), &self.live.connected),
            (&mut seat.playing, reached.first_keyframe.is_some(), &self.live.playing),
            (&mut seat.closed, seat.viewer.is_closed(), &self.live.closed),
        ];
        for (known, is, count) in steps {
            if is && !std::mem::replace(known, true) {
                count.fetch_add(1, Relaxed);
            }
        }
    }
}

impl Seats {
    fn schedule(&mut self, slot: usize) {
        let Some(Some(seat)) = self.viewers.get_mut(slot) else { return };
        if seat.closed {
            return;
        }
        let at = seat.viewer.next_at();
        if seat.timer.is_none_or(|timer| at < timer) {
            seat.timer = Some(at);
            self.timers.push(Reverse((at, slot)));
        }
    }
}
