//! The life of a show, what feeds it from outside, and what is pinned on its screen.

use super::members::Seat;
use super::{Action, Effect, Life, Refusal, ShowCore, allows};
use crate::show::command::Feed;
use quiora_signaling::{OnAir, SessionId, ShowEvent, ShowStatus, Showcase};

impl ShowCore {
    /// Media is about to come from outside.
    pub fn feed(&mut self, feed: Feed) {
        if self.facts.status != ShowStatus::Ended {
            self.stage.feed(feed);
        }
    }

    /// A feed was ended on purpose.
    pub fn unfeed(&mut self, session: SessionId) -> Vec<Effect> {
        self.stage.unfeed(session).map(Effect::Stage).into_iter().collect()
    }

    /// Whether the stage belongs to a feed: then the show goes on without anybody in it.
    #[must_use]
    pub fn is_fed(&self) -> bool {
        self.stage.is_fed()
    }

    /// Starts the show when a feed has come on air. Whoever starts to stream from an encoder means to be seen, and has
    /// no other button to say so; the end of the show stays the host's to say.
    pub fn follow_feed(&mut self, now_ms: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        let waiting = matches!(self.facts.status, ShowStatus::Draft | ShowStatus::Scheduled);
        if waiting && self.stage.is_fed() && self.stage.stage().on_air == OnAir::Live {
            self.begin(now_ms, &mut effects);
        }
        effects
    }

    pub(super) fn pin(
        &mut self,
        now_ms: u64,
        seat: Seat,
        mut showcase: Box<Showcase>,
        effects: &mut Vec<Effect>,
    ) -> Result<u64, Refusal> {
        self.permit(seat, Action::Pin)?;
        showcase.at_ms = self.log.clock(now_ms);
        // Without a picture there is no frame to wait for.
        showcase.media_us = showcase.media_us.filter(|_| self.stage.stage().on_air == OnAir::Live);
        self.showcase.pin(showcase.clone());
        Ok(self.record(now_ms, ShowEvent::Pinned(showcase), effects))
    }

    pub(super) fn unpin(&mut self, now_ms: u64, effects: &mut Vec<Effect>) -> Option<u64> {
        let product = self.showcase.unpin()?;
        Some(self.record(now_ms, ShowEvent::Unpinned { product }, effects))
    }

    pub(super) fn start(&mut self, now_ms: u64, seat: Seat, effects: &mut Vec<Effect>) -> Result<Option<u64>, Refusal> {
        self.permit(seat, Action::Start)?;
        if self.facts.status == ShowStatus::Live {
            return Ok(None);
        }
        Ok(Some(self.begin(now_ms, effects)))
    }

    fn begin(&mut self, now_ms: u64, effects: &mut Vec<Effect>) -> u64 {
        self.facts.status = ShowStatus::Live;
        self.facts.started_at_ms = Some(self.log.clock(now_ms));
        effects.push(Effect::Life(self.life()));
        self.record(now_ms, ShowEvent::Started, effects)
    }

    pub(super) fn end(&mut self, now_ms: u64, seat: Seat, effects: &mut Vec<Effect>) -> Result<Option<u64>, Refusal> {
        if self.facts.status == ShowStatus::Ended && allows(seat.role, Action::End) {
            return Ok(None);
        }
        self.permit(seat, Action::End)?;
        self.unpin(now_ms, effects);
        self.close_open_polls(now_ms, effects);
        self.facts.status = ShowStatus::Ended;
        self.facts.ended_at_ms = Some(self.log.clock(now_ms));
        effects.push(Effect::Life(self.life()));
        let seq = self.record(now_ms, ShowEvent::Ended, effects);
        effects.extend(self.stage.clear().map(Effect::Stage));
        effects.push(Effect::Over);
        Ok(Some(seq))
    }

    const fn life(&self) -> Life {
        Life { status: self.facts.status, started_at_ms: self.facts.started_at_ms, ended_at_ms: self.facts.ended_at_ms }
    }
}
