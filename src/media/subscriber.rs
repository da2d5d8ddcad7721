//! What subscribing adds to a peer: two slots, each a forwarder with the numbers and payload types of this subscriber.
//!
//! # The direct path
//! A packet that is forwarded is written into the egress in its final form: header, payload, padding, sealed in place.
//! One copy, no allocation, no lock; what is known of the subscriber stays in its own few cache lines.

use super::egress::{Egress, Lane, Target};
use super::formats::Format;
use super::peer::Peer;
use super::room::Room;
use crate::sfu::codec::{Codec, MediaKind};
use crate::sfu::forwarder::{Decision, Forwarder, Out};
use crate::sfu::packet::{LayerId, Packet, SourceId, TrackKey};
use crate::sfu::reason::Reason;
use crate::sfu::red;
use crate::sfu::rtp::Head;
use crate::sfu::vp8;
use crate::srtp::Sender;
use std::time::{Duration, Instant};

mod adapt;
pub(super) mod control;
mod repeat;

use adapt::Adaptation;
use repeat::Repeats;

/// The first sender reports come soon, so that lips and voice meet from the start; then once a second.
const FIRST_REPORT: Duration = Duration::from_millis(50);

/// Header with extension, and tag: what a packet is longer than its payload.
const OVERHEAD: usize = 20 + 16;

/// One slot: a picture or a sound.
struct Slot {
    forwarder: Forwarder,
    ssrc: u32,
    formats: Vec<Format>,
    /// The id of the transport-wide sequence number, where negotiated.
    transport_cc: Option<u8>,
    packets: u64,
    octets: u64,
    /// The highest number of which a report has told.
    told: Option<u32>,
}

/// The subscribing side of a peer.
pub(super) struct Subscriber {
    audio: Slot,
    video: Slot,
    rtx_ssrc: u32,
    repeats: Repeats,
    report: Instant,
    adaptation: Adaptation,
    /// Reported loss of the last second, 0 to 255.
    distress: u8,
    /// Something has been sent.
    pub(super) started: bool,
}

/// What came of forwarding a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forwarded {
    /// It was written.
    Sent,
    /// It was not, and that is as it should be.
    Dropped(Reason),
}

/// Where a subscriber's packets are written.
pub(super) struct Outlet<'a> {
    pub(super) sender: &'a mut Sender,
    pub(super) egress: &'a mut Egress,
    pub(super) target: Target,
    /// Sound leaves behind the pictures, not before them.
    pub(super) gathers: bool,
}

impl Subscriber {
    /// A subscriber that has been sent nothing.
    pub(super) fn new(peer: &Peer, now: Instant) -> Self {
        let slot = |kind, ssrc| {
            let sections = || peer.sections.iter().filter(|s| s.kind == kind);
            let formats: Vec<Format> = sections().flat_map(|s| s.formats.clone()).collect();
            let mut forwarder = Forwarder::new(kind);
            forwarder.set_codecs(&formats.iter().map(|f| f.codec).collect::<Vec<_>>());
            let transport_cc = sections().find_map(|s| s.transport_cc);
            Slot { forwarder, ssrc, formats, transport_cc, packets: 0, octets: 0, told: None }
        };
        Self {
            audio: slot(MediaKind::Audio, peer.streams.audio),
            video: slot(MediaKind::Video, peer.streams.video),
            rtx_ssrc: peer.streams.video_rtx,
            repeats: Repeats::new(),
            report: now + FIRST_REPORT,
            adaptation: Adaptation::new(now, peer.limit),
            distress: 0,
            started: false,
        }
    }

    /// When [`Subscriber::handle_timeout`] wants to be called.
    pub(super) fn poll_timeout(&self) -> Instant {
        self.adaptation.poll_timeout().map_or(self.report, |at| at.min(self.report))
    }

    /// How badly it is off, for shedding.
    pub(super) fn distress(&self) -> u8 {
        self.distress
    }

    /// Of which source and layer a keyframe is wanted, as far as is known.
    pub(super) fn keyframe_wanted(&self, now: Instant) -> Option<(SourceId, LayerId)> {
        self.video.forwarder.keyframe_source(now)
    }

    /// The source and layer of the present picture.
    pub(super) fn picture(&self) -> Option<(SourceId, LayerId)> {
        self.video.forwarder.current()
    }

