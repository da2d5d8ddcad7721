//! OWNER of the rehearsal: one task that makes the other world when the seller asks for it and takes it down again.
//!
//! # Rules
//! - Nothing leaves it: in this world there is neither [`crate::post`] nor [`crate::pay`]. Nobody is there who could write a letter,
//!   call another server or charge a card, whatever is asked of it.
//! - One at a time. It ends when the seller ends it, some minutes after its show has ended, after [`LONGEST`], and with the
//!   server. Its robots, sessions, media and database end with it, in that order.
//! - An order waits for the one before, so nothing is begun while something is being taken down.

use super::owners::Rehearsed;
use super::world::World;
use super::{CLOSE_STORE, GOODBYES, SAVE_SHOWS, robots};
use crate::clock;
use crate::config::{BaseUrl, IceServers};
use crate::http::error::Error;
use crate::http::{Http, Parts, Rehearsal, RehearsalKey, RehearsalOrder, Rehearsals, router};
use crate::media::Media;
use crate::metrics::Metrics;
use crate::robot::{self, GuestsConfig, Ware};
use crate::session::Timing;
use crate::shop::core::{Command, Listed};
use crate::shop::{Answer, Ask, Query};
use crate::store::{Copy, ShowRow, Store, StoreError};
use quiora_signaling::{PaymentMethod, RefusalCode, Role, ShippingOption, ShopId, ShowId, ShowStatus};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The longest rehearsal.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// How long a show that has ended is still there to look at.
const AFTERMATH: Duration = Duration::from_secs(3 * 60);

/// How often it is looked whether the show has ended.
const LOOK: Duration = Duration::from_secs(15);

/// Orders that wait. Full: who asks waits.
const ORDERS: usize = 4;

/// What a rehearsal needs of the server around it.
pub(super) struct Surroundings {
    pub(super) store: Store,
    pub(super) media: Media,
    pub(super) data_dir: PathBuf,
    pub(super) base: BaseUrl,
    /// Where the robots find the server.
    pub(super) address: SocketAddr,
    pub(super) timing: Timing,
    pub(super) ice: IceServers,
    /// Cancelled when the server stops.
    pub(super) stop: CancellationToken,
}

/// Where the owner leaves what others need to know of a rehearsal.
pub(super) struct Owner {
    surroundings: Surroundings,
    orders: mpsc::Receiver<RehearsalOrder>,
    /// For the door.
    on: watch::Sender<Option<Rehearsal>>,
    /// For whoever carries news from the media plane.
    rehearsed: watch::Sender<Rehearsed>,
}

/// A rehearsal that is on.
struct Running {
    copy: Copy,
    world: World,
    /// Ends sessions and robots.
    stop: CancellationToken,
    /// Of sessions and robots.
    tasks: TaskTracker,
    until: Instant,
    /// Since when its show has been over.
    ended: Option<Instant>,
}

/// What the robots are told of the shop.
struct Goods {
    line_up: Vec<Ware>,
    shipping: Option<ShippingOption>,
}

/// The owner, and the way to it.
pub(super) fn owner(surroundings: Surroundings, rehearsed: watch::Sender<Rehearsed>) -> (Owner, Rehearsals) {
    let (orders, mailbox) = mpsc::channel(ORDERS);
    let (on, door) = watch::channel(None);
    (Owner { surroundings, orders: mailbox, on, rehearsed }, Rehearsals::new(orders, door))
}

impl Owner {
    /// Obeys until the server stops.
    pub(super) async fn run(mut self) {
        let stop = self.surroundings.stop.clone();
        let mut running: Option<Running> = None;
        loop {
            let look = running.as_ref().map(|on| on.until.min(clock::monotonic() + LOOK));
            let order = tokio::select! {
                () = stop.cancelled() => break,
                order = self.orders.recv() => order,
                () = until(look) => {
                    if let Some(mut on) = running.take() {
                        match on.is_due().await {
                            true => self.end(Some(on)).await,
                            false => running = Some(on),
                        }
                    }
                    continue;
                }
            };
            match order {
                None => break,
                Some(RehearsalOrder::Begin { show, language, reply }) => {
                    let begun = match &running {
                        Some(_) => Err(Error::RehearsalRunning),
                        None => self.begin(&show, language).await.map(|begun| running = Some(begun)),
                    };
                    // Whoever asked may have gone: they find it by asking what is on.
                    let _ = reply.send(begun);
                }
                Some(RehearsalOrder::End { reply }) => {
                    self.end(running.take()).await;
                    let _ = reply.send(());
                }
            }
        }
        self.end(running.take()).await;
    }

