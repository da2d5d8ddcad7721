//! Every message of the audience against every role, in a show that is on and in one that is over: the answer is the table's.

use super::audience::{asked, choose, house, moderate, question, vote};
use super::{company, id, joining};
use crate::show::command::Command;
use crate::show::core::{Joining, ShowCore, check};
use crate::show::rights::Action;
use quiora_signaling::{
    Choice, CrowdMessage, ModerationMessage, PollDraft, PollMessage, PollResults, QuestionMessage, Reaction,
    RefusalCode, Role, ShowStatus,
};

fn commands() -> Vec<(Action, Command)> {
    let (q, other, poll, message, member) = (id(50), id(51), id(70), id(80), id(3));
    let choices = ["a", "b"].map(|text| Choice { text: text.into(), product: None }).into();
    let (results, multiple, pin) = (PollResults::Live, false, false);
    let draft = PollDraft { text: "?".into(), choices, multiple, results, duration_ms: None, right: None, pin };
    let runs = |message| (Action::RunQuestions, question(message));
    let polls = |message| (Action::RunPolls, Command::Poll(message));
    let keeps = |message| (Action::Moderate, moderate(message));
    let ban = ModerationMessage::Ban { id: 9, member, address: false, duration_ms: None, purge: false };
    let caption = CrowdMessage::CaptionSend { id: 9, text: "x".into(), language: "it".into(), last: true, ago_ms: 0 };
    let react = CrowdMessage::React { id: 9, reaction: Reaction::Heart, count: 1 };
    vec![
        (Action::Ask, asked(52, "New?")),
        (Action::Vote, vote(50)),
        (Action::Vote, question(QuestionMessage::QuestionUnvote { id: 9, question: q })),
        runs(QuestionMessage::QuestionTake { id: 9, question: q }),
        runs(QuestionMessage::QuestionAnswer { id: 9, question: q, text: None }),
        runs(QuestionMessage::QuestionDismiss { id: 9, question: q }),
        runs(QuestionMessage::QuestionMerge { id: 9, question: q, into: other }),
        runs(QuestionMessage::QuestionReopen { id: 9, question: q }),
        (Action::Vote, choose(70, &[0])),
        polls(PollMessage::PollOpen { id: 9, poll: id(71), draft }),
        polls(PollMessage::PollClose { id: 9, poll }),
        polls(PollMessage::PollReopen { id: 9, poll, duration_ms: None }),
        polls(PollMessage::PollPin { id: 9, poll }),
        polls(PollMessage::PollUnpin { id: 9 }),
        keeps(ModerationMessage::ChatDelete { id: 9, message }),
        keeps(ModerationMessage::ChatRestore { id: 9, message }),
        keeps(ModerationMessage::ChatDecide { id: 9, message, approve: false }),
        keeps(ModerationMessage::ChatPin { id: 9, message }),
        keeps(ModerationMessage::ChatUnpin { id: 9 }),
        keeps(ModerationMessage::Mute { id: 9, member, duration_ms: 1 }),
        keeps(ModerationMessage::Unmute { id: 9, member }),
        keeps(ModerationMessage::Forbid { id: 9, member }),
        keeps(ModerationMessage::Allow { id: 9, member }),
        (Action::SetRules, moderate(ModerationMessage::RulesSet { id: 9, slow_ms: 1, review: true, join_age_ms: 0 })),
        (Action::Ban, moderate(ban)),
        (Action::Ban, moderate(ModerationMessage::Unban { id: 9, member })),
        (Action::SeePeople, moderate(ModerationMessage::PeopleGet { id: 9 })),
        (Action::React, Command::Crowd { message: react, media_us: None }),
        (Action::Caption, Command::Crowd { message: caption, media_us: None }),
    ]
}

/// A show in which there is something to do each of these to.
fn furnished() -> ShowCore {
    let mut core = house();
    let do_it = |core: &mut ShowCore, session, command| {
        core.apply(super::NOW, id(session), 9, command).expect("furniture");
    };
    do_it(&mut core, 3, asked(50, "One?"));
    do_it(&mut core, 3, asked(51, "Two?"));
    do_it(&mut core, 3, super::say(80, "ciao"));
    let (_, open) = commands().swap_remove(9);
    let Command::Poll(PollMessage::PollOpen { draft, .. }) = open else { unreachable!("the poll") };
    do_it(&mut core, 1, Command::Poll(PollMessage::PollOpen { id: 9, poll: id(70), draft }));
    core
}

#[test]
fn every_role_may_say_what_the_table_says() {
    for role in [Role::Host, Role::Moderator, Role::Viewer] {
        for (action, command) in commands() {
            for over in [false, true] {
                let mut core = furnished();
                let named = Joining { nickname: Some("Zoe".into()), ..joining(5, 5, role) };
                core.join(super::NOW, named).expect("join");
                let status = if over { ShowStatus::Ended } else { ShowStatus::Live };
                if over {
                    core.apply(super::NOW, id(1), 9, Command::End).expect("end");
                }
                let before = core.seq();
                let answer = core.apply(super::NOW, id(5), 9, command.clone()).map(|_| ()).map_err(|r| r.code);
                let expected = check(role, action, status);
                assert_eq!(answer, expected, "{role:?} {command:?} over={over}");
                assert!(expected.is_ok() || core.seq() == before, "who is refused has changed nothing");
            }
        }
    }
}

#[test]
fn the_messages_are_all_there() {
    let known: Vec<_> = commands().into_iter().map(|(_, command)| name(&command)).collect();
    // The rest belongs to the session, to the shop, or to nobody in particular.
    let elsewhere = ["hello", "missed_get"];
    let groups = ["question_", "poll_", "chat_", "react", "caption_", "rules_", "people_"];
    for kind in quiora_signaling::ClientMessage::types().filter(|kind| !elsewhere.contains(kind)) {
        let ours = groups.iter().any(|group| kind.starts_with(group))
            || ["mute", "unmute", "forbid", "allow", "ban", "unban"].contains(&kind);
        assert!(!ours || kind == "chat_send" || known.iter().any(|known| known == kind), "{kind} is in no row");
    }
}

fn name(command: &Command) -> String {
    let value = match command {
        Command::Question { message, .. } => serde_json::to_value(message),
        Command::Poll(message) => serde_json::to_value(message),
        Command::Moderate(message) => serde_json::to_value(message),
        Command::Crowd { message, .. } => serde_json::to_value(message),
        other => unreachable!("{other:?}"),
    };
    value.expect("json")["type"].as_str().expect("a type").to_owned()
}

#[test]
fn nothing_is_asked_of_a_show_from_outside() {
    let mut core = company(ShowStatus::Live);
    for (_, command) in commands() {
        let refused = core.apply(super::NOW, id(99), 9, command).expect_err("nobody");
        assert_eq!(refused.code, RefusalCode::HelloExpected);
    }
}
