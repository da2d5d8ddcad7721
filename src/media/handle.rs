//! The way into the media plane: the only thing other folders hold.

use super::counters::{MediaCounters, PeerKind, PeerState};
use super::event::MediaEvent;
use super::negotiate::{Identity, Request, negotiate};
use super::shared::{MAX_BATCHES, MAX_ORDERS, Mailbox, Order, Shared};
use super::socket::Socket;
use super::wires::Bound;
use super::worker::{MAX_WORKERS, Worker, WorkerParts};
use crate::clock;
use crossbeam_channel::bounded;
use mio::{Poll, Token, Waker};
use quiora_signaling::{PeerEnd, PeerId, RefusalCode, SessionId, ShowId};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use tokio::sync::{Semaphore, mpsc};

/// Facts waiting for their reader: the end of every peer at once. Full-policy: see `Shared::report`.
const EVENTS: usize = 32_768;

const WAKER: Token = Token(0);

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
#[derive(Clone)]
pub struct Media {
    pub(super) shared: Arc<Shared>,
    threads: Arc<std::sync::Mutex<Vec<JoinHandle<()>>>>,
    /// Offers being answered at a time: two per core, so that a thousand joins queue here and not as threads.
    negotiating: Arc<Semaphore>,
}

impl Media {
    /// Starts the workers. The receiver must be read: it is how peers' ends become known.
    ///
    /// # Errors
    /// See [`MediaError`].
    pub fn start(config: &MediaConfig) -> Result<(Self, mpsc::Receiver<MediaEvent>), MediaError> {
        let workers = config.workers.clamp(1, MAX_WORKERS);
        if config.bind.port() != 0 {
            Socket::is_free(config.bind).map_err(|error| match error.kind() {
                std::io::ErrorKind::AddrInUse => MediaError::PortTaken(config.bind),
                _ => MediaError::Io(error),
            })?;
        }
        let mut bound = vec![Bound::bind(config.bind)?];
        let local = bound.first().map(Bound::local_addr).transpose()?.unwrap_or(config.bind);
        while bound.len() < workers {
            bound.push(Bound::bind(local)?);
        }
        let tcp = bound.iter().all(Bound::has_tcp);
        if !tcp {
            tracing::warn!(address = %local, "the media port is taken for TCP: viewers behind firewalls that block UDP cannot watch");
        }
        let addresses = reachable(config, local, bound.iter().all(Bound::has_ipv6));
        let (mut mailboxes, mut parts) = (Vec::new(), Vec::new());
        for (index, bound) in bound.into_iter().enumerate() {
            let poll = Poll::new()?;
            let wires = bound.register(index, &poll)?;
            let waker = Waker::new(poll.registry(), WAKER)?;
            let (orders, orders_in) = bounded(MAX_ORDERS);
            let (batches, batches_in) = bounded(MAX_BATCHES);
            mailboxes.push(Mailbox { orders, batches, waker, asleep: AtomicBool::new(false) });
            parts.push(WorkerParts { index, poll, wires, orders: orders_in, batches: batches_in });
        }
        let (events, events_in) = mpsc::channel(EVENTS);
        let shared = Arc::new(Shared::new(identity(&addresses, local.port(), tcp)?, local, mailboxes, events));
        let threads = parts.into_iter().map(|p| spawn(p, &shared)).collect::<Result<_, _>>()?;
        let negotiating = Arc::new(Semaphore::new(2 * workers));
        Ok((Self { shared, threads: Arc::new(std::sync::Mutex::new(threads)), negotiating }, events_in))
    }

    /// A `sendonly` offer in, the answer out. The new peer takes over the show's stage once it is connected.
    ///
    /// # Errors
    /// `offer_invalid`, `codec_unsupported`, `media_busy`.
    pub async fn publish(
        &self,
        show: ShowId,
        session: SessionId,
        peer: PeerId,
        sdp: String,
    ) -> Result<String, RefusalCode> {
        self.join(PeerKind::Publisher, show, session, peer, sdp, false).await
    }

    /// A `recvonly` offer in, the answer out.
    ///
    /// # Errors
    /// `offer_invalid`, `codec_unsupported`, `media_busy`.
    pub async fn subscribe(
        &self,
        show: ShowId,
        session: SessionId,
        peer: PeerId,
        sdp: String,
    ) -> Result<String, RefusalCode> {
        self.join(PeerKind::Subscriber, show, session, peer, sdp, false).await
    }