    /// Makes the world, lets it know its show, sends the robots in, and opens the door.
    async fn begin(&self, show: &ShowRow, language: String) -> Result<Running, Error> {
        let Surroundings { store, media, data_dir, stop, .. } = &self.surroundings;
        let copy = store.copy(data_dir, show.show, clock::unix_ms()).await?;
        let world = match World::open(copy.store.clone(), false, media).await {
            Ok(world) => world,
            Err(error) => {
                tracing::error!(%error, "a rehearsal has no place to be");
                copy.discard().await;
                return Err(Error::Internal);
            }
        };
        let (stop, tasks) = (stop.child_token(), TaskTracker::new());
        let until = clock::monotonic() + LONGEST;
        let running = Running { copy, world, stop, tasks, until, ended: None };
        let goods = match running.settle(show.shop, show.show).await {
            Ok(goods) => goods,
            Err(code) => {
                tracing::error!(%code, "a rehearsal could not be prepared");
                self.end(Some(running)).await;
                return Err(Error::Refused(code));
            }
        };
        let key = RehearsalKey::mint();
        self.rehearsed.send_replace(Some((running.copy.show, running.world.clone())));
        let ends_at_ms = clock::unix_ms() + u64::try_from(LONGEST.as_millis()).unwrap_or_default();
        let router = self.router(&running, &self.surroundings.base.under(&key.path()));
        let guests = self.guests(&running, &key, language, goods);
        self.on.send_replace(Some(Rehearsal { key, shop: show.shop, slug: show.slug.clone(), ends_at_ms, router }));
        running.tasks.spawn(robot::entertain(guests, running.stop.clone()));
        tracing::info!(shop.id = %show.shop, show.slug, "a rehearsal begins");
        Ok(running)
    }

    /// The HTTP side of the other world. It has no mailer, no way to Stripe, and no rehearsals of its own.
    fn router(&self, running: &Running, base: &BaseUrl) -> axum::Router {
        let Surroundings { media, timing, ice, .. } = &self.surroundings;
        let World { store, shops, tokens, changes, resources, address_key, .. } = running.world.clone();
        // Counters of its own, so that nobody takes robots for an audience.
        let metrics = Metrics::new(media.clone());
        router(Http::new(Parts {
            store,
            shops,
            media: media.clone(),
            sessions: running.world.sessions(media, &metrics, *timing, &running.stop, &running.tasks),
            tokens,
            metrics,
            base: base.clone(),
            changes,
            resources,
            ice: ice.clone(),
            mailer: None,
            private_targets: false,
            stripe: None,
            rehearsals: None,
            address_key,
        }))
    }

    /// Viewers like any others, with tokens of the other world.
    fn guests(&self, running: &Running, key: &RehearsalKey, language: String, goods: Goods) -> GuestsConfig {
        GuestsConfig {
            ws_url: robots::socket(self.surroundings.address, &key.path()),
            origin: self.surroundings.base.origin(),
            language,
            seed: rand::random(),
            line_up: goods.line_up,
            shipping: goods.shipping,
            tokens: robots::tokens(running.world.tokens.clone(), running.copy.show, Role::Viewer, None),
        }
    }

    /// Takes it down. Harmless when none is on.
    async fn end(&self, running: Option<Running>) {
        let Some(Running { copy, world, stop, tasks, .. }) = running else { return };
        self.on.send_replace(None);
        stop.cancel();
        tasks.close();
        if timeout(GOODBYES, tasks.wait()).await.is_err() {
            tracing::warn!(tasks.left = tasks.len(), "not everybody left a rehearsal in time");
        }
        self.surroundings.media.close_show(copy.show);
        self.rehearsed.send_replace(None);
        if timeout(SAVE_SHOWS, world.save()).await.is_err() {
            tracing::debug!("a rehearsal was still saving");
        }
        drop(world);
        if timeout(CLOSE_STORE, copy.discard()).await.is_err() {
            tracing::warn!("the copy of a rehearsal was still busy; the next start removes it");
        }
        tracing::info!("a rehearsal has ended");
    }
}

impl Running {
    /// Gives the new show the line-up of the real one, and takes away the ways to pay that would lead out.
    async fn settle(&self, shop: ShopId, original: ShowId) -> Result<Goods, RefusalCode> {
        let ask = |ask: Ask| self.world.shops.ask(shop, ask);
        let Answer::LineUp(listed) = ask(Ask::Query(Query::LineUp(original))).await? else {
            return Err(RefusalCode::Internal);
        };
        let ware = |listed: Listed| Ware { product: listed.card.product, title: listed.card.title };
        let line_up: Vec<_> = listed.into_iter().map(ware).collect();
        let products = line_up.iter().map(|ware| ware.product).collect();
        ask(Ask::Command(Command::SetLineUp { show: self.copy.show, products })).await?;
        let Answer::Settings(mut settings) = ask(Ask::Query(Query::Settings)).await? else {
            return Err(RefusalCode::Internal);
        };
        let shipping = settings.shipping.first().cloned();
        if settings.payments != [PaymentMethod::Manual] {
            settings.payments = vec![PaymentMethod::Manual];
            ask(Ask::Command(Command::SetSettings(settings))).await?;
        }
        Ok(Goods { line_up, shipping })
    }

    /// Whether its time is over, or its show has been for long enough.
    async fn is_due(&mut self) -> bool {
        let now = clock::monotonic();
        if self.ended.is_none() && self.show_has_ended().await.unwrap_or(false) {
            self.ended = Some(now);
        }
        is_over(now, self.until, self.ended)
    }

    async fn show_has_ended(&self) -> Result<bool, StoreError> {
        let row = self.copy.store.show(self.copy.show).await?;
        Ok(row.is_none_or(|row| row.status == ShowStatus::Ended))
    }
}

/// Whether a rehearsal that lasts `until` then is over; `ended`: since when its show is.
fn is_over(now: Instant, until: Instant, ended: Option<Instant>) -> bool {
    now >= until || ended.is_some_and(|since| now.duration_since(since) >= AFTERMATH)
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
