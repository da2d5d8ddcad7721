//! The DTLS server of one subscriber (RFC 6347, RFC 5764): from its first hello to the keys of its media, and its goodbye.
//!
//! Nothing of the library's connection stands around it: no SDP, no ICE agent and above all **no SRTP**. Keys leave by the
//! exporter (RFC 5705) and what seals media with them is ours alone, so that no number can be used twice.
//!
//! The client's certificate is checked against the fingerprint of its offer (RFC 8122 §5) before a key is exported; that
//! keeps the configuration free of what belongs to one peer, and one serves all.

use crate::sfu::client_hello::ClientHello;
use crate::srtp::{MasterKey, Profile};
use bytes::BytesMut;
use rtc::dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc::dtls::crypto::Certificate;
use rtc::dtls::endpoint::{Endpoint, EndpointEvent};
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc::shared::TransportProtocol;
use rtc::shared::error::Error;
use rtc_crypto::RTCCryptoProvider;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

/// Datagrams kept until the hello is whole: two of a hybrid key share, each twice, and some luck.
const MAX_EARLY: usize = 8;

/// The exporter's label (RFC 5764 §4.2).
const EXPORTER: &str = "EXTRACTOR-dtls_srtp";

/// By what the library knows the client: where it really is, is ICE's business.
const CLIENT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1);
const SERVER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 2);

/// What all DTLS servers of the process share: one configuration for each SRTP profile.
#[derive(Clone)]
pub(super) struct DtlsConfigs([(Profile, Arc<HandshakeConfig>); 2]);

impl DtlsConfigs {
    pub(super) fn new(certificate: &Certificate, crypto: &Arc<dyn RTCCryptoProvider>) -> Result<Self, Error> {
        let config = |profile: Profile| {
            let library = match profile {
                Profile::AeadAes128Gcm => SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
                Profile::Aes128CmHmacSha1 => SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
            };
            let config = ConfigBuilder::default()
                .with_crypto_provider(crypto.clone())
                .with_certificates(vec![certificate.clone()])
                .with_srtp_protection_profiles(vec![library])
                .with_client_auth(ClientAuthType::RequireAnyClientCert)
                // Certificates are their own authorities here; the fingerprint decides, see `Dtls::export`.
                .with_insecure_skip_verify(true)
                .with_extended_master_secret(ExtendedMasterSecretType::Require)
                .build(false, None)?;
            Ok::<_, Error>((profile, Arc::new(config)))
        };
        let [gcm, cm] = Profile::ALL;
        Ok(Self([config(gcm)?, config(cm)?]))
    }

    /// The best that the client can do. One that can do neither gets the first and is refused by the handshake.
    fn choose(&self, can: impl Fn(Profile) -> bool) -> (Profile, Arc<HandshakeConfig>) {
        let [preferred, _] = &self.0;
        self.0.iter().find(|(profile, _)| can(*profile)).unwrap_or(preferred).clone()
    }
}

/// A certificate's digest as an offer announces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint {
    algorithm: Algorithm,
    digest: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
}

impl Fingerprint {
    /// Reads the value of `a=fingerprint` (RFC 8122 §5); `None` for a digest that proves nothing, such as SHA-1.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let (name, digest) = value.trim().split_once(' ')?;
        let algorithm = match name.to_ascii_lowercase().as_str() {
            "sha-256" => Algorithm::Sha256,
            "sha-384" => Algorithm::Sha384,
            "sha-512" => Algorithm::Sha512,
            _ => return None,
        };
        let digest = data_encoding::HEXLOWER_PERMISSIVE.decode(digest.trim().replace(':', "").as_bytes()).ok()?;
        (!digest.is_empty()).then_some(Self { algorithm, digest })
    }

    fn is_of(&self, certificate: &[u8]) -> bool {
        let digest = match self.algorithm {
            Algorithm::Sha256 => Sha256::digest(certificate).to_vec(),
            Algorithm::Sha384 => Sha384::digest(certificate).to_vec(),
            Algorithm::Sha512 => Sha512::digest(certificate).to_vec(),
        };
        digest == self.digest
    }
}

/// What a handshake came to.
pub(super) struct Keys {
    pub(super) profile: Profile,
    /// Ours: what we send is sealed with it.
    pub(super) local: MasterKey,
    /// The client's.
    pub(super) remote: MasterKey,
}

/// What a datagram or the time brought.
pub(super) enum DtlsEvent {
    /// Media can flow.
    Established(Keys),
    /// The client said goodbye.
    Closed,
    /// The handshake has failed, or the association is broken.
    Failed,
}

enum State {
    /// Before the hello is whole.
    Hello {
        hello: ClientHello,
        early: Vec<BytesMut>,
    },
    Running(Box<Endpoint>, Profile),
}

