//! Worlds of the way down: a publisher with three layers, the server's estimators, allocators and forwarders, and viewers
//! behind one narrow link. Virtual time goes by the millisecond.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quiora::sfu::allocator::{Allocation, Allocator, LayerRates, Offer, Why};
use quiora::sfu::codec::{Codec, MediaKind};
use quiora::sfu::congestion::Estimator;
use quiora::sfu::forwarder::{Decision, Forwarder};
use quiora::sfu::keyframe::KeyframeGate;
use quiora::sfu::packet::{LayerId, Packet, SourceId, TrackKey};
use quiora::sfu::rewriter::Out;
use quiora::sfu::rtcp::{Rtcp, packets};

use crate::bottleneck::{Bottleneck, Link};
use crate::random::Random;
use crate::receiver::{Cargo, Media, Receiver};

/// What the publisher's layers are meant to cost, with their headers about a twentieth more.
const LAYERS_BPS: [u64; 3] = [150_000, 500_000, 1_500_000];
const AUDIO_BPS: u32 = 60_000;
const AUDIO_BYTES: usize = 150;
const SOURCE: SourceId = SourceId(1);
/// Headers of RTP with extensions, UDP and IP.
const HEADERS: usize = 60;
const FRAME_MS: u64 = 33;

/// A viewer as the server has it, and the viewer.
pub(crate) struct Viewer {
    joined_ms: u64,
    pub(crate) estimator: Estimator,
    allocator: Allocator,
    pub(crate) forwarder: Forwarder,
    pub(crate) allocation: Option<Allocation>,
    pub(crate) receiver: Receiver,
    feedback_ms: u64,
    /// When a number was sent again last.
    resent: HashMap<u16, u64>,
    asked_ms: u64,
    /// When the forwarded layer changed, and to what.
    pub(crate) switches: Vec<(u64, LayerId)>,
    pub(crate) padding_bytes: usize,
    pub(crate) lowest_target: u32,
    /// The best layer its player has use for.
    pub(crate) limit: LayerId,
    /// When its picture was paused, and when it was no longer.
    pub(crate) pauses: Vec<(u64, Option<u64>)>,
}

impl Viewer {
    /// The longest pause of the picture so far, in milliseconds.
    pub(crate) fn longest_pause(&self, now_ms: u64) -> u64 {
        self.pauses.iter().map(|(from, to)| to.unwrap_or(now_ms) - from).max().unwrap_or(0)
    }

    fn note_pause(&mut self, now_ms: u64, paused: bool) {
        match self.pauses.last_mut() {
            Some((_, end @ None)) if !paused => *end = Some(now_ms),
            Some((_, None)) => {}
            _ if paused => self.pauses.push((now_ms, None)),
            _ => {}
        }
    }
}

/// What comes back from viewers, on its way.
enum Word {
    Feedback(Vec<u8>),
    Nack(Vec<u16>),
    Pli,
}

pub(crate) struct Downlink {
    begin: Instant,
    pub(crate) now_ms: u64,
    random: Random,
    pub(crate) bottleneck: Bottleneck<Cargo>,
    pub(crate) viewers: Vec<Viewer>,
    words: Vec<(u64, usize, Word)>,
    /// Loss on the way back, in a thousand.
    pub(crate) words_lost: u64,
    rates: LayerRates,
    gate: KeyframeGate,
    keyframe_at: Option<u64>,
    sequences: [u64; 3],
    frames: u64,
    bases: u8,
    sent: HashMap<(LayerId, u64), (Packet, u8, usize)>,
}

impl Downlink {
    pub(crate) fn new(seed: u64, link: Link) -> Self {
        let begin = quiora::clock::monotonic();
        Self {
            begin,
            now_ms: 0,
            random: Random::new(seed),
            bottleneck: Bottleneck::new(link),
            viewers: Vec::new(),
            words: Vec::new(),
            words_lost: 50,
            rates: LayerRates::new(begin),
            gate: KeyframeGate::default(),
            keyframe_at: Some(0),
            sequences: [1000, 2000, 3000],
            frames: 0,
            bases: 0,
            sent: HashMap::new(),
        }
    }

    pub(crate) fn join(&mut self) {
        let now = self.now();
        self.viewers.push(Viewer {
            joined_ms: self.now_ms,
            estimator: Estimator::new(now),
            allocator: Allocator::new(),
            forwarder: Forwarder::new(MediaKind::Video),
            allocation: None,
            receiver: Receiver::default(),
            feedback_ms: self.now_ms + 50,
            resent: HashMap::new(),
            asked_ms: self.now_ms,
            switches: Vec::new(),
            padding_bytes: 0,
            lowest_target: u32::MAX,
            limit: LayerId(2),
            pauses: Vec::new(),
        });
    }

    fn now(&self) -> Instant {
        self.begin + Duration::from_millis(self.now_ms)
    }

    pub(crate) fn run_until(&mut self, end_ms: u64) {
        while self.now_ms < end_ms {
            self.now_ms += 1;
            self.step();
        }
    }

