//! One turn of a show: what has been decided and not yet been done. Its durable part is committed in one transaction, and
//! only then the rest is delivered, in the order in which it was decided.

use super::core::{Admitted, Effect, Headcount};
use super::handle::Ticket;
use super::outbox::{Class, Frame, Outbox, StateKey};
use crate::store::{MemberName, ShowPatch};
use quiora_signaling::{
    Limits, Logged, PROTOCOL_VERSION, ProductId, RefusalCode, Refused, RequestId, ServerMessage, SessionId, ShowEvent,
    Welcome,
};
use std::collections::HashMap;

/// The sessions that hear what happens. Dropping them (the actor ended, for whatever reason) sends all away to come back.
#[derive(Debug, Default)]
pub(super) struct Seats(HashMap<SessionId, Outbox>);

impl Seats {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends all sessions.
    pub(super) fn close(&mut self, code: RefusalCode) {
        for (_, outbox) in self.0.drain() {
            outbox.close(code);
        }
    }

    /// Sessions whose task is gone without having left.
    pub(super) fn abandoned(&self) -> Vec<SessionId> {
        self.0.iter().filter(|(_, outbox)| outbox.is_abandoned()).map(|(session, _)| *session).collect()
    }

    fn tell_all(&self, class: Class, frame: &Frame) {
        for outbox in self.0.values() {
            outbox.push(class, frame.clone());
        }
    }

    fn tell(&self, session: SessionId, message: &ServerMessage) {
        if let Some(outbox) = self.0.get(&session) {
            outbox.push(Class::Reply, Frame::encode(message));
        }
    }
}

impl Drop for Seats {
    fn drop(&mut self) {
        self.close(RefusalCode::ShowRestarted);
    }
}

/// A step of the delivery. Broadcasts are encoded once.
#[derive(Debug)]
enum Step {
    TellAll(Class, Frame),
    Tell(SessionId, ServerMessage),
    Admit(Box<Admitted>, Ticket),
    Remove(SessionId),
}

/// What a turn adds up to.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) events: Vec<Logged>,
    pub(super) patch: Option<ShowPatch>,
    pub(super) names: Vec<MemberName>,
    steps: Vec<Step>,
    over: bool,
}

impl Plan {
    /// Whether there is something to commit.
    pub(super) fn is_durable(&self) -> bool {
        !self.events.is_empty() || self.patch.is_some() || !self.names.is_empty()
    }

    /// Whether the show ended in this turn.
    pub(super) const fn is_over(&self) -> bool {
        self.over
    }

    /// Products that were taken off the screen in this turn.
    pub(super) fn unpinned(&self) -> impl Iterator<Item = ProductId> {
        self.events.iter().filter_map(|logged| match logged.event {
            ShowEvent::Unpinned { product } => Some(product),
            _ => None,
        })
    }

    /// Adds the effects of a join; `ticket` belongs to the welcome among them.
    pub(super) fn admit(&mut self, effects: Vec<Effect>, ticket: Ticket) {
        let mut ticket = Some(ticket);
        for effect in effects {
            match (effect, ticket.take()) {
                (Effect::Welcome(admitted), Some(ticket)) => self.steps.push(Step::Admit(admitted, ticket)),
                (other, unused) => {
                    ticket = unused;
                    self.add_one(other);
                }
            }
        }
    }

    /// Adds effects.
    pub(super) fn add(&mut self, effects: Vec<Effect>) {
        effects.into_iter().for_each(|effect| self.add_one(effect));
    }

    /// Adds a "no". It waits for the commit like any reply, so that a session's replies keep to its welcome.
    pub(super) fn refuse(&mut self, session: SessionId, request: RequestId, code: RefusalCode) {
        self.steps.push(Step::Tell(session, ServerMessage::Refused(Refused::new(Some(request), code))));
    }

    fn add_one(&mut self, effect: Effect) {
        match effect {
            Effect::Event(logged) => {
                self.steps.push(Step::TellAll(Class::Event, Frame::encode(&ServerMessage::Event(logged.clone()))));
                self.events.push(logged);
            }
            Effect::Life(life) => {
                let (started_at_ms, ended_at_ms) = (life.started_at_ms, life.ended_at_ms);
                self.patch = Some(ShowPatch { status: life.status, started_at_ms, ended_at_ms });
            }
            Effect::Named { member, nickname } => self.names.push(MemberName { member, nickname }),
            Effect::Done { session, request, seq } => {
                self.steps.push(Step::Tell(session, ServerMessage::Done { id: request, seq }));
            }
            Effect::Stage(stage) => {
                let frame = Frame::encode(&ServerMessage::Stage(stage));
                self.steps.push(Step::TellAll(Class::State(StateKey::Stage), frame));
            }
            Effect::Presence(Headcount { viewers, peak, total }) => {
                let frame = Frame::encode(&ServerMessage::Presence { viewers, peak, total });
                self.steps.push(Step::TellAll(Class::State(StateKey::Presence), frame));
            }
            Effect::Stock(stock) => {
                let class = Class::State(StateKey::Stock(stock.product));
                self.steps.push(Step::TellAll(class, Frame::encode(&ServerMessage::Stock(stock))));
            }
            Effect::LayersWanted { session, peer, count } => {
                self.steps.push(Step::Tell(session, ServerMessage::LayersWanted { peer, count }));
            }
            Effect::PeerClosed { session, peer, reason } => {
                self.steps.push(Step::Tell(session, ServerMessage::PeerClosed { peer, reason }));
            }
            Effect::Gone { session } => self.steps.push(Step::Remove(session)),
            Effect::Over => self.over = true,
            // Only a join admits, and it comes with its ticket.
            Effect::Welcome(_) => {}
        }
    }

    /// Does everything that is not durable. Call it when the durable part is committed.
    pub(super) fn deliver(self, seats: &mut Seats, clock_ms: u64) {
        for step in self.steps {
            match step {
                Step::TellAll(class, frame) => seats.tell_all(class, &frame),
                Step::Tell(session, message) => seats.tell(session, &message),
                Step::Remove(session) => {
                    seats.0.remove(&session);
                }
                Step::Admit(admitted, ticket) => {
                    let session = admitted.session;
                    let (welcome, outbox) = welcome(*admitted, ticket, clock_ms);
                    if let Some(outbox) = outbox {
                        outbox.push(Class::Reply, Frame::encode(&welcome));
                        seats.0.insert(session, outbox);
                    }
                }
            }
        }
    }
}

fn welcome(admitted: Admitted, mut ticket: Ticket, clock_ms: u64) -> (ServerMessage, Option<Outbox>) {
    let message = ServerMessage::Welcome(Box::new(Welcome {
        id: ticket.request,
        version: PROTOCOL_VERSION,
        session: admitted.session,
        you: admitted.you,
        token: std::mem::take(&mut ticket.token),
        clock_ms,
        limits: Limits::default(),
        show: admitted.show,
        catch_up: admitted.catch_up,
        mine: admitted.mine,
        media: ticket.media.take(),
    }));
    (message, ticket.admit())
}
