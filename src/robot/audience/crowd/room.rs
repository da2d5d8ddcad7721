//! The thread of a crowd: lets the sockets in at a pace, has them speak when it is their turn, and hears what comes.

use super::ear::{self, Ear};
use super::socket::{Socket, Standing};
use super::{CrowdConfig, Door};
use crate::clock;
use crate::robot::audience::{AudienceError, proc};
use mio::{Events, Poll, Token};
use quiora_signaling::limits::{CHAT, REACTIONS};
use quiora_signaling::{
    Choice, ClientMessage, CrowdMessage, Hello, MessageId, PROTOCOL_VERSION, PollDraft, PollId, PollMessage,
    PollResults, Reaction, RequestId,
};
use std::time::{Duration, Instant};

/// Sockets let in a second, and at most so many on their way.
const JOINS_PER_S: f64 = 1_000.0;
const ON_THEIR_WAY: usize = 200;

/// All must be in by then.
const ARRIVAL: Duration = Duration::from_secs(60);

/// Silence before each stage.
const SILENCE: Duration = Duration::from_secs(2);

/// What the last stage lasts longer: buffers fill first, and then the server gives a socket that takes nothing ten seconds.
const STALL: Duration = Duration::from_secs(20);

/// As pages do.
const PING_EVERY_S: f64 = 10.0;

/// Bursts of votes in a stage, and the votes of one.
const BURSTS: u32 = 5;
const BURST: usize = 1_000;

/// What one look at a socket takes at most.
const ROOM: usize = 64 * 1024;

/// A run's findings.
#[derive(Debug)]
pub(super) struct Seen {
    /// The server's memory with all sockets in and quiet, and at the end.
    pub(super) joined_kib: Option<u64>,
    pub(super) after_kib: Option<u64>,
    pub(super) stages: Vec<Stage>,
    /// Sockets that ended of those that did not stall.
    pub(super) others_over: usize,
}

/// What a stage did and found.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) lasted: Duration,
    /// Sockets that listened.
    pub(super) listeners: usize,
    pub(super) said: Said,
    pub(super) heard: Ear,
    pub(super) server_cpu: Option<Duration>,
    pub(super) own_cpu: Option<Duration>,
}

/// What was sent.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Said {
    pub(super) lines: u64,
    pub(super) reactions: u64,
    pub(super) votes: u64,
}

/// What happens in a stage.
#[derive(Debug, Clone, Copy)]
struct Play {
    name: &'static str,
    lasts: Duration,
    /// With reactions and votes.
    lively: bool,
    /// Sockets that do not read, the last ones.
    stalled: usize,
}

/// Something that is done so many times a second.
#[derive(Debug)]
struct Pace {
    per_s: f64,
    done: u64,
}

impl Pace {
    fn new(per_s: f64) -> Self {
        Self { per_s, done: 0 }
    }

    /// How often it is due by now. What is overdue is made up for.
    fn due(&mut self, passed: Duration) -> u64 {
        let due = (passed.as_secs_f64() * self.per_s) as u64;
        let times = due.saturating_sub(self.done);
        self.done = due;
        times
    }
}

struct Room<'a> {
    config: &'a CrowdConfig,
    door: &'a Door,
    poll: Poll,
    events: Events,
    scratch: Vec<u8>,
    sockets: Vec<Socket>,
    /// The first ones; they are of the host.
    writers: usize,
    vote: PollId,
    heard: Ear,
    began: Instant,
    /// Whose turn it is to write, to react and to ping.
    turns: [usize; 3],
}

