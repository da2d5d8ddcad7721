//! The whole server: opens the owners, introduces them to each other, and takes them down in order.
//!
//! The only place that knows all of them. Media and shows do not know each other: what the media plane reports is told to
//! the show here, and an ended show's connections are closed here.

mod demo;
mod owners;
mod rehearsal;
mod robots;
mod route;
mod world;

use crate::clock;
use crate::config::{BaseUrl, Config};
use crate::http::credential;
use crate::http::{Http, Parts, Resources, router};
use crate::media::Media;
use crate::metrics::Metrics;
use crate::session::{JoinTokens, Watchers};
use crate::shop::Shops;
use crate::store::{LoginKind, Store};
use anyhow::{Context, Result, anyhow};
use axum::serve::ListenerExt;
use owners::Owners;
use rehearsal::Surroundings;
use socket2::SockRef;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use world::World;

pub use demo::Links;

/// Sessions say goodbye within this time of a stop; the phases, one after the other, stay below three seconds.
const GOODBYES: Duration = Duration::from_millis(1_500);

/// Media threads end, and requests in flight are answered, within this time.
const WIND_DOWN: Duration = Duration::from_millis(1_000);

/// Shows and shops commit what was asked of them within this time.
const SAVE_SHOWS: Duration = Duration::from_millis(800);

/// The store folds its log into its file within this time.
const CLOSE_STORE: Duration = Duration::from_millis(400);

/// Bytes that the kernel holds for a client before they go out; without a bound, megabytes for each that has stopped to read.
const KERNEL_QUEUE: u32 = 64 * 1024;

/// Starts servers.
#[derive(Debug)]
pub struct App;

/// A running server. Dropping it does not stop it cleanly; [`Running::stop`] does.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    base: BaseUrl,
    owners: Owners,
    stop: CancellationToken,
    sessions: TaskTracker,
    server: JoinHandle<std::io::Result<()>>,
    rehearsal: JoinHandle<()>,
}

impl App {
    /// Opens everything and starts to serve.
    ///
    /// # Errors
    /// One line for the operator: a port that is taken, a folder that cannot be written, a database that is not ours.
    pub async fn start(config: Config) -> Result<Running> {
        let listener = bind(config.listen).await?;
        let address = listener.local_addr()?;
        let base = config.base_url.clone().unwrap_or_else(|| BaseUrl::localhost(address.port()));
        let (rehearsed, of_media) = watch::channel(None);
        let owners = Owners::open(&config, &base, of_media).await?;
        let (stop, sessions) = (CancellationToken::new(), TaskTracker::new());
        let surroundings = Surroundings {
            store: owners.house.store.clone(),
            media: owners.media.clone(),
            data_dir: config.data_dir.clone(),
            base: base.clone(),
            address,
            timing: config.timing,
            ice: config.ice.clone(),
            stop: stop.clone(),
        };
        let (rehearsal, rehearsals) = rehearsal::owner(surroundings, rehearsed);
        let World { store, shops, tokens, changes, resources, address_key, .. } = owners.house.clone();
        let media = owners.media.clone();
        let metrics = Metrics::new(media.clone());
        let http = Http::new(Parts {
            store,
            shops,
            sessions: owners.house.sessions(&media, &metrics, config.timing, &stop, &sessions),
            media: media.clone(),
            tokens,
            metrics,
            base: base.clone(),
            changes,
            resources,
            ice: config.ice,
            mailer: config.post.mailer,
            private_targets: config.post.private_targets,
            stripe: config.stripe,
            rehearsals: Some(rehearsals),
            address_key,
        });
        let rehearsal = tokio::spawn(rehearsal.run());
        let service = router(http).into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener.tap_io(|socket| tune(socket)), service)
            .with_graceful_shutdown(stop.clone().cancelled_owned());
        let server = tokio::spawn(async move { server.await });
        tracing::info!(%address, media = %media.local_addr(), base.url = %base, "serving");
        Ok(Running { address, base, owners, stop, sessions, server, rehearsal })
    }

    /// A link that opens the studio of the data in `data_dir` once.
    ///
    /// # Errors
    /// The store's.
    pub async fn login_link(data_dir: &Path, url: Option<&str>, base: &BaseUrl) -> Result<String> {
        let store = Store::open(data_dir, url).await?;
        let token = credential::one_time(&store, LoginKind::Login, clock::unix_ms()).await?;
        store.close().await;
        Ok(format!("{base}/studio#login={token}"))
    }
}

