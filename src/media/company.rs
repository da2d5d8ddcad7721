//! A batch to every subscriber of a worker; and sound that waits for a picture, so that both leave in one send.
//!
//! A send costs the kernel several microseconds, for one packet as for the six of a frame. On a worker that is busy
//! ([`super::busy`]) a packet of sound therefore waits for the next picture, the next packet of sound, or [`HOLD`],
//! whichever comes first, and leaves behind the picture as the last, shorter segment of its run. On any other it leaves at
//! once, and so it does while the kernel takes nothing.

use super::counters::add;
use super::shared::Batch;
use super::subscriber::Forwarded;
use super::worker::Worker;
use crate::sfu::packet::TrackKey;
use crate::sfu::reason::Reason;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long sound waits at most: one packet of it, in which a player's jitter buffer (RFC 3550 §6.4.1) has room.
const HOLD: Duration = Duration::from_millis(20);

/// Sound of one show that waits for company.
#[derive(Default)]
pub(super) struct Company {
    held: Option<(Arc<Batch>, Instant)>,
}

impl Company {
    /// A batch has come. Returns what is to be forwarded now, and the sound that goes along with it.
    fn take(&mut self, now: Instant, batch: Arc<Batch>, may_wait: bool) -> Option<(Arc<Batch>, Option<Arc<Batch>>)> {
        if may_wait && batch.is_sound() {
            let (sound, _) = self.held.replace((batch, now + HOLD))?;
            return Some((sound, None));
        }
        Some((batch, self.held.take().map(|(sound, _)| sound)))
    }

    /// When what waits is due.
    fn due(&self) -> Option<Instant> {
        self.held.as_ref().map(|(_, due)| *due)
    }

    /// What has waited long enough.
    fn take_due(&mut self, now: Instant) -> Option<Arc<Batch>> {
        self.held.take_if(|(_, due)| *due <= now).map(|(sound, _)| sound)
    }
}

impl Worker {
    /// A batch has come: to be forwarded, now or with the next one.
    pub(super) fn arrived(&mut self, batch: Arc<Batch>) {
        let (now, may_wait) = (self.now, self.busy.is_busy() && !self.egress.is_waiting());
        let Some(room) = self.rooms.get_mut(&batch.show) else { return self.stop_listening(batch.show) };
        room.handle_batch(now, &batch);
        if batch.past {
            return self.begin_waiting(batch.show);
        }
        // Were the present groups lost on their way, nobody waits for them for ever.
        room.awaited = false;
        let ready = room.company.take(now, batch, may_wait);
        self.held_due = room.company.due().into_iter().chain(self.held_due).min();
        if let Some((batch, along)) = ready {
            self.deliver(&batch, along.as_deref());
        }
    }

    /// Sound that has waited long enough leaves alone.
    pub(super) fn release_due(&mut self) {
        let now = self.now;
        if self.held_due.is_none_or(|due| due > now) {
            return;
        }
        let due: Vec<_> = self.rooms.values_mut().filter_map(|room| room.company.take_due(now)).collect();
        self.held_due = self.rooms.values().filter_map(|room| room.company.due()).min();
        due.iter().for_each(|sound| self.deliver(sound, None));
    }

    /// One batch to every subscriber of this worker, and behind its pictures the sound that waited for them.
    fn deliver(&mut self, batch: &Batch, held: Option<&Batch>) {
        let Some(room) = self.rooms.get(&batch.show) else { return };
        let now = self.now;
        let gathers = self.busy.is_busy() && !batch.is_sound();
        let (mut sent, mut dropped) = (0, 0);
        for key in &room.subscribers {
            let Some(member) = self.members.get_mut(key.0).and_then(Option::as_mut) else { continue };
            let built = member.peer.built;
            let Some((subscriber, _, mut outlet)) = member.subscriber(&mut self.egress) else { continue };
            outlet.media.gathers = gathers;
            let (mut any, mut hungry) = (false, false);
            let pictures = batch.of(TrackKey::Video).map(|packet| (batch.source, packet));
            let waited = held.into_iter().flat_map(|held| held.of(TrackKey::Audio).map(|packet| (held.source, packet)));
            let sounds = batch.of(TrackKey::Audio).map(|packet| (batch.source, packet));
            for (source, (packet, padding)) in pictures.chain(waited).chain(sounds) {
                match subscriber.forward(now, source, packet, padding, room, &mut outlet.media) {
                    Forwarded::Sent => {
                        any = true;
                        sent += 1;
                    }
                    Forwarded::Dropped(reason) => {
                        hungry |= reason == Reason::AwaitingKeyframe;
                        dropped += 1;
                    }
                }
            }
            if hungry && let Some((source, layer)) = subscriber.keyframe_wanted(now) {
                self.wanted.push((batch.show, source, Some(layer)));
            }
            if any && !std::mem::replace(&mut subscriber.started, true) {
                self.shared.counters.joined_after(now.saturating_duration_since(built));
            }
            if self.egress.is_full() {
                self.egress.flush(&mut self.wires, &self.shared.counters);
            }
        }
        add(&self.shared.counters.media_out, sent);
        add(&self.shared.counters.media_dropped, dropped);
    }
}

#[cfg(test)]
mod tests;
