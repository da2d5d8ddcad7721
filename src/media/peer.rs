//! One WebRTC connection: who it is, where it is, and the way to it.
//!
//! Four kinds of methods, told by name: getters; `handle_*` (from the network or from time); mutators (from the
//! worker); `poll_*` (what to do). After any of the middle two, the worker polls until nothing is left.
//!
//! The way differs by kind: a publisher's is the library's connection ([`super::library`]), a subscriber's is ours
//! ([`super::direct`]). Both have the same life: built, heard, handshake, media, goodbye.

use super::counters::{PeerKind, PeerState};
use super::direct::{Direct, Passage};
use super::formats::Section;
use super::ice::{Credentials, Heard, IceLite};
use super::library::{Library, LibraryEvent};
use super::socket::Datagram;
use crate::sfu::demux::{self, Kind};
use crate::sfu::packet::LayerId;
use bytes::BytesMut;
use quiora_signaling::{PeerEnd, PeerId, SessionId, ShowId};
use rtc_crypto::RTCCryptoProvider;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// From the first authentic request to the end of the DTLS handshake. RFC 6347's timers double from one second: this
/// is room for three losses in a row.
const HANDSHAKE: Duration = Duration::from_secs(12);

/// The SSRCs under which a subscriber is sent to; unused by publishers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Streams {
    pub(super) audio: u32,
    pub(super) video: u32,
    pub(super) video_rtx: u32,
}

impl Streams {
    /// Three different random ones.
    pub(super) fn generate() -> Self {
        let base: u32 = rand::random();
        Self { audio: base, video: base.wrapping_add(1), video_rtx: base.wrapping_add(2) }
    }
}

/// The way to a peer.
pub(super) enum Way {
    Library(Box<Library>),
    Direct(Direct),
}

/// What a peer is made of.
pub(super) struct PeerParts {
    pub(super) id: PeerId,
    pub(super) show: ShowId,
    pub(super) session: SessionId,
    pub(super) kind: PeerKind,
    pub(super) way: Way,
    pub(super) ice: IceLite,
    pub(super) crypto: Arc<dyn RTCCryptoProvider>,
    pub(super) streams: Streams,
    pub(super) sections: Vec<Section>,
    pub(super) layers: Vec<String>,
    pub(super) built: Instant,
}

/// What happened in a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PeerEvent {
    /// Media can flow.
    Connected,
    /// A stream was heard first.
    Stream {
        /// Its SSRC.
        ssrc: u32,
        /// Its layer's RID, under simulcast.
        rid: Option<String>,
    },
    /// It is over.
    Ended(PeerEnd),
}

/// One WebRTC connection.
pub(super) struct Peer {
    pub(super) id: PeerId,
    pub(super) show: ShowId,
    pub(super) session: SessionId,
    pub(super) kind: PeerKind,
    pub(super) streams: Streams,
    /// The sections of our answer.
    pub(super) sections: Vec<Section>,
    /// RIDs of the offer, the lowest layer first.
    pub(super) layers: Vec<String>,
    /// When it was asked for.
    pub(super) built: Instant,
    pub(super) way: Way,
    /// The best layer that its player has use for, said before it was heard.
    pub(super) limit: LayerId,
    ice: IceLite,
    crypto: Arc<dyn RTCCryptoProvider>,
    state: PeerState,
    deadline: Instant,
    opened: bool,
    ended: Option<PeerEnd>,
}

impl Peer {
    pub(super) fn new(parts: PeerParts) -> Self {
        Self {
            id: parts.id,
            show: parts.show,
            session: parts.session,
            kind: parts.kind,
            streams: parts.streams,
            sections: parts.sections,
            layers: parts.layers,
            built: parts.built,
            way: parts.way,
            limit: LayerId(u8::MAX),
            ice: parts.ice,
            crypto: parts.crypto,
            state: PeerState::Waiting,
            deadline: parts.built + HANDSHAKE,
            opened: false,
            ended: None,
        }
    }

    /// The name under which requests asked for it first.
    pub(super) fn ufrag(&self) -> &str {
        self.ice.ufrag()
    }

