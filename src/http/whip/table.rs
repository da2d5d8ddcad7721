//! Which resources there are. One stands for one peer of the media plane, from just before it is built until it is over.
//!
//! Bounded by [`MAX_RESOURCES`]; at the bound, those are looked for whose peer is gone without anybody having been told.

use super::Way;
use super::bearer::Mark;
use crate::http::credential;
use crate::media::{IceCredentials, Media};
use dashmap::DashMap;
use data_encoding::BASE64URL_NOPAD;
use quiora_signaling::{PeerId, RefusalCode, SessionId, ShowId};
use std::sync::Arc;
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

    /// A peer is over. Whether it had a resource.
    pub fn forget(&self, peer: PeerId) -> bool {
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
