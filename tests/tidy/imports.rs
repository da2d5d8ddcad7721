//! Who may import whom. The two tables say it; everything else here only reads them.

use crate::{
    names::{Named, names},
    tree::Source,
};

pub(crate) const WHY: &str = "owners know only each other's handles and messages, and there are no cycles: signaling <- cores \
     <- shells <- app <- main. So each folder can be read, tested and replaced alone";

pub(crate) const WHY_PURE: &str = "a core decides and does nothing: time comes in as `now`, so it can be tested in virtual time, \
     run in a simulation and trusted; a runtime, a socket or a lock in it ends that";

/// Folder (or file) below `src/` → the folders of this crate that it may name, besides itself. `signaling` is a crate of
/// its own and open to all. A new folder needs a row, and a row needs a place in the direction above.
const HOUSE: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("telemetry", &[]),
    ("sfu", &[]),
    ("srtp", &[]),
    ("store", &["clock"]),
    ("media", &["sfu", "srtp", "clock"]),
    ("metrics", &["media", "clock"]),
    ("tasks", &[]),
    ("post", &["store", "tasks", "clock"]),
    ("show", &["store", "clock"]),
    ("shop", &["store", "clock"]),
    ("pay", &["store", "shop", "tasks", "clock"]),
    ("session", &["show", "shop", "media", "store", "metrics", "clock"]),
    ("config", &["session", "post", "pay", "telemetry", "robot", "sfu"]),
    ("http", &["session", "show", "shop", "store", "post", "pay", "media", "metrics", "config", "clock"]),
    ("robot", &["sfu", "srtp", "clock"]),
    (
        "app",
        &[
            "config",
            "telemetry",
            "clock",
            "store",
            "post",
            "pay",
            "media",
            "metrics",
            "show",
            "shop",
            "session",
            "http",
            "robot",
            "sfu",
        ],
    ),
];

/// Crate → the only folders (or files) below `src/` that may name it. `rtc` stands for `rtc` and every `rtc_*`.
const CRATES: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("rustix", &["store"]),
    // `webrtc` is an async layer over `rtc` and speaks its types without handing them on: the robot needs both.
    ("rtc", &["media", "robot"]),
    ("mio", &["media", "robot"]),
    ("socket2", &["media", "robot", "app"]),
    ("quinn_udp", &["media", "robot"]),
    ("rcgen", &["media"]),
    ("aws_lc_rs", &["srtp", "http", "post", "pay"]),
    ("webrtc", &["robot"]),
    // A session tells an oversize frame from a broken one by the error inside axum's.
    ("tokio_tungstenite", &["robot", "session"]),
    // The show encodes a broadcast once, as the text type that sockets send without a copy.
    ("axum", &["http", "session", "show", "config", "app"]),
    ("axum_extra", &["http"]),
    ("tower_http", &["http"]),
    ("rust_embed", &["http"]),
    ("image", &["http"]),
    ("csv", &["http"]),
    ("unicode_normalization", &["show"]),
    ("jsonwebtoken", &["session"]),
    ("prometheus_client", &["metrics"]),
    ("anyhow", &["main", "app", "config"]),
    ("clap", &["main", "config", "telemetry"]),
    // Whatever connects to the outside does so under the rules of `post`.
    ("reqwest", &["post", "pay"]),
    ("lettre", &["post"]),
    ("str0m", &[]),
];

/// The cores: paths that begin so hold pure code only.
pub(crate) const CORES: &[&str] = &[
    "src/sfu/",
    "src/srtp/",
    "src/show/core",
    "src/shop/core",
    "src/session/core",
    "src/robot/guests/core",
    "signaling/src/",
];

/// What no core may name: runtimes, sockets, stores, channels, locks, threads, clocks.
const IMPURE: &[&str] = &[
    "tokio",
    "tokio_util",
    "futures_util",
    "axum",
    "rtc",
    "webrtc",
    "sqlx",
    "mio",
    "socket2",
    "quinn_udp",
    "crossbeam_channel",
    "dashmap",
    "arc_swap",
    "rand",
    "tracing",
    "anyhow",
    "std::sync::mpsc",
    "std::sync::Mutex",
    "std::sync::RwLock",
    "std::thread",
    "std::fs",
    "std::process",
    "std::env",
    "std::time::SystemTime",
];

/// The end of a path that reads a clock, by whatever name its beginning goes.
const CLOCKS: &[[&str; 2]] = &[["Instant", "now"], ["SystemTime", "now"]];

/// Complaints about imports against the tables.
pub(crate) fn check(source: &Source) -> Vec<String> {
    names(source).iter().filter_map(|named| wrong(source, named).map(|why| source.at(named.line, &why))).collect()
}

fn wrong(source: &Source, named: &Named) -> Option<String> {
    let home = owner(source);
    if source.path.starts_with("signaling/") {
        return (named.path[0] == "quiora")
            .then(|| format!("signaling knows nothing of the server: `{}`", named.text()));
    }
    match named.in_house() {
        Some(inside) => house(source, &home, inside),
        None if named.path[0] == "quiora" && home == "main" => None,
        None => foreign(source, &home, named),
    }
}

fn house(source: &Source, home: &str, inside: &[String]) -> Option<String> {
    let target = inside.first().map_or("", String::as_str);
    let known = HOUSE.iter().any(|(folder, _)| *folder == target);
    if !known || target == home || matches!(home, "lib" | "main") || (source.is_test() && target == "clock") {
        return None;
    }
    let Some((_, allowed)) = HOUSE.iter().find(|(folder, _)| *folder == home) else {
        return Some(format!("`{home}` has no row in the table of tests/tidy/imports.rs"));
    };
    (!allowed.contains(&target)).then(|| format!("`{home}` may not import `{target}`; it may import {allowed:?}"))
}

