//! What a session is told when it comes in: the show as it is, what it missed, and what of it is its own.
//!
//! Invariant: together it is one message and fits in an outbox, whatever the show holds. Each part has a budget in bytes,
//! and what has no room is what matters least.

use super::ShowCore;
use super::history::question_bytes;
use super::members::Seat;
use quiora_signaling::{CatchUp, Mine, Question, Resume, Role, ShowState};

/// Room for questions in a snapshot.
const MAX_QUESTION_BYTES: usize = 256 * 1024;

impl ShowCore {
    /// The show as it is now, without its log.
    pub(super) fn state(&self) -> ShowState {
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
            rules: self.floor.rules,
            guard: self.floor.guard(),
            pinned_line: self.pinned_line.clone(),
            showcase: self.showcase.pinned().cloned().map(Box::new),
            stock: self.showcase.stock().cloned(),
        }
    }

    /// The delta since `resume` if it is at hand and not too long, else a snapshot.
    pub(super) fn catch_up(&self, seat: Seat, resume: Option<Resume>) -> CatchUp {
        let (seq, staff) = (self.log.seq(), seat.role != Role::Viewer);
        if let Some(events) = self.log.since(resume) {
            let (votes, tallies) = (self.questions.standings(), self.polls.tallies(staff));
            return CatchUp::Delta { seq, events, votes, tallies };
        }
        let mut room = MAX_QUESTION_BYTES;
        let all = self.questions.by_importance(staff);
        let fits = |question: &&&Question| {
            let bytes = question_bytes(question);
            let fits = bytes <= room;
            room = room.saturating_sub(bytes);
            fits
        };
        let questions: Vec<_> = all.iter().take_while(fits).copied().cloned().collect();
        let questions_left_out = u32::try_from(all.len() - questions.len()).unwrap_or(u32::MAX);
        let (chat, polls) = (self.log.newest_chat(), self.polls.views(staff));
        CatchUp::Snapshot { seq, chat, questions, questions_left_out, polls }
    }

    /// What of the show is the member's own.
    pub(super) fn mine(&self, now_ms: u64, seat: Seat) -> Mine {
        let of = (seat.role == Role::Viewer).then_some(seat.member);
        Mine {
            voted: self.questions.voted(seat.member),
            ballots: self.polls.ballots(seat.member),
            held: self.held.shown(of),
            standing: self.sanctions.standing(now_ms, seat.member),
        }
    }
}
