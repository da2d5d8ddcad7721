//! What the audience does, asked of the core directly: questions, polls, lines that wait, people who are sent away.

use super::{ask, catch_up, company, id, joining};
use crate::show::command::Command;
use crate::show::core::{Draft, Effect, Joining, Row, ShowCore};
use quiora_signaling::{
    CatchUp, ChatRules, Choice, CrowdMessage, MessageId, ModerationMessage, Poll, PollDraft, PollMessage, PollResults,
    Question, QuestionChange, QuestionId, QuestionMessage, QuestionStatus, Reaction, RefusalCode, Role, ServerMessage,
    SessionId, ShowEvent, ShowStatus,
};

pub(super) const NOW: u64 = super::NOW;

/// Host 1, viewers 2 (Ada) and 3 (Bea), moderator 4 (Carlo).
pub(super) fn house() -> ShowCore {
    let mut core = company(ShowStatus::Live);
    core.join(NOW, Joining { nickname: Some("Bea".into()), ..joining(3, 3, Role::Viewer) }).expect("viewer");
    core.join(NOW, Joining { nickname: Some("Carlo".into()), ..joining(4, 4, Role::Moderator) }).expect("moderator");
    core
}

pub(super) fn question(message: QuestionMessage) -> Command {
    Command::Question { message, media_us: Some(5) }
}

pub(super) fn asked(question: u128, text: &str) -> Command {
    self::question(QuestionMessage::QuestionAsk { id: 9, question: id(question), text: text.into(), product: None })
}

pub(super) fn vote(question: u128) -> Command {
    self::question(QuestionMessage::QuestionVote { id: 9, question: id(question) })
}

fn take(question: u128) -> Command {
    self::question(QuestionMessage::QuestionTake { id: 9, question: id(question) })
}

fn answer(question: u128, text: Option<&str>) -> Command {
    let text = text.map(str::to_owned);
    self::question(QuestionMessage::QuestionAnswer { id: 9, question: id(question), text })
}

fn dismiss(question: u128) -> Command {
    self::question(QuestionMessage::QuestionDismiss { id: 9, question: id(question) })
}

pub(super) fn merge(question: u128, into: u128) -> Command {
    self::question(QuestionMessage::QuestionMerge { id: 9, question: id(question), into: id(into) })
}

pub(super) fn reopen(question: u128) -> Command {
    self::question(QuestionMessage::QuestionReopen { id: 9, question: id(question) })
}

pub(super) fn snapshot(core: &mut ShowCore, session: u128, role: Role) -> (Vec<Question>, Vec<Poll>, Vec<String>) {
    let effects = core.join(NOW, joining(session, session, role)).expect("join");
    let Some(Effect::Welcome(admitted)) = effects.into_iter().next() else { unreachable!("no welcome") };
    let CatchUp::Snapshot { questions, polls, chat, .. } = admitted.catch_up else { unreachable!("no snapshot") };
    core.leave(NOW, id(session));
    let text = |event: ShowEvent| if let ShowEvent::Chat(line) = event { line.text } else { unreachable!("no line") };
    (questions, polls, chat.into_iter().map(|logged| text(logged.event)).collect())
}

fn told(effects: &[Effect], to: u128) -> Vec<&ServerMessage> {
    effects.iter().filter_map(|effect| told_to(effect, id(to))).collect()
}

fn told_to(effect: &Effect, to: SessionId) -> Option<&ServerMessage> {
    match effect {
        Effect::Tell { session, message } if *session == to => Some(message),
        _ => None,
    }
}

#[test]
fn a_question_is_asked_once_and_carries_its_asker_s_vote() {
    let mut core = house();
    assert_eq!(ask(&mut core, 2, asked(50, "Black too?")), Ok(Some(1)));
    assert_eq!(ask(&mut core, 2, asked(50, "Black too?")), Ok(Some(1)), "the answer was lost");
    assert_eq!(ask(&mut core, 2, asked(50, "White too?")), Err(RefusalCode::QuestionIdReused));
    assert_eq!(ask(&mut core, 3, asked(50, "Black too?")), Err(RefusalCode::QuestionIdReused));
    for _ in 0..3 {
        assert_eq!(ask(&mut core, 2, vote(50)), Ok(None), "once is once");
        assert_eq!(ask(&mut core, 3, vote(50)), Ok(None));
    }
    assert_eq!(snapshot(&mut core, 9, Role::Viewer).0[0].votes, 2);
    assert_eq!(ask(&mut core, 2, vote(51)), Err(RefusalCode::QuestionNotFound));
    for n in 60..64 {
        assert!(ask(&mut core, 2, asked(n, "More?")).is_ok());
    }
    assert_eq!(ask(&mut core, 2, asked(64, "And more?")), Err(RefusalCode::TooMany));
}

