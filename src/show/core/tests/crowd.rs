//! A crowd in virtual time: two hundred members who come, go, lose what was said to them and ask again. In the end
//! everybody has seen the same events, each once and in one order, and every line that was written is there once.
//!
//! The network here may lose a whole connection at any point (TCP loses no single message): what was under way to the
//! client is gone, and it cannot know whether its request arrived. Seeds are constants; one that finds a bug joins them.

use super::{company, facts, id};
use crate::show::command::Command;
use crate::show::core::{Draft, Effect, History, Joining, Line, ShowCore, text_hash};
use quiora_signaling::{
    CatchUp, Logged, MemberId, MessageId, RefusalCode, Resume, Role, SessionId, ShowEvent, ShowStatus,
};
use std::collections::{HashMap, VecDeque};

const MEMBERS: usize = 200;
const LINES_EACH: usize = 4;
const SEEDS: [u64; 6] = [1, 2, 3, 0x51, 0xC0FFEE, 20_260_101];

/// SplitMix64 (Steele, Lea, Flood 2014): a seed means the same world whatever becomes of a library.
struct Dice(u64);

impl Dice {
    /// 0 … `sides` - 1.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

/// What is under way to a client.
#[derive(Debug, Clone)]
enum Message {
    Welcome(CatchUp),
    Event(Logged),
    Done(u64),
}

#[derive(Debug)]
struct Client {
    member: MemberId,
    session: Option<SessionId>,
    wire: VecDeque<Message>,
    /// What it has applied. After a snapshot, what lies before is unknown to it.
    seen: Vec<Logged>,
    after_seq: Option<u64>,
    unsent: VecDeque<(MessageId, String)>,
    /// Sent and not answered yet.
    asked: Option<(MessageId, String)>,
    answers: HashMap<MessageId, u64>,
}

impl Client {
    fn apply(&mut self, message: Message) {
        match message {
            Message::Welcome(CatchUp::Snapshot { seq, chat, .. }) => {
                self.seen = chat;
                self.after_seq = Some(seq);
            }
            Message::Welcome(CatchUp::Delta { seq, events, .. }) => {
                events.into_iter().for_each(|logged| self.event(logged));
                assert_eq!(self.after_seq, Some(seq), "a delta ends where it says");
            }
            Message::Event(logged) => self.event(logged),
            Message::Done(seq) => {
                let (message, _) = self.asked.take().expect("an answer to a question");
                let before = self.answers.insert(message, seq);
                assert!(before.is_none_or(|before| before == seq), "one line, one seq");
            }
        }
    }

    fn event(&mut self, logged: Logged) {
        assert_eq!(Some(logged.seq - 1), self.after_seq, "no gap, nothing twice");
        self.after_seq = Some(logged.seq);
        self.seen.push(logged);
    }
}

fn say(message: MessageId, text: String) -> Command {
    Command::Chat(Draft { message, text, reply_to: None, mentions: Vec::new() })
}

struct World {
    dice: Dice,
    core: ShowCore,
    now_ms: u64,
    sessions: u128,
    clients: Vec<Client>,
    /// What the store would have.
    log: Vec<Logged>,
}

impl World {
    fn new(seed: u64) -> Self {
        let client = |n: usize| Client {
            member: id(1_000 + n as u128),
            session: None,
            wire: VecDeque::new(),
            seen: Vec::new(),
            after_seq: None,
            unsent: (0..LINES_EACH).map(|l| (id((n * 100 + l) as u128 + 1_000_000), format!("{n} says {l}"))).collect(),
            asked: None,
            answers: HashMap::new(),
        };
        Self {
            dice: Dice(seed),
            core: company(ShowStatus::Live),
            now_ms: super::NOW,
            sessions: 1_000,
            clients: (0..MEMBERS).map(client).collect(),
            log: Vec::new(),
        }
    }

