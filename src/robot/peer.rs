//! The robot's WebRTC connection: one H.264 and one Opus track, sent only.
//!
//! The `webrtc` crate drives a connection in a task of its own; what is written goes through its channel of 256 packets,
//! and a writer that fills it waits (a keyframe of the clip is 30 packets, so it never does unless the task stands
//! still). Retransmission (RFC 4588) and sender reports (RFC 3550 §6.4.1) are the library's default interceptors; ours
//! is the one in `keyframe`, because inbound feedback otherwise ends inside the library.

mod keyframe;

use super::RobotError;
use super::clip::Clip;
use super::pace::{AUDIO_STEP, VIDEO_STEP};
use bytes::Bytes;
use keyframe::KeyframeRequests;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_H264, MIME_TYPE_OPUS, MIME_TYPE_RTX};
use rtc::rtp;
use rtc::rtp::codec::h264::H264Payloader;
use rtc::rtp::packetizer::Payloader;
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RTCRtpRtxParameters, RtpCodecKind,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCPeerConnectionState,
    RTCSessionDescription, Registry, SettingEngineBuilder, SrtpProtectionProfile, configure_nack,
    configure_rtcp_reports,
};
use webrtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};

const H264: u8 = 102;
const H264_RTX: u8 = 103;
const OPUS: u8 = 111;

/// RTP payloads are at most this long: 1200 bytes less the header, extensions, a retransmission's two bytes and the
/// SRTP tag that the packet meets on its way through a server, so that it is never cut anew.
const MAX_PAYLOAD_BYTES: usize = 1_140;

/// A path without any answer for this long is lost; on the robot's short paths a shorter silence is a hiccup.
const ICE_DISCONNECTED: Duration = Duration::from_secs(3);
const ICE_FAILED: Duration = Duration::from_secs(3);
const ICE_KEEPALIVE: Duration = Duration::from_secs(1);

/// A goodbye takes one turn of the connection's task; what takes longer is not worth a freeze of the next try.
const GOODBYE: Duration = Duration::from_millis(500);

/// Where the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Not yet.
    Connecting,
    /// Media flows.
    Connected,
    /// For good.
    Lost,
}

/// The clip as RTP payloads, cut once.
pub(super) struct Packets {
    /// For each picture its payloads in order.
    video: Vec<Vec<Bytes>>,
    /// The sound packets; one Opus packet is one payload (RFC 7587 §4.2).
    pub(super) audio: Vec<Bytes>,
}

impl Packets {
    /// Cuts the clip's pictures (RFC 6184, packetization mode 1).
    pub(super) fn of(clip: &Clip) -> Result<Self, RobotError> {
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

/// A connection that publishes.
pub(super) struct Peer {
    connection: Arc<dyn PeerConnection>,
    video: Track,
    audio: Track,
    link: watch::Receiver<Link>,
    keyframes: KeyframeRequests,
}

struct Track {
    local: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
}

impl Peer {
    /// Builds a connection and its offer. The offer needs no candidates: the server learns the robot's address from its
    /// first packet.
    pub(super) async fn offer() -> Result<(Self, String), RobotError> {
        let keyframes = KeyframeRequests::default();
        let mut engine = engine()?;
        let registry = configure_rtcp_reports(configure_nack(Registry::new(), &mut engine));
        let (link_tx, link) = watch::channel(Link::Connecting);
        let settings = SettingEngineBuilder::new()
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_include_loopback_candidate(true)
            .with_ice_timeouts(Some(ICE_DISCONNECTED), Some(ICE_FAILED), Some(ICE_KEEPALIVE))
            .with_srtp_protection_profiles(vec![
                SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
                SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
            ])
            .build();
        let building = PeerConnectionBuilder::new()
            .with_media_engine(engine)
            .with_interceptor_registry(keyframes.intercept(registry))
            .with_setting_engine(settings)
            .with_handler(Arc::new(Watcher { link: link_tx }))
            // The server may be found on the loopback interface or on any other; a wildcard leaves loopback out.
            .with_udp_addrs(vec!["127.0.0.1:0", "0.0.0.0:0"])
            .build();
        let connection = Box::pin(building).await?;
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        let video = add(&connection, RtpCodecKind::Video, h264(), Some(rand::random())).await?;
        let audio = add(&connection, RtpCodecKind::Audio, opus(), None).await?;
        let offer = connection.create_offer(None).await?;
        let sdp = offer.sdp.clone();
        connection.set_local_description(offer).await?;
        Ok((Self { connection, video, audio, link, keyframes }, sdp))
    }

    /// Applies the server's answer; the connection comes up by itself from here on.
    pub(super) async fn accept(&self, sdp: String) -> Result<(), RobotError> {
        let answer = RTCSessionDescription::answer(sdp)?;
        self.connection.set_remote_description(answer).await?;
        Ok(())
    }

    /// Where the connection stands, now and later.
    pub(super) fn link(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }

    /// Whether a receiver has asked for a keyframe since the last call.
    pub(super) fn take_keyframe_request(&self) -> bool {
        self.keyframes.take()
    }

    /// A writer of `packets`, with fresh random sequence numbers and timestamps (RFC 3550 §5.1).
    pub(super) fn sender(&self, packets: Arc<Packets>) -> Sender {
        Sender { packets, video: Stream::new(&self.video, H264), audio: Stream::new(&self.audio, OPUS) }
    }

    /// Says goodbye to the other side and ends the connection's task.
    pub(super) async fn close(&self) {
        match timeout(GOODBYE, self.connection.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "closing the media connection"),
            Err(_) => tracing::debug!("the media connection was not closed in time"),
        }
    }
}

/// Writes the clip's pictures and sounds.
pub(super) struct Sender {
    packets: Arc<Packets>,
    video: Stream,
    audio: Stream,
}

impl Sender {
    /// Sends picture `frame` at `ticks` of the video clock since the start. The last packet carries the marker.
    pub(super) async fn video(&mut self, frame: usize, ticks: u32) -> Result<(), RobotError> {
        debug_assert_eq!(ticks % VIDEO_STEP, 0);
        let payloads = self.packets.video.get(frame).map(Vec::as_slice).unwrap_or_default();
        for (i, payload) in payloads.iter().enumerate() {
            self.video.send(payload.clone(), ticks, i + 1 == payloads.len()).await?;
        }
        Ok(())
    }

