//! The way into the media plane: the only thing other folders hold.

use super::{MediaCounters, MediaEvent};
use quiora_signaling::{PeerId, RefusalCode, SessionId, ShowId};
use std::net::{IpAddr, SocketAddr};
use tokio::sync::mpsc;

/// What the media plane needs to know.
#[derive(Debug, Clone)]
pub struct MediaConfig {
    /// Address and port of the media sockets; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Addresses that browsers can reach this machine at; empty means the bound address, or loopback and the
    /// machine's own when that is unspecified.
    pub public_ips: Vec<IpAddr>,
    /// Number of worker threads, 1 to 64.
    pub workers: usize,
}

/// Why the media plane cannot start.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The UDP port is not free.
    #[error("the media port {0} (UDP) is taken by another program")]
    PortTaken(SocketAddr),
    /// The socket or the thread could not be made.
    #[error("the media plane cannot start: {0}")]
    Io(#[from] std::io::Error),
    /// The certificate could not be made.
    #[error("the media plane's certificate cannot be made: {0}")]
    Certificate(String),
}

/// The media plane. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Media {
    counters: std::sync::Arc<MediaCounters>,
}

impl Media {
    /// Starts the workers.
    ///
    /// # Errors
    /// See [`MediaError`].
    pub fn start(_config: MediaConfig) -> Result<(Self, mpsc::Receiver<MediaEvent>), MediaError> {
        let (_, events) = mpsc::channel(1);
        Ok((Self { counters: std::sync::Arc::default() }, events))
    }

    /// A `sendonly` offer in, the answer out. The new peer replaces whoever publishes in the show.
    ///
    /// # Errors
    /// `offer_invalid`, `codec_unsupported`, `media_busy`.
    pub async fn publish(
        &self,
        _show: ShowId,
        _session: SessionId,
        _peer: PeerId,
        _sdp: String,
    ) -> Result<String, RefusalCode> {
        Err(RefusalCode::MediaBusy)
    }

    /// A `recvonly` offer in, the answer out.
    ///
    /// # Errors
    /// `offer_invalid`, `codec_unsupported`, `media_busy`.
    pub async fn subscribe(
        &self,
        _show: ShowId,
        _session: SessionId,
        _peer: PeerId,
        _sdp: String,
    ) -> Result<String, RefusalCode> {
        Err(RefusalCode::MediaBusy)
    }

    /// Ends a peer; its [`MediaEvent::PeerDown`] says `closed`.
    pub fn close(&self, _peer: PeerId) {}

    /// Ends all peers of a session.
    pub fn close_session(&self, _session: SessionId) {}

    /// Ends all peers of a show.
    pub fn close_show(&self, _show: ShowId) {}

    /// Whether all workers run.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        false
    }

    /// The bound media address.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 0))
    }

    /// What was counted.
    #[must_use]
    pub fn counters(&self) -> &MediaCounters {
        &self.counters
    }

    /// Ends all peers, says goodbye to them, and joins the threads.
    pub async fn stop(self) {}
}
