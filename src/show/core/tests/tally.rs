//! Counting: whatever is sent twice, lost, taken back, merged and brought back, the counts are those of a simple model; and what
//! is loaded again from the store is what there was.

use super::audience::{NOW, asked, choose, merge, question, reopen, snapshot, vote};
use super::{company, facts, id, joining};
use crate::show::command::Command;
use crate::show::core::questions::rank;
use crate::show::core::{Audience, Effect, History, Joining, Row, ShowCore};
use proptest::prelude::*;
use quiora_signaling::limits::{MAX_OUTBOX_BYTES, MAX_POLL_CHARS, MAX_QUESTION_CHARS};
use quiora_signaling::{
    Choice, Logged, MemberId, Poll, PollDraft, PollId, PollMessage, PollResults, Question, QuestionId, QuestionMessage,
    QuestionStatus, Role, ShowEvent, ShowStatus,
};
use std::collections::{BTreeMap, BTreeSet};

const MEMBERS: u128 = 8;
const QUESTIONS: u128 = 5;

/// What the store would have.
#[derive(Default)]
struct Kept {
    events: Vec<Logged>,
    votes: BTreeSet<(QuestionId, MemberId)>,
    ballots: BTreeMap<(PollId, MemberId), u8>,
}

impl Kept {
    fn keep(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Event(logged) => self.events.push(logged),
                Effect::Row(Row::Vote { question, member, cast: true }) => _ = self.votes.insert((question, member)),
                Effect::Row(Row::Vote { question, member, cast: false }) => _ = self.votes.remove(&(question, member)),
                Effect::Row(Row::Ballot { poll, member, choices: 0 }) => _ = self.ballots.remove(&(poll, member)),
                Effect::Row(Row::Ballot { poll, member, choices }) => _ = self.ballots.insert((poll, member), choices),
                _ => {}
            }
        }
    }

    fn load(&self) -> ShowCore {
        let (mut questions, mut polls) = (BTreeMap::new(), BTreeMap::new());
        for logged in &self.events {
            match &logged.event {
                ShowEvent::Question { question, .. } => _ = questions.insert(question.question, (**question).clone()),
                ShowEvent::Poll { poll, .. } => _ = polls.insert(poll.poll, (**poll).clone()),
                _ => {}
            }
        }
        let audience = Audience {
            questions: questions.into_values().collect(),
            votes: self.votes.iter().copied().collect(),
            polls: polls.into_values().collect(),
            ballots: self.ballots.iter().map(|((poll, member), bits)| (*poll, *member, *bits)).collect(),
            ..Audience::default()
        };
        let seq = self.events.len() as u64;
        ShowCore::new(facts(ShowStatus::Live), History { seq, audience, ..History::default() })
    }
}

#[derive(Debug, Clone)]
enum Step {
    Vote(u128, u128),
    Unvote(u128, u128),
    Merge(u128, u128),
    Reopen(u128),
    Choose(u128, Vec<u8>),
    Reload,
}

fn step() -> impl Strategy<Value = Step> {
    let (member, question) = (10..10 + MEMBERS, 50..50 + QUESTIONS);
    prop_oneof![
        6 => (member.clone(), question.clone()).prop_map(|(m, q)| Step::Vote(m, q)),
        3 => (member.clone(), question.clone()).prop_map(|(m, q)| Step::Unvote(m, q)),
        2 => (question.clone(), question.clone()).prop_map(|(a, b)| Step::Merge(a, b)),
        2 => question.prop_map(Step::Reopen),
        4 => (member, proptest::collection::vec(0..4_u8, 0..4)).prop_map(|(m, c)| Step::Choose(m, c)),
        1 => Just(Step::Reload),
    ]
}

/// The model: who voted where, who was merged into whom, and what a member chose last.
#[derive(Default)]
struct Model {
    votes: BTreeMap<u128, BTreeSet<u128>>,
    merged: BTreeMap<u128, u128>,
    chosen: BTreeMap<u128, BTreeSet<u8>>,
}

impl Model {
    fn root(&self, question: u128) -> u128 {
        self.merged.get(&question).map_or(question, |into| self.root(*into))
    }

