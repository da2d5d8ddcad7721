//! A peer as its worker holds it: with what it publishes or subscribes, and when it wants to be called.

use super::counters::PeerKind;
use super::direct::Srtp;
use super::egress::{Egress, Target};
use super::peer::{Peer, Way};
use super::publisher::Publisher;
use super::shared::Shared;
use super::subscriber::{Outlet, Subscriber};
use crate::sfu::demux::Kind;
use crate::srtp::Receiver;
use quiora_signaling::{PeerEnd, ShowId};
use std::time::{Duration, Instant};

/// RTCP datagrams of a subscriber per second. Chromium sends some eighteen with transport feedback, two without; more
/// than this is a flood.
const RTCP_PER_SECOND: u32 = 120;

/// DTLS datagrams of a peer per second: a handshake is some ten, a goodbye one, and nothing else is spoken over it.
const DTLS_PER_SECOND: u32 = 64;

/// Which way the media goes, and what that needs.
pub(super) enum Role {
    Publisher(Box<Publisher>),
    Subscriber(Box<Subscriber>),
}

/// A peer of a worker.
pub(super) struct Member {
    pub(super) peer: Peer,
    pub(super) role: Role,
    /// When the timer that counts is due; older entries of the heap are stale.
    pub(super) timer: Option<Instant>,
    /// Something has come for it within this turn.
    pub(super) touched: bool,
    /// Why it is to be closed at the end of the turn.
    pub(super) ended: Option<PeerEnd>,
    counted_since: Instant,
    rtcp_count: u32,
    dtls_count: u32,
}

/// Where a subscriber's packets go, and whose they are.
pub(super) struct ShowOutlet<'a> {
    pub(super) show: ShowId,
    pub(super) media: Outlet<'a>,
}

impl Member {
    pub(super) fn new(peer: Peer, shared: &Shared, now: Instant) -> Self {
        let role = match peer.kind {
            PeerKind::Publisher => {
                Role::Publisher(Box::new(Publisher::new(&peer, shared.new_source(), shared.board(peer.show), now)))
            }
            PeerKind::Subscriber => Role::Subscriber(Box::new(Subscriber::new(&peer, now))),
        };
        Self { peer, role, timer: None, touched: false, ended: None, counted_since: now, rtcp_count: 0, dtls_count: 0 }
    }

    /// When it wants to be called.
    pub(super) fn poll_timeout(&mut self) -> Instant {
        let role = match &self.role {
            Role::Publisher(publisher) => publisher.poll_timeout(),
            Role::Subscriber(subscriber) => subscriber.poll_timeout(),
        };
        self.peer.poll_timeout().min(role)
    }

    /// The subscriber, what opens its SRTCP, and where its packets go; `None` before media can flow, and for publishers.
    pub(super) fn subscriber<'a>(
        &'a mut self,
        egress: &'a mut Egress,
    ) -> Option<(&'a mut Subscriber, &'a mut Receiver, ShowOutlet<'a>)> {
        let Role::Subscriber(subscriber) = &mut self.role else { return None };
        let (to, from) = self.peer.route()?;
        let show = self.peer.show;
        let Way::Direct(direct) = &mut self.peer.way else { return None };
        let Srtp { sender, receiver } = direct.srtp()?;
        let target = Target { to, from, distress: subscriber.distress() };
        Some((subscriber, receiver, ShowOutlet { show, media: Outlet { sender, egress, target, gathers: false } }))
    }

    /// Whether a datagram of this kind may cost us anything: subscribers send no media, and of the rest no flood.
    pub(super) fn may_send(&mut self, now: Instant, kind: &Kind<'_>) -> bool {
        if now.saturating_duration_since(self.counted_since) >= Duration::from_secs(1) {
            (self.counted_since, self.rtcp_count, self.dtls_count) = (now, 0, 0);
        }
        let publishes = self.peer.kind == PeerKind::Publisher;
        match kind {
            Kind::Rtp { .. } => publishes,
            Kind::Rtcp { .. } => {
                self.rtcp_count += 1;
                publishes || self.rtcp_count <= RTCP_PER_SECOND
            }
            Kind::Dtls => {
                self.dtls_count += 1;
                self.dtls_count <= DTLS_PER_SECOND
            }
            Kind::Stun(_) => false,
        }
    }
}
