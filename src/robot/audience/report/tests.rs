//! A report of made-up figures: what is divided by what.

use super::*;
use crate::robot::audience::{Publish, Sockets};
use crate::sfu::codec::Codec;
use std::sync::atomic::AtomicU64;

/// A run of ten viewers for two seconds, 2,000 packets, a tenth of a second of CPU.
pub(in crate::robot::audience) fn sample(label: &str, viewers: u64, cpu_ms: u64) -> Report {
    let publish = Publish { host: None, codec: Codec::H264, bitrate_bps: 1, simulcast: false };
    let target = Target::Show { server: "127.0.0.1:1".parse().unwrap(), slug: "a".to_owned(), sockets: Sockets::Ws };
    let config = LoadConfig {
        target,
        viewers: viewers as usize,
        joins_per_s: 1.0,
        window: Duration::from_secs(2),
        settle: Duration::ZERO,
        threads: 1,
        sampled: 1,
        twcc: true,
        server_pid: Some(1),
        publish: Some(publish),
        label: label.to_owned(),
    };
    let mut tally =
        Tally { packets: 200 * viewers, expected: 200 * viewers, received: 198 * viewers, ..Tally::default() };
    (0..viewers).for_each(|_| tally.connected.add(Duration::from_millis(5)));
    tally.delay.add(Duration::from_micros(300));
    let on_air = OnAir { keyframes: AtomicU64::new(2), ..OnAir::default() };
    Report::new(
        &config,
        &tally,
        Measured {
            joined: viewers,
            failures: BTreeMap::new(),
            joined_in: Duration::from_secs(1),
            window: Duration::from_secs(2),
            server_cpu: Some(Duration::from_millis(cpu_ms)),
            own_cpu: Duration::from_millis(100),
            server_memory: Some((3_000, 1_000)),
            dropped: 0,
            published: Some((Arc::new(on_air), 200)),
        },
    )
}

#[test]
fn figures_are_per_packet_and_per_viewer() {
    let report = sample("x", 10, 100);
    let server = report.server.unwrap();
    assert_eq!((server.cpu_us_per_packet, server.cores, server.memory_kib_per_viewer), (50.0, 0.05, 200.0));
    assert_eq!((report.packets_per_s, report.joins_per_s), (1_000.0, 10.0));
    assert!((report.loss_percent - 1.0).abs() < 1e-9 && (report.delivered_percent.unwrap() - 99.0).abs() < 1e-9);
    let table = report.table();
    assert!(table.contains("10 of 10 viewers") && table.contains("50.00 µs of CPU a packet"), "{table}");
}

#[test]
fn json_is_read_back() {
    let report = sample("x", 10, 100);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}
