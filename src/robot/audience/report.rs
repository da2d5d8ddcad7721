//! What a run has shown: as JSON for machines, as a table for people.

use super::histogram::{Histogram, Percentiles};
use super::publisher::OnAir;
use super::tally::{Sampled, Tally};
use super::{LoadConfig, Target};
use crate::srtp::Profile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// The figures of one run. Every figure of packets is of the measured window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The run's name.
    pub label: String,
    /// Whom it loaded, and through which door.
    pub target: String,
    /// Viewers that were to come.
    pub viewers: u64,
    /// Viewers that were let in.
    pub joined: u64,
    /// Viewers whose connection came up.
    pub connected: u64,
    /// Why others were not let in or were put out, and how many.
    pub failures: BTreeMap<String, u64>,
    /// Connections per second while they came.
    pub joins_per_s: f64,
    /// From the knock to the end of the handshake, ms.
    pub connected_ms: Option<Percentiles>,
    /// From the knock to the first media packet, ms.
    pub first_packet_ms: Option<Percentiles>,
    /// From the knock to the first packet of a keyframe, ms.
    pub first_keyframe_ms: Option<Percentiles>,
    /// The length of the window, s.
    pub window_s: f64,
    /// RTP packets that arrived, retransmissions included.
    pub packets: u64,
    /// Per second.
    pub packets_per_s: f64,
    /// Megabits per second.
    pub mbit_per_s: f64,
    /// Packets missing by their sequence numbers, before repair, percent.
    pub loss_percent: f64,
    /// Packets that arrived of those that were published, percent; unknown when somebody else publishes, or in layers.
    pub delivered_percent: Option<f64>,
    /// Viewers to whom nothing came.
    pub silent: u64,
    /// Viewers whose connection ended.
    pub closed: u64,
    /// What those saw who opened every packet.
    pub sampled: Sampled,
    /// From the publisher's seal to the arrival at a sampled viewer's socket, ms.
    pub delay_ms: Option<Percentiles>,
    /// How media is protected, and how many viewers have it so.
    pub srtp: BTreeMap<String, u64>,
    /// What it cost the server.
    pub server: Option<ServerFigures>,
    /// What it cost the robots.
    pub robots: RobotFigures,
    /// What the robot publisher did.
    pub published: Option<Published>,
}

/// The cost to the server.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ServerFigures {
    /// CPU time per RTP packet that arrived at a viewer, µs: everything the server did, divided.
    pub cpu_us_per_packet: f64,
    /// Cores it kept busy.
    pub cores: f64,
    /// Resident memory at the end, MiB.
    pub memory_mib: f64,
    /// What each viewer added to it, KiB.
    pub memory_kib_per_viewer: f64,
}

/// The cost to the robots, and whether they were the limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RobotFigures {
    /// Cores they kept busy, publisher included.
    pub cores: f64,
    /// Datagrams that the kernel dropped because the robots were too slow. Not zero: loss is theirs, not the server's.
    pub packets_dropped: u64,
}

/// The robot publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Packets in the window: sound, and the highest layer of the picture.
    pub packets: u64,
    /// Keyframes, of the whole run.
    pub keyframes: u64,
    /// Requests for one, of the whole run.
    pub keyframe_requests: u64,
    /// Packets sent again, of the whole run.
    pub packets_again: u64,
}

/// What the conductor has read off.
pub(super) struct Measured {
    pub(super) joined: u64,
    pub(super) failures: BTreeMap<String, u64>,
    pub(super) joined_in: Duration,
    pub(super) window: Duration,
    pub(super) server_cpu: Option<Duration>,
    pub(super) own_cpu: Duration,
    /// KiB at the end and before the first join.
    pub(super) server_memory: Option<(u64, u64)>,
    pub(super) dropped: u64,
    pub(super) published: Option<(Arc<OnAir>, u64)>,
}

