//! What publishing adds to a peer: its streams cleaned and named, its clock, and the gate before its keyframes.

use super::board::Board;
use super::demand::Demand;
use super::peer::{Peer, PeerEvent};
use super::shared::Batch;
use super::tap::Feedback;
use crate::sfu::assemble::Assembler;
use crate::sfu::codec::{Codec, MediaKind};
use crate::sfu::ingest::{Ingest, Received};
use crate::sfu::keyframe::KeyframeGate;
use crate::sfu::packet::{LayerId, SourceId, TrackKey};
use crate::sfu::pad::paddings;
use crate::sfu::reason::Reason;
use crate::sfu::report::{ClockMap, Timeline};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Streams of one publisher: sound and three layers, each restarted once. What comes beyond is not forwarded.
const MAX_STREAMS: usize = 8;

/// A publisher that sends nothing for this long has stalled. Audio alone sends fifty packets a second; this is a gap
/// that nobody can overlook, and no Wi-Fi hiccup.
const STALL: Duration = Duration::from_millis(1_500);

/// How often a stall is looked for.
const TICK: Duration = Duration::from_millis(500);

/// One received stream.
struct Stream {
    ssrc: u32,
    ingest: Ingest,
    gate: KeyframeGate,
}

/// Whether a publisher's media flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// It began, or began again.
    Flowing,
    /// It stopped.
    Stalled,
}

/// The publishing side of a peer.
pub(super) struct Publisher {
    pub(super) source: SourceId,
    pub(super) board: Arc<Board>,
    codecs: Vec<(u8, Codec)>,
    streams: Vec<Stream>,
    rids: Vec<(u32, String)>,
    clock: ClockMap,
    heard: Option<Instant>,
    flowing: bool,
    tick: Instant,
    frames: Assembler,
    pub(super) demand: Demand,
}

impl Publisher {
    /// A publisher that has sent nothing.
    pub(super) fn new(peer: &Peer, source: SourceId, board: Arc<Board>, now: Instant) -> Self {
        let formats = peer.sections.iter().flat_map(|s| &s.formats);
        Self {
            source,
            board,
            codecs: formats.map(|f| (f.payload_type, f.codec)).collect(),
            streams: Vec::new(),
            rids: Vec::new(),
            clock: ClockMap::new(),
            heard: None,
            flowing: false,
            tick: now + TICK,
            frames: Assembler::default(),
            demand: Demand::new(peer.layers.len()),
        }
    }

    /// When [`Publisher::handle_timeout`] wants to be called.
    pub(super) fn poll_timeout(&self) -> Instant {
        let gates = self.streams.iter().filter_map(|s| s.gate.poll_timeout());
        gates.chain(self.frames.poll_timeout()).fold(self.tick, Instant::min)
    }

    /// The library heard of a stream.
    pub(super) fn handle_event(&mut self, event: &PeerEvent) {
        if let PeerEvent::Stream { ssrc, rid: Some(rid) } = event
            && self.rids.len() < MAX_STREAMS
        {
            self.rids.push((*ssrc, rid.clone()));
        }
    }

    /// A packet arrived; accepted ones are collected for [`Publisher::poll_batch`]. Returns what changed in the flow.
    pub(super) fn handle_packet(
        &mut self,
        now: Instant,
        ntp: u64,
        packet: rtc::rtp::Packet,
        layers: &[String],
    ) -> Result<Option<Flow>, Reason> {
        let header = &packet.header;
        let stream = self.stream(header.ssrc, header.payload_type, layers)?;
        let packet = stream.ingest.handle_packet(
            now,
            Received {
                sequence: header.sequence_number,
                timestamp: header.timestamp,
                marker: header.marker,
                payload: packet.payload,
            },
        )?;
        if packet.keyframe && packet.track == TrackKey::Video {
            stream.gate.on_keyframe(now);
        }
        self.clock.handle_packet(packet.track, packet.layer, packet.timestamp, ntp);
        self.frames.push(packet);
        self.heard = Some(now);
        Ok((!std::mem::replace(&mut self.flowing, true)).then_some(Flow::Flowing))
    }

