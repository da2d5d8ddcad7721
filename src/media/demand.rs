//! Which layers anybody has use for: from players' sizes to what a publisher may leave out.
//!
//! A viewer's page says how large it shows the picture ([`Media::view`]); that limits its layer. Each worker tells the
//! show's board how many layers its subscribers have use for, and the publisher's worker reports the most of it: up at
//! once, down after [`PATIENCE`]. With nobody watching, the lowest layer goes on alone.

use super::event::MediaEvent;
use super::handle::Media;
use super::member::Role;
use super::shared::Order;
use super::waiting::Reached;
use super::worker::{Key, Worker};
use crate::sfu::packet::LayerId;
use quiora_signaling::PeerId;
use std::time::{Duration, Instant};

/// Nobody has had use for a layer this long: a viewer who reloads the page or turns the phone wants it back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Players up to this height, in device pixels, are served by the lowest and the middle layer: a quarter and a half of 720
/// lines, and a third more, since scaling up by that much is not seen.
const LOWEST_SERVES: u32 = 240;
const MIDDLE_SERVES: u32 = 480;

/// The best layer that a player of this height has use for.
pub(super) const fn limit(height_px: u32) -> LayerId {
    LayerId(if height_px <= LOWEST_SERVES {
        0
    } else if height_px <= MIDDLE_SERVES {
        1
    } else {
        u8::MAX
    })
}

/// What has been told to a publisher of several layers.
pub(super) struct Demand {
    layers: u8,
    told: u8,
    /// Since when less has been wanted.
    less_since: Option<Instant>,
}

impl Demand {
    /// A publisher that sends all its layers.
    pub(super) fn new(layers: usize) -> Self {
        let layers = u8::try_from(layers).unwrap_or(u8::MAX).max(1);
        Self { layers, told: layers, less_since: None }
    }

    /// How many layers are to be sent from now on, if that has changed.
    pub(super) fn poll(&mut self, now: Instant, wanted: u8) -> Option<u8> {
        let wanted = wanted.clamp(1, self.layers);
        if wanted < self.told {
            let since = *self.less_since.get_or_insert(now);
            if now.saturating_duration_since(since) < PATIENCE {
                return None;
            }
        }
        self.less_since = None;
        (std::mem::replace(&mut self.told, wanted) != wanted).then_some(wanted)
    }
}

impl Media {
    /// A subscriber's player is this high now, in device pixels.
    pub fn view(&self, peer: PeerId, height_px: u32) {
        let reached = self.shared.waiting.reach(peer, |peer| peer.limit = limit(height_px));
        if let Some(Reached::Worker(worker)) = reached
            && let Some(mailbox) = self.shared.mailboxes.get(worker)
        {
            // A full mailbox loses a wish; the next resize brings another.
            mailbox.order(Order::View(peer, height_px));
        }
    }
}

impl Worker {
    /// A subscriber's player has another size.
    pub(super) fn handle_view(&mut self, peer: PeerId, height_px: u32) {
        let now = self.now;
        let Some(key) = self.by_id.get(&peer).copied() else { return };
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let show = member.peer.show;
        if let Role::Subscriber(subscriber) = &mut member.role {
            subscriber.set_limit(now, limit(height_px));
        }
        self.count_demand(show);
    }

    /// Tells each board how many layers are of use here.
    pub(super) fn count_all_demand(&mut self) {
        let shows: Vec<_> = self.rooms.keys().copied().collect();
        shows.into_iter().for_each(|show| self.count_demand(show));
    }

    fn count_demand(&self, show: quiora_signaling::ShowId) {
        let Some(room) = self.rooms.get(&show) else { return };
        let limit = |key: &Key| match &self.members.get(key.0)?.as_ref()?.role {
            Role::Subscriber(subscriber) => Some(subscriber.limit().0.saturating_add(1)),
            Role::Publisher(_) => None,
        };
        room.board.set_wanted(self.index, room.subscribers.iter().filter_map(limit).max().unwrap_or(0));
    }

    /// Reports what a publisher need not send, if that has changed.
    pub(super) fn tell_demand(&mut self, key: Key) {
        let now = self.now;
        let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { return };
        let (show, peer, session) = (member.peer.show, member.peer.id, member.peer.session);
        let Role::Publisher(publisher) = &mut member.role else { return };
        let wanted = publisher.board.wanted();
        if let Some(count) = publisher.demand.poll(now, wanted) {
            tracing::debug!(show.id = %show, peer.id = %peer, count, "media.layers_wanted");
            self.shared.report(MediaEvent::LayersWanted { show, peer, session, count });
        }
    }
}

#[cfg(test)]
mod tests;
