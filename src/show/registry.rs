//! Which shows are loaded, and where. A show is loaded when somebody asks for it and unloaded when nobody is there.
//!
//! Invariant: at most one actor decides for a show. Loading is serialized, an actor's entry stands until the actor has
//! stopped deciding, and only its own lease takes it away.

use super::actor::{Actor, MAILBOX};
use super::core::{Audience, Filter, History, Line, MAX_ATTENDED, MAX_LINES, ShowCore, ShowFacts, text_hash};
use super::handle::{Mail, ShowHandle};
use super::plan::Seats;
use super::rows;
use crate::clock;
use crate::store::{KnownLine, ShowRow, Store, StoreError};
use dashmap::DashMap;
use quiora_signaling::limits::{MAX_LINES_AT_HAND, MAX_RESUME_EVENTS};
use quiora_signaling::{FilterSettings, ProductId, ProductStock, RefusalCode, ShopId, ShowId, ShowStatus};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{Mutex, mpsc};
use tracing::Instrument;

/// A show without sessions stays loaded for this long: people come back from a break.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// How long [`Shows::stop`] waits for a show to save what it has.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// What a show tells the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShowNotice {
    /// The show has been loaded and knows nothing of its media, nor of what is left of what is pinned: it is to be told of
    /// a feed that goes on, and of the stock.
    Loaded {
        /// Which.
        show: ShowId,
        /// Whose it is.
        shop: ShopId,
        /// What is on its screen.
        pinned: Option<ProductId>,
    },
    /// A product was taken off the screen: its offer is over.
    Unpinned {
        /// Whose it is.
        shop: ShopId,
        /// Which.
        product: ProductId,
    },
    /// The show is over: its media can be closed.
    Ended(ShowId),
}

/// All shows. Clones share them.
#[derive(Debug, Clone)]
pub struct Shows {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    loaded: DashMap<ShowId, Entry>,
    /// Slugs of loaded shows. They never change.
    slugs: DashMap<String, ShowId>,
    /// Held while a show is being loaded, so that two who ask at once get the same.
    loading: Mutex<()>,
    leases: AtomicU64,
    notices: mpsc::Sender<ShowNotice>,
    idle_timeout: Duration,
    stopping: AtomicBool,
    threads: Threads,
}

/// Where shows run.
///
/// A show that has spoken to ten thousand sessions has put ten thousand tasks before whatever its runtime does next. On
/// threads of their own shows hear, commit and tell while those write, and the system sees to it that both get on.
#[derive(Debug)]
enum Threads {
    /// With whoever asked for them.
    Shared(Handle),
    /// By themselves. Taken only when dropped.
    Own(Option<Runtime>),
}

