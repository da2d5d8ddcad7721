//! One WebRTC connection of a robot, without a socket: datagrams and time in, datagrams and news out.
//!
//! ICE first, then DTLS, then SRTP; each layer's file knows its own. What is to be sent goes to the `send` that the caller
//! passes in, so nothing is queued here and nothing copied twice.

use super::AudienceError;
use super::dtls::{Handshake, Identity, Keys, Shaken};
use super::ice::Checks;
use super::sdp::{Local, Remote};
use crate::sfu::demux::{Kind, classify};
use crate::srtp::Profile;
use std::net::SocketAddr;
use std::time::Instant;

/// What a datagram was.
pub(super) enum News<'a> {
    /// Of the link's own concern.
    Nothing,
    /// Media may flow from now on.
    Connected,
    /// An RTP packet, still sealed.
    Rtp(&'a mut [u8]),
    /// A compound RTCP packet, opened.
    Rtcp(&'a [u8]),
    /// Nothing more will come.
    Closed,
}

/// One connection.
pub(super) struct Link {
    remote: SocketAddr,
    checks: Checks,
    handshake: Handshake,
    started: bool,
    keys: Option<Box<Keys>>,
    scratch: Vec<u8>,
}

impl Link {
    /// A connection from `local` that answers, or is answered by, `remote`. `offered`: the description that we read was
    /// an offer, so a full agent there controls.
    pub(super) fn new(
        identity: &Identity,
        ours: &Local,
        remote: &Remote,
        offered: bool,
        local: SocketAddr,
        now: Instant,
    ) -> Result<Self, AudienceError> {
        Ok(Self {
            remote: remote.address,
            checks: Checks::new(ours, remote, remote.lite || !offered, now),
            handshake: Handshake::new(identity, &remote.fingerprint, local, remote.address)?,
            started: false,
            keys: None,
            scratch: Vec::new(),
        })
    }

    /// Where the other side is.
    pub(super) fn remote(&self) -> SocketAddr {
        self.remote
    }

    /// How media is protected, once it is.
    pub(super) fn profile(&self) -> Option<Profile> {
        self.keys.as_ref().map(|keys| keys.sender.profile())
    }

    /// The keys, once there are any.
    pub(super) fn keys(&mut self) -> Option<&mut Keys> {
        self.keys.as_deref_mut()
    }

    /// A datagram from the other side.
    pub(super) fn handle<'a>(
        &mut self,
        now: Instant,
        datagram: &'a mut [u8],
        identity: &Identity,
        mut send: impl FnMut(&[u8]),
    ) -> News<'a> {
        match classify(datagram) {
            Some(Kind::Rtp { .. }) => News::Rtp(datagram),
            Some(Kind::Rtcp { .. }) => {
                let opened = self.keys.as_mut().and_then(|keys| keys.receiver.open_rtcp(datagram));
                opened.map_or(News::Nothing, News::Rtcp)
            }
            Some(Kind::Stun(view)) => {
                let heard = self.checks.handle(view.as_bytes(), self.remote, identity.crypto());
                heard.response.iter().for_each(|response| send(response));
                if heard.confirmed && !self.started {
                    self.started = true;
                    if self.handshake.start(now).is_err() {
                        return News::Closed;
                    }
                    self.flush(send);
                }
                News::Nothing
            }
            Some(Kind::Dtls) if self.started => {
                let shaken = self.handshake.handle(now, datagram);
                self.flush(send);
                match shaken {
                    Shaken::Going => News::Nothing,
                    Shaken::Done(keys) => {
                        self.keys = Some(keys);
                        News::Connected
                    }
                    Shaken::Closed => News::Closed,
                }
            }
            Some(Kind::Dtls) | None => News::Nothing,
        }
    }

    /// When [`Link::handle_timeout`] is due.
    pub(super) fn next_at(&self) -> Instant {
        let check = self.checks.next_at();
        match self.handshake.next_at() {
            Some(repeat) if self.keys.is_none() => check.min(repeat),
            _ => check,
        }
    }

    /// Checks and repeats what is due. `false`: the handshake will not succeed any more.
    pub(super) fn handle_timeout(&mut self, now: Instant, identity: &Identity, mut send: impl FnMut(&[u8])) -> bool {
        if let Some(check) = self.checks.poll(now, identity.crypto()) {
            send(&check);
        }
        if !self.started || self.keys.is_some() || self.handshake.next_at().is_none_or(|at| now < at) {
            return true;
        }
        let going = self.handshake.handle_timeout(now);
        self.flush(send);
        going
    }

    /// Seals and sends a compound RTCP packet.
    pub(super) fn send_rtcp(&mut self, compound: &[u8], mut send: impl FnMut(&[u8])) {
        let Some(keys) = self.keys.as_deref_mut() else { return };
        self.scratch.clear();
        self.scratch.extend_from_slice(compound);
        if keys.sender.seal_rtcp(&mut self.scratch, 0).is_some() {
            send(&self.scratch);
        }
    }

    /// Says goodbye.
    pub(super) fn close(&mut self, now: Instant, send: impl FnMut(&[u8])) {
        if self.started {
            self.handshake.close(now);
            self.flush(send);
        }
    }

    fn flush(&mut self, mut send: impl FnMut(&[u8])) {
        while let Some(datagram) = self.handshake.poll() {
            send(&datagram);
        }
    }
}
