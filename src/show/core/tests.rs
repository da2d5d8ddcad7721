//! The core, asked directly. The crowd that loses its answers is in `crowd.rs`, stages fed
//! from outside in `feed.rs`.
mod audience;
mod away;
mod crowd;
mod feed;
mod flood;
mod rights;
mod showcase;
mod tally;

use super::nickname::skeleton;
use super::*;
use proptest::prelude::*;
use quiora_signaling::limits::{MAX_RESUME_EVENTS, SNAPSHOT_CHAT_LINES};
use quiora_signaling::{CatchUp, Logged, MessageId, PeerEnd, PeerId, Source, Stage};
use uuid::Uuid;

const NOW: u64 = 1_700_000_000_000;

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

fn facts(status: ShowStatus) -> ShowFacts {
    ShowFacts {
        show: id(1),
        slug: "borse".into(),
        title: "Borse".into(),
        shop: "Bottega Rossi".into(),
        status,
        scheduled_at_ms: None,
        started_at_ms: None,
        ended_at_ms: None,
    }
}

fn core(status: ShowStatus) -> ShowCore {
    ShowCore::new(facts(status), History::default())
}

fn joining(session: u128, member: u128, role: Role) -> Joining {
    let (session, member) = (id(session), id(member));
    Joining { session, member, role, nickname: None, resume: None, address: None, remote: false }
}

/// A core with host 1 and viewer 2 (Ada), each on the session of its number.
fn company(status: ShowStatus) -> ShowCore {
    let mut core = core(status);
    core.join(NOW, joining(1, 1, Role::Host)).expect("host");
    core.join(NOW, Joining { nickname: Some("Ada".into()), ..joining(2, 2, Role::Viewer) }).expect("viewer");
    core
}

fn ask(core: &mut ShowCore, session: u128, command: Command) -> Result<Option<u64>, RefusalCode> {
    let effects = core.apply(NOW, id(session), 9, command)?;
    match effects.last() {
        Some(Effect::Done { seq, request: 9, .. }) => Ok(*seq),
        other => unreachable!("no reply: {other:?}"),
    }
}

fn say(message: u128, text: &str) -> Command {
    Command::Chat(Draft { message: id(message), text: text.into(), reply_to: None, mentions: Vec::new() })
}

fn rename(name: &str) -> Command {
    Command::Rename(name.into())
}

fn catch_up(core: &mut ShowCore, session: u128, after_seq: Option<u64>) -> CatchUp {
    let resume = after_seq.map(|after_seq| Resume { after_seq });
    let effects = core.join(NOW, Joining { resume, ..joining(session, session, Role::Viewer) }).expect("join");
    match effects.into_iter().next() {
        Some(Effect::Welcome(admitted)) => admitted.catch_up,
        other => unreachable!("no welcome: {other:?}"),
    }
}

fn on_air(effects: &[Effect]) -> Vec<OnAir> {
    let stage = |e: &Effect| if let Effect::Stage(stage) = e { Some(stage.on_air) } else { None };
    effects.iter().filter_map(stage).collect()
}

#[test]
fn the_host_starts_and_ends_once() {
    let mut core = company(ShowStatus::Draft);
    assert_eq!(ask(&mut core, 2, Command::Start), Err(RefusalCode::NotAllowed));
    assert_eq!(ask(&mut core, 1, Command::Start), Ok(Some(1)));
    assert_eq!(ask(&mut core, 1, Command::Start), Ok(None));
    assert_eq!(ask(&mut core, 2, Command::End), Err(RefusalCode::NotAllowed));
    let effects = core.apply(NOW + 5, id(1), 9, Command::End).expect("end");
    let life = Life { status: ShowStatus::Ended, started_at_ms: Some(NOW), ended_at_ms: Some(NOW + 5) };
    assert!(effects.contains(&Effect::Life(life)) && effects.contains(&Effect::Over));
    assert_eq!(ask(&mut core, 1, Command::End), Ok(None));
    assert_eq!(ask(&mut core, 2, Command::End), Err(RefusalCode::NotAllowed));
    assert_eq!(ask(&mut core, 1, Command::Start), Err(RefusalCode::ShowEnded));
}

