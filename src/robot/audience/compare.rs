//! Several runs side by side: medians per server and number of viewers, as one table and as plots.

use super::AudienceError;
use super::report::Report;
use super::svg::{Line, Plot};
use std::collections::BTreeMap;

/// Runs side by side.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The table, as Markdown.
    pub table: String,
    /// Plots: file name and SVG.
    pub plots: Vec<(&'static str, String)>,
}

/// Medians of the runs of one server with one number of viewers.
struct Point {
    viewers: u64,
    runs: usize,
    cpu_us_per_packet: Option<f64>,
    cores: Option<f64>,
    memory_kib: Option<f64>,
    loss_percent: f64,
    join_p50_ms: Option<f64>,
    join_p99_ms: Option<f64>,
    delay_p50_ms: Option<f64>,
    delay_p99_ms: Option<f64>,
    robots_cores: f64,
    robots_dropped: f64,
}

/// Compares the reports (each a JSON text). The first label is what others are measured by.
///
/// # Errors
/// When a text is no report.
pub fn compare(texts: &[String]) -> Result<Comparison, AudienceError> {
    let reports: Vec<Report> = texts.iter().map(|text| serde_json::from_str(text)).collect::<Result<_, _>>()?;
    let mut labels: Vec<&str> = Vec::new();
    for report in &reports {
        if !labels.contains(&report.label.as_str()) {
            labels.push(&report.label);
        }
    }
    let servers: Vec<(&str, Vec<Point>)> = labels.iter().map(|label| (*label, points(&reports, label))).collect();
    Ok(Comparison { table: table(&servers), plots: plots(&servers) })
}

fn points(reports: &[Report], label: &str) -> Vec<Point> {
    let mut by_viewers: BTreeMap<u64, Vec<&Report>> = BTreeMap::new();
    for report in reports.iter().filter(|report| report.label == label) {
        by_viewers.entry(report.viewers).or_default().push(report);
    }
    by_viewers.into_iter().map(|(viewers, runs)| point(viewers, &runs)).collect()
}

fn point(viewers: u64, runs: &[&Report]) -> Point {
    let of = |read: &dyn Fn(&Report) -> Option<f64>| median(runs.iter().filter_map(|run| read(run)).collect());
    Point {
        viewers,
        runs: runs.len(),
        cpu_us_per_packet: of(&|run| Some(run.server?.cpu_us_per_packet)),
        cores: of(&|run| Some(run.server?.cores)),
        memory_kib: of(&|run| Some(run.server?.memory_kib_per_viewer)),
        // What a server drops and numbers anew is seen only by what was published.
        loss_percent: of(&|run| Some(run.delivered_percent.map_or(0.0, |d| 100.0 - d).max(run.loss_percent)))
            .unwrap_or(0.0),
        join_p50_ms: of(&|run| Some(run.first_keyframe_ms?.p50)),
        join_p99_ms: of(&|run| Some(run.first_keyframe_ms?.p99)),
        delay_p50_ms: of(&|run| Some(run.delay_ms?.p50)),
        delay_p99_ms: of(&|run| Some(run.delay_ms?.p99)),
        robots_cores: of(&|run| Some(run.robots.cores)).unwrap_or(0.0),
        robots_dropped: of(&|run| Some(run.robots.packets_dropped as f64)).unwrap_or(0.0),
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn table(servers: &[(&str, Vec<Point>)]) -> String {
    let mut out = String::from(
        "| server | viewers | runs | CPU µs/packet | of the first | cores | KiB/viewer | loss % | first keyframe p50 / p99 ms | \
         delay p50 / p99 ms | robots: cores, dropped |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    let number =
        |value: Option<f64>, digits: usize| value.map_or("–".to_owned(), |value| format!("{value:.digits$}"));
    let first = servers.first().map(|(_, points)| points.as_slice()).unwrap_or_default();
    for (label, points) in servers {
        for p in points {
            let base = first.iter().find(|base| base.viewers == p.viewers).and_then(|base| base.cpu_us_per_packet);
            let ratio = p.cpu_us_per_packet.zip(base).filter(|(_, base)| *base > 0.0).map(|(cpu, base)| cpu / base);
            out.push_str(&format!(
                "| {label} | {} | {} | {} | {} | {} | {} | {:.3} | {} / {} | {} / {} | {:.2}, {:.0} |\n",
                p.viewers,
                p.runs,
                number(p.cpu_us_per_packet, 2),
                ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.1} ×")),
                number(p.cores, 2),
                number(p.memory_kib, 0),
                p.loss_percent,
                number(p.join_p50_ms, 0),
                number(p.join_p99_ms, 0),
                number(p.delay_p50_ms, 2),
                number(p.delay_p99_ms, 2),
                p.robots_cores,
                p.robots_dropped,
            ));
        }
    }
    out
}

fn plots(servers: &[(&str, Vec<Point>)]) -> Vec<(&'static str, String)> {
    let line = |label: &str, dashed: bool, points: &[Point], read: &dyn Fn(&Point) -> Option<f64>| Line {
        name: label.to_owned(),
        dashed,
        points: points.iter().filter_map(|p| Some((p.viewers as f64, read(p)?))).collect(),
    };
    let cpu = servers.iter().map(|(label, points)| line(label, false, points, &|p| p.cores)).collect();
    let per_packet =
        servers.iter().map(|(label, points)| line(label, false, points, &|p| p.cpu_us_per_packet)).collect();
    let delay = servers.iter().flat_map(|(label, points)| {
        [
            line(&format!("{label} p50"), false, points, &|p| p.delay_p50_ms),
            line(&format!("{label} p99"), true, points, &|p| p.delay_p99_ms),
        ]
    });
    let plot = |title, unit, logarithmic, lines| Plot { title, x: "viewers", y: unit, logarithmic, lines }.svg();
    vec![
        ("cpu.svg", plot("Server CPU", "cores", false, cpu)),
        ("cpu-per-packet.svg", plot("Server CPU per forwarded packet", "µs", false, per_packet)),
        ("delay.svg", plot("Delay, publisher to viewer", "ms", true, delay.collect())),
    ]
}

#[cfg(test)]
mod tests;
