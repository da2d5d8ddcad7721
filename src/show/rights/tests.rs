//! The table, spelled out: every role, every action.
use super::*;
use quiora_signaling::Role::{Host, Moderator, Viewer};

#[test]
fn the_table_is_what_it_is() {
    let table = [
        (Action::Subscribe, [true, true, true]),
        (Action::Rename, [true, true, true]),
        (Action::Chat, [true, true, true]),
        (Action::Publish, [true, false, false]),
        (Action::Start, [true, false, false]),
        (Action::End, [true, false, false]),
        (Action::SetStage, [true, false, false]),
        (Action::Pin, [true, false, false]),
        (Action::Ask, [true, true, true]),
        (Action::Vote, [true, true, true]),
        (Action::React, [true, true, true]),
        (Action::RunQuestions, [true, true, false]),
        (Action::RunPolls, [true, true, false]),
        (Action::Moderate, [true, true, false]),
        (Action::SetRules, [true, true, false]),
        (Action::Ban, [true, true, false]),
        (Action::SeePeople, [true, true, false]),
        (Action::Caption, [true, false, false]),
    ];
    assert_eq!(table.map(|(action, _)| action), Action::ALL);
    for (action, row) in table {
        assert_eq!([Host, Moderator, Viewer].map(|role| allows(role, action)), row, "{action:?}");
    }
}
