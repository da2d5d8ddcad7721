//! What subscribing adds to a peer: two slots, each a forwarder with the numbers and payload types of this subscriber.
//!
//! Media goes out through the connection's own write path; whoever replaces that with a direct one changes
//! [`super::peer::Peer::write_rtp`] and its kin, not this file.

use super::formats::Format;
use super::peer::{Head, Peer};
use super::room::Room;
use crate::sfu::codec::{Codec, MediaKind};
use crate::sfu::forwarder::{Decision, Forwarder};
use crate::sfu::packet::{LayerId, Packet, SourceId};
use crate::sfu::reason::Reason;
use crate::sfu::report::SenderReport;
use crate::sfu::vp8;
use bytes::{BufMut, Bytes, BytesMut};
use std::time::{Duration, Instant};

/// The first sender reports come soon, so that lips and voice meet from the start; then once a second.
const FIRST_REPORT: Duration = Duration::from_millis(50);
const REPORT: Duration = Duration::from_secs(1);

/// A packet is sent again at most this often: half a round trip on a good network. Asked for sooner, the last one is
/// still on its way.
const RESEND: Duration = Duration::from_millis(25);

/// Retransmissions remembered for [`RESEND`]. When full, the oldest is forgotten.
const RESENT: usize = 64;

/// Retransmissions in one second, so that a subscriber cannot turn small requests into a flood: more than a tenth of a
/// 10 Mbit/s stream.
const MAX_RESENT_PER_SECOND: u32 = 1_000;

/// One slot: a picture or a sound.
struct Slot {
    forwarder: Forwarder,
    ssrc: u32,
    rtx_ssrc: Option<u32>,
    formats: Vec<Format>,
    packets: u64,
    octets: u64,
}

/// The subscribing side of a peer.
pub(super) struct Subscriber {
    audio: Slot,
    video: Slot,
    report: Instant,
    rtx_sequence: u16,
    resent: [Option<(u16, Instant)>; RESENT],
    resent_next: usize,
    resent_in_second: u32,
    /// Something has been sent.
    pub(super) started: bool,
}

/// What came of forwarding a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forwarded {
    /// It was written; poll the peer.
    Sent,
    /// It was not, and that is as it should be.
    Dropped(Reason),
}

impl Subscriber {
    /// A subscriber that has been sent nothing.
    pub(super) fn new(peer: &Peer, now: Instant) -> Self {
        let slot = |kind, ssrc, rtx_ssrc| {
            let formats: Vec<Format> =
                peer.sections.iter().filter(|s| s.kind == kind).flat_map(|s| s.formats.clone()).collect();
            let mut forwarder = Forwarder::new(kind);
            forwarder.set_codecs(&formats.iter().map(|f| f.codec).collect::<Vec<_>>());
            Slot { forwarder, ssrc, rtx_ssrc, formats, packets: 0, octets: 0 }
        };
        Self {
            audio: slot(MediaKind::Audio, peer.streams.audio, None),
            video: slot(MediaKind::Video, peer.streams.video, Some(peer.streams.video_rtx)),
            report: now + FIRST_REPORT,
            rtx_sequence: rand::random(),
            resent: [None; RESENT],
            resent_next: 0,
            resent_in_second: 0,
            started: false,
        }
    }

    /// When [`Subscriber::handle_timeout`] wants to be called.
    pub(super) fn poll_timeout(&self) -> Instant {
        self.report
    }

    /// Of which source and layer a keyframe is wanted, as far as is known.
    pub(super) fn keyframe_wanted(&self, now: Instant) -> Option<(SourceId, LayerId)> {
        self.video.forwarder.keyframe_source(now)
    }

    /// The source and layer of the present picture.
    pub(super) fn picture(&self) -> Option<(SourceId, LayerId)> {
        self.video.forwarder.current()
    }

    /// Whether this is the SSRC of its picture.
    pub(super) fn is_picture(&self, ssrc: u32) -> bool {
        self.video.ssrc == ssrc
    }

