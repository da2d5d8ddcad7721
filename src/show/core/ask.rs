//! Questions as they are asked for: rights, rules and the log around [`super::questions`].

use super::members::Seat;
use super::questions::Changes;
use super::row::{Deed, Row};
use super::{Action, Effect, Refusal, ShowCore};
use quiora_signaling::{
    Moment, OnAir, ProductId, Question, QuestionChange, QuestionId, QuestionMessage, QuestionStatus, RefusalCode, Role,
    ServerMessage, ShowEvent, YourQuestion,
};

/// A new question.
struct Asking {
    question: QuestionId,
    text: String,
    product: Option<ProductId>,
}

impl ShowCore {
    /// The `seq` of the event it caused, if it caused one. `media_us` is the frame that was being taken.
    pub(super) fn question(
        &mut self,
        now_ms: u64,
        seat: Seat,
        message: QuestionMessage,
        media_us: Option<u64>,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        let (id, action) = match &message {
            QuestionMessage::QuestionAsk { question, text, product, .. } => {
                let asking = Asking { question: *question, text: text.clone(), product: *product };
                return self.ask(now_ms, seat, asking, effects).map(Some);
            }
            QuestionMessage::QuestionVote { question, .. } => return self.vote(seat, *question, true, effects),
            QuestionMessage::QuestionUnvote { question, .. } => return self.vote(seat, *question, false, effects),
            QuestionMessage::QuestionTake { question, .. } => (*question, "question_take"),
            QuestionMessage::QuestionAnswer { question, .. } => (*question, "question_answer"),
            QuestionMessage::QuestionDismiss { question, .. } => (*question, "question_dismiss"),
            QuestionMessage::QuestionMerge { question, .. } => (*question, "question_merge"),
            QuestionMessage::QuestionReopen { question, .. } => (*question, "question_reopen"),
        };
        self.permit(seat, Action::RunQuestions)?;
        let moment = self.moment(now_ms, media_us);
        let changes = match message {
            QuestionMessage::QuestionTake { .. } => self.questions.take(id, moment)?,
            QuestionMessage::QuestionAnswer { text, .. } => self.questions.answer(id, moment, text)?,
            QuestionMessage::QuestionDismiss { .. } => self.questions.dismiss(id)?,
            QuestionMessage::QuestionMerge { into, .. } => self.questions.merge(id, into)?,
            _ => self.questions.reopen(id)?,
        };
        let asker = self.questions.get(id).map(|question| question.member);
        let seq = self.questions_changed(now_ms, changes, effects);
        if seq.is_some() {
            let deed = Deed { action, member: asker, subject: Some(id.0), note: None };
            self.audit(now_ms, seat, deed, effects);
        }
        Ok(seq)
    }

    /// This moment of the show; with the frame, if there is a picture.
    pub(super) fn moment(&self, now_ms: u64, media_us: Option<u64>) -> Moment {
        let media_us = media_us.filter(|_| self.stage.stage().on_air == OnAir::Live);
        Moment { at_ms: self.log.clock(now_ms), media_us }
    }

    fn ask(&mut self, now_ms: u64, seat: Seat, asking: Asking, effects: &mut Vec<Effect>) -> Result<u64, Refusal> {
        let Asking { question: id, text, product } = asking;
        if let Some(known) = self.questions.get(id) {
            let same = known.member == seat.member && known.text == text && known.product == product;
            return if same { Ok(known.seq) } else { Err(RefusalCode::QuestionIdReused.into()) };
        }
        self.permit(seat, Action::Ask)?;
        if seat.role == Role::Viewer {
            self.sanctions.check_asking(now_ms, seat.member)?;
            self.floor.check_age(now_ms, seat.member)?;
            if self.floor.filter.hits(&text) {
                return Err(RefusalCode::TextFiltered.into());
            }
        }
        let nickname = self.members.signature(seat)?;
        self.questions.check_room(seat.member)?;
        if seat.role == Role::Viewer {
            self.floor.ask(now_ms, seat.member)?;
        }
        let question = Question {
            question: id,
            seq: self.log.seq() + 1,
            member: seat.member,
            nickname,
            text,
            product,
            asked_at_ms: self.log.clock(now_ms),
            status: QuestionStatus::Open,
            votes: 1,
            merged_into: None,
            taken: None,
            answered: None,
            answer: None,
        };
        self.questions.insert(Question { votes: 0, ..question.clone() });
        self.questions.vote(id, seat.member)?;
        effects.push(Effect::Row(Row::Vote { question: id, member: seat.member, cast: true }));
        let event = ShowEvent::Question { change: QuestionChange::Asked, question: question.into() };
        Ok(self.record(now_ms, event, effects))
    }

    fn vote(
        &mut self,
        seat: Seat,
        question: QuestionId,
        cast: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<u64>, Refusal> {
        self.permit(seat, Action::Vote)?;
        let member = seat.member;
        let changed = match cast {
            true => self.questions.vote(question, member)?.into_iter().collect(),
            false => self.questions.unvote(question, member)?,
        };
        effects.extend(changed.into_iter().map(|question| Effect::Row(Row::Vote { question, member, cast })));
        Ok(None)
    }

    /// Logs what became of questions, and tells their askers. Returns the `seq` of the last.
    pub(super) fn questions_changed(
        &mut self,
        now_ms: u64,
        changes: Changes,
        effects: &mut Vec<Effect>,
    ) -> Option<u64> {
        let mut seq = None;
        for (change, question) in changes {
            let shown = question.merged_into.unwrap_or(question.question);
            let told = matches!(change, QuestionChange::Taken | QuestionChange::Answered | QuestionChange::Merged);
            let askers = if told { self.questions.askers(question.question) } else { Vec::new() };
            seq = Some(self.record(now_ms, ShowEvent::Question { change, question: question.into() }, effects));
            for (member, question) in askers {
                let yours = YourQuestion { question, shown, change };
                self.tell_member(member, &ServerMessage::YourQuestion(yours), effects);
            }
        }
        seq
    }
}
