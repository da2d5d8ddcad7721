//! The robot audience in front of a real server: what it counts must be what was sent.

use crate::harness::Server;
use quiora::robot::audience::{Host, LoadConfig, Publish, Report, Sockets, Target, run};
use quiora::sfu::codec::Codec;
use quiora_signaling::Role;
use std::time::Duration;

/// Viewers come at so many a second.
async fn watched(server: &Server, sockets: Sockets, codec: Codec, viewers: usize, joins_per_s: f64) -> Report {
    let show = server.show("load").await;
    let host = Host::Token(server.token(&show, Role::Host).await);
    let config = LoadConfig {
        target: Target::Show { server: server.app().address(), slug: "load".to_owned(), sockets },
        viewers,
        joins_per_s,
        window: Duration::from_secs(2),
        settle: Duration::from_millis(500),
        threads: 1,
        sampled: viewers / 2,
        twcc: true,
        server_pid: Some(std::process::id()),
        publish: Some(Publish { host: Some(host), codec, bitrate_bps: 600_000, simulcast: false }),
        label: "test".to_owned(),
    };
    let mut moments = 0;
    let report = run(&config, |_| moments += 1).await.unwrap();
    assert!(moments >= 2, "it tells how it goes");
    report
}

fn sane(report: &Report, viewers: u64) {
    assert_eq!((report.joined, report.connected, report.silent, report.closed), (viewers, viewers, 0, 0), "{report:?}");
    assert!(report.failures.is_empty(), "{report:?}");
    // 30 pictures of three packets and 50 packets of sound a second.
    let due = 2.0 * 140.0 * viewers as f64;
    assert!((report.packets as f64 / due - 1.0).abs() < 0.15, "{} packets of {due}: {report:?}", report.packets);
    assert!(report.first_keyframe_ms.is_some_and(|times| times.count == viewers), "{report:?}");
    assert!(report.loss_percent == 0.0 && report.robots.packets_dropped == 0, "{report:?}");
    let sampled = report.sampled;
    assert_eq!(sampled.viewers, viewers / 2);
    assert_eq!((sampled.packets_lost, sampled.packets_twice, sampled.packets_not_opened), (0, 0, 0), "{report:?}");
    assert!(sampled.packets > 0 && report.delay_ms.is_some_and(|delay| delay.p50 < 200.0), "{report:?}");
    let server = report.server.unwrap();
    assert!(server.cpu_us_per_packet > 0.0 && server.memory_mib > 1.0, "{report:?}");
    assert_eq!(report.srtp.get("AEAD_AES_128_GCM"), Some(&viewers), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_viewers_by_their_sockets_lose_nothing() {
    let mut server = Server::start(1).await;
    let report = watched(&server, Sockets::Ws, Codec::H264, 20, 40.0).await;
    sane(&report, 20);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn viewers_by_whep_lose_nothing() {
    let mut server = Server::start(2).await;
    let report = watched(&server, Sockets::Whep, Codec::Vp8, 6, 40.0).await;
    sane(&report, 6);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_join_the_seller_is_asked_once_a_second() {
    let mut server = Server::start(2).await;
    let began = quiora::clock::monotonic();
    let report = watched(&server, Sockets::Ws, Codec::H264, 150, 100.0).await;
    let seconds = began.elapsed().as_secs();
    assert_eq!((report.joined, report.silent), (150, 0), "{report:?}");
    let asked = report.published.map(|published| published.keyframe_requests);
    assert!(asked.is_some_and(|asked| asked <= 1 + seconds), "{asked:?} in {seconds} s");
    server.stop().await;
}
