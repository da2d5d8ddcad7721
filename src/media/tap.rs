//! What of RTCP and repair flows the library does not hand out: an interceptor nearest to the wire.
//!
//! The library swallows inbound RTCP, drops retransmissions of simulcast layers, and unpacks those of plain streams
//! only behind its NACK generator, which then asks for what it already has, ten times. This interceptor reads the RTCP
//! and turns retransmissions into the packets they repeat ([`crate::sfu::repair`] says how they map) before anybody
//! else looks at them, and passes every packet on.
//!
//! Invariant: nothing is swallowed. An empty retransmission is a bandwidth probe that the transport feedback behind us
//! must see; were it missing, the publisher's estimate would starve.

use super::counters::{MediaCounters, add};
use crate::sfu::repair::{Action, RepairView, RtxMap};
use crossbeam_channel::{Receiver, Sender, bounded};
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::goodbye::Goodbye;
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// Feedback waiting to be read within one turn. When full, what comes later is dropped: RTCP is not reliable, and a peer
/// that sends so much in one datagram is no friend.
const FEEDBACK: usize = 256;

/// What a peer told us by RTCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feedback {
    /// It needs a keyframe of this stream (PLI, RFC 4585 §6.3.1, or FIR, RFC 5104 §4.3.1).
    Keyframe {
        /// The stream.
        ssrc: u32,
    },
    /// It misses packets of this stream (RFC 4585 §6.2.1).
    Nack {
        /// The stream.
        ssrc: u32,
        /// The first missing sequence number.
        first: u16,
        /// Bit i set: `first + i + 1` is missing too.
        also: u16,
    },
    /// Its clock against its stream's timeline (RFC 3550 §6.4.1).
    SenderReport {
        /// The stream.
        ssrc: u32,
        /// 64-bit NTP on its clock.
        ntp: u64,
        /// RTP timestamp at that moment.
        rtp: u32,
    },
    /// It is leaving (RFC 3550 §6.6).
    Goodbye,
}

/// The interceptor. One per connection, owned by it; feedback comes out of the [`Receiver`].
pub(super) struct Tap {
    repair: RtxMap,
    feedback: Sender<Feedback>,
    counters: Arc<MediaCounters>,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl Tap {
    /// A tap, and where its feedback comes out.
    pub(super) fn new(repair: RtxMap, counters: Arc<MediaCounters>) -> (Self, Receiver<Feedback>) {
        let (feedback, out) = bounded(FEEDBACK);
        (Self { repair, feedback, counters, reads: VecDeque::new(), writes: VecDeque::new() }, out)
    }

    fn tell(&self, feedback: Feedback) {
        // Full: see FEEDBACK.
        let _ = self.feedback.try_send(feedback);
    }

    fn read_rtcp(&self, packets: &[Box<dyn rtc::rtcp::Packet>]) {
        for packet in packets {
            let packet = packet.as_any();
            if let Some(nack) = packet.downcast_ref::<TransportLayerNack>() {
                for pair in &nack.nacks {
                    self.tell(Feedback::Nack { ssrc: nack.media_ssrc, first: pair.packet_id, also: pair.lost_packets });
                }
            } else if let Some(pli) = packet.downcast_ref::<PictureLossIndication>() {
                self.tell(Feedback::Keyframe { ssrc: pli.media_ssrc });
            } else if let Some(fir) = packet.downcast_ref::<FullIntraRequest>() {
                for entry in &fir.fir {
                    self.tell(Feedback::Keyframe { ssrc: entry.ssrc });
                }
            } else if let Some(sr) = packet.downcast_ref::<SenderReport>() {
                self.tell(Feedback::SenderReport { ssrc: sr.ssrc, ntp: sr.ntp_time, rtp: sr.rtp_time });
            } else if packet.downcast_ref::<Goodbye>().is_some() {
                self.tell(Feedback::Goodbye);
            }
        }
    }

    fn repair(&mut self, packet: &mut rtc::rtp::Packet) {
        let map = &mut self.repair;
        let header = &packet.header;
        let (rid_id, repaired_id) = map.extension_ids();
        let extension = |id: Option<u8>| if header.extension { header.get_extension(id?) } else { None };
        let (rid, repaired_rid) = (extension(rid_id), extension(repaired_id));
        let action = map.on_packet(&RepairView {
            ssrc: header.ssrc,
            payload_type: header.payload_type,
            rid: rid.as_deref(),
            repaired_rid: repaired_rid.as_deref(),
            payload: &packet.payload,
        });
        if let Action::Rewrite { ssrc, payload_type, sequence, strip } = action {
            packet.header.ssrc = ssrc;
            packet.header.payload_type = payload_type;
            packet.header.sequence_number = sequence;
            let _ = packet.payload.split_to(strip.min(packet.payload.len()));
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Tap {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut message: TaggedPacket) -> Result<(), Error> {
        match &mut message.message.packet {
            Packet::Rtcp(packets) => self.read_rtcp(packets),
            Packet::Rtp(packet) => self.repair(packet),
            _ => {}
        }
        self.reads.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            let nacks = packets.iter().filter(|p| p.as_any().is::<TransportLayerNack>()).count();
            add(&self.counters.nack_out, nacks as u64);
        }
        self.writes.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.writes.pop_front()
    }
}

impl Interceptor for Tap {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
