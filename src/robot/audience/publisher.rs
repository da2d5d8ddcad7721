//! The robot publisher: a paced synthetic stream from a thread of its own.
//!
//! Every packet carries the time at which it is sealed, so that a viewer on this machine can tell how long it was under
//! way, and a running number, so that loss is judged by what was sent. Keyframes come every [`KEYFRAME_EVERY`] and when
//! asked for.

use super::camera::{self, FRAMES_PER_SECOND, Part};
use super::dtls::Identity;
use super::feedback;
use super::link::{Link, News};
use super::mark::{Mark, SOUND};
use super::sdp::{self, H264, H264_RTX, OPUS, Outgoing, VP8, VP8_RTX};
use super::socket::{Inbox, Sockets};
use super::track::Track;
use crate::clock;
use crate::sfu::codec::Codec;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Keyframes that nobody asked for.
const KEYFRAME_EVERY: Duration = Duration::from_secs(10);
/// Keyframes that somebody asked for: libwebrtc's encoders keep this distance.
const KEYFRAME_GAP: Duration = Duration::from_millis(300);
const SOUND_EVERY: Duration = Duration::from_millis(20);
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// Between two looks at the socket.
const BEAT: Duration = Duration::from_millis(1);

/// Layers of simulcast, and their shares of the bitrate in percent.
const LAYERS: [(&str, u32); 3] = [("q", 10), ("h", 30), ("f", 100)];

/// What the publisher has done so far.
#[derive(Debug, Default)]
pub(super) struct OnAir {
    pub(super) connected: AtomicBool,
    pub(super) closed: AtomicBool,
    /// Packets of sound, and of the picture's highest layer.
    pub(super) packets: AtomicU64,
    pub(super) keyframes: AtomicU64,
    pub(super) keyframe_requests: AtomicU64,
    pub(super) packets_again: AtomicU64,
}

/// The streams of a publisher.
pub(super) struct Streams {
    codec: Codec,
    bitrate_bps: u32,
    sound: Track,
    /// The lowest first.
    layers: Vec<Track>,
}

impl Streams {
    pub(super) fn new(codec: Codec, bitrate_bps: u32, simulcast: bool) -> Self {
        let (format, rtx) = if codec == Codec::Vp8 { (VP8, VP8_RTX) } else { (H264, H264_RTX) };
        let track = |rid| Track::new(format, rtx, b'1', rid);
        let rids = LAYERS.iter().map(|(rid, _)| rid.as_bytes().first().copied());
        let layers = if simulcast { rids.map(track).collect() } else { vec![track(None)] };
        Self { codec, bitrate_bps, sound: Track::new(OPUS, OPUS, b'0', None), layers }
    }

    /// The offer.
    pub(super) fn offer(&self, local: &sdp::Local) -> String {
        let rids = LAYERS.iter().map(|(rid, _)| *rid);
        let layers = self.layers.iter().zip(rids).map(|(track, rid)| Outgoing {
            ssrc: track.ssrc,
            rtx: track.rtx,
            rid: if self.layers.len() > 1 { rid } else { "" },
        });
        sdp::publisher_offer(local, self.codec, self.sound.ssrc, &layers.collect::<Vec<_>>())
    }

    /// What a layer may send, in bit/s.
    fn bitrate_bps(&self, layer: usize) -> u32 {
        let share = LAYERS.get(layer).filter(|_| self.layers.len() > 1).map_or(100, |(_, share)| *share);
        self.bitrate_bps / 100 * share
    }
}

/// The publisher's thread.
pub(super) struct Publisher {
    pub(super) sockets: Sockets,
    pub(super) identity: Arc<Identity>,
    pub(super) link: Link,
    pub(super) streams: Streams,
    pub(super) on_air: Arc<OnAir>,
}