#[test]
fn one_question_is_on_air_and_its_asker_is_told() {
    let mut core = house();
    ask(&mut core, 2, asked(50, "Black?")).expect("ask");
    ask(&mut core, 3, asked(51, "White?")).expect("ask");
    let effects = core.apply(NOW + 7, id(4), 9, take(50)).expect("a moderator may");
    let [ServerMessage::YourQuestion(yours)] = told(&effects, 2)[..] else { unreachable!("{effects:?}") };
    assert_eq!((yours.question, yours.shown, yours.change), (id(50), id(50), QuestionChange::Taken));
    assert_eq!(ask(&mut core, 1, take(50)), Ok(None), "it is there");
    assert_eq!(ask(&mut core, 1, take(51)), Ok(Some(5)), "the other one returns first");
    let on_air = |core: &mut ShowCore| {
        let (questions, ..) = snapshot(core, 9, Role::Viewer);
        questions
            .into_iter()
            .filter(|q| q.status == QuestionStatus::OnAir)
            .map(|q| q.question)
            .collect::<Vec<QuestionId>>()
    };
    assert_eq!(on_air(&mut core), [id(51)]);
    assert_eq!(ask(&mut core, 1, answer(51, None)), Ok(Some(6)));
    assert_eq!(ask(&mut core, 1, answer(51, None)), Ok(None));
    assert_eq!(ask(&mut core, 1, answer(51, Some("Soon."))), Ok(Some(7)), "the words come later");
    assert!(on_air(&mut core).is_empty());
    let (questions, ..) = snapshot(&mut core, 9, Role::Viewer);
    let answered = questions.iter().find(|q| q.question == id(51)).expect("it stays listed");
    assert_eq!((answered.answer.as_deref(), answered.answered.map(|m| m.at_ms)), (Some("Soon."), Some(NOW + 7)));
    assert_eq!(answered.answered.and_then(|m| m.media_us), None, "there is no picture to point into");
    assert_eq!(ask(&mut core, 3, vote(51)), Err(RefusalCode::QuestionClosed));
    assert_eq!(ask(&mut core, 1, dismiss(51)), Err(RefusalCode::QuestionClosed));
}

#[test]
fn what_was_put_away_or_merged_can_be_brought_back() {
    let mut core = house();
    ask(&mut core, 2, asked(50, "Black?")).expect("ask");
    ask(&mut core, 3, asked(51, "In black?")).expect("ask");
    ask(&mut core, 2, vote(51)).expect("vote");
    ask(&mut core, 4, merge(51, 50)).expect("merge");
    let (shown, ..) = snapshot(&mut core, 9, Role::Viewer);
    assert_eq!((shown.len(), shown[0].votes), (1, 2), "Ada wants both, and counts once");
    assert_eq!(snapshot(&mut core, 9, Role::Moderator).0.len(), 2, "staff can undo what it sees");
    let effects = core.apply(NOW, id(1), 9, take(50)).expect("take");
    let [ServerMessage::YourQuestion(yours)] = told(&effects, 3)[..] else { unreachable!("{effects:?}") };
    assert_eq!((yours.question, yours.shown), (id(51), id(50)), "Bea's lives on in Ada's");
    assert_eq!(ask(&mut core, 1, merge(50, 51)), Err(RefusalCode::QuestionClosed), "no circles");
    ask(&mut core, 1, reopen(51)).expect("unmerge");
    ask(&mut core, 1, dismiss(50)).expect("dismiss");
    let (shown, ..) = snapshot(&mut core, 9, Role::Viewer);
    assert_eq!((shown.len(), shown[0].question, shown[0].votes), (1, id(51), 2));
    ask(&mut core, 1, reopen(50)).expect("restore");
    let (shown, ..) = snapshot(&mut core, 9, Role::Viewer);
    assert_eq!(shown.iter().map(|q| q.votes).collect::<Vec<_>>(), [2, 1]);
}

