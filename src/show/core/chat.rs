//! Chat lines: accepted once, however often they are sent.

use super::history::Line;
use super::members::Seat;
use super::{Action, Effect, ShowCore};
use quiora_signaling::{ChatLine, MessageId, RefusalCode, ShowEvent};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A hash of a line's text, equal within one process for equal texts. It only tells a writer's retry from a writer's
/// mistake, so nobody gains by a collision.
#[must_use]
pub fn text_hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl ShowCore {
    /// The line's `seq`. A line that is in the log already is answered from it, whatever has changed since: its writer
    /// may have lost the answer and the right to write it again.
    pub(super) fn chat(
        &mut self,
        now_ms: u64,
        seat: Seat,
        message: MessageId,
        text: String,
        effects: &mut Vec<Effect>,
    ) -> Result<u64, RefusalCode> {
        let text_hash = text_hash(&text);
        if let Some(known) = self.log.line(message) {
            let same = known.member == seat.member && known.text_hash == text_hash;
            return if same { Ok(known.seq) } else { Err(RefusalCode::MessageIdReused) };
        }
        self.permit(seat, Action::Chat)?;
        let nickname = self.members.signature(seat)?;
        let Seat { member, role } = seat;
        let line = ChatLine { message, member, nickname, role, text, reply_to: None, mentions: Vec::new() };
        let logged = self.log.append(now_ms, ShowEvent::Chat(line.into()));
        let seq = logged.seq;
        self.log.remember(message, Line { seq, member: seat.member, text_hash });
        effects.push(Effect::Event(logged));
        Ok(seq)
    }
}
