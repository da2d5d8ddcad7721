//! Hears a receiver's wish for a keyframe: PLI (RFC 4585 §6.3.1) and FIR (RFC 5104 §4.3.1).
//!
//! An interceptor because that is the only place where inbound feedback can be read. It passes everything on unchanged;
//! all it leaves behind is a flag, which any number of wishes sets once.

use rtc::interceptor::{Interceptor, Packet, Slot, StreamInfo, TaggedPacket};
use rtc::rtcp;
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use webrtc::peer_connection::Registry;

/// Where in the chain it listens: before the library's own interceptors, which start at 1000.
const LISTEN: usize = 500;

/// The flag that wishes set.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyframeRequests(Arc<AtomicBool>);

impl KeyframeRequests {
    /// Whether there was a wish since the last call.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }

    /// Adds the listener to a chain.
    pub(super) fn intercept(&self, registry: Registry) -> Registry {
        let listener = Listener { wishes: self.0.clone(), inbound: VecDeque::new(), outbound: VecDeque::new() };
        registry.with(Slot::from(LISTEN), listener)
    }
}

/// Both queues hold what the chain has handed in and not yet taken out again: one packet, by the chain's own order.
struct Listener {
    wishes: Arc<AtomicBool>,
    inbound: VecDeque<TaggedPacket>,
    outbound: VecDeque<TaggedPacket>,
}

fn is_wish(packet: &dyn rtcp::Packet) -> bool {
    let packet = packet.as_any();
    packet.is::<PictureLossIndication>() || packet.is::<FullIntraRequest>()
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Listener {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Self::Error> {
        if let Packet::Rtcp(feedback) = &packet.message.packet
            && feedback.iter().any(|f| is_wish(f.as_ref()))
        {
            self.wishes.store(true, Ordering::Relaxed);
        }
        self.inbound.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<Self::Rout> {
        self.inbound.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Self::Error> {
        self.outbound.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<Self::Wout> {
        self.outbound.pop_front()
    }
}

impl Interceptor for Listener {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}
