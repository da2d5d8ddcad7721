//! One robot viewer: counts what comes and says what a viewer says.
//!
//! Most viewers read headers only, once they have seen a keyframe; so one thread holds thousands. A sampled one opens every
//! packet, checks the running numbers inside, measures delay, and asks for what is missing. All send a receiver report a
//! second, ask for a keyframe while they have none, and tell when packets came if the server wants to know (as browsers do,
//! from the clear part of the header).

use super::continuity::Continuity;
use super::dtls::Identity;
use super::feedback::{self, Arrivals, TELL_EVERY};
use super::header::Header;
use super::histogram::Histogram;
use super::link::{Link, News};
use super::mark::{Mark, SOUND};
use super::missing::Missing;
use super::sdp::{Carries, Remote};
use super::stream::{Place, Stream};
use super::tally::Tally;
use crate::sfu::codec::{Codec, MediaKind};
use crate::sfu::rtp::RtpHeader;
use std::time::{Duration, Instant};

const REPORT_EVERY: Duration = Duration::from_secs(1);

/// The first keyframe request, when media flows without one; browsers take about as long to notice.
const FIRST_PICTURE: Duration = Duration::from_millis(200);
/// And the next ones.
const NEXT_PICTURE: Duration = Duration::from_secs(1);

/// A viewer has no stream of its own to report from.
const OUR_SSRC: u32 = 1;

/// When a viewer got how far, since its join began.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Milestones {
    pub(super) connected: Option<Duration>,
    pub(super) first_packet: Option<Duration>,
    pub(super) first_keyframe: Option<Duration>,
}

/// What only a sampled viewer knows.
#[derive(Debug, Default)]
struct Sample {
    video: Continuity,
    audio: Continuity,
    missing: Missing,
    delay: Histogram,
    asked: u64,
    repaired: u64,
    sealed: u64,
}

/// A viewer.
pub(super) struct Viewer {
    /// Which address it has.
    pub(super) slot: usize,
    link: Link,
    remote: Remote,
    began: Instant,
    video: Stream,
    audio: Stream,
    repairs: Stream,
    milestones: Milestones,
    sample: Option<Box<Sample>>,
    arrivals: Arrivals,
    tell_at: Option<Instant>,
    packets: u64,
    bytes: u64,
    /// Packets and bytes when the window began.
    opened: (u64, u64),
    report_at: Option<Instant>,
    picture_at: Option<Instant>,
    closed: bool,
}

impl Viewer {
    /// A viewer whose join began at `began` and whose connection is about to.
    pub(super) fn new(slot: usize, link: Link, remote: Remote, sampled: bool, began: Instant) -> Self {
        Self {
            slot,
            link,
            remote,
            began,
            video: Stream::default(),
            audio: Stream::default(),
            repairs: Stream::default(),
            milestones: Milestones::default(),
            sample: sampled.then(Box::default),
            arrivals: Arrivals::default(),
            tell_at: None,
            packets: 0,
            bytes: 0,
            opened: (0, 0),
            report_at: None,
            picture_at: None,
            closed: false,
        }
    }

    /// Where its server is.
    pub(super) fn remote(&self) -> std::net::SocketAddr {
        self.link.remote()
    }

    pub(super) const fn milestones(&self) -> Milestones {
        self.milestones
    }

    /// RTP packets and their bytes so far.
    pub(super) const fn received(&self) -> (u64, u64) {
        (self.packets, self.bytes)
    }

    /// The connection is over, or never came to be.
    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// A datagram from the server. `true`: [`Viewer::next_at`] may have become earlier.
    pub(super) fn handle(
        &mut self,
        now: Instant,
        datagram: &mut [u8],
        arrived_ns: Option<u64>,
        identity: &Identity,
        send: impl FnMut(&[u8]),
    ) -> bool {
        match self.link.handle(now, datagram, identity, send) {
            News::Rtp(packet) => self.take(now, packet, arrived_ns),
            News::Connected => {
                self.milestones.connected = Some(now.saturating_duration_since(self.began));
                self.report_at = Some(now + REPORT_EVERY);
                self.picture_at = Some(now + FIRST_PICTURE);
                true
            }
            News::Closed => {
                self.closed = true;
                true
            }
            News::Rtcp(_) => false,
            News::Nothing => true,
        }
    }