#[test]
fn every_role_may_do_what_the_table_says_and_nothing_after_the_end() {
    for role in [Role::Host, Role::Moderator, Role::Viewer] {
        for (action, command) in [
            (Action::Start, Command::Start),
            (Action::SetStage, Command::StageSet { video: false, audio: true, source: Source::Screen }),
            (Action::Rename, rename("Zoe")),
            (Action::Chat, say(100, "ciao")),
            (Action::End, Command::End),
        ] {
            for status in [ShowStatus::Draft, ShowStatus::Scheduled, ShowStatus::Live, ShowStatus::Ended] {
                let mut core = core(status);
                let named = Joining { nickname: Some("Zoe".into()), ..joining(5, 5, role) };
                core.join(NOW, named).expect("join");
                let answer = ask(&mut core, 5, command.clone()).map(|_| ());
                let repeated_end = action == Action::End && role == Role::Host;
                let expected = if repeated_end { Ok(()) } else { check(role, action, status) };
                assert_eq!(answer, expected, "{role:?} {action:?} {status:?}");
            }
        }
    }
}

#[test]
fn a_line_is_stored_once_however_often_it_is_sent() {
    let mut core = company(ShowStatus::Scheduled);
    assert_eq!(ask(&mut core, 2, say(7, "ciao")), Ok(Some(1)));
    assert_eq!(ask(&mut core, 2, say(7, "ciao")), Ok(Some(1)));
    assert_eq!(ask(&mut core, 2, say(7, "altro")), Err(RefusalCode::MessageIdReused));
    assert_eq!(ask(&mut core, 1, say(7, "ciao")), Err(RefusalCode::MessageIdReused));
    assert_eq!(core.seq(), 1);
    assert_eq!(ask(&mut core, 1, Command::End), Ok(Some(2)));
    assert_eq!(ask(&mut core, 2, say(7, "ciao")), Ok(Some(1)), "the answer may have been lost before the end");
    assert_eq!(ask(&mut core, 2, say(8, "late")), Err(RefusalCode::ShowEnded));
}

#[test]
fn a_reload_knows_the_old_lines() {
    let line = Line { seq: 3, member: id(2), text_hash: text_hash("ciao") };
    let history = History { seq: 3, lines: vec![(id(7), line)], ..History::default() };
    let mut core = ShowCore::new(facts(ShowStatus::Live), history);
    core.join(NOW, joining(2, 2, Role::Viewer)).expect("join");
    assert_eq!(ask(&mut core, 2, say(7, "ciao")), Ok(Some(3)));
    assert_eq!(ask(&mut core, 2, say(7, "ciau")), Err(RefusalCode::MessageIdReused));
}

#[test]
fn ids_of_lines_are_bounded_and_the_oldest_goes() {
    let mut core = company(ShowStatus::Live);
    for n in 0..=MAX_LINES as u128 {
        assert!(ask(&mut core, 1, say(1_000 + n, "x")).is_ok());
    }
    assert_eq!(ask(&mut core, 1, say(1_001, "x")), Ok(Some(2)));
    assert_eq!(ask(&mut core, 1, say(1_000, "x")), Ok(Some(MAX_LINES as u64 + 2)), "forgotten, so new");
}

#[test]
fn a_nickname_comes_before_the_first_line() {
    let mut core = core(ShowStatus::Live);
    core.join(NOW, joining(1, 1, Role::Host)).expect("host");
    core.join(NOW, joining(2, 2, Role::Viewer)).expect("viewer");
    assert_eq!(ask(&mut core, 2, say(1, "ciao")), Err(RefusalCode::NicknameRequired));
    assert_eq!(ask(&mut core, 2, rename("Ada")), Ok(None));
    assert_eq!(ask(&mut core, 2, say(1, "ciao")), Ok(Some(1)));
    let effects = core.apply(NOW, id(1), 9, say(2, "benvenuti")).expect("the shop speaks");
    assert!(matches!(&effects[0], Effect::Event(Logged { event: ShowEvent::Chat(line), .. })
        if line.role == Role::Host && line.nickname == "Bottega Rossi"));
}

#[test]
fn nobody_passes_for_the_host() {
    let mut core = company(ShowStatus::Live);
    for name in
        ["bottega rossi", "B0TTEGA-ROSSI", "Воttega Rоssі", "bottegarossi★", "Host", " h o s t ", "ＨＯＳＴ", "hóst"]
    {
        assert_eq!(ask(&mut core, 2, rename(name)), Err(RefusalCode::NicknameTaken), "{name}");
    }
    assert_eq!(ask(&mut core, 2, rename("Carla")), Ok(None));
    assert_eq!(ask(&mut core, 1, rename("Carla")), Ok(None), "the host may take any name");
    assert_eq!(ask(&mut core, 2, say(1, "it is me")), Err(RefusalCode::NicknameTaken));
    core.leave(NOW, id(1));
    assert_eq!(ask(&mut core, 2, say(1, "she has left")), Ok(Some(1)));
    let again = Joining { nickname: Some("Bottega Rossi".into()), ..joining(3, 3, Role::Viewer) };
    let effects = core.join(NOW, again).expect("join");
    assert!(matches!(&effects[0], Effect::Welcome(admitted) if admitted.you.nickname.is_none()));
}

