//! ICE-lite (RFC 8445 §2.5) for one peer: who may speak, and where to answer.
//!
//! The library's agent answers `a=ice-lite` but is not lite: it sends checks of its own, keeps the first selected pair
//! for ever (a phone that changes network is lost), and handles role conflicts before it has authenticated anybody.
//! So requests are answered here, and the agent inside the connection is satisfied once, in process, by
//! [`introduce`](super::peer): nothing unauthenticated ever reaches it.
//!
//! Invariants:
//! - An address is **verified** only by a binding request that carries our ufrag and a valid MESSAGE-INTEGRITY under our
//!   password (RFC 8489 §9.1.4). Everything but STUN is accepted from verified addresses only.
//! - The **route** (where we send) is always a verified address. It moves to another one when that is nominated and the
//!   present one has been silent for [`SILENCE`], so that a replayed request cannot steal a living stream.
//! - Without an authentic request for [`CONSENT`], the peer is gone (RFC 7675 §5.1).
//! - After a restart ([`IceLite::restart`]) both names are good until a request comes under the new one; so a restart that
//!   the other side never hears of costs nothing.

use super::socket::Datagram;
use rtc::stun::attributes::{ATTR_ICE_CONTROLLING, ATTR_USE_CANDIDATE, ATTR_USERNAME};
use rtc::stun::fingerprint::FingerprintAttr;
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId};
use rtc::stun::textattrs::TextAttribute;
use rtc::stun::xoraddr::XorMappedAddress;
use rtc_crypto::RTCCrypto;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// RFC 7675 §5.1: consent expires after 30 s.
pub(super) const CONSENT: Duration = Duration::from_secs(30);

/// The present route must have been silent this long before another nominated address replaces it. Browsers check the
/// selected pair every 2.5 s or more often, but media or RTCP comes several times a second.
const SILENCE: Duration = Duration::from_millis(800);

/// Addresses one peer may have verified at a time: a few interfaces in two families. A further one replaces the oldest.
const MAX_VERIFIED: usize = 8;

/// One side's ICE credentials.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) ufrag: String,
    pub(super) password: String,
}

impl Credentials {
    /// Fresh ones: 72 random bits of ufrag and 192 of password (RFC 8445 §5.3 asks for 24 and 128), in `ice-char`s.
    pub(super) fn generate() -> Self {
        let encode = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
        Self { ufrag: encode(&rand::random::<[u8; 9]>()), password: encode(&rand::random::<[u8; 24]>()) }
    }
}

/// What a request was good for.
pub(super) struct Heard {
    /// The success response, to be sent to where the request came from.
    pub(super) response: Vec<u8>,
    /// The address was not verified before.
    pub(super) new_address: bool,
    /// An address that is no longer verified, to make room.
    pub(super) forgotten: Option<SocketAddr>,
    /// A name that is no longer answered to: the restart is complete.
    pub(super) retired: Option<String>,
}

/// What a restart has agreed upon (RFC 8445 §9).
struct Agreed {
    local: Credentials,
    /// Whose requests these are: `USERNAME` must name both sides.
    remote: String,
}

/// Where a verified address was heard last.
struct Verified {
    address: SocketAddr,
    /// Which of our addresses it spoke to, where the socket can tell.
    local: Option<IpAddr>,
    heard: Instant,
}

/// The ICE-lite side of one peer.
pub(super) struct IceLite {
    /// The first credentials: what the library's agent knows, and good for requests until a restart is complete.
    local: Credentials,
    remote: Credentials,
    /// What the last complete restart left.
    present: Option<Agreed>,
    /// A restart that no request has confirmed yet.
    next: Option<Agreed>,
    verified: Vec<Verified>,
    route: Option<usize>,
    heard: Instant,
}

impl IceLite {
    /// Nothing is verified yet.
    pub(super) fn new(local: Credentials, remote: Credentials, now: Instant) -> Self {
        Self { local, remote, present: None, next: None, verified: Vec::new(), route: None, heard: now }
    }

