//! The clip as RTP: cut once, sent on the beat, reported by the beat's own clock.

use super::{Track, codecs};
use crate::clock;
use crate::robot::RobotError;
use crate::robot::clip::Clip;
use crate::robot::pace::{AUDIO_STEP, VIDEO_STEP};
use bytes::Bytes;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::source_description::{SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem};
use rtc::rtp;
use rtc::rtp::codec::h264::H264Payloader;
use rtc::rtp::packetizer::Payloader;
use std::sync::Arc;
use std::time::Duration;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

/// RTP payloads are at most this long: 1200 bytes less the header, extensions, a retransmission's two bytes and the
/// SRTP tag that the packet meets on its way through a server, so that it is never cut anew.
const MAX_PAYLOAD_BYTES: usize = 1_140;

/// The clip as RTP payloads, cut once.
pub(in crate::robot) struct Packets {
    /// For each picture its payloads in order.
    video: Vec<Vec<Bytes>>,
    /// The sound packets; one Opus packet is one payload (RFC 7587 §4.2).
    pub(in crate::robot) audio: Vec<Bytes>,
}

impl Packets {
    /// Cuts the clip's pictures (RFC 6184, packetization mode 1).
    pub(in crate::robot) fn of(clip: &Clip) -> Result<Self, RobotError> {
        let mut payloader = H264Payloader::default();
        let mut video = Vec::with_capacity(clip.video.len());
        for frame in &clip.video {
            let mut payloads = Vec::new();
            for unit in &frame.units {
                payloads.extend(payloader.payload(MAX_PAYLOAD_BYTES, unit)?);
            }
            video.push(payloads);
        }
        Ok(Self { video, audio: clip.audio.clone() })
    }
}

/// How often a report is due (RFC 3550 §6.2 allows it at this bitrate); a new listener can hold picture and sound together
/// after at most this long.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// Names the robot as one source of both streams (RFC 3550 §6.5.1): what makes their reports comparable.
const CNAME: &[u8] = b"robot";

/// Writes the clip's pictures and sounds, and says when they were due.
///
/// Both clocks start at zero at one instant, so the reports follow from the time since then alone: no queue and no busy
/// machine can pull picture and sound apart.
pub(in crate::robot) struct Sender {
    packets: Arc<Packets>,
    video: Stream,
    audio: Stream,
    start_ntp: u64,
    report_at: Duration,
}

impl Sender {
    /// A writer whose zero is now, with fresh random sequence numbers and timestamps (RFC 3550 §5.1).
    pub(super) fn new(packets: Arc<Packets>, video: &Track, audio: &Track) -> Self {
        Self {
            packets,
            video: Stream::new(video, codecs::H264, VIDEO_STEP * 30),
            audio: Stream::new(audio, codecs::OPUS, AUDIO_STEP * 50),
            start_ntp: clock::ntp64(),
            report_at: Duration::ZERO,
        }
    }

    /// Sends picture `frame` at `ticks` of the video clock since the start. The last packet carries the marker.
    pub(in crate::robot) async fn video(&mut self, frame: usize, ticks: u32) -> Result<(), RobotError> {
        let payloads = self.packets.video.get(frame).map(Vec::as_slice).unwrap_or_default();
        for (i, payload) in payloads.iter().enumerate() {
            self.video.send(payload.clone(), ticks, i + 1 == payloads.len()).await?;
        }
        Ok(())
    }

    /// Sends sound packet `packet` at `ticks` of the audio clock since the start.
    pub(in crate::robot) async fn audio(&mut self, packet: usize, ticks: u32) -> Result<(), RobotError> {
        match self.packets.audio.get(packet) {
            Some(payload) => self.audio.send(payload.clone(), ticks, false).await,
            None => Ok(()),
        }
    }

    /// Sends both sender reports (RFC 3550 §6.4.1) if they are due, `elapsed` after the start.
    pub(in crate::robot) async fn report(&mut self, elapsed: Duration) -> Result<(), RobotError> {
        if elapsed < self.report_at {
            return Ok(());
        }
        self.report_at = elapsed + REPORT_EVERY;
        let fraction = (u64::from(elapsed.subsec_nanos()) << 32) / 1_000_000_000;
        let ntp = self.start_ntp.wrapping_add((elapsed.as_secs() << 32) | fraction);
        self.video.report(ntp, elapsed).await?;
        self.audio.report(ntp, elapsed).await
    }
}

struct Stream {
    local: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    payload_type: u8,
    clock_rate: u32,
    sequence: u16,
    first_timestamp: u32,
    packets: u32,
    octets: u32,
}

impl Stream {
    fn new(track: &Track, payload_type: u8, clock_rate: u32) -> Self {
        Self {
            local: Arc::clone(&track.local),
            ssrc: track.ssrc,
            payload_type,
            clock_rate,
            sequence: rand::random(),
            first_timestamp: rand::random(),
            packets: 0,
            octets: 0,
        }
    }

    async fn send(&mut self, payload: Bytes, ticks: u32, marker: bool) -> Result<(), RobotError> {
        self.sequence = self.sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        let header = rtp::Header {
            version: 2,
            marker,
            payload_type: self.payload_type,
            sequence_number: self.sequence,
            timestamp: self.first_timestamp.wrapping_add(ticks),
            ssrc: self.ssrc,
            ..Default::default()
        };
        self.local.write_rtp(rtp::Packet { header, payload }).await?;
        Ok(())
    }

    async fn report(&self, ntp_time: u64, elapsed: Duration) -> Result<(), RobotError> {
        let ticks = elapsed.as_nanos() * u128::from(self.clock_rate) / 1_000_000_000;
        let report = SenderReport {
            ssrc: self.ssrc,
            ntp_time,
            rtp_time: self.first_timestamp.wrapping_add((ticks & u128::from(u32::MAX)) as u32),
            packet_count: self.packets,
            octet_count: self.octets,
            ..Default::default()
        };
        let name = SourceDescriptionItem { sdes_type: SdesType::SdesCname, text: Bytes::from_static(CNAME) };
        let chunk = SourceDescriptionChunk { source: self.ssrc, items: vec![name] };
        let description = SourceDescription { chunks: vec![chunk] };
        self.local.write_rtcp(vec![Box::new(report), Box::new(description)]).await?;
        Ok(())
    }
}