    fn take(&mut self, now: Instant, packet: &mut [u8], arrived_ns: Option<u64>) -> bool {
        let Some(header) = Header::read(packet) else { return false };
        let carries = self.remote.carries(header.payload_type);
        let stream = match carries {
            Carries::Media(codec) if codec.kind() == MediaKind::Video => &mut self.video,
            Carries::Media(_) => &mut self.audio,
            Carries::Repairs => &mut self.repairs,
            Carries::Nothing => return false,
        };
        let place = stream.take(header.ssrc, header.sequence);
        self.packets += 1;
        self.bytes += packet.len() as u64;
        if self.milestones.first_packet.is_none() {
            self.milestones.first_packet = Some(now.saturating_duration_since(self.began));
        }
        let told = self.note_arrival(now, packet, header);
        let blind = self.milestones.first_keyframe.is_none();
        if self.sample.is_some() {
            self.examine(now, packet, header, carries, place, arrived_ns);
            return told || place.skipped > 0;
        }
        if blind && let Carries::Media(codec @ (Codec::H264 | Codec::Vp8)) = carries {
            self.look(now, codec, packet, header, place);
        }
        told
    }

    /// Notes when a packet came, if the server numbers them for that. `true`: feedback has become due.
    fn note_arrival(&mut self, now: Instant, packet: &[u8], header: Header) -> bool {
        let Some(number) = self.remote.twcc.and_then(|id| header.extension(packet, id)) else { return false };
        self.arrivals.take(number, now);
        let first = self.tell_at.is_none();
        self.tell_at.get_or_insert(now + TELL_EVERY);
        first
    }