#[test]
fn names_of_any_script_have_a_skeleton() {
    assert_ne!(skeleton("革工房"), skeleton("木工房"));
    assert_eq!(skeleton("★★"), "★★");
    assert_eq!(skeleton("Müller"), skeleton("MULLER"));
    for fake in ["𝐁𝐨𝐭𝐭𝐞𝐠𝐚", "Bottega\u{3164}", "Bot\u{200D}tega", "Ｂottega"] {
        assert_eq!(skeleton(fake), skeleton("Bottega"), "{fake}");
    }
}

#[test]
fn a_nickname_outlives_the_session_and_yields_to_a_newer_one() {
    let mut core = company(ShowStatus::Live);
    let effects = core.apply(NOW, id(2), 9, rename("Ada B.")).expect("rename");
    assert!(effects.contains(&Effect::Named { member: id(2), nickname: "Ada B.".into() }));
    assert_eq!(core.apply(NOW, id(2), 9, rename("Ada B.")).expect("rename").len(), 1, "nothing to store");
    core.leave(NOW, id(2));
    let stale = Joining { nickname: Some("Ada".into()), ..joining(3, 2, Role::Viewer) };
    let effects = core.join(NOW, stale).expect("join");
    assert!(matches!(&effects[0], Effect::Welcome(a) if a.you.nickname.as_deref() == Some("Ada B.")));
}

#[test]
fn tabs_of_one_person_are_one_viewer_and_the_host_is_none() {
    let mut core = company(ShowStatus::Live);
    assert_eq!((core.members.viewers(), core.sessions()), (1, 2));
    core.join(NOW, joining(3, 2, Role::Viewer)).expect("second tab");
    core.join(NOW, joining(4, 4, Role::Moderator)).expect("moderator");
    assert_eq!((core.members.viewers(), core.sessions()), (1, 4));
    assert_eq!(core.join(NOW, joining(3, 9, Role::Viewer)), Err(RefusalCode::HelloRepeated));
    core.leave(NOW, id(2));
    assert_eq!(core.members.viewers(), 1);
    assert_eq!(core.leave(NOW, id(3)).first(), Some(&Effect::Gone { session: id(3) }));
    assert_eq!(core.members.viewers(), 0);
    assert!(core.leave(NOW, id(3)).is_empty());
}

#[test]
fn a_full_show_takes_nobody_else() {
    let mut core = core(ShowStatus::Live);
    for n in 0..MAX_SESSIONS_PER_SHOW as u128 {
        core.join(NOW, joining(n, n, Role::Viewer)).expect("room");
    }
    assert_eq!(core.join(NOW, joining(1 << 40, 1, Role::Viewer)), Err(RefusalCode::ShowFull));
    assert!(core.join(NOW, joining(2 << 40, 2 << 40, Role::Host)).is_ok(), "whoever runs it gets in");
    core.leave(NOW, id(2 << 40));
    core.leave(NOW, id(0));
    assert!(core.join(NOW, joining(1 << 40, 1, Role::Viewer)).is_ok());
}

#[test]
fn presence_is_told_at_once_and_then_twice_a_second() {
    let mut core = core(ShowStatus::Live);
    let told = |effects: Vec<Effect>| {
        effects.into_iter().find_map(|e| if let Effect::Presence(heads) = e { Some(heads.viewers) } else { None })
    };
    assert_eq!(told(core.join(NOW, joining(1, 1, Role::Viewer)).expect("join")), Some(1));
    assert_eq!(core.poll_timeout(), None);
    for n in 2..50 {
        assert_eq!(told(core.join(NOW + 1, joining(n, n, Role::Viewer)).expect("join")), None);
    }
    assert_eq!(core.poll_timeout(), Some(NOW + 500));
    assert_eq!(told(core.handle_timeout(NOW + 499)), None);
    assert_eq!(told(core.handle_timeout(NOW + 500)), Some(49));
    assert_eq!((core.poll_timeout(), told(core.handle_timeout(NOW + 5_000))), (None, None));
    // One comes and goes between two messages: those who were welcomed in between must hear the number again.
    core.join(NOW + 501, joining(60, 60, Role::Viewer)).expect("join");
    core.leave(NOW + 502, id(60));
    assert_eq!(told(core.handle_timeout(NOW + 1_000)), Some(49));
    // The clock is set back by an hour.
    assert_eq!(told(core.leave(NOW - 3_600_000, id(2))), Some(48));
}

