//! One turn of a show: what has been decided and not yet been done. Its durable part is committed in one transaction, and
//! only then the rest is delivered, in the order in which it was decided.

use super::core::{Admitted, Effect, Headcount, Reach, Refusal};
use super::handle::Ticket;
use super::outbox::{Class, Frame, Outbox, StateKey};
use super::rows;
use crate::store::{MemberName, ShowPatch, ShowRows};
use quiora_signaling::{
    Limits, Logged, PROTOCOL_VERSION, ProductId, RefusalCode, Refused, RequestId, Role, ServerMessage, SessionId,
    ShowEvent, Welcome,
};
use std::collections::HashMap;

/// The sessions that hear what happens. Dropping them (the actor ended, for whatever reason) sends all away to come back.
#[derive(Debug, Default)]
pub(super) struct Seats(HashMap<SessionId, Seat>);

#[derive(Debug)]
struct Seat {
    outbox: Outbox,
    staff: bool,
}

impl Seats {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends all sessions.
    pub(super) fn close(&mut self, code: RefusalCode) {
        for (_, seat) in self.0.drain() {
            seat.outbox.close(code);
        }
    }

    /// Sessions whose task is gone without having left.
    pub(super) fn abandoned(&self) -> Vec<SessionId> {
        self.0.iter().filter(|(_, seat)| seat.outbox.is_abandoned()).map(|(session, _)| *session).collect()
    }

    fn broadcast(&self, to: Reach, class: Class, frame: &Frame) {
        let wanted = |seat: &&Seat| match to {
            Reach::All => true,
            Reach::Staff => seat.staff,
            Reach::Viewers => !seat.staff,
        };
        for seat in self.0.values().filter(wanted) {
            seat.outbox.push(class, frame.clone());
        }
    }

    fn tell(&self, session: SessionId, message: &ServerMessage) {
        if let Some(seat) = self.0.get(&session) {
            seat.outbox.push(Class::Reply, Frame::encode(message));
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
    Broadcast(Reach, Class, Frame),
    Tell(SessionId, ServerMessage),
    Admit(Box<Admitted>, Ticket),
    Remove(SessionId),
    Expel(SessionId, RefusalCode),
}

/// What a turn adds up to.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) events: Vec<Logged>,
    pub(super) patch: Option<ShowPatch>,
    pub(super) names: Vec<MemberName>,
    pub(super) rows: ShowRows,
    steps: Vec<Step>,
    over: bool,
}

impl Plan {
    /// Whether there is something to commit.
    pub(super) fn is_durable(&self) -> bool {
        !self.events.is_empty() || self.patch.is_some() || !self.names.is_empty() || !self.rows.is_empty()
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
    pub(super) fn refuse(&mut self, session: SessionId, request: RequestId, refusal: Refusal) {
        let Refusal { code, retry_after_ms } = refusal;
        let refused = Refused { retry_after_ms, ..Refused::new(Some(request), code) };
        self.steps.push(Step::Tell(session, ServerMessage::Refused(refused)));
    }

    fn add_one(&mut self, effect: Effect) {
        match effect {
            Effect::Event(logged) => {
                let class = match logged.event {
                    ShowEvent::Chat(_) => Class::Chat(logged.seq),
                    _ => Class::Event,
                };
                self.broadcast(Reach::All, class, &ServerMessage::Event(logged.clone()));
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
                self.broadcast(Reach::All, Class::State(StateKey::Stage), &ServerMessage::Stage(stage));
            }
            Effect::Presence(Headcount { viewers, peak, total }) => {
                let presence = ServerMessage::Presence { viewers, peak, total };
                self.broadcast(Reach::All, Class::State(StateKey::Presence), &presence);
            }
            Effect::Stock(stock) => {
                let class = Class::State(StateKey::Stock(stock.product));
                self.broadcast(Reach::All, class, &ServerMessage::Stock(stock));
            }
            Effect::Row(row) => rows::add(&mut self.rows, row),
            Effect::Tell { session, message } => self.steps.push(Step::Tell(session, *message)),
            Effect::TellStaff(message) => self.broadcast(Reach::Staff, Class::Reply, &message),
            Effect::State { to, key, message } => self.broadcast(to, Class::State(key), &message),
            Effect::Expel { session, code } => self.steps.push(Step::Expel(session, code)),
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

    fn broadcast(&mut self, to: Reach, class: Class, message: &ServerMessage) {
        self.steps.push(Step::Broadcast(to, class, Frame::encode(message)));
    }

    /// Does everything that is not durable. Call it when the durable part is committed.
    pub(super) fn deliver(self, seats: &mut Seats, clock_ms: u64) {
        for step in self.steps {
            match step {
                Step::Broadcast(to, class, frame) => seats.broadcast(to, class, &frame),
                Step::Expel(session, code) => {
                    if let Some(seat) = seats.0.get(&session) {
                        seat.outbox.close(code);
                    }
                }
                Step::Tell(session, message) => seats.tell(session, &message),
                Step::Remove(session) => {
                    seats.0.remove(&session);
                }
                Step::Admit(admitted, ticket) => {
                    let (session, staff) = (admitted.session, admitted.you.role != Role::Viewer);
                    let (welcome, outbox) = welcome(*admitted, ticket, clock_ms);
                    if let Some(outbox) = outbox {
                        outbox.push(Class::Reply, Frame::encode(&welcome));
                        seats.0.insert(session, Seat { outbox, staff });
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