    /// The publisher's own report of its clock.
    pub(super) fn handle_feedback(&mut self, feedback: Feedback, ntp_now: u64) {
        if let Feedback::SenderReport { ssrc, ntp, rtp } = feedback
            && let Some(stream) = self.streams.iter().find(|s| s.ssrc == ssrc)
        {
            self.clock.handle_sender_report(stream.ingest.track(), stream.ingest.layer(), ntp, rtp, ntp_now);
        }
    }

    /// Time has passed. Returns what changed in the flow, and the streams to be asked for a keyframe.
    pub(super) fn handle_timeout(&mut self, now: Instant, ask: &mut Vec<u32>) -> Option<Flow> {
        for stream in &mut self.streams {
            if stream.gate.handle_timeout(now).is_some() {
                ask.push(stream.ssrc);
            }
        }
        if now >= self.tick {
            self.tick = now + TICK;
        }
        let silent = self.heard.is_some_and(|heard| now.saturating_duration_since(heard) >= STALL);
        (silent && std::mem::replace(&mut self.flowing, false)).then_some(Flow::Stalled)
    }

    /// Subscribers need a keyframe of this layer. The stream to be asked, if the gate lets it through.
    pub(super) fn request_keyframe(&mut self, now: Instant, layer: LayerId) -> Option<u32> {
        let wanted = |s: &&mut Stream| s.ingest.track() == TrackKey::Video && s.ingest.layer() == layer;
        let stream = self.streams.iter_mut().rev().find(wanted)?;
        stream.gate.request(now).map(|_| stream.ssrc)
    }

    /// What may leave since the last call, for all workers that listen.
    pub(super) fn poll_batch(&mut self, now: Instant, show: quiora_signaling::ShowId) -> Option<Batch> {
        let mut packets = Vec::new();
        self.frames.poll(now, &mut packets);
        if packets.is_empty() {
            return None;
        }
        let timelines = self.streams.iter().filter_map(|s| self.timeline(s)).collect();
        let paddings = paddings(&packets);
        Some(Batch { show, source: self.source, packets, paddings, timelines, past: false })
    }

    fn timeline(&self, stream: &Stream) -> Option<(TrackKey, LayerId, Timeline)> {
        let (track, layer) = (stream.ingest.track(), stream.ingest.layer());
        let clock_rate = stream.ingest.codec().clock_rate_hz();
        Some((track, layer, self.clock.timeline(track, layer, clock_rate)?))
    }

    /// The stream of a packet, opened if it is new and one that we can name.
    fn stream(&mut self, ssrc: u32, payload_type: u8, layers: &[String]) -> Result<&mut Stream, Reason> {
        let known =
            self.streams.iter().position(|s| s.ssrc == ssrc && self.codec(payload_type) == Some(s.ingest.codec()));
        if let Some(index) = known {
            return self.streams.get_mut(index).ok_or(Reason::NoSuchLayer);
        }
        let codec = self.codec(payload_type).ok_or(Reason::CodecNotNegotiated)?;
        if self.streams.len() >= MAX_STREAMS {
            return Err(Reason::NoSuchLayer);
        }
        let track = match codec.kind() {
            MediaKind::Audio => TrackKey::Audio,
            MediaKind::Video => TrackKey::Video,
        };
        let rid = self.rids.iter().find(|(s, _)| *s == ssrc).map(|(_, rid)| rid);
        let layer = rid.and_then(|rid| layers.iter().position(|l| l == rid)).unwrap_or(0);
        let layer = LayerId(u8::try_from(layer).map_err(|_| Reason::NoSuchLayer)?);
        self.streams.push(Stream { ssrc, ingest: Ingest::new(track, layer, codec), gate: KeyframeGate::default() });
        self.streams.last_mut().ok_or(Reason::NoSuchLayer)
    }

    fn codec(&self, payload_type: u8) -> Option<Codec> {
        self.codecs.iter().find(|(pt, _)| *pt == payload_type).map(|(_, codec)| *codec)
    }
}