/// Runs all stages.
pub(super) fn run(config: &CrowdConfig, door: &Door) -> Result<Seen, AudienceError> {
    let mut room = Room {
        config,
        door,
        poll: Poll::new()?,
        events: Events::with_capacity(4_096),
        scratch: Vec::with_capacity(2 * ROOM),
        sockets: Vec::with_capacity(config.sockets),
        writers: (f64::from(config.lines_per_s) / CHAT.per_second * 1.3).ceil() as usize,
        vote: PollId(clock::uuid()),
        heard: Ear::default(),
        began: clock::monotonic(),
        turns: [0; 3],
    };
    room.fill()?;
    let quiora = door.tokens.is_some();
    if quiora {
        room.open_show();
    }
    room.listen_for(SILENCE)?;
    let kib = || config.server_pid.and_then(proc::resident_kib);
    let joined_kib = kib();
    let mut stages = Vec::new();
    let (lasts, stalled) = (config.stage, config.stalled);
    let plays = [
        Play { name: "lines", lasts, lively: false, stalled: 0 },
        Play { name: "lines, reactions, votes", lasts, lively: true, stalled: 0 },
        Play { name: "the same, some stalled", lasts: lasts + STALL, lively: true, stalled },
    ];
    // Another server knows nothing but lines.
    for play in plays.iter().take(if quiora { 3 } else { 1 }) {
        stages.push(room.stage(*play)?);
        room.listen_for(SILENCE)?;
    }
    let after_kib = kib();
    let over = |sockets: &[Socket]| sockets.iter().filter(|socket| socket.standing == Standing::Over).count();
    let others_over = over(room.sockets.get(..config.sockets - config.stalled).unwrap_or_default());
    Ok(Seen { joined_kib, after_kib, stages, others_over })
}