fn foreign(source: &Source, home: &str, named: &Named) -> Option<String> {
    let (name, allowed) = CRATES.iter().find(|(name, _)| same_crate(&named.path[0], name))?;
    let free = source.is_test() && matches!(*name, "str0m" | "tokio_tungstenite" | "reqwest");
    (!free && !allowed.contains(&home)).then(|| format!("only {allowed:?} may name `{name}`: `{}`", named.text()))
}

fn same_crate(first: &str, name: &str) -> bool {
    first == name || (name == "rtc" && first.starts_with("rtc_"))
}

/// Complaints about a core that is not pure.
pub(crate) fn purity(source: &Source) -> Vec<String> {
    if !CORES.iter().any(|core| source.path.starts_with(core)) {
        return Vec::new();
    }
    let found = names(source);
    found
        .iter()
        .filter(|named| impure(source, named))
        .map(|n| source.at(n.line, &format!("a core may not name `{}`", n.text())))
        .collect()
}

fn impure(source: &Source, named: &Named) -> bool {
    if let Some(inside) = named.in_house() {
        let own = inside.first() == source.module().first();
        let clock = inside.first().is_some_and(|s| s == "clock") && source.is_test();
        return !own && !clock && !source.path.starts_with("signaling/") && !is_core(inside);
    }
    let text = named.text();
    let forbidden = IMPURE
        .iter()
        .any(|bad| same_crate(&named.path[0], bad) || text == *bad || text.starts_with(&format!("{bad}::")));
    forbidden || CLOCKS.iter().any(|clock| ends_with(&named.path, clock))
}

fn is_core(inside: &[String]) -> bool {
    let path = format!("src/{}/", inside.join("/"));
    CORES.iter().any(|core| path.starts_with(core))
}

fn ends_with(path: &[String], end: &[&str]) -> bool {
    path.len() >= end.len() && path[path.len() - end.len()..].iter().zip(end).all(|(a, b)| a == b)
}

/// Cores of the table that have no file: a rule about nothing.
pub(crate) fn empty_cores(files: &[Source]) -> Vec<String> {
    let missing = CORES.iter().filter(|core| !files.iter().any(|f| f.path.starts_with(**core)));
    missing.map(|core| format!("no file begins with {core}")).collect()
}

/// The folder or file below `src/` that a source belongs to.
fn owner(source: &Source) -> String {
    let inside = source.path.strip_prefix("src/").unwrap_or(&source.path);
    inside.split('/').next().unwrap_or("").trim_end_matches(".rs").to_owned()
}

#[test]
fn the_house_has_no_cycle() {
    let mut left: Vec<_> = HOUSE.to_vec();
    while !left.is_empty() {
        let names: Vec<_> = left.iter().map(|(name, _)| *name).collect();
        let before = left.len();
        left.retain(|(_, needs)| needs.iter().any(|need| names.contains(need)));
        assert!(left.len() < before, "a cycle among {names:?}");
    }
}

#[test]
fn a_wrong_import_is_caught() {
    let bad = [
        ("src/show/actor.rs", "use crate::media::Media;"),
        ("src/media/worker.rs", "fn f() { crate::show::Shows::new() }"),
        ("src/robot/mod.rs", "use super::store::Store;"),
        ("src/show/actor.rs", "fn f() { select! { _ = sqlx::query(x) => {} } }"),
        ("src/http/mod.rs", "use rtc::peer_connection::X;"),
        ("src/http/mod.rs", "fn f(x: rtc_crypto::Y) {}"),
        ("src/session/mod.rs", "use webrtc as w;"),
        ("src/store/mod.rs", "fn f() -> anyhow::Result<()> { Ok(()) }"),
        ("src/sfu/mod.rs", "use crate::media::X;"),
        ("src/newcomer/mod.rs", "use crate::store::Store;"),
        ("signaling/src/lib.rs", "use quiora::clock;"),
    ];
    for (path, text) in bad {
        assert_eq!(check(&Source::new(path, text)).len(), 1, "{path}: {text}");
    }
}

#[test]
fn a_right_import_passes() {
    let good = [
        ("src/http/mod.rs", "use crate::{show::Shows, store::Store, session::run};"),
        ("src/media/mod.rs", "use crate::sfu::Packet; use rtc::X; use rtc_crypto::Y;"),
        ("src/main.rs", "fn main() -> anyhow::Result<()> { quiora::app::run() }"),
        ("src/media/tests.rs", "use str0m::Rtc;"),
    ];
    for (path, text) in good {
        assert_eq!(check(&Source::new(path, text)), [""; 0], "{path}: {text}");
    }
}

#[test]
fn an_impure_core_is_caught() {
    let bad = [
        ("src/sfu/gate.rs", "use std::sync::mpsc;"),
        ("src/sfu/gate.rs", "fn f() { let t = std::time::Instant::now(); }"),
        ("src/sfu/gate.rs", "fn f() { let t = Instant::now(); }"),
        ("src/show/core.rs", "use tokio::sync::oneshot;"),
        ("src/show/core/chat.rs", "use crate::clock;"),
        ("src/session/core.rs", "fn f(s: crate::store::Store) {}"),
        ("signaling/src/lib.rs", "fn f() { std::thread::spawn(g); }"),
    ];
    for (path, text) in bad {
        assert_eq!(purity(&Source::new(path, text)).len(), 1, "{path}: {text}");
    }
    let good =
        Source::new("src/session/core.rs", "use crate::show::core::Command; use std::time::{Duration, Instant};");
    assert_eq!(purity(&good), [""; 0]);
    assert_eq!(purity(&Source::new("src/show/actor.rs", "use tokio::sync::mpsc;")), [""; 0], "a shell may");
}
