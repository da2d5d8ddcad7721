//! A raid: hundreds of newcomers write as fast as they may, and the show stays a place to talk in.

use super::audience::{self, moderate};
use super::{id, joining};
use crate::show::command::Command;
use crate::show::core::floor::{CALM_MS, NEWCOMER_MS, RAISED};
use crate::show::core::{Draft, Effect, History, Joining, ShowCore};
use quiora_signaling::limits::{SHOW_CHAT, SHOW_QUESTIONS};
use quiora_signaling::{MemberId, ModerationMessage, RefusalCode, Role, ServerMessage, SessionId, ShowStatus};
use uuid::{NoContext, Timestamp, Uuid};

const START: u64 = 1_700_000_000_000;

/// An identity that the server made at that time.
fn made(at_ms: u64, n: u64) -> MemberId {
    let nanos = (at_ms % 1_000) as u32 * 1_000_000;
    let made = Uuid::new_v7(Timestamp::from_unix(NoContext, at_ms / 1_000, nanos));
    let mut bytes = made.into_bytes();
    bytes[8..].copy_from_slice(&(n | 1 << 63).to_be_bytes());
    Uuid::from_bytes(bytes).into()
}

struct Raid {
    core: ShowCore,
    messages: u128,
    now_ms: u64,
}

impl Raid {
    fn new() -> Self {
        let mut core = ShowCore::new(super::facts(ShowStatus::Live), History::default());
        core.join(START, joining(1, 1, Role::Host)).expect("host");
        Self { core, messages: 1_000, now_ms: START }
    }

    fn enter(&mut self, session: u64, member: MemberId) -> SessionId {
        let session = id(u128::from(session));
        let nickname = Some(format!("m{session}"));
        let joining = Joining { session, member, nickname, ..joining(2, 2, Role::Viewer) };
        self.core.join(self.now_ms, joining).expect("join");
        session
    }

    fn write(&mut self, session: SessionId) -> Result<(), RefusalCode> {
        self.messages += 1;
        let draft = Draft { message: id(self.messages), text: "x".into(), reply_to: None, mentions: Vec::new() };
        self.core.apply(self.now_ms, session, 1, Command::Chat(draft)).map(|_| ()).map_err(|refusal| refusal.code)
    }

    fn guards(&mut self) -> Vec<bool> {
        let guard = |effect| match effect {
            Effect::State { message, .. } => match *message {
                ServerMessage::Guard(guard) => Some(guard.active),
                _ => None,
            },
            _ => None,
        };
        self.core.handle_timeout(self.now_ms).into_iter().filter_map(guard).collect()
    }
}

#[test]
fn five_hundred_raiders_leave_room_for_those_who_were_there() {
    let mut raid = Raid::new();
    let regulars: Vec<_> = (0..20).map(|n| raid.enter(10 + n, made(START - NEWCOMER_MS - 1, n))).collect();
    let raiders: Vec<_> = (0..500).map(|n| raid.enter(1_000 + n, made(START, 1_000 + n))).collect();
    let (mut regular, mut tried, mut raider, mut guards) = (0, 0, 0, Vec::new());
    // For a minute each raider tries every second and a half, which is what a session is let through for; a regular writes every ten.
    for second in 0..60 {
        for tenth in 0..10_usize {
            raid.now_ms += 100;
            let all = raiders.iter().enumerate().filter(|(n, _)| (n + second * 10 + tenth).is_multiple_of(15));
            for (_, session) in all {
                raider += u32::from(raid.write(*session).is_ok());
            }
            let talking = regulars.iter().enumerate().filter(|(n, _)| (n + second * 10 + tenth).is_multiple_of(100));
            for (_, session) in talking {
                tried += 1;
                regular += u32::from(raid.write(*session).is_ok());
            }
            guards.extend(raid.guards());
        }
    }
    assert_eq!((regular, tried), (120, 120), "regulars do not feel it");
    let capacity = (SHOW_CHAT.per_second * 60.0 + SHOW_CHAT.burst) as u32;
    assert!(raider + regular <= capacity, "{raider} + {regular} lines of {capacity}");
    assert_eq!(guards, [true], "the guard came up once");
    // When they have gone, it goes down by itself.
    raid.now_ms += CALM_MS;
    assert_eq!(raid.guards(), [false]);
}

#[test]
fn a_crowd_of_honest_newcomers_takes_turns() {
    let mut raid = Raid::new();
    let crowd: Vec<_> = (0..100).map(|n| raid.enter(1_000 + n, made(START, n))).collect();
    // Past the age at which the guard would stop them; still newcomers.
    raid.now_ms += u64::from(RAISED.join_age_ms);
    let mut lines = vec![0_u32; crowd.len()];
    for _ in 0..1_000 {
        raid.now_ms += 100;
        for (n, session) in crowd.iter().enumerate() {
            lines[n] += u32::from(raid.write(*session).is_ok());
        }
    }
    let (least, most) = (lines.iter().min().copied().unwrap_or(0), lines.iter().max().copied().unwrap_or(0));
    assert!(least >= 3 && most <= least + 3, "{least} to {most} lines of each: {lines:?}");
}

#[test]
fn a_newcomer_waits_as_long_as_the_rules_say() {
    let mut raid = Raid::new();
    let rules = ModerationMessage::RulesSet { id: 9, slow_ms: 0, review: false, join_age_ms: 30_000 };
    raid.core.apply(START, id(1), 9, moderate(rules)).expect("rules");
    let new = raid.enter(10, made(START, 1));
    assert_eq!(raid.write(new), Err(RefusalCode::TooNew));
    raid.now_ms += 29_999;
    assert_eq!(raid.write(new), Err(RefusalCode::TooNew));
    raid.now_ms += 1;
    assert_eq!(raid.write(new), Ok(()));
    raid.now_ms -= 3_600_000;
    assert_eq!(raid.write(new), Err(RefusalCode::TooNew), "by a clock that was set back it is too new again");
}

#[test]
fn a_flood_of_questions_leaves_room_for_those_who_were_there() {
    let mut raid = Raid::new();
    let regular = raid.enter(2, made(START - 2 * NEWCOMER_MS, 2));
    let mut asked = 0_u128;
    let mut ask = |raid: &mut Raid, session| {
        asked += 1;
        let question = audience::asked(100_000 + asked, "Why?");
        raid.core.apply(raid.now_ms, session, 1, question).map(|_| ()).map_err(|refusal| refusal.code)
    };
    let newcomers: Vec<_> = (10..210).map(|n| raid.enter(n, made(START, n))).collect();
    let taken = newcomers.iter().filter(|session| ask(&mut raid, **session).is_ok()).count();
    assert_eq!(taken, SHOW_QUESTIONS.burst as usize / 2);
    assert_eq!(ask(&mut raid, newcomers[150]), Err(RefusalCode::TooNew), "the guard is up by now");
    assert_eq!(ask(&mut raid, regular), Ok(()));
    assert_eq!(raid.guards(), [true]);
}