    /// Opens a packet; its RTP header and its payload.
    fn open<'a>(&mut self, packet: &'a mut [u8], header: Header, place: Place) -> Option<(RtpHeader, &'a [u8])> {
        let keys = self.link.keys()?;
        let length = keys.receiver.open_rtp(packet, header.length, place.index()?)?;
        let packet = packet.get(..length)?;
        let opened = RtpHeader::parse(packet)?;
        Some((opened, packet))
    }

    fn look(&mut self, now: Instant, codec: Codec, packet: &mut [u8], header: Header, place: Place) {
        let Some((opened, packet)) = self.open(packet, header, place) else { return };
        self.note_keyframe(now, codec, opened.payload(packet));
    }

    fn note_keyframe(&mut self, now: Instant, codec: Codec, payload: &[u8]) {
        if self.milestones.first_keyframe.is_none() && codec.is_keyframe_start(payload) {
            self.milestones.first_keyframe = Some(now.saturating_duration_since(self.began));
            self.picture_at = None;
        }
    }

    fn examine(
        &mut self,
        now: Instant,
        packet: &mut [u8],
        header: Header,
        carries: Carries,
        place: Place,
        arrived_ns: Option<u64>,
    ) {
        let opened = self.open(packet, header, place);
        let Some((opened, packet)) = opened else {
            if let Some(sample) = self.sample.as_mut() {
                sample.sealed += 1;
            }
            return;
        };
        let mut payload = opened.payload(packet);
        if let Carries::Media(codec @ (Codec::H264 | Codec::Vp8)) = carries {
            self.note_keyframe(now, codec, payload);
        }
        let Some(sample) = self.sample.as_mut() else { return };
        match carries {
            Carries::Media(codec) if codec.kind() == MediaKind::Video => {
                sample.missing.skipped(now, place.number, place.skipped);
                sample.missing.arrived(header.sequence);
            }
            Carries::Repairs => {
                // The original number stands in front (RFC 4588 §4); an empty one is a probe.
                let Some((original, rest)) = payload.split_first_chunk() else { return };
                payload = rest;
                sample.repaired += 1;
                sample.missing.arrived(u16::from_be_bytes(*original));
            }
            _ => {}
        }
        let Some(mark) = Mark::read(payload) else { return };
        let media = if mark.layer == SOUND { &mut sample.audio } else { &mut sample.video };
        media.take(mark);
        if let Some(delay) = arrived_ns.and_then(|at| at.checked_sub(mark.sent_ns)) {
            sample.delay.add(Duration::from_nanos(delay));
        }
    }

    /// When [`Viewer::handle_timeout`] is due.
    pub(super) fn next_at(&self) -> Instant {
        let sample = self.sample.as_ref();
        let due = [self.report_at, self.picture_at, self.tell_at, sample.and_then(|sample| sample.missing.next_at())];
        due.into_iter().flatten().fold(self.link.next_at(), Instant::min)
    }

    /// Does what is due.
    pub(super) fn handle_timeout(&mut self, now: Instant, identity: &Identity, mut send: impl FnMut(&[u8])) {
        if self.closed {
            return;
        }
        if !self.link.handle_timeout(now, identity, &mut send) {
            self.closed = true;
            return;
        }
        let mut out = Vec::new();
        self.report(now, &mut out);
        if let Some(about) = self.video.ssrc().or(self.audio.ssrc()) {
            let sequences = self.sample.as_mut().map(|sample| sample.missing.poll(now)).unwrap_or_default();
            if let (Some(sample), false) = (self.sample.as_mut(), sequences.is_empty()) {
                sample.asked += sequences.len() as u64;
                begin(&mut out);
                feedback::nack(&mut out, OUR_SSRC, about, &sequences);
            }
            if self.tell_at.is_some_and(|at| at <= now) {
                self.tell_at = None;
                begin(&mut out);
                self.arrivals.tell(&mut out, OUR_SSRC, about, self.began);
            }
        }
        if !out.is_empty() {
            self.link.send_rtcp(&out, send);
        }
    }

    fn report(&mut self, now: Instant, out: &mut Vec<u8>) {
        let wants_picture = self.picture_at.is_some_and(|at| at <= now);
        let wants_report = self.report_at.is_some_and(|at| at <= now);
        if wants_report {
            self.report_at = Some(now + REPORT_EVERY);
            let streams = [&mut self.video, &mut self.audio];
            let blocks: Vec<_> = streams.into_iter().filter_map(|s| Some((s.ssrc()?, s.report()))).collect();
            feedback::receiver_report(out, OUR_SSRC, &blocks);
        }
        if wants_picture {
            self.picture_at = Some(now + NEXT_PICTURE);
            // Who does not know the stream yet cannot name it.
            if let Some(about) = self.video.ssrc() {
                begin(out);
                feedback::picture_loss(out, OUR_SSRC, about);
            }
        }
    }

    /// The measured window begins.
    pub(super) fn open_window(&mut self) {
        self.opened = (self.packets, self.bytes);
        self.video.open_window();
        self.audio.open_window();
        if let Some(sample) = self.sample.as_mut() {
            (sample.delay, sample.asked, sample.repaired, sample.sealed) = (Histogram::default(), 0, 0, 0);
            (sample.video, sample.audio) = (Continuity::default(), Continuity::default());
        }
    }

    /// Adds what the window has shown.
    pub(super) fn tell(&self, tally: &mut Tally) {
        tally.join(&self.milestones);
        tally.closed += u64::from(self.closed);
        let (packets, bytes) = (self.packets - self.opened.0, self.bytes - self.opened.1);
        tally.packets += packets;
        tally.bytes += bytes;
        tally.silent += u64::from(packets == 0);
        for stream in [&self.video, &self.audio] {
            let (expected, received) = stream.window();
            tally.expected += expected;
            tally.received += received;
        }
        if let Some(profile) = self.link.profile() {
            *tally.profiles.entry(profile).or_default() += 1;
        }
        let Some(sample) = self.sample.as_ref() else { return };
        let sampled = &mut tally.sampled;
        sampled.viewers += 1;
        sampled.packets_asked_again += sample.asked;
        sampled.packets_repaired += sample.repaired;
        sampled.packets_not_opened += sample.sealed;
        for media in [&sample.video, &sample.audio] {
            sampled.packets += media.arrived;
            sampled.packets_lost += media.lost + media.missing();
            sampled.packets_late += media.late;
            sampled.packets_twice += media.twice;
        }
        tally.delay.merge(&sample.delay);
    }

    /// Says goodbye.
    pub(super) fn close(&mut self, now: Instant, send: impl FnMut(&[u8])) {
        self.link.close(now, send);
    }
}

/// A compound packet begins with a report (RFC 3550 §6.1).
fn begin(out: &mut Vec<u8>) {
    if out.is_empty() {
        feedback::receiver_report(out, OUR_SSRC, &[]);
    }
}