#[test]
fn who_returns_gets_the_delta_or_if_it_is_too_much_a_snapshot() {
    let mut core = company(ShowStatus::Live);
    for n in 0..600 {
        ask(&mut core, 1, say(1_000 + n, "x")).expect("chat");
    }
    let seqs = |events: &[Logged]| events.iter().map(|e| e.seq).collect::<Vec<_>>();
    let CatchUp::Delta { seq: 600, events, .. } = catch_up(&mut core, 10, Some(597)) else { unreachable!("delta") };
    assert_eq!(seqs(&events), [598, 599, 600]);
    assert!(matches!(catch_up(&mut core, 11, Some(600)), CatchUp::Delta { seq: 600, events, .. } if events.is_empty()));
    let oldest = 600 - MAX_RESUME_EVENTS as u64;
    assert!(matches!(catch_up(&mut core, 12, Some(oldest)), CatchUp::Delta { events, .. } if events.len() == 500));
    for after_seq in [Some(oldest - 1), Some(0), Some(601), Some(u64::MAX), None] {
        let session = 100 + u128::from(after_seq.unwrap_or(7));
        let CatchUp::Snapshot { seq: 600, chat, .. } = catch_up(&mut core, session, after_seq) else {
            unreachable!("snapshot for {after_seq:?}")
        };
        assert_eq!((chat.len(), chat[0].seq), (SNAPSHOT_CHAT_LINES, 501));
    }
}

#[test]
fn a_welcome_always_fits_an_outbox() {
    let mut core = company(ShowStatus::Live);
    let wall = "\"😀".repeat(quiora_signaling::limits::MAX_CHAT_CHARS / 2);
    for n in 0..500 {
        ask(&mut core, 1, say(1_000 + n, &wall)).expect("chat");
    }
    for (session, after_seq) in [(10, Some(1)), (11, Some(350)), (12, None)] {
        let json = serde_json::to_string(&catch_up(&mut core, session, after_seq)).expect("json");
        assert!(json.len() < quiora_signaling::limits::MAX_OUTBOX_BYTES * 3 / 4, "{} bytes", json.len());
    }
}

#[test]
fn times_of_events_never_go_back() {
    let mut core = company(ShowStatus::Live);
    for (n, now) in [(1, NOW), (2, NOW - 5_000), (3, NOW + 1)] {
        core.apply(now, id(2), 9, say(n, "x")).expect("chat");
    }
    let CatchUp::Snapshot { chat, .. } = catch_up(&mut core, 10, None) else { unreachable!("snapshot") };
    assert_eq!(chat.iter().map(|e| e.at_ms).collect::<Vec<_>>(), [NOW, NOW, NOW + 1]);
}

#[test]
fn the_stage_follows_the_media_of_the_publisher() {
    let (a, b): (PeerId, PeerId) = (id(101), id(102));
    let mut core = company(ShowStatus::Draft);
    let changed = |peer, session| MediaNotice::PublisherChanged { peer, session: id(session) };
    let down = |peer, reason| MediaNotice::PeerDown { session: id(1), peer, publisher: true, reason };

    assert!(core.media(changed(a, 1)).is_empty());
    assert_eq!(on_air(&core.media(MediaNotice::Flowing { peer: a })), [OnAir::Live]);
    assert_eq!(on_air(&core.media(MediaNotice::Stalled { peer: a })), [OnAir::Off], "not live yet: nobody waits");
    ask(&mut core, 1, Command::Start).expect("start");
    assert_eq!(on_air(&core.media(MediaNotice::Flowing { peer: a })), [OnAir::Live]);
    assert_eq!(on_air(&core.media(MediaNotice::Stalled { peer: b })), [], "not the publisher");
    assert_eq!(on_air(&core.media(MediaNotice::Stalled { peer: a })), [OnAir::Reconnecting]);
    assert_eq!(on_air(&core.media(MediaNotice::Flowing { peer: a })), [OnAir::Live]);

    core.media(changed(b, 1));
    let effects = core.media(down(a, PeerEnd::Replaced));
    assert_eq!(effects, [Effect::PeerClosed { session: id(1), peer: a, reason: PeerEnd::Replaced }]);
    assert_eq!(on_air(&core.media(MediaNotice::Flowing { peer: a })), [], "an echo");
    assert_eq!(on_air(&core.media(down(b, PeerEnd::Timeout))), [OnAir::Reconnecting]);

    core.media(changed(a, 1));
    core.media(MediaNotice::Flowing { peer: a });
    assert_eq!(core.apply(NOW, id(2), 9, Command::StopPublishing).expect("stop").len(), 1, "not his media");
    let effects = core.apply(NOW, id(1), 9, Command::StopPublishing).expect("stop");
    assert_eq!(on_air(&effects), [OnAir::Off]);
    assert_eq!(on_air(&core.media(MediaNotice::Flowing { peer: a })), [], "an echo");
    assert_eq!(on_air(&core.media(down(a, PeerEnd::Closed))), [], "on purpose");

    core.media(changed(b, 1));
    core.media(MediaNotice::Flowing { peer: b });
    assert_eq!(on_air(&core.apply(NOW, id(1), 9, Command::End).expect("end")), [OnAir::Off]);
    assert_eq!(on_air(&core.media(MediaNotice::Flowing { peer: b })), [], "it is over");
}