fn poll(n: u128, right: Option<u8>, duration_ms: Option<u32>) -> Command {
    let choices = ["cognac", "nero", "blu"].map(|text| Choice { text: text.into(), product: None }).into();
    let results = PollResults::After;
    let draft = PollDraft { text: "Which?".into(), choices, multiple: false, results, duration_ms, right, pin: true };
    Command::Poll(PollMessage::PollOpen { id: 9, poll: id(n), draft })
}

pub(super) fn choose(n: u128, choices: &[u8]) -> Command {
    Command::Poll(PollMessage::PollVote { id: 9, poll: id(n), choices: choices.to_vec() })
}

#[test]
fn a_quiz_keeps_its_secret_until_its_time_is_over() {
    let mut core = house();
    let effects = core.apply(NOW, id(1), 9, poll(70, Some(1), Some(10_000))).expect("open");
    assert!(effects.contains(&Effect::Row(Row::Right { poll: id(70), right: 1 })), "kept, and told nobody");
    assert_eq!(ask(&mut core, 1, poll(70, Some(1), Some(10_000))), Ok(Some(1)), "again is no second poll");
    assert_eq!(ask(&mut core, 1, poll(70, Some(2), None)), Err(RefusalCode::PollIdReused));
    for (choices, expected) in [
        (&[3][..], Err(RefusalCode::ChoiceInvalid)),
        (&[200], Err(RefusalCode::ChoiceInvalid)),
        (&[0, 1], Err(RefusalCode::ChoiceInvalid)),
        (&[0, 0], Err(RefusalCode::ChoiceInvalid)),
        (&[0], Ok(None)),
        (&[1], Ok(None)),
        (&[1], Ok(None)),
    ] {
        assert_eq!(ask(&mut core, 2, choose(70, choices)), expected, "{choices:?}");
    }
    ask(&mut core, 3, choose(70, &[2])).expect("vote");
    ask(&mut core, 3, choose(70, &[])).expect("taken back");
    let (_, polls, _) = snapshot(&mut core, 9, Role::Viewer);
    assert_eq!((polls[0].voters, polls[0].counts.clone(), polls[0].right), (1, None, None));
    let (_, polls, _) = snapshot(&mut core, 9, Role::Moderator);
    assert_eq!(
        (polls[0].counts.clone(), polls[0].right),
        (Some(vec![0, 1, 0]), None),
        "staff sees counts, not the secret"
    );
    assert_eq!(core.handle_timeout(NOW + 9_999).iter().filter(|e| matches!(e, Effect::Event(_))).count(), 0);
    let closed = core.handle_timeout(NOW + 10_000);
    let Some(Effect::Event(logged)) = closed.iter().find(|e| matches!(e, Effect::Event(_))) else { unreachable!() };
    let ShowEvent::Poll { poll: closed, .. } = &logged.event else { unreachable!("{logged:?}") };
    assert_eq!((closed.counts.clone(), closed.right, closed.voters), (Some(vec![0, 1, 0]), Some(1), 1));
    assert_eq!(ask(&mut core, 2, choose(70, &[0])), Err(RefusalCode::PollClosed));
    let again = Command::Poll(PollMessage::PollReopen { id: 9, poll: id(70), duration_ms: None });
    assert_eq!(ask(&mut core, 1, again), Err(RefusalCode::PollClosed), "the answer is known");
}

#[test]
fn polls_end_with_the_show() {
    let mut core = house();
    ask(&mut core, 4, poll(70, None, None)).expect("open");
    ask(&mut core, 2, choose(70, &[0])).expect("vote");
    let effects = core.apply(NOW, id(1), 9, Command::End).expect("end");
    let kinds: Vec<_> =
        effects.iter().filter_map(|e| if let Effect::Event(l) = e { Some(&l.event) } else { None }).collect();
    assert!(matches!(kinds[..], [ShowEvent::Poll { .. }, ShowEvent::Ended]), "{kinds:?}");
}

fn say(message: u128, text: &str) -> Command {
    super::say(message, text)
}

pub(super) fn moderate(message: ModerationMessage) -> Command {
    Command::Moderate(message)
}