    fn family(&self, root: u128) -> Vec<u128> {
        (50..50 + QUESTIONS).filter(|question| self.root(*question) == root).collect()
    }

    fn voters(&self, root: u128) -> BTreeSet<u128> {
        self.family(root).iter().filter_map(|question| self.votes.get(question)).flatten().copied().collect()
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Vote(member, question) => {
                let root = self.root(*question);
                if !self.voters(root).contains(member) {
                    self.votes.entry(root).or_default().insert(*member);
                }
            }
            Step::Unvote(member, question) => {
                for question in self.family(self.root(*question)) {
                    self.votes.entry(question).or_default().remove(member);
                }
            }
            Step::Merge(from, into) => {
                let free = |question| !self.merged.contains_key(question);
                if from != into && free(from) && free(into) {
                    self.merged.insert(*from, *into);
                }
            }
            Step::Reopen(question) => _ = self.merged.remove(question),
            Step::Choose(member, choices) => {
                let distinct: BTreeSet<u8> = choices.iter().copied().collect();
                if distinct.len() == choices.len() && choices.iter().all(|choice| *choice < 3) {
                    self.chosen.insert(*member, distinct);
                }
            }
            Step::Reload => {}
        }
    }

    fn counts(&self) -> Vec<u32> {
        (0..3).map(|choice| self.chosen.values().filter(|chosen| chosen.contains(&choice)).count() as u32).collect()
    }
}

fn everybody(core: &mut ShowCore) {
    core.join(NOW, joining(1, 1, Role::Host)).expect("host");
    for n in 10..10 + MEMBERS {
        let named = Joining { nickname: Some(format!("m{n}")), ..joining(n, n, Role::Viewer) };
        core.join(NOW, named).expect("viewer");
    }
}

fn command(step: &Step) -> Option<(u128, Command)> {
    Some(match step {
        Step::Vote(member, q) => (*member, vote(*q)),
        Step::Unvote(member, q) => (*member, question(QuestionMessage::QuestionUnvote { id: 9, question: id(*q) })),
        Step::Merge(from, into) => (1, merge(*from, *into)),
        Step::Reopen(question) => (1, reopen(*question)),
        Step::Choose(member, choices) => (*member, choose(70, choices)),
        Step::Reload => return None,
    })
}

fn open(results: PollResults) -> Command {
    let choices = ["a", "b", "c"].map(|text| Choice { text: text.into(), product: None }).into();
    let (multiple, right, duration_ms, pin) = (true, None, None, false);
    let draft = PollDraft { text: "?".into(), choices, multiple, results, duration_ms, right, pin };
    Command::Poll(PollMessage::PollOpen { id: 9, poll: id(70), draft })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn counts_are_those_of_the_model(steps in proptest::collection::vec((step(), any::<bool>()), 1..120)) {
        let (mut core, mut kept, mut model) = (company(ShowStatus::Live), Kept::default(), Model::default());
        core.leave(NOW, id(1));
        everybody(&mut core);
        for n in 50..50 + QUESTIONS {
            // Each asks one, and wants it answered.
            let asker = n - 40;
            kept.keep(core.apply(NOW, id(asker), 9, asked(n, &format!("q{n}"))).expect("ask"));
            model.apply(&Step::Vote(asker, n));
        }
        kept.keep(core.apply(NOW, id(1), 9, open(PollResults::Live)).expect("open"));
        for (step, twice) in steps {
            model.apply(&step);
            match command(&step) {
                // A refusal changes nothing, there and here.
                Some((session, command)) => for _ in 0..=u8::from(twice) {
                    if let Ok(effects) = core.apply(NOW, id(session), 9, command.clone()) {
                        kept.keep(effects);
                    }
                },
                None => {
                    core = kept.load();
                    everybody(&mut core);
                }
            }
        }
        let (questions, polls, _) = snapshot(&mut core, 900, Role::Moderator);
        for question in questions {
            let n = question.question.0.as_u128();
            prop_assert_eq!(question.merged_into.map(|into| into.0.as_u128()), model.merged.get(&n).copied());
            if question.status != QuestionStatus::Merged {
                prop_assert_eq!(question.votes as usize, model.voters(n).len(), "question {}", n);
            }
        }
        prop_assert_eq!(polls[0].counts.clone(), Some(model.counts()));
        let voters = model.chosen.values().filter(|chosen| !chosen.is_empty()).count();
        prop_assert_eq!(polls[0].voters as usize, voters);
    }

    #[test]
    fn the_rank_is_votes_then_age(votes in proptest::collection::vec(0..5_u32, 1..40)) {
        let question = |(n, votes): (usize, &u32)| Question { votes: *votes, seq: n as u64, ..plain() };
        let mut questions: Vec<_> = votes.iter().enumerate().map(question).rev().collect();
        questions.sort_by(rank);
        let order: Vec<_> = questions.iter().map(|q| (std::cmp::Reverse(q.votes), q.seq)).collect();
        prop_assert!(order.is_sorted());
    }
}

