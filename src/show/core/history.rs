//! The show's log as far as it is needed in memory: the newest events for who returns, the newest chat for who is new, and
//! the ids of lines for who repeats himself. The whole is in the store.

use quiora_signaling::limits::{MAX_RESUME_EVENTS, SNAPSHOT_CHAT_LINES};
use quiora_signaling::{CatchUp, ChatLine, Logged, MemberId, MessageId, Question, Resume, ShowEvent, Showcase};
use std::collections::{HashMap, VecDeque};

/// Ids of lines that are remembered, the newest: a client repeats a line within minutes, and this is hours of a
/// crowded chat. About 8 MB when full. An older id is a new line.
pub const MAX_LINES: usize = 100_000;

/// A delta larger than this becomes a snapshot. It keeps a welcome well within an outbox, or a client that missed a wall
/// of text could never come back.
const MAX_DELTA_BYTES: usize = 384 * 1024;

/// What one event costs on the wire beside its texts, at most: ids, numbers, names of fields.
const EVENT_OVERHEAD_BYTES: usize = 256;

/// What a card costs on the wire, at most: that many variants, and texts that are all escapes or all four bytes long.
const CARD_BYTES: usize = 16 * 1024;

/// What a poll costs on the wire, at most: its question and six choices, each with a product.
pub(super) const POLL_BYTES: usize = 8 * 1024;

/// What a line costs on the wire, at most. Quotes and backslashes are sent as two bytes.
pub(super) fn line_bytes(line: &ChatLine) -> usize {
    let names: usize = line.mentions.iter().map(|mention| EVENT_OVERHEAD_BYTES / 2 + 2 * mention.nickname.len()).sum();
    let reply = line.reply_to.as_ref().map_or(0, |to| EVENT_OVERHEAD_BYTES + 2 * to.nickname.len());
    EVENT_OVERHEAD_BYTES + 2 * (line.nickname.len() + line.text.len()) + names + reply
}

/// What a question costs on the wire, at most.
pub(super) fn question_bytes(question: &Question) -> usize {
    let texts = question.nickname.len() + question.text.len() + question.answer.as_ref().map_or(0, String::len);
    2 * EVENT_OVERHEAD_BYTES + 2 * texts
}

/// What the store remembers of a show. Everything is oldest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The newest `seq`; 0 if nothing happened yet.
    pub seq: u64,
    /// The newest events, without a gap up to `seq`; at most [`MAX_RESUME_EVENTS`] are kept.
    pub recent: Vec<Logged>,
    /// The newest chat lines; at most [`SNAPSHOT_CHAT_LINES`] are kept.
    pub chat: Vec<Logged>,
    /// The newest ids of lines; at most [`MAX_LINES`] are kept.
    pub lines: Vec<(MessageId, Line)>,
    /// What is pinned on screen.
    pub pinned: Option<Box<Showcase>>,
}

/// What tells a repeated line from a reused id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Its place in the log.
    pub seq: u64,
    /// Its writer.
    pub member: MemberId,
    /// [`super::text_hash`] of its text.
    pub text_hash: u64,
}

/// The log in memory. Every part is bounded; the oldest goes.
#[derive(Debug)]
pub(super) struct Log {
    seq: u64,
    at_ms: u64,
    recent: VecDeque<Logged>,
    chat: VecDeque<Logged>,
    lines: HashMap<MessageId, Line>,
    line_order: VecDeque<MessageId>,
}

impl Log {
    pub(super) fn new(history: History) -> Self {
        let mut log = Self {
            seq: history.seq,
            at_ms: history.recent.last().map_or(0, |e| e.at_ms),
            recent: history.recent.into(),
            chat: history.chat.into(),
            lines: HashMap::new(),
            line_order: VecDeque::new(),
        };
        for (message, line) in history.lines {
            log.remember(message, line);
        }
        log.trim();
        log
    }

    pub(super) const fn seq(&self) -> u64 {
        self.seq
    }

    /// Gives the event its place and time. Times never go back, whatever the clock does.
    pub(super) fn append(&mut self, now_ms: u64, event: ShowEvent) -> Logged {
        self.seq += 1;
        self.at_ms = self.clock(now_ms);
        let logged = Logged { seq: self.seq, at_ms: self.at_ms, event };
        if matches!(logged.event, ShowEvent::Chat(_)) {
            self.chat.push_back(logged.clone());
        }
        self.recent.push_back(logged.clone());
        self.trim();
        logged
    }

    /// The show's clock: what an event gets that is appended now.
    pub(super) fn clock(&self, now_ms: u64) -> u64 {
        self.at_ms.max(now_ms)
    }

    pub(super) fn line(&self, message: MessageId) -> Option<Line> {
        self.lines.get(&message).copied()
    }

    pub(super) fn remember(&mut self, message: MessageId, line: Line) {
        if self.lines.insert(message, line).is_none() {
            self.line_order.push_back(message);
        }
        if self.line_order.len() > MAX_LINES
            && let Some(oldest) = self.line_order.pop_front()
        {
            self.lines.remove(&oldest);
        }
    }

    /// The delta since `resume` if it is at hand and not too long, else a snapshot. A client that claims to know more
    /// than there is (the store was restored from a backup) gets a snapshot as well.
    pub(super) fn catch_up(&self, resume: Option<Resume>) -> CatchUp {
        let missed = resume.and_then(|r| self.seq.checked_sub(r.after_seq)).and_then(|n| usize::try_from(n).ok());
        match missed {
            Some(missed) if missed <= self.recent.len() && self.size_of_newest(missed) <= MAX_DELTA_BYTES => {
                let events = self.newest(missed).cloned().collect();
                CatchUp::Delta { seq: self.seq, events, votes: Vec::new(), tallies: Vec::new() }
            }
            _ => CatchUp::Snapshot {
                seq: self.seq,
                chat: self.chat.iter().cloned().collect(),
                questions: Vec::new(),
                questions_left_out: 0,
                polls: Vec::new(),
            },
        }
    }

    fn newest(&self, n: usize) -> impl Iterator<Item = &Logged> {
        self.recent.iter().skip(self.recent.len() - n)
    }

    fn size_of_newest(&self, n: usize) -> usize {
        self.newest(n)
            .map(|logged| {
                EVENT_OVERHEAD_BYTES
                    + match &logged.event {
                        ShowEvent::Chat(line)
                        | ShowEvent::ChatRestored { line, .. }
                        | ShowEvent::ChatPinned { line } => line_bytes(line),
                        ShowEvent::Question { question, .. } => question_bytes(question),
                        ShowEvent::Poll { .. } => POLL_BYTES,
                        ShowEvent::Pinned(_) => CARD_BYTES,
                        ShowEvent::Started
                        | ShowEvent::Ended
                        | ShowEvent::Unpinned { .. }
                        | ShowEvent::ChatDeleted { .. }
                        | ShowEvent::ChatPurged { .. }
                        | ShowEvent::ChatUnpinned { .. }
                        | ShowEvent::Rules(_) => 0,
                    }
            })
            .sum()
    }

    fn trim(&mut self) {
        let (recent, chat) = (self.recent.len(), self.chat.len());
        self.recent.drain(..recent.saturating_sub(MAX_RESUME_EVENTS));
        self.chat.drain(..chat.saturating_sub(SNAPSHOT_CHAT_LINES));
    }
}
