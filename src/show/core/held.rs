//! Lines that wait for staff. They are no events yet: nobody else may hear of them.

use super::history::line_bytes;
use quiora_signaling::limits::MAX_HELD;
use quiora_signaling::{HeldLine, MemberId, MessageId, RefusalCode};
use std::collections::VecDeque;

/// Lines in one message. The rest is asked for again when these are decided.
const MAX_SHOWN_BYTES: usize = 96 * 1024;

/// Lines that were turned down and are remembered, the newest: their writers may have lost the answer and send them again.
const MAX_REJECTED: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Held {
    lines: VecDeque<HeldLine>,
    rejected: VecDeque<(MessageId, MemberId)>,
}

impl Held {
    pub(super) fn new(lines: Vec<HeldLine>) -> Self {
        Self { lines: lines.into(), ..Self::default() }
    }

    pub(super) fn get(&self, message: MessageId) -> Option<&HeldLine> {
        self.lines.iter().find(|held| held.line.message == message)
    }

    /// Lets a line wait.
    pub(super) fn add(&mut self, held: HeldLine) -> Result<(), RefusalCode> {
        if self.lines.len() >= MAX_HELD {
            return Err(RefusalCode::TooMany);
        }
        self.lines.push_back(held);
        Ok(())
    }

    /// Takes a line out.
    pub(super) fn take(&mut self, message: MessageId) -> Option<HeldLine> {
        let at = self.lines.iter().position(|held| held.line.message == message)?;
        self.lines.remove(at)
    }

    /// Takes all lines of a member out; returns which.
    pub(super) fn forget(&mut self, member: MemberId) -> Vec<MessageId> {
        let gone: Vec<_> =
            self.lines.iter().filter(|held| held.line.member == member).map(|held| held.line.message).collect();
        self.lines.retain(|held| held.line.member != member);
        gone.iter().for_each(|message| self.reject(*message, member));
        gone
    }

    /// Remembers that a line was turned down.
    pub(super) fn reject(&mut self, message: MessageId, member: MemberId) {
        self.rejected.push_back((message, member));
        let beyond = self.rejected.len().saturating_sub(MAX_REJECTED);
        self.rejected.drain(..beyond);
    }

    /// Whose line it was, if it was turned down.
    pub(super) fn rejected(&self, message: MessageId) -> Option<MemberId> {
        self.rejected.iter().find(|(known, _)| *known == message).map(|(_, member)| *member)
    }

    /// What waits of a member, or of all: the oldest first, as many as fit in a message.
    pub(super) fn shown(&self, of: Option<MemberId>) -> Vec<HeldLine> {
        let mut room = MAX_SHOWN_BYTES;
        let lines = self.lines.iter().filter(|held| of.is_none_or(|member| held.line.member == member));
        lines
            .take_while(|held| {
                let fits = line_bytes(&held.line) <= room;
                room = room.saturating_sub(line_bytes(&held.line));
                fits
            })
            .cloned()
            .collect()
    }

    /// The nickname under which a member wrote.
    pub(super) fn signature(&self, member: MemberId) -> Option<String> {
        self.lines.iter().rev().find(|held| held.line.member == member).map(|held| held.line.nickname.clone())
    }
}