fn plain() -> Question {
    Question {
        question: id(1),
        seq: 1,
        member: id(2),
        nickname: "Ada".into(),
        text: "?".into(),
        product: None,
        asked_at_ms: NOW,
        status: QuestionStatus::Open,
        votes: 0,
        merged_into: None,
        taken: None,
        answered: None,
        answer: None,
    }
}

/// A show that is full to the brim, with the longest texts in the largest letters.
fn brimful() -> ShowCore {
    let question = |n: u128| Question {
        question: id(1_000 + n),
        seq: 1 + n as u64,
        member: id(5_000 + n),
        nickname: "😀".repeat(32),
        text: "\"😀".repeat(MAX_QUESTION_CHARS / 2),
        ..plain()
    };
    let text = || "😀".repeat(MAX_POLL_CHARS);
    let poll = |n: u128| Poll {
        poll: id(9_000 + n),
        seq: 600 + n as u64,
        text: text(),
        choices: (0..6).map(|_| Choice { text: text(), product: Some(id(1)) }).collect(),
        multiple: true,
        results: PollResults::Live,
        quiz: false,
        opened_at_ms: NOW,
        closes_at_ms: None,
        closed_at_ms: None,
        pinned: false,
        voters: 0,
        counts: None,
        right: None,
    };
    let audience = Audience {
        questions: (0..500).map(question).collect(),
        votes: (0..500).flat_map(|q| (0..20).map(move |m| (id(1_000 + q), id(m)))).collect(),
        polls: (0..50).map(poll).collect(),
        ballots: (0..50).flat_map(|p| (0..20).map(move |m| (id(9_000 + p), id(m), 0b11_1111))).collect(),
        ..Audience::default()
    };
    ShowCore::new(facts(ShowStatus::Live), History { seq: 1_000, audience, ..History::default() })
}

#[test]
fn a_welcome_with_five_hundred_questions_is_one_message_that_fits() {
    let mut core = brimful();
    core.join(NOW, joining(1, 1, Role::Host)).expect("host");
    let wall = "\"😀".repeat(250);
    for n in 0..1_000 {
        core.apply(NOW, id(1), 9, super::say(100_000 + n, &wall)).expect("chat");
    }
    let effects = core.join(NOW, joining(2, 2, Role::Viewer)).expect("join");
    let Some(Effect::Welcome(admitted)) = effects.into_iter().next() else { unreachable!("no welcome") };
    let json = |value: serde_json::Result<String>| value.expect("json").len();
    let bytes = json(serde_json::to_string(&admitted.catch_up)) + json(serde_json::to_string(&admitted.mine));
    assert!(bytes < MAX_OUTBOX_BYTES - 64 * 1024, "{bytes} bytes");
    assert_eq!((admitted.mine.voted.len(), admitted.mine.ballots.len()), (500, 50));
    // With words of a usual length nothing is left out.
    let mut core = company(ShowStatus::Live);
    for n in 0..100_u128 {
        let named = Joining { nickname: Some(format!("m{n}")), ..joining(1_000 + n, 1_000 + n, Role::Viewer) };
        core.join(NOW, named).expect("join");
        for q in 0..5 {
            core.apply(
                NOW + u64::try_from(n).expect("few") * 10_000,
                id(1_000 + n),
                9,
                asked(10_000 + n * 10 + q, "Does it come in black, and when?"),
            )
            .expect("ask");
        }
    }
    assert_eq!(snapshot(&mut core, 900, Role::Viewer).0.len(), 500);
}
