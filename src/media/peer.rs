//! Driving one `RTCPeerConnection`; after negotiation, the only file that mutates one.
//!
//! Four kinds of methods, told by name: getters; `handle_*` (from the network or from time); mutators (from the
//! worker); `poll_*` (what to do). After any of the middle two, the worker polls until nothing is left.
//!
//! The connection does SDP, DTLS, SRTP and RTCP reports. It does not do ICE: it is introduced to its peer once, in
//! process, and from then on knows it under one constant address, wherever the peer really is ([`super::ice`]).

use super::counters::{PeerKind, PeerState};
use super::formats::Section;
use super::ice::{Credentials, Heard, IceLite};
use super::tap::Feedback;
use crate::sfu::report::SenderReport;
use bytes::{Bytes, BytesMut};
use crossbeam_channel::Receiver;
use quiora_signaling::{PeerEnd, PeerId, SessionId, ShowId};
use rtc::peer_connection::RTCPeerConnection;
use rtc::peer_connection::event::{RTCPeerConnectionEvent, RTCTrackEvent};
use rtc::peer_connection::message::{RTCMessage, TaggedRTCMessage};
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::source_description::{SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem};
use rtc::rtp::header::Header;
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use rtc_crypto::RTCCryptoProvider;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// From the first authentic request to the end of the DTLS handshake. RFC 6347's timers double from one second: this
/// is room for three losses in a row.
const HANDSHAKE: Duration = Duration::from_secs(12);

/// The content type of a DTLS alert (RFC 5246 §6.2.1). One that we send ends the connection, whoever wanted it to end.
const DTLS_ALERT: u8 = 21;

/// One CNAME for everything that a subscriber is sent: sound and picture are one (RFC 3550 §6.5.1).
const CNAME: &str = "quiora";

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

/// What a peer is made of.
pub(super) struct PeerParts {
    pub(super) id: PeerId,
    pub(super) show: ShowId,
    pub(super) session: SessionId,
    pub(super) kind: PeerKind,
    pub(super) connection: RTCPeerConnection,
    pub(super) feedback: Receiver<Feedback>,
    pub(super) ice: IceLite,
    pub(super) crypto: Arc<dyn RTCCryptoProvider>,
    pub(super) local: SocketAddr,
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

/// The head of an RTP packet to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) ssrc: u32,
    pub(super) payload_type: u8,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
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
    connection: RTCPeerConnection,
    feedback: Receiver<Feedback>,
    ice: IceLite,
    crypto: Arc<dyn RTCCryptoProvider>,
    local: SocketAddr,
    /// The address by which the connection knows its peer; set at the introduction.
    inside: Option<SocketAddr>,
    state: PeerState,
    deadline: Instant,
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
            connection: parts.connection,
            feedback: parts.feedback,
            ice: parts.ice,
            crypto: parts.crypto,
            local: parts.local,
            inside: None,
            state: PeerState::Waiting,
            deadline: parts.built + HANDSHAKE,
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

    /// When [`Peer::handle_timeout`] wants to be called.
    pub(super) fn poll_timeout(&mut self) -> Instant {
        let own = match self.state {
            PeerState::Connected => self.ice.consent_until(),
            PeerState::Waiting | PeerState::Connecting => self.deadline,
        };
        self.connection.poll_timeout().map_or(own, |t| t.min(own))
    }

    /// A binding request. `None`: not authentic, nothing has changed.
    pub(super) fn handle_request(
        &mut self,
        now: Instant,
        request: &[u8],
        from: SocketAddr,
        to: Option<IpAddr>,
    ) -> Option<Heard> {
        let heard = self.ice.handle_request(now, request, from, to, self.crypto.crypto())?;
        if self.inside.is_none() {
            self.inside = Some(from);
            self.state = PeerState::Connecting;
            self.deadline = now + HANDSHAKE;
            self.introduce(now);
        }
        Some(heard)
    }

    /// DTLS, SRTP or SRTCP from a verified address.
    pub(super) fn handle_datagram(&mut self, now: Instant, datagram: &[u8], from: SocketAddr) {
        if !self.ice.is_verified(from) {
            return;
        }
        self.ice.handle_traffic(now, from);
        self.feed(now, datagram);
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
        if self.connection.poll_timeout().is_some_and(|t| t <= now)
            && let Err(error) = self.connection.handle_timeout(now)
        {
            tracing::debug!(peer.id = %self.id, %error, "media.timer_failed");
        }
    }

    /// Says goodbye (DTLS close_notify); what is to be sent for it is polled afterwards.
    pub(super) fn close(&mut self) {
        if let Err(error) = self.connection.close() {
            tracing::debug!(peer.id = %self.id, %error, "media.close_failed");
        }
    }

    /// Sends an RTP packet.
    pub(super) fn write_rtp(&mut self, now: Instant, head: Head, payload: Bytes) {
        let header = Header {
            version: 2,
            ssrc: head.ssrc,
            payload_type: head.payload_type,
            sequence_number: head.sequence,
            timestamp: head.timestamp,
            marker: head.marker,
            ..Default::default()
        };
        self.write(now, RTCMessage::RtpPacket(String::new(), rtc::rtp::Packet { header, payload }));
    }

