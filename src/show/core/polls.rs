//! The polls of a show and who chose what.
//!
//! Invariants: a member has at most one ballot in a poll; `counts` are those of the ballots; at most one poll is pinned; the
//! right choice leaves this file in a poll that is closed and in no other.

use quiora_signaling::limits::{MAX_BALLOTS, MAX_POLLS, TALLY_INTERVAL_MS};
use quiora_signaling::{
    MemberId, Poll, PollBallot, PollChange, PollDraft, PollId, PollResults, PollTally, RefusalCode,
};
use std::collections::HashMap;

/// What became of which poll, in order.
pub(super) type Changes = Vec<(PollChange, Poll)>;

#[derive(Debug, Default)]
pub(super) struct Polls {
    /// In the order in which they were opened.
    entries: Vec<Entry>,
    /// Ballots of all of them.
    ballots: usize,
}

#[derive(Debug)]
struct Entry {
    /// Without counts and right choice.
    poll: Poll,
    right: Option<u8>,
    /// Choices as bits.
    ballots: HashMap<MemberId, u8>,
    counts: Vec<u32>,
    told_at_ms: Option<u64>,
    /// Something changed since.
    stale: bool,
}

impl Entry {
    const fn is_open(&self) -> bool {
        self.poll.closed_at_ms.is_none()
    }

    /// As everybody, or staff, may see it.
    fn view(&self, staff: bool) -> Poll {
        let PollTally { voters, counts, .. } = self.tally(staff);
        let right = self.right.filter(|_| !self.is_open());
        Poll { voters, counts, right, ..self.poll.clone() }
    }

    fn tally(&self, staff: bool) -> PollTally {
        let shown = staff || !self.is_open() || self.poll.results == PollResults::Live;
        let voters = u32::try_from(self.ballots.len()).unwrap_or(u32::MAX);
        PollTally { poll: self.poll.poll, voters, counts: shown.then(|| self.counts.clone()) }
    }

    fn put(&mut self, member: MemberId, ballot: u8) -> bool {
        let before = if ballot == 0 { self.ballots.remove(&member) } else { self.ballots.insert(member, ballot) };
        let before = before.unwrap_or(0);
        for (choice, count) in self.counts.iter_mut().enumerate() {
            let bit = 1 << choice;
            *count += u32::from(ballot & bit != 0);
            *count -= u32::from(before & bit != 0);
        }
        before != ballot
    }

    fn due_at_ms(&self) -> Option<u64> {
        self.stale.then(|| self.told_at_ms.map_or(0, |told| told + TALLY_INTERVAL_MS))
    }
}

impl Polls {
    /// As the store remembers them. Ballots that fit no poll are dropped.
    pub(super) fn new(polls: Vec<Poll>, rights: &[(PollId, u8)], ballots: Vec<(PollId, MemberId, u8)>) -> Self {
        let right_of = |poll| rights.iter().find(|(of, _)| *of == poll).map(|(_, right)| *right);
        let entries = polls.into_iter().map(|poll| Self::entry(right_of(poll.poll), poll)).collect();
        let mut all = Self { entries, ballots: 0 };
        for (poll, member, ballot) in ballots {
            if let Ok(at) = all.find(poll) {
                let entry = &mut all.entries[at];
                entry.put(member, ballot & mask(entry.poll.choices.len()));
            }
        }
        all.ballots = all.entries.iter().map(|entry| entry.ballots.len()).sum();
        all
    }

    fn entry(right: Option<u8>, poll: Poll) -> Entry {
        let counts = vec![0; poll.choices.len()];
        let poll = Poll { counts: None, right: None, ..poll };
        Entry { poll, right, ballots: HashMap::new(), counts, told_at_ms: None, stale: false }
    }

    /// The `seq` of a poll that is known already.
    ///
    /// # Errors
    /// `poll_id_reused` if it is another one.
    pub(super) fn known(&self, id: PollId, draft: &PollDraft) -> Option<Result<u64, RefusalCode>> {
        let Entry { poll, right, .. } = &self.entries[self.find(id).ok()?];
        let same = poll.text == draft.text
            && poll.choices == draft.choices
            && poll.multiple == draft.multiple
            && *right == draft.right;
        Some(if same { Ok(poll.seq) } else { Err(RefusalCode::PollIdReused) })
    }