#[test]
fn under_review_a_line_waits_for_staff() {
    let mut core = house();
    let rules = ModerationMessage::RulesSet { id: 9, slow_ms: 0, review: true, join_age_ms: 0 };
    assert_eq!(ask(&mut core, 2, moderate(rules.clone())), Err(RefusalCode::NotAllowed));
    assert_eq!(ask(&mut core, 4, moderate(rules.clone())), Ok(Some(1)));
    assert_eq!(ask(&mut core, 4, moderate(rules)), Ok(None), "they are these already");
    let effects = core.apply(NOW, id(2), 9, say(80, "ciao")).expect("held");
    assert!(effects.iter().any(|e| matches!(e, Effect::TellStaff(m) if matches!(**m, ServerMessage::Held(_)))));
    assert!(matches!(told(&effects, 2)[..], [ServerMessage::Held(_)]) && told(&effects, 3).is_empty());
    assert_eq!(ask(&mut core, 2, say(80, "ciao")), Ok(None), "again is no second line");
    assert_eq!(ask(&mut core, 1, say(81, "benvenuti")), Ok(Some(2)), "staff does not wait");
    assert_eq!(snapshot(&mut core, 9, Role::Viewer).2, ["benvenuti"]);
    let decide = |approve| moderate(ModerationMessage::ChatDecide { id: 9, message: id(80), approve });
    assert_eq!(ask(&mut core, 4, decide(true)), Ok(Some(3)));
    assert_eq!(ask(&mut core, 4, decide(true)), Ok(Some(3)), "the answer was lost");
    assert_eq!(ask(&mut core, 2, say(80, "ciao")), Ok(Some(3)));
    assert_eq!(snapshot(&mut core, 9, Role::Viewer).2, ["benvenuti", "ciao"]);
    ask(&mut core, 2, say(82, "di nuovo")).expect("held");
    let reject = moderate(ModerationMessage::ChatDecide { id: 9, message: id(82), approve: false });
    assert_eq!(ask(&mut core, 1, reject), Ok(None));
    assert_eq!(snapshot(&mut core, 9, Role::Viewer).2, ["benvenuti", "ciao"]);
}

#[test]
fn a_line_can_be_deleted_and_brought_back_to_its_place() {
    let mut core = house();
    for (n, text) in [(80, "uno"), (81, "due"), (82, "tre")] {
        ask(&mut core, 2, say(n, text)).expect("chat");
    }
    let delete = |n| moderate(ModerationMessage::ChatDelete { id: 9, message: id(n) });
    let pin = |n| moderate(ModerationMessage::ChatPin { id: 9, message: id(n) });
    assert_eq!(ask(&mut core, 1, pin(81)), Ok(Some(4)));
    assert_eq!(ask(&mut core, 1, delete(81)), Ok(Some(5)));
    assert_eq!((ask(&mut core, 1, delete(81)), core.seq()), (Ok(None), 6), "it left the top as well");
    assert_eq!(snapshot(&mut core, 9, Role::Viewer).2, ["uno", "tre"]);
    assert_eq!(ask(&mut core, 1, pin(81)), Err(RefusalCode::MessageNotFound));
    let restore = moderate(ModerationMessage::ChatRestore { id: 9, message: id(81) });
    assert_eq!(ask(&mut core, 1, restore), Ok(Some(7)));
    assert_eq!(snapshot(&mut core, 9, Role::Viewer).2, ["uno", "due", "tre"]);
    assert_eq!(ask(&mut core, 1, delete(99)), Err(RefusalCode::MessageNotFound));
}