    /// Our first ufrag: the name under which requests asked for this peer before any restart, and which stays its own.
    pub(super) fn ufrag(&self) -> &str {
        &self.local.ufrag
    }

    /// The names that requests may ask for now.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let present = self.present.as_ref().map_or(&self.local, |agreed| &agreed.local);
        [Some(present), self.next.as_ref().map(|agreed| &agreed.local)].into_iter().flatten().map(|c| c.ufrag.as_str())
    }

    /// New credentials on both sides; the old ones stay good until a request comes under these. Returns the name of an
    /// earlier restart that nobody had confirmed, and nobody can any more.
    pub(super) fn restart(&mut self, local: Credentials, remote_ufrag: String) -> Option<String> {
        self.next.replace(Agreed { local, remote: remote_ufrag }).map(|unconfirmed| unconfirmed.local.ufrag)
    }

    /// Where to send, and from which of our addresses.
    pub(super) fn route(&self) -> Option<(SocketAddr, Option<IpAddr>)> {
        self.verified.get(self.route?).map(|v| (v.address, v.local))
    }

    /// Whether datagrams from this address are this peer's.
    pub(super) fn is_verified(&self, address: SocketAddr) -> bool {
        self.verified.iter().any(|v| v.address == address)
    }

    /// All verified addresses.
    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.verified.iter().map(|v| v.address)
    }

    /// When consent runs out.
    pub(super) fn consent_until(&self) -> Instant {
        self.heard + CONSENT
    }

    /// Whether a request carries a valid MESSAGE-INTEGRITY under our password; changes nothing.
    pub(super) fn is_authentic(&self, request: &[u8], crypto: &dyn RTCCrypto) -> bool {
        self.open(request, crypto).is_some()
    }

    /// Something other than STUN came from a verified address: it is alive.
    pub(super) fn handle_traffic(&mut self, now: Instant, from: SocketAddr) {
        if let Some(v) = self.verified.iter_mut().find(|v| v.address == from) {
            v.heard = now;
        }
    }

    /// A binding request that names our ufrag. `None` if it is not authentic; then nothing has changed.
    pub(super) fn handle_request(
        &mut self,
        now: Instant,
        request: &Datagram<'_>,
        crypto: &dyn RTCCrypto,
    ) -> Option<Heard> {
        let Datagram { bytes: request, from, to, mapped } = *request;
        let Opened { message, password, confirms } = self.open(request, crypto)?;
        let nominated = message.contains(ATTR_USE_CANDIDATE);
        let response = success_response(message.transaction_id, mapped, password, crypto)?;
        let retired = if confirms { self.confirm() } else { None };
        self.heard = now;
        let (new_address, forgotten) = self.verify(now, from, to);
        self.choose_route(now, from, nominated);
        Some(Heard { response, new_address, forgotten, retired })
    }

    /// The authentic binding request in `request`, if it is one.
    fn open(&self, request: &[u8], crypto: &dyn RTCCrypto) -> Option<Opened<'_>> {
        let mut message = Message::new();
        message.unmarshal_binary(request).ok()?;
        if message.typ != BINDING_REQUEST {
            return None;
        }
        let confirms = self.next.as_ref().is_some_and(|next| next.is_named_by(&message));
        let password = match (&self.next, &self.present) {
            (Some(next), _) if confirms => &next.local.password,
            (_, Some(present)) => &present.local.password,
            (_, None) => &self.local.password,
        };
        MessageIntegrity::check(&mut message, password.as_bytes(), crypto).ok()?;
        Some(Opened { message, password, confirms })
    }

    /// The other side uses the new credentials: the old ones are over. Returns their name.
    fn confirm(&mut self) -> Option<String> {
        let retired = self.present.take().map_or_else(|| self.local.ufrag.clone(), |agreed| agreed.local.ufrag);
        self.present = self.next.take();
        Some(retired)
    }

    fn verify(&mut self, now: Instant, from: SocketAddr, local: Option<IpAddr>) -> (bool, Option<SocketAddr>) {
        if let Some(known) = self.verified.iter_mut().find(|v| v.address == from) {
            (known.heard, known.local) = (now, local);
            return (false, None);
        }
        let mut forgotten = None;
        if self.verified.len() == MAX_VERIFIED {
            let oldest = (0..self.verified.len())
                .filter(|i| Some(*i) != self.route)
                .min_by_key(|i| self.verified.get(*i).map(|v| v.heard));
            if let Some(i) = oldest {
                forgotten = Some(self.verified.remove(i).address);
                self.route = self.route.map(|r| if r > i { r - 1 } else { r });
            }
        }
        self.verified.push(Verified { address: from, local, heard: now });
        (true, forgotten)
    }

    fn choose_route(&mut self, now: Instant, from: SocketAddr, nominated: bool) {
        let index = self.verified.iter().position(|v| v.address == from);
        let present = self.route.and_then(|r| self.verified.get(r));
        let vacant = match present {
            None => true,
            Some(route) => nominated && now.saturating_duration_since(route.heard) >= SILENCE,
        };
        if vacant {
            self.route = index;
        }
    }

    /// The request that introduces the peer to the library's agent: what the peer itself would send, under our password,
    /// which is ours to sign with.
    pub(super) fn introduction(&self, nominate: bool, crypto: &dyn RTCCrypto) -> Option<Vec<u8>> {
        let mut m = Message::new();
        m.typ = BINDING_REQUEST;
        m.transaction_id = TransactionId::new();
        m.write_header();
        let username = format!("{}:{}", self.local.ufrag, self.remote.ufrag);
        TextAttribute::new(ATTR_USERNAME, username).add_to(&mut m).ok()?;
        m.add(rtc::stun::attributes::ATTR_PRIORITY, &1_u32.to_be_bytes());
        m.add(ATTR_ICE_CONTROLLING, &1_u64.to_be_bytes());
        if nominate {
            m.add(ATTR_USE_CANDIDATE, &[]);
        }
        sign(&mut m, &self.local.password, crypto)
    }

    /// The answer that the peer would give to a check of the library's agent, or `None` if `check` is none.
    pub(super) fn answer_agent(&self, check: &[u8], mapped: SocketAddr, crypto: &dyn RTCCrypto) -> Option<Vec<u8>> {
        let mut m = Message::new();
        m.unmarshal_binary(check).ok()?;
        if m.typ != BINDING_REQUEST {
            return None;
        }
        success_response(m.transaction_id, mapped, &self.remote.password, crypto)
    }
}

