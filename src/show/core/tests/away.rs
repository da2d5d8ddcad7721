//! Who is sent away is away at once, and what was turned down does not come back.

use super::audience::{asked, house, moderate, snapshot};
use super::{NOW, ask, id, joining, say};
use crate::show::core::{Effect, Joining, Revoked};
use quiora_signaling::{ModerationMessage, RefusalCode, Role, SessionId};

fn from(session: u128, address: u8) -> Joining {
    Joining {
        address: Some([address; 16]),
        nickname: Some(format!("n{session}")),
        ..joining(session, session, Role::Viewer)
    }
}

fn expelled(effects: &[Effect]) -> Vec<SessionId> {
    let gone = |effect: &Effect| if let Effect::Expel { session, .. } = effect { Some(*session) } else { None };
    effects.iter().filter_map(gone).collect()
}

fn ban(member: u128, address: bool, purge: bool) -> ModerationMessage {
    ModerationMessage::Ban { id: 9, member: id(member), address, duration_ms: None, purge }
}

#[test]
fn who_is_banned_is_not_heard_any_more_though_the_socket_is_still_open() {
    let mut core = house();
    let effects = core.apply(NOW, id(1), 9, moderate(ban(2, false, false))).expect("ban");
    assert_eq!(expelled(&effects), [id(2)]);
    assert!(effects.contains(&Effect::Gone { session: id(2) }));
    assert_eq!(ask(&mut core, 2, say(80, "still here")), Err(RefusalCode::HelloExpected));
    assert!(core.leave(NOW, id(2)).is_empty(), "the socket's end is no second one");
}

#[test]
fn an_address_that_is_kept_away_takes_its_other_windows_along() {
    let mut core = house();
    for joining in [from(20, 7), from(21, 7), from(22, 8)] {
        core.join(NOW, joining).expect("join");
    }
    let mut away = expelled(&core.apply(NOW, id(1), 9, moderate(ban(20, true, false))).expect("ban"));
    away.sort();
    assert_eq!(away, [id(20), id(21)]);
    assert!(ask(&mut core, 22, say(80, "I am somebody else")).is_ok());
}

#[test]
fn a_moderator_who_was_on_the_way_in_does_not_get_in() {
    let mut core = house();
    assert_eq!(expelled(&core.revoke(NOW, Revoked::Moderator(id(4)))), [id(4)]);
    assert_eq!(ask(&mut core, 4, moderate(ban(2, false, false))), Err(RefusalCode::HelloExpected));
    assert_eq!(core.join(NOW, joining(40, 4, Role::Moderator)), Err(RefusalCode::AccessRevoked));
}

#[test]
fn a_purge_puts_the_questions_away_too() {
    let mut core = house();
    ask(&mut core, 2, asked(50, "Buy at my place?")).expect("ask");
    ask(&mut core, 3, asked(51, "Is it calf?")).expect("ask");
    ask(&mut core, 1, moderate(ban(2, false, true))).expect("ban");
    let open: Vec<_> = snapshot(&mut core, 9, Role::Viewer).0.into_iter().map(|question| question.text).collect();
    assert_eq!(open, ["Is it calf?"]);
}

#[test]
fn a_line_that_was_turned_down_does_not_wait_again() {
    let mut core = house();
    let rules = ModerationMessage::RulesSet { id: 9, slow_ms: 0, review: true, join_age_ms: 0 };
    ask(&mut core, 1, moderate(rules)).expect("rules");
    assert_eq!(ask(&mut core, 2, say(80, "no")), Ok(None));
    let reject = ModerationMessage::ChatDecide { id: 9, message: id(80), approve: false };
    assert_eq!(ask(&mut core, 1, moderate(reject)), Ok(None));
    assert_eq!(ask(&mut core, 2, say(80, "no")), Ok(None), "its writer may not have heard");
    assert!(core.held.get(id(80)).is_none());
    assert_eq!(ask(&mut core, 3, say(80, "no")), Err(RefusalCode::MessageIdReused));
}