#[test]
fn who_was_away_gets_no_words_that_were_taken_away_meanwhile() {
    let mut core = house();
    for (n, text) in [(80, "uno"), (81, "my number is 555"), (82, "tre")] {
        ask(&mut core, 2, say(n, text)).expect("chat");
    }
    ask(&mut core, 1, moderate(ModerationMessage::ChatPin { id: 9, message: id(81) })).expect("pin");
    let words = |core: &mut ShowCore, session| {
        let CatchUp::Delta { events, .. } = catch_up(core, session, Some(0)) else { unreachable!("no delta") };
        core.leave(NOW, id(session));
        let text = |event: ShowEvent| match event {
            ShowEvent::Chat(line) | ShowEvent::ChatRestored { line, .. } | ShowEvent::ChatPinned { line } => {
                Some(line.text)
            }
            _ => None,
        };
        events.into_iter().filter_map(|logged| text(logged.event)).collect::<Vec<_>>()
    };
    let whole = ["uno", "my number is 555", "tre", "my number is 555"];
    assert_eq!(words(&mut core, 20), whole);
    ask(&mut core, 1, moderate(ModerationMessage::ChatDelete { id: 9, message: id(81) })).expect("delete");
    assert_eq!(words(&mut core, 21), ["uno", "", "tre", ""]);
    ask(&mut core, 1, moderate(ModerationMessage::ChatRestore { id: 9, message: id(81) })).expect("restore");
    assert_eq!(words(&mut core, 22), [&whole[..], &["my number is 555"]].concat());
}

#[test]
fn a_reply_names_the_line_and_mentions_name_people() {
    let mut core = house();
    ask(&mut core, 2, say(80, "di che pelle?")).expect("chat");
    let reply = |message, reply_to: Option<MessageId>| {
        let (message, text) = (id(message), "vacchetta".to_owned());
        Command::Chat(Draft { message, text, reply_to, mentions: vec![id(2), id(2), id(77)] })
    };
    let effects = core.apply(NOW, id(1), 9, reply(81, Some(id(80)))).expect("reply");
    let Some(Effect::Event(logged)) = effects.first() else { unreachable!() };
    let ShowEvent::Chat(line) = &logged.event else { unreachable!() };
    assert_eq!(line.reply_to.as_ref().map(|to| (to.message, to.nickname.as_str())), Some((id(80), "Ada")));
    assert_eq!(line.mentions.iter().map(|m| m.nickname.as_str()).collect::<Vec<_>>(), ["Ada"]);
    assert_eq!(ask(&mut core, 1, reply(82, Some(id(99)))), Err(RefusalCode::MessageNotFound));
}

#[test]
fn who_is_muted_forbidden_or_banned_is_so_until_pardoned() {
    let mut core = house();
    let of = |kind: fn(u32, quiora_signaling::MemberId) -> ModerationMessage| moderate(kind(9, id(2)));
    let mute = moderate(ModerationMessage::Mute { id: 9, member: id(2), duration_ms: 60_000 });
    ask(&mut core, 4, mute).expect("mute");
    let refusal = core.apply(NOW + 1, id(2), 9, say(80, "ciao")).expect_err("muted");
    assert_eq!((refusal.code, refusal.retry_after_ms), (RefusalCode::Muted, Some(59_999)));
    assert!(core.apply(NOW + 60_000, id(2), 9, say(80, "ciao")).is_ok(), "it ends by itself");
    ask(&mut core, 4, of(|id, member| ModerationMessage::Unmute { id, member })).expect("unmute");
    ask(&mut core, 4, of(|id, member| ModerationMessage::Forbid { id, member })).expect("forbid");
    assert_eq!(ask(&mut core, 2, asked(50, "Why?")), Err(RefusalCode::AskingForbidden));
    ask(&mut core, 4, of(|id, member| ModerationMessage::Allow { id, member })).expect("allow");
    assert!(ask(&mut core, 2, asked(50, "Why?")).is_ok());
    let ban = ModerationMessage::Ban { id: 9, member: id(2), address: false, duration_ms: None, purge: true };
    let effects = core.apply(NOW, id(4), 9, moderate(ban)).expect("ban");
    assert!(effects.contains(&Effect::Expel { session: id(2), code: RefusalCode::Banned }));
    assert_eq!(snapshot(&mut core, 9, Role::Viewer).2, [""; 0], "the lines went too");
    core.leave(NOW, id(2));
    assert_eq!(core.join(NOW, joining(20, 2, Role::Viewer)), Err(RefusalCode::Banned));
    ask(&mut core, 4, of(|id, member| ModerationMessage::Unban { id, member })).expect("unban");
    assert!(core.join(NOW, joining(20, 2, Role::Viewer)).is_ok());
    for staff in [1, 4] {
        let ban = ModerationMessage::Ban { id: 9, member: id(staff), address: false, duration_ms: None, purge: false };
        assert_eq!(ask(&mut core, 4, moderate(ban)), Err(RefusalCode::NotAllowed), "staff is not banned");
    }
    let nobody = ModerationMessage::Mute { id: 9, member: id(999), duration_ms: 1 };
    assert_eq!(ask(&mut core, 4, moderate(nobody)), Err(RefusalCode::MemberNotFound));
}