impl Room<'_> {
    /// Lets all sockets in.
    fn fill(&mut self) -> Result<(), AudienceError> {
        let (mut pace, mut pings) = (Pace::new(JOINS_PER_S), Pace::new(self.config.sockets as f64 / PING_EVERY_S));
        let mut due = 0;
        while self.inside() < self.config.sockets {
            let passed = self.began.elapsed();
            due += pace.due(passed);
            while due > 0
                && self.sockets.len() < self.config.sockets
                && self.sockets.len() < self.inside() + ON_THEIR_WAY
            {
                due -= 1;
                let at = self.sockets.len();
                let will_stall = at >= self.config.sockets - self.config.stalled;
                self.sockets.push(Socket::knock(self.door, self.poll.registry(), Token(at), will_stall)?);
            }
            self.listen()?;
            self.ping(pings.due(passed), self.sockets.len());
            if passed > ARRIVAL {
                return Err(AudienceError::Timeout("a place for every socket (see the limit of open files)"));
            }
        }
        Ok(())
    }

    fn inside(&self) -> usize {
        usize::try_from(self.heard.welcomes).unwrap_or(usize::MAX)
    }

    /// The host opens the show, and a poll.
    fn open_show(&mut self) {
        let choice = |text: &str| Choice { text: text.to_owned(), product: None };
        let draft = PollDraft {
            text: "Which colour shall I make?".to_owned(),
            choices: ["Brown", "Black", "Red"].map(choice).to_vec(),
            multiple: false,
            results: PollResults::Live,
            duration_ms: None,
            right: None,
            pin: true,
        };
        let poll = self.vote;
        if let Some(host) = self.sockets.first_mut() {
            say(host, |id| ClientMessage::ShowStart { id });
            say(host, |id| ClientMessage::Poll(PollMessage::PollOpen { id, poll, draft }));
        }
    }

    fn stage(&mut self, play: Play) -> Result<Stage, AudienceError> {
        let listeners = self.config.sockets - play.stalled;
        self.sockets.iter_mut().skip(listeners).for_each(Socket::stall);
        self.heard = Ear::default();
        let lively = if play.lively { 1.0 } else { 0.0 };
        let crowd = listeners.saturating_sub(self.writers).max(1);
        // Within what one session may.
        let reactions = f64::from(self.config.reactions_per_s).min(crowd as f64 * REACTIONS.per_second * 0.9);
        let (mut lines, mut reactions) = (Pace::new(f64::from(self.config.lines_per_s)), Pace::new(reactions * lively));
        let mut bursts = Pace::new(f64::from(BURSTS) * lively / play.lasts.as_secs_f64());
        let mut pings = Pace::new(listeners as f64 / PING_EVERY_S);
        let (server_cpu, own_cpu) = self.cpu();
        let (start, mut said) = (clock::monotonic(), Said::default());
        while start.elapsed() < play.lasts {
            let passed = start.elapsed();
            (0..lines.due(passed)).for_each(|_| self.write(&mut said));
            (0..reactions.due(passed)).for_each(|_| self.react(listeners, &mut said));
            (0..bursts.due(passed)).for_each(|_| self.burst(listeners, &mut said));
            self.ping(pings.due(passed), listeners);
            self.listen()?;
        }
        let lasted = start.elapsed();
        let (server_now, own_now) = self.cpu();
        let spent = |before: Option<Duration>, now: Option<Duration>| Some(now?.saturating_sub(before?));
        Ok(Stage {
            name: play.name,
            lasted,
            listeners,
            said,
            heard: std::mem::take(&mut self.heard),
            server_cpu: spent(server_cpu, server_now),
            own_cpu: spent(own_cpu, own_now),
        })
    }

    fn cpu(&self) -> (Option<Duration>, Option<Duration>) {
        (self.config.server_pid.and_then(proc::cpu_time), proc::cpu_time(std::process::id()))
    }

    fn write(&mut self, said: &mut Said) {
        let line = ear::line(self.began.elapsed());
        let turn = turn(&mut self.turns[0], self.writers);
        let Some(socket) = self.sockets.get_mut(turn) else { return };
        let message = MessageId(clock::uuid());
        say(socket, |id| ClientMessage::ChatSend { id, message, text: line, reply_to: None, mentions: Vec::new() });
        said.lines += 1;
    }

    fn react(&mut self, listeners: usize, said: &mut Said) {
        const ALL: [Reaction; 3] = [Reaction::Heart, Reaction::Clap, Reaction::Fire];
        let at = turn(&mut self.turns[1], listeners - self.writers);
        let reaction = ALL.get(at % ALL.len()).copied().unwrap_or(Reaction::Heart);
        let Some(socket) = self.sockets.get_mut(self.writers + at) else { return };
        say(socket, |id| ClientMessage::Crowd(CrowdMessage::React { id, reaction, count: 1 }));
        said.reactions += 1;
    }

    /// Many vote at the same moment.
    fn burst(&mut self, listeners: usize, said: &mut Said) {
        let poll = self.vote;
        let crowd = self.sockets.get_mut(self.writers..listeners).unwrap_or_default();
        let first = usize::try_from(said.votes).unwrap_or(0) % crowd.len().max(1);
        for (nth, socket) in crowd.iter_mut().skip(first).take(BURST).enumerate() {
            let choice = u8::try_from(nth % 3).unwrap_or(0);
            say(socket, |id| ClientMessage::Poll(PollMessage::PollVote { id, poll, choices: vec![choice] }));
            said.votes += 1;
        }
    }

    fn ping(&mut self, times: u64, listeners: usize) {
        if self.door.tokens.is_none() {
            return;
        }
        for _ in 0..times {
            let turn = turn(&mut self.turns[2], listeners);
            if let Some(socket) = self.sockets.get_mut(turn).filter(|socket| socket.standing == Standing::Open) {
                say(socket, |id| ClientMessage::Ping { id });
            }
        }
    }

    /// Hears what has come, or waits a millisecond for it.
    fn listen(&mut self) -> Result<(), AudienceError> {
        self.poll.poll(&mut self.events, Some(Duration::from_millis(1)))?;
        for event in &self.events {
            let Token(at) = event.token();
            let Some(socket) = self.sockets.get_mut(at) else { continue };
            let before = socket.standing;
            let (heard, now) = (&mut self.heard, self.began.elapsed());
            socket.read(&mut self.scratch, ROOM, |message| heard.hear(message, now));
            if before == Standing::Knocking && socket.standing == Standing::Open {
                match &self.door.tokens {
                    // Here all are let in who ask.
                    None => self.heard.welcomes += 1,
                    Some(tokens) => {
                        let token = if at < self.writers { &tokens.host } else { &tokens.viewer };
                        say(socket, |id| hello(id, token));
                    }
                }
            }
        }
        Ok(())
    }

    fn listen_for(&mut self, time: Duration) -> Result<(), AudienceError> {
        let (start, listeners) = (clock::monotonic(), self.config.sockets - self.config.stalled);
        let mut pings = Pace::new(listeners as f64 / PING_EVERY_S);
        while start.elapsed() < time {
            let due = pings.due(start.elapsed());
            self.ping(due, listeners);
            self.listen()?;
        }
        Ok(())
    }
}

/// The next one's number, of so many who take turns.
fn turn(at: &mut usize, of: usize) -> usize {
    *at = (*at + 1) % of.max(1);
    *at
}

fn hello(id: RequestId, token: &str) -> ClientMessage {
    ClientMessage::Hello(Hello {
        id,
        version: PROTOCOL_VERSION,
        token: token.to_owned(),
        resume: None,
        subscribe: None,
    })
}

fn say(socket: &mut Socket, message: impl FnOnce(RequestId) -> ClientMessage) {
    socket.say(|id| serde_json::to_string(&message(id)).unwrap_or_default());
}
