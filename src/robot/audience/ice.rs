//! ICE (RFC 8445) of a robot: checks out, answers in, and answers to checks of a side that makes its own.
//!
//! One candidate pair, known from the description. Against a lite server the robot controls and nominates with its first
//! check; against a full agent that offered, it is controlled and the other side nominates. After that, one check every
//! [`CONSENT_EVERY`] keeps the other side's consent fresh (RFC 7675).

use super::sdp::{Local, Remote};
use rtc::stun::attributes::{
    ATTR_ICE_CONTROLLED, ATTR_ICE_CONTROLLING, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME,
};
use rtc::stun::fingerprint::FingerprintAttr;
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId};
use rtc::stun::textattrs::TextAttribute;
use rtc::stun::xoraddr::XorMappedAddress;
use rtc_crypto::RTCCrypto;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// As browsers do.
const CONSENT_EVERY: Duration = Duration::from_millis(2_500);

/// Until the first answer: a lost check on a busy machine is repeated soon, and then less often.
const FIRST_REPEAT: Duration = Duration::from_millis(50);
const LAST_REPEAT: Duration = Duration::from_millis(1_600);

/// Host, and preferred over all others (RFC 8445 §5.1.2).
const PRIORITY: u32 = 2_130_706_431;

/// Checks whose answers are still awaited.
const AWAITED: usize = 4;

/// One pair and its checks.
pub(super) struct Checks {
    username: String,
    local_password: String,
    remote_password: String,
    controlling: bool,
    /// The newest first.
    awaited: [Option<TransactionId>; AWAITED],
    confirmed: bool,
    next_at: Instant,
    repeat: Duration,
}

/// What a STUN message led to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// The other side has answered for the first time: the pair works.
    pub(super) confirmed: bool,
    /// What to send back.
    pub(super) response: Option<Vec<u8>>,
}

impl Checks {
    pub(super) fn new(local: &Local, remote: &Remote, controlling: bool, now: Instant) -> Self {
        Self {
            username: format!("{}:{}", remote.ufrag, local.ufrag),
            local_password: local.password.clone(),
            remote_password: remote.password.clone(),
            controlling,
            awaited: [None; AWAITED],
            confirmed: false,
            next_at: now,
            repeat: FIRST_REPEAT,
        }
    }

    /// When the next check is due.
    pub(super) fn next_at(&self) -> Instant {
        self.next_at
    }

    /// The check that is due.
    pub(super) fn poll(&mut self, now: Instant, crypto: &dyn RTCCrypto) -> Option<Vec<u8>> {
        if now < self.next_at {
            return None;
        }
        let wait = if self.confirmed { CONSENT_EVERY } else { self.repeat };
        self.repeat = (self.repeat * 2).min(LAST_REPEAT);
        self.next_at = now + wait;
        let id = TransactionId::new();
        self.awaited.rotate_right(1);
        if let Some(newest) = self.awaited.first_mut() {
            *newest = Some(id);
        }
        let mut m = Message::new();
        m.typ = BINDING_REQUEST;
        m.transaction_id = id;
        m.write_header();
        TextAttribute::new(ATTR_USERNAME, self.username.clone()).add_to(&mut m).ok()?;
        m.add(ATTR_PRIORITY, &PRIORITY.to_be_bytes());
        let role = if self.controlling { ATTR_ICE_CONTROLLING } else { ATTR_ICE_CONTROLLED };
        m.add(role, &1_u64.to_be_bytes());
        if self.controlling {
            m.add(ATTR_USE_CANDIDATE, &[]);
        }
        sign(&mut m, &self.remote_password, crypto)
    }

    /// A STUN message from the other side. What is not authentic changes nothing.
    pub(super) fn handle(&mut self, message: &[u8], from: SocketAddr, crypto: &dyn RTCCrypto) -> Heard {
        let mut m = Message::new();
        if m.unmarshal_binary(message).is_err() {
            return Heard::default();
        }
        if m.typ == BINDING_REQUEST {
            let authentic = MessageIntegrity::check(&mut m, self.local_password.as_bytes(), crypto).is_ok();
            let response = authentic.then(|| self.respond(m.transaction_id, from, crypto)).flatten();
            return Heard { confirmed: false, response };
        }
        let awaited = m.typ == BINDING_SUCCESS && self.awaited.contains(&Some(m.transaction_id));
        if !awaited || MessageIntegrity::check(&mut m, self.remote_password.as_bytes(), crypto).is_err() {
            return Heard::default();
        }
        let first = !std::mem::replace(&mut self.confirmed, true);
        if first {
            // Consent is checked from here on; the check that was answered counts as the first.
            self.next_at += CONSENT_EVERY;
        }
        Heard { confirmed: first, response: None }
    }

    fn respond(&self, id: TransactionId, to: SocketAddr, crypto: &dyn RTCCrypto) -> Option<Vec<u8>> {
        let mut m = Message::new();
        m.typ = BINDING_SUCCESS;
        m.transaction_id = id;
        m.write_header();
        XorMappedAddress { ip: to.ip(), port: to.port() }.add_to(&mut m).ok()?;
        sign(&mut m, &self.local_password, crypto)
    }
}

fn sign(m: &mut Message, password: &str, crypto: &dyn RTCCrypto) -> Option<Vec<u8>> {
    MessageIntegrity::new_raw_integrity_with_provider(password.as_bytes(), crypto).add_to(m).ok()?;
    FingerprintAttr.add_to(m).ok()?;
    Some(std::mem::take(&mut m.raw))
}

#[cfg(test)]
mod tests;