    /// Forwards a packet of the room's show, or not. `padding` bytes make it as long as its neighbours.
    pub(super) fn forward(
        &mut self,
        now: Instant,
        source: SourceId,
        packet: &Packet,
        padding: u8,
        room: &Room,
        outlet: &mut Outlet<'_>,
    ) -> Forwarded {
        let (slot, lane) = match packet.track {
            TrackKey::Audio => (&mut self.audio, if outlet.gathers { Lane::Along } else { Lane::First }),
            TrackKey::Video => (&mut self.video, Lane::Video),
        };
        let Some(format) = slot.formats.iter().find(|f| f.codec == packet.codec) else {
            return Forwarded::Dropped(Reason::CodecNotNegotiated);
        };
        let out = match slot.forwarder.forward(now, source, packet) {
            Decision::Forward(out) => out,
            Decision::Drop(reason) => return Forwarded::Dropped(reason),
        };
        let blocks = format.red.map_or(0, |_| red::blocks(self.distress));
        let (payload_type, body) = match format.red {
            Some(red) if blocks > 0 => {
                (red, Body::Redundant(format.payload_type, room.sounds_before(source, packet.sequence, blocks)))
            }
            _ => (format.payload_type, Body::Plain(padding)),
        };
        slot.packets += 1;
        slot.octets += packet.payload.len() as u64;
        let bytes = packet.payload.len() * (1 + blocks) + usize::from(padding) + OVERHEAD;
        let transport_cc = slot.transport_cc.map(|id| (id, self.adaptation.estimator.on_sent(now, bytes)));
        let head = Head {
            marker: packet.marker,
            padding: padding > 0,
            payload_type,
            sequence: out.sequence as u16,
            timestamp: out.timestamp,
            ssrc: slot.ssrc,
            transport_cc,
        };
        outlet.write(lane, &head, out.sequence, packet, &out, body);
        Forwarded::Sent
    }

    /// Begins with what the room remembers of the present group of pictures, if it is young and whole. Returns how
    /// many packets that were.
    pub(super) fn begin_with_past(&mut self, now: Instant, room: &Room, outlet: &mut Outlet<'_>) -> u64 {
        let Some(past) = room.past(now, self.limit()).filter(|past| self.video.format(past.codec).is_some()) else {
            return 0;
        };
        self.video.forwarder.begin_past(past.live);
        let mut sent = 0;
        for packet in past.packets {
            sent += u64::from(self.forward(now, past.source, packet, 0, room, outlet) == Forwarded::Sent);
        }
        self.video.forwarder.end_past();
        sent
    }
}

impl Slot {
    fn format(&self, codec: Codec) -> Option<&Format> {
        self.formats.iter().find(|f| f.codec == codec)
    }
}

/// What stands around a packet's payload.
enum Body<I> {
    /// The payload, and so many bytes of padding.
    Plain(u8),
    /// The number that the packet had first, and the payload (RFC 4588 §4).
    Repeat(u16),
    /// The payload behind those before it (RFC 2198), with the payload type of them all.
    Redundant(u8, I),
}

/// A body without redundancy.
type NoPast = std::iter::Empty<&'static Packet>;

impl Outlet<'_> {
    /// Writes and seals one packet.
    fn write<'p>(
        &mut self,
        lane: Lane,
        head: &Head,
        index: u64,
        packet: &Packet,
        out: &Out,
        body: Body<impl Iterator<Item = &'p Packet> + Clone>,
    ) {
        let sender = &*self.sender;
        self.egress.write(lane, self.target, |bytes| {
            let start = bytes.len();
            let header = head.write(bytes);
            match body {
                Body::Plain(0) => payload(bytes, packet, out),
                Body::Plain(padding) => {
                    payload(bytes, packet, out);
                    bytes.resize(bytes.len() + usize::from(padding) - 1, 0);
                    bytes.push(padding);
                }
                Body::Repeat(sequence) => {
                    bytes.extend_from_slice(&sequence.to_be_bytes());
                    payload(bytes, packet, out);
                }
                Body::Redundant(payload_type, past) => red::write(bytes, payload_type, packet, past),
            }
            sender.seal_rtp(bytes, start, header, index)
        });
    }
}

/// Appends a payload under its new ids.
fn payload(bytes: &mut Vec<u8>, packet: &Packet, out: &Out) {
    if out.empty {
        return;
    }
    let start = bytes.len();
    bytes.extend_from_slice(&packet.payload);
    if let (Some(ids), Some(copy)) = (out.vp8, bytes.get_mut(start..)) {
        // A descriptor that has no room for an id keeps what it has: the decoder copes, and nothing else could be done.
        let _ = vp8::rewrite(copy, ids);
    }
}

#[cfg(test)]
mod tests;
