//! One show on one worker: its subscribers here, and what they may ask for again.
//!
//! A retransmission ring per picture layer, shared by all subscribers of the worker: plaintext packets by number.

use super::board::Board;
use super::shared::Batch;
use super::worker::Key;
use crate::sfu::packet::{LayerId, Packet, SourceId, TrackKey};
use crate::sfu::report::Timeline;
use crate::sfu::rewriter::Origin;
use std::sync::Arc;

/// Packets of a layer that can be sent again: a second at 10 Mbit/s.
const RING: usize = 1_024;

/// Layers with a ring: three of the present source and three of the one before it. When full, the oldest goes.
const MAX_RINGS: usize = 6;

struct Ring {
    source: SourceId,
    layer: LayerId,
    packets: Vec<Option<Packet>>,
}

/// A show's local side.
pub(super) struct Room {
    pub(super) board: Arc<Board>,
    pub(super) subscribers: Vec<Key>,
    rings: Vec<Ring>,
    timelines: Vec<(SourceId, TrackKey, LayerId, Timeline)>,
}

impl Room {
    pub(super) fn new(board: Arc<Board>) -> Self {
        Self { board, subscribers: Vec::new(), rings: Vec::new(), timelines: Vec::new() }
    }

    /// Takes over what a batch brings: packets to recall, clocks to report.
    pub(super) fn handle_batch(&mut self, batch: &Batch) {
        for packet in batch.packets.iter().filter(|p| p.track == TrackKey::Video) {
            let ring = self.ring(batch.source, packet.layer);
            if let Some(slot) = ring.and_then(|r| r.packets.get_mut(place(packet.sequence))) {
                *slot = Some(packet.clone());
            }
        }
        for (track, layer, timeline) in &batch.timelines {
            let same = |t: &&mut (SourceId, TrackKey, LayerId, Timeline)| (t.1, t.2) == (*track, *layer);
            let new = (batch.source, *track, *layer, *timeline);
            match self.timelines.iter_mut().find(same) {
                Some(known) => *known = new,
                None => self.timelines.push(new),
            }
        }
    }

    /// The packet that a subscriber's number stands for, if it is still here.
    pub(super) fn recall(&self, origin: &Origin) -> Option<&Packet> {
        let ring = self.rings.iter().find(|r| r.source == origin.source && r.layer == origin.layer)?;
        ring.packets.get(place(origin.sequence))?.as_ref().filter(|p| p.sequence == origin.sequence)
    }

    /// The publisher's clock for a stream.
    pub(super) fn timeline(&self, source: SourceId, track: TrackKey, layer: LayerId) -> Option<&Timeline> {
        self.timelines.iter().find(|t| (t.0, t.1, t.2) == (source, track, layer)).map(|t| &t.3)
    }

    fn ring(&mut self, source: SourceId, layer: LayerId) -> Option<&mut Ring> {
        if let Some(index) = self.rings.iter().position(|r| r.source == source && r.layer == layer) {
            return self.rings.get_mut(index);
        }
        if self.rings.len() == MAX_RINGS {
            self.rings.remove(0);
        }
        self.rings.push(Ring { source, layer, packets: vec![None; RING] });
        self.rings.last_mut()
    }
}

/// Where a number lies in a ring.
fn place(sequence: u64) -> usize {
    (sequence % RING as u64) as usize
}