/// Where the stream is.
struct Clockwork {
    start: Instant,
    frame: u32,
    sound: u32,
    /// Running numbers: of each layer, and of sound.
    numbers: Vec<u32>,
    sounds: u32,
    twcc: u16,
    keyframe_at: Instant,
    keyframe_wanted: bool,
    report_at: Instant,
}

impl Clockwork {
    fn new(start: Instant, layers: usize) -> Self {
        Self {
            start,
            frame: 0,
            sound: 0,
            numbers: vec![0; layers],
            sounds: 0,
            twcc: 0,
            keyframe_at: start,
            keyframe_wanted: true,
            report_at: start,
        }
    }

    fn frame_at(&self) -> Instant {
        self.start + Duration::from_nanos(u64::from(self.frame) * 1_000_000_000 / u64::from(FRAMES_PER_SECOND))
    }

    fn sound_at(&self) -> Instant {
        self.start + SOUND_EVERY * self.sound
    }

    fn twcc(&mut self) -> u16 {
        self.twcc = self.twcc.wrapping_add(1);
        self.twcc
    }
}

impl Publisher {
    /// Publishes until the other end of `stop` is gone.
    pub(super) fn run(mut self, stop: &Receiver<()>) {
        let mut inbox = Inbox::new();
        let mut clockwork = None;
        let mut out = Vec::with_capacity(1_500);
        while !self.on_air.closed.load(Relaxed) {
            if stop.recv_timeout(BEAT) == Err(RecvTimeoutError::Disconnected) {
                break;
            }
            let now = clock::monotonic();
            self.listen(now, &mut inbox, clockwork.as_mut());
            let to = self.link.remote();
            let going = self.link.handle_timeout(now, &self.identity, |datagram| self.sockets.send(0, to, datagram));
            if !going {
                self.on_air.closed.store(true, Relaxed);
            }
            if self.link.profile().is_some() {
                let clockwork = clockwork.get_or_insert_with(|| Clockwork::new(now, self.streams.layers.len()));
                self.on_air.connected.store(true, Relaxed);
                self.publish(now, clockwork, &mut out);
            }
        }
        let to = self.link.remote();
        self.link.close(clock::monotonic(), |datagram| self.sockets.send(0, to, datagram));
    }

    fn listen(&mut self, now: Instant, inbox: &mut Inbox, mut clockwork: Option<&mut Clockwork>) {
        let Self { sockets, identity, link, streams, on_air } = self;
        let (to, mut asked) = (link.remote(), Vec::new());
        let send = |datagram: &[u8]| sockets.send(0, to, datagram);
        sockets.drain(inbox, |datagram| match link.handle(now, datagram.bytes, identity, send) {
            News::Rtcp(compound) => {
                let (packets, keyframe) = feedback::requests(compound);
                asked.extend(packets);
                if keyframe {
                    on_air.keyframe_requests.fetch_add(1, Relaxed);
                    if let Some(clockwork) = clockwork.as_deref_mut() {
                        clockwork.keyframe_wanted = true;
                    }
                }
            }
            News::Closed => on_air.closed.store(true, Relaxed),
            News::Connected | News::Rtp(_) | News::Nothing => {}
        });
        let (Some(clockwork), Some(keys)) = (clockwork, link.keys()) else { return };
        let mut out = Vec::new();
        for (about, sequence) in asked {
            let Some(track) = streams.layers.iter_mut().find(|track| track.ssrc == about) else { continue };
            if track.again(&mut out, &keys.sender, sequence, clockwork.twcc()).is_some() {
                on_air.packets_again.fetch_add(1, Relaxed);
                send(&out);
            }
        }
    }

    fn publish(&mut self, now: Instant, clockwork: &mut Clockwork, out: &mut Vec<u8>) {
        while clockwork.frame_at() <= now {
            self.frame(now, clockwork, out);
        }
        while clockwork.sound_at() <= now {
            self.sound(clockwork, out);
        }
        if clockwork.report_at <= now {
            clockwork.report_at = now + REPORT_EVERY;
            self.report(now.saturating_duration_since(clockwork.start));
        }
    }

