//! Viewers whom UDP does not reach, viewers on IPv6, and strangers who try to harm: over real sockets.

#![allow(clippy::disallowed_methods, reason = "real sockets live in real time")]

use crate::media::{LIMIT, Plane};
use crate::stack::{Client, run};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use str0m::format::Codec;

#[test]
fn a_viewer_behind_a_wall_watches_over_tcp() {
    for workers in [1, 2] {
        let plane = Plane::start(workers);
        let (mut publisher, _) = plane.publisher(Codec::Vp8, &[]);
        let mut viewers: Vec<Client> = (0..4)
            .map(|_| {
                let (client, offer) = Client::tcp_viewer(Codec::Vp8, plane.media.local_addr());
                plane.join(client, offer).0
            })
            .collect();
        run(Some(&mut publisher), &mut viewers, LIMIT, "pictures over TCP", |_, v| {
            v.iter().all(|v| v.video.len() > 150 && v.audio.len() > 40)
        });
        for viewer in &viewers {
            assert!(viewer.video.windows(2).all(|p| p[1].number == p[0].number + 1), "TCP loses nothing");
        }
        plane.stop();
    }
}

#[test]
fn a_connection_that_does_not_read_costs_the_others_nothing() {
    let plane = Plane::start(1);
    let (mut publisher, _) = plane.publisher(Codec::Vp8, &[]);
    let (client, offer) = Client::tcp_viewer(Codec::Vp8, plane.media.local_addr());
    let (mut deaf, _) = plane.join(client, offer);
    let mut viewers = [plane.viewer(Codec::Vp8).0];
    run(Some(&mut publisher), std::slice::from_mut(&mut deaf), LIMIT, "a picture", |_, v| v[0].video.len() > 10);
    // From here on `deaf` is not stepped: it neither reads nor goes away.
    run(Some(&mut publisher), &mut viewers, LIMIT, "the other's picture", |_, v| v[0].video.len() > 400);
    assert!(viewers[0].video.windows(2).all(|p| p[1].number == p[0].number + 1));
    plane.stop();
}

#[test]
fn connections_of_strangers_end_and_broken_frames_too() {
    let plane = Plane::start(1);
    let server = plane.media.local_addr();
    let mut liar = TcpStream::connect(server).expect("connect");
    liar.write_all(&[0xff, 0xff, 0, 1]).expect("written");
    liar.set_read_timeout(Some(Duration::from_secs(5))).expect("timeout");
    assert_eq!(liar.read(&mut [0; 16]).ok(), Some(0), "a frame that cannot be ends the connection at once");
    let mut mute = TcpStream::connect(server).expect("connect");
    mute.write_all(&[0, 4, 1, 2, 3, 4]).expect("written");
    mute.set_read_timeout(Some(Duration::from_secs(15))).expect("timeout");
    let since = Instant::now();
    assert_eq!(mute.read(&mut [0; 16]).ok(), Some(0), "who does not prove itself is let go");
    assert!(since.elapsed() > Duration::from_secs(8));
    plane.stop();
}

#[test]
fn media_flows_over_ipv6() {
    if UdpSocket::bind("[::1]:0").is_err() {
        // A machine without IPv6 has nothing to prove.
        return;
    }
    let plane = Plane::on("[::1]:0", 2);
    let (client, offer) = Client::on_ipv6(Codec::H264, true);
    let mut publisher = plane.air(client, offer);
    let (client, offer) = Client::on_ipv6(Codec::H264, false);
    let mut viewers = [plane.join(client, offer).0];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a picture over IPv6", |_, v| v[0].video.len() > 90);
    plane.stop();
}

/// Resident memory in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).expect("a line");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number")
}

/// One datagram of an attack: random, STUN-like, SRTP-like and SRTCP-like with random SSRCs, DTLS-like.
fn forged(kind: u64, random: &mut u64, out: &mut [u8; 120]) -> usize {
    for chunk in out.chunks_exact_mut(8) {
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        chunk.copy_from_slice(&random.to_be_bytes());
    }
    match kind {
        0 => out[0] = 0x80,
        1 => (out[0], out[1]) = (0x80, 200 + out[1] % 8),
        2 => {
            out[..8].copy_from_slice(&[0, 1, 0, 100, 0x21, 0x12, 0xa4, 0x42]);
            // A USERNAME that names nobody, and something behind it.
            out[20..24].copy_from_slice(&[0, 6, 0, 16]);
            out[24 + 8] = b':';
            out[40..44].copy_from_slice(&[0, 0x24, 0, 76]);
        }
        3 => out[0] = 22,
        _ => {}
    }
    120
}

#[test]
fn a_million_forged_datagrams_leave_memory_flat_and_viewers_undisturbed() {
    const DATAGRAMS: u64 = 1_000_000;
    let plane = Plane::start(2);
    let (mut publisher, _) = plane.publisher(Codec::Vp8, &[]);
    let mut viewers = [plane.viewer(Codec::Vp8).0];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a picture", |_, v| v[0].video.len() > 60);
    let to = plane.media.local_addr();
    let counters = plane.media.counters();
    let refused = counters.datagrams_refused.load(Relaxed);
    let before = resident();
    let attack = std::thread::spawn(move || {
        // Addresses of this machine that no viewer has; every one is a stranger.
        let sockets: Vec<UdpSocket> = (1..=40_u8)
            .map(|host| UdpSocket::bind(SocketAddr::from(([127, 7, 7, host], 0))).expect("a loopback address"))
            .collect();
        let (mut random, mut datagram) = (7_u64, [0; 120]);
        for i in 0..DATAGRAMS {
            let length = forged(i % 5, &mut random, &mut datagram);
            let _ = sockets[(i % 40) as usize].send_to(&datagram[..length], to);
            if i % 256 == 0 {
                // Room for the viewer's step in this very process, and for the kernel's queue.
                std::thread::sleep(Duration::from_micros(1_500));
            }
        }
    });
    let had = viewers[0].video.len();
    while !attack.is_finished() {
        publisher.step(true);
        viewers[0].step(false);
        std::thread::sleep(Duration::from_millis(1));
    }
    attack.join().expect("the attack ends");
    run(Some(&mut publisher), &mut viewers, LIMIT, "the picture goes on", |_, v| v[0].video.len() > had + 90);
    let seen = counters.datagrams_refused.load(Relaxed) - refused;
    assert!(seen > DATAGRAMS / 2, "the attack reached us: {seen}");
    let grown = resident().saturating_sub(before);
    // What tests keep of received pictures is in there; forged packets at 214 bytes each would be 200 MB.
    assert!(grown < 40_000, "memory grew by {grown} KiB");
    let mut numbers: Vec<u32> = viewers[0].video.iter().map(|g| g.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert!(numbers.windows(2).all(|p| p[1] == p[0] + 1), "the viewer missed nothing");
    plane.stop();
}
