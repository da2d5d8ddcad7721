//! A peer and a client of the same library, in virtual time, without a socket between them.
use super::*;
use crate::media::negotiate::{Identity, Request, negotiate};
use crate::sfu::demux::{Kind, classify};
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile as Profile;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::peer_connection::RTCPeerConnection;
use rtc::peer_connection::RTCPeerConnectionBuilder;
use rtc::peer_connection::certificate::RTCCertificate;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::configuration::setting_engine::SettingEngineBuilder;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::{CandidateConfig, CandidateHostConfig, RTCIceCandidate};
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use rtc::statistics::StatsSelector;
use rtc_crypto::SignatureScheme;
use uuid::Uuid;

const SERVER: ([u8; 4], u16) = ([192, 0, 2, 1], 8443);
const CLIENT: ([u8; 4], u16) = ([192, 0, 2, 99], 5000);

struct Pair {
    peer: Peer,
    client: RTCPeerConnection,
    now: Instant,
    events: Vec<PeerEvent>,
}

fn identity() -> Identity {
    Identity::generate([SocketAddr::from(SERVER)].into(), false).expect("identity")
}

fn certificate(crypto: &Arc<dyn RTCCryptoProvider>) -> RTCCertificate {
    let names = rcgen::CertificateParams::new(vec!["test".to_owned()]).expect("names");
    RTCCertificate::generate(crypto.crypto(), SignatureScheme::EcdsaP256Sha256, names).expect("certificate")
}

impl Pair {
    fn new(profiles: Vec<Profile>) -> Self {
        Self::with(profiles, |sdp| sdp)
    }

    fn with(profiles: Vec<Profile>, forge: impl Fn(String) -> String) -> Self {
        let (now, identity) = (crate::clock::monotonic(), identity());
        let settings = SettingEngineBuilder::new()
            .with_crypto_provider(identity.crypto.clone())
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_srtp_protection_profiles(profiles)
            .build();
        let configuration =
            RTCConfigurationBuilder::new().with_certificates(vec![certificate(&identity.crypto)]).build();
        let mut engine = MediaEngine::default();
        engine.register_default_codecs().expect("codecs");
        let mut client = RTCPeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_setting_engine(settings)
            .with_media_engine(engine)
            .build(now)
            .expect("a client");
        for kind in [RtpCodecKind::Audio, RtpCodecKind::Video] {
            client.add_transceiver_from_kind(kind, Some(recvonly())).expect("a transceiver");
        }
        let base = CandidateConfig {
            network: "udp".to_owned(),
            address: SocketAddr::from(CLIENT).ip().to_string(),
            port: CLIENT.1,
            component: 1,
            ..Default::default()
        };
        let host = CandidateHostConfig { base_config: base, ..Default::default() }.new_candidate_host().expect("host");
        client.add_local_candidate(RTCIceCandidate::from(&host).to_json().expect("json")).expect("candidate");
        let offer = client.create_offer(None).expect("an offer");
        client.set_local_description(now, offer).expect("our offer");
        let sdp = forge(client.local_description().expect("an offer").sdp);
        let id = Uuid::from_u128(1);
        let request = Request {
            kind: PeerKind::Subscriber,
            show: id.into(),
            session: id.into(),
            peer: id.into(),
            sdp,
            compatible: false,
        };
        let (peer, answer) = negotiate(&request, &identity, now).expect("an answer");
        client.set_remote_description(now, RTCSessionDescription::answer(answer).expect("sdp")).expect("their answer");
        Self { peer, client, now, events: Vec::new() }
    }

    /// Lets both talk until nobody has anything to say, then lets 10 ms pass; until `done` or `limit`.
    fn run(&mut self, limit: Duration, done: impl Fn(&Self) -> bool) -> Duration {
        let begin = self.now;
        while self.now - begin < limit && !done(self) {
            while self.serve() | self.reply() {}
            self.now += Duration::from_millis(10);
            if self.client.poll_timeout().is_some_and(|t| t <= self.now) {
                // A client whose handshake failed says so here; the server's view is what is tested.
                let _ = self.client.handle_timeout(self.now);
            }
            if self.peer.poll_timeout() <= self.now {
                self.peer.handle_timeout(self.now);
            }
            self.events.extend(std::iter::from_fn(|| self.peer.poll_event()));
            while self.client.poll_event().is_some() {}
        }
        self.now - begin
    }

    fn serve(&mut self) -> bool {
        let mut any = false;
        while let Some(out) = self.client.poll_write() {
            any = true;
            let from = SocketAddr::from(CLIENT);
            if matches!(classify(&out.message), Some(Kind::Stun(_))) {
                if let Some(heard) =
                    self.peer.handle_request(self.now, &Datagram { bytes: &out.message, from, to: None, mapped: from })
                {
                    self.feed_client(&heard.response);
                }
            } else {
                if self.peer.hears(self.now, from) {
                    self.peer.handle_datagram(self.now, &out.message);
                }
            }
        }
        any
    }

    fn reply(&mut self) -> bool {
        let datagrams: Vec<_> = std::iter::from_fn(|| self.peer.poll_transmit()).collect();
        assert!(datagrams.iter().all(|d| d[0] > 3), "no STUN of the agent inside gets out");
        datagrams.iter().for_each(|d| self.feed_client(d));
        !datagrams.is_empty()
    }

    fn feed_client(&mut self, datagram: &[u8]) {
        let transport = TransportContext {
            local_addr: CLIENT.into(),
            peer_addr: SERVER.into(),
            transport_protocol: TransportProtocol::UDP,
            ecn: None,
        };
        let _ = self.client.handle_read(TaggedBytesMut { now: self.now, transport, message: datagram.into() });
    }

