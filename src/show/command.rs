//! What can be asked of a show, and what media tells it. Plain values; the texts in them are already clean and within
//! the protocol's limits (`quiora_signaling::parse`).

use super::core::Draft;
use quiora_signaling::{
    CrowdMessage, ModerationMessage, PeerEnd, PeerId, PollMessage, QuestionMessage, SessionId, Showcase, Source,
};

/// A request of a joined session. Each is answered by `done` or `refused`, or by what it asks for. Messages that go to the show
/// as they came are the protocol's own.
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
    Chat(Draft),
    /// Puts a product on screen, as the shop says it is. The show fills in its own clock, and takes the media time out while
    /// there is no picture.
    Pin(Box<Showcase>),
    /// Takes the product off the screen. Repeatable.
    Unpin,
    /// The session takes its own media off the stage on purpose, so that viewers are not told to wait for it.
    StopPublishing,
    /// About a question.
    Question {
        /// What.
        message: QuestionMessage,
        /// The frame that was being taken when it was asked for. The show takes it out while there is no picture.
        media_us: Option<u64>,
    },
    /// About a poll.
    Poll(PollMessage),
    /// To keep order.
    Moderate(ModerationMessage),
    /// What one of a crowd does.
    Crowd {
        /// What.
        message: CrowdMessage,
        /// As of a question.
        media_us: Option<u64>,
    },
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