/// A request that is authentic.
struct Opened<'a> {
    message: Message,
    /// What it was signed with, and its response will be.
    password: &'a str,
    /// It came under the credentials of a restart, as the first one.
    confirms: bool,
}

impl Agreed {
    fn is_named_by(&self, request: &Message) -> bool {
        let named = TextAttribute::get_from_as(request, ATTR_USERNAME).ok();
        named.is_some_and(|name| name.text == format!("{}:{}", self.local.ufrag, self.remote))
    }
}

fn success_response(id: TransactionId, mapped: SocketAddr, password: &str, crypto: &dyn RTCCrypto) -> Option<Vec<u8>> {
    let mut m = Message::new();
    m.typ = BINDING_SUCCESS;
    m.transaction_id = id;
    m.write_header();
    XorMappedAddress { ip: mapped.ip(), port: mapped.port() }.add_to(&mut m).ok()?;
    sign(&mut m, password, crypto)
}

fn sign(m: &mut Message, password: &str, crypto: &dyn RTCCrypto) -> Option<Vec<u8>> {
    MessageIntegrity::new_raw_integrity_with_provider(password.as_bytes(), crypto).add_to(m).ok()?;
    FingerprintAttr.add_to(m).ok()?;
    Some(std::mem::take(&mut m.raw))
}

#[cfg(test)]
mod tests;
