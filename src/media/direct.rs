//! The way to a subscriber: DTLS, and after it SRTP and SRTCP of our own. No connection of the library is part of it.
//!
//! Before the handshake is through there are no keys, and so nothing can be sealed; after it, what seals is here and
//! nowhere else, under numbers that the rewriter gives once ([`crate::srtp`]).

use super::dtls::{Dtls, DtlsEvent, Keys};
use crate::srtp::{Receiver, Sender};
use bytes::BytesMut;
use std::time::Instant;

/// Both directions of protected media.
pub(super) struct Srtp {
    pub(super) sender: Sender,
    pub(super) receiver: Receiver,
}

/// What happened on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passage {
    /// Media can flow.
    Open,
    /// The other side closed it.
    Closed,
    /// It has failed.
    Failed,
}

/// The way to one subscriber.
pub(super) struct Direct {
    dtls: Dtls,
    srtp: Option<Box<Srtp>>,
}

impl Direct {
    /// A way over which nothing has been sent.
    pub(super) fn new(dtls: Dtls) -> Self {
        Self { dtls, srtp: None }
    }

    /// A DTLS datagram from a verified address.
    pub(super) fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) -> Option<Passage> {
        let event = self.dtls.handle_datagram(now, datagram);
        self.take(event)
    }

    /// Time has passed.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Option<Passage> {
        let event = self.dtls.handle_timeout(now);
        self.take(event)
    }

    /// When [`Direct::handle_timeout`] wants to be called.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.dtls.poll_timeout()
    }

    /// The next DTLS datagram to send.
    pub(super) fn poll_transmit(&mut self) -> Option<BytesMut> {
        self.dtls.poll_transmit()
    }

    /// Says goodbye; what is to be sent for it is polled afterwards.
    pub(super) fn close(&mut self) {
        self.dtls.close();
    }

    /// What seals and opens media, once there are keys.
    pub(super) fn srtp(&mut self) -> Option<&mut Srtp> {
        self.srtp.as_deref_mut()
    }

    fn take(&mut self, event: Option<DtlsEvent>) -> Option<Passage> {
        Some(match event? {
            DtlsEvent::Established(keys) => match protect(&keys) {
                Some(srtp) => {
                    self.srtp = Some(Box::new(srtp));
                    Passage::Open
                }
                None => Passage::Failed,
            },
            DtlsEvent::Closed => Passage::Closed,
            DtlsEvent::Failed => Passage::Failed,
        })
    }
}

fn protect(keys: &Keys) -> Option<Srtp> {
    let sender = Sender::new(keys.profile, &keys.local)?;
    Some(Srtp { sender, receiver: Receiver::new(keys.profile, &keys.remote)? })
}
