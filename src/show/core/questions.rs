//! The questions of a show and who wants them answered.
//!
//! Invariants: at most one is on air. A vote is a member in the set of the question it was cast for, and stays there when
//! the question is merged, so that a merge can be undone; what counts is the union of a question's own set and those of
//! all that were merged into it. A merged question points at one that was open when it was merged, so the way to
//! the question it lives on in has an end.

use quiora_signaling::limits::{
    MAX_OPEN_QUESTIONS, MAX_QUESTION_VOTES, MAX_QUESTIONS, MAX_QUESTIONS_PER_MEMBER, TALLY_INTERVAL_MS,
};
use quiora_signaling::{
    MemberId, Moment, Question, QuestionChange, QuestionId, QuestionStatus, QuestionVotes, RefusalCode,
};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Questions whose votes are told in one go. The rest follows a moment later.
const MAX_TOLD: usize = 64;

/// What became of which question, in order.
pub(super) type Changes = Vec<(QuestionChange, Question)>;

#[derive(Debug, Default)]
pub(super) struct Questions {
    entries: HashMap<QuestionId, Entry>,
    on_air: Option<QuestionId>,
    votes: usize,
    /// Whose votes changed since everybody was told.
    stale: BTreeSet<QuestionId>,
    told_at_ms: Option<u64>,
}

#[derive(Debug)]
struct Entry {
    question: Question,
    /// Who voted for this one.
    own: HashSet<MemberId>,
    /// What was merged into it.
    merged: Vec<QuestionId>,
}

impl Entry {
    const fn is_open(&self) -> bool {
        matches!(self.question.status, QuestionStatus::Open | QuestionStatus::OnAir)
    }
}

/// Most votes first, then the older first.
pub(super) fn rank(a: &Question, b: &Question) -> Ordering {
    b.votes.cmp(&a.votes).then(a.seq.cmp(&b.seq))
}

impl Questions {
    /// As the store remembers them.
    pub(super) fn new(questions: Vec<Question>, votes: Vec<(QuestionId, MemberId)>) -> Self {
        let mut all = Self::default();
        for question in questions {
            all.insert(question);
        }
        for (question, member) in votes {
            if let Some(entry) = all.entries.get_mut(&question) {
                all.votes += usize::from(entry.own.insert(member));
            }
        }
        let links: Vec<_> =
            all.entries.values().filter_map(|e| Some((e.question.question, e.question.merged_into?))).collect();
        for (question, into) in links {
            if let Some(entry) = all.entries.get_mut(&into) {
                entry.merged.push(question);
            }
        }
        let ids: Vec<_> = all.entries.keys().copied().collect();
        ids.into_iter().for_each(|id| all.count(id));
        all
    }

    /// Takes a new question in.
    pub(super) fn insert(&mut self, question: Question) {
        let id = question.question;
        if question.status == QuestionStatus::OnAir {
            self.on_air = Some(id);
        }
        self.entries.insert(id, Entry { question, own: HashSet::new(), merged: Vec::new() });
    }

    pub(super) fn get(&self, id: QuestionId) -> Option<&Question> {
        self.entries.get(&id).map(|entry| &entry.question)
    }

    /// Whether the member may ask one more.
    pub(super) fn check_room(&self, member: MemberId) -> Result<(), RefusalCode> {
        let open = || self.entries.values().filter(|entry| entry.is_open());
        // What was put away takes no room: else whoever floods could close the asking for good. Each was put away by hand.
        let kept = self.entries.values().filter(|entry| entry.question.status != QuestionStatus::Dismissed);
        let full = kept.count() >= MAX_QUESTIONS
            || open().count() >= MAX_OPEN_QUESTIONS
            || open().filter(|entry| entry.question.member == member).count() >= MAX_QUESTIONS_PER_MEMBER;
        if full { Err(RefusalCode::TooMany) } else { Ok(()) }
    }

    /// The questions of a member that are open or on air.
    pub(super) fn open_of(&self, member: MemberId) -> Vec<QuestionId> {
        let of = |entry: &&Entry| entry.is_open() && entry.question.member == member;
        self.entries.values().filter(of).map(|entry| entry.question.question).collect()
    }

    /// Casts a vote; returns the question in whose set it is now, if it is new.
    pub(super) fn vote(&mut self, id: QuestionId, member: MemberId) -> Result<Option<QuestionId>, RefusalCode> {
        let root = self.root(id)?;
        if !self.entries[&root].is_open() {
            return Err(RefusalCode::QuestionClosed);
        }
        if self.family(root).iter().any(|id| self.entries[id].own.contains(&member)) {
            return Ok(None);
        }
        if self.votes >= MAX_QUESTION_VOTES {
            return Err(RefusalCode::TooMany);
        }
        if let Some(entry) = self.entries.get_mut(&root) {
            entry.own.insert(member);
            entry.question.votes += 1;
            self.votes += 1;
            self.stale.insert(root);
        }
        Ok(Some(root))
    }

