//! The show's log as far as it is needed in memory: the newest events for who returns, the newest chat for who is new, and
//! the ids of lines for who repeats himself. The whole is in the store.

use super::filter::Filter;
use super::row::Sanction;
use quiora_signaling::limits::{MAX_LINES_AT_HAND, MAX_RESUME_EVENTS, SNAPSHOT_CHAT_LINES};
use quiora_signaling::{
    ChatLine, ChatRules, HeldLine, Logged, MemberId, MessageId, Poll, PollId, Question, QuestionId, Resume, ShowEvent,
    Showcase,
};
use std::collections::{HashMap, HashSet, VecDeque};

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
    /// An id or a moment, with its name.
    const FIELD_BYTES: usize = 80;
    let fields = [question.product.is_some(), question.merged_into.is_some()]
        .into_iter()
        .chain([question.taken.is_some(), question.answered.is_some()]);
    let texts = question.nickname.len() + question.text.len() + question.answer.as_ref().map_or(0, String::len);
    EVENT_OVERHEAD_BYTES + FIELD_BYTES * (1 + fields.filter(|there| *there).count()) + 2 * texts
}

/// What the store remembers of a show. Everything is oldest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The newest `seq`; 0 if nothing happened yet.
    pub seq: u64,
    /// The newest events, without a gap up to `seq`; at most [`MAX_RESUME_EVENTS`] are kept.
    pub recent: Vec<Logged>,
    /// The newest chat lines; at most [`MAX_LINES_AT_HAND`] are kept.
    pub chat: Vec<Logged>,
    /// The newest ids of lines; at most [`MAX_LINES`] are kept.
    pub lines: Vec<(MessageId, Line)>,
    /// What is pinned on screen.
    pub pinned: Option<Box<Showcase>>,
    /// Events that took lines away or brought them back; as far back as [`History::chat`] goes.
    pub cleared: Vec<Logged>,
    /// What the audience did.
    pub audience: Audience,
}

