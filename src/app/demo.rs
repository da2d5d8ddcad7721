//! The demo: a shop, a show that is already on air, and the two links that lead there.

mod goods;

use super::{Running, robots};
use crate::clock;
use crate::http::credential;
use crate::robot::{self, SellerConfig};
use crate::show::slug;
use crate::store::{LoginKind, NewShow, Shop, ShowRow, Store, StoreError};
use anyhow::{Result, anyhow};
use quiora_signaling::{MemberId, Role, ShowStatus};
use tokio_util::sync::CancellationToken;

/// The demo's shop.
const SHOP: &str = "Bottega Quiora";

/// The demo's show.
const TITLE: &str = "Bottega dal vivo · Live from the workshop";

/// Its address; `demo-2` and so on once it has ended.
const SLUG: &str = "demo";

/// Where to look.
#[derive(Debug, Clone)]
pub struct Links {
    /// The show that is on air.
    pub watch: String,
    /// The studio, opened once.
    pub studio: String,
}

/// Sees to it that there is a demo show, puts the robot on its stage, and says where.
pub(super) async fn start(running: &Running) -> Result<Links> {
    let store = &running.owners.house.store;
    let shop = shop(store).await?;
    let show = show(store).await?;
    goods::stock(&running.owners.house.shops, shop.id, show.show).await?;
    let studio = credential::one_time(store, LoginKind::Login, clock::unix_ms()).await?;
    let links = Links {
        watch: format!("{}/s/{}", running.base, show.slug),
        studio: format!("{}/studio#login={studio}", running.base),
    };
    tokio::spawn(sell(seller(running, &show, MemberId(shop.id.0)), running.stop.clone()));
    Ok(links)
}

/// The robot as a client like any other, with a host's token.
fn seller(running: &Running, show: &ShowRow, member: MemberId) -> SellerConfig {
    SellerConfig {
        ws_url: robots::socket(running.address, ""),
        origin: running.base.to_string(),
        show: show.slug.clone(),
        tokens: robots::tokens(running.owners.house.tokens.clone(), show.show, Role::Host, Some(member)),
    }
}

async fn sell(config: SellerConfig, stop: CancellationToken) {
    if let Err(error) = robot::run(config, stop).await {
        tracing::error!(%error, "the demo's seller gave up");
    }
}

async fn shop(store: &Store) -> Result<Shop> {
    if let Some(shop) = store.shop().await? {
        return Ok(shop);
    }
    Ok(store.create_shop(SHOP, clock::unix_ms()).await?)
}

/// The first of `demo`, `demo-2`, … that is not over, made if need be.
async fn show(store: &Store) -> Result<ShowRow> {
    for slug in slug::candidates(SLUG) {
        match store.show_by_slug(&slug).await? {
            Some(row) if row.status == ShowStatus::Ended => {}
            Some(row) => return Ok(row),
            None => {
                let new = NewShow { slug, title: TITLE.to_owned(), scheduled_at_ms: None };
                match store.create_show(new, clock::unix_ms()).await {
                    Err(StoreError::SlugTaken) => {}
                    other => return Ok(other?),
                }
            }
        }
    }
    Err(anyhow!("all names for the demo's show are taken"))
}
