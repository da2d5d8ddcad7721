//! What a subscriber is sent, whatever happens to it: no number twice, and everything opens under its own keys.

use super::*;
use crate::media::counters::MediaCounters;
use crate::media::egress::{Sent, Sink};
use crate::media::measure::{NOBODY, player};
use crate::media::negotiate::Identity;
use crate::media::shared::Batch;
use crate::sfu::rtp::RtpHeader;
use crate::srtp::{MasterKey, Profile, Receiver};
use bytes::Bytes;
use proptest::prelude::*;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

/// Keeps what it is given.
#[derive(Default)]
struct Wire(Vec<Vec<u8>>);

impl Sink for Wire {
    fn send(&mut self, contents: &[u8], segment: usize, _: &Target) -> Sent {
        self.0.extend(contents.chunks(segment).map(<[u8]>::to_vec));
        Sent::Whole
    }
}

struct World {
    subscriber: Subscriber,
    room: Room,
    sender: Sender,
    receiver: Receiver,
    egress: Egress,
    wire: Wire,
    now: Instant,
    next: [[u64; 3]; 3],
}

impl World {
    fn new(profile: Profile) -> Self {
        let now = crate::clock::monotonic();
        let identity = Identity::generate([SocketAddr::from(([127, 0, 0, 1], 8443))].into(), false).expect("identity");
        let peer = player(&identity, now).expect("a player");
        let material: Vec<u8> = (0..profile.keying_material() as u8).collect();
        let (_, server) = MasterKey::from_exporter(profile, &material).expect("keys");
        Self {
            subscriber: Subscriber::new(&peer, now),
            room: Room::new(Arc::default(), now),
            sender: Sender::new(profile, &server).expect("sender"),
            receiver: Receiver::new(profile, &server).expect("receiver"),
            egress: Egress::new(64),
            wire: Wire::default(),
            now,
            next: [[100; 3]; 3],
        }
    }

