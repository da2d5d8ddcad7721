//! Chat lines: accepted once, however often they are sent; at once, or when staff lets them through.

use super::history::Line;
use super::members::Seat;
use super::row::Row;
use super::{Action, Effect, Refusal, ShowCore};
use quiora_signaling::{
    ChatLine, HeldLine, HeldReason, MemberId, Mention, MessageId, OnMatch, RefusalCode, ReplyTo, Role, ServerMessage,
    ShowEvent,
};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A hash of a line's text, equal within one process for equal texts. It only tells a writer's retry from a writer's
/// mistake, so nobody gains by a collision.
#[must_use]
pub fn text_hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// A line as its writer sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The line's id, made by its writer.
    pub message: MessageId,
    /// One clean line.
    pub text: String,
    /// The line that it answers.
    pub reply_to: Option<MessageId>,
    /// Who is meant.
    pub mentions: Vec<MemberId>,
}

impl ShowCore {
    /// The line's `seq`; none if it waits for staff. A line that is in the log already is answered from it, whatever has
    /// changed since: its writer may have lost the answer and the right to write it again.
    pub(super) fn chat(
        &mut self,
        now_ms: u64,
        seat: Seat,
        draft: Draft,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        if let Some(known) = self.known_line(seat, &draft) {
            return Ok(known?);
        }
        self.permit(seat, Action::Chat)?;
        let hold = if seat.role == Role::Viewer { self.check_viewer(now_ms, seat, &draft.text)? } else { None };
        let nickname = self.members.signature(seat)?;
        let line = self.line(seat, nickname, draft)?;
        if seat.role == Role::Viewer {
            self.floor.take(now_ms, seat.member)?;
        }
        match hold {
            Some(reason) => self.hold(now_ms, line, reason, effects).map(|()| None),
            None => Ok(Some(self.say(now_ms, line, effects))),
        }
    }

    /// Puts a line into the log.
    pub(super) fn say(&mut self, now_ms: u64, line: ChatLine, effects: &mut Vec<Effect>) -> u64 {
        let (message, member, text_hash) = (line.message, line.member, text_hash(&line.text));
        let seq = self.record(now_ms, ShowEvent::Chat(line.into()), effects);
        self.log.remember(message, Line { seq, member, text_hash });
        seq
    }

    fn known_line(&self, seat: Seat, draft: &Draft) -> Option<Result<Option<u64>, RefusalCode>> {
        let (seq, same) = match (self.log.line(draft.message), self.held.get(draft.message)) {
            (Some(known), _) => {
                (Some(known.seq), known.member == seat.member && known.text_hash == text_hash(&draft.text))
            }
            (None, Some(HeldLine { line, .. })) => (None, line.member == seat.member && line.text == draft.text),
            (None, None) => (None, self.held.rejected(draft.message)? == seat.member),
        };
        Some(if same { Ok(seq) } else { Err(RefusalCode::MessageIdReused) })
    }

    /// Whether a viewer may write this, and why it has to wait if it has to.
    fn check_viewer(&self, now_ms: u64, seat: Seat, text: &str) -> Result<Option<HeldReason>, Refusal> {
        self.sanctions.check_writing(now_ms, seat.member)?;
        let review = self.floor.rules.review.then_some(HeldReason::Review);
        match (self.floor.filter.hits(text), self.floor.filter.on_match()) {
            (false, _) => Ok(review),
            (true, OnMatch::Hold) => Ok(Some(HeldReason::Filter)),
            (true, OnMatch::Refuse) => Err(RefusalCode::TextFiltered.into()),
        }
    }

    /// The line as everybody will see it. Who is meant and is not known here is left out.
    fn line(&self, seat: Seat, nickname: String, draft: Draft) -> Result<ChatLine, RefusalCode> {
        let Draft { message, text, reply_to, mentions } = draft;
        let reply_to = match reply_to {
            Some(message) => {
                let (_, answered) = self.log.at_hand(message).ok_or(RefusalCode::MessageNotFound)?;
                Some(ReplyTo { message, member: answered.member, nickname: answered.nickname.clone() })
            }
            None => None,
        };
        let mut mentioned: Vec<Mention> = Vec::new();
        for member in mentions {
            let name = self.members.nickname(member).map(str::to_owned).or_else(|| self.log.signature(member));
            if let Some(nickname) = name.filter(|_| mentioned.iter().all(|known| known.member != member)) {
                mentioned.push(Mention { member, nickname });
            }
        }
        let Seat { member, role } = seat;
        Ok(ChatLine { message, member, nickname, role, text, reply_to, mentions: mentioned })
    }

    /// Lets a line wait. Its writer and staff see it, on whatever device.
    fn hold(
        &mut self,
        now_ms: u64,
        line: ChatLine,
        reason: HeldReason,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let held = HeldLine { at_ms: self.log.clock(now_ms), reason, line };
        self.held.add(held.clone())?;
        effects.push(Effect::Row(Row::Held(held.clone())));
        let (writer, message) = (held.line.member, ServerMessage::Held(held.into()));
        self.tell_member(writer, &message, effects);
        effects.push(Effect::TellStaff(message.into()));
        Ok(())
    }
}
