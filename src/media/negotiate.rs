//! SDP: an offer in, a waiting peer and its answer out. Runs on the caller's threads, never on a worker.
//!
//! Cost: about a millisecond of CPU for a browser's full offer, because [`crate::sfu::offer::prune`] takes away first
//! what is not served; the library alone spends four to five on it.
//!
//! The codecs are registered with the very payload types of the offer, so that the answer cannot disagree with it.
//! Subscribers are given every codec that both sides have: whatever the publisher turns out to send, its picture fits
//! without another offer.

use super::answer::{Ours, TRANSPORT_CC, answer};
use super::counters::{MediaCounters, PeerKind};
use super::direct::Direct;
use super::dtls::{Dtls, DtlsConfigs, Fingerprint};
use super::formats::{self, Direction, Format, Section};
use super::ice::{Credentials, IceLite};
use super::library::Library;
use super::peer::{Peer, PeerParts, Streams, Way};
use super::tap::Tap;
use crate::sfu::codec::{Codec, MediaKind};
use crate::sfu::offer::{OfferRefusal, prune};
use crate::sfu::repair::RtxMap;
use quiora_signaling::{PeerId, RefusalCode, SessionId, ShowId};
use rtc::dtls::crypto::Certificate;
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{NackGeneratorBuilder, ReceiverReportBuilder, Registry, Slot, TwccReceiverBuilder};
use rtc::peer_connection::RTCPeerConnectionBuilder;
use rtc::peer_connection::certificate::RTCCertificate;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::configuration::media_engine::{
    MIME_TYPE_H264, MIME_TYPE_OPUS, MIME_TYPE_RTX, MIME_TYPE_VP8, MediaEngine,
};
use rtc::peer_connection::configuration::setting_engine::{SettingEngine, SettingEngineBuilder};
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::{CandidateConfig, CandidateHostConfig, RTCDtlsRole, RTCIceCandidate};
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use rtc::shared::error::Error;
use rtc_crypto::RTCCryptoProvider;
use rtc_crypto::providers::AwsLcRsProvider;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// A lost packet is asked for again this often, at most [`NACK_REPEATS`] times: a round trip inside a country, and the
/// longest a viewer's buffer will wait.
const NACK_INTERVAL: Duration = Duration::from_millis(20);
const NACK_REPEATS: u16 = 10;

/// Transport feedback to publishers; browsers' estimators are tuned for 50 to 100 ms.
const TWCC_INTERVAL: Duration = Duration::from_millis(50);

/// Retransmissions on the media SSRC come within a second: 1,000 packets at 10 Mbit/s.
const REPLAY_WINDOW: usize = 1024;

/// What the certificate says of itself; nobody looks but the library.
const LIFETIME: Duration = Duration::from_secs(60 * 24 * 60 * 60);

const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

/// What all peers of this process share: one certificate, one crypto provider, and where we can be reached.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) certificate: RTCCertificate,
    /// Of the certificate, as in `a=fingerprint`.
    pub(super) fingerprint: String,
    /// The subscribers' DTLS servers, under the same certificate.
    pub(super) dtls: DtlsConfigs,
    pub(super) crypto: Arc<dyn RTCCryptoProvider>,
    /// Candidates of every answer, best first; never empty.
    pub(super) addresses: Arc<[SocketAddr]>,
    /// TCP is listened on at the same addresses.
    pub(super) tcp: bool,
    pub(super) counters: Arc<MediaCounters>,
}

impl Identity {
    /// A fresh certificate, for sixty days or until the process ends.
    ///
    /// # Errors
    /// When the cryptography does not work.
    pub(super) fn generate(addresses: Arc<[SocketAddr]>, tcp: bool) -> Result<Self, Error> {
        let crypto: Arc<dyn RTCCryptoProvider> = Arc::new(AwsLcRsProvider::new());
        let certificate = Certificate::generate_self_signed(vec!["quiora".to_owned()], crypto.crypto())?;
        let dtls = DtlsConfigs::new(&certificate, &crypto)?;
        let expires = SystemTime::UNIX_EPOCH + Duration::from_millis(crate::clock::unix_ms()) + LIFETIME;
        let certificate = RTCCertificate::from_existing(certificate, expires);
        let fingerprints = certificate.get_fingerprints(crypto.crypto())?;
        let first = fingerprints.first().ok_or(Error::ErrNonCertificate)?;
        let fingerprint = format!("{} {}", first.algorithm, first.value.to_ascii_uppercase());
        Ok(Self { certificate, fingerprint, dtls, crypto, addresses, tcp, counters: Arc::default() })
    }
}

/// Who asks for what.
pub(super) struct Request {
    pub(super) kind: PeerKind,
    pub(super) show: ShowId,
    pub(super) session: SessionId,
    pub(super) peer: PeerId,
    pub(super) sdp: String,
    /// The client could not do AES-GCM: offer it the older profile as well.
    pub(super) compatible: bool,
}