#[test]
fn a_ban_by_address_keeps_new_identities_away_for_a_day() {
    let mut core = house();
    let from = |session, address: u8, role| Joining { address: Some([address; 16]), ..joining(session, session, role) };
    core.join(NOW, from(30, 7, Role::Viewer)).expect("join");
    core.leave(NOW, id(30));
    let ban = ModerationMessage::Ban { id: 9, member: id(30), address: true, duration_ms: None, purge: false };
    ask(&mut core, 1, moderate(ban)).expect("gone, but known");
    assert_eq!(core.join(NOW, from(31, 7, Role::Viewer)), Err(RefusalCode::Banned), "a new token, the old address");
    assert!(core.join(NOW, from(32, 8, Role::Viewer)).is_ok(), "another address");
    assert!(core.join(NOW, from(33, 7, Role::Host)).is_ok(), "staff may share it");
    let day = 24 * 60 * 60 * 1_000;
    assert_eq!(core.join(NOW + day - 1, from(34, 7, Role::Viewer)), Err(RefusalCode::Banned));
    assert!(core.join(NOW + day, from(34, 7, Role::Viewer)).is_ok(), "addresses move on");
    assert_eq!(core.join(NOW + day, joining(35, 30, Role::Viewer)), Err(RefusalCode::Banned), "identities do not");
}

#[test]
fn reactions_are_counted_and_told_four_times_a_second() {
    let mut core = house();
    let react =
        |reaction, count| Command::Crowd { message: CrowdMessage::React { id: 9, reaction, count }, media_us: None };
    let told = |effects: Vec<Effect>| -> Vec<u32> {
        let counts = |effect| match effect {
            Effect::State { message, .. } => match *message {
                ServerMessage::Reactions { counts } => Some(counts.iter().map(|c| c.count).sum()),
                _ => None,
            },
            _ => None,
        };
        effects.into_iter().filter_map(counts).collect()
    };
    ask(&mut core, 2, react(Reaction::Heart, 3)).expect("react");
    assert_eq!(told(core.handle_timeout(NOW)), [3], "the first at once");
    let mut sum = 0;
    for ms in 0..1_000 {
        ask(&mut core, 3, react(if ms % 2 == 0 { Reaction::Heart } else { Reaction::Wow }, 2)).expect("react");
        let now = told(core.handle_timeout(NOW + ms));
        assert!(now.is_empty() || ms % 250 == 0);
        sum += now.iter().sum::<u32>();
    }
    sum += told(core.handle_timeout(NOW + 1_000)).iter().sum::<u32>();
    assert_eq!((sum, told(core.handle_timeout(NOW + 5_000))), (2_000, Vec::new()), "none lost, none invented");
}

#[test]
fn what_staff_does_is_in_the_trail_and_what_changes_nothing_is_not() {
    let mut core = house();
    let rules = moderate(ModerationMessage::RulesSet { id: 9, slow_ms: 5_000, review: false, join_age_ms: 0 });
    let trail = |effects: Vec<Effect>| -> Vec<String> {
        let action = |e| if let Effect::Row(Row::Audit(entry)) = e { Some(entry.action) } else { None };
        effects.into_iter().filter_map(action).collect()
    };
    assert_eq!(trail(core.apply(NOW, id(4), 9, rules.clone()).expect("rules")), ["rules_set"]);
    assert_eq!(trail(core.apply(NOW, id(4), 9, rules).expect("rules")), [""; 0]);
    assert_eq!(core.state().rules, ChatRules { slow_ms: 5_000, review: false, join_age_ms: 0 });
    ask(&mut core, 2, asked(50, "Why?")).expect("ask");
    assert_eq!(trail(core.apply(NOW, id(1), 9, take(50)).expect("take")), ["question_take"]);
    let refusal = core.apply(NOW, id(2), 9, say(80, "uno")).and_then(|_| core.apply(NOW + 1, id(2), 9, say(81, "due")));
    assert_eq!(refusal.expect_err("slow").retry_after_ms, Some(4_999));
}