    /// Asks a publisher for a keyframe (PLI).
    pub(super) fn write_keyframe_request(&mut self, now: Instant, ssrc: u32) {
        let pli = PictureLossIndication { sender_ssrc: self.streams.audio, media_ssrc: ssrc };
        self.write(now, RTCMessage::RtcpPacket(String::new(), vec![Box::new(pli)]));
    }

    /// Sends a sender report with its CNAME.
    pub(super) fn write_report(&mut self, now: Instant, report: SenderReport) {
        let sr = rtc::rtcp::sender_report::SenderReport {
            ssrc: report.ssrc,
            ntp_time: report.ntp,
            rtp_time: report.rtp,
            packet_count: report.packets,
            octet_count: report.octets,
            ..Default::default()
        };
        let item = SourceDescriptionItem { sdes_type: SdesType::SdesCname, text: Bytes::from_static(CNAME.as_bytes()) };
        let chunk = SourceDescriptionChunk { source: report.ssrc, items: vec![item] };
        let sdes = SourceDescription { chunks: vec![chunk] };
        self.write(now, RTCMessage::RtcpPacket(String::new(), vec![Box::new(sr), Box::new(sdes)]));
    }

    /// The next datagram to send to [`Peer::route`]. Poll events afterwards: a goodbye is known by the answer to it.
    pub(super) fn poll_transmit(&mut self) -> Option<BytesMut> {
        loop {
            let message = self.connection.poll_write()?.message;
            match message.first() {
                // STUN of the agent inside goes nowhere: see `ice`.
                None | Some(0..=3) => {}
                Some(&DTLS_ALERT) => {
                    // The library reports neither a handshake that it gave up nor a close_notify that it answered.
                    let closed = self.state == PeerState::Connected;
                    self.end(if closed { PeerEnd::Closed } else { PeerEnd::Failed });
                    return Some(message);
                }
                Some(_) => return Some(message),
            }
        }
    }

    /// The next thing that happened.
    pub(super) fn poll_event(&mut self) -> Option<PeerEvent> {
        while let Some(event) = self.connection.poll_event() {
            match event {
                RTCPeerConnectionEvent::OnConnectionStateChangeEvent(RTCPeerConnectionState::Connected)
                    if self.state != PeerState::Connected =>
                {
                    self.state = PeerState::Connected;
                    return Some(PeerEvent::Connected);
                }
                RTCPeerConnectionEvent::OnConnectionStateChangeEvent(RTCPeerConnectionState::Closed) => {
                    self.end(PeerEnd::Closed);
                }
                RTCPeerConnectionEvent::OnConnectionStateChangeEvent(RTCPeerConnectionState::Failed) => {
                    self.end(PeerEnd::Failed);
                }
                RTCPeerConnectionEvent::OnTrack(RTCTrackEvent::OnOpen(track)) => {
                    return Some(PeerEvent::Stream { ssrc: track.ssrc, rid: track.rid });
                }
                _ => {}
            }
        }
        self.ended.take().map(PeerEvent::Ended)
    }

    /// The next packet from a publisher.
    pub(super) fn poll_media(&mut self) -> Option<rtc::rtp::Packet> {
        loop {
            if let RTCMessage::RtpPacket(_, packet) = self.connection.poll_read()?.message {
                return Some(packet);
            }
        }
    }

    /// The next thing the peer told by RTCP.
    pub(super) fn poll_feedback(&mut self) -> Option<Feedback> {
        let feedback = self.feedback.try_recv().ok()?;
        if feedback == Feedback::Goodbye && self.kind == PeerKind::Subscriber {
            self.end(PeerEnd::Closed);
        }
        Some(feedback)
    }

    fn end(&mut self, reason: PeerEnd) {
        self.ended.get_or_insert(reason);
    }

    fn write(&mut self, now: Instant, message: RTCMessage) {
        if let Err(error) = self.connection.handle_write(TaggedRTCMessage { now, message }) {
            tracing::trace!(peer.id = %self.id, %error, "media.write_refused");
        }
    }

    /// Lets the agent inside go through checks and nomination, with us as its peer. Two requests: one that makes it
    /// check back, one that nominates the pair thus proven.
    fn introduce(&mut self, now: Instant) {
        for nominate in [false, true] {
            let Some(request) = self.ice.introduction(nominate, self.crypto.crypto()) else { return };
            self.feed(now, &request);
            while let Some(out) = self.connection.poll_write() {
                if let Some(answer) = self.ice.answer_agent(&out.message, self.local, self.crypto.crypto()) {
                    self.feed(now, &answer);
                }
            }
        }
    }

    fn feed(&mut self, now: Instant, datagram: &[u8]) {
        let Some(inside) = self.inside else { return };
        let transport = TransportContext {
            local_addr: self.local,
            peer_addr: inside,
            transport_protocol: TransportProtocol::UDP,
            ecn: None,
        };
        let message = TaggedBytesMut { now, transport, message: BytesMut::from(datagram) };
        if let Err(error) = self.connection.handle_read(message) {
            tracing::trace!(peer.id = %self.id, %error, "media.read_refused");
        }
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer").field("id", &self.id).field("kind", &self.kind).field("state", &self.state).finish()
    }
}

#[cfg(test)]
mod tests;