    fn act(&mut self, act: impl FnOnce(&mut Subscriber, Instant, &Room, &mut Outlet<'_>)) {
        let target = Target { to: SocketAddr::from(([127, 0, 0, 1], 9)), from: None, distress: 0 };
        let mut outlet = Outlet { sender: &mut self.sender, egress: &mut self.egress, target, gathers: false };
        act(&mut self.subscriber, self.now, &self.room, &mut outlet);
        self.egress.flush(&mut self.wire, &MediaCounters::default());
    }

    /// A packet of a source and layer (2: sound), some numbers ahead.
    fn packet(&mut self, source: usize, layer: usize, ahead: u64, keyframe: bool, late: bool) {
        let next = &mut self.next[source][layer];
        *next += 1 + ahead;
        let sequence = if late { next.saturating_sub(7) } else { *next };
        let sound = layer == 2;
        let packet = Packet {
            track: if sound { TrackKey::Audio } else { TrackKey::Video },
            layer: LayerId(if sound { 0 } else { layer as u8 }),
            codec: if sound { Codec::Opus } else { Codec::H264 },
            sequence,
            timestamp: (sequence as u32).wrapping_mul(3_000),
            marker: true,
            keyframe: keyframe || sound,
            arrived: self.now,
            payload: Bytes::from(vec![if keyframe { 0x67 } else { 0x41 }; 50]),
        };
        let (show, source) = (NOBODY.into(), SourceId(source as u64));
        let batch =
            Batch { show, source, packets: vec![packet], paddings: vec![1], timelines: Vec::new(), past: false };
        self.room.handle_batch(self.now, &batch);
        self.act(|subscriber, now, room, outlet| {
            subscriber.forward(now, source, &batch.packets[0], 1, room, outlet);
        });
    }

    /// Every packet that was sent opens, and no number of any stream came twice.
    fn check(&mut self) -> usize {
        let mut seen = HashSet::new();
        for datagram in &mut self.wire.0 {
            let header = RtpHeader::parse(&without_padding_bit(datagram)).expect("a header");
            assert!(
                seen.insert((header.ssrc, header.sequence)),
                "{} of {:x} was sealed twice",
                header.sequence,
                header.ssrc
            );
            // Few packets: no stream has come to its first rollover.
            let index = u64::from(header.sequence);
            assert!(self.receiver.open_rtp(datagram, header.payload_offset, index).is_some());
        }
        seen.len()
    }
}

/// The padding length is ciphertext: the header is read without asking for it.
fn without_padding_bit(datagram: &[u8]) -> Vec<u8> {
    let mut copy = datagram.to_vec();
    copy[0] &= !0x20;
    copy
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_number_is_sealed_twice(
        older: bool,
        steps in proptest::collection::vec((0_u8..12, 0_usize..3, 0_usize..3, 0_u64..3, any::<u16>()), 1..400),
    ) {
        let mut world = World::new(if older { Profile::Aes128CmHmacSha1 } else { Profile::AeadAes128Gcm });
        for (what, source, layer, ahead, number) in steps {
            world.now += Duration::from_millis(u64::from(number % 40));
            match what {
                0 => world.act(|s, now, room, outlet| _ = s.begin_with_past(now, room, outlet)),
                1 | 2 => {
                    let sequence = 1_000 + number % 400;
                    world.act(|s, now, room, outlet| _ = s.repeat(now, sequence, room, outlet));
                }
                3 => world.act(|s, now, room, outlet| s.adapt(now, room, outlet)),
                4 => world.subscriber.set_limit(world.now, LayerId(u8::from(number % 2 == 0))),
                5 => world.packet(source, layer, ahead, true, false),
                6 => world.packet(source, layer, ahead, false, true),
                7 => world.subscriber.distress = number as u8,
                _ => world.packet(source, layer, ahead, number % 30 == 0, false),
            }
        }
        world.check();
    }
}

#[test]
fn a_joiner_begins_with_the_present_group_and_goes_on_without_a_seam() {
    let mut world = World::new(Profile::AeadAes128Gcm);
    let joiner = World::new(Profile::AeadAes128Gcm);
    world.packet(0, 0, 0, true, false);
    for _ in 0..20 {
        world.now += Duration::from_millis(33);
        world.packet(0, 0, 0, false, false);
    }
    // The room is the same, the subscriber is new.
    (world.subscriber, world.wire) = (joiner.subscriber, Wire::default());
    let mut sent = 0;
    world.act(|s, now, room, outlet| sent = s.begin_with_past(now, room, outlet));
    assert_eq!(sent, 21);
    world.packet(0, 0, 0, false, false);
    assert_eq!(world.check(), 22);
    let stamps: Vec<u32> = world.wire.0.iter().map(|d| u32::from_be_bytes([d[4], d[5], d[6], d[7]])).collect();
    let steps: Vec<u32> = stamps.windows(2).map(|t| t[1].wrapping_sub(t[0])).collect();
    assert!(steps[..20].iter().all(|s| *s < 100), "drawn together: {steps:?}");
    assert_eq!(steps[20], 3_000);
}

#[test]
fn what_is_old_large_or_broken_is_not_begun_with() {
    let begun = |make: &dyn Fn(&mut World)| {
        let (mut world, joiner) = (World::new(Profile::AeadAes128Gcm), World::new(Profile::AeadAes128Gcm));
        world.packet(0, 0, 0, true, false);
        make(&mut world);
        world.subscriber = joiner.subscriber;
        let mut sent = 0;
        world.act(|s, now, room, outlet| sent = s.begin_with_past(now, room, outlet));
        sent
    };
    assert_eq!(begun(&|w| w.packet(0, 0, 0, false, false)), 2);
    assert_eq!(begun(&|w| w.packet(0, 0, 1, false, false)), 0, "a packet is missing");
    assert_eq!(begun(&|w| w.now += Duration::from_millis(2_001)), 0, "too old");
    assert_eq!(begun(&|w| (0..7_000).for_each(|_| w.packet(0, 0, 0, false, false))), 0, "too large");
}

#[test]
fn a_small_player_begins_with_the_small_picture() {
    for (limit, layer) in [(LayerId(0), LayerId(0)), (LayerId(u8::MAX), LayerId(1))] {
        let (mut world, joiner) = (World::new(Profile::AeadAes128Gcm), World::new(Profile::AeadAes128Gcm));
        world.packet(0, 0, 0, true, false);
        world.packet(0, 1, 0, true, false);
        world.subscriber = joiner.subscriber;
        world.subscriber.set_limit(world.now, limit);
        let mut sent = 0;
        world.act(|s, now, room, outlet| sent = s.begin_with_past(now, room, outlet));
        assert_eq!((sent, world.subscriber.picture()), (1, Some((SourceId(0), layer))));
    }
}
