//! What a worker does with media: from its publishers to its subscribers, and once to every other worker that listens.
//! How a worker begins to listen is in `listen`.

use super::counters::{PeerState, add};
use super::egress::Target;
use super::event::MediaEvent;
use super::library::Library;
use super::member::Role;
use super::peer::PeerEvent;
use super::publisher::Flow;
use super::shared::Order;
use super::worker::{Key, Worker};
use crate::sfu::packet::LayerId;
use quiora_signaling::PeerEnd;
use std::sync::Arc;

impl Worker {
    /// Services every peer something has come for: events, media, feedback, datagrams to send, next call.
    pub(super) fn service_touched(&mut self) {
        while let Some(key) = self.touched.pop() {
            let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { continue };
            member.touched = false;
            self.take_events(key);
            self.take_media(key);
            self.take_feedback(key);
            self.transmit(key);
            self.take_events(key);
            let ended = self.members.get(key.0).and_then(Option::as_ref).and_then(|m| m.ended);
            match ended {
                Some(reason) => self.close(key, reason),
                None => self.schedule(key),
            }
        }
    }

    fn take_events(&mut self, key: Key) {
        while let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) {
            match member.peer.poll_event() {
                None => return,
                Some(PeerEvent::Connected) => self.connected(key),
                Some(PeerEvent::Ended(reason)) => {
                    member.ended.get_or_insert(reason);
                }
                Some(event) => {
                    if let Role::Publisher(publisher) = &mut member.role {
                        publisher.handle_event(&event);
                    }
                }
            }
        }
    }

    fn take_media(&mut self, key: Key) {
        let (now, ntp) = (self.now, self.ntp);
        let (mut accepted, mut refused) = (0, 0);
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let (show, peer) = (member.peer.show, member.peer.id);
        let Role::Publisher(publisher) = &mut member.role else { return };
        while let Some(packet) = member.peer.library().and_then(Library::poll_media) {
            match publisher.handle_packet(now, ntp, packet, &member.peer.layers) {
                Ok(flow) => {
                    accepted += 1;
                    if flow == Some(Flow::Flowing) {
                        self.shared.report(MediaEvent::Flowing { show, peer });
                    }
                }
                Err(_) => refused += 1,
            }
        }
        add(&self.shared.counters.media_in, accepted);
        add(&self.shared.counters.media_dropped, refused);
    }

    fn take_feedback(&mut self, key: Key) {
        let ntp = self.ntp;
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let (Some(library), Role::Publisher(publisher)) = (member.peer.library(), &mut member.role) else { return };
        while let Some(feedback) = library.poll_feedback() {
            publisher.handle_feedback(feedback, ntp);
        }
    }

    /// A subscriber's SRTCP: opened, taken in, and answered within the turn.
    pub(super) fn take_rtcp(&mut self, key: Key, datagram: &[u8]) {
        let (now, ntp) = (self.now, self.ntp);
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let Some((subscriber, receiver, mut outlet)) = member.subscriber(&mut self.egress) else { return };
        self.opened.clear();
        self.opened.extend_from_slice(datagram);
        let Some(compound) = receiver.open_rtcp(&mut self.opened) else {
            self.refused += 1;
            return;
        };
        let show = self.rooms.get(&outlet.show);
        let Some(room) = show else { return };
        let heard = subscriber.handle_rtcp(now, ntp, compound, room, &mut outlet.media);
        subscriber.adapt(now, room, &mut outlet.media);
        // A share that has changed may need a keyframe of another layer.
        if let Some((source, layer)) = subscriber.keyframe_wanted(now) {
            self.wanted.push((outlet.show, source, Some(layer)));
        }
        if heard.keyframe
            && let Some((source, layer)) = subscriber.picture()
        {
            self.wanted.push((outlet.show, source, Some(layer)));
        }
        if heard.goodbye {
            member.peer.handle_goodbye();
        }
        add(&self.shared.counters.nack_in, heard.missing);
        add(&self.shared.counters.retransmitted, heard.repeated);
        add(&self.shared.counters.keyframes_asked, u64::from(heard.keyframe));
    }

    /// Time has passed for a peer.
    pub(super) fn handle_timeout(&mut self, key: Key) {
        let (now, ntp) = (self.now, self.ntp);
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        member.timer = None;
        member.peer.handle_timeout(now);
        let (show, peer) = (member.peer.show, member.peer.id);
        match &mut member.role {
            Role::Publisher(publisher) => {
                let mut ask = Vec::new();
                if publisher.handle_timeout(now, &mut ask) == Some(Flow::Stalled) {
                    self.shared.report(MediaEvent::Stalled { show, peer });
                }
                add(&self.shared.counters.keyframes_requested, ask.len() as u64);
                if let Some(library) = member.peer.library() {
                    ask.into_iter().for_each(|ssrc| library.write_keyframe_request(now, ssrc));
                }
                self.tell_demand(key);
            }
            Role::Subscriber(_) => {
                let Some((subscriber, _, mut outlet)) = member.subscriber(&mut self.egress) else { return };
                if let Some(room) = self.rooms.get(&show) {
                    subscriber.handle_timeout(now, ntp, room, &mut outlet.media);
                    subscriber.adapt(now, room, &mut outlet.media);
                }
                if let Some((source, layer)) = subscriber.keyframe_wanted(now) {
                    self.wanted.push((show, source, Some(layer)));
                }
            }
        }
    }

    /// Forwards what this worker's publishers sent and what other workers have left.
    pub(super) fn forward(&mut self) {
        for index in 0..self.publishers.len() {
            let Some(key) = self.publishers.get(index).copied() else { break };
            let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { continue };
            let show = member.peer.show;
            let Role::Publisher(publisher) = &mut member.role else { continue };
            let Some(batch) = publisher.poll_batch(self.now, show) else { continue };
            let batch = Arc::new(batch);
            for worker in publisher.board.listening().filter(|w| *w != self.index) {
                let taken = self.shared.mailboxes.get(worker).is_some_and(|m| m.batch(batch.clone()));
                add(&self.shared.counters.batches_dropped, u64::from(!taken));
            }
            self.arrived(batch);
        }
        for _ in 0..super::shared::MAX_BATCHES {
            let Some(batch) = self.next_batch() else { break };
            self.arrived(batch);
        }
        self.release_due();
    }

    /// Sends on the keyframe requests of this turn: to a publisher here, or to the worker that has it.
    pub(super) fn request_keyframes(&mut self) {
        let mut wanted = std::mem::take(&mut self.wanted);
        wanted.sort_unstable();
        wanted.dedup();
        for (show, source, layer) in wanted.drain(..) {
            let publishing = self.shared.boards.get(&show).and_then(|b| b.publisher());
            let Some(publishing) = publishing.filter(|p| p.source == source) else { continue };
            if publishing.worker != self.index {
                let order = match layer {
                    Some(layer) => Order::Keyframe(show, source, layer),
                    None => Order::AnyKeyframe(show, source),
                };
                if let Some(mailbox) = self.shared.mailboxes.get(publishing.worker) {
                    mailbox.order(order);
                }
            } else if let Some(key) = self.by_id.get(&publishing.peer).copied() {
                self.ask_publisher(key, layer);
            }
        }
        self.wanted = wanted;
    }

    fn ask_publisher(&mut self, key: Key, layer: Option<LayerId>) {
        let now = self.now;
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let Role::Publisher(publisher) = &mut member.role else { return };
        let layers = match layer {
            Some(layer) => layer.0..=layer.0,
            None => 0..=u8::try_from(member.peer.layers.len().saturating_sub(1)).unwrap_or(0),
        };
        let mut asked = 0;
        for layer in layers {
            if let Some(ssrc) = publisher.request_keyframe(now, LayerId(layer))
                && let Some(library) = member.peer.library()
            {
                library.write_keyframe_request(now, ssrc);
                asked += 1;
            }
        }
        if asked > 0 {
            add(&self.shared.counters.keyframes_requested, asked);
            self.touch(key);
        }
    }

    /// Moves a peer's datagrams to the egress.
    fn transmit(&mut self, key: Key) {
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        while let Some(datagram) = member.peer.poll_transmit() {
            let Some((to, from)) = member.peer.route() else { continue };
            self.egress.push(&datagram, Target { to, from, distress: 0 });
        }
        if self.egress.is_full() {
            self.egress.flush(&mut self.wires, &self.shared.counters);
        }
    }

    fn close(&mut self, key: Key, reason: PeerEnd) {
        if let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) {
            member.peer.close();
        }
        self.transmit(key);
        let Some(member) = self.remove(key) else { return };
        let peer = &member.peer;
        let mut published = false;
        if let Role::Publisher(publisher) = &member.role {
            publisher.board.step_down(peer.id);
            published = self.publishers.contains(&key);
            self.publishers.retain(|k| *k != key);
        }
        self.leave_room(peer.show, key, published);
        if reason == PeerEnd::Failed && peer.state() == PeerState::Connecting {
            self.shared.compatible.insert(peer.session);
        }
        self.shared.peer_ended(peer, Some(peer.state()), reason);
    }
}