impl Report {
    pub(super) fn new(config: &LoadConfig, tally: &Tally, measured: Measured) -> Self {
        let window_s = measured.window.as_secs_f64();
        let connected = tally.connected.percentiles();
        let count = connected.map_or(0, |percentiles| percentiles.count);
        let published = measured.published.map(|(on_air, packets)| Published {
            packets,
            keyframes: on_air.keyframes.load(Relaxed),
            keyframe_requests: on_air.keyframe_requests.load(Relaxed),
            packets_again: on_air.packets_again.load(Relaxed),
        });
        let layered = config.publish.as_ref().is_none_or(|publish| publish.simulcast);
        let due = published.map_or(0, |published| published.packets) * count;
        Self {
            label: config.label.clone(),
            target: target(&config.target),
            viewers: config.viewers as u64,
            joined: measured.joined,
            connected: count,
            failures: measured.failures,
            joins_per_s: ratio(count as f64, measured.joined_in.as_secs_f64()),
            connected_ms: connected,
            first_packet_ms: tally.first_packet.percentiles(),
            first_keyframe_ms: tally.first_keyframe.percentiles(),
            window_s,
            packets: tally.packets,
            packets_per_s: ratio(tally.packets as f64, window_s),
            mbit_per_s: ratio(tally.bytes as f64 * 8.0 / 1e6, window_s),
            loss_percent: 100.0 * ratio(tally.expected.saturating_sub(tally.received) as f64, tally.expected as f64),
            delivered_percent: (due > 0 && !layered).then(|| 100.0 * ratio(tally.received as f64, due as f64)),
            silent: tally.silent,
            closed: tally.closed,
            sampled: tally.sampled,
            delay_ms: Histogram::percentiles(&tally.delay),
            srtp: tally.profiles.iter().map(|(profile, count)| (name(*profile).to_owned(), *count)).collect(),
            server: measured.server_cpu.map(|cpu| ServerFigures {
                cpu_us_per_packet: ratio(cpu.as_secs_f64() * 1e6, tally.packets as f64),
                cores: ratio(cpu.as_secs_f64(), window_s),
                memory_mib: measured.server_memory.map_or(0, |(after, _)| after) as f64 / 1024.0,
                memory_kib_per_viewer: measured
                    .server_memory
                    .map_or(0.0, |(after, before)| ratio(after.saturating_sub(before) as f64, count as f64)),
            }),
            robots: RobotFigures {
                cores: ratio(measured.own_cpu.as_secs_f64(), window_s),
                packets_dropped: measured.dropped,
            },
            published,
        }
    }

    /// The table for people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = Table(String::new());
        let title = format!("{} {}", self.label, self.target);
        out.row(title.trim(), &format!("{} of {} viewers connected", self.connected, self.viewers));
        self.failures.iter().for_each(|(reason, count)| out.row("  failed", &format!("{count} × {reason}")));
        out.row("joins", &format!("{:.0} a second", self.joins_per_s));
        out.times("  knock to connected", self.connected_ms);
        out.times("  knock to first packet", self.first_packet_ms);
        out.times("  knock to first keyframe", self.first_keyframe_ms);
        let rate = format!("{:.0} a second, {:.0} Mbit/s", self.packets_per_s, self.mbit_per_s);
        out.row("packets", &format!("{} in {:.1} s: {rate}", self.packets, self.window_s));
        let delivered = self.delivered_percent.map(|percent| format!(", {percent:.3} % of what was published came"));
        out.row("loss", &format!("{:.4} % before repair{}", self.loss_percent, delivered.unwrap_or_default()));
        if self.silent + self.closed > 0 {
            out.row("  nothing came to", &format!("{} viewers; {} were put out", self.silent, self.closed));
        }
        let sampled = self.sampled;
        let repaired = format!("{} lost after {} repairs", sampled.packets_lost, sampled.packets_repaired);
        let order = format!("{} late, {} twice", sampled.packets_late, sampled.packets_twice);
        let opened = format!(
            "{} packets of {} viewers, {} not opened",
            sampled.packets, sampled.viewers, sampled.packets_not_opened
        );
        out.row("checked inside", &format!("{opened}; {repaired}; {order}"));
        out.times("delay", self.delay_ms);
        if let Some(server) = self.server {
            let cpu = format!("{:.2} µs of CPU a packet, {:.2} cores", server.cpu_us_per_packet, server.cores);
            let memory = format!("{:.0} MiB, {:.0} KiB a viewer", server.memory_mib, server.memory_kib_per_viewer);
            out.row("server", &format!("{cpu}; {memory}"));
        }
        let warning = if self.robots.packets_dropped > 0 { "  <- the robots were the limit" } else { "" };
        let dropped = format!("{} datagrams dropped{warning}", self.robots.packets_dropped);
        out.row("robots", &format!("{:.2} cores; {dropped}", self.robots.cores));
        if let Some(published) = self.published {
            let keyframes = format!("{} keyframes, {} asked for", published.keyframes, published.keyframe_requests);
            out.row(
                "publisher",
                &format!("{} packets, {} again; {keyframes}", published.packets, published.packets_again),
            );
        }
        out.0
    }
}

struct Table(String);

impl Table {
    fn row(&mut self, name: &str, value: &str) {
        let wide = name.chars().count() > 24;
        let (name, rest) = if wide { (format!("{name}\n{:24}", ""), value) } else { (format!("{name:24}"), value) };
        self.0.push_str(&format!("{name} {rest}\n"));
    }

    fn times(&mut self, name: &str, times: Option<Percentiles>) {
        let Some(Percentiles { p50, p90, p99, max, .. }) = times else { return };
        self.row(name, &format!("p50 {p50:.2}  p90 {p90:.2}  p99 {p99:.2}  max {max:.2} ms"));
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn target(target: &Target) -> String {
    match target {
        Target::Show { server, slug, sockets } => format!("http://{server}/s/{slug} ({sockets:?})").to_lowercase(),
        Target::Janus { server, path } => format!("http://{server}{path} (janus)"),
    }
}

fn name(profile: Profile) -> &'static str {
    match profile {
        Profile::AeadAes128Gcm => "AEAD_AES_128_GCM",
        Profile::Aes128CmHmacSha1 => "AES128_CM_HMAC_SHA1_80",
    }
}

#[cfg(test)]
pub(super) mod tests;
