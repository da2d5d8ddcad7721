//! The fan-out of one frame without a network, for benches: real subscribers with real keys, and a wire that takes
//! everything. Not part of the media plane.

use super::counters::{MediaCounters, PeerKind};
use super::egress::{Egress, Sent, Sink, Target};
use super::negotiate::{Identity, Request, negotiate};
use super::peer::Peer;
use super::room::Room;
use super::shared::Batch;
use super::subscriber::{Outlet, Subscriber};
use crate::clock;
use crate::sfu::codec::Codec;
use crate::sfu::packet::{LayerId, Packet, SourceId, TrackKey};
use crate::sfu::pad::paddings;
use crate::srtp::{MasterKey, Profile, Sender};
use bytes::Bytes;
use quiora_signaling::ShowId;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// An offer of a player: H.264 with retransmissions and transport-wide numbers, Opus.
const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
a=fingerprint:sha-256 AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=mid:0\r\na=recvonly\r\na=ice-ufrag:wxyz\r\n\
a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa\r\na=setup:actpass\r\na=rtpmap:111 opus/48000/2\r\n\
m=video 9 UDP/TLS/RTP/SAVPF 103 104\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=mid:1\r\na=recvonly\r\na=ice-ufrag:wxyz\r\n\
a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa\r\na=setup:actpass\r\na=rtpmap:103 H264/90000\r\n\
a=fmtp:103 packetization-mode=1;profile-level-id=42e01f\r\na=rtcp-fb:103 nack\r\na=rtpmap:104 rtx/90000\r\na=fmtp:104 apt=103\r\n\
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";

/// Whoever it is.
pub(super) const NOBODY: uuid::Uuid = uuid::Uuid::from_u128(1);

/// A subscriber's peer for the offer of a player.
pub(super) fn player(identity: &Identity, now: Instant) -> Option<Peer> {
    let request = Request {
        kind: PeerKind::Subscriber,
        show: NOBODY.into(),
        session: NOBODY.into(),
        peer: NOBODY.into(),
        sdp: OFFER.to_owned(),
        compatible: false,
    };
    negotiate(&request, identity, now).ok().map(|(peer, _)| peer)
}

/// Takes every send.
struct Void;

impl Sink for Void {
    fn send(&mut self, _: &[u8], _: usize, _: &Target) -> Sent {
        Sent::Whole
    }
}

/// A room of subscribers.
pub struct FanOut {
    room: Room,
    subscribers: Vec<(Subscriber, Sender, Target)>,
    egress: Egress,
    counters: MediaCounters,
    batch: Batch,
    now: Instant,
}

impl std::fmt::Debug for FanOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FanOut").field("subscribers", &self.subscribers.len()).finish_non_exhaustive()
    }
}

impl FanOut {
    /// So many subscribers, for frames of so many packets of so many bytes. `None` if the cryptography does not work.
    #[must_use]
    pub fn new(subscribers: usize, packets: usize, bytes: usize) -> Option<Self> {
        let now = clock::monotonic();
        let identity = Identity::generate([SocketAddr::from((Ipv4Addr::LOCALHOST, 8443))].into(), false).ok()?;
        let profile = Profile::AeadAes128Gcm;
        let subscriber = |n: usize| {
            let peer = player(&identity, now)?;
            let material = [n as u8; 56];
            let (_, key) = MasterKey::from_exporter(profile, &material)?;
            let to = SocketAddr::from((Ipv4Addr::from(0x7f01_0000 + n as u32), 5000));
            let target = Target { to, from: None, distress: 0 };
            Some((Subscriber::new(&peer, now), Sender::new(profile, &key)?, target))
        };
        let subscribers = (0..subscribers).map(subscriber).collect::<Option<Vec<_>>>()?;
        let packet = |n: usize| Packet {
            track: TrackKey::Video,
            layer: LayerId(0),
            codec: Codec::H264,
            sequence: 1 + n as u64,
            timestamp: 0,
            marker: n + 1 == packets,
            keyframe: n == 0,
            arrived: now,
            payload: Bytes::from(vec![0x65; bytes]),
        };
        let packets: Vec<Packet> = (0..packets).map(packet).collect();
        let show: ShowId = NOBODY.into();
        let batch = Batch {
            show,
            source: SourceId(1),
            paddings: paddings(&packets),
            packets,
            timelines: Vec::new(),
            past: false,
        };
        let room = Room::new(Arc::default(), now);
        Some(Self { room, subscribers, egress: Egress::new(64), counters: MediaCounters::default(), batch, now })
    }

    /// Forwards the next frame to everybody. Returns how many packets were sealed, and in how many sends they left.
    pub fn frame(&mut self) -> (u64, u64) {
        let (datagrams, sends) = (&self.counters.datagrams_out, &self.counters.sends);
        let before = (datagrams.load(Ordering::Relaxed), sends.load(Ordering::Relaxed));
        self.room.handle_batch(self.now, &self.batch);
        for (subscriber, sender, target) in &mut self.subscribers {
            let mut outlet = Outlet { sender, egress: &mut self.egress, target: *target, gathers: false };
            for (packet, padding) in self.batch.packets.iter().zip(&self.batch.paddings) {
                subscriber.forward(self.now, self.batch.source, packet, *padding, &self.room, &mut outlet);
            }
            if self.egress.is_full() {
                self.egress.flush(&mut Void, &self.counters);
            }
        }
        self.egress.flush(&mut Void, &self.counters);
        let count = self.batch.packets.len() as u64;
        for packet in &mut self.batch.packets {
            packet.sequence += count;
            packet.timestamp = packet.timestamp.wrapping_add(3_000);
            packet.keyframe = false;
        }
        let after = (datagrams.load(Ordering::Relaxed), sends.load(Ordering::Relaxed));
        (after.0 - before.0, after.1 - before.1)
    }
}