    /// Opens one.
    pub(super) fn open(&mut self, id: PollId, draft: PollDraft, seq: u64, at_ms: u64) -> Result<Poll, RefusalCode> {
        if self.entries.len() >= MAX_POLLS {
            return Err(RefusalCode::TooMany);
        }
        let poll = Poll {
            poll: id,
            seq,
            text: draft.text,
            choices: draft.choices,
            multiple: draft.multiple,
            results: draft.results,
            quiz: draft.right.is_some(),
            opened_at_ms: at_ms,
            closes_at_ms: draft.duration_ms.map(|ms| at_ms + u64::from(ms)),
            closed_at_ms: None,
            pinned: draft.pin,
            voters: 0,
            counts: None,
            right: None,
        };
        let entry = Self::entry(draft.right, poll);
        let view = entry.view(false);
        self.entries.push(entry);
        Ok(view)
    }

    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= MAX_POLLS
    }

    /// Puts a ballot in, in place of the member's earlier one; returns it as bits if it is another one.
    pub(super) fn vote(&mut self, id: PollId, member: MemberId, choices: &[u8]) -> Result<Option<u8>, RefusalCode> {
        let at = self.find(id)?;
        let entry = &mut self.entries[at];
        if !entry.is_open() {
            return Err(RefusalCode::PollClosed);
        }
        let ballot = choices.iter().fold(0, |bits, choice| bits | 1_u8.checked_shl(u32::from(*choice)).unwrap_or(0));
        let valid = ballot.count_ones() as usize == choices.len()
            && ballot & !mask(entry.poll.choices.len()) == 0
            && (entry.poll.multiple || choices.len() <= 1);
        if !valid {
            return Err(RefusalCode::ChoiceInvalid);
        }
        let before = entry.ballots.len();
        if self.ballots >= MAX_BALLOTS && ballot != 0 && !entry.ballots.contains_key(&member) {
            return Err(RefusalCode::TooMany);
        }
        let changed = entry.put(member, ballot);
        entry.stale |= changed;
        self.ballots = self.ballots + entry.ballots.len() - before;
        Ok(changed.then_some(ballot))
    }

    /// Closes it.
    pub(super) fn close(&mut self, id: PollId, at_ms: u64) -> Result<Changes, RefusalCode> {
        let at = self.find(id)?;
        let entry = &mut self.entries[at];
        if !entry.is_open() {
            return Ok(Vec::new());
        }
        (entry.poll.closed_at_ms, entry.poll.closes_at_ms, entry.stale) = (Some(at_ms), None, false);
        Ok(vec![(PollChange::Closed, entry.view(false))])
    }

    /// Opens it again.
    pub(super) fn reopen(&mut self, id: PollId, closes_at_ms: Option<u64>) -> Result<Changes, RefusalCode> {
        let at = self.find(id)?;
        let entry = &mut self.entries[at];
        if entry.is_open() {
            return Ok(Vec::new());
        }
        if entry.poll.quiz {
            return Err(RefusalCode::PollClosed);
        }
        (entry.poll.closed_at_ms, entry.poll.closes_at_ms) = (None, closes_at_ms);
        Ok(vec![(PollChange::Reopened, entry.view(false))])
    }

    /// Puts it over the picture, in place of the one that is there.
    pub(super) fn pin(&mut self, id: PollId) -> Result<Changes, RefusalCode> {
        let at = self.find(id)?;
        if self.entries[at].poll.pinned {
            return Ok(Vec::new());
        }
        let mut changes = self.unpin();
        let entry = &mut self.entries[at];
        entry.poll.pinned = true;
        changes.push((PollChange::Pinned, entry.view(false)));
        Ok(changes)
    }

    /// Takes what is there off the picture.
    pub(super) fn unpin(&mut self) -> Changes {
        let pinned = self.entries.iter_mut().find(|entry| entry.poll.pinned);
        let unpinned = pinned.map(|entry| {
            entry.poll.pinned = false;
            (PollChange::Unpinned, entry.view(false))
        });
        unpinned.into_iter().collect()
    }

    /// Polls that are open.
    pub(super) fn open_ones(&self) -> Vec<PollId> {
        self.entries.iter().filter(|entry| entry.is_open()).map(|entry| entry.poll.poll).collect()
    }

    /// Polls whose time is over.
    pub(super) fn due(&self, now_ms: u64) -> Vec<PollId> {
        let due = |entry: &&Entry| entry.is_open() && entry.poll.closes_at_ms.is_some_and(|at| at <= now_ms);
        self.entries.iter().filter(due).map(|entry| entry.poll.poll).collect()
    }

    /// All of them, oldest first.
    pub(super) fn views(&self, staff: bool) -> Vec<Poll> {
        self.entries.iter().map(|entry| entry.view(staff)).collect()
    }

    /// How those stand that are open.
    pub(super) fn tallies(&self, staff: bool) -> Vec<PollTally> {
        self.entries.iter().filter(|entry| entry.is_open()).map(|entry| entry.tally(staff)).collect()
    }

    /// What the member chose where it can still be seen.
    pub(super) fn ballots(&self, member: MemberId) -> Vec<PollBallot> {
        let seen = self.entries.iter().filter(|entry| entry.is_open() || entry.poll.pinned);
        let ballot = |entry: &Entry| {
            let bits = *entry.ballots.get(&member)?;
            let choices = (0..8).filter(|choice| bits & (1 << choice) != 0).collect();
            Some(PollBallot { poll: entry.poll.poll, choices })
        };
        seen.filter_map(ballot).collect()
    }

    pub(super) fn poll_timeout(&self) -> Option<u64> {
        let closing = self.entries.iter().filter(|entry| entry.is_open()).filter_map(|entry| entry.poll.closes_at_ms);
        closing.chain(self.entries.iter().filter_map(Entry::due_at_ms)).min()
    }

    /// How polls stand that changed: for viewers and for staff.
    pub(super) fn handle_timeout(&mut self, now_ms: u64) -> Vec<[PollTally; 2]> {
        let mut news = Vec::new();
        for entry in &mut self.entries {
            let due = entry.told_at_ms.is_none_or(|told| now_ms < told || now_ms >= told + TALLY_INTERVAL_MS);
            if entry.stale && due {
                (entry.stale, entry.told_at_ms) = (false, Some(now_ms));
                news.push([entry.tally(false), entry.tally(true)]);
            }
        }
        news
    }

    fn find(&self, id: PollId) -> Result<usize, RefusalCode> {
        self.entries.iter().position(|entry| entry.poll.poll == id).ok_or(RefusalCode::PollNotFound)
    }
}

/// The bits of so many choices.
fn mask(choices: usize) -> u8 {
    u8::try_from((1_u32 << choices.min(8)) - 1).unwrap_or(u8::MAX)
}
