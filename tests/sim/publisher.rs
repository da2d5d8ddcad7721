//! A publisher as browsers are: one source per connection, simulcast layers with numbers of their own, keyframes when
//! asked, now and then a packet of nothing but padding.

use bytes::Bytes;
use quiora::sfu::codec::Codec;
use quiora::sfu::ingest::Received;
use quiora::sfu::packet::{LayerId, TrackKey};

use crate::random::Random;

/// Milliseconds between pictures.
pub(crate) const FRAME_MS: u64 = 33;
/// Milliseconds between packets of sound.
pub(crate) const AUDIO_MS: u64 = 20;

/// What a publisher of this world does.
#[derive(Debug, Clone)]
pub(crate) struct Habits {
    pub(crate) codec: Codec,
    pub(crate) layers: u8,
    /// A request for one layer makes keyframes on all, as in Chromium.
    pub(crate) keyframes_together: bool,
    /// Padding packets, in a thousand.
    pub(crate) probes: u64,
    /// The parameter sets travel in a packet of their own.
    pub(crate) separate_parameters: bool,
}

impl Habits {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            codec: if random.per_mille(500) { Codec::H264 } else { Codec::Vp8 },
            layers: if random.per_mille(600) { 3 } else { 1 },
            keyframes_together: random.per_mille(700),
            probes: [0, 50, 400][random.below(3) as usize],
            separate_parameters: random.per_mille(700),
        }
    }
}

/// A packet on its way to the server.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) source: u64,
    pub(crate) track: TrackKey,
    pub(crate) layer: LayerId,
    pub(crate) received: Received,
    /// First of a keyframe: its loss excuses a wait.
    pub(crate) starts_keyframe: bool,
}

#[derive(Debug, Clone)]
struct Stream {
    sequence: u16,
    timestamp: u32,
    picture_id: u16,
    tl0: u8,
    wants_keyframe: bool,
    active: bool,
    frames: u64,
}

impl Stream {
    fn new(random: &mut Random) -> Self {
        Self {
            sequence: random.next() as u16,
            timestamp: random.next() as u32,
            picture_id: random.next() as u16 & 0x7fff,
            tl0: random.next() as u8,
            wants_keyframe: true,
            active: true,
            frames: 0,
        }
    }
}

/// One connection of the publisher.
#[derive(Debug)]
pub(crate) struct Publisher {
    pub(crate) source: u64,
    pub(crate) habits: Habits,
    video: Vec<Stream>,
    audio: Stream,
}

impl Publisher {
    pub(crate) fn new(source: u64, habits: Habits, random: &mut Random) -> Self {
        let video = (0..habits.layers).map(|_| Stream::new(random)).collect();
        Self { source, habits, video, audio: Stream::new(random) }
    }

    /// A keyframe request has arrived.
    pub(crate) fn ask(&mut self, layer: LayerId) {
        let together = self.habits.keyframes_together;
        for (index, stream) in self.video.iter_mut().enumerate() {
            stream.wants_keyframe |= together || index == usize::from(layer.0);
        }
    }

    /// The best layer stops or goes on, as the publisher's bandwidth has it. It goes on with a keyframe.
    pub(crate) fn toggle_best_layer(&mut self) {
        if self.video.len() > 1
            && let Some(best) = self.video.last_mut()
        {
            best.active = !best.active;
            best.wants_keyframe |= best.active;
        }
    }

    /// Everything that is sent for one picture.
    pub(crate) fn frame(&mut self, random: &mut Random) -> Vec<Sent> {
        let mut sent = Vec::new();
        for layer in 0..self.habits.layers {
            let source = self.source;
            let habits = self.habits.clone();
            let Some(stream) = self.video.get_mut(usize::from(layer)) else { continue };
            stream.timestamp = stream.timestamp.wrapping_add(FRAME_MS as u32 * 90);
            if !stream.active {
                continue;
            }
            let keyframe = std::mem::take(&mut stream.wants_keyframe);
            let payloads = stream.payloads(&habits, keyframe, random);
            let last = payloads.len() - 1;
            for (index, payload) in payloads.into_iter().enumerate() {
                let starts_keyframe = keyframe && index == 0;
                let received = stream.packet(payload, index == last);
                sent.push(Sent { source, track: TrackKey::Video, layer: LayerId(layer), received, starts_keyframe });
                while random.per_mille(habits.probes) {
                    let received = stream.packet(Bytes::new(), false);
                    let layer = LayerId(layer);
                    sent.push(Sent { source, track: TrackKey::Video, layer, received, starts_keyframe: false });
                }
            }
        }
        sent
    }

    /// The next packet of sound.
    pub(crate) fn sound(&mut self) -> Sent {
        self.audio.timestamp = self.audio.timestamp.wrapping_add(AUDIO_MS as u32 * 48);
        let received = self.audio.packet(Bytes::from_static(&[0xfc, 0xff]), false);
        Sent { source: self.source, track: TrackKey::Audio, layer: LayerId(0), received, starts_keyframe: false }
    }
}

impl Stream {
    fn packet(&mut self, payload: Bytes, marker: bool) -> Received {
        self.sequence = self.sequence.wrapping_add(1);
        Received { sequence: self.sequence, timestamp: self.timestamp, marker, payload }
    }

    fn payloads(&mut self, habits: &Habits, keyframe: bool, random: &mut Random) -> Vec<Bytes> {
        let count = if keyframe { random.between(2, 6) } else { random.between(1, 3) };
        self.frames += 1;
        self.picture_id = self.picture_id.wrapping_add(1) & 0x7fff;
        if keyframe || self.frames.is_multiple_of(2) {
            self.tl0 = self.tl0.wrapping_add(1);
        }
        (0..count).map(|index| self.payload(habits, keyframe, index)).collect()
    }

    fn payload(&self, habits: &Habits, keyframe: bool, index: u64) -> Bytes {
        if habits.codec == Codec::Vp8 {
            let [high, low] = self.picture_id.to_be_bytes();
            let start = if index == 0 { 0x90 } else { 0x80 };
            return Bytes::copy_from_slice(&[start, 0xc0, high | 0x80, low, self.tl0, u8::from(!keyframe), 7]);
        }
        Bytes::from_static(match (keyframe, index) {
            (true, 0) if habits.separate_parameters => &[0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce],
            (true, 0) => &[0x78, 0, 2, 0x67, 0x42, 0, 2, 0x65, 0x88],
            (true, 1) => &[0x7c, 0x85, 9],
            (true, _) => &[0x7c, 0x05, 9],
            (false, 0) => &[0x7c, 0x81, 9],
            (false, _) => &[0x7c, 0x01, 9],
        })
    }
}
