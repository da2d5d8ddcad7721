//! Which resources there are. One stands for one peer of the media plane, from just before it is built until it is over.
//!
//! Bounded by [`MAX_RESOURCES`]; at the bound, those are looked for whose peer is gone without anybody having been told.

use super::Way;
use super::bearer::Mark;
use crate::http::credential;
use crate::media::{IceCredentials, Media, MediaEvent};
use crate::show::Feed;
use dashmap::DashMap;
use data_encoding::BASE64URL_NOPAD;
use quiora_signaling::{PeerId, RefusalCode, SessionId, ShowId};
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;

/// As many as the media plane has peers. Some 500 bytes each.
const MAX_RESOURCES: usize = 20_000;

/// All resources. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Resources(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    by_id: DashMap<String, Arc<Resource>>,
    by_peer: DashMap<PeerId, String>,
}

/// A connection that was asked for over HTTP.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) way: Way,
    pub(super) show: ShowId,
    /// The show's name, as it stands in the address.
    pub(super) slug: String,
    pub(super) session: SessionId,
    pub(super) peer: PeerId,
    /// Whose it is.
    pub(super) owner: Option<Mark>,
    /// Held while a restart is under way: of two at once, the second starts from what the first has left.
    pub(super) ice: Mutex<Ice>,
    /// What it does on stage; held for a moment, never across an await.
    pub(super) stage: std::sync::Mutex<OnStage>,
}

/// A feed on stage, as far as is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OnStage {
    /// What it shows.
    pub(super) feed: Option<Feed>,
    publishing: bool,
    flowing: bool,
}

/// A feed that a show must be told of which was loaded while it went on.
#[derive(Debug, Clone, Copy)]
pub struct Feeding {
    /// What it shows.
    pub feed: Feed,
    /// Its connection.
    pub peer: PeerId,
    /// Whether its media flows.
    pub flowing: bool,
}

/// The ICE session of a resource.
#[derive(Debug)]
pub(super) struct Ice {
    /// Its entity tag (RFC 9725 §4.3.1), quotes included.
    pub(super) etag: String,
    /// What the client goes by in it.
    pub(super) theirs: IceCredentials,
}

impl Ice {
    /// A session that nobody has had.
    pub(super) fn new(theirs: IceCredentials) -> Self {
        Self { etag: format!("\"{}\"", BASE64URL_NOPAD.encode(&rand::random::<[u8; 12]>())), theirs }
    }
}

impl Resources {
    /// Adds a resource and returns the last part of its address.
    ///
    /// # Errors
    /// `media_busy` when there are too many.
    pub(super) fn enter(&self, resource: Resource, media: &Media) -> Result<String, RefusalCode> {
        if self.0.by_id.len() >= MAX_RESOURCES {
            self.retain(|peer| media.knows(peer));
            if self.0.by_id.len() >= MAX_RESOURCES {
                return Err(RefusalCode::MediaBusy);
            }
        }
        let id = credential::mint();
        self.0.by_peer.insert(resource.peer, id.clone());
        self.0.by_id.insert(id.clone(), Arc::new(resource));
        Ok(id)
    }

    /// The resource of an address.
    pub(super) fn find(&self, way: Way, slug: &str, id: &str) -> Option<Arc<Resource>> {
        let found = self.0.by_id.get(id).map(|resource| resource.clone())?;
        (found.way == way && found.slug == slug).then_some(found)
    }

    /// Something happened to a peer, perhaps to one with a resource. To be told before the show is.
    pub fn hear(&self, event: &MediaEvent) {
        match event {
            MediaEvent::PublisherChanged { peer, .. } => self.on_stage(*peer, |stage| stage.publishing = true),
            MediaEvent::Flowing { peer, .. } => self.on_stage(*peer, |stage| stage.flowing = true),
            MediaEvent::Stalled { peer, .. } => self.on_stage(*peer, |stage| stage.flowing = false),
            // An encoder sends what it was set to.
            MediaEvent::LayersWanted { .. } => {}
            MediaEvent::PeerDown { peer, .. } => {
                self.forget(*peer);
            }
        }
    }

    /// The feed on a show's stage. While one replaces another there are two for a moment: the younger counts.
    #[must_use]
    pub fn feeding(&self, show: ShowId) -> Option<Feeding> {
        let resources = self.0.by_id.iter().filter(|entry| entry.show == show && entry.way == Way::In);
        let feeding = resources.filter_map(|entry| {
            let stage = *entry.stage.lock().unwrap_or_else(PoisonError::into_inner);
            let feed = stage.feed.filter(|_| stage.publishing)?;
            Some(Feeding { feed, peer: entry.peer, flowing: stage.flowing })
        });
        feeding.max_by_key(|feeding| feeding.peer.0)
    }

    /// Whether a peer still has its resource.
    #[must_use]
    pub fn knows(&self, peer: PeerId) -> bool {
        self.0.by_peer.contains_key(&peer)
    }

    /// What a feed shows.
    pub(super) fn announce(&self, peer: PeerId, feed: Feed) {
        self.on_stage(peer, |stage| stage.feed = Some(feed));
    }

    fn on_stage(&self, peer: PeerId, change: impl FnOnce(&mut OnStage)) {
        let id = self.0.by_peer.get(&peer).map(|id| id.clone());
        if let Some(resource) = id.and_then(|id| self.0.by_id.get(&id).map(|resource| resource.clone())) {
            change(&mut resource.stage.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// A peer is over. Whether it had a resource.
    pub(super) fn forget(&self, peer: PeerId) -> bool {
        let Some((_, id)) = self.0.by_peer.remove(&peer) else { return false };
        self.0.by_id.remove(&id).is_some()
    }

    /// The peers that feed a show's stage, or are about to.
    pub(in crate::http) fn feeds_of(&self, show: ShowId) -> Vec<PeerId> {
        let feeds = |resource: &Resource| resource.way == Way::In && resource.show == show;
        self.0.by_id.iter().filter(|entry| feeds(entry)).map(|entry| entry.peer).collect()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.by_id.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.by_id.is_empty()
    }

    fn retain(&self, known: impl Fn(PeerId) -> bool) {
        let gone: Vec<PeerId> = self.0.by_peer.iter().map(|entry| *entry.key()).filter(|peer| !known(*peer)).collect();
        for peer in gone {
            self.forget(peer);
        }
    }
}
