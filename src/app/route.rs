//! Who hears what: media plane, shows and shops do not know each other.

use super::owners::Rehearsed;
use super::world::World;
use crate::http::{Feeding, Resources};
use crate::media::{Media, MediaEvent};
use crate::shop::core::Command;
use crate::shop::{Answer, Ask, Notice, Query, Shops};
use crate::show::{MediaNotice, ShowNotice, Shows};
use quiora_signaling::{PeerEnd, ProductId, ShopId, ShowId};
use tokio::sync::{mpsc, watch};

/// Tells each show what happened to its media, in the world that it is in; a resource of WHIP or WHEP ends with its peer.
/// Ends with the media plane.
pub(super) async fn media_to_shows(
    mut events: mpsc::Receiver<MediaEvent>,
    house: World,
    rehearsed: watch::Receiver<Rehearsed>,
) {
    while let Some(event) = events.recv().await {
        house.resources.hear(&event);
        let (show, notice) = notice(event);
        let rehearsal = rehearsed.borrow().as_ref().filter(|(id, _)| *id == show).map(|(_, world)| world.shows.clone());
        if let Some(handle) = rehearsal.unwrap_or_else(|| house.shows.clone()).by_id(show).await {
            handle.media(notice).await;
        }
    }
}

/// Ends the connections of shows that are over, and tells a show that has been loaded of the feed that goes on. Ends with
/// the world.
pub(super) async fn shows_to_media(mut notices: mpsc::Receiver<ShowNotice>, media: Media, world: World) {
    let World { shows, shops, resources, .. } = world;
    while let Some(notice) = notices.recv().await {
        match notice {
            ShowNotice::Ended(show) => media.close_show(show),
            // Not awaited: what the shop says in turn waits for the shows.
            ShowNotice::Unpinned { shop, product } => {
                tokio::spawn(end_offer(shops.clone(), shop, product));
            }
            ShowNotice::Loaded { show, shop, pinned } => {
                if let Some(product) = pinned {
                    tokio::spawn(remind_stock(shows.clone(), shops.clone(), show, shop, product));
                }
                if let Some(feeding) = resources.feeding(show) {
                    // Not awaited: the show may be waiting for this very loop.
                    tokio::spawn(remind(shows.clone(), resources.clone(), show, feeding));
                }
            }
        }
    }
}

/// Tells all shows what is left of what a shop sells, buyers how their orders go, and the seller that there is something
/// to see. Ends with the world.
pub(super) async fn shops_to_all(mut notices: mpsc::Receiver<Notice>, world: World) {
    let World { shows, watchers, changes, holders, .. } = world;
    while let Some(notice) = notices.recv().await {
        match notice {
            Notice::Stock(stock) => shows.stock(&stock).await,
            Notice::Order(shop, order) => {
                if order.status.is_ordered() {
                    changes.tell(shop, order.as_of);
                }
                if !order.status.is_open() {
                    holders.ended(order.order);
                }
                watchers.tell(&order);
            }
        }
    }
}

/// Tells a show what is left of what it has pinned.
async fn remind_stock(shows: Shows, shops: Shops, show: ShowId, shop: ShopId, product: ProductId) {
    let answer = shops.ask(shop, Ask::Query(Query::Stock(product))).await;
    if let (Ok(Answer::Stock(stock)), Some(handle)) = (answer, shows.by_id(show).await) {
        handle.stock(stock).await;
    }
}

/// Ends the offer of a product that is no longer on screen. What cannot be ended now ends at its own time.
async fn end_offer(shops: Shops, shop: ShopId, product: ProductId) {
    if let Err(code) = shops.ask(shop, Ask::Command(Command::EndOffer { product })).await {
        tracing::warn!(shop.id = %shop, %code, "an offer was not ended");
    }
}

/// Tells a show of its feed. If that has ended meanwhile, the show may have been told of the end before the beginning.
async fn remind(shows: Shows, resources: Resources, show: ShowId, feeding: Feeding) {
    let Some(handle) = shows.by_id(show).await else { return };
    let Feeding { feed, peer, flowing } = feeding;
    handle.feed(feed).await;
    handle.media(MediaNotice::PublisherChanged { peer, session: feed.session }).await;
    if flowing {
        handle.media(MediaNotice::Flowing { peer }).await;
    }
    if !resources.knows(peer) {
        let reason = PeerEnd::Closed;
        handle.media(MediaNotice::PeerDown { session: feed.session, peer, publisher: true, reason }).await;
    }
}

fn notice(event: MediaEvent) -> (ShowId, MediaNotice) {
    match event {
        MediaEvent::Flowing { show, peer } => (show, MediaNotice::Flowing { peer }),
        MediaEvent::Stalled { show, peer } => (show, MediaNotice::Stalled { peer }),
        MediaEvent::PublisherChanged { show, peer, session } => (show, MediaNotice::PublisherChanged { peer, session }),
        MediaEvent::LayersWanted { show, peer, session, count } => {
            (show, MediaNotice::LayersWanted { peer, session, count })
        }
        MediaEvent::PeerDown { show, session, peer, publisher, reason } => {
            (show, MediaNotice::PeerDown { session, peer, publisher, reason })
        }
    }
}