    fn frame(&mut self, now: Instant, clockwork: &mut Clockwork, out: &mut Vec<u8>) {
        let since = now.saturating_duration_since(clockwork.keyframe_at);
        let first = clockwork.frame == 0;
        let keyframe = first || since >= KEYFRAME_EVERY || (clockwork.keyframe_wanted && since >= KEYFRAME_GAP);
        if keyframe {
            (clockwork.keyframe_at, clockwork.keyframe_wanted) = (now, false);
            self.on_air.keyframes.fetch_add(1, Relaxed);
        }
        let timestamp = clockwork.frame.wrapping_mul(90_000 / FRAMES_PER_SECOND);
        for layer in 0..self.streams.layers.len() {
            let codec = self.streams.codec;
            if keyframe && codec == Codec::H264 {
                self.picture(clockwork, out, layer, (false, timestamp), keyframe, |payload, mark| {
                    camera::parameter_sets(payload, mark);
                });
            }
            let sizes = camera::cut(camera::frame_bytes(self.streams.bitrate_bps(layer), keyframe));
            for (index, size) in sizes.iter().enumerate() {
                let part = Part { frame: clockwork.frame, index, last: index + 1 == sizes.len() };
                self.picture(clockwork, out, layer, (part.last, timestamp), keyframe, |payload, mark| {
                    camera::picture(payload, codec, part, *size, mark);
                });
            }
        }
        clockwork.frame += 1;
    }

    fn picture(
        &mut self,
        clockwork: &mut Clockwork,
        out: &mut Vec<u8>,
        layer: usize,
        words: (bool, u32),
        keyframe: bool,
        write: impl FnOnce(&mut Vec<u8>, Mark),
    ) {
        let highest = layer + 1 == self.streams.layers.len();
        let Some(number) = clockwork.numbers.get_mut(layer) else { return };
        let mark = Mark { layer: layer as u8, keyframe, number: *number, sent_ns: clock::unix_ns() };
        *number = number.wrapping_add(1);
        let mut payload = Vec::new();
        write(&mut payload, mark);
        let twcc = clockwork.twcc();
        let (Some(track), Some(keys)) = (self.streams.layers.get_mut(layer), self.link.keys()) else { return };
        if track.next(out, &keys.sender, words, payload, twcc).is_some() {
            self.sockets.send(0, self.link.remote(), out);
            self.on_air.packets.fetch_add(u64::from(highest), Relaxed);
        }
    }

    fn sound(&mut self, clockwork: &mut Clockwork, out: &mut Vec<u8>) {
        let mark = Mark { layer: SOUND, keyframe: false, number: clockwork.sounds, sent_ns: clock::unix_ns() };
        let timestamp = clockwork.sound.wrapping_mul(960);
        (clockwork.sounds, clockwork.sound) = (clockwork.sounds.wrapping_add(1), clockwork.sound + 1);
        let mut payload = Vec::new();
        camera::sound(&mut payload, mark);
        let twcc = clockwork.twcc();
        let Some(keys) = self.link.keys() else { return };
        if self.streams.sound.next(out, &keys.sender, (false, timestamp), payload, twcc).is_some() {
            self.sockets.send(0, self.link.remote(), out);
            self.on_air.packets.fetch_add(1, Relaxed);
        }
    }

    fn report(&mut self, since: Duration) {
        let ntp = clock::ntp64();
        let to: SocketAddr = self.link.remote();
        let tracks =
            std::iter::once((&self.streams.sound, 48_000)).chain(self.streams.layers.iter().map(|t| (t, 90_000)));
        for (track, rate) in tracks {
            let mut compound = Vec::new();
            let rtp = crate::sfu::time::ticks(since, rate);
            feedback::sender_report(&mut compound, track.ssrc, ntp, rtp, track.packets, track.bytes);
            self.link.send_rtcp(&compound, |datagram| self.sockets.send(0, to, datagram));
        }
    }
}
