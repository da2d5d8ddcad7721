//! A thousand members of one show, in virtual time: they come, go, vanish, read slowly or not at all, and come back with what they
//! know. In between the show itself is lost and loaded again from what was committed.
//!
//! Oracle: every durable event is seen once, in one order, by everybody who was there for it or came back for it; a chat line that
//! was left out for a slow reader is said to be, and can be had; counts of votes are those of who voted.

use crate::random::Random;
use quiora::show::core::{Audience, Draft, Effect, History, Joining, Line, Row, ShowCore, ShowFacts, text_hash};
use quiora::show::{Class, Command, Frame, Next, Outbox};
use quiora_signaling::{
    CatchUp, CrowdMessage, Gap, Logged, MemberId, MessageId, ModerationMessage, QuestionChange, QuestionId,
    QuestionMessage, RefusalCode, Resume, Role, ServerMessage, SessionId, ShowEvent, ShowStatus,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const MEMBERS: usize = 1_000;
const STEPS: usize = 8_000;
const HOST: u128 = 1;

/// What happened in worlds, so that a test can see that it did.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    events: usize,
    snapshots: usize,
    deltas: usize,
    gaps: usize,
    slow: usize,
    lost: usize,
    crashes: usize,
    merged: usize,
    deleted: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.snapshots += other.snapshots;
        self.deltas += other.deltas;
        self.gaps += other.gaps;
        self.slow += other.slow;
        self.lost += other.lost;
        self.crashes += other.crashes;
        self.merged += other.merged;
        self.deleted += other.deleted;
    }

    pub(crate) fn assert_rich(&self) {
        let all =
            [self.events, self.snapshots, self.deltas, self.gaps, self.lost, self.crashes, self.merged, self.deleted];
        assert!(all.iter().all(|n| *n > 0), "a world without what it is for: {self:?}");
    }
}

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

#[derive(Debug)]
struct Client {
    member: MemberId,
    session: Option<SessionId>,
    outbox: Outbox,
    /// How many frames it reads when it reads: slow ones read few.
    pace: u64,
    /// The `seq` from which on it must have seen all.
    base: u64,
    seen: BTreeSet<u64>,
    after_seq: Option<u64>,
    missing: Vec<Gap>,
}

/// What the store would have.
#[derive(Default)]
struct Kept {
    log: Vec<Logged>,
    frames: Vec<Frame>,
    votes: BTreeSet<(QuestionId, MemberId)>,
    asked: Vec<QuestionId>,
}

struct World {
    random: Random,
    core: ShowCore,
    kept: Kept,
    clients: Vec<Client>,
    ids: u128,
    now_ms: u64,
    tally: Tally,
}

