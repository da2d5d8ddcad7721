//! What the media plane reports. Facts about flows and connections; it knows nothing of roles or shows' states.

use quiora_signaling::{PeerEnd, PeerId, SessionId, ShowId};

/// A fact from the media plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaEvent {
    /// A publisher's packets are being forwarded, for the first time or again after [`MediaEvent::Stalled`].
    Flowing {
        /// Whose stage.
        show: ShowId,
        /// The publishing connection.
        peer: PeerId,
    },
    /// A publisher has sent nothing for a while, without a goodbye.
    Stalled {
        /// Whose stage.
        show: ShowId,
        /// The publishing connection.
        peer: PeerId,
    },
    /// Another connection publishes from now on; its predecessor ends with [`PeerEnd::Replaced`].
    PublisherChanged {
        /// Whose stage.
        show: ShowId,
        /// The new publishing connection.
        peer: PeerId,
        /// The session that asked for it.
        session: SessionId,
    },
    /// A publisher's best layers are of use to nobody, or are again.
    LayersWanted {
        /// Whose stage.
        show: ShowId,
        /// The publishing connection.
        peer: PeerId,
        /// The session that asked for it.
        session: SessionId,
        /// How many layers are to be sent, from the lowest; at least one.
        count: u8,
    },
    /// A connection is over.
    PeerDown {
        /// Whose stage.
        show: ShowId,
        /// The session that asked for the connection.
        session: SessionId,
        /// The connection.
        peer: PeerId,
        /// Whether it published.
        publisher: bool,
        /// Why it ended.
        reason: PeerEnd,
    },
}
