//! The owners of a server, opened and introduced to each other.

use super::route;
use crate::config::{BaseUrl, Config};
use crate::http::{Changes, Resources};
use crate::media::{Media, MediaConfig};
use crate::pay::Pay;
use crate::post::Post;
use crate::session::{Holders, JoinTokens, Watchers};
use crate::shop::Shops;
use crate::show::Shows;
use crate::store::Store;
use anyhow::Result;
use std::sync::Arc;
use tokio::sync::mpsc;

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
pub(super) struct Owners {
    pub(super) store: Store,
    pub(super) shows: Shows,
    pub(super) shops: Shops,
    pub(super) post: Arc<Post>,
    pub(super) pay: Arc<Pay>,
    pub(super) media: Media,
    pub(super) tokens: JoinTokens,
    pub(super) watchers: Watchers,
    pub(super) changes: Changes,
    pub(super) holders: Holders,
    /// What addresses are hashed with.
    pub(super) address_key: [u8; 32],
    pub(super) resources: Resources,
}

impl Owners {
    /// Opens them. `base` is how browsers reach this server.
    ///
    /// # Errors
    /// One line for the operator: a port that is taken, a folder that cannot be written, a database that is not ours.
    pub(super) async fn open(config: &Config, base: &BaseUrl) -> Result<Self> {
        let store = Store::open(&config.data_dir, config.database_url.as_deref()).await?;
        let tokens = JoinTokens::new(&store.secret(JOIN_TOKEN_SECRET).await?);
        let media_config =
            MediaConfig { bind: config.media, public_ips: config.public_ip.clone(), workers: config.workers };
        let (media, events) = Media::start(&media_config)?;
        let (noticed, notices) = mpsc::channel(NOTICES);
        let shows = Shows::start(store.clone(), noticed)?;
        let (changed, shop_notices) = mpsc::channel(SHOP_NOTICES);
        let secret = store.secret(BUYER_SECRET).await?;
        let shops =
            if config.post.mailer.is_some() { Shops::with_mail } else { Shops::new }(store.clone(), changed, secret);
        let post = Arc::new(Post::start(store.clone(), config.post.clone(), base.to_string()));
        let pay = Arc::new(Pay::start(store.clone(), shops.clone(), config.stripe.clone(), base.to_string()));
        let address_key = store.secret(ADDRESS_SECRET).await?;
        let (watchers, changes, resources) = (Watchers::new(), Changes::default(), Resources::default());
        let holders = Holders::new();
        tokio::spawn(route::shops_to_all(
            shop_notices,
            shows.clone(),
            watchers.clone(),
            changes.clone(),
            holders.clone(),
        ));
        tokio::spawn(route::media_to_shows(events, shows.clone(), resources.clone()));
        tokio::spawn(route::shows_to_media(notices, media.clone(), shows.clone(), shops.clone(), resources.clone()));
        Ok(Self { store, shows, shops, post, pay, media, tokens, watchers, changes, holders, address_key, resources })
    }
}