    /// Forwards a packet, or not.
    pub(super) fn forward(&mut self, now: Instant, source: SourceId, packet: &Packet, peer: &mut Peer) -> Forwarded {
        let slot = match packet.track.kind() {
            MediaKind::Audio => &mut self.audio,
            MediaKind::Video => &mut self.video,
        };
        let Some(format) = slot.format(packet.codec) else { return Forwarded::Dropped(Reason::CodecNotNegotiated) };
        let payload_type = format.payload_type;
        let out = match slot.forwarder.forward(now, source, packet) {
            Decision::Forward(out) => out,
            Decision::Drop(reason) => return Forwarded::Dropped(reason),
        };
        let payload = with_ids(&packet.payload, out.vp8);
        slot.packets += 1;
        slot.octets += payload.len() as u64;
        let head = Head {
            ssrc: slot.ssrc,
            payload_type,
            sequence: out.sequence as u16,
            timestamp: out.timestamp,
            marker: packet.marker,
        };
        peer.write_rtp(now, head, payload);
        Forwarded::Sent
    }

    /// The subscriber misses a picture packet. `true`: it was written again.
    pub(super) fn resend(&mut self, now: Instant, sequence: u16, room: &Room, peer: &mut Peer) -> bool {
        if self.was_resent(now, sequence) || self.resent_in_second >= MAX_RESENT_PER_SECOND {
            return false;
        }
        let Some(origin) = self.video.forwarder.origin(sequence) else { return false };
        let Some(packet) = room.recall(&origin) else { return false };
        let (Some(out), Some(rtx_ssrc)) = (self.video.forwarder.resend(&origin, packet), self.video.rtx_ssrc) else {
            return false;
        };
        // Without a retransmission format there is nothing to send: the same number must not be encrypted twice.
        let Some(payload_type) = self.video.format(packet.codec).and_then(|f| f.rtx) else { return false };
        let original = with_ids(&packet.payload, out.vp8);
        let mut payload = BytesMut::with_capacity(2 + original.len());
        payload.put_u16(sequence);
        payload.extend_from_slice(&original);
        self.rtx_sequence = self.rtx_sequence.wrapping_add(1);
        let head = Head {
            ssrc: rtx_ssrc,
            payload_type,
            sequence: self.rtx_sequence,
            timestamp: out.timestamp,
            marker: packet.marker,
        };
        peer.write_rtp(now, head, payload.freeze());
        self.remember_resent(now, sequence);
        true
    }

    /// Time has passed: sender reports are due.
    pub(super) fn handle_timeout(&mut self, now: Instant, ntp: u64, room: &Room, peer: &mut Peer) {
        if now < self.report {
            return;
        }
        self.report = now + REPORT;
        self.resent_in_second = 0;
        for slot in [&self.audio, &self.video] {
            let track = match slot.forwarder.kind() {
                MediaKind::Audio => crate::sfu::packet::TrackKey::Audio,
                MediaKind::Video => crate::sfu::packet::TrackKey::Video,
            };
            let (Some((source, layer)), Some(offset)) = (slot.forwarder.current(), slot.forwarder.timestamp_offset())
            else {
                continue;
            };
            if let Some(timeline) = room.timeline(source, track, layer)
                && slot.packets > 0
            {
                let report = SenderReport::new(slot.ssrc, ntp, timeline, offset);
                peer.write_report(now, report.with_counts(slot.packets, slot.octets));
            }
        }
    }

    fn was_resent(&self, now: Instant, sequence: u16) -> bool {
        self.resent.iter().flatten().any(|(s, at)| *s == sequence && now.saturating_duration_since(*at) < RESEND)
    }

    fn remember_resent(&mut self, now: Instant, sequence: u16) {
        if let Some(slot) = self.resent.get_mut(self.resent_next % RESENT) {
            *slot = Some((sequence, now));
        }
        self.resent_next = self.resent_next.wrapping_add(1);
        self.resent_in_second += 1;
    }
}

impl Slot {
    fn format(&self, codec: Codec) -> Option<&Format> {
        self.formats.iter().find(|f| f.codec == codec)
    }
}

/// The payload under its new VP8 ids; shared as it is where none change.
fn with_ids(payload: &Bytes, ids: Option<vp8::Vp8Ids>) -> Bytes {
    let Some(ids) = ids else { return payload.clone() };
    let mut copy = BytesMut::from(payload.as_ref());
    // A descriptor that has no room for an id keeps what it has: the decoder copes, and nothing else could be done.
    let _ = vp8::rewrite(&mut copy, ids);
    copy.freeze()
}