impl Threads {
    fn spawn(&self, actor: impl Future<Output = ()> + Send + 'static) {
        match self {
            Self::Shared(handle) => _ = handle.spawn(actor),
            Self::Own(runtime) => _ = runtime.as_ref().map(|runtime| runtime.spawn(actor)),
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // The last to know of the shows may be one of them, or any task: nobody here can wait.
        if let Self::Own(runtime) = self
            && let Some(runtime) = runtime.take()
        {
            runtime.shutdown_background();
        }
    }
}

#[derive(Debug)]
struct Entry {
    handle: ShowHandle,
    lease: u64,
}

/// An actor's claim to its entry. Dropping it gives the entry up, also when the actor panics.
#[derive(Debug)]
pub(super) struct Lease {
    registry: Weak<Inner>,
    show: ShowId,
    slug: String,
    number: u64,
}

impl Lease {
    /// Gives the entry up. Harmless when done already.
    pub(super) fn end(&self) {
        let Some(registry) = self.registry.upgrade() else {
            return;
        };
        if registry.loaded.remove_if(&self.show, |_, entry| entry.lease == self.number).is_some() {
            registry.slugs.remove(&self.slug);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shows {
    /// No show loaded yet; they will run on threads of their own. `notices` may fill up for a moment; no notice is lost.
    ///
    /// # Errors
    /// The system's, when it has no more threads.
    pub fn start(store: Store, notices: mpsc::Sender<ShowNotice>) -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread().thread_name("shows").enable_time().build()?;
        Ok(Self::with(store, notices, IDLE_TIMEOUT, Threads::Own(Some(runtime))))
    }

    /// As [`Shows::start`], on the runtime that this is called on, and with another time after which a show without sessions
    /// is unloaded.
    #[must_use]
    pub fn here(store: Store, notices: mpsc::Sender<ShowNotice>, idle_timeout: Duration) -> Self {
        Self::with(store, notices, idle_timeout, Threads::Shared(Handle::current()))
    }

    fn with(store: Store, notices: mpsc::Sender<ShowNotice>, idle_timeout: Duration, threads: Threads) -> Self {
        let inner = Inner {
            store,
            loaded: DashMap::new(),
            slugs: DashMap::new(),
            loading: Mutex::new(()),
            leases: AtomicU64::new(0),
            notices,
            idle_timeout,
            stopping: AtomicBool::new(false),
            threads,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The show of that slug, loaded if need be.
    pub async fn get(&self, slug: &str) -> Option<ShowHandle> {
        let known = self.inner.slugs.get(slug).map(|entry| *entry.value());
        let show = match known {
            Some(show) => show,
            None => match self.inner.store.show_by_slug(slug).await {
                Ok(row) => row?.show,
                Err(error) => {
                    tracing::error!(%error, "show not looked up");
                    return None;
                }
            },
        };
        self.by_id(show).await
    }

    /// The show of that id, loaded if need be.
    pub async fn by_id(&self, show: ShowId) -> Option<ShowHandle> {
        self.open(show).await.ok()
    }

    /// As [`Shows::by_id`], saying why not: a client should come back after an error, and not to a show that is not.
    ///
    /// # Errors
    /// `show_not_found`, `server_stopping`, `show_restarted` when the store fails.
    pub async fn open(&self, show: ShowId) -> Result<ShowHandle, RefusalCode> {
        if let Some(handle) = self.inner.find(show) {
            return Ok(handle);
        }
        let _loading = self.inner.loading.lock().await;
        if let Some(handle) = self.inner.find(show) {
            return Ok(handle);
        }
        if self.inner.stopping.load(Ordering::Acquire) {
            return Err(RefusalCode::ServerStopping);
        }
        match load(&self.inner.store, show).await {
            Ok(Some((row, history))) => Ok(self.run(row, history)),
            Ok(None) => Err(RefusalCode::ShowNotFound),
            Err(error) => {
                tracing::error!(%show, %error, "show not loaded");
                Err(RefusalCode::ShowRestarted)
            }
        }
    }

    /// Tells all shows that are loaded what is left of a product.
    pub async fn stock(&self, stock: &ProductStock) {
        let handles: Vec<_> = self.inner.loaded.iter().map(|entry| entry.handle.clone()).collect();
        for handle in handles {
            handle.stock(stock.clone()).await;
        }
    }

    /// Tells all shows of a shop that are loaded how it filters from now on.
    pub async fn set_filter(&self, shop: ShopId, settings: &FilterSettings) {
        let of = |entry: &dashmap::mapref::multiple::RefMulti<'_, ShowId, Entry>| entry.handle.shop() == shop;
        let mailboxes: Vec<_> = self.inner.loaded.iter().filter(of).map(|entry| entry.handle.mailbox.clone()).collect();
        let filter = Filter::new(settings);
        for mailbox in mailboxes {
            // One that is gone reads the settings when it is loaded again.
            let _ = mailbox.send(Mail::Filter(Box::new(filter.clone()))).await;
        }
    }

    /// Shows loaded now.
    #[must_use]
    pub fn loaded(&self) -> usize {
        self.inner.loaded.len()
    }

    /// Ends all shows: what was asked before is done and saved, then every session is told `server_stopping`. None is
    /// loaded afterwards.
    pub async fn stop(&self) {
        self.inner.stopping.store(true, Ordering::Release);
        let _loading = self.inner.loading.lock().await;
        let mailboxes: Vec<_> = self.inner.loaded.iter().map(|entry| entry.handle.mailbox.clone()).collect();
        let all = async {
            for mailbox in &mailboxes {
                // An error means that it has ended already.
                let _ = mailbox.send(Mail::Stop).await;
            }
            for mailbox in &mailboxes {
                mailbox.closed().await;
            }
        };
        if tokio::time::timeout(STOP_TIMEOUT, all).await.is_err() {
            tracing::warn!("some shows did not stop in time");
        }
    }

    fn run(&self, row: ShowRow, history: History) -> ShowHandle {
        let show = row.show;
        let (mailbox, mail) = mpsc::channel(MAILBOX);
        let over = Arc::new(AtomicBool::new(row.status == ShowStatus::Ended));
        let shop = row.shop;
        let handle = ShowHandle { show, shop, mailbox, store: self.inner.store.clone(), over: over.clone() };
        let number = self.inner.leases.fetch_add(1, Ordering::Relaxed);
        let lease = Lease { registry: Arc::downgrade(&self.inner), show, slug: row.slug.clone(), number };
        self.inner.slugs.insert(row.slug.clone(), show);
        self.inner.loaded.insert(show, Entry { handle: handle.clone(), lease: number });
        let span = tracing::info_span!(parent: None, "show", %show, slug = row.slug);
        let actor = Actor {
            show,
            shop,
            core: ShowCore::new(facts(row), history),
            store: self.inner.store.clone(),
            mailbox: mail,
            seats: Seats::default(),
            over,
            attended: Vec::new(),
            attended_at: clock::monotonic(),
            notices: self.inner.notices.clone(),
            idle_timeout: self.inner.idle_timeout,
            lease,
        };
        self.inner.threads.spawn(actor.run().instrument(span));
        handle
    }
}

impl Inner {
    /// An actor that has ended without its lease having been seen to yet is as good as none.
    fn find(&self, show: ShowId) -> Option<ShowHandle> {
        let entry = self.loaded.get(&show)?;
        (!entry.handle.mailbox.is_closed()).then(|| entry.handle.clone())
    }
}

async fn load(store: &Store, show: ShowId) -> Result<Option<(ShowRow, History)>, StoreError> {
    let Some(row) = store.show(show).await? else {
        return Ok(None);
    };
    let seq = store.last_seq(show).await?;
    let (recent, chat) = (MAX_RESUME_EVENTS as u32, MAX_LINES_AT_HAND as u32);
    let chat = store.recent_chat(show, chat).await?;
    let oldest = chat.first().map_or(seq, |logged| logged.seq);
    let history = History {
        seq,
        recent: store.log_after(show, seq.saturating_sub(u64::from(recent)), recent).await?,
        cleared: store.cleared(show, oldest).await?,
        chat,
        audience: audience(store, &row).await?,
        pinned: store.pinned(show).await?,
        lines: store.message_ids(show, MAX_LINES as u32, text_hash).await?.into_iter().map(line).collect(),
    };
    Ok(Some((row, history)))
}

/// Everything that is known of the audience of a show.
async fn audience(store: &Store, row: &ShowRow) -> Result<Audience, StoreError> {
    let show = row.show;
    store.forget_ended_sanctions(clock::unix_ms()).await?;
    let kept = store.audience(show).await?;
    Ok(Audience {
        questions: kept.questions,
        votes: kept.votes,
        polls: kept.polls,
        rights: kept.rights,
        ballots: kept.ballots,
        rules: kept.rules,
        filter: Filter::new(&store.filter(row.shop).await?),
        pinned_line: kept.pinned_line,
        held: kept.held,
        sanctions: kept.sanctions.into_iter().map(rows::sanction).collect(),
        captions: kept.captions,
        peak: kept.peak,
        attended: store.attended(show, MAX_ATTENDED as u32).await?.into_iter().collect(),
    })
}

fn line(known: KnownLine) -> (quiora_signaling::MessageId, Line) {
    (known.message, Line { seq: known.seq, member: known.member, text_hash: known.text_hash })
}

fn facts(row: ShowRow) -> ShowFacts {
    ShowFacts {
        show: row.show,
        slug: row.slug,
        title: row.title,
        shop: row.shop_name,
        status: row.status,
        scheduled_at_ms: row.scheduled_at_ms,
        started_at_ms: row.started_at_ms,
        ended_at_ms: row.ended_at_ms,
    }
}
