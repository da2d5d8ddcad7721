//! A subscriber's share of its way: what the estimator finds, the allocator turns into a layer, and padding finds more.
//!
//! Whoever gives no feedback that an estimate could be made of (no transport-wide numbers, no REMB, no loss) gets what it
//! asks for: an estimate without evidence must not cost a picture.

use super::{Outlet, Subscriber};
use crate::media::egress::Lane;
use crate::media::room::Room;
use crate::sfu::allocator::{Allocation, Allocator, Offer, Why};
use crate::sfu::congestion::Estimator;
use crate::sfu::packet::LayerId;
use crate::sfu::rtp::Head;
use std::time::{Duration, Instant};

/// Padding in one packet: the length is a byte (RFC 3550 §5.1).
const PADDING: usize = 255;

/// Header, extension, padding and tag of such a packet.
const PADDING_PACKET: usize = 20 + PADDING + 16;

/// What sound costs with its headers, before it is measured: 40 kbit/s of Opus in 50 packets.
const AUDIO_BPS: u32 = 64_000;

/// Shares are looked at this often at most, whatever feedback comes.
const EVERY: Duration = Duration::from_millis(100);

/// What a subscriber's way carries, and what is made of it.
pub(super) struct Adaptation {
    pub(super) estimator: Box<Estimator>,
    allocator: Allocator,
    /// The highest layer that its player has use for.
    limit: LayerId,
    next: Instant,
    pub(super) why: Why,
}

impl Adaptation {
    pub(super) fn new(now: Instant, limit: LayerId) -> Self {
        Self {
            estimator: Box::new(Estimator::new(now)),
            allocator: Allocator::new(),
            limit,
            next: now,
            why: Why::NoLayer,
        }
    }

    /// When [`Subscriber::adapt`] wants to be called.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.estimator.poll_timeout()
    }
}

impl Subscriber {
    /// The highest layer that the player has use for, by its size.
    pub(in crate::media) fn set_limit(&mut self, now: Instant, limit: LayerId) {
        (self.adaptation.limit, self.adaptation.next) = (limit, now);
    }

    /// See [`Subscriber::set_limit`].
    pub(in crate::media) fn limit(&self) -> LayerId {
        self.adaptation.limit
    }

    /// Time has passed or feedback has come: the share is looked at, and padding that is due goes out.
    pub(in crate::media) fn adapt(&mut self, now: Instant, room: &Room, outlet: &mut Outlet<'_>) {
        if self.adaptation.poll_timeout().is_some_and(|at| at <= now) {
            self.adaptation.estimator.handle_timeout(now);
        }
        if now >= self.adaptation.next {
            self.adaptation.next = now + EVERY;
            self.share(now, room);
        }
        self.probe(now, outlet);
    }

    fn share(&mut self, now: Instant, room: &Room) {
        let Adaptation { estimator, allocator, limit, why, .. } = &mut self.adaptation;
        let target_bps = if estimator.is_informed() { estimator.target_bps() } else { u32::MAX };
        let offer = Offer { target_bps, audio_bps: AUDIO_BPS, limit: *limit, rates: room.rates() };
        estimator.set_wanted(now, offer.wanted_bps());
        estimator.set_least(offer.least_bps());
        let Allocation { layer, temporal, reason } = allocator.allocate(now, &offer);
        if reason != *why {
            tracing::trace!(?reason, ?layer, target_bps, "media.share_changed");
            *why = reason;
        }
        let forwarder = &mut self.video.forwarder;
        match layer {
            Some(layer) => {
                forwarder.set_limit(layer);
                forwarder.set_temporal_limit(temporal);
                forwarder.set_paused(false);
            }
            None if reason == Why::Paused => forwarder.set_paused(true),
            // Nothing is known of any layer: whatever comes may be had, up to what is of use.
            None => forwarder.set_limit(*limit),
        }
    }

    /// Padding on the retransmission stream, which no decoder sees (RFC 4588 has no empty original to repeat).
    fn probe(&mut self, now: Instant, outlet: &mut Outlet<'_>) {
        let Some(payload_type) = self.video.formats.iter().find_map(|f| f.rtx) else { return };
        while let Some(probe) = self.adaptation.estimator.poll_probe(now) {
            for _ in 0..probe.bytes.div_ceil(PADDING_PACKET).max(1) {
                let Some(transport_cc) = self.next_transport_sequence(now, PADDING_PACKET) else { return };
                let index = self.repeats.take_index();
                let head = Head {
                    marker: false,
                    padding: true,
                    payload_type,
                    sequence: index as u16,
                    timestamp: 0,
                    ssrc: self.rtx_ssrc,
                    transport_cc: Some(transport_cc),
                };
                outlet.write_padding(&head, index);
            }
        }
    }

    /// Id and next value of the transport-wide sequence number, for a packet of this size on the wire.
    pub(super) fn next_transport_sequence(&mut self, now: Instant, bytes: usize) -> Option<(u8, u16)> {
        let id = self.video.transport_cc?;
        Some((id, self.adaptation.estimator.on_sent(now, bytes)))
    }
}

impl Outlet<'_> {
    fn write_padding(&mut self, head: &Head, index: u64) {
        let sender = &*self.sender;
        self.egress.write(Lane::Again, self.target, |bytes| {
            let start = bytes.len();
            let header = head.write(bytes);
            bytes.resize(bytes.len() + PADDING - 1, 0);
            bytes.push(PADDING as u8);
            sender.seal_rtp(bytes, start, header, index)
        });
    }
}
