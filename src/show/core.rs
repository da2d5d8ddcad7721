//! PURE core of a show: who is here, what was said, what is on stage, and what of it is durable.
//!
//! Invariants:
//! - It cannot fail, it *refuses*; it reads no clock and does no IO. What must happen comes out as [`Effect`]s, in order.
//! - Durable effects are those that [`Effect::is_durable`] names. The shell commits them before it delivers any effect
//!   of the same turn; if it cannot, this core is thrown away with all it decided since.
//! - Events have gapless `seq`. A session's welcome stands in the effects exactly where its catch-up ends: later events
//!   are for it, earlier ones it already has.
//!
//! Time is milliseconds since the Unix epoch and may step: times of events never go back, and no deadline depends on
//! the clock going forth.

mod chat;
mod effect;
mod history;
mod members;
mod nickname;
mod presence;
mod showcase;
mod stage;

pub use chat::text_hash;
pub use effect::{Admitted, Effect, Life};
pub use history::{History, Line, MAX_LINES};
pub use presence::{Headcount, MAX_ATTENDED};

use super::command::{Command, Feed, MediaNotice};
use super::rights::{Action, allows};
use history::Log;
use members::{Members, Seat};
use presence::Presence;
use quiora_signaling::limits::MAX_SESSIONS_PER_SHOW;
use quiora_signaling::{
    ChatRules, Guard, MemberId, Mine, OnAir, ProductStock, RefusalCode, RequestId, Resume, Role, SessionId, ShowEvent,
    ShowId, ShowState, ShowStatus, Showcase,
};
use showcase::ShowcaseState;
use stage::StageState;

/// What a show is, apart from its log. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowFacts {
    /// Its id.
    pub show: ShowId,
    /// Its name in links.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// The shop's name for people.
    pub shop: String,
    /// Where in its life it is.
    pub status: ShowStatus,
    /// The announced date.
    pub scheduled_at_ms: Option<u64>,
    /// When it began.
    pub started_at_ms: Option<u64>,
    /// When it ended.
    pub ended_at_ms: Option<u64>,
}

/// A session that wants in. Its token was verified by whoever says this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// The socket.
    pub session: SessionId,
    /// The person.
    pub member: MemberId,
    /// What the token lets the person do.
    pub role: Role,
    /// The nickname that the store remembers, for a member who is not here yet.
    pub nickname: Option<String>,
    /// What the client has already.
    pub resume: Option<Resume>,
}

/// One live event.
#[derive(Debug)]
pub struct ShowCore {
    facts: ShowFacts,
    log: Log,
    members: Members,
    stage: StageState,
    presence: Presence,
    showcase: ShowcaseState,
}

impl ShowCore {
    /// A show as the store has it. One that is live waits for its seller, whose media the restart has cut off.
    #[must_use]
    pub fn new(facts: ShowFacts, mut history: History) -> Self {
        let on_air = if facts.status == ShowStatus::Live { OnAir::Reconnecting } else { OnAir::Off };
        Self {
            showcase: ShowcaseState::new(history.pinned.take()),
            log: Log::new(history),
            members: Members::new(&facts.shop),
            stage: StageState::new(on_air),
            presence: Presence::default(),
            facts,
        }
    }

    /// Where in its life the show is.
    #[must_use]
    pub const fn status(&self) -> ShowStatus {
        self.facts.status
    }