    fn cipher(&mut self) -> String {
        let stats = self.client.get_stats(self.now, StatsSelector::None);
        stats.transport().map(|t| t.srtp_cipher.clone()).unwrap_or_default()
    }
}

fn recvonly() -> rtc::rtp_transceiver::RTCRtpTransceiverInit {
    rtc::rtp_transceiver::RTCRtpTransceiverInit {
        direction: rtc::rtp_transceiver::RTCRtpTransceiverDirection::Recvonly,
        ..Default::default()
    }
}

#[test]
fn a_client_that_prefers_the_old_profile_gets_the_new_one() {
    let order =
        vec![Profile::Srtp_Aes128_Cm_Hmac_Sha1_80, Profile::Srtp_Aead_Aes_256_Gcm, Profile::Srtp_Aead_Aes_128_Gcm];
    let mut pair = Pair::new(order);
    pair.run(Duration::from_secs(5), |p| p.events.contains(&PeerEvent::Connected));
    assert_eq!(pair.peer.state(), PeerState::Connected);
    assert_eq!(pair.cipher(), "SRTP_AEAD_AES_128_GCM");
}

#[test]
fn a_client_without_gcm_gets_what_it_has() {
    let mut pair = Pair::new(vec![Profile::Srtp_Aes128_Cm_Hmac_Sha1_80]);
    pair.run(Duration::from_secs(5), |p| p.events.contains(&PeerEvent::Connected));
    assert_eq!(pair.peer.state(), PeerState::Connected);
    assert_eq!(pair.cipher(), "SRTP_AES128_CM_HMAC_SHA1_80");
}

#[test]
fn a_client_without_any_common_profile_fails_at_once() {
    let mut pair = Pair::new(vec![Profile::Srtp_Aead_Aes_256_Gcm]);
    let failed = |p: &Pair| p.events.iter().any(|e| matches!(e, PeerEvent::Ended(_)));
    let took = pair.run(HANDSHAKE + Duration::from_secs(2), failed);
    assert_eq!(pair.events, [PeerEvent::Ended(PeerEnd::Failed)]);
    assert!(took < Duration::from_secs(2), "nobody waits for a timer: {took:?}");
}

#[test]
fn a_client_with_another_certificate_than_it_announced_gets_no_keys() {
    let forge = |sdp: String| {
        let mut lines: Vec<String> = sdp.lines().map(str::to_owned).collect();
        for line in lines.iter_mut().filter(|l| l.starts_with("a=fingerprint:")) {
            *line = format!("a=fingerprint:sha-256 {}", ["AB"; 32].join(":"));
        }
        lines.join("\r\n") + "\r\n"
    };
    let mut pair = Pair::with(vec![Profile::Srtp_Aead_Aes_128_Gcm], forge);
    pair.run(Duration::from_secs(5), |p| !p.events.is_empty());
    assert_eq!(pair.events, [PeerEvent::Ended(PeerEnd::Failed)]);
    let Way::Direct(direct) = &mut pair.peer.way else { panic!("a subscriber's way") };
    assert!(direct.srtp().is_none());
}

#[test]
fn a_client_that_closes_is_gone_at_once() {
    let mut pair = Pair::new(vec![Profile::Srtp_Aead_Aes_128_Gcm]);
    pair.run(Duration::from_secs(5), |p| p.events.contains(&PeerEvent::Connected));
    pair.client.close().expect("closed");
    let took = pair.run(Duration::from_secs(5), |p| p.events.contains(&PeerEvent::Ended(PeerEnd::Closed)));
    assert!(took < Duration::from_millis(100), "{took:?}");
}

#[test]
fn a_client_that_falls_silent_is_gone_when_consent_runs_out() {
    let mut pair = Pair::new(vec![Profile::Srtp_Aead_Aes_128_Gcm]);
    pair.run(Duration::from_secs(5), |p| p.events.contains(&PeerEvent::Connected));
    let until = pair.peer.ice.consent_until();
    pair.peer.handle_timeout(until - Duration::from_millis(1));
    assert_eq!(pair.peer.poll_event(), None);
    pair.peer.handle_timeout(until);
    assert_eq!(pair.peer.poll_event(), Some(PeerEvent::Ended(PeerEnd::Timeout)));
}

#[test]
fn forged_records_do_not_end_what_stands() {
    let mut pair = Pair::new(vec![Profile::Srtp_Aead_Aes_128_Gcm]);
    pair.run(Duration::from_secs(5), |p| p.events.contains(&PeerEvent::Connected));
    let mut random = 3_u64;
    for i in 0..2_000_u64 {
        let mut record = vec![0; 40 + (i % 60) as usize];
        for byte in &mut record {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (random >> 56) as u8;
        }
        // Alerts, handshakes, ciphers and data, of the first epoch and of the present one.
        let length = (record.len() - 13) as u8;
        record[..5].copy_from_slice(&[20 + (i % 4) as u8, 0xfe, 0xfd, 0, (i / 4 % 2) as u8]);
        record[11..13].copy_from_slice(&[0, length]);
        pair.peer.handle_datagram(pair.now, &record);
        while pair.peer.poll_transmit().is_some() {}
    }
    assert_eq!(pair.peer.poll_event(), None);
    pair.client.close().expect("closed");
    pair.run(Duration::from_secs(5), |p| p.events.contains(&PeerEvent::Ended(PeerEnd::Closed)));
    assert!(pair.events.contains(&PeerEvent::Ended(PeerEnd::Closed)), "and the real goodbye is heard");
}