/// Builds the peer and its answer.
///
/// # Errors
/// `codec_unsupported` if nothing in the offer is served, `offer_invalid` for everything else that cannot be answered.
pub(super) fn negotiate(request: &Request, identity: &Identity, now: Instant) -> Result<(Peer, String), RefusalCode> {
    let offer = prune(&request.sdp).map_err(|refusal| match refusal {
        OfferRefusal::NoCommonCodec => RefusalCode::CodecUnsupported,
        OfferRefusal::TooLarge | OfferRefusal::NotAudioVideo | OfferRefusal::Malformed => RefusalCode::OfferInvalid,
    })?;
    let sections = usable_sections(&offer, request.kind)?;
    let remote = Credentials {
        ufrag: formats::attribute(&offer, "ice-ufrag").ok_or(RefusalCode::OfferInvalid)?.to_owned(),
        password: formats::attribute(&offer, "ice-pwd").ok_or(RefusalCode::OfferInvalid)?.to_owned(),
    };
    let local = Credentials::generate();
    let streams = Streams::generate();
    let built = match request.kind {
        PeerKind::Publisher => publisher(request, identity, now, &offer, &sections, &local),
        PeerKind::Subscriber => subscriber(identity, &offer, &local, &streams),
    };
    let (way, answer) = built.map_err(|error| {
        tracing::debug!(peer.id = %request.peer, %error, "an offer could not be answered");
        RefusalCode::OfferInvalid
    })?;
    let peer = Peer::new(PeerParts {
        id: request.peer,
        show: request.show,
        session: request.session,
        kind: request.kind,
        way,
        ice: IceLite::new(local, remote, now),
        crypto: identity.crypto.clone(),
        streams,
        sections: formats::sections(&answer),
        layers: formats::layers(&offer),
        built: now,
    });
    Ok((peer, answer))
}

/// A subscriber: an answer of our own, and a DTLS server that waits for its hello. Costs some 50 µs; the cryptography
/// comes with the hello.
fn subscriber(
    identity: &Identity,
    offer: &str,
    local: &Credentials,
    streams: &Streams,
) -> Result<(Way, String), Error> {
    let mut attributes = offer.lines().filter_map(|l| l.trim_end().strip_prefix("a="));
    let fingerprints: Vec<Fingerprint> =
        attributes.clone().filter_map(|a| Fingerprint::parse(a.strip_prefix("fingerprint:")?)).collect();
    // We wait for the hello, so the other side must be ready to send it (RFC 8842 §5.1).
    if fingerprints.is_empty() || attributes.any(|a| a == "setup:passive") {
        return Err(Error::ErrSessionDescriptionNoFingerprint);
    }
    let answer = answer(
        offer,
        &Ours {
            credentials: local,
            fingerprint: &identity.fingerprint,
            addresses: &identity.addresses,
            streams,
            tcp: identity.tcp,
        },
    );
    Ok((Way::Direct(Direct::new(Dtls::new(identity.dtls.clone(), fingerprints))), answer))
}

/// At most one section of each kind, going the way that the request says.
fn usable_sections(offer: &str, kind: PeerKind) -> Result<Vec<Section>, RefusalCode> {
    let flows = |direction| match kind {
        PeerKind::Publisher => matches!(direction, Direction::SendOnly | Direction::SendRecv),
        PeerKind::Subscriber => matches!(direction, Direction::RecvOnly | Direction::SendRecv),
    };
    let sections: Vec<_> = formats::sections(offer).into_iter().filter(|s| flows(s.direction)).collect();
    let count = |kind| sections.iter().filter(|s| s.kind == kind).count();
    if sections.is_empty() || count(MediaKind::Audio) > 1 || count(MediaKind::Video) > 1 {
        return Err(RefusalCode::OfferInvalid);
    }
    Ok(sections)
}

fn publisher(
    request: &Request,
    identity: &Identity,
    now: Instant,
    offer: &str,
    sections: &[Section],
    local: &Credentials,
) -> Result<(Way, String), Error> {
    let (registry, feedback) = interceptors(offer, identity.counters.clone());
    let configuration = RTCConfigurationBuilder::new().with_certificates(vec![identity.certificate.clone()]).build();
    let mut connection = RTCPeerConnectionBuilder::new()
        .with_configuration(configuration)
        .with_setting_engine(settings(identity, local, request.compatible))
        .with_media_engine(media_engine(sections)?)
        .with_interceptor_registry(registry)
        .build(now)?;
    connection.set_remote_description(now, RTCSessionDescription::offer(offer.to_owned())?)?;
    for address in identity.addresses.iter() {
        connection.add_local_candidate(candidate(*address)?)?;
    }
    let answer = connection.create_answer(None)?;
    connection.set_local_description(now, answer)?;
    let answer = connection.local_description().ok_or(Error::ErrConnectionClosed)?.sdp;
    let inside = identity.addresses.first().copied().unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
    let library = Library::new(connection, feedback, identity.crypto.clone(), inside);
    Ok((Way::Library(Box::new(library)), answer))
}

