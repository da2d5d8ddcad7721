//! DTLS of a robot: always the client, one certificate for all of them, the server's checked against its fingerprint.
//!
//! The library's sans-IO endpoint runs the handshake; the SRTP keys come out of its exporter (RFC 5764 §4.2), and from
//! then on only the goodbye goes through it.

use super::AudienceError;
use crate::srtp::{MasterKey, Profile, Receiver, Sender};
use bytes::BytesMut;
use rtc::dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc::dtls::crypto::Certificate;
use rtc::dtls::endpoint::{Endpoint, EndpointEvent};
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc::shared::TransportProtocol;
use rtc::shared::error::Error;
use rtc_crypto::providers::AwsLcRsProvider;
use rtc_crypto::{RTCCrypto, RTCCryptoProvider};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A flight without an answer is sent again after this long, and then ever less often. The first one often comes before a
/// server that is no lite ICE agent takes it; browsers are as impatient.
const REPEAT: Duration = Duration::from_millis(100);

/// The certificate and the cryptography that all robots of a run share.
pub(super) struct Identity {
    provider: Arc<dyn RTCCryptoProvider>,
    certificate: Certificate,
    fingerprint: String,
    /// By the server's fingerprint; a server has one or two. Touched once per join, never per packet.
    configs: Mutex<HashMap<String, Arc<HandshakeConfig>>>,
}

impl Identity {
    /// A fresh one.
    ///
    /// # Errors
    /// When the cryptography cannot make a certificate.
    pub(super) fn new() -> Result<Self, AudienceError> {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(AwsLcRsProvider::new());
        let certificate = Certificate::generate_self_signed(vec!["robot".to_owned()], provider.crypto())?;
        let der = certificate.certificate.first().map(|der| der.as_ref()).unwrap_or_default();
        let fingerprint = fingerprint(der).to_ascii_uppercase();
        Ok(Self { provider, certificate, fingerprint, configs: Mutex::default() })
    }

    /// Of our certificate, as SDP has it.
    pub(super) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    pub(super) fn crypto(&self) -> &dyn RTCCrypto {
        self.provider.crypto()
    }

    /// How to shake hands with the server of this fingerprint (lower case).
    fn config(&self, expected: &str) -> Result<Arc<HandshakeConfig>, AudienceError> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = configs.get(expected) {
            return Ok(Arc::clone(config));
        }
        let wanted = expected.to_owned();
        let builder = ConfigBuilder::default()
            .with_crypto_provider(Arc::clone(&self.provider))
            .with_certificates(vec![self.certificate.clone()])
            .with_srtp_protection_profiles(vec![
                SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
                SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
            ])
            .with_flight_interval(REPEAT)
            .with_client_auth(ClientAuthType::RequireAnyClientCert)
            // There is no authority to ask: the fingerprint below is the check.
            .with_insecure_skip_verify(true)
            .with_verify_peer_certificate(Some(Arc::new(move |chain, _| match chain.first() {
                Some(der) if fingerprint(der) == wanted => Ok(()),
                _ => Err(Error::ErrNoMatchingCertificateFingerprint),
            })))
            .with_extended_master_secret(ExtendedMasterSecretType::Require);
        let config = Arc::new(builder.build(true, None)?);
        configs.insert(expected.to_owned(), Arc::clone(&config));
        Ok(config)
    }
}

/// `ab:cd:…` of a certificate.
fn fingerprint(der: &[u8]) -> String {
    let digest = Sha256::digest(der);
    let bytes: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(":")
}

/// Media keys, once the handshake is done.
pub(super) struct Keys {
    pub(super) sender: Sender,
    pub(super) receiver: Receiver,
}

/// One association.
pub(super) struct Handshake {
    endpoint: Endpoint,
    remote: SocketAddr,
    config: Arc<HandshakeConfig>,
}

/// What a record led to.
pub(super) enum Shaken {
    /// Nothing yet.
    Going,
    /// Media may flow.
    Done(Box<Keys>),
    /// The other side said goodbye, or the handshake failed.
    Closed,
}

impl Handshake {
    pub(super) fn new(
        identity: &Identity,
        expected: &str,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Result<Self, AudienceError> {
        let endpoint = Endpoint::new(local, TransportProtocol::UDP, None);
        Ok(Self { endpoint, remote, config: identity.config(expected)? })
    }

    /// The first flight.
    pub(super) fn start(&mut self, now: Instant) -> Result<(), Error> {
        self.endpoint.connect(now, self.remote, Arc::clone(&self.config), None)
    }

    /// A record from the other side.
    pub(super) fn handle(&mut self, now: Instant, record: &[u8]) -> Shaken {
        let Ok(events) = self.endpoint.read(now, self.remote, None, BytesMut::from(record)) else {
            return Shaken::Closed;
        };
        for event in events {
            match event {
                EndpointEvent::HandshakeComplete => {
                    return self.keys().map_or(Shaken::Closed, |keys| Shaken::Done(Box::new(keys)));
                }
                EndpointEvent::PeerClosed => return Shaken::Closed,
                _ => {}
            }
        }
        Shaken::Going
    }

    /// When a flight must be repeated.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.endpoint.poll_timeout(&self.remote)
    }

    /// Repeats what was lost. `false`: it has been repeated often enough.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> bool {
        self.endpoint.handle_timeout(self.remote, now).is_ok()
    }

    /// The next datagram to send.
    pub(super) fn poll(&mut self) -> Option<BytesMut> {
        self.endpoint.poll_transmit().map(|transmit| transmit.message)
    }

    /// Says goodbye; [`Handshake::poll`] has it.
    pub(super) fn close(&mut self, now: Instant) {
        drop(self.endpoint.stop(now, self.remote));
    }

    fn keys(&self) -> Option<Keys> {
        let state = self.endpoint.get_connection_state(self.remote)?;
        let profile = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => Profile::AeadAes128Gcm,
            SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => Profile::Aes128CmHmacSha1,
            _ => return None,
        };
        let material = state.export_keying_material("EXTRACTOR-dtls_srtp", &[], profile.keying_material()).ok()?;
        let (ours, theirs) = MasterKey::from_exporter(profile, material.as_ref())?;
        Some(Keys { sender: Sender::new(profile, &ours)?, receiver: Receiver::new(profile, &theirs)? })
    }
}
