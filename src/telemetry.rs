//! The log: `tracing` to standard error, filtered by `RUST_LOG`, as text for people or JSON for machines.
//!
//! Field names are dotted and carry their unit; tokens, SDP and texts that people wrote are never logged.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Used when `RUST_LOG` says nothing. The WebRTC libraries warn about every stray datagram of a stranger.
const DEFAULT_FILTER: &str = "info,rtc=error,rtc_dtls=error,rtc_ice=error,rtc_sctp=error,rtc_srtp=error,rtc_interceptor=error,\
     webrtc=error,webrtc_ice=error,sqlx=warn";

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts the log of this process. A second call changes nothing.
pub fn init(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let builder = builder.with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "the log was already started");
    }
}
