//! The media plane's counters as Prometheus metrics, read at scrape time.

use crate::media::{JOIN_BUCKETS_MS, Media, PeerKind, PeerState};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt::Error;
use std::sync::atomic::Ordering::Relaxed;

const KINDS: [(PeerKind, &str); 2] = [(PeerKind::Publisher, "publisher"), (PeerKind::Subscriber, "subscriber")];

const STATES: [(PeerState, &str); 3] =
    [(PeerState::Waiting, "waiting"), (PeerState::Connecting, "connecting"), (PeerState::Connected, "connected")];

/// Reads the media plane's counters.
#[derive(Debug)]
pub(super) struct MediaCollector {
    media: Media,
}

impl MediaCollector {
    pub(super) const fn new(media: Media) -> Self {
        Self { media }
    }

    fn encode_peers(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let mut family = encoder.encode_descriptor("media_peers", "WebRTC connections", None, MetricType::Gauge)?;
        for (kind, kind_name) in KINDS {
            for (state, state_name) in STATES {
                let labels = [("kind", kind_name), ("state", state_name)];
                let gauge = ConstGauge::new(self.media.counters().peers(kind, state));
                gauge.encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }

    fn encode_counters(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let c = self.media.counters();
        let counters = [
            ("media_datagrams_in", "Datagrams received", &c.datagrams_in),
            ("media_bytes_in", "Bytes received", &c.bytes_in),
            ("media_datagrams_out", "Datagrams sent", &c.datagrams_out),
            ("media_bytes_out", "Bytes sent", &c.bytes_out),
            ("media_datagrams_refused", "Datagrams of nobody, or that their peer may not send", &c.datagrams_refused),
            ("media_datagrams_unsent", "Datagrams that the kernel would not take", &c.datagrams_unsent),
            ("media_sends", "System calls that sent datagrams", &c.sends),
            ("media_sends_blocked", "Flushes that found the kernel's buffer full", &c.sends_blocked),
            ("media_video_shed", "Datagrams with pictures shed for a full buffer", &c.video_shed),
            ("media_repeats_shed", "Retransmissions shed for a full buffer", &c.again_shed),
            ("media_fast_starts", "Subscribers that began with the present group of pictures", &c.fast_starts),
            ("media_packets_in", "Media packets accepted from publishers", &c.media_in),
            ("media_packets_out", "Media packets forwarded to subscribers", &c.media_out),
            ("media_packets_dropped", "Media packets that a forwarder decided to drop", &c.media_dropped),
            ("media_batches_dropped", "Batches that another worker had no room for", &c.batches_dropped),
            ("media_nack_in", "Packets that subscribers asked for again", &c.nack_in),
            ("media_nack_out", "NACK messages to publishers", &c.nack_out),
            ("media_packets_retransmitted", "Packets sent again to subscribers", &c.retransmitted),
            ("media_pli_asked", "Keyframes that subscribers asked for", &c.keyframes_asked),
            ("media_pli_sent", "Keyframe requests that went to publishers", &c.keyframes_requested),
        ];
        for (name, help, counter) in counters {
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            ConstCounter::new(counter.load(Relaxed)).encode(metric)?;
        }
        Ok(())
    }

    fn encode_join(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let (counts, sum_ms) = self.media.counters().join_histogram();
        let bounds = JOIN_BUCKETS_MS.iter().map(|ms| *ms as f64 / 1_000.0).chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
        let help = "From a subscriber's join to its first media packet";
        let mut metric =
            encoder.encode_descriptor("media_join_to_first_packet_seconds", help, None, MetricType::Histogram)?;
        metric.encode_histogram::<NoLabelSet>(sum_ms as f64 / 1_000.0, counts.iter().sum(), &buckets, None)
    }
}

impl Collector for MediaCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        self.encode_peers(&mut encoder)?;
        self.encode_counters(&mut encoder)?;
        self.encode_join(&mut encoder)
    }
}