    /// The `seq` of the newest event.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.log.seq()
    }

    /// Open sessions.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.members.sessions()
    }

    /// Admits a session.
    ///
    /// # Errors
    /// `show_full`; `hello_repeated` if the session is in already.
    pub fn join(&mut self, now_ms: u64, joining: Joining) -> Result<Vec<Effect>, RefusalCode> {
        if self.members.sessions() >= MAX_SESSIONS_PER_SHOW {
            return Err(RefusalCode::ShowFull);
        }
        let (session, resume) = (joining.session, joining.resume);
        let you = self.members.enter(joining)?;
        let presence = self.presence.set(now_ms, self.members.viewers());
        let admitted =
            Admitted { session, you, show: self.state(), catch_up: self.log.catch_up(resume), mine: Mine::default() };
        let mut effects = vec![Effect::Welcome(Box::new(admitted))];
        effects.extend(presence.map(Effect::Presence));
        Ok(effects)
    }

    /// A session is over. Unknown ones are no fault: the socket may have closed before it was admitted.
    pub fn leave(&mut self, now_ms: u64, session: SessionId) -> Vec<Effect> {
        if !self.members.leave(session) {
            return Vec::new();
        }
        let presence = self.presence.set(now_ms, self.members.viewers());
        let mut effects = vec![Effect::Gone { session }];
        effects.extend(presence.map(Effect::Presence));
        effects
    }

    /// Does what a session asks, or says why not. Whoever is refused has changed nothing.
    ///
    /// # Errors
    /// Any code that is not about media; `hello_expected` from a session that is not in.
    pub fn apply(
        &mut self,
        now_ms: u64,
        session: SessionId,
        request: RequestId,
        command: Command,
    ) -> Result<Vec<Effect>, RefusalCode> {
        let seat = self.members.seat(session).ok_or(RefusalCode::HelloExpected)?;
        let mut effects = Vec::with_capacity(4);
        let seq = match command {
            Command::Start => self.start(now_ms, seat, &mut effects)?,
            Command::End => self.end(now_ms, seat, &mut effects)?,
            Command::StageSet { video, audio, source } => {
                self.permit(seat, Action::SetStage)?;
                effects.extend(self.stage.set(video, audio, source).map(Effect::Stage));
                None
            }
            Command::Rename(nickname) => {
                self.permit(seat, Action::Rename)?;
                let member = seat.member;
                if self.members.rename(seat, &nickname)? {
                    effects.push(Effect::Named { member, nickname });
                }
                None
            }
            Command::Chat { message, text } => Some(self.chat(now_ms, seat, message, text, &mut effects)?),
            Command::Pin(showcase) => Some(self.pin(now_ms, seat, showcase, &mut effects)?),
            Command::Unpin => {
                self.permit(seat, Action::Pin)?;
                self.unpin(now_ms, &mut effects)
            }
            Command::StopPublishing => {
                effects.extend(self.stage.stop(session).map(Effect::Stage));
                None
            }
        };
        effects.push(Effect::Done { session, request, seq });
        Ok(effects)
    }

    /// Takes note of what happened to the show's media.
    pub fn media(&mut self, notice: MediaNotice) -> Vec<Effect> {
        let mut effects = Vec::with_capacity(2);
        if self.facts.status != ShowStatus::Ended {
            let live = self.facts.status == ShowStatus::Live;
            effects.extend(self.stage.media(notice, live).map(Effect::Stage));
        }
        if let MediaNotice::PeerDown { session, peer, reason, .. } = notice
            && self.members.seat(session).is_some()
        {
            effects.push(Effect::PeerClosed { session, peer, reason });
        }
        if let MediaNotice::LayersWanted { session, peer, count } = notice
            && self.members.seat(session).is_some()
        {
            effects.push(Effect::LayersWanted { session, peer, count });
        }
        effects
    }

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

    /// The shop says what is left of a product.
    pub fn stock(&mut self, now_ms: u64, stock: ProductStock) -> Vec<Effect> {
        self.showcase.set(stock);
        self.showcase.handle_timeout(now_ms).into_iter().map(Effect::Stock).collect()
    }

    /// What is pinned on screen.
    #[must_use]
    pub const fn pinned(&self) -> Option<&Showcase> {
        self.showcase.pinned()
    }

    /// When [`ShowCore::handle_timeout`] wants to be called, if ever: milliseconds since the Unix epoch.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        [self.presence.poll_timeout(), self.showcase.poll_timeout()].into_iter().flatten().min()
    }

    /// Does what has become due.
    pub fn handle_timeout(&mut self, now_ms: u64) -> Vec<Effect> {
        let presence = self.presence.handle_timeout(now_ms).map(Effect::Presence);
        presence.into_iter().chain(self.showcase.handle_timeout(now_ms).into_iter().map(Effect::Stock)).collect()
    }

    fn pin(
        &mut self,
        now_ms: u64,
        seat: Seat,
        mut showcase: Box<Showcase>,
        effects: &mut Vec<Effect>,
    ) -> Result<u64, RefusalCode> {
        self.permit(seat, Action::Pin)?;
        showcase.at_ms = self.log.clock(now_ms);
        // Without a picture there is no frame to wait for.
        showcase.media_us = showcase.media_us.filter(|_| self.stage.stage().on_air == OnAir::Live);
        self.showcase.pin(showcase.clone());
        let logged = self.log.append(now_ms, ShowEvent::Pinned(showcase));
        let seq = logged.seq;
        effects.push(Effect::Event(logged));
        Ok(seq)
    }

    fn unpin(&mut self, now_ms: u64, effects: &mut Vec<Effect>) -> Option<u64> {
        let product = self.showcase.unpin()?;
        let logged = self.log.append(now_ms, ShowEvent::Unpinned { product });
        let seq = logged.seq;
        effects.push(Effect::Event(logged));
        Some(seq)
    }

    fn start(&mut self, now_ms: u64, seat: Seat, effects: &mut Vec<Effect>) -> Result<Option<u64>, RefusalCode> {
        self.permit(seat, Action::Start)?;
        if self.facts.status == ShowStatus::Live {
            return Ok(None);
        }
        Ok(Some(self.begin(now_ms, effects)))
    }

    fn begin(&mut self, now_ms: u64, effects: &mut Vec<Effect>) -> u64 {
        let logged = self.log.append(now_ms, ShowEvent::Started);
        let seq = logged.seq;
        self.facts.status = ShowStatus::Live;
        self.facts.started_at_ms = Some(logged.at_ms);
        effects.extend([Effect::Life(self.life()), Effect::Event(logged)]);
        seq
    }

    fn end(&mut self, now_ms: u64, seat: Seat, effects: &mut Vec<Effect>) -> Result<Option<u64>, RefusalCode> {
        if self.facts.status == ShowStatus::Ended && allows(seat.role, Action::End) {
            return Ok(None);
        }
        self.permit(seat, Action::End)?;
        self.unpin(now_ms, effects);
        let logged = self.log.append(now_ms, ShowEvent::Ended);
        let seq = logged.seq;
        self.facts.status = ShowStatus::Ended;
        self.facts.ended_at_ms = Some(logged.at_ms);
        effects.extend([Effect::Life(self.life()), Effect::Event(logged)]);
        effects.extend(self.stage.clear().map(Effect::Stage));
        effects.push(Effect::Over);
        Ok(Some(seq))
    }

    /// The rights table, and after it the show's life.
    fn permit(&self, seat: Seat, action: Action) -> Result<(), RefusalCode> {
        check(seat.role, action, self.facts.status)
    }

    const fn life(&self) -> Life {
        Life { status: self.facts.status, started_at_ms: self.facts.started_at_ms, ended_at_ms: self.facts.ended_at_ms }
    }

    fn state(&self) -> ShowState {
        let heads = self.presence.heads();
        ShowState {
            show: self.facts.show,
            slug: self.facts.slug.clone(),
            title: self.facts.title.clone(),
            shop: self.facts.shop.clone(),
            status: self.facts.status,
            scheduled_at_ms: self.facts.scheduled_at_ms,
            started_at_ms: self.facts.started_at_ms,
            ended_at_ms: self.facts.ended_at_ms,
            stage: self.stage.stage(),
            viewers: self.members.viewers(),
            peak: heads.peak,
            total: heads.total,
            rules: ChatRules::default(),
            guard: Guard::default(),
            pinned_line: None,
            showcase: self.showcase.pinned().cloned().map(Box::new),
            stock: self.showcase.stock().cloned(),
        }
    }
}

/// Whether `role` may do `action` in a show that is at `status`.
///
/// # Errors
/// `not_allowed` by the rights table; `show_ended` when it is too late for anybody.
pub fn check(role: Role, action: Action, status: ShowStatus) -> Result<(), RefusalCode> {
    if !allows(role, action) {
        return Err(RefusalCode::NotAllowed);
    }
    if status == ShowStatus::Ended && !action.outlives_the_show() {
        return Err(RefusalCode::ShowEnded);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