    /// Sends sound packet `packet` at `ticks` of the audio clock since the start.
    pub(super) async fn audio(&mut self, packet: usize, ticks: u32) -> Result<(), RobotError> {
        debug_assert_eq!(ticks % AUDIO_STEP, 0);
        match self.packets.audio.get(packet) {
            Some(payload) => self.audio.send(payload.clone(), ticks, false).await,
            None => Ok(()),
        }
    }
}

struct Stream {
    local: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    payload_type: u8,
    sequence: u16,
    first_timestamp: u32,
}

impl Stream {
    fn new(track: &Track, payload_type: u8) -> Self {
        Self {
            local: Arc::clone(&track.local),
            ssrc: track.ssrc,
            payload_type,
            sequence: rand::random(),
            first_timestamp: rand::random(),
        }
    }

    async fn send(&mut self, payload: Bytes, ticks: u32, marker: bool) -> Result<(), RobotError> {
        self.sequence = self.sequence.wrapping_add(1);
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
}

struct Watcher {
    link: watch::Sender<Link>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Watcher {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        tracing::debug!(%state, "media connection");
        match state {
            RTCPeerConnectionState::Connected => self.link.send_replace(Link::Connected),
            RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => self.link.send_replace(Link::Lost),
            _ => return,
        };
    }
}

async fn add(
    connection: &Arc<dyn PeerConnection>,
    kind: RtpCodecKind,
    codec: RTCRtpCodec,
    rtx_ssrc: Option<u32>,
) -> Result<Track, RobotError> {
    let ssrc: u32 = rand::random();
    let coding = RTCRtpCodingParameters {
        ssrc: Some(ssrc),
        rtx: rtx_ssrc.map(|ssrc| RTCRtpRtxParameters { ssrc }),
        ..Default::default()
    };
    let encodings = vec![RTCRtpEncodingParameters { rtp_coding_parameters: coding, codec, ..Default::default() }];
    let track = MediaStreamTrack::new("robot".to_owned(), kind.to_string(), "robot".to_owned(), kind, encodings);
    let local = Arc::new(TrackLocalStaticRTP::new(track));
    let init = RTCRtpTransceiverInit { direction: RTCRtpTransceiverDirection::Sendonly, ..Default::default() };
    connection.add_transceiver_from_track(Arc::clone(&local) as Arc<dyn TrackLocal>, Some(init)).await?;
    Ok(Track { local, ssrc })
}

fn engine() -> Result<MediaEngine, RobotError> {
    let mut engine = MediaEngine::default();
    engine.register_codec(RTCRtpCodecParameters { rtp_codec: h264(), payload_type: H264 }, RtpCodecKind::Video)?;
    engine.register_codec(RTCRtpCodecParameters { rtp_codec: rtx(), payload_type: H264_RTX }, RtpCodecKind::Video)?;
    engine.register_codec(RTCRtpCodecParameters { rtp_codec: opus(), payload_type: OPUS }, RtpCodecKind::Audio)?;
    Ok(engine)
}

fn h264() -> RTCRtpCodec {
    let feedback = |typ: &str, parameter: &str| RTCPFeedback { typ: typ.to_owned(), parameter: parameter.to_owned() };
    RTCRtpCodec {
        mime_type: MIME_TYPE_H264.to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f".to_owned(),
        rtcp_feedback: vec![feedback("ccm", "fir"), feedback("nack", ""), feedback("nack", "pli")],
    }
}

fn rtx() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_RTX.to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: format!("apt={H264}"),
        rtcp_feedback: Vec::new(),
    }
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1;stereo=1".to_owned(),
        rtcp_feedback: Vec::new(),
    }
}