    /// The names that requests may ask for now.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.ice.names()
    }

    /// New ICE credentials; see [`IceLite::restart`].
    pub(super) fn restart(&mut self, local: Credentials, remote_ufrag: String) -> Option<String> {
        self.ice.restart(local, remote_ufrag)
    }

    pub(super) fn state(&self) -> PeerState {
        self.state
    }

    /// Where its datagrams go, and from which of our addresses.
    pub(super) fn route(&self) -> Option<(SocketAddr, Option<IpAddr>)> {
        self.ice.route()
    }

    /// Its verified addresses.
    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.ice.addresses()
    }

    /// Whether a request is signed with this peer's password; changes nothing.
    pub(super) fn is_authentic(&self, request: &[u8]) -> bool {
        self.ice.is_authentic(request, self.crypto.crypto())
    }

    /// The library's connection, if this is a publisher.
    pub(super) fn library(&mut self) -> Option<&mut Library> {
        match &mut self.way {
            Way::Library(library) => Some(library),
            Way::Direct(_) => None,
        }
    }

    /// When [`Peer::handle_timeout`] wants to be called.
    pub(super) fn poll_timeout(&mut self) -> Instant {
        let own = match self.state {
            PeerState::Connected => self.ice.consent_until(),
            PeerState::Waiting | PeerState::Connecting => self.deadline,
        };
        let way = match &mut self.way {
            Way::Library(library) => library.poll_timeout(),
            Way::Direct(direct) => direct.poll_timeout(),
        };
        way.map_or(own, |t| t.min(own))
    }

    /// A binding request. `None`: not authentic, nothing has changed.
    pub(super) fn handle_request(&mut self, now: Instant, request: &Datagram<'_>) -> Option<Heard> {
        let heard = self.ice.handle_request(now, request, self.crypto.crypto())?;
        if self.state == PeerState::Waiting {
            self.state = PeerState::Connecting;
            self.deadline = now + HANDSHAKE;
            if let Way::Library(library) = &mut self.way {
                library.introduce(now, request.from, &self.ice);
            }
        }
        Some(heard)
    }

    /// Whether a datagram from this address is this peer's; it is alive then.
    pub(super) fn hears(&mut self, now: Instant, from: SocketAddr) -> bool {
        let verified = self.ice.is_verified(from);
        if verified {
            self.ice.handle_traffic(now, from);
        }
        verified
    }

    /// What is not STUN, from a verified address: DTLS of any peer, SRTP and SRTCP of publishers. Subscribers' SRTCP goes
    /// to [`Direct::srtp`].
    pub(super) fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        if self.state == PeerState::Connected && matches!(demux::classify(datagram), Some(Kind::Dtls)) {
            demux::protected_records(datagram).for_each(|record| self.feed(now, record));
        } else {
            self.feed(now, datagram);
        }
    }

    fn feed(&mut self, now: Instant, datagram: &[u8]) {
        match &mut self.way {
            Way::Library(library) => library.handle_datagram(now, datagram),
            Way::Direct(direct) => {
                let passage = direct.handle_datagram(now, datagram);
                self.pass(passage);
            }
        }
    }

    /// Time has passed.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        let late = match self.state {
            PeerState::Connected => now >= self.ice.consent_until(),
            PeerState::Waiting | PeerState::Connecting => now >= self.deadline,
        };
        if late {
            let handshake = self.state == PeerState::Connecting;
            self.end(if handshake { PeerEnd::Failed } else { PeerEnd::Timeout });
        }
        match &mut self.way {
            Way::Library(library) => library.handle_timeout(now),
            Way::Direct(direct) => {
                let passage = direct.handle_timeout(now);
                self.pass(passage);
            }
        }
    }

    /// Says goodbye (DTLS close_notify); what is to be sent for it is polled afterwards.
    pub(super) fn close(&mut self) {
        match &mut self.way {
            Way::Library(library) => library.close(),
            Way::Direct(direct) => direct.close(),
        }
    }

    /// The next datagram to send to [`Peer::route`]. Poll events afterwards: a goodbye is known by the answer to it.
    pub(super) fn poll_transmit(&mut self) -> Option<BytesMut> {
        match &mut self.way {
            Way::Library(library) => library.poll_transmit(),
            Way::Direct(direct) => direct.poll_transmit(),
        }
    }

    /// The next thing that happened.
    pub(super) fn poll_event(&mut self) -> Option<PeerEvent> {
        while let Way::Library(library) = &mut self.way {
            match library.poll_event() {
                Some(LibraryEvent::Stream(ssrc, rid)) => return Some(PeerEvent::Stream { ssrc, rid }),
                Some(LibraryEvent::Passage(passage)) => self.pass(Some(passage)),
                None => break,
            }
        }
        if std::mem::take(&mut self.opened) {
            return Some(PeerEvent::Connected);
        }
        self.ended.take().map(PeerEvent::Ended)
    }

    /// The other side has said that it leaves (RTCP BYE).
    pub(super) fn handle_goodbye(&mut self) {
        self.end(PeerEnd::Closed);
    }

    fn pass(&mut self, passage: Option<Passage>) {
        match passage {
            Some(Passage::Open) if self.state != PeerState::Connected => {
                (self.state, self.opened) = (PeerState::Connected, true);
            }
            Some(Passage::Closed) => self.end(PeerEnd::Closed),
            Some(Passage::Failed) => self.end(PeerEnd::Failed),
            Some(Passage::Open) | None => {}
        }
    }

    fn end(&mut self, reason: PeerEnd) {
        self.ended.get_or_insert(reason);
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer").field("id", &self.id).field("kind", &self.kind).field("state", &self.state).finish()
    }
}

#[cfg(test)]
mod tests;
