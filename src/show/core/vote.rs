//! Polls as they are asked for: rights and the log around [`super::polls`].

use super::effect::{Reach, StateKey};
use super::members::Seat;
use super::polls::Changes;
use super::row::{Deed, Row};
use super::{Action, Effect, Refusal, ShowCore};
use quiora_signaling::{PollChange, PollDraft, PollId, PollMessage, PollTally, RefusalCode, ServerMessage, ShowEvent};

impl ShowCore {
    /// The `seq` of the event it caused, if it caused one.
    pub(super) fn poll(
        &mut self,
        now_ms: u64,
        seat: Seat,
        message: PollMessage,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        if let PollMessage::PollVote { poll, choices, .. } = message {
            return self.poll_vote(seat, poll, &choices, effects);
        }
        self.permit(seat, Action::RunPolls)?;
        let at_ms = self.log.clock(now_ms);
        let (action, subject, changes) = match message {
            PollMessage::PollOpen { poll, draft, .. } => {
                if let Some(known) = self.polls.known(poll, &draft) {
                    return Ok(Some(known?));
                }
                ("poll_open", Some(poll), self.poll_open(at_ms, poll, draft, effects)?)
            }
            PollMessage::PollClose { poll, .. } => ("poll_close", Some(poll), self.polls.close(poll, at_ms)?),
            PollMessage::PollReopen { poll, duration_ms, .. } => {
                let closes_at_ms = duration_ms.map(|ms| at_ms + u64::from(ms));
                ("poll_reopen", Some(poll), self.polls.reopen(poll, closes_at_ms)?)
            }
            PollMessage::PollPin { poll, .. } => ("poll_pin", Some(poll), self.polls.pin(poll)?),
            PollMessage::PollUnpin { .. } | PollMessage::PollVote { .. } => ("poll_unpin", None, self.polls.unpin()),
        };
        let seq = self.polls_changed(now_ms, changes, effects);
        if seq.is_some() {
            let deed = Deed { action, member: None, subject: subject.map(|poll| poll.0), note: None };
            self.audit(now_ms, seat, deed, effects);
        }
        Ok(seq)
    }

    /// Closes those whose time is over.
    pub(super) fn close_due_polls(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        let due = self.polls.due(now_ms);
        self.close_polls(now_ms, due, effects);
    }

    /// Closes all that are open: the show is over.
    pub(super) fn close_open_polls(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        let open = self.polls.open_ones();
        self.close_polls(now_ms, open, effects);
    }

    fn close_polls(&mut self, now_ms: u64, polls: Vec<PollId>, effects: &mut Vec<Effect>) {
        for poll in polls {
            let closed = self.polls.close(poll, self.log.clock(now_ms)).unwrap_or_default();
            self.polls_changed(now_ms, closed, effects);
        }
    }

    /// How polls stand, to whom it is told.
    pub(super) fn tell_tallies(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        for [viewers, staff] in self.polls.handle_timeout(now_ms) {
            let key = StateKey::Tally(viewers.poll);
            let tell = |to, tally: PollTally| {
                let message = Box::new(ServerMessage::PollTally(tally));
                Effect::State { to, key, message }
            };
            if viewers == staff {
                effects.push(tell(Reach::All, viewers));
            } else {
                effects.extend([tell(Reach::Viewers, viewers), tell(Reach::Staff, staff)]);
            }
        }
    }

    fn poll_open(
        &mut self,
        at_ms: u64,
        id: PollId,
        draft: PollDraft,
        effects: &mut Vec<Effect>,
    ) -> Result<Changes, RefusalCode> {
        if self.polls.is_full() {
            return Err(RefusalCode::TooMany);
        }
        let mut changes = if draft.pin { self.polls.unpin() } else { Vec::new() };
        effects.extend(draft.right.map(|right| Effect::Row(Row::Right { poll: id, right })));
        let seq = self.log.seq() + 1 + changes.len() as u64;
        changes.push((PollChange::Opened, self.polls.open(id, draft, seq, at_ms)?));
        Ok(changes)
    }

    fn poll_vote(
        &mut self,
        seat: Seat,
        poll: PollId,
        choices: &[u8],
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        self.permit(seat, Action::Vote)?;
        let member = seat.member;
        let changed = self.polls.vote(poll, member, choices)?;
        effects.extend(changed.map(|choices| Effect::Row(Row::Ballot { poll, member, choices })));
        Ok(None)
    }

    fn polls_changed(&mut self, now_ms: u64, changes: Changes, effects: &mut Vec<Effect>) -> Option<u64> {
        let mut seq = None;
        for (change, poll) in changes {
            seq = Some(self.record(now_ms, ShowEvent::Poll { change, poll: poll.into() }, effects));
        }
        seq
    }
}
