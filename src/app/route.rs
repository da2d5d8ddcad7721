//! Who hears what: the media plane and the shows do not know each other.

use crate::http::{Feeding, Resources};
use crate::media::{Media, MediaEvent};
use crate::show::{MediaNotice, ShowNotice, Shows};
use quiora_signaling::{PeerEnd, ShowId};
use tokio::sync::mpsc;

/// Tells each show what happened to its media; a resource of WHIP or WHEP ends with its peer. Ends with the media plane.
pub(super) async fn media_to_shows(mut events: mpsc::Receiver<MediaEvent>, shows: Shows, resources: Resources) {
    while let Some(event) = events.recv().await {
        resources.hear(&event);
        let (show, notice) = notice(event);
        if let Some(handle) = shows.by_id(show).await {
            handle.media(notice).await;
        }
    }
}

/// Ends the connections of shows that are over, and tells a show that has been loaded of the feed that goes on. Ends with
/// the shows.
pub(super) async fn shows_to_media(
    mut notices: mpsc::Receiver<ShowNotice>,
    media: Media,
    shows: Shows,
    resources: Resources,
) {
    while let Some(notice) = notices.recv().await {
        match notice {
            ShowNotice::Ended(show) => media.close_show(show),
            ShowNotice::Loaded(show) => {
                if let Some(feeding) = resources.feeding(show) {
                    // Not awaited: the show may be waiting for this very loop.
                    tokio::spawn(remind(shows.clone(), resources.clone(), show, feeding));
                }
            }
        }
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