/// What the store remembers of a show's audience, in no order where none is said.
#[derive(Debug, Clone, Default)]
pub struct Audience {
    /// All questions, as they are now.
    pub questions: Vec<Question>,
    /// Who voted for which.
    pub votes: Vec<(QuestionId, MemberId)>,
    /// All polls, as they are now, in the order in which they were opened.
    pub polls: Vec<Poll>,
    /// The right choices of quizzes.
    pub rights: Vec<(PollId, u8)>,
    /// Who chose what, as bits.
    pub ballots: Vec<(PollId, MemberId, u8)>,
    /// The rules of the chat.
    pub rules: ChatRules,
    /// The shop's filter.
    pub filter: Filter,
    /// The line on top of the chat.
    pub pinned_line: Option<Box<ChatLine>>,
    /// Lines that wait, oldest first.
    pub held: Vec<HeldLine>,
    /// What members may not do.
    pub sanctions: Vec<Sanction>,
    /// Captions that are kept.
    pub captions: usize,
    /// The most viewers there were at once.
    pub peak: u32,
    /// Viewers there have been.
    pub attended: HashSet<MemberId>,
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

/// Room for chat in a snapshot, and in one answer about missed lines.
const MAX_CHAT_BYTES: usize = 256 * 1024;

/// A chat line at hand.
#[derive(Debug)]
struct AtHand {
    logged: Logged,
    /// Taken away.
    gone: bool,
}

impl AtHand {
    fn line(&self) -> Option<&ChatLine> {
        match &self.logged.event {
            ShowEvent::Chat(line) => Some(line),
            _ => None,
        }
    }
}

/// The log in memory. Every part is bounded; the oldest goes.
#[derive(Debug)]
pub(super) struct Log {
    seq: u64,
    at_ms: u64,
    recent: VecDeque<Logged>,
    chat: VecDeque<AtHand>,
    lines: HashMap<MessageId, Line>,
    line_order: VecDeque<MessageId>,
}

impl Log {
    pub(super) fn new(history: History) -> Self {
        let chat = history.chat.into_iter().map(|logged| AtHand { logged, gone: false }).collect();
        let mut log = Self {
            seq: history.seq,
            at_ms: history.recent.last().map_or(0, |e| e.at_ms),
            recent: history.recent.into(),
            chat,
            lines: HashMap::new(),
            line_order: VecDeque::new(),
        };
        for (message, line) in history.lines {
            log.remember(message, line);
        }
        for Logged { seq, event, .. } in history.cleared {
            match event {
                ShowEvent::ChatDeleted { message } => _ = log.set_gone(message, true),
                ShowEvent::ChatRestored { line, .. } => _ = log.set_gone(line.message, false),
                ShowEvent::ChatPurged { member } => _ = log.purge_before(seq, member),
                _ => {}
            }
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
            self.chat.push_back(AtHand { logged: logged.clone(), gone: false });
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

    /// A line that is at hand and was not taken away.
    pub(super) fn at_hand(&self, message: MessageId) -> Option<(&Logged, &ChatLine)> {
        let at = self.position(message)?;
        let found = &self.chat[at];
        found.line().filter(|_| !found.gone).map(|line| (&found.logged, line))
    }

    /// Who wrote a line that is at hand, taken away or not.
    pub(super) fn writer(&self, message: MessageId) -> Option<MemberId> {
        self.chat[self.position(message)?].line().map(|line| line.member)
    }

    /// The nickname under which a member wrote the newest line at hand.
    pub(super) fn signature(&self, member: MemberId) -> Option<String> {
        let lines = self.chat.iter().rev().filter_map(AtHand::line);
        lines.into_iter().find(|line| line.member == member).map(|line| line.nickname.clone())
    }

    /// Takes a line away, or brings it back; returns whether that changed anything.
    pub(super) fn set_gone(&mut self, message: MessageId, gone: bool) -> bool {
        let Some(at) = self.position(message) else { return false };
        std::mem::replace(&mut self.chat[at].gone, gone) != gone
    }

    /// Takes all lines of a member away; returns whether there were any.
    pub(super) fn purge(&mut self, member: MemberId) -> bool {
        self.purge_before(u64::MAX, member)
    }

    fn purge_before(&mut self, seq: u64, member: MemberId) -> bool {
        let mut any = false;
        for line in self.chat.iter_mut().filter(|line| line.logged.seq < seq && !line.gone) {
            line.gone = line.line().is_some_and(|line| line.member == member);
            any |= line.gone;
        }
        any
    }

    /// The newest lines that were not taken away, oldest first: what a newcomer can read back.
    pub(super) fn newest_chat(&self) -> Vec<Logged> {
        let newest = self.chat.iter().rev().filter(|line| !line.gone).take(SNAPSHOT_CHAT_LINES);
        let mut chat = within_budget(newest);
        chat.reverse();
        chat
    }

    /// The lines between two `seq` that are at hand and were not taken away, oldest first, as many as fit, and where the
    /// others begin.
    pub(super) fn chat_between(&self, from_seq: u64, to_seq: u64) -> (Vec<Logged>, Option<u64>) {
        let between = |line: &&AtHand| !line.gone && (from_seq..=to_seq).contains(&line.logged.seq);
        let fit = within_budget(self.chat.iter().filter(between));
        let rest = self.chat.iter().filter(between).nth(fit.len()).map(|line| line.logged.seq);
        (fit, rest)
    }

    /// What came after `resume`, if it is at hand and not too long; what was taken away since comes without its words. Of a
    /// client that claims to know more than there is (the store was restored from a backup) nothing is known.
    pub(super) fn since(&self, resume: Option<Resume>) -> Option<Vec<Logged>> {
        let missed = resume.and_then(|r| self.seq.checked_sub(r.after_seq)).and_then(|n| usize::try_from(n).ok())?;
        let at_hand = missed <= self.recent.len() && self.size_of_newest(missed) <= MAX_DELTA_BYTES;
        at_hand.then(|| self.newest(missed).map(|logged| self.as_it_stands(logged)).collect())
    }

    /// An event as it may be told now.
    fn as_it_stands(&self, logged: &Logged) -> Logged {
        let mut logged = logged.clone();
        if let ShowEvent::Chat(line) | ShowEvent::ChatRestored { line, .. } | ShowEvent::ChatPinned { line } =
            &mut logged.event
            && self.position(line.message).is_some_and(|at| self.chat[at].gone)
        {
            line.text.clear();
            line.mentions.clear();
        }
        logged
    }

    fn position(&self, message: MessageId) -> Option<usize> {
        let seq = self.lines.get(&message)?.seq;
        self.chat.binary_search_by_key(&seq, |line| line.logged.seq).ok()
    }

    fn newest(&self, n: usize) -> impl Iterator<Item = &Logged> {
        self.recent.iter().skip(self.recent.len() - n)
    }

    fn size_of_newest(&self, n: usize) -> usize {
        self.newest(n).map(|logged| EVENT_OVERHEAD_BYTES + event_bytes(&logged.event)).sum()
    }

    fn trim(&mut self) {
        let (recent, chat) = (self.recent.len(), self.chat.len());
        self.recent.drain(..recent.saturating_sub(MAX_RESUME_EVENTS));
        self.chat.drain(..chat.saturating_sub(MAX_LINES_AT_HAND));
    }
}

fn within_budget<'a>(lines: impl Iterator<Item = &'a AtHand>) -> Vec<Logged> {
    let mut room = MAX_CHAT_BYTES;
    let fits = |line: &&AtHand| {
        let bytes = EVENT_OVERHEAD_BYTES + line.line().map_or(0, line_bytes);
        let fits = bytes <= room;
        room = room.saturating_sub(bytes);
        fits
    };
    lines.take_while(fits).map(|line| line.logged.clone()).collect()
}

/// What an event costs on the wire beside its frame, at most.
fn event_bytes(event: &ShowEvent) -> usize {
    match event {
        ShowEvent::Chat(line) | ShowEvent::ChatRestored { line, .. } | ShowEvent::ChatPinned { line } => {
            line_bytes(line)
        }
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
}
