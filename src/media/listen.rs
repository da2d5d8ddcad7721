//! How a worker begins to listen to a show, and with what a subscriber begins.
//!
//! The worker of a publisher keeps its show's room from the start, with nobody watching there too. Another worker whose
//! first subscriber has come asks it to be sent the show ([`Order::Listen`]). The answer is one batch of what has been
//! forwarded of the present groups of pictures, and every batch after it: the publisher's worker alone sets the bit, between
//! the two, so that nothing is missing and nothing comes twice. The first viewer of a worker thus begins like any other.

use super::board::Publishing;
use super::counters::{PeerState, add};
use super::event::MediaEvent;
use super::member::Role;
use super::room::Room;
use super::shared::{Batch, Order};
use super::worker::{Key, Worker};
use crate::sfu::packet::SourceId;
use quiora_signaling::{PeerEnd, ShowId};
use std::sync::Arc;

impl Worker {
    /// A peer's way is open.
    pub(super) fn connected(&mut self, key: Key) {
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let (id, show, session, kind) = (member.peer.id, member.peer.show, member.peer.session, member.peer.kind);
        self.shared.counters.peer_moved(kind, Some(PeerState::Connecting), Some(PeerState::Connected));
        tracing::debug!(show.id = %show, peer.id = %id, ?kind, "media.peer_connected");
        let board = self.shared.board(show);
        let room = self.rooms.entry(show).or_insert_with(|| Room::new(board, self.now));
        match &member.role {
            Role::Publisher(publisher) => {
                room.publishers += 1;
                self.publishers.push(key);
                let new = Publishing { peer: id, source: publisher.source, worker: self.index };
                let old = publisher.board.take_over(new);
                self.shared.report(MediaEvent::PublisherChanged { show, peer: id, session });
                if let Some(old) = old
                    && old.peer != id
                    && let Some(mailbox) = self.shared.mailboxes.get(old.worker)
                {
                    mailbox.order(Order::Close(old.peer, PeerEnd::Replaced));
                }
            }
            Role::Subscriber(_) => {
                room.subscribers.push(key);
                if !self.listens(show) {
                    self.begin(key, show);
                }
            }
        }
    }

    /// Sees to it that the show comes here. `true`: what its subscribers begin with is on its way.
    fn listens(&mut self, show: ShowId) -> bool {
        let Some(room) = self.rooms.get_mut(&show) else { return false };
        if room.subscribers.len() > 1 {
            return room.awaited;
        }
        let elsewhere = room.board.publisher().filter(|p| p.worker != self.index);
        let mailbox = elsewhere.and_then(|p| self.shared.mailboxes.get(p.worker));
        room.awaited = mailbox.is_some_and(|m| m.order(Order::Listen { show, worker: self.index }));
        if !room.awaited {
            room.board.set_listening(self.index, true);
        }
        room.awaited
    }

    /// Another worker begins to listen to a show.
    pub(super) fn take_listener(&mut self, show: ShowId, worker: usize) {
        let Some(mailbox) = self.shared.mailboxes.get(worker) else { return };
        let present = self.rooms.get(&show).map(|room| room.present(self.now, show));
        let past = present.unwrap_or_else(|| Batch::past(show, SourceId::default(), Vec::new(), Vec::new()));
        let taken = mailbox.batch(Arc::new(past));
        add(&self.shared.counters.batches_dropped, u64::from(!taken));
        self.shared.board(show).set_listening(worker, true);
    }

    /// Nobody here subscribes to this show.
    pub(super) fn stop_listening(&self, show: ShowId) {
        if let Some(board) = self.shared.boards.get(&show) {
            board.set_listening(self.index, false);
        }
    }

    /// What was awaited has come: those who joined meanwhile begin.
    pub(super) fn begin_waiting(&mut self, show: ShowId) {
        let Some(room) = self.rooms.get_mut(&show) else { return };
        room.awaited = false;
        let subscribers = room.subscribers.clone();
        let waits = |key: &Key| {
            let member = self.members.get(key.0).and_then(Option::as_ref);
            member.is_some_and(|m| matches!(&m.role, Role::Subscriber(subscriber) if !subscriber.started))
        };
        let waiting: Vec<Key> = subscribers.into_iter().filter(waits).collect();
        waiting.into_iter().for_each(|key| self.begin(key, show));
    }

    /// A subscriber's first pictures: the present group if it is worth it, else a keyframe that all joiners share.
    fn begin(&mut self, key: Key, show: ShowId) {
        let now = self.now;
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let waited = now.saturating_duration_since(member.peer.built);
        let Some((subscriber, _, mut outlet)) = member.subscriber(&mut self.egress) else { return };
        let Some(room) = self.rooms.get(&show) else { return };
        let sent = subscriber.begin_with_past(now, room, &mut outlet.media);
        if sent > 0 {
            subscriber.started = true;
            self.shared.counters.joined_after(waited);
            add(&self.shared.counters.fast_starts, 1);
            add(&self.shared.counters.media_out, sent);
        } else if let Some(publishing) = room.board.publisher() {
            self.wanted.push((show, publishing.source, None));
        }
    }

    /// A peer of the show is gone.
    pub(super) fn leave_room(&mut self, show: ShowId, key: Key, published: bool) {
        let Some(room) = self.rooms.get_mut(&show) else { return };
        room.publishers -= usize::from(published);
        let were = room.subscribers.len();
        room.subscribers.retain(|k| *k != key);
        if room.subscribers.is_empty() && were > 0 {
            room.board.set_listening(self.index, false);
            room.board.set_wanted(self.index, 0);
        }
        if room.subscribers.is_empty() && room.publishers == 0 {
            self.rooms.remove(&show);
        }
    }
}