    /// Takes a vote back; returns the questions in whose sets it was.
    pub(super) fn unvote(&mut self, id: QuestionId, member: MemberId) -> Result<Vec<QuestionId>, RefusalCode> {
        let root = self.root(id)?;
        if !self.entries[&root].is_open() {
            return Err(RefusalCode::QuestionClosed);
        }
        let mut was_in = Vec::new();
        for id in self.family(root) {
            if self.entries.get_mut(&id).is_some_and(|entry| entry.own.remove(&member)) {
                was_in.push(id);
            }
        }
        self.votes -= was_in.len();
        if !was_in.is_empty() {
            was_in.iter().for_each(|id| self.count(*id));
            self.count(root);
            self.stale.insert(root);
        }
        Ok(was_in)
    }

    /// Puts it on air; what was there is open again.
    pub(super) fn take(&mut self, id: QuestionId, moment: Moment) -> Result<Changes, RefusalCode> {
        let status = self.entry(id)?.question.status;
        match status {
            QuestionStatus::OnAir => return Ok(Vec::new()),
            QuestionStatus::Open => {}
            _ => return Err(RefusalCode::QuestionClosed),
        }
        let mut changes = Vec::new();
        if let Some(entry) = self.on_air.take().and_then(|other| self.entries.get_mut(&other)) {
            entry.question.status = QuestionStatus::Open;
            changes.push((QuestionChange::Returned, entry.question.clone()));
        }
        let question = &mut self.entry_mut(id)?.question;
        question.status = QuestionStatus::OnAir;
        question.taken = Some(moment);
        changes.push((QuestionChange::Taken, question.clone()));
        self.on_air = Some(id);
        Ok(changes)
    }

    /// It has been answered. Repeating it changes nothing, unless there are other words now.
    pub(super) fn answer(
        &mut self,
        id: QuestionId,
        moment: Moment,
        text: Option<String>,
    ) -> Result<Changes, RefusalCode> {
        let question = &mut self.entry_mut(id)?.question;
        match question.status {
            QuestionStatus::Open | QuestionStatus::OnAir => question.answered = Some(moment),
            QuestionStatus::Answered if text.is_none() || text == question.answer => return Ok(Vec::new()),
            QuestionStatus::Answered => {}
            QuestionStatus::Dismissed | QuestionStatus::Merged => return Err(RefusalCode::QuestionClosed),
        }
        question.status = QuestionStatus::Answered;
        question.answer = text.or_else(|| question.answer.take());
        let changes = vec![(QuestionChange::Answered, question.clone())];
        self.on_air.take_if(|on_air| *on_air == id);
        Ok(changes)
    }

    /// Puts it away.
    pub(super) fn dismiss(&mut self, id: QuestionId) -> Result<Changes, RefusalCode> {
        let question = &mut self.entry_mut(id)?.question;
        match question.status {
            QuestionStatus::Open | QuestionStatus::OnAir => question.status = QuestionStatus::Dismissed,
            QuestionStatus::Dismissed => return Ok(Vec::new()),
            QuestionStatus::Answered | QuestionStatus::Merged => return Err(RefusalCode::QuestionClosed),
        }
        let changes = vec![(QuestionChange::Dismissed, question.clone())];
        self.on_air.take_if(|on_air| *on_air == id);
        Ok(changes)
    }

    /// Lets it live on in another one.
    pub(super) fn merge(&mut self, id: QuestionId, into: QuestionId) -> Result<Changes, RefusalCode> {
        let (from, to) = (self.entry(id)?, self.entry(into)?);
        if from.question.merged_into == Some(into) {
            return Ok(Vec::new());
        }
        if id == into || !from.is_open() || !to.is_open() {
            return Err(RefusalCode::QuestionClosed);
        }
        self.entry_mut(into)?.merged.push(id);
        self.count(into);
        self.stale.insert(into);
        let question = &mut self.entry_mut(id)?.question;
        question.status = QuestionStatus::Merged;
        question.merged_into = Some(into);
        let changes = vec![(QuestionChange::Merged, question.clone())];
        self.on_air.take_if(|on_air| *on_air == id);
        Ok(changes)
    }

