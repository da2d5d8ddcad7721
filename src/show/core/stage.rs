//! What is on stage, from what the host says and what media does. Media decides whether it flows; the host decides
//! what it is.
//!
//! Notices come from media threads and commands from sessions, so a notice may be about a publisher who is no longer
//! one: only what concerns the current publisher changes the stage.

use crate::show::command::{Feed, MediaNotice};
use quiora_signaling::{OnAir, PeerEnd, PeerId, SessionId, Source, Stage};

/// Feeds that were announced and are not over. One is on stage and one may be about to replace it; a further one
/// replaces the oldest, which then merely does not say what it shows.
const MAX_FEEDS: usize = 4;

#[derive(Debug)]
pub(super) struct StageState {
    stage: Stage,
    publisher: Option<Publisher>,
    feeds: Vec<Feed>,
}

#[derive(Debug, Clone, Copy)]
struct Publisher {
    peer: PeerId,
    session: Option<SessionId>,
    /// Taken off stage by its own session; what still comes from it is an echo.
    stopped: bool,
}

impl StageState {
    pub(super) fn new(on_air: OnAir) -> Self {
        Self { stage: Stage { on_air, ..Stage::default() }, publisher: None, feeds: Vec::new() }
    }

    pub(super) const fn stage(&self) -> Stage {
        self.stage
    }

    /// The host says what the stage shows. Returns the stage if it changed, as all here do.
    pub(super) fn set(&mut self, video: bool, audio: bool, source: Source) -> Option<Stage> {
        self.become_stage(Stage { on_air: self.stage.on_air, video, audio, source })
    }

    /// The session takes its media off the stage; nothing happens if another session's is on it.
    pub(super) fn stop(&mut self, session: SessionId) -> Option<Stage> {
        if let Some(publisher) = &mut self.publisher {
            if publisher.session.is_some_and(|owner| owner != session) {
                return None;
            }
            publisher.stopped = true;
        }
        self.become_on_air(OnAir::Off)
    }

    /// Media will come from outside.
    pub(super) fn feed(&mut self, feed: Feed) {
        self.feeds.retain(|known| known.session != feed.session);
        if self.feeds.len() == MAX_FEEDS {
            self.feeds.remove(0);
        }
        self.feeds.push(feed);
    }

    /// A feed ends on purpose.
    pub(super) fn unfeed(&mut self, session: SessionId) -> Option<Stage> {
        let on_stage = self.publisher.is_some_and(|p| p.session == Some(session));
        if on_stage { self.stop(session) } else { None }
    }

    /// Whether the present publisher is a feed.
    pub(super) fn is_fed(&self) -> bool {
        self.fed_by().is_some()
    }

    fn fed_by(&self) -> Option<Feed> {
        let session = self.publisher?.session?;
        self.feeds.iter().find(|feed| feed.session == session).copied()
    }

    /// The show is over.
    pub(super) fn clear(&mut self) -> Option<Stage> {
        self.publisher = None;
        self.feeds.clear();
        self.become_on_air(OnAir::Off)
    }

    /// Media happened. `live` is whether the show is.
    pub(super) fn media(&mut self, notice: MediaNotice, live: bool) -> Option<Stage> {
        let interrupted = if live { OnAir::Reconnecting } else { OnAir::Off };
        match notice {
            MediaNotice::PublisherChanged { peer, session } => {
                // It may be told twice: when it happens, and to a show that was loaded meanwhile.
                let stopped = self.publisher.is_some_and(|p| p.peer == peer && p.stopped);
                self.publisher = Some(Publisher { peer, session: Some(session), stopped });
                let Feed { video, audio, .. } = self.fed_by()?;
                self.set(video, audio, Source::Camera)
            }
            MediaNotice::Flowing { peer } => {
                let publisher = *self.publisher.get_or_insert(Publisher { peer, session: None, stopped: false });
                if publisher.peer == peer && !publisher.stopped { self.become_on_air(OnAir::Live) } else { None }
            }
            MediaNotice::Stalled { peer } => {
                let current = self.publisher.is_some_and(|p| p.peer == peer && !p.stopped);
                if current { self.become_on_air(interrupted) } else { None }
            }
            MediaNotice::PeerDown { session, peer, publisher: true, reason } => {
                self.feeds.retain(|feed| feed.session != session);
                let gone = self.publisher.take_if(|p| p.peer == peer)?;
                // Whoever replaced it speaks for the stage now.
                if gone.stopped || reason == PeerEnd::Replaced { None } else { self.become_on_air(interrupted) }
            }
            MediaNotice::PeerDown { publisher: false, .. } | MediaNotice::LayersWanted { .. } => None,
        }
    }

    fn become_on_air(&mut self, on_air: OnAir) -> Option<Stage> {
        self.become_stage(Stage { on_air, ..self.stage })
    }

    fn become_stage(&mut self, stage: Stage) -> Option<Stage> {
        if self.stage == stage {
            return None;
        }
        self.stage = stage;
        Some(stage)
    }
}