/// One subscriber's DTLS.
pub(super) struct Dtls {
    configs: DtlsConfigs,
    fingerprints: Vec<Fingerprint>,
    state: State,
    last: Option<Instant>,
    established: bool,
    /// Goodbye has been said, by whomever: what still comes is none of ours, and must not begin a new handshake.
    over: bool,
}

impl Dtls {
    /// Waits for a hello from whoever holds a certificate with one of these fingerprints.
    pub(super) fn new(configs: DtlsConfigs, fingerprints: Vec<Fingerprint>) -> Self {
        let state = State::Hello { hello: ClientHello::default(), early: Vec::new() };
        Self { configs, fingerprints, state, last: None, established: false, over: false }
    }

    /// A DTLS datagram from the client.
    pub(super) fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) -> Option<DtlsEvent> {
        if self.over {
            return None;
        }
        self.last = Some(now);
        let State::Hello { hello, early } = &mut self.state else {
            return self.feed(now, BytesMut::from(datagram));
        };
        if early.len() == MAX_EARLY {
            early.remove(0);
        }
        early.push(BytesMut::from(datagram));
        let offered = hello.handle_datagram(datagram)?;
        let early = std::mem::take(early);
        let (profile, config) = self.configs.choose(|profile| offered.contains(profile.number()));
        self.state = State::Running(Box::new(Endpoint::new(SERVER, TransportProtocol::UDP, Some(config))), profile);
        early.into_iter().find_map(|datagram| self.feed(now, datagram))
    }

    fn feed(&mut self, now: Instant, datagram: BytesMut) -> Option<DtlsEvent> {
        let State::Running(endpoint, profile) = &mut self.state else { return None };
        let profile = *profile;
        let events = match endpoint.read(now, CLIENT, None, datagram) {
            Ok(events) => events,
            // Whoever can write the client's address on a datagram can send what breaks no association: only what is
            // authentic ends one that stands (RFC 6347 §4.1.2.7).
            Err(error) if self.established && error != Error::ErrAlertFatalOrClose => {
                tracing::trace!(%error, "media.dtls_ignored");
                return None;
            }
            Err(error) => {
                tracing::debug!(%error, "media.dtls_failed");
                self.over = true;
                return Some(DtlsEvent::Failed);
            }
        };
        for event in events {
            match event {
                EndpointEvent::HandshakeComplete => {
                    let keys = self.export(profile);
                    (self.established, self.over) = (keys.is_some(), keys.is_none());
                    return Some(keys.map_or(DtlsEvent::Failed, DtlsEvent::Established));
                }
                EndpointEvent::PeerClosed => {
                    self.over = true;
                    return Some(DtlsEvent::Closed);
                }
                // Nothing is spoken over it.
                _ => {}
            }
        }
        None
    }

    fn export(&self, profile: Profile) -> Option<Keys> {
        let State::Running(endpoint, _) = &self.state else { return None };
        let state = endpoint.get_connection_state(CLIENT)?;
        let certificate = state.peer_certificates.first()?;
        if !self.fingerprints.iter().any(|f| f.is_of(certificate)) {
            tracing::debug!("media.fingerprint_mismatch");
            return None;
        }
        let material = state.export_keying_material(EXPORTER, &[], profile.keying_material()).ok()?;
        let (remote, local) = MasterKey::from_exporter(profile, material.as_ref())?;
        Some(Keys { profile, local, remote })
    }

    /// When [`Dtls::handle_timeout`] wants to be called.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Running(endpoint, _) => endpoint.poll_timeout(&CLIENT).filter(|_| !self.over),
            State::Hello { .. } => None,
        }
    }

    /// Time has passed: a flight may be due again.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Option<DtlsEvent> {
        self.last = Some(now);
        let State::Running(endpoint, _) = &mut self.state else { return None };
        if self.over {
            return None;
        }
        endpoint.poll_timeout(&CLIENT).filter(|at| *at <= now)?;
        endpoint.handle_timeout(CLIENT, now).is_err().then_some(DtlsEvent::Failed)
    }

    /// The next datagram for the client.
    pub(super) fn poll_transmit(&mut self) -> Option<BytesMut> {
        match &mut self.state {
            State::Running(endpoint, _) => endpoint.poll_transmit().map(|transmit| transmit.message),
            State::Hello { .. } => None,
        }
    }

    /// Says goodbye (close_notify); what is to be sent for it is polled afterwards.
    pub(super) fn close(&mut self) {
        if let (State::Running(endpoint, _), Some(last)) = (&mut self.state, self.last)
            && !std::mem::replace(&mut self.over, true)
            && let Err(error) = endpoint.close(last)
        {
            tracing::debug!(%error, "media.close_failed");
        }
    }
}