    /// Undoes what was done to it: it is open again.
    pub(super) fn reopen(&mut self, id: QuestionId) -> Result<Changes, RefusalCode> {
        let question = &mut self.entry_mut(id)?.question;
        if question.status == QuestionStatus::Open {
            return Ok(Vec::new());
        }
        question.status = QuestionStatus::Open;
        (question.answered, question.answer) = (None, None);
        let left = question.merged_into.take();
        self.on_air.take_if(|on_air| *on_air == id);
        if let Some(into) = left {
            if let Some(entry) = self.entries.get_mut(&into) {
                entry.merged.retain(|merged| *merged != id);
            }
            let mut up = Some(into);
            while let Some(at) = up {
                self.count(at);
                self.stale.insert(at);
                up = self.get(at).and_then(|question| question.merged_into);
            }
        }
        self.count(id);
        Ok(vec![(QuestionChange::Reopened, self.entry(id)?.question.clone())])
    }

    /// Who asked it, or one that lives on in it, and which.
    pub(super) fn askers(&self, root: QuestionId) -> Vec<(MemberId, QuestionId)> {
        self.family(root).into_iter().map(|id| (self.entries[&id].question.member, id)).collect()
    }

    /// Questions that are open or on air and that the member voted for.
    pub(super) fn voted(&self, member: MemberId) -> Vec<QuestionId> {
        let voted = |id: &QuestionId| self.family(*id).iter().any(|id| self.entries[id].own.contains(&member));
        self.entries.iter().filter(|(id, entry)| entry.is_open() && voted(id)).map(|(id, _)| *id).collect()
    }

    /// Votes of what is open or on air.
    pub(super) fn standings(&self) -> Vec<QuestionVotes> {
        let open = self.entries.values().filter(|entry| entry.is_open());
        open.map(|e| QuestionVotes { question: e.question.question, votes: e.question.votes }).collect()
    }

    /// The most important first: on air, open by rank, the newest answers, and for staff the rest.
    pub(super) fn by_importance(&self, staff: bool) -> Vec<&Question> {
        let class = |question: &Question| match question.status {
            QuestionStatus::OnAir => 0,
            QuestionStatus::Open => 1,
            QuestionStatus::Answered => 2,
            QuestionStatus::Merged => 3,
            QuestionStatus::Dismissed => 4,
        };
        let mut shown: Vec<_> = self.entries.values().map(|e| &e.question).filter(|q| staff || class(q) <= 2).collect();
        shown.sort_unstable_by(|a, b| {
            class(a).cmp(&class(b)).then_with(|| if class(a) == 1 { rank(a, b) } else { b.seq.cmp(&a.seq) })
        });
        shown
    }

    pub(super) fn poll_timeout(&self) -> Option<u64> {
        (!self.stale.is_empty()).then(|| self.told_at_ms.map_or(0, |told| told + TALLY_INTERVAL_MS))
    }

    /// What everybody is to be told now.
    pub(super) fn handle_timeout(&mut self, now_ms: u64) -> Vec<QuestionVotes> {
        let due = self.told_at_ms.is_none_or(|told| now_ms < told || now_ms >= told + TALLY_INTERVAL_MS);
        if self.stale.is_empty() || !due {
            return Vec::new();
        }
        self.told_at_ms = Some(now_ms);
        let told: Vec<_> = self.stale.iter().copied().take(MAX_TOLD).collect();
        told.iter().for_each(|id| {
            self.stale.remove(id);
        });
        let votes = |question| self.get(question).map(|q| QuestionVotes { question, votes: q.votes });
        told.into_iter().filter_map(votes).collect()
    }

    /// The question that it lives on in; itself if it was not merged.
    fn root(&self, id: QuestionId) -> Result<QuestionId, RefusalCode> {
        let mut root = id;
        while let Some(into) = self.entry(root)?.question.merged_into {
            root = into;
        }
        Ok(root)
    }

    /// It and all that lives on in it.
    fn family(&self, root: QuestionId) -> Vec<QuestionId> {
        let mut family = vec![root];
        let mut at = 0;
        while at < family.len() {
            if let Some(entry) = self.entries.get(&family[at]) {
                family.extend(&entry.merged);
            }
            at += 1;
        }
        family
    }

    /// Counts its votes anew.
    fn count(&mut self, id: QuestionId) {
        let family = self.family(id);
        let votes = match family.as_slice() {
            [alone] => self.entries.get(alone).map_or(0, |entry| entry.own.len()),
            _ => family.iter().flat_map(|id| &self.entries[id].own).collect::<HashSet<_>>().len(),
        };
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.question.votes = u32::try_from(votes).unwrap_or(u32::MAX);
        }
    }

    fn entry(&self, id: QuestionId) -> Result<&Entry, RefusalCode> {
        self.entries.get(&id).ok_or(RefusalCode::QuestionNotFound)
    }

    fn entry_mut(&mut self, id: QuestionId) -> Result<&mut Entry, RefusalCode> {
        self.entries.get_mut(&id).ok_or(RefusalCode::QuestionNotFound)
    }
}
