//! What can be asked of a show, and what media tells it. Plain values; the texts in them are already clean and within
//! the protocol's limits (`quiora_signaling::parse`).

use quiora_signaling::{MessageId, PeerEnd, PeerId, SessionId, Showcase, Source};

/// A request of a joined session. Each is answered by `done` or `refused`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The show begins. Repeatable.
    Start,
    /// The show is over, for good. Repeatable.
    End,
    /// Says what the stage shows.
    StageSet {
        /// Whether a picture is being sent.
        video: bool,
        /// Whether sound is being sent.
        audio: bool,
        /// Where the picture comes from.
        source: Source,
    },
    /// Chooses a nickname.
    Rename(String),
    /// Writes a chat line.
    Chat {
        /// The line's id, made by its writer.
        message: MessageId,
        /// One clean line.
        text: String,
    },
    /// Puts a product on screen, as the shop says it is. The show fills in its own clock, and takes the media time out while
    /// there is no picture.
    Pin(Box<Showcase>),
    /// Takes the product off the screen. Repeatable.
    Unpin,
    /// The session takes its own media off the stage on purpose, so that viewers are not told to wait for it.
    StopPublishing,
}

/// What happened to the show's media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaNotice {
    /// The publisher's media flows, for the first time or again.
    Flowing {
        /// The publisher.
        peer: PeerId,
    },
    /// Nothing comes from the publisher, and nobody said goodbye.
    Stalled {
        /// The publisher.
        peer: PeerId,
    },
    /// Another connection is the publisher from now on.
    PublisherChanged {
        /// The new publisher.
        peer: PeerId,
        /// Whose it is.
        session: SessionId,
    },
    /// A publisher's best layers are of use to nobody, or are again.
    LayersWanted {
        /// The publisher.
        peer: PeerId,
        /// Whose it is.
        session: SessionId,
        /// How many to send, from the lowest.
        count: u8,
    },
    /// A connection is over.
    PeerDown {
        /// Whose it was.
        session: SessionId,
        /// Which.
        peer: PeerId,
        /// Whether it published.
        publisher: bool,
        /// Why.
        reason: PeerEnd,
    },
}

/// A stage that is fed from outside (WHIP): nobody sits behind it who could say what it shows, so its offer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// Under whose name its media comes.
    pub session: SessionId,
    /// Whether it sends a picture.
    pub video: bool,
    /// Whether it sends sound.
    pub audio: bool,
}
