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

mod ask;
mod chat;
mod effect;
mod filter;
mod floor;
mod held;
mod history;
mod life;
mod members;
mod moderate;
mod nickname;
mod people;
mod polls;
mod presence;
mod pulse;
mod questions;
mod row;
mod sanctions;
mod showcase;
mod snapshot;
mod stage;
mod vote;

pub use chat::{Draft, text_hash};
pub use effect::{Admitted, Effect, Life, Reach, Refusal, StateKey};
pub use filter::Filter;
pub use history::{Audience, History, Line, MAX_LINES};
pub use people::Revoked;
pub use presence::{Headcount, MAX_ATTENDED};
pub use row::{AddressHash, Row, Sanction, SanctionKind};

use super::command::{Command, MediaNotice};
use super::rights::{Action, allows};
use effect::Reply;
use floor::Floor;
use held::Held;
use history::Log;
use members::{Members, Seat};
use polls::Polls;
use presence::Presence;
use pulse::Pulse;
use questions::Questions;
use quiora_signaling::limits::MAX_SESSIONS_PER_SHOW;
use quiora_signaling::{
    ChatLine, MemberId, OnAir, ProductStock, RefusalCode, RequestId, Resume, Role, ServerMessage, SessionId, ShowEvent,
    ShowId, ShowStatus, Showcase,
};
use sanctions::Sanctions;
use showcase::ShowcaseState;
use stage::StageState;
use std::collections::HashSet;

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
    /// From where, if that can be told.
    pub address: Option<AddressHash>,
    /// Whether it is a remote control of the host.
    pub remote: bool,
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
    floor: Floor,
    held: Held,
    pinned_line: Option<Box<ChatLine>>,
    questions: Questions,
    polls: Polls,
    sanctions: Sanctions,
    pulse: Pulse,
    /// Moderators whose link was taken back since the show was loaded: one of them may have been on the way in. As few as links.
    revoked: HashSet<MemberId>,
}

