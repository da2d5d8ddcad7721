//! Who hears what: the media plane and the shows do not know each other.

use crate::http::Resources;
use crate::media::{Media, MediaEvent};
use crate::show::{MediaNotice, ShowNotice, Shows};
use quiora_signaling::ShowId;
use tokio::sync::mpsc;

/// Tells each show what happened to its media; a resource of WHIP or WHEP ends with its peer. Ends with the media plane.
pub(super) async fn media_to_shows(mut events: mpsc::Receiver<MediaEvent>, shows: Shows, resources: Resources) {
    while let Some(event) = events.recv().await {
        if let MediaEvent::PeerDown { peer, .. } = event {
            resources.forget(peer);
        }
        let (show, notice) = notice(event);
        if let Some(handle) = shows.by_id(show).await {
            handle.media(notice).await;
        }
    }
}

/// Ends the connections of shows that are over. Ends with the shows.
pub(super) async fn shows_to_media(mut notices: mpsc::Receiver<ShowNotice>, media: Media) {
    while let Some(notice) = notices.recv().await {
        match notice {
            ShowNotice::Ended(show) => media.close_show(show),
        }
    }
}

fn notice(event: MediaEvent) -> (ShowId, MediaNotice) {
    match event {
        MediaEvent::Flowing { show, peer } => (show, MediaNotice::Flowing { peer }),
        MediaEvent::Stalled { show, peer } => (show, MediaNotice::Stalled { peer }),
        MediaEvent::PublisherChanged { show, peer, session } => (show, MediaNotice::PublisherChanged { peer, session }),
        MediaEvent::PeerDown { show, session, peer, publisher, reason } => {
            (show, MediaNotice::PeerDown { session, peer, publisher, reason })
        }
    }
}