#[test]
fn a_live_show_that_is_loaded_waits_for_its_seller() {
    let mut core = core(ShowStatus::Live);
    let effects = core.join(NOW, joining(1, 1, Role::Host)).expect("join");
    let Some(Effect::Welcome(admitted)) = effects.first() else { unreachable!("welcome") };
    assert_eq!(admitted.show.stage.on_air, OnAir::Reconnecting);
    assert_eq!(on_air(&core.media(MediaNotice::Flowing { peer: id(9) })), [OnAir::Live]);
}

#[test]
fn the_host_says_what_the_stage_shows() {
    let mut core = company(ShowStatus::Live);
    let set = Command::StageSet { video: false, audio: true, source: Source::Screen };
    let effects = core.apply(NOW, id(1), 9, set.clone()).expect("set");
    let stage = Stage { on_air: OnAir::Reconnecting, video: false, audio: true, source: Source::Screen };
    assert_eq!(effects[0], Effect::Stage(stage));
    assert_eq!(core.apply(NOW, id(1), 9, set).expect("set").len(), 1, "no change, only the reply");
}

#[test]
fn strangers_are_refused_and_their_media_concerns_nobody() {
    let mut core = core(ShowStatus::Live);
    assert_eq!(ask(&mut core, 5, Command::Start), Err(RefusalCode::HelloExpected));
    let down = MediaNotice::PeerDown { session: id(5), peer: id(6), publisher: false, reason: PeerEnd::Closed };
    assert!(core.media(down).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever comes in whatever order: no panic, gapless `seq`, and the counts of members add up.
    #[test]
    fn it_bears_any_sequence(steps in proptest::collection::vec((0u8..9, 0u128..6, 0u128..4, 0u64..700), 1..200)) {
        let mut core = core(ShowStatus::Draft);
        let (mut now, mut seq) = (NOW, 0);
        for (what, session, other, pause) in steps {
            now += pause;
            let role = [Role::Host, Role::Moderator, Role::Viewer, Role::Viewer][other as usize];
            let (peer, at) = (id::<PeerId>(other), id::<SessionId>(session));
            let message: MessageId = id(other + 4 * session);
            let effects = match what {
                0 | 1 => core.join(now, joining(session, other, role)),
                2 => Ok(core.leave(now, at)),
                3 => core.apply(now, at, 1, say(message.0.as_u128(), "x")).map_err(RefusalCode::from),
                4 => core
                    .apply(now, at, 1, rename(["Ada", "Host", "Zoe", "Bo"][other as usize]))
                    .map_err(RefusalCode::from),
                5 => core
                    .apply(now, at, 1, if pause > 690 { Command::End } else { Command::Start })
                    .map_err(RefusalCode::from),
                6 => Ok(core.media(MediaNotice::PublisherChanged { peer, session: at })),
                7 => Ok(core.media(MediaNotice::PeerDown { session: at, peer, publisher: pause % 2 == 0, reason: PeerEnd::Closed })),
                _ => Ok(core.handle_timeout(now)),
            };
            for effect in effects.unwrap_or_default() {
                if let Effect::Event(logged) = effect {
                    seq += 1;
                    prop_assert_eq!(logged.seq, seq);
                }
            }
            prop_assert_eq!(core.seq(), seq);
            prop_assert!(core.members.viewers() as usize <= core.sessions());
            prop_assert!(core.poll_timeout().is_none_or(|at| at <= now + 500));
        }
    }
}