impl ShowCore {
    /// A show as the store has it. One that is live waits for its seller, whose media the restart has cut off.
    #[must_use]
    pub fn new(facts: ShowFacts, mut history: History) -> Self {
        let on_air = if facts.status == ShowStatus::Live { OnAir::Reconnecting } else { OnAir::Off };
        let audience = std::mem::take(&mut history.audience);
        Self {
            floor: Floor::new(audience.rules, audience.filter),
            held: Held::new(audience.held),
            pinned_line: audience.pinned_line,
            questions: Questions::new(audience.questions, audience.votes),
            polls: Polls::new(audience.polls, &audience.rights, audience.ballots),
            sanctions: Sanctions::new(audience.sanctions),
            pulse: Pulse::new(audience.captions),
            presence: Presence::new(audience.peak, audience.attended),
            showcase: ShowcaseState::new(history.pinned.take()),
            log: Log::new(history),
            members: Members::new(&facts.shop),
            revoked: HashSet::new(),
            stage: StageState::new(on_air),
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
    /// `show_full`; `banned`; `access_revoked`; `hello_repeated` if the session is in already.
    pub fn join(&mut self, now_ms: u64, joining: Joining) -> Result<Vec<Effect>, RefusalCode> {
        let Joining { session, member, role, resume, address, .. } = joining;
        // Whoever runs the show gets in, however many watch.
        if role == Role::Viewer && self.members.sessions() >= MAX_SESSIONS_PER_SHOW {
            return Err(RefusalCode::ShowFull);
        }
        if role == Role::Moderator && self.revoked.contains(&member) {
            return Err(RefusalCode::AccessRevoked);
        }
        if role == Role::Viewer && self.sanctions.is_banned(now_ms, member, address) {
            return Err(RefusalCode::Banned);
        }
        let you = self.members.enter(joining)?;
        let first = role == Role::Viewer && self.presence.attend(member);
        let presence = self.presence.set(now_ms, self.members.viewers());
        let seat = Seat { member, role };
        let (catch_up, mine) = (self.catch_up(seat, resume), self.mine(now_ms, seat));
        let admitted = Admitted { session, you, show: self.state(), catch_up, mine };
        let mut effects = vec![Effect::Welcome(Box::new(admitted))];
        effects.extend(first.then_some(Effect::Row(Row::Attended(member))));
        effects.extend(presence.map(Effect::Presence));
        // Who comes as host must know of a remote that is here already.
        if role == Role::Host && self.members.remotes() > 0 {
            effects.push(self.tell_remotes());
        }
        Ok(effects)
    }

    /// A session is over. Unknown ones are no fault: the socket may have closed before it was admitted.
    pub fn leave(&mut self, now_ms: u64, session: SessionId) -> Vec<Effect> {
        let remotes = self.members.remotes();
        if !self.members.leave(session) {
            return Vec::new();
        }
        let presence = self.presence.set(now_ms, self.members.viewers());
        let mut effects = vec![Effect::Gone { session }];
        effects.extend(presence.map(Effect::Presence));
        if self.members.remotes() != remotes {
            effects.push(self.tell_remotes());
        }
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
    ) -> Result<Vec<Effect>, Refusal> {
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
                self.rename(seat, nickname, &mut effects)?;
                None
            }
            Command::Chat(draft) => self.chat(now_ms, seat, draft, &mut effects)?,
            Command::Pin(showcase) => Some(self.pin(now_ms, seat, showcase, &mut effects)?),
            Command::Unpin => {
                self.permit(seat, Action::Pin)?;
                self.unpin(now_ms, &mut effects)
            }
            Command::StopPublishing => {
                effects.extend(self.stage.stop(session).map(Effect::Stage));
                None
            }
            Command::Question { message, media_us } => self.question(now_ms, seat, message, media_us, &mut effects)?,
            Command::Poll(message) => self.poll(now_ms, seat, message, &mut effects)?,
            Command::Moderate(message) => {
                let reply = self.moderate(now_ms, seat, &message, &mut effects)?;
                return Ok(answer(effects, session, request, reply));
            }
            Command::Crowd { message, media_us } => {
                let reply = self.crowd(now_ms, seat, message, media_us, &mut effects)?;
                return Ok(answer(effects, session, request, reply));
            }
        };
        Ok(answer(effects, session, request, Reply::Done(seq)))
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

    /// The shop filters otherwise from now on.
    pub fn set_filter(&mut self, filter: Filter) {
        self.floor.filter = filter;
    }

    /// The most viewers there were at once.
    #[must_use]
    pub const fn peak(&self) -> u32 {
        self.presence.heads().peak
    }

    /// When [`ShowCore::handle_timeout`] wants to be called, if ever: milliseconds since the Unix epoch.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        let audience = [
            self.questions.poll_timeout(),
            self.polls.poll_timeout(),
            self.pulse.poll_timeout(),
            self.floor.poll_timeout(),
        ];
        [self.presence.poll_timeout(), self.showcase.poll_timeout()].into_iter().chain(audience).flatten().min()
    }

    /// Does what has become due.
    pub fn handle_timeout(&mut self, now_ms: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        effects.extend(self.presence.handle_timeout(now_ms).map(Effect::Presence));
        effects.extend(self.showcase.handle_timeout(now_ms).into_iter().map(Effect::Stock));
        self.close_due_polls(now_ms, &mut effects);
        self.tell_tallies(now_ms, &mut effects);
        let state = |key, message| Effect::State { to: Reach::All, key, message: Box::new(message) };
        for votes in self.questions.handle_timeout(now_ms) {
            effects.push(state(StateKey::Votes(votes.question), ServerMessage::QuestionVotes(votes)));
        }
        if let Some(counts) = self.pulse.handle_timeout(now_ms) {
            effects.push(state(StateKey::Reactions, ServerMessage::Reactions { counts }));
        }
        if let Some(guard) = self.floor.handle_timeout(now_ms) {
            effects.push(state(StateKey::Guard, ServerMessage::Guard(guard)));
        }
        effects
    }

    /// Puts an event into the log and tells everybody; returns its `seq`.
    fn record(&mut self, now_ms: u64, event: ShowEvent, effects: &mut Vec<Effect>) -> u64 {
        let logged = self.log.append(now_ms, event);
        let seq = logged.seq;
        effects.push(Effect::Event(logged));
        seq
    }

    /// Tells all sessions of a viewer. Staff hears of everything anyway.
    fn tell_member(&self, member: MemberId, message: &ServerMessage, effects: &mut Vec<Effect>) {
        if self.members.is_staff(member) {
            return;
        }
        let sessions = self.members.sessions_of(member).iter();
        effects.extend(sessions.map(|session| Effect::Tell { session: *session, message: Box::new(message.clone()) }));
    }

    /// The rights table, and after it the show's life.
    fn permit(&self, seat: Seat, action: Action) -> Result<(), RefusalCode> {
        check(seat.role, action, self.facts.status)
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

/// Ends the effects of a request with its reply.
fn answer(mut effects: Vec<Effect>, session: SessionId, request: RequestId, reply: Reply) -> Vec<Effect> {
    effects.push(match reply {
        Reply::Done(seq) => Effect::Done { session, request, seq },
        Reply::Message(message) => Effect::Tell { session, message },
    });
    effects
}

#[cfg(test)]
mod tests;