impl Running {
    /// Where pages, API and WebSocket are served.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where media arrives.
    #[must_use]
    pub fn media_address(&self) -> SocketAddr {
        self.owners.media.local_addr()
    }

    /// How browsers reach this server.
    #[must_use]
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The store, for tests and the demo.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.owners.house.store
    }

    /// The shops, for tests and the demo.
    #[must_use]
    pub const fn shops(&self) -> &Shops {
        &self.owners.house.shops
    }

    /// The signer of join tokens, for tests and the demo.
    #[must_use]
    pub const fn tokens(&self) -> &JoinTokens {
        &self.owners.house.tokens
    }

    /// The media plane, for tests.
    #[must_use]
    pub const fn media(&self) -> &Media {
        &self.owners.media
    }

    /// Who follows which order, for tests.
    #[must_use]
    pub const fn watchers(&self) -> &Watchers {
        &self.owners.house.watchers
    }

    /// What WHIP and WHEP have made, for tests.
    #[must_use]
    pub const fn resources(&self) -> &Resources {
        &self.owners.house.resources
    }

    /// A link that founds the shop, while there is none. Every start prints a new one until one is used; then none works.
    ///
    /// # Errors
    /// The store's.
    pub async fn setup_link(&self) -> Result<Option<String>> {
        if self.owners.house.store.shop().await?.is_some() {
            return Ok(None);
        }
        let token = credential::one_time(&self.owners.house.store, LoginKind::Setup, clock::unix_ms()).await?;
        Ok(Some(format!("{}/studio#setup={token}", self.base)))
    }

    /// Puts the demo on air and returns its links.
    ///
    /// # Errors
    /// The store's.
    pub async fn demo(&self) -> Result<Links> {
        demo::start(self).await
    }

    /// Serves until `signal` completes or the server fails, then stops.
    ///
    /// # Errors
    /// When the server failed.
    pub async fn run_until(mut self, signal: impl Future<Output = ()>) -> Result<()> {
        tokio::select! {
            () = signal => {
                self.stop().await;
                Ok(())
            }
            ended = &mut self.server => {
                self.stop().await;
                ended.context("the server task failed")?.context("the server cannot go on")
            }
        }
    }

    /// Tells every session, ends media and requests, closes the store. Takes less than three seconds whatever clients do.
    pub async fn stop(mut self) {
        tracing::info!("stopping");
        self.stop.cancel();
        self.sessions.close();
        let serving = async {
            if !self.server.is_finished() && timeout(WIND_DOWN, &mut self.server).await.is_err() {
                self.server.abort();
            }
        };
        let media = self.owners.media.clone();
        let ((), told, _, ended, posted, paid) = tokio::join!(
            serving,
            timeout(GOODBYES, self.sessions.wait()),
            timeout(GOODBYES, &mut self.rehearsal),
            timeout(WIND_DOWN, media.stop()),
            timeout(WIND_DOWN, self.owners.post.stop()),
            timeout(WIND_DOWN, self.owners.pay.stop())
        );
        if posted.is_err() || paid.is_err() {
            tracing::info!("a delivery was still under way; the next start makes it again");
        }
        if told.is_err() || ended.is_err() {
            tracing::warn!(sessions.left = self.sessions.len(), "not everybody was told in time");
        }
        if timeout(SAVE_SHOWS, self.owners.house.save()).await.is_err() {
            tracing::warn!("some shows or shops were still saving; nobody was told of what they had not saved");
        }
        if timeout(CLOSE_STORE, self.owners.house.store.close()).await.is_err() {
            tracing::warn!("the store was still busy");
        }
        tracing::info!("stopped");
    }
}

/// Small messages leave at once, and what a slow client does not take waits here, where the newest replaces the old, not in
/// the kernel. A socket that cannot be tuned works as well, only worse.
fn tune(socket: &TcpStream) {
    let tuned = socket.set_nodelay(true).and_then(|()| SockRef::from(socket).set_tcp_notsent_lowat(KERNEL_QUEUE));
    if let Err(error) = tuned {
        tracing::debug!(%error, "socket not tuned");
    }
}

async fn bind(listen: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(listen).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!("the address {listen} is taken by another program (see --listen)"),
        ErrorKind::PermissionDenied => anyhow!("no permission to listen on {listen} (see --listen)"),
        ErrorKind::AddrNotAvailable => anyhow!("this machine does not have the address {} (see --listen)", listen.ip()),
        _ => anyhow!("cannot listen on {listen}: {error}"),
    })
}
