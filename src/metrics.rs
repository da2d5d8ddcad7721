//! What the server counts, in the Prometheus text form.
//!
//! Counters here are cheap clones around atomics, written where things happen. The media plane's own are read from its
//! [`crate::media::MediaCounters`] only when somebody scrapes, so that a packet never meets a registry.

use crate::media::Media;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;
use quiora_signaling::RefusalCode;
use std::sync::Arc;

mod media;

/// The counters of the shells around the media plane. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    /// Open WebSockets.
    pub sessions: Gauge,
    /// Chat lines that sessions asked to be stored.
    pub chat_lines: Counter,
    refusals: Family<[(&'static str, &'static str); 1], Counter>,
    http_requests: Family<[(&'static str, String); 3], Counter>,
}

impl Metrics {
    /// All counters at zero; `media` is read at each scrape.
    #[must_use]
    pub fn new(media: Media) -> Self {
        let mut registry = Registry::with_prefix("quiora");
        let sessions = Gauge::default();
        let chat_lines = Counter::default();
        let refusals = Family::default();
        let http_requests = Family::default();
        registry.register("sessions", "Open WebSockets", sessions.clone());
        registry.register("chat_lines", "Chat lines that sessions asked to be stored", chat_lines.clone());
        registry.register("refusals", "Refusals and goodbyes sent by sessions, by code", refusals.clone());
        registry.register("http_requests", "HTTP requests, by method, route and status", http_requests.clone());
        registry.register_collector(Box::new(media::MediaCollector::new(media)));
        Self { registry: Arc::new(registry), sessions, chat_lines, refusals, http_requests }
    }

    /// A session said no.
    pub fn refused(&self, code: RefusalCode) {
        self.refusals.get_or_create(&[("code", code.as_str())]).inc();
    }

    /// An HTTP request was answered. `route` is the matched pattern, never the path, so that the series stay few.
    pub fn answered(&self, method: &str, route: &str, status: u16) {
        let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        self.http_requests.get_or_create(&labels).inc();
    }

    /// The text form (OpenMetrics 1.0).
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        if let Err(error) = encode(&mut text, &self.registry) {
            tracing::error!(%error, "metrics not encoded");
        }
        text
    }
}