fn facts() -> ShowFacts {
    ShowFacts {
        show: id(1),
        slug: "borse".into(),
        title: "Borse".into(),
        shop: "Bottega".into(),
        status: ShowStatus::Live,
        scheduled_at_ms: None,
        started_at_ms: None,
        ended_at_ms: None,
    }
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let client = |n: usize| Client {
            member: id(1_000 + n as u128),
            session: None,
            outbox: Outbox::new(),
            pace: if random.per_mille(100) { 0 } else { random.between(1, 400) },
            base: 0,
            seen: BTreeSet::new(),
            after_seq: None,
            missing: Vec::new(),
        };
        let clients = (0..MEMBERS).map(client).collect();
        let core = ShowCore::new(facts(), History::default());
        let now_ms = 1_700_000_000_000;
        let mut world =
            Self { random, core, kept: Kept::default(), clients, ids: 1 << 40, now_ms, tally: Tally::default() };
        world.seat_host();
        world
    }

    fn fresh(&mut self) -> u128 {
        self.ids += 1;
        self.ids
    }

    fn seat_host(&mut self) {
        let (session, member) = (id(HOST), id(HOST));
        let joining =
            Joining { session, member, role: Role::Host, nickname: None, resume: None, address: None, remote: false };
        let effects = self.core.join(self.now_ms, joining).expect("room");
        self.deliver(effects);
    }

    /// What the shell does when it has committed.
    fn deliver(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Event(logged) => {
                    assert_eq!(logged.seq, self.kept.log.len() as u64 + 1, "no gap in the log");
                    let frame = Frame::encode(&ServerMessage::Event(logged.clone()));
                    let class = match logged.event {
                        ShowEvent::Chat(_) => Class::Chat(logged.seq),
                        _ => Class::Event,
                    };
                    for client in self.clients.iter().filter(|client| client.session.is_some()) {
                        client.outbox.push(class, frame.clone());
                    }
                    if let ShowEvent::Question { change: QuestionChange::Asked, question } = &logged.event {
                        self.kept.asked.push(question.question);
                    }
                    self.kept.log.push(logged);
                    self.kept.frames.push(frame);
                    self.tally.events += 1;
                }
                Effect::Row(Row::Vote { question, member, cast: true }) => {
                    self.kept.votes.insert((question, member));
                }
                Effect::Row(Row::Vote { question, member, cast: false }) => {
                    self.kept.votes.remove(&(question, member));
                }
                _ => {}
            }
        }
    }

    fn step(&mut self) {
        self.now_ms += self.random.below(60);
        let at = self.random.below(MEMBERS as u64) as usize;
        if self.clients[at].session.is_none() {
            return self.connect(at);
        }
        match self.random.below(100) {
            0..12 => self.vanish(at),
            12..60 => self.read(at),
            60..70 => self.write(at),
            70..76 => self.ask(at),
            76..92 => self.vote(at),
            _ => self.host(),
        }
        let effects = self.core.handle_timeout(self.now_ms);
        self.deliver(effects);
    }

    fn connect(&mut self, at: usize) {
        let session = id(self.fresh());
        let client = &self.clients[at];
        let (member, nickname) = (client.member, Some(format!("m{at}")));
        let resume = client.after_seq.map(|after_seq| Resume { after_seq });
        let joining = Joining { session, member, role: Role::Viewer, nickname, resume, address: None, remote: false };
        let effects = self.core.join(self.now_ms, joining).expect("room");
        let mut effects = effects.into_iter();
        let Some(Effect::Welcome(admitted)) = effects.next() else { unreachable!("no welcome") };
        let client = &mut self.clients[at];
        (client.session, client.outbox) = (Some(session), Outbox::new());
        if self.random.per_mille(50) {
            // The welcome is lost with the connection.
            self.tally.lost += 1;
            self.deliver(effects.collect());
            return self.vanish(at);
        }
        match admitted.catch_up {
            CatchUp::Snapshot { seq, chat, .. } => {
                (client.base, client.after_seq) = (seq, Some(seq));
                client.seen = chat.iter().map(|logged| logged.seq).filter(|seen| *seen > seq).collect();
                client.missing.clear();
                self.tally.snapshots += 1;
            }
            CatchUp::Delta { seq, events, .. } => {
                let after = client.after_seq.expect("it said so");
                assert!(events.iter().map(|logged| logged.seq).eq(after + 1..=seq), "a delta is whole");
                // What is in the delta is missing no more.
                client.missing.retain(|gap| gap.from_seq <= after);
                client.seen.extend(events.iter().map(|logged| logged.seq));
                client.after_seq = Some(seq);
                self.tally.deltas += 1;
            }
        }
        self.deliver(effects.collect());
    }

    /// The connection is gone, and all that was under way with it.
    fn vanish(&mut self, at: usize) {
        if let Some(session) = self.clients[at].session.take() {
            self.clients[at].outbox = Outbox::new();
            let effects = self.core.leave(self.now_ms, session);
            self.deliver(effects);
        }
    }

    fn read(&mut self, at: usize) {
        for _ in 0..self.clients[at].pace {
            match self.clients[at].outbox.try_next() {
                None => break,
                Some(Next::Closed(code)) => {
                    assert_eq!(code, RefusalCode::SlowConsumer);
                    self.tally.slow += 1;
                    return self.vanish(at);
                }
                Some(Next::Frame(frame)) => self.take(at, &frame),
            }
        }
        self.heal(at);
    }

    fn take(&mut self, at: usize, frame: &Frame) {
        let client = &mut self.clients[at];
        match seq_of(frame.as_str()) {
            Some(seq) => {
                assert_eq!(frame, &self.kept.frames[seq as usize - 1], "the same for everybody");
                assert!(client.after_seq.is_some_and(|after| after < seq), "in order, and once");
                client.seen.insert(seq);
                client.after_seq = Some(seq);
            }
            None => {
                let Ok(ServerMessage::Gap(gap)) = serde_json::from_str(frame.as_str()) else { return };
                client.missing.push(gap);
                self.tally.gaps += 1;
            }
        }
    }

    /// Asks for what was left out.
    fn heal(&mut self, at: usize) {
        let Some(session) = self.clients[at].session else { return };
        for Gap { from_seq, to_seq } in std::mem::take(&mut self.clients[at].missing) {
            let message = CrowdMessage::MissedGet { id: 1, from_seq, to_seq };
            let effects = self.core.apply(self.now_ms, session, 1, Command::Crowd { message, media_us: None });
            let Some(Effect::Tell { message, .. }) = effects.expect("anybody may").pop() else {
                unreachable!("no reply")
            };
            let ServerMessage::Missed(missed) = *message else { unreachable!("another reply") };
            for logged in missed.chat {
                assert_eq!(logged, self.kept.log[logged.seq as usize - 1], "as it was");
                self.clients[at].seen.insert(logged.seq);
            }
        }
    }

    fn act(&mut self, session: SessionId, command: Command) {
        if let Ok(effects) = self.core.apply(self.now_ms, session, 1, command) {
            self.deliver(effects);
        }
    }

    fn write(&mut self, at: usize) {
        let (Some(session), message) = (self.clients[at].session, MessageId(Uuid::from_u128(self.fresh()))) else {
            return;
        };
        let line = || Draft { message, text: format!("line of {at}"), reply_to: None, mentions: Vec::new() };
        self.act(session, Command::Chat(line()));
        if self.random.per_mille(200) {
            self.act(session, Command::Chat(line()));
        }
    }

    fn ask(&mut self, at: usize) {
        let (Some(session), question) = (self.clients[at].session, id(self.fresh())) else { return };
        let message =
            QuestionMessage::QuestionAsk { id: 1, question, text: format!("question of {at}"), product: None };
        self.act(session, Command::Question { message: message.clone(), media_us: None });
        self.act(session, Command::Question { message, media_us: None });
    }

    fn any_question(&mut self) -> Option<QuestionId> {
        let at = self.random.below(self.kept.asked.len() as u64) as usize;
        self.kept.asked.get(at).copied()
    }

    fn questions(&self) -> BTreeMap<QuestionId, quiora_signaling::Question> {
        let mut questions = BTreeMap::new();
        for logged in &self.kept.log {
            if let ShowEvent::Question { question, .. } = &logged.event {
                questions.insert(question.question, (**question).clone());
            }
        }
        questions
    }

    fn vote(&mut self, at: usize) {
        let (Some(session), Some(question)) = (self.clients[at].session, self.any_question()) else { return };
        let message = match self.random.per_mille(200) {
            true => QuestionMessage::QuestionUnvote { id: 1, question },
            false => QuestionMessage::QuestionVote { id: 1, question },
        };
        self.act(session, Command::Question { message: message.clone(), media_us: None });
        self.act(session, Command::Question { message, media_us: None });
    }

    fn host(&mut self) {
        let about = |message| Command::Question { message, media_us: None };
        let command = match (self.random.below(6), self.any_question(), self.any_question()) {
            (0, Some(question), _) => about(QuestionMessage::QuestionTake { id: 1, question }),
            (1, Some(question), _) => about(QuestionMessage::QuestionDismiss { id: 1, question }),
            (2, Some(question), Some(into)) => about(QuestionMessage::QuestionMerge { id: 1, question, into }),
            (3, Some(question), _) => about(QuestionMessage::QuestionReopen { id: 1, question }),
            (4, ..) => {
                let lines: Vec<_> =
                    self.kept.log.iter().filter_map(|logged| line_of(logged).map(|(message, _)| message)).collect();
                let Some(message) = lines.get(self.random.below(lines.len() as u64) as usize) else { return };
                Command::Moderate(ModerationMessage::ChatDelete { id: 1, message: *message })
            }
            _ => Command::Chat(Draft {
                message: id(self.fresh()),
                text: "benvenuti".into(),
                reply_to: None,
                mentions: Vec::new(),
            }),
        };
        self.act(id(HOST), command);
    }

    /// The show is lost, with all sessions and a decision that nobody committed; it is loaded from what was.
    fn crash(&mut self) {
        self.tally.crashes += 1;
        let lost = Command::Chat(Draft {
            message: id(self.fresh()),
            text: "never said".into(),
            reply_to: None,
            mentions: Vec::new(),
        });
        let _ = self.core.apply(self.now_ms, id(HOST), 1, lost);
        for client in &mut self.clients {
            (client.session, client.outbox) = (None, Outbox::new());
        }
        let log = &self.kept.log;
        let chat: Vec<_> = log.iter().filter(|logged| line_of(logged).is_some()).cloned().collect();
        let line = |logged: &Logged| {
            let (message, member) = line_of(logged)?;
            let ShowEvent::Chat(line) = &logged.event else { return None };
            Some((message, Line { seq: logged.seq, member, text_hash: text_hash(&line.text) }))
        };
        let history = History {
            seq: log.len() as u64,
            recent: log.clone(),
            lines: log.iter().filter_map(line).collect(),
            chat,
            cleared: log
                .iter()
                .filter(|logged| matches!(logged.event, ShowEvent::ChatDeleted { .. }))
                .cloned()
                .collect(),
            audience: Audience {
                questions: self.questions().into_values().collect(),
                votes: self.kept.votes.iter().copied().collect(),
                ..Audience::default()
            },
            ..History::default()
        };
        self.core = ShowCore::new(facts(), history);
        self.seat_host();
    }

    /// Everybody comes back and reads to the end.
    fn settle(&mut self) {
        for at in 0..MEMBERS {
            self.clients[at].pace = u64::MAX;
            for _ in 0..3 {
                while self.clients[at].session.is_none() {
                    self.connect(at);
                }
                self.read(at);
            }
        }
    }

    fn judge(&self, seed: u64) {
        let deleted: BTreeSet<MessageId> = self
            .kept
            .log
            .iter()
            .filter_map(
                |logged| if let ShowEvent::ChatDeleted { message } = logged.event { Some(message) } else { None },
            )
            .collect();
        for client in &self.clients {
            assert_eq!(client.after_seq, Some(self.kept.log.len() as u64), "seed {seed}: to the end");
            for logged in &self.kept.log[client.base as usize..] {
                let gone = line_of(logged).is_some_and(|(message, _)| deleted.contains(&message));
                assert!(gone || client.seen.contains(&logged.seq), "seed {seed}: {logged:?} was not seen");
            }
        }
        let texts = self.kept.log.iter().filter_map(line_of).map(|(message, _)| message).collect::<Vec<_>>();
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len(), "seed {seed}: a line is there once");
    }
}

fn line_of(logged: &Logged) -> Option<(MessageId, MemberId)> {
    if let ShowEvent::Chat(line) = &logged.event { Some((line.message, line.member)) } else { None }
}

/// The `seq` of an event, without reading all of it a million times.
fn seq_of(json: &str) -> Option<u64> {
    let digits = json.strip_prefix(r#"{"type":"event","seq":"#)?;
    digits.split(',').next()?.parse().ok()
}

/// Plays one world.
pub(crate) fn run(seed: u64) -> Tally {
    let mut world = World::new(seed);
    for step in 0..STEPS {
        if step % 3_500 == 3_400 {
            world.crash();
        }
        world.step();
    }
    world.settle();
    world.judge(seed);
    world.tally.merged = world.questions().values().filter(|question| question.merged_into.is_some()).count();
    world.tally.deleted =
        world.kept.log.iter().filter(|logged| matches!(logged.event, ShowEvent::ChatDeleted { .. })).count();
    world.tally
}
