//! What a crowd has found: as JSON for machines, as a table for people, beside another server's if there is one.

use super::room::{Seen, Stage};
use super::{CrowdConfig, CrowdTarget};
use crate::robot::audience::histogram::Percentiles;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// The figures of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrowdReport {
    /// The run's name.
    pub label: String,
    /// Sockets, all of which got in.
    pub sockets: u64,
    /// The server's resident memory before the first, with all in and quiet, and at the end; KiB.
    pub server_kib: Option<[u64; 3]>,
    /// What the quiet ones take each, KiB.
    pub session_kib: Option<f64>,
    /// What happened, one stage after the other.
    pub stages: Vec<StageReport>,
    /// Sockets that stopped to read in the last stage.
    pub stalled: u64,
    /// Other sockets that ended.
    pub others_closed: u64,
    /// Sessions that the server says it has closed with `slow_consumer`.
    pub slow_consumers: Option<u64>,
}

/// The figures of one stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageReport {
    /// What it was.
    pub name: String,
    /// How long it lasted, s.
    pub seconds: f64,
    /// Lines, reactions and votes that were sent.
    pub sent: [u64; 3],
    /// Lines that came, all listeners together.
    pub lines: u64,
    /// The share of the lines sent that had come by the end, %.
    pub lines_percent: f64,
    /// Other messages for everybody that came.
    pub others: u64,
    /// All that came for everybody, a second.
    pub per_s: f64,
    /// And for each second of the server's CPU time.
    pub per_cpu_s: Option<f64>,
    /// The server's CPU time, share of a core, %.
    pub server_cpu_percent: Option<f64>,
    /// The crowd's own.
    pub crowd_cpu_percent: Option<f64>,
    /// From writing a line to reading it, ms.
    pub delay_ms: Option<Percentiles>,
    /// Messages that said that lines were left out.
    pub gaps: u64,
    /// What was refused, by code.
    pub refused: BTreeMap<String, u64>,
}

impl CrowdReport {
    pub(super) fn new(config: &CrowdConfig, seen: &Seen, before_kib: Option<u64>, slow: Option<u64>) -> Self {
        let server_kib = (|| Some([before_kib?, seen.joined_kib?, seen.after_kib?]))();
        let quiora = matches!(config.target, CrowdTarget::Show { .. });
        Self {
            label: config.label.clone(),
            sockets: config.sockets as u64,
            server_kib,
            session_kib: server_kib
                .map(|[before, joined, _]| joined.saturating_sub(before) as f64 / config.sockets as f64),
            stages: seen.stages.iter().map(StageReport::new).collect(),
            stalled: if quiora { config.stalled as u64 } else { 0 },
            others_closed: seen.others_over as u64,
            slow_consumers: slow,
        }
    }

    /// As text.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = format!("{}: {} sockets", self.label, self.sockets);
        if let (Some([before, joined, after]), Some(each)) = (self.server_kib, self.session_kib) {
            let _ = write!(
                text,
                "; memory {} MiB before, {} with all in ({each:.1} KiB each), {} at the end",
                before / 1_024,
                joined / 1_024,
                after / 1_024
            );
        }
        text.push_str(
            "\n| stage | lines, reactions, votes | deliveries/s | per CPU second | server | crowd | p50 ms | p99 ms | max ms | lines come |\n\
             |---|---|---|---|---|---|---|---|---|---|\n",
        );
        for stage in &self.stages {
            text.push_str(&stage.row());
        }
        for stage in self.stages.iter().filter(|stage| stage.gaps > 0 || !stage.refused.is_empty()) {
            let _ = writeln!(text, "{}: gaps told {}, refused {:?}", stage.name, stage.gaps, stage.refused);
        }
        if self.stalled > 0 {
            let slow = self.slow_consumers.unwrap_or_default();
            let _ = writeln!(
                text,
                "stalled {}: {slow} closed as slow_consumer; of the others {} closed",
                self.stalled, self.others_closed
            );
        }
        text
    }

    /// The first stage beside that of another server.
    #[must_use]
    pub fn beside(&self, other: &Self) -> Option<String> {
        let (ours, theirs) = (self.stages.first()?, other.stages.first()?);
        let ratio = ours.per_cpu_s? / theirs.per_cpu_s?;
        let (ours_ms, theirs_ms) = (ours.delay_ms?, theirs.delay_ms?);
        Some(format!(
            "lines alone, per CPU second: {} {:.0}, {} {:.0}: {ratio:.1} times; p99 {:.0} ms and {:.0} ms\n",
            self.label, ours.per_cpu_s?, other.label, theirs.per_cpu_s?, ours_ms.p99, theirs_ms.p99
        ))
    }
}

impl StageReport {
    fn new(stage: &Stage) -> Self {
        let (heard, said) = (&stage.heard, stage.said);
        let seconds = stage.lasted.as_secs_f64();
        let all = (heard.lines + heard.others) as f64;
        let percent = |cpu: Duration| cpu.as_secs_f64() / seconds * 100.0;
        Self {
            name: stage.name.to_owned(),
            seconds,
            sent: [said.lines, said.reactions, said.votes],
            lines: heard.lines,
            lines_percent: heard.lines as f64 * 100.0 / (said.lines * stage.listeners as u64).max(1) as f64,
            others: heard.others,
            per_s: all / seconds,
            per_cpu_s: stage.server_cpu.filter(|cpu| !cpu.is_zero()).map(|cpu| all / cpu.as_secs_f64()),
            server_cpu_percent: stage.server_cpu.map(percent),
            crowd_cpu_percent: stage.own_cpu.map(percent),
            delay_ms: heard.delay.percentiles(),
            gaps: heard.gaps,
            refused: heard.refused.clone(),
        }
    }

    fn row(&self) -> String {
        let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.0}"));
        let delay = |of: fn(&Percentiles) -> f64| number(self.delay_ms.as_ref().map(of));
        let [lines, reactions, votes] = self.sent;
        format!(
            "| {} ({:.0} s) | {lines}, {reactions}, {votes} | {:.0} | {} | {} % | {} % | {} | {} | {} | {:.1} % |\n",
            self.name,
            self.seconds,
            self.per_s,
            number(self.per_cpu_s),
            number(self.server_cpu_percent),
            number(self.crowd_cpu_percent),
            delay(|p| p.p50),
            delay(|p| p.p99),
            delay(|p| p.max),
            self.lines_percent,
        )
    }
}
