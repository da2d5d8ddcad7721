//! The way to a publisher: one `RTCPeerConnection`; after negotiation, the only file that mutates one.
//!
//! After any `handle_*` or mutator, everything is polled until nothing is left. The connection does DTLS, SRTP, repairs,
//! feedback and reports. It does not do ICE: it is introduced to its peer once, in process, and from then on knows it
//! under one constant address, wherever the peer really is ([`super::ice`]).

use super::direct::Passage;
use super::ice::IceLite;
use super::tap::Feedback;
use bytes::BytesMut;
use crossbeam_channel::Receiver;
use rtc::peer_connection::RTCPeerConnection;
use rtc::peer_connection::event::{RTCPeerConnectionEvent, RTCTrackEvent};
use rtc::peer_connection::message::{RTCMessage, TaggedRTCMessage};
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use rtc_crypto::RTCCryptoProvider;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// The content type of a DTLS alert (RFC 5246 §6.2.1). One that we send ends the connection, whoever wanted it to end.
const DTLS_ALERT: u8 = 21;

/// What happened in the connection.
pub(super) enum LibraryEvent {
    Passage(Passage),
    /// A stream was heard first: its SSRC, and its layer's RID under simulcast.
    Stream(u32, Option<String>),
}

/// The way to one publisher.
pub(super) struct Library {
    connection: RTCPeerConnection,
    feedback: Receiver<Feedback>,
    crypto: Arc<dyn RTCCryptoProvider>,
    local: SocketAddr,
    /// The SSRC under which feedback is sent.
    sender: u32,
    /// The address by which the connection knows its peer; set at the introduction.
    inside: Option<SocketAddr>,
    open: bool,
    ended: Option<Passage>,
}

impl Library {
    pub(super) fn new(
        connection: RTCPeerConnection,
        feedback: Receiver<Feedback>,
        crypto: Arc<dyn RTCCryptoProvider>,
        local: SocketAddr,
    ) -> Self {
        let sender = rand::random();
        Self { connection, feedback, crypto, local, sender, inside: None, open: false, ended: None }
    }

    /// When [`Library::handle_timeout`] wants to be called.
    pub(super) fn poll_timeout(&mut self) -> Option<Instant> {
        self.connection.poll_timeout()
    }

    /// Time has passed.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.connection.poll_timeout().is_some_and(|t| t <= now)
            && let Err(error) = self.connection.handle_timeout(now)
        {
            tracing::debug!(%error, "media.timer_failed");
        }
    }

    /// Says goodbye (DTLS close_notify); what is to be sent for it is polled afterwards.
    pub(super) fn close(&mut self) {
        if let Err(error) = self.connection.close() {
            tracing::debug!(%error, "media.close_failed");
        }
    }

    /// Asks for a keyframe (PLI).
    pub(super) fn write_keyframe_request(&mut self, now: Instant, ssrc: u32) {
        let pli = PictureLossIndication { sender_ssrc: self.sender, media_ssrc: ssrc };
        let message = RTCMessage::RtcpPacket(String::new(), vec![Box::new(pli)]);
        if let Err(error) = self.connection.handle_write(TaggedRTCMessage { now, message }) {
            tracing::trace!(%error, "media.write_refused");
        }
    }

    /// The next datagram to send. Poll events afterwards: a goodbye is known by the answer to it.
    pub(super) fn poll_transmit(&mut self) -> Option<BytesMut> {
        loop {
            let message = self.connection.poll_write()?.message;
            match message.first() {
                // STUN of the agent inside goes nowhere: see `ice`.
                None | Some(0..=3) => {}
                Some(&DTLS_ALERT) => {
                    // The library reports neither a handshake that it gave up nor a close_notify that it answered.
                    self.ended.get_or_insert(if self.open { Passage::Closed } else { Passage::Failed });
                    return Some(message);
                }
                Some(_) => return Some(message),
            }
        }
    }

    /// The next thing that happened.
    pub(super) fn poll_event(&mut self) -> Option<LibraryEvent> {
        while let Some(event) = self.connection.poll_event() {
            match event {
                RTCPeerConnectionEvent::OnConnectionStateChangeEvent(RTCPeerConnectionState::Connected)
                    if !std::mem::replace(&mut self.open, true) =>
                {
                    return Some(LibraryEvent::Passage(Passage::Open));
                }
                RTCPeerConnectionEvent::OnConnectionStateChangeEvent(RTCPeerConnectionState::Closed) => {
                    self.ended.get_or_insert(Passage::Closed);
                }
                RTCPeerConnectionEvent::OnConnectionStateChangeEvent(RTCPeerConnectionState::Failed) => {
                    self.ended.get_or_insert(Passage::Failed);
                }
                RTCPeerConnectionEvent::OnTrack(RTCTrackEvent::OnOpen(track)) => {
                    return Some(LibraryEvent::Stream(track.ssrc, track.rid));
                }
                _ => {}
            }
        }
        self.ended.take().map(LibraryEvent::Passage)
    }

    /// The next packet.
    pub(super) fn poll_media(&mut self) -> Option<rtc::rtp::Packet> {
        loop {
            if let RTCMessage::RtpPacket(_, packet) = self.connection.poll_read()?.message {
                return Some(packet);
            }
        }
    }

    /// The next thing the publisher told by RTCP.
    pub(super) fn poll_feedback(&mut self) -> Option<Feedback> {
        self.feedback.try_recv().ok()
    }

    /// Lets the agent inside go through checks and nomination, with us as its peer. Two requests: one that makes it
    /// check back, one that nominates the pair thus proven.
    pub(super) fn introduce(&mut self, now: Instant, peer: SocketAddr, ice: &IceLite) {
        self.inside = Some(peer);
        for nominate in [false, true] {
            let Some(request) = ice.introduction(nominate, self.crypto.crypto()) else { return };
            self.handle_datagram(now, &request);
            while let Some(out) = self.connection.poll_write() {
                if let Some(answer) = ice.answer_agent(&out.message, self.local, self.crypto.crypto()) {
                    self.handle_datagram(now, &answer);
                }
            }
        }
    }

    /// DTLS, SRTP or SRTCP from a verified address.
    pub(super) fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        let Some(inside) = self.inside else { return };
        let transport = TransportContext {
            local_addr: self.local,
            peer_addr: inside,
            transport_protocol: TransportProtocol::UDP,
            ecn: None,
        };
        let message = TaggedBytesMut { now, transport, message: BytesMut::from(datagram) };
        if let Err(error) = self.connection.handle_read(message) {
            tracing::trace!(%error, "media.read_refused");
        }
    }
}
