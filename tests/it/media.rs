//! The media plane against an independent stack, over real sockets on loopback.

#![allow(clippy::disallowed_methods, reason = "real sockets live in real time, and ids must differ between tests")]

use crate::stack::{Client, Got, PER_FRAME, run};
use quiora::media::{Media, MediaConfig, MediaEvent, PeerKind, PeerState};
use quiora_signaling::{PeerEnd, PeerId, RefusalCode, SessionId, ShowId};
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use str0m::format::Codec;
use tokio::sync::mpsc::Receiver;
use uuid::Uuid;

pub(crate) const LIMIT: Duration = Duration::from_secs(20);

pub(crate) struct Plane {
    pub(crate) media: Media,
    events: Receiver<MediaEvent>,
    show: ShowId,
    runtime: tokio::runtime::Runtime,
}

impl Plane {
    pub(crate) fn start(workers: usize) -> Self {
        Self::on("127.0.0.1:0", workers)
    }

    pub(crate) fn on(bind: &str, workers: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        let bind = bind.parse().expect("address");
        let (media, events) =
            Media::start(&MediaConfig { bind, public_ips: Vec::new(), workers }).expect("media starts");
        Self { media, events, show: Uuid::now_v7().into(), runtime }
    }

    fn ids() -> (SessionId, PeerId) {
        (Uuid::now_v7().into(), Uuid::now_v7().into())
    }