fn interceptors(
    offer: &str,
    counters: Arc<MediaCounters>,
) -> (Registry, crossbeam_channel::Receiver<super::tap::Feedback>) {
    let (tap, feedback) = Tap::new(RtxMap::from_offer(offer), counters);
    let nack = NackGeneratorBuilder::new().with_interval(NACK_INTERVAL).with_max_nacks_per_packet(NACK_REPEATS).build();
    let registry = Registry::new()
        .with(Slot::from(500), tap)
        .with(Slot::NackGenerator, nack)
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().with_interval(TWCC_INTERVAL).build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build());
    (registry, feedback)
}

fn settings(identity: &Identity, local: &Credentials, compatible: bool) -> SettingEngine {
    // As DTLS server the library follows the client's order, and Chromium lists AES-128-GCM last: so it stands alone.
    let mut profiles = vec![SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm];
    if compatible {
        profiles.push(SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80);
    }
    SettingEngineBuilder::new()
        .with_lite(true)
        .with_answering_dtls_role(RTCDtlsRole::Server)
        .with_crypto_provider(identity.crypto.clone())
        .with_ice_credentials(local.ufrag.clone(), local.password.clone())
        // Liveness is ours to judge (see `ice`): the agent inside hears nothing after its introduction.
        .with_ice_timeouts(Some(Duration::ZERO), Some(Duration::ZERO), Some(Duration::ZERO))
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_include_loopback_candidate(true)
        .with_srtp_replay_protection_window(REPLAY_WINDOW)
        .with_srtp_protection_profiles(profiles)
        .build()
}

fn media_engine(sections: &[Section]) -> Result<MediaEngine, Error> {
    let mut engine = MediaEngine::default();
    for section in sections {
        let library_kind = library_kind(section.kind);
        for codec in [Codec::H264, Codec::Vp8, Codec::Opus] {
            let Some(format) = section.format(codec) else { continue };
            let parameters =
                RTCRtpCodecParameters { rtp_codec: library_codec(format), payload_type: format.payload_type };
            engine.register_codec(parameters, library_kind)?;
            if let Some(rtx) = format.rtx {
                engine.register_codec(rtx_codec(rtx, format), library_kind)?;
            }
        }
        let mut extensions = vec![MID, TRANSPORT_CC];
        if section.kind == MediaKind::Video {
            extensions.extend([RID, REPAIRED_RID]);
        }
        for uri in extensions {
            let capability = RTCRtpHeaderExtensionCapability { uri: uri.to_owned() };
            engine.register_header_extension(capability, library_kind, None)?;
        }
    }
    Ok(engine)
}

fn library_codec(format: &Format) -> RTCRtpCodec {
    let feedback = |list: &[(&str, &str)]| {
        list.iter().map(|(t, p)| RTCPFeedback { typ: (*t).to_owned(), parameter: (*p).to_owned() }).collect::<Vec<_>>()
    };
    let mut rtcp_feedback = match format.codec.kind() {
        MediaKind::Video => feedback(&[("ccm", "fir"), ("nack", ""), ("nack", "pli")]),
        MediaKind::Audio => Vec::new(),
    };
    rtcp_feedback.extend(feedback(&[("transport-cc", "")]));
    RTCRtpCodec {
        mime_type: mime_type(format.codec).to_owned(),
        clock_rate: format.codec.clock_rate_hz(),
        channels: if format.codec == Codec::Opus { 2 } else { 0 },
        sdp_fmtp_line: format.parameters.clone(),
        rtcp_feedback,
    }
}

fn rtx_codec(payload_type: u8, format: &Format) -> RTCRtpCodecParameters {
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: MIME_TYPE_RTX.to_owned(),
            clock_rate: format.codec.clock_rate_hz(),
            channels: 0,
            sdp_fmtp_line: format!("apt={}", format.payload_type),
            rtcp_feedback: Vec::new(),
        },
        payload_type,
    }
}

fn candidate(address: SocketAddr) -> Result<rtc::peer_connection::transport::RTCIceCandidateInit, Error> {
    let base_config = CandidateConfig {
        network: "udp".to_owned(),
        address: address.ip().to_string(),
        port: address.port(),
        component: 1,
        ..Default::default()
    };
    let host = CandidateHostConfig { base_config, ..Default::default() }.new_candidate_host()?;
    RTCIceCandidate::from(&host).to_json()
}

const fn library_kind(kind: MediaKind) -> RtpCodecKind {
    match kind {
        MediaKind::Audio => RtpCodecKind::Audio,
        MediaKind::Video => RtpCodecKind::Video,
    }
}

const fn mime_type(codec: Codec) -> &'static str {
    match codec {
        Codec::H264 => MIME_TYPE_H264,
        Codec::Vp8 => MIME_TYPE_VP8,
        Codec::Opus => MIME_TYPE_OPUS,
    }
}

#[cfg(test)]
mod tests;
