//! ICE restart (RFC 8445 §9) of a living peer: new credentials on both sides, everything else stays.
//!
//! The order goes to whoever has the peer: its worker, or the waiting room. Until a request comes under the new name the
//! old one is good as well ([`super::ice`]), so whoever fails on the way has lost nothing.

use super::handle::Media;
use super::ice::Credentials;
use super::shared::Order;
use super::waiting::Reached;
use super::worker::Worker;
use quiora_signaling::{PeerId, RefusalCode};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::oneshot;

/// A worker takes its orders every turn; one that has not by then has other troubles.
const PATIENCE: Duration = Duration::from_secs(2);

/// One side's ICE credentials (RFC 8445 §5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceCredentials {
    /// The name.
    pub ufrag: String,
    /// The secret.
    pub password: String,
}

/// What a worker is told.
pub(super) struct Restart {
    peer: PeerId,
    local: Credentials,
    remote_ufrag: String,
    /// Whether there was such a peer.
    done: oneshot::Sender<bool>,
}

impl Media {
    /// Gives a peer new ICE credentials, the client's and ours; returns ours. Media goes on meanwhile, and the old ones
    /// are good until the client uses the new. The client's password is of no use to an ICE-lite server, which sends no
    /// checks.
    ///
    /// # Errors
    /// `peer_not_found`; `media_busy` when its worker does not answer. Either way nothing has changed.
    pub async fn restart(&self, peer: PeerId, ufrag: String, _password: &str) -> Result<IceCredentials, RefusalCode> {
        let local = Credentials::generate();
        let ours = IceCredentials { ufrag: local.ufrag.clone(), password: local.password.clone() };
        let waiting = &self.shared.waiting;
        let visit = |peer: &mut super::peer::Peer| {
            let unconfirmed = peer.restart(local.clone(), ufrag.clone());
            (peer.ufrag().to_owned(), unconfirmed)
        };
        match waiting.reach(peer, visit).ok_or(RefusalCode::PeerNotFound)? {
            Reached::Waiting((first, unconfirmed)) => {
                if let Some(name) = unconfirmed {
                    waiting.forget_name(&name);
                }
                waiting.add_name(&first, &ours.ufrag);
                Ok(ours)
            }
            Reached::Worker(worker) => {
                let (done, heard) = oneshot::channel();
                let order = Order::Restart(Restart { peer, local, remote_ufrag: ufrag, done });
                let taken = self.shared.mailboxes.get(worker).is_some_and(|mailbox| mailbox.order(order));
                if !taken || self.shared.stopping.load(Ordering::Relaxed) {
                    return Err(RefusalCode::MediaBusy);
                }
                match tokio::time::timeout(PATIENCE, heard).await {
                    Ok(Ok(true)) => Ok(ours),
                    Ok(Ok(false)) => Err(RefusalCode::PeerNotFound),
                    Ok(Err(_)) | Err(_) => Err(RefusalCode::MediaBusy),
                }
            }
        }
    }

    /// Whether there is such a peer.
    #[must_use]
    pub fn knows(&self, peer: PeerId) -> bool {
        self.shared.waiting.knows(peer)
    }

    /// Where this server can be reached, as values of `a=candidate` (RFC 8839 §5.1), best first.
    #[must_use]
    pub fn candidates(&self) -> Vec<String> {
        super::answer::candidates(&self.shared.identity.addresses, self.shared.identity.tcp)
    }
}

impl Worker {
    /// Does what was asked, and says whether it could.
    pub(super) fn restart(&mut self, restart: Restart) {
        let key = self.by_id.get(&restart.peer).copied();
        let member = key.and_then(|key| Some((key, self.members.get_mut(key.0)?.as_mut()?)));
        let found = member.is_some();
        if let Some((key, member)) = member {
            let name = restart.local.ufrag.clone();
            if let Some(unconfirmed) = member.peer.restart(restart.local, restart.remote_ufrag) {
                self.by_ufrag.remove(unconfirmed.as_bytes());
                self.shared.waiting.forget_name(&unconfirmed);
            }
            self.shared.waiting.add_name(member.peer.ufrag(), &name);
            self.by_ufrag.insert(name.into_bytes(), key);
            tracing::debug!(peer.id = %restart.peer, "media.ice_restarted");
        }
        // Whoever asked may have given up; the peer then answers to one name more than anybody knows.
        let _ = restart.done.send(found);
    }
}
