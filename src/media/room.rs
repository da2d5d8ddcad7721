//! One show on one worker: its subscribers here, and what they may ask for again.
//!
//! A ring per picture layer, shared by all subscribers of the worker: plaintext packets by number. It serves two: who
//! misses a packet, and who joins and begins with the present group of pictures. A packet enters the ring when it is
//! forwarded and never before, so that no joiner is sent what the next batch will send it again.

use super::board::Board;
use super::company::Company;
use super::shared::Batch;
use super::worker::Key;
use crate::sfu::allocator::{LayerRate, LayerRates, RUNGS};
use crate::sfu::codec::{Codec, MediaKind};
use crate::sfu::packet::{LayerId, Packet, SourceId, TrackKey};
use crate::sfu::report::Timeline;
use crate::sfu::rewriter::Origin;
use quiora_signaling::ShowId;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Packets of a layer that can be sent again: a second at 10 Mbit/s.
const RING: usize = 1_024;

/// Header, extension, tag, UDP and IP of a packet on a subscriber's wire.
const PACKET_OVERHEAD: usize = 20 + 16 + 28;

/// How often the layers' costs are read.
const RATED_EVERY: Duration = Duration::from_millis(100);

/// Layers with a ring: three of the present source and three of the one before it. When full, the oldest goes.
const MAX_RINGS: usize = 6;

/// A group of pictures older than this, or larger, is not worth beginning with: the player would have to chew all of it
/// before it shows the present. Measured in Chromium: 1.4 s are live after 0.2 s, 5.4 s after 0.4, 20 s never.
const PAST: Duration = Duration::from_secs(2);
const PAST_BYTES: usize = 300_000;

struct Ring {
    source: SourceId,
    layer: LayerId,
    packets: Vec<Option<Packet>>,
    group: Option<Group>,
}

/// The present group of pictures: from the last keyframe on.
#[derive(Clone, Copy)]
struct Group {
    first: u64,
    last: u64,
    began: Instant,
    bytes: usize,
    count: u64,
    /// Timestamp of the newest frame.
    live: u32,
}

/// What a joiner may begin with.
pub(super) struct Past<'a, I: Iterator<Item = &'a Packet>> {
    pub(super) source: SourceId,
    pub(super) codec: Codec,
    pub(super) packets: I,
    /// Timestamp of the newest frame.
    pub(super) live: u32,
}

/// Sounds remembered for redundancy: more than it repeats.
const SOUNDS: usize = 8;

/// A show's local side.
pub(super) struct Room {
    pub(super) board: Arc<Board>,
    pub(super) subscribers: Vec<Key>,
    /// Publishers of the show on this worker: the room stays while there are any.
    pub(super) publishers: usize,
    /// The present groups have been asked for and have not come.
    pub(super) awaited: bool,
    /// Sound that waits for a picture.
    pub(super) company: Company,
    rings: Vec<Ring>,
    timelines: Vec<(SourceId, TrackKey, LayerId, Timeline)>,
    /// The last sounds, by number.
    sounds: [Option<(SourceId, Packet)>; SOUNDS],
    /// Of the newest source: what its layers cost, measured, and as it was read last.
    meter: LayerRates,
    metered: Option<SourceId>,
    rates: [LayerRate; RUNGS],
    rated: Instant,
}

impl Room {
    pub(super) fn new(board: Arc<Board>, now: Instant) -> Self {
        Self {
            board,
            subscribers: Vec::new(),
            publishers: 0,
            awaited: false,
            company: Company::default(),
            rings: Vec::new(),
            timelines: Vec::new(),
            sounds: [const { None }; SOUNDS],
            meter: LayerRates::new(now),
            metered: None,
            rates: [LayerRate::default(); RUNGS],
            rated: now,
        }
    }

