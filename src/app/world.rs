//! A world: the owners around one database, opened and introduced to each other. The house is one; a rehearsal is another,
//! which shares with it the media plane alone.
//!
//! Invariant: two worlds have no id of a show in common, so what the media plane reports is of one of them.

use super::route;
use crate::http::{Changes, Resources};
use crate::media::Media;
use crate::metrics::Metrics;
use crate::session::{Holders, JoinTokens, Sessions, Shared, Timing, Watchers};
use crate::shop::Shops;
use crate::show::Shows;
use crate::store::Store;
use anyhow::Result;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The name of the store's secret that signs join tokens.
const JOIN_TOKEN_SECRET: &str = "join_tokens";

/// The name of the store's secret that tells buyers apart.
const BUYER_SECRET: &str = "buyers";

/// The name of the store's secret that addresses are hashed with.
const ADDRESS_SECRET: &str = "addresses";

/// Products and orders that changed and of which nobody has been told: a shop's largest turn. Full: the newest of each waits
/// with its shop.
const SHOP_NOTICES: usize = 1_024;

/// Shows that end at once; a show that finds no room waits for it outside its mailbox.
const NOTICES: usize = 64;

/// Whoever owns state, and what they are reached by. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) store: Store,
    pub(super) shows: Shows,
    pub(super) shops: Shops,
    pub(super) tokens: JoinTokens,
    pub(super) watchers: Watchers,
    pub(super) changes: Changes,
    pub(super) holders: Holders,
    /// What addresses are hashed with.
    pub(super) address_key: [u8; 32],
    pub(super) resources: Resources,
    /// Ends those who carry news between the owners.
    carriers: CancellationToken,
}

impl World {
    /// Opens one around a store. `mails`: buyers are written letters.
    ///
    /// # Errors
    /// The store's, or the system's when it has no more threads.
    pub(super) async fn open(store: Store, mails: bool, media: &Media) -> Result<Self> {
        let tokens = JoinTokens::new(&store.secret(JOIN_TOKEN_SECRET).await?);
        let (noticed, notices) = mpsc::channel(NOTICES);
        let shows = Shows::start(store.clone(), noticed)?;
        let (changed, shop_notices) = mpsc::channel(SHOP_NOTICES);
        let secret = store.secret(BUYER_SECRET).await?;
        let shops = if mails { Shops::with_mail } else { Shops::new }(store.clone(), changed, secret);
        let address_key = store.secret(ADDRESS_SECRET).await?;
        let (watchers, changes, resources) = (Watchers::new(), Changes::default(), Resources::default());
        let (holders, carriers) = (Holders::new(), CancellationToken::new());
        let world = Self { store, shows, shops, tokens, watchers, changes, holders, address_key, resources, carriers };
        let stopped = || world.carriers.clone().cancelled_owned();
        let (told, ended) = (stopped(), stopped());
        let shops_to_all = route::shops_to_all(shop_notices, world.clone());
        let shows_to_media = route::shows_to_media(notices, media.clone(), world.clone());
        tokio::spawn(async move {
            tokio::select! { () = told => {}, () = shops_to_all => {} }
        });
        tokio::spawn(async move {
            tokio::select! { () = ended => {}, () = shows_to_media => {} }
        });
        Ok(world)
    }

    /// The sessions of this world: `stop` ends them, `tasks` knows them.
    pub(super) fn sessions(
        &self,
        media: &Media,
        metrics: &Metrics,
        timing: Timing,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Sessions {
        Sessions::new(Shared {
            shows: self.shows.clone(),
            shops: self.shops.clone(),
            watchers: self.watchers.clone(),
            holders: self.holders.clone(),
            media: media.clone(),
            tokens: self.tokens.clone(),
            metrics: metrics.clone(),
            timing,
            stop: stop.clone(),
            tasks: tasks.clone(),
        })
    }

    /// Shows and shops commit what was asked of them, and nobody carries news any more. The store is still open.
    pub(super) async fn save(&self) {
        tokio::join!(self.shows.stop(), self.shops.stop());
        self.carriers.cancel();
    }
}