    /// As [`Media::publish`] or [`Media::subscribe`]. With `older` the client is offered the older SRTP profile as well
    /// at once: for clients that are no browsers and would not know why to come back.
    ///
    /// # Errors
    /// `offer_invalid`, `codec_unsupported`, `media_busy`.
    pub async fn join(
        &self,
        kind: PeerKind,
        show: ShowId,
        session: SessionId,
        peer: PeerId,
        sdp: String,
        older: bool,
    ) -> Result<String, RefusalCode> {
        if self.shared.stopping.load(Ordering::Relaxed) || !self.shared.waiting.has_room() {
            return Err(RefusalCode::MediaBusy);
        }
        let _turn = self.negotiating.acquire().await.map_err(|_| RefusalCode::MediaBusy)?;
        let shared = self.shared.clone();
        let compatible = older || shared.compatible.contains(&session);
        let request = Request { kind, show, session, peer, sdp, compatible };
        let span = tracing::info_span!("peer", peer.id = %peer, show.id = %show, ?kind);
        let build = move || {
            let _entered = span.enter();
            let now = clock::monotonic();
            let (peer, answer) = negotiate(&request, &shared.identity, now)?;
            shared.counters.peer_moved(kind, None, Some(PeerState::Waiting));
            shared.waiting.enter(peer, now);
            Ok(answer)
        };
        // A millisecond of CPU: too much for the reactor.
        tokio::task::spawn_blocking(build).await.unwrap_or(Err(RefusalCode::Internal))
    }

    /// Ends a peer; its [`MediaEvent::PeerDown`] says `closed`.
    pub fn close(&self, peer: PeerId) {
        self.end(peer, PeerEnd::Closed);
    }

    /// Ends all peers of a session that is over.
    pub fn close_session(&self, session: SessionId) {
        self.shared.compatible.remove(&session);
        for peer in self.shared.waiting.peers_of(session) {
            self.end(peer, PeerEnd::Closed);
        }
    }

    /// Ends all peers of a show that is over.
    pub fn close_show(&self, show: ShowId) {
        for peer in self.shared.waiting.peers_in(show) {
            self.end(peer, PeerEnd::ShowEnded);
        }
        self.shared.boards.remove(&show);
    }

    fn end(&self, peer: PeerId, reason: PeerEnd) {
        let worker = self.shared.waiting.worker_of(&self.shared, peer, reason);
        if let Some(mailbox) = worker.and_then(|w| self.shared.mailboxes.get(w))
            && !mailbox.order(Order::Close(peer, reason))
        {
            tracing::warn!(peer.id = %peer, "a worker had no room for a closing; consent will end it");
        }
    }

    /// Whether all workers run.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.shared.running.load(Ordering::Acquire) == self.shared.mailboxes.len()
    }

    /// The bound media address.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.shared.local
    }

    /// What was counted.
    #[must_use]
    pub fn counters(&self) -> Arc<MediaCounters> {
        self.shared.counters.clone()
    }

    /// Ends all peers, says goodbye to them, and joins the threads.
    pub async fn stop(self) {
        self.shared.stopping.store(true, Ordering::Release);
        for mailbox in &self.shared.mailboxes {
            // Blocks for a moment at most: workers drain their orders every turn.
            let _ = mailbox.orders.send_timeout(Order::Stop, std::time::Duration::from_millis(500));
            let _ = mailbox.waker.wake();
        }
        let threads = self.threads.lock().map(|mut t| std::mem::take(&mut *t)).unwrap_or_default();
        let join = move || threads.into_iter().for_each(|t| drop(t.join()));
        if tokio::task::spawn_blocking(join).await.is_err() {
            tracing::error!("media.stop_failed");
        }
    }
}

impl std::fmt::Debug for Media {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Media").field("local", &self.shared.local).finish_non_exhaustive()
    }
}

fn spawn(parts: WorkerParts, shared: &Arc<Shared>) -> Result<JoinHandle<()>, std::io::Error> {
    let shared = shared.clone();
    std::thread::Builder::new().name(format!("media-{}", parts.index)).spawn(move || {
        shared.running.fetch_add(1, Ordering::AcqRel);
        // Counted down even if the worker panics: /readyz must tell.
        let _running = Running(shared.clone());
        Worker::new(parts, shared).run();
    })
}

struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

fn identity(addresses: &[IpAddr], port: u16, tcp: bool) -> Result<Identity, MediaError> {
    let addresses = addresses.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
    Identity::generate(addresses, tcp).map_err(|error| MediaError::Certificate(error.to_string()))
}

/// The addresses to put in answers, best first.
fn reachable(config: &MediaConfig, local: SocketAddr, ipv6: bool) -> Vec<IpAddr> {
    if !config.public_ips.is_empty() {
        return config.public_ips.clone();
    }
    if !local.ip().is_unspecified() {
        return vec![local.ip()];
    }
    // TEST-NET-1 (RFC 5737) and the documentation prefix (RFC 3849): routable by default, never answered.
    let v4 = own_address((Ipv4Addr::UNSPECIFIED, 0).into(), (Ipv4Addr::new(192, 0, 2, 1), 9).into());
    let v6 = own_address((Ipv6Addr::UNSPECIFIED, 0).into(), (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 9).into());
    let own = v4.into_iter().chain(v6.filter(|_| ipv6)).filter(|ip| !ip.is_loopback());
    own.chain([IpAddr::V4(Ipv4Addr::LOCALHOST)]).collect()
}

/// The address this machine would speak from: connecting a UDP socket sends nothing and asks the routing table.
fn own_address(from: SocketAddr, to: SocketAddr) -> Option<IpAddr> {
    let probe = UdpSocket::bind(from).ok()?;
    probe.connect(to).ok()?;
    Some(probe.local_addr().ok()?.ip())
}