    /// Takes over what a batch brings: packets to recall, clocks to report.
    pub(super) fn handle_batch(&mut self, now: Instant, batch: &Batch) {
        if batch.past {
            self.rings.retain(|ring| ring.source != batch.source);
        } else {
            self.measure(now, batch);
        }
        for packet in batch.packets.iter().filter(|p| p.track == TrackKey::Video) {
            if let Some(ring) = self.ring(batch.source, packet.layer) {
                ring.take(packet);
            }
        }
        for packet in batch.packets.iter().filter(|p| p.track == TrackKey::Audio) {
            if let Some(slot) = self.sounds.get_mut((packet.sequence % SOUNDS as u64) as usize) {
                *slot = Some((batch.source, packet.clone()));
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

    /// Counts what the layers of the newest source cost.
    fn measure(&mut self, now: Instant, batch: &Batch) {
        if self.metered.is_none_or(|known| known < batch.source) {
            (self.metered, self.meter) = (Some(batch.source), LayerRates::new(now));
        }
        let counts = |p: &&Packet| p.track == TrackKey::Video && self.metered == Some(batch.source);
        for packet in batch.packets.iter().filter(counts) {
            let temporal = packet.temporal_id().unwrap_or(0);
            self.meter.handle_packet(now, packet.layer, temporal, packet.payload.len() + PACKET_OVERHEAD);
        }
        if now.saturating_duration_since(self.rated) >= RATED_EVERY {
            (self.rated, self.rates) = (now, self.meter.rates(now));
        }
    }

    /// What the layers cost.
    pub(super) fn rates(&self) -> &[LayerRate] {
        &self.rates
    }

    /// The packet that a subscriber's number stands for, if it is still here.
    pub(super) fn recall(&self, origin: &Origin) -> Option<&Packet> {
        let ring = self.rings.iter().find(|r| r.source == origin.source && r.layer == origin.layer)?;
        ring.packets.get(place(origin.sequence))?.as_ref().filter(|p| p.sequence == origin.sequence)
    }

    /// The sounds before this one, at most `count` of them, oldest first.
    pub(super) fn sounds_before(
        &self,
        source: SourceId,
        sequence: u64,
        count: usize,
    ) -> impl Iterator<Item = &Packet> + Clone {
        (1..=count as u64).rev().filter_map(move |back| {
            let wanted = sequence.checked_sub(back)?;
            let (of, packet) = self.sounds.get((wanted % SOUNDS as u64) as usize)?.as_ref()?;
            (*of == source && packet.sequence == wanted).then_some(packet)
        })
    }

    /// The publisher's clock for a stream.
    pub(super) fn timeline(&self, source: SourceId, kind: MediaKind, layer: LayerId) -> Option<&Timeline> {
        let track = match kind {
            MediaKind::Audio => TrackKey::Audio,
            MediaKind::Video => TrackKey::Video,
        };
        self.timelines.iter().find(|t| (t.0, t.1, t.2) == (source, track, layer)).map(|t| &t.3)
    }

    /// What who joins now may begin with: the group of pictures of the newest source's best layer within `limit` (the
    /// lowest, if none is), if the group is young, small and whole.
    pub(super) fn past(&self, now: Instant, limit: LayerId) -> Option<Past<'_, impl Iterator<Item = &Packet>>> {
        let source = self.rings.iter().map(|r| r.source).max()?;
        let usable = |ring: &&Ring| ring.source == source && ring.whole_group(now).is_some();
        let rings = || self.rings.iter().filter(usable);
        let within = rings().filter(|r| r.layer <= limit).max_by_key(|r| r.layer);
        let ring = within.or_else(|| rings().min_by_key(|r| r.layer))?;
        let group = ring.whole_group(now)?;
        let packets = ring.group_packets(group);
        let codec = packets.clone().next()?.codec;
        Some(Past { source, codec, packets, live: group.live })
    }

    /// The present groups of the newest source, those worth beginning with, for the room of another worker.
    pub(super) fn present(&self, now: Instant, show: ShowId) -> Batch {
        let source = self.rings.iter().map(|r| r.source).max().unwrap_or_default();
        let of_source = self.rings.iter().filter(|r| r.source == source);
        let groups = of_source.filter_map(|ring| Some((ring, ring.whole_group(now)?)));
        let packets: Vec<_> = groups.flat_map(|(ring, group)| ring.group_packets(group)).cloned().collect();
        let timelines = self.timelines.iter().filter(|t| t.0 == source).map(|t| (t.1, t.2, t.3)).collect();
        Batch::past(show, source, packets, timelines)
    }

    fn ring(&mut self, source: SourceId, layer: LayerId) -> Option<&mut Ring> {
        if let Some(index) = self.rings.iter().position(|r| r.source == source && r.layer == layer) {
            return self.rings.get_mut(index);
        }
        if self.rings.len() == MAX_RINGS {
            self.rings.remove(0);
        }
        self.rings.push(Ring { source, layer, packets: vec![None; RING], group: None });
        self.rings.last_mut()
    }
}

impl Ring {
    fn take(&mut self, packet: &Packet) {
        let length = packet.payload.len();
        if packet.keyframe && self.group.is_none_or(|g| packet.sequence > g.last) {
            let (first, last, live) = (packet.sequence, packet.sequence, packet.timestamp);
            self.group = Some(Group { first, last, began: packet.arrived, bytes: length, count: 1, live });
        } else if let Some(group) = self.group.as_mut().filter(|g| packet.sequence > g.first) {
            group.count += 1;
            group.bytes += length;
            if packet.sequence > group.last {
                (group.last, group.live) = (packet.sequence, packet.timestamp);
            }
        }
        if let Some(slot) = self.packets.get_mut(place(packet.sequence)) {
            *slot = Some(packet.clone());
        }
    }

    fn group_packets(&self, group: Group) -> impl Iterator<Item = &Packet> + Clone {
        (group.first..=group.last).filter_map(|number| self.packets.get(place(number)).and_then(Option::as_ref))
    }

    /// The present group if it is young and small and nothing of it is missing.
    fn whole_group(&self, now: Instant) -> Option<Group> {
        let group = self.group?;
        let whole = group.count == group.last - group.first + 1 && group.count < RING as u64;
        let worth = now.saturating_duration_since(group.began) <= PAST && group.bytes <= PAST_BYTES;
        (whole && worth).then_some(group)
    }
}

/// Where a number lies in a ring.
fn place(sequence: u64) -> usize {
    (sequence % RING as u64) as usize
}
