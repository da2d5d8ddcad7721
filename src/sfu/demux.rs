//! Which protocol a datagram is, by its first bytes (RFC 7983), before anything is trusted.
//!
//! This is the guard of the media port: total on any bytes, and it says yes only to what is whole. STUN is checked
//! attribute by attribute (RFC 8489 §14) so that a view's getters cannot run out of bounds; RTCP is told from RTP by
//! its payload type (RFC 5761 §4); RTP and RTCP must be version 2 and long enough for their fixed header.

/// The magic cookie of RFC 8489 §5.
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const STUN_HEADER: usize = 20;
/// The record header of DTLS 1.2 (RFC 6347 §4.1). The unified header of 1.3 is shorter, but 1.3 is not spoken here.
const DTLS_HEADER: usize = 13;
/// The content type of a change of ciphers (RFC 5246 §6.2.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const RTP_HEADER: usize = 12;
/// Header and sender SSRC (RFC 3550 §6.4.2).
const RTCP_HEADER: usize = 8;

const ATTRIBUTE_USERNAME: u16 = 0x0006;
const ATTRIBUTE_MESSAGE_INTEGRITY: u16 = 0x0008;
const ATTRIBUTE_MESSAGE_INTEGRITY_SHA256: u16 = 0x001c;
const ATTRIBUTE_USE_CANDIDATE: u16 = 0x0025;

/// What a datagram is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A whole STUN message.
    Stun(StunView<'a>),
    /// A DTLS record, at least its header.
    Dtls,
    /// An RTP or SRTP packet.
    Rtp {
        /// The stream it belongs to.
        ssrc: u32,
    },
    /// An RTCP or SRTCP packet.
    Rtcp {
        /// Who sent it.
        ssrc: u32,
    },
}

/// Classifies a datagram; `None` for everything that is not whole, or none of the four.
#[must_use]
pub fn classify(datagram: &[u8]) -> Option<Kind<'_>> {
    match datagram.first()? {
        0..=3 => StunView::parse(datagram).map(Kind::Stun),
        20..=63 => (datagram.len() >= DTLS_HEADER).then_some(Kind::Dtls),
        128..=191 => classify_media(datagram),
        _ => None,
    }
}

fn classify_media(datagram: &[u8]) -> Option<Kind<'_>> {
    let second = *datagram.get(1)?;
    if (192..=223).contains(&second) {
        let ssrc = (datagram.len() >= RTCP_HEADER).then(|| word(datagram, 4))??;
        return Some(Kind::Rtcp { ssrc });
    }
    let ssrc = (datagram.len() >= RTP_HEADER).then(|| word(datagram, 8))??;
    Some(Kind::Rtp { ssrc })
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_be_bytes(*chunk))
}

/// The records of a DTLS datagram that are protected: of an epoch after the first (RFC 6347 §4.1). Ends at the first that
/// does not fit.
///
/// Once a handshake is through nothing else may be listened to: a record in clear can be forged by whoever can write the
/// peer's address on a datagram, and the library answers some with an alert that ends the association. The other side's
/// last flight, should ours have been lost, has its Finished in a protected record. A change of ciphers is never
/// protected, whatever epoch it claims: the library takes it for clear text in any.
pub fn protected_records(datagram: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        loop {
            let [kind, _, _, e0, e1, .., l0, l1] = rest.first_chunk::<DTLS_HEADER>()?;
            let length = DTLS_HEADER + usize::from(u16::from_be_bytes([*l0, *l1]));
            let (record, after) = rest.split_at_checked(length)?;
            rest = after;
            if (*e0, *e1) != (0, 0) && *kind != CHANGE_CIPHER_SPEC {
                return Some(record);
            }
        }
    })
}

/// The class of a STUN message (RFC 8489 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StunClass {
    /// Asks, and wants an answer.
    Request,
    /// Tells, and wants none.
    Indication,
    /// The answer is yes.
    Success,
    /// The answer is no.
    Error,
}

/// A STUN message whose bounds have been checked. Nothing in it has been authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StunView<'a> {
    message: &'a [u8],
    class: StunClass,
    method: u16,
    transaction_id: [u8; 12],
}

impl<'a> StunView<'a> {
    fn parse(message: &'a [u8]) -> Option<Self> {
        let (header, attributes) = message.split_first_chunk::<STUN_HEADER>()?;
        let [t0, t1, l0, l1, c0, c1, c2, c3, transaction_id @ ..] = header;
        if [*c0, *c1, *c2, *c3] != MAGIC_COOKIE || usize::from(u16::from_be_bytes([*l0, *l1])) != attributes.len() {
            return None;
        }
        let kind = u16::from_be_bytes([*t0, *t1]);
        let class = match (kind & 0x0100 != 0, kind & 0x0010 != 0) {
            (false, false) => StunClass::Request,
            (false, true) => StunClass::Indication,
            (true, false) => StunClass::Success,
            (true, true) => StunClass::Error,
        };
        let method = (kind & 0x000f) | ((kind & 0x00e0) >> 1) | ((kind & 0x3e00) >> 2);
        let mut walk = Attributes { rest: attributes };
        walk.by_ref().for_each(drop);
        walk.rest.is_empty().then_some(Self { message, class, method, transaction_id: *transaction_id })
    }

    /// Request, indication, success or error.
    #[must_use]
    pub const fn class(&self) -> StunClass {
        self.class
    }

    /// The method; 1 is Binding.
    #[must_use]
    pub const fn method(&self) -> u16 {
        self.method
    }

    /// What ties an answer to its request.
    #[must_use]
    pub const fn transaction_id(&self) -> [u8; 12] {
        self.transaction_id
    }

    /// The whole message.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.message
    }

    /// Our half of a request's USERNAME: what stands before the colon (RFC 8445 §7.2.2).
    #[must_use]
    pub fn username_local(&self) -> Option<&'a [u8]> {
        if self.class != StunClass::Request {
            return None;
        }
        let username = self.covered().find(|(kind, _)| *kind == ATTRIBUTE_USERNAME)?.1;
        let colon = username.iter().position(|byte| *byte == b':')?;
        username.get(..colon)
    }

    /// Whether the other side nominates the pair (RFC 8445 §7.1.2).
    #[must_use]
    pub fn has_use_candidate(&self) -> bool {
        self.covered().any(|(kind, _)| kind == ATTRIBUTE_USE_CANDIDATE)
    }

    /// Attributes in front of the integrity check. What follows it is to be ignored (RFC 8489 §14.5), else anyone on
    /// the path could append to an authentic message.
    fn covered(&self) -> impl Iterator<Item = (u16, &'a [u8])> + use<'a> {
        let rest = self.message.get(STUN_HEADER..).unwrap_or_default();
        Attributes { rest }
            .take_while(|(kind, _)| !matches!(*kind, ATTRIBUTE_MESSAGE_INTEGRITY | ATTRIBUTE_MESSAGE_INTEGRITY_SHA256))
    }
}

/// Walks the attributes; stops, with something left in `rest`, at the first that does not fit.
struct Attributes<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let ([k0, k1, l0, l1], after) = self.rest.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        let (padded, rest) = after.split_at_checked(length.next_multiple_of(4))?;
        self.rest = rest;
        Some((u16::from_be_bytes([*k0, *k1]), padded.get(..length)?))
    }
}

#[cfg(test)]
mod tests;
