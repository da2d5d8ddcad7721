//! The robot's WebRTC connection: one H.264 and one Opus track, sent only.
//!
//! The `webrtc` crate drives a connection in a task of its own; what is written goes through its channel of 256 packets,
//! and a writer that fills it waits (a keyframe of the clip is 30 packets, so it never does unless the task stands
//! still). Retransmission (RFC 4588) is the library's own interceptor. Ours is the one in `keyframe`, because inbound
//! feedback otherwise ends inside the library; and the sender reports are ours (`sender`), because the library's tell
//! when a packet was written, not when its picture was due.

mod codecs;
mod keyframe;
mod sender;

use super::RobotError;
use keyframe::KeyframeRequests;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpRtxParameters, RtpCodecKind,
};
pub(super) use sender::{Packets, Sender};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCPeerConnectionState, RTCSessionDescription,
    Registry, SettingEngineBuilder, SrtpProtectionProfile, configure_nack,
};
use webrtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};

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
        let mut engine = codecs::engine()?;
        let registry = configure_nack(Registry::new(), &mut engine);
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
        let video = add(&connection, RtpCodecKind::Video, codecs::h264(), Some(rand::random())).await?;
        let audio = add(&connection, RtpCodecKind::Audio, codecs::opus(), None).await?;
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

    /// A writer of `packets` that starts now.
    pub(super) fn sender(&self, packets: Arc<Packets>) -> Sender {
        Sender::new(packets, &self.video, &self.audio)
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
