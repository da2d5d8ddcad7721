//! The owners of a server: those of the house, and those who are there once, whatever worlds there are.

use super::route;
use super::world::World;
use crate::config::{BaseUrl, Config};
use crate::media::{Media, MediaConfig};
use crate::pay::Pay;
use crate::post::Post;
use crate::store::Store;
use anyhow::Result;
use quiora_signaling::ShowId;
use std::sync::Arc;
use tokio::sync::watch;

/// The show that is rehearsed, and the world that it is in.
pub(super) type Rehearsed = Option<(ShowId, World)>;

/// Whoever owns state. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Owners {
    pub(super) house: World,
    pub(super) post: Arc<Post>,
    pub(super) pay: Arc<Pay>,
    pub(super) media: Media,
}

impl Owners {
    /// Opens them. `base` is how browsers reach this server; what happens to the media of a show that is rehearsed is told
    /// to its own world.
    ///
    /// # Errors
    /// One line for the operator: a port that is taken, a folder that cannot be written, a database that is not ours.
    pub(super) async fn open(config: &Config, base: &BaseUrl, rehearsed: watch::Receiver<Rehearsed>) -> Result<Self> {
        let store = Store::open(&config.data_dir, config.database_url.as_deref()).await?;
        Store::discard_copies(&config.data_dir)?;
        let media_config =
            MediaConfig { bind: config.media, public_ips: config.public_ip.clone(), workers: config.workers };
        let (media, events) = Media::start(&media_config)?;
        let house = World::open(store.clone(), config.post.mailer.is_some(), &media).await?;
        let post = Arc::new(Post::start(store.clone(), config.post.clone(), base.to_string()));
        let pay = Arc::new(Pay::start(store, house.shops.clone(), config.stripe.clone(), base.to_string()));
        tokio::spawn(route::media_to_shows(events, house.clone(), rehearsed));
        Ok(Self { house, post, pay, media })
    }
}
