//! What staff does to lines and to the rules. Whatever is done stands in the audit trail.

use super::floor;
use super::members::Seat;
use super::people::Banning;
use super::row::{Deed, Row, SanctionKind};
use super::{Action, Effect, Refusal, Reply, ShowCore};
use quiora_signaling::{
    AuditEntry, ChatRules, HeldDecided, MemberId, MessageId, ModerationMessage, RefusalCode, ServerMessage, ShowEvent,
};

impl ShowCore {
    /// Does what staff asks, or says why not.
    pub(super) fn moderate(
        &mut self,
        now_ms: u64,
        seat: Seat,
        message: &ModerationMessage,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Refusal> {
        let until = |ms: u32| Some(now_ms + u64::from(ms));
        let seq = match *message {
            ModerationMessage::ChatDelete { message, .. } => self.delete(now_ms, seat, message, effects)?,
            ModerationMessage::ChatRestore { message, .. } => self.restore(now_ms, seat, message, effects)?,
            ModerationMessage::ChatDecide { message, approve, .. } => {
                self.decide(now_ms, seat, message, approve, effects)?
            }
            ModerationMessage::ChatPin { message, .. } => self.pin_line(now_ms, seat, message, effects)?,
            ModerationMessage::ChatUnpin { .. } => {
                self.permit(seat, Action::Moderate)?;
                let seq = self.unpin_line(now_ms, effects);
                if seq.is_some() {
                    self.audit(now_ms, seat, deed("chat_unpin", None, None), effects);
                }
                seq
            }
            ModerationMessage::RulesSet { slow_ms, review, join_age_ms, .. } => {
                self.set_rules(now_ms, seat, ChatRules { slow_ms, review, join_age_ms }, effects)?
            }
            ModerationMessage::Mute { member, duration_ms, .. } => {
                self.sanction(now_ms, seat, (member, SanctionKind::Mute, until(duration_ms)), effects)?;
                None
            }
            ModerationMessage::Forbid { member, .. } => {
                self.sanction(now_ms, seat, (member, SanctionKind::Forbid, None), effects)?;
                None
            }
            ModerationMessage::Unmute { member, .. } => {
                self.pardon(now_ms, seat, member, SanctionKind::Mute, effects)?;
                None
            }
            ModerationMessage::Allow { member, .. } => {
                self.pardon(now_ms, seat, member, SanctionKind::Forbid, effects)?;
                None
            }
            ModerationMessage::Ban { member, address, duration_ms, purge, .. } => {
                self.ban(now_ms, seat, Banning { member, address, duration_ms, purge }, effects)?;
                None
            }
            ModerationMessage::Unban { member, .. } => {
                self.pardon(now_ms, seat, member, SanctionKind::Ban, effects)?;
                None
            }
            ModerationMessage::PeopleGet { id } => return Ok(Reply::Message(self.people(now_ms, seat, id)?)),
        };
        Ok(Reply::Done(seq))
    }

    /// Writes a line into the audit trail.
    pub(super) fn audit(&self, now_ms: u64, seat: Seat, deed: Deed, effects: &mut Vec<Effect>) {
        let Deed { action, member, subject, note } = deed;
        effects.push(Effect::Row(Row::Audit(AuditEntry {
            at_ms: self.log.clock(now_ms),
            by: seat.member,
            nickname: self.members.shown(seat).map(str::to_owned),
            role: seat.role,
            action: action.to_owned(),
            member,
            subject,
            note,
        })));
    }

    /// Takes the line off the top, if there is one.
    pub(super) fn unpin_line(&mut self, now_ms: u64, effects: &mut Vec<Effect>) -> Option<u64> {
        let message = self.pinned_line.take()?.message;
        Some(self.record(now_ms, ShowEvent::ChatUnpinned { message }, effects))
    }

    fn delete(
        &mut self,
        now_ms: u64,
        seat: Seat,
        message: MessageId,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        self.permit(seat, Action::Moderate)?;
        let writer = self.log.writer(message).ok_or(RefusalCode::MessageNotFound)?;
        if !self.log.set_gone(message, true) {
            return Ok(None);
        }
        let seq = self.record(now_ms, ShowEvent::ChatDeleted { message }, effects);
        if self.pinned_line.as_ref().is_some_and(|line| line.message == message) {
            self.unpin_line(now_ms, effects);
        }
        self.audit(now_ms, seat, deed("chat_delete", Some(writer), Some(message)), effects);
        Ok(Some(seq))
    }

    fn restore(
        &mut self,
        now_ms: u64,
        seat: Seat,
        message: MessageId,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        self.permit(seat, Action::Moderate)?;
        let writer = self.log.writer(message).ok_or(RefusalCode::MessageNotFound)?;
        if !self.log.set_gone(message, false) {
            return Ok(None);
        }
        let (logged, line) = self.log.at_hand(message).ok_or(RefusalCode::MessageNotFound)?;
        let event =
            ShowEvent::ChatRestored { line_seq: logged.seq, line_at_ms: logged.at_ms, line: line.clone().into() };
        let seq = self.record(now_ms, event, effects);
        self.audit(now_ms, seat, deed("chat_restore", Some(writer), Some(message)), effects);
        Ok(Some(seq))
    }

    fn decide(
        &mut self,
        now_ms: u64,
        seat: Seat,
        message: MessageId,
        approve: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        self.permit(seat, Action::Moderate)?;
        let Some(held) = self.held.take(message) else {
            // Decided already, perhaps by this very request.
            return if approve { Ok(self.log.line(message).map(|line| line.seq)) } else { Ok(None) };
        };
        let writer = held.line.member;
        effects.push(Effect::Row(Row::Decided(message)));
        if !approve {
            self.held.reject(message, writer);
        }
        let seq = approve.then(|| self.say(now_ms, held.line, effects));
        let action = if approve { "chat_approve" } else { "chat_reject" };
        self.audit(now_ms, seat, deed(action, Some(writer), Some(message)), effects);
        let decided = ServerMessage::HeldDecided(HeldDecided { message, approved: approve });
        self.tell_member(writer, &decided, effects);
        effects.push(Effect::TellStaff(decided.into()));
        Ok(seq)
    }

    fn pin_line(
        &mut self,
        now_ms: u64,
        seat: Seat,
        message: MessageId,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        self.permit(seat, Action::Moderate)?;
        if self.pinned_line.as_ref().is_some_and(|line| line.message == message) {
            return Ok(None);
        }
        let (_, line) = self.log.at_hand(message).ok_or(RefusalCode::MessageNotFound)?;
        let line = Box::new(line.clone());
        let writer = line.member;
        self.pinned_line = Some(line.clone());
        let seq = self.record(now_ms, ShowEvent::ChatPinned { line }, effects);
        self.audit(now_ms, seat, deed("chat_pin", Some(writer), Some(message)), effects);
        Ok(Some(seq))
    }

    fn set_rules(
        &mut self,
        now_ms: u64,
        seat: Seat,
        rules: ChatRules,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        self.permit(seat, Action::SetRules)?;
        let before = std::mem::replace(&mut self.floor.rules, rules);
        if before == rules {
            return Ok(None);
        }
        let seq = self.record(now_ms, ShowEvent::Rules(rules), effects);
        let note = floor::note(rules);
        self.audit(now_ms, seat, Deed { note: Some(note), ..deed("rules_set", None, None) }, effects);
        Ok(Some(seq))
    }
}

fn deed(action: &'static str, member: Option<MemberId>, message: Option<MessageId>) -> Deed {
    Deed { action, member, subject: message.map(|message| message.0), note: None }
}