    pub(crate) fn publisher(&self, codec: Codec, rids: &[&'static str]) -> (Client, PeerId) {
        let (mut client, offer) = Client::publisher(codec, rids);
        let (session, peer) = Self::ids();
        let answer = self.runtime.block_on(self.media.publish(self.show, session, peer, offer)).expect("answer");
        client.answer(&answer);
        (client, peer)
    }

    pub(crate) fn viewer(&self, codec: Codec) -> (Client, PeerId) {
        let (client, offer) = Client::viewer(codec);
        self.join(client, offer)
    }

    /// Subscribes with an offer.
    pub(crate) fn join(&self, mut client: Client, offer: String) -> (Client, PeerId) {
        let (session, peer) = Self::ids();
        let answer = self.runtime.block_on(self.media.subscribe(self.show, session, peer, offer)).expect("answer");
        assert!(answer.contains("a=ice-lite"), "{answer}");
        client.answer(&answer);
        (client, peer)
    }

    /// Publishes with an offer.
    pub(crate) fn air(&self, mut client: Client, offer: String) -> Client {
        let (session, peer) = Self::ids();
        let answer = self.runtime.block_on(self.media.publish(self.show, session, peer, offer)).expect("answer");
        client.answer(&answer);
        client
    }

    fn next_event(&mut self, what: &str, wanted: impl Fn(&MediaEvent) -> bool) -> MediaEvent {
        let until = Instant::now() + LIMIT;
        loop {
            match self.events.try_recv() {
                Ok(event) if wanted(&event) => return event,
                Ok(_) => {}
                Err(_) => {
                    assert!(Instant::now() < until, "no event: {what}");
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        }
    }

    pub(crate) fn stop(self) {
        self.runtime.block_on(self.media.stop());
    }
}

/// Each packet once and in order, by header and by content.
pub(crate) fn in_order(got: &[Got]) {
    for pair in got.windows(2) {
        assert!(pair[1].sequence == pair[0].sequence + 1, "{:?} then {:?}", pair[0], pair[1]);
        assert!(pair[1].number == pair[0].number + 1, "{:?} then {:?}", pair[0], pair[1]);
        assert!(pair[1].timestamp >= pair[0].timestamp, "{:?} then {:?}", pair[0], pair[1]);
    }
}

/// All numbers between the first and the last, each once; the last few may still be on their way.
fn complete(got: &[Got]) -> bool {
    let mut numbers: Vec<_> = got.iter().map(|g| g.number).collect();
    numbers.sort_unstable();
    let before = numbers.len();
    numbers.dedup();
    assert_eq!(before, numbers.len(), "a packet came twice");
    let settled = numbers.len().saturating_sub(30);
    numbers.iter().take(settled).zip(numbers.iter().skip(1)).all(|(a, b)| b - a == 1)
}

fn both_ways(codec: Codec) {
    let plane = Plane::start(1);
    let (mut publisher, _) = plane.publisher(codec, &[]);
    let (viewer, _) = plane.viewer(codec);
    let mut viewers = [viewer];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a hundred packets of each", |_, v| {
        v[0].video.len() > 100 && v[0].audio.len() > 50
    });
    let [viewer] = &viewers;
    in_order(&viewer.video);
    in_order(&viewer.audio);
    assert!(viewer.video[0].keyframe, "the first thing a viewer gets is a keyframe");
    assert_eq!(viewer.video[0].number % PER_FRAME, 0, "and its beginning");
    plane.stop();
}

#[test]
fn h264_and_opus_flow_in_order() {
    both_ways(Codec::H264);
}

#[test]
fn vp8_and_opus_flow_in_order() {
    both_ways(Codec::Vp8);
}

#[test]
fn lost_datagrams_are_repaired_on_both_legs() {
    let plane = Plane::start(1);
    let (mut publisher, _) = plane.publisher(Codec::Vp8, &[]);
    let (viewer, _) = plane.viewer(Codec::Vp8);
    let mut viewers = [viewer];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a picture", |_, v| v[0].video.len() > 30);
    publisher.loss_out = 5;
    viewers[0].loss_in = 5;
    let begin = publisher.frames();
    run(Some(&mut publisher), &mut viewers, LIMIT, "five seconds", |p, _| p.is_some_and(|p| p.frames() > begin + 150));
    (publisher.loss_out, viewers[0].loss_in) = (0, 0);
    run(Some(&mut publisher), &mut viewers, LIMIT, "all repaired", |_, v| complete(&v[0].video));
    let counters = plane.media.counters();
    assert!(counters.nack_out.load(Relaxed) > 0 && counters.nack_in.load(Relaxed) > 0, "both legs asked");
    let again = counters.retransmitted.load(Relaxed);
    assert!(again <= 3 * viewers[0].dropped, "{again} retransmissions for {} losses", viewers[0].dropped);
    assert!(publisher.dropped > 10 && viewers[0].dropped > 10, "{} and {}", publisher.dropped, viewers[0].dropped);
    plane.stop();
}

#[test]
fn a_keyframe_request_reaches_the_publisher_once_a_second_at_most() {
    let plane = Plane::start(2);
    let (mut publisher, _) = plane.publisher(Codec::Vp8, &[]);
    let mut viewers: Vec<_> = (0..10).map(|_| plane.viewer(Codec::Vp8).0).collect();
    run(Some(&mut publisher), &mut viewers, LIMIT, "ten pictures", |_, v| v.iter().all(|v| v.video.len() > 10));
    let (asked, from) = (publisher.keyframe_requests, Instant::now());
    let keys = |v: &Client| v.video.iter().filter(|g| g.keyframe && g.number % PER_FRAME == 0).count();
    let had: Vec<_> = viewers.iter().map(keys).collect();
    for viewer in &mut viewers {
        viewer.request_keyframe();
    }
    run(Some(&mut publisher), &mut viewers, LIMIT, "a keyframe for all", |_, v| {
        v.iter().zip(&had).all(|(v, had)| keys(v) > *had)
    });
    let allowed = 2 + from.elapsed().as_secs();
    assert!(publisher.keyframe_requests - asked <= allowed, "{} requests", publisher.keyframe_requests - asked);
    plane.stop();
}

#[test]
fn fifty_viewers_on_two_workers_get_every_packet() {
    let plane = Plane::start(2);
    let (mut publisher, _) = plane.publisher(Codec::H264, &[]);
    let mut viewers: Vec<_> = (0..50).map(|_| plane.viewer(Codec::H264).0).collect();
    run(Some(&mut publisher), &mut viewers, LIMIT * 2, "fifty pictures", |_, v| v.iter().all(|v| v.video.len() > 150));
    viewers.iter().for_each(|v| in_order(&v.video));
    let counters = plane.media.counters();
    assert_eq!(counters.peers(PeerKind::Subscriber, PeerState::Connected), 50);
    assert_eq!(counters.peers(PeerKind::Publisher, PeerState::Connected), 1);
    let (buckets, _) = counters.join_histogram();
    assert_eq!(buckets.iter().sum::<u64>(), 50, "each viewer's first packet is timed once");
    plane.stop();
}

#[test]
fn the_first_viewer_of_each_worker_begins_with_the_present_group() {
    let plane = Plane::start(4);
    let (mut publisher, _) = plane.publisher(Codec::H264, &[]);
    publisher.gop = 15;
    run(Some(&mut publisher), &mut [], LIMIT, "nobody watches yet", |p, _| p.is_some_and(|p| p.frames() > 20));
    let mut viewers = Vec::new();
    for joined in 1..=12 {
        viewers.push(plane.viewer(Codec::H264).0);
        run(Some(&mut publisher), &mut viewers, LIMIT, "a picture", |_, v| v.iter().all(|v| !v.video.is_empty()));
        assert_eq!(plane.media.counters().fast_starts.load(Relaxed), joined, "each begins with what is past");
    }
    let had: Vec<_> = viewers.iter().map(|v| v.video.len()).collect();
    run(Some(&mut publisher), &mut viewers, LIMIT, "the picture goes on", |_, v| {
        v.iter().zip(&had).all(|(v, had)| v.video.len() > had + 90)
    });
    viewers.iter().for_each(|v| in_order(&v.video));
    assert_eq!(publisher.keyframe_requests, 0, "nothing had to be asked for");
    plane.stop();
}

#[test]
fn a_viewer_whose_source_port_changes_keeps_its_picture() {
    let plane = Plane::start(2);
    let (mut publisher, _) = plane.publisher(Codec::Vp8, &[]);
    let (viewer, _) = plane.viewer(Codec::Vp8);
    let mut viewers = [viewer];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a picture", |_, v| v[0].video.len() > 60);
    for _ in 0..3 {
        viewers[0].rebind();
        let had = viewers[0].video.len();
        run(Some(&mut publisher), &mut viewers, LIMIT, "a picture on the new port", |_, v| v[0].video.len() > had + 90);
    }
    plane.stop();
}

#[test]
fn simulcast_forwards_the_highest_layer() {
    let plane = Plane::start(1);
    let (mut publisher, _) = plane.publisher(Codec::Vp8, &["q", "h", "f"]);
    let (viewer, _) = plane.viewer(Codec::Vp8);
    let mut viewers = [viewer];
    run(Some(&mut publisher), &mut viewers, LIMIT, "the highest layer", |_, v| {
        v[0].video.len() > 200 && v[0].video.iter().rev().take(60).all(|g| g.layer == 2)
    });
    let [viewer] = &viewers;
    let numbered = viewer.video.windows(2).all(|p| p[1].sequence == p[0].sequence + 1);
    assert!(numbered, "numbers go on over the switch between layers");
    plane.stop();
}

#[test]
fn a_new_publisher_takes_over_and_numbers_go_on() {
    let mut plane = Plane::start(2);
    let (mut first, first_id) = plane.publisher(Codec::Vp8, &[]);
    let (viewer, _) = plane.viewer(Codec::Vp8);
    let mut viewers = [viewer];
    run(Some(&mut first), &mut viewers, LIMIT, "a picture", |_, v| v[0].video.len() > 60);
    let (mut second, _) = plane.publisher(Codec::Vp8, &[]);
    let had = viewers[0].video.len();
    run(Some(&mut second), &mut viewers, LIMIT, "the second's picture", |_, v| v[0].video.len() > had + 60);
    let sequences: Vec<_> = viewers[0].video.iter().map(|g| g.sequence).collect();
    assert!(sequences.windows(2).all(|p| p[1] > p[0]), "numbers go on over the change of publishers");
    let down =
        plane.next_event("the first ends", |e| matches!(e, MediaEvent::PeerDown { peer, .. } if *peer == first_id));
    assert!(matches!(down, MediaEvent::PeerDown { reason: PeerEnd::Replaced, publisher: true, .. }), "{down:?}");
    plane.stop();
}

#[test]
fn a_silent_publisher_is_told_from_a_gone_one() {
    let mut plane = Plane::start(1);
    let (mut publisher, id) = plane.publisher(Codec::Vp8, &[]);
    run(Some(&mut publisher), &mut [], LIMIT, "some frames", |p, _| p.is_some_and(|p| p.frames() > 30));
    plane.next_event("flowing", |e| matches!(e, MediaEvent::Flowing { peer, .. } if *peer == id));
    plane.next_event("stalled", |e| matches!(e, MediaEvent::Stalled { peer, .. } if *peer == id));
    let frames = publisher.frames();
    run(Some(&mut publisher), &mut [], LIMIT, "more frames", |p, _| p.is_some_and(|p| p.frames() > frames + 30));
    plane.next_event("flowing again", |e| matches!(e, MediaEvent::Flowing { peer, .. } if *peer == id));
    plane.media.close(id);
    let down = plane.next_event("down", |e| matches!(e, MediaEvent::PeerDown { peer, .. } if *peer == id));
    assert!(matches!(down, MediaEvent::PeerDown { reason: PeerEnd::Closed, .. }), "{down:?}");
    run(Some(&mut publisher), &mut [], LIMIT, "the goodbye is heard", |p, _| p.is_some_and(|p| p.closed));
    plane.stop();
}

#[test]
fn what_is_no_offer_is_refused_by_code() {
    let plane = Plane::start(1);
    let ask = |sdp: &str| {
        let (session, peer) = Plane::ids();
        plane.runtime.block_on(plane.media.subscribe(plane.show, session, peer, sdp.to_owned()))
    };
    assert_eq!(ask(""), Err(RefusalCode::OfferInvalid));
    assert_eq!(ask("v=0\r\n"), Err(RefusalCode::OfferInvalid));
    assert_eq!(ask(&"a=b\r\n".repeat(40_000)), Err(RefusalCode::OfferInvalid));
    let (_, offer) = Client::viewer(Codec::Vp8);
    assert_eq!(ask(&offer.replace("VP8/90000", "XYZ/90000")), Err(RefusalCode::CodecUnsupported));
    assert_eq!(ask(&offer.replace("a=recvonly", "a=sendonly")), Err(RefusalCode::OfferInvalid));
    assert_eq!(ask(&offer.replace("ice-ufrag", "ice-nothing")), Err(RefusalCode::OfferInvalid));
    assert!(ask(&offer).is_ok());
    plane.stop();
}

#[test]
fn garbage_and_strangers_do_not_disturb_a_viewer() {
    let plane = Plane::start(2);
    let (mut publisher, _) = plane.publisher(Codec::Vp8, &[]);
    let (viewer, _) = plane.viewer(Codec::Vp8);
    let mut viewers = [viewer];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a picture", |_, v| v[0].video.len() > 30);
    let stranger = std::net::UdpSocket::bind("127.0.0.1:0").expect("bind");
    let (to, mut random) = (plane.media.local_addr(), 1_u64);
    for i in 0..20_000_u64 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(i | 1);
        let mut datagram = random.to_be_bytes().repeat(1 + (random >> 60) as usize * 8);
        match i % 4 {
            0 => datagram[0] = 0x80,
            1 => datagram[..2].copy_from_slice(&[0, 1]),
            2 => datagram[0] = 22,
            _ => {}
        }
        let _ = stranger.send_to(&datagram, to);
    }
    let had = viewers[0].video.len();
    run(Some(&mut publisher), &mut viewers, LIMIT, "the picture goes on", |_, v| v[0].video.len() > had + 90);
    assert!(complete(&viewers[0].video));
    plane.stop();
}