    fn deliver(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Event(logged) => {
                    self.log.push(logged.clone());
                    for client in self.clients.iter_mut().filter(|c| c.session.is_some()) {
                        client.wire.push_back(Message::Event(logged.clone()));
                    }
                }
                Effect::Welcome(admitted) => self.wire(admitted.session, Message::Welcome(admitted.catch_up)),
                Effect::Done { session, seq: Some(seq), .. } => self.wire(session, Message::Done(seq)),
                _ => {}
            }
        }
    }

    fn wire(&mut self, session: SessionId, message: Message) {
        if let Some(client) = self.clients.iter_mut().find(|c| c.session == Some(session)) {
            client.wire.push_back(message);
        }
    }

    /// One client does one thing.
    fn step(&mut self) {
        self.now_ms += self.dice.roll(20);
        let at = self.dice.roll(MEMBERS as u64) as usize;
        let roll = self.dice.roll(100);
        match self.clients[at].session {
            None => self.connect(at),
            Some(_) if roll < 8 => self.disconnect(at),
            Some(_) if roll < 50 => self.ask(at),
            Some(_) => {
                let n = 1 + self.dice.roll(29) as usize;
                self.read(at, n);
            }
        }
    }

    fn connect(&mut self, at: usize) {
        self.sessions += 1;
        let session = id(self.sessions);
        let client = &mut self.clients[at];
        let resume = client.after_seq.map(|after_seq| Resume { after_seq });
        let nickname = Some(format!("member {at}"));
        let (member, role) = (client.member, Role::Viewer);
        let joining = Joining { session, member, role, nickname, resume, address: None, remote: false };
        let effects = self.core.join(self.now_ms, joining).expect("room");
        // As the shell does: events of this turn reach the session only behind its welcome.
        self.clients[at].session = Some(session);
        self.deliver(effects);
    }

    fn disconnect(&mut self, at: usize) {
        let client = &mut self.clients[at];
        client.wire.clear();
        if let Some(session) = client.session.take() {
            let effects = self.core.leave(self.now_ms, session);
            self.deliver(effects);
        }
    }

    /// Sends the next line, or the last one again if its answer was lost. The request itself may be lost with the
    /// connection.
    fn ask(&mut self, at: usize) {
        let client = &mut self.clients[at];
        if client.asked.is_some() && !client.wire.is_empty() {
            return;
        }
        if client.asked.is_none() {
            client.asked = client.unsent.pop_front();
        }
        let (Some(session), Some((message, text))) = (client.session, client.asked.clone()) else { return };
        if self.dice.roll(10) == 0 {
            return self.disconnect(at);
        }
        match self.core.apply(self.now_ms, session, 1, say(message, text)) {
            Ok(effects) => self.deliver(effects),
            Err(refusal) => {
                assert_eq!(refusal.code, RefusalCode::ChatBusy, "an honest line");
                let client = &mut self.clients[at];
                let refused = client.asked.take().expect("asked");
                client.unsent.push_front(refused);
                self.now_ms += 100;
            }
        }
    }

    fn read(&mut self, at: usize, n: usize) {
        for _ in 0..n {
            let Some(message) = self.clients[at].wire.pop_front() else { return };
            self.clients[at].apply(message);
        }
    }

    /// The show is lost between a decision and its commit, and loaded again from what was stored: of what was decided last,
    /// nobody hears.
    fn reload(&mut self) {
        (0..MEMBERS).for_each(|at| {
            let client = &self.clients[at];
            if let (Some(session), Some((message, text))) = (client.session, client.asked.clone()) {
                // Decided, never committed.
                let _ = self.core.apply(self.now_ms, session, 1, say(message, text));
            }
            self.clients[at].wire.clear();
            self.clients[at].session = None;
        });
        let lines = self.log.iter().filter_map(|logged| match &logged.event {
            ShowEvent::Chat(line) => {
                let (seq, text_hash) = (logged.seq, text_hash(&line.text));
                Some((line.message, Line { seq, member: line.member, text_hash }))
            }
            _ => None,
        });
        let history = History {
            seq: self.log.len() as u64,
            recent: self.log.clone(),
            chat: self.log.clone(),
            lines: lines.collect(),
            ..History::default()
        };
        self.core = ShowCore::new(facts(ShowStatus::Live), history);
    }

    /// Everybody comes back and asks until answered.
    fn settle(&mut self) {
        while self.clients.iter().any(|c| c.asked.is_some() || !c.unsent.is_empty() || c.session.is_none()) {
            for at in 0..MEMBERS {
                if self.clients[at].session.is_none() {
                    self.connect(at);
                }
                self.read(at, usize::MAX);
                self.ask(at);
                self.read(at, usize::MAX);
            }
        }
        (0..MEMBERS).for_each(|at| self.read(at, usize::MAX));
    }
}

#[test]
fn a_crowd_that_loses_answers_sees_one_log() {
    for seed in SEEDS {
        let mut world = World::new(seed);
        for n in 0..12_000 {
            if n == 5_000 || n == 9_000 {
                world.reload();
            }
            world.step();
        }
        world.settle();
        assert_eq!(world.log.len(), MEMBERS * LINES_EACH, "seed {seed}: every line once");
        for client in &world.clients {
            let first = client.seen.first().map_or(0, |logged| logged.seq as usize - 1);
            assert_eq!(client.seen, world.log[first..], "seed {seed}: one order, to the end");
            for (message, seq) in &client.answers {
                let logged = &world.log[*seq as usize - 1];
                assert!(matches!(&logged.event, ShowEvent::Chat(line)
                    if line.message == *message && line.member == client.member));
            }
            assert_eq!(client.answers.len(), LINES_EACH, "seed {seed}: every line answered");
        }
        assert_eq!(world.core.members.viewers() as usize, MEMBERS);
    }
}