    fn step(&mut self) {
        self.publish();
        self.bottleneck.pass(self.now_ms, &mut self.random);
        while let Some((at_us, cargo)) = self.bottleneck.pop(self.now_ms) {
            if let Some(viewer) = self.viewers.get_mut(cargo.viewer) {
                viewer.receiver.receive(at_us, cargo);
            }
        }
        for index in 0..self.viewers.len() {
            self.speak(index);
        }
        let (due, words): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.words).into_iter().partition(|(at, ..)| *at <= self.now_ms);
        self.words = words;
        due.into_iter().for_each(|(_, index, word)| self.hear(index, word));
        for index in 0..self.viewers.len() {
            self.tend(index);
        }
    }

    /// Frames of all layers, and sound.
    fn publish(&mut self) {
        if self.now_ms.is_multiple_of(20) {
            for index in 0..self.viewers.len() {
                self.send(index, AUDIO_BYTES, None);
            }
        }
        if !self.now_ms.is_multiple_of(FRAME_MS) {
            return;
        }
        let keyframe = self.keyframe_at.is_some_and(|at| at <= self.now_ms);
        if keyframe {
            (self.keyframe_at, self.frames) = (None, 0);
            self.gate.on_keyframe(self.now());
        }
        let temporal = [0, 2, 1, 2][(self.frames % 4) as usize];
        self.bases = self.bases.wrapping_add(u8::from(temporal == 0));
        for layer in 0..3_u8 {
            self.frame(layer, temporal, keyframe);
        }
        self.frames += 1;
        let oldest = self.now() - Duration::from_secs(2).min(Duration::from_millis(self.now_ms));
        self.sent.retain(|_, (packet, ..)| packet.arrived >= oldest);
    }

    fn frame(&mut self, layer: u8, temporal: u8, keyframe: bool) {
        let mean = LAYERS_BPS[usize::from(layer)] * FRAME_MS / 8000;
        let share = if temporal == 0 { 160 } else { 80 };
        let share = if keyframe { 500 } else { share } * self.random.between(70, 130) / 100;
        let bytes = (mean * share / 100).max(60) as usize;
        let parts = bytes.div_ceil(1150);
        for part in 0..parts {
            let sequence = &mut self.sequences[usize::from(layer)];
            *sequence += 1;
            let [high, low] = ((self.now_ms / FRAME_MS) as u16).to_be_bytes();
            let start = if part == 0 { 0x90 } else { 0x80 };
            let sync = self.frames % 4 == 1 || self.frames % 4 == 2;
            let mut payload = vec![start, 0xe0, high | 0x80, low, self.bases];
            payload.extend([temporal << 6 | u8::from(sync) << 5, u8::from(!(keyframe && part == 0))]);
            payload.resize(bytes / parts, 7);
            let packet = Packet {
                track: TrackKey::Video,
                layer: LayerId(layer),
                codec: Codec::Vp8,
                sequence: *sequence,
                timestamp: (self.now_ms * 90) as u32,
                marker: part + 1 == parts,
                keyframe: keyframe && part == 0,
                arrived: self.now(),
                payload: Bytes::from(payload),
            };
            self.rates.handle_packet(self.now(), packet.layer, temporal, packet.payload.len() + HEADERS);
            self.sent.insert((packet.layer, packet.sequence), (packet.clone(), temporal, parts));
            for index in 0..self.viewers.len() {
                self.forward(index, &packet, temporal, parts, keyframe);
            }
        }
    }

    fn forward(&mut self, index: usize, packet: &Packet, temporal: u8, parts: usize, keyframe: bool) {
        let (now, now_ms) = (self.now(), self.now_ms);
        let Some(viewer) = self.viewers.get_mut(index) else { return };
        let before = viewer.forwarder.current();
        let Decision::Forward(out) = viewer.forwarder.forward(now, SOURCE, packet) else { return };
        if let Some((_, layer)) = viewer.forwarder.current().filter(|current| Some(*current) != before) {
            viewer.switches.push((now_ms, layer));
        }
        self.send_picture(index, packet, out, temporal, parts, keyframe);
    }

    fn send_picture(&mut self, index: usize, packet: &Packet, out: Out, temporal: u8, parts: usize, keyframe: bool) {
        let media = Media { out, layer: packet.layer, temporal, keyframe, parts };
        let payload = if out.empty { 0 } else { packet.payload.len() };
        self.send(index, payload + HEADERS, Some(media));
    }

    fn send(&mut self, index: usize, bytes: usize, media: Option<Media>) {
        let now = self.now();
        let Some(viewer) = self.viewers.get_mut(index) else { return };
        let number = viewer.estimator.on_sent(now, bytes);
        self.bottleneck.push(bytes, Cargo { viewer: index, number, bytes, media });
    }

    /// What the viewer has to say now.
    fn speak(&mut self, index: usize) {
        let (now_ms, interval) = (self.now_ms, self.random.between(50, 100));
        let Some(viewer) = self.viewers.get_mut(index) else { return };
        let mut said = Vec::new();
        if now_ms >= viewer.feedback_ms {
            viewer.feedback_ms = now_ms + interval;
            said.extend(viewer.receiver.feedback().map(Word::Feedback));
        }
        if now_ms.is_multiple_of(10) {
            let nacks = viewer.receiver.nacks(now_ms);
            said.extend((!nacks.is_empty()).then_some(Word::Nack(nacks)));
            let paused = viewer.allocation.is_none_or(|allocation| allocation.layer.is_none());
            let last = viewer.receiver.shown.last().copied().unwrap_or(viewer.joined_ms);
            if !paused && now_ms - last.max(viewer.asked_ms) > 1000 {
                viewer.asked_ms = now_ms;
                said.push(Word::Pli);
            }
        }
        for word in said {
            if !self.random.per_mille(self.words_lost) {
                self.words.push((now_ms + self.bottleneck.link.delay_ms, index, word));
            }
        }
    }

    fn hear(&mut self, index: usize, word: Word) {
        let now = self.now();
        let Some(viewer) = self.viewers.get_mut(index) else { return };
        match word {
            Word::Feedback(bytes) => {
                for value in packets(&bytes) {
                    if let Rtcp::TransportFeedback(view) = value {
                        viewer.estimator.handle_feedback(now, &view);
                    }
                }
                self.allocate(index);
            }
            Word::Nack(numbers) => {
                for number in numbers {
                    let now_ms = self.now_ms;
                    let Some(viewer) = self.viewers.get_mut(index) else { return };
                    // Not again within a round trip, which counts up to 300 ms, and not what was left behind by a switch.
                    let wait_ms = viewer.estimator.rtt().map_or(40, |rtt| rtt.as_millis().clamp(10, 300) as u64);
                    let recent = viewer.resent.get(&number).is_some_and(|at| now_ms - at < wait_ms);
                    if recent {
                        continue;
                    }
                    let Some(origin) = viewer.forwarder.origin(number) else { continue };
                    let Some((packet, temporal, parts)) = self.sent.get(&(origin.layer, origin.sequence)).cloned()
                    else {
                        continue;
                    };
                    if viewer.forwarder.current() != Some((origin.source, origin.layer)) {
                        continue;
                    }
                    viewer.resent.insert(number, now_ms);
                    let Some(out) = viewer.forwarder.resend(&origin, &packet) else { continue };
                    let keyframe = packet.keyframe;
                    self.send_picture(index, &packet, out, temporal, parts, keyframe);
                }
            }
            Word::Pli => self.ask(),
        }
    }

    /// A keyframe on all layers, as far as the gate allows.
    fn ask(&mut self) {
        let (now, now_ms) = (self.now(), self.now_ms);
        if self.gate.request(now).is_some() {
            self.keyframe_at = Some(now_ms + 30);
        }
    }

    fn allocate(&mut self, index: usize) {
        let now = self.now();
        let rates = self.rates.rates(now);
        let Some(viewer) = self.viewers.get_mut(index) else { return };
        let target_bps = viewer.estimator.target_bps();
        viewer.lowest_target = viewer.lowest_target.min(target_bps);
        let offer = Offer { target_bps, audio_bps: AUDIO_BPS, limit: viewer.limit, rates: &rates };
        viewer.estimator.set_wanted(now, offer.wanted_bps());
        viewer.estimator.set_least(offer.least_bps());
        let allocation = viewer.allocator.allocate(now, &offer);
        viewer.allocation = Some(allocation);
        let paused = allocation.layer.is_none() && allocation.reason == Why::Paused;
        viewer.note_pause(self.now_ms, paused);
        viewer.forwarder.set_paused(paused);
        // Without a cost the least is sent, until it is known.
        viewer.forwarder.set_limit(allocation.layer.unwrap_or_default());
        viewer.forwarder.set_temporal_limit(allocation.temporal);
    }

    /// Timers, probes, keyframes.
    fn tend(&mut self, index: usize) {
        let now = self.now();
        if self.now_ms.is_multiple_of(50) {
            self.allocate(index);
        }
        let Some(viewer) = self.viewers.get_mut(index) else { return };
        if viewer.estimator.poll_timeout().is_some_and(|at| at <= now) {
            viewer.estimator.handle_timeout(now);
        }
        let mut padding = Vec::new();
        while let Some(probe) = viewer.estimator.poll_probe(now) {
            let mut left = probe.bytes;
            while left > 0 {
                let bytes = left.min(1200);
                left -= bytes;
                padding.push(bytes);
                viewer.padding_bytes += bytes;
                let number = viewer.estimator.on_sent(now, bytes);
                self.bottleneck.push(bytes, Cargo { viewer: index, number, bytes, media: None });
            }
        }
        let wants = viewer.forwarder.wants_keyframe(now);
        if wants && self.now_ms.is_multiple_of(10) {
            self.ask();
        } else if self.gate.handle_timeout(now).is_some() {
            self.keyframe_at = Some(self.now_ms + 30);
        }
    }
}
