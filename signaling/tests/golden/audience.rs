//! Examples of what the audience says and hears.

use super::{chat, line, uuid};
use quiora_signaling::*;

fn question() -> Question {
    Question {
        question: uuid(30).into(),
        seq: 12,
        member: uuid(3).into(),
        nickname: "Aiko".into(),
        text: "Does it come in black?".into(),
        product: Some(uuid(20).into()),
        asked_at_ms: 1_795_338_200_000,
        status: QuestionStatus::OnAir,
        votes: 14,
        merged_into: None,
        taken: Some(Moment { at_ms: 1_795_338_260_000, media_us: Some(1_795_338_259_870_000) }),
        answered: None,
        answer: None,
    }
}

fn answered() -> Question {
    Question {
        status: QuestionStatus::Answered,
        answered: Some(Moment { at_ms: 1_795_338_290_000, media_us: Some(1_795_338_289_870_000) }),
        answer: Some("From January.".into()),
        ..question()
    }
}

fn merged() -> Question {
    let (status, merged_into) = (QuestionStatus::Merged, Some(uuid(30).into()));
    Question { question: uuid(31).into(), status, merged_into, taken: None, ..question() }
}

fn draft() -> PollDraft {
    PollDraft {
        text: "Which colour shall I make?".into(),
        choices: choices(),
        multiple: false,
        results: PollResults::After,
        duration_ms: Some(60_000),
        right: Some(1),
        pin: true,
    }
}

fn choices() -> Vec<Choice> {
    vec![
        Choice { text: "Cognac".into(), product: Some(uuid(20).into()) },
        Choice { text: "Nero".into(), product: None },
    ]
}

fn poll() -> Poll {
    Poll {
        poll: uuid(32).into(),
        seq: 15,
        text: "Which colour shall I make?".into(),
        choices: choices(),
        multiple: false,
        results: PollResults::After,
        quiz: true,
        opened_at_ms: 1_795_338_300_000,
        closes_at_ms: Some(1_795_338_360_000),
        closed_at_ms: None,
        pinned: true,
        voters: 0,
        counts: None,
        right: None,
    }
}

fn closed() -> Poll {
    Poll {
        closes_at_ms: None,
        closed_at_ms: Some(1_795_338_360_000),
        voters: 21,
        counts: Some(vec![8, 13]),
        right: Some(1),
        ..poll()
    }
}

fn held() -> HeldLine {
    HeldLine { at_ms: 1_795_338_125_000, reason: HeldReason::Review, line: line() }
}

pub(super) fn snapshot() -> CatchUp {
    CatchUp::Snapshot {
        seq: 7,
        chat: vec![chat()],
        questions: vec![question(), answered()],
        questions_left_out: 0,
        polls: vec![closed()],
    }
}

pub(super) fn delta() -> CatchUp {
    CatchUp::Delta {
        seq: 7,
        events: vec![chat()],
        votes: vec![QuestionVotes { question: uuid(30).into(), votes: 15 }],
        tallies: vec![PollTally { poll: uuid(32).into(), voters: 20, counts: None }],
    }
}

pub(super) fn mine() -> Mine {
    Mine {
        voted: vec![uuid(30).into()],
        ballots: vec![PollBallot { poll: uuid(32).into(), choices: vec![1] }],
        held: Vec::new(),
        standing: Standing { muted_until_ms: Some(1_795_338_500_000), forbidden: false },
    }
}

pub(super) fn client_examples() -> Vec<(&'static str, ClientMessage)> {
    let questions = question_examples().into_iter().map(|(name, m)| (name, ClientMessage::Question(m)));
    let polls = poll_examples().into_iter().map(|(name, m)| (name, ClientMessage::Poll(m)));
    let moderation = moderation_examples().into_iter().map(|(name, m)| (name, ClientMessage::Moderation(m)));
    let crowd = crowd_examples().into_iter().map(|(name, m)| (name, ClientMessage::Crowd(m)));
    let reply = ClientMessage::ChatSend {
        id: 10,
        message: uuid(6).into(),
        text: "Vegetable tanned.".into(),
        reply_to: Some(uuid(5).into()),
        mentions: vec![uuid(3).into()],
    };
    questions.chain(polls).chain(moderation).chain(crowd).chain([("chat_send_reply", reply)]).collect()
}

fn question_examples() -> Vec<(&'static str, QuestionMessage)> {
    let (question, into) = (uuid(31).into(), uuid(30).into());
    let ask =
        |product| QuestionMessage::QuestionAsk { id: 20, question, text: "Does it come in black?".into(), product };
    vec![
        ("question_ask", ask(Some(uuid(20).into()))),
        ("question_ask_minimal", ask(None)),
        ("question_vote", QuestionMessage::QuestionVote { id: 21, question }),
        ("question_unvote", QuestionMessage::QuestionUnvote { id: 22, question }),
        ("question_take", QuestionMessage::QuestionTake { id: 23, question }),
        ("question_answer", QuestionMessage::QuestionAnswer { id: 24, question, text: Some("From January.".into()) }),
        ("question_answer_aloud", QuestionMessage::QuestionAnswer { id: 24, question, text: None }),
        ("question_dismiss", QuestionMessage::QuestionDismiss { id: 25, question }),
        ("question_merge", QuestionMessage::QuestionMerge { id: 26, question, into }),
        ("question_reopen", QuestionMessage::QuestionReopen { id: 27, question }),
    ]
}

fn poll_examples() -> Vec<(&'static str, PollMessage)> {
    let poll = uuid(32).into();
    vec![
        ("poll_open", PollMessage::PollOpen { id: 30, poll, draft: draft() }),
        ("poll_vote", PollMessage::PollVote { id: 31, poll, choices: vec![1] }),
        ("poll_close", PollMessage::PollClose { id: 32, poll }),
        ("poll_reopen", PollMessage::PollReopen { id: 33, poll, duration_ms: Some(30_000) }),
        ("poll_pin", PollMessage::PollPin { id: 34, poll }),
        ("poll_unpin", PollMessage::PollUnpin { id: 35 }),
    ]
}

fn moderation_examples() -> Vec<(&'static str, ModerationMessage)> {
    let (message, member) = (uuid(5).into(), uuid(3).into());
    vec![
        ("chat_delete", ModerationMessage::ChatDelete { id: 40, message }),
        ("chat_restore", ModerationMessage::ChatRestore { id: 41, message }),
        ("chat_decide", ModerationMessage::ChatDecide { id: 42, message, approve: true }),
        ("chat_pin", ModerationMessage::ChatPin { id: 43, message }),
        ("chat_unpin", ModerationMessage::ChatUnpin { id: 44 }),
        ("rules_set", ModerationMessage::RulesSet { id: 45, slow_ms: 5_000, review: false, join_age_ms: 60_000 }),
        ("mute", ModerationMessage::Mute { id: 46, member, duration_ms: 600_000 }),
        ("unmute", ModerationMessage::Unmute { id: 47, member }),
        ("forbid", ModerationMessage::Forbid { id: 48, member }),
        ("allow", ModerationMessage::Allow { id: 49, member }),
        ("ban", ModerationMessage::Ban { id: 50, member, address: true, duration_ms: Some(86_400_000), purge: true }),
        ("unban", ModerationMessage::Unban { id: 51, member }),
        ("people_get", ModerationMessage::PeopleGet { id: 52 }),
    ]
}

fn crowd_examples() -> Vec<(&'static str, CrowdMessage)> {
    let caption = CrowdMessage::CaptionSend {
        id: 61,
        text: "Questa è di vacchetta.".into(),
        language: "it-IT".into(),
        last: true,
        ago_ms: 640,
    };
    vec![
        ("react", CrowdMessage::React { id: 60, reaction: Reaction::Heart, count: 3 }),
        ("caption_send", caption),
        ("missed_get", CrowdMessage::MissedGet { id: 62, from_seq: 40, to_seq: 71 }),
    ]
}

pub(super) fn server_examples() -> Vec<(&'static str, ServerMessage)> {
    let person = Person {
        member: uuid(3).into(),
        nickname: "Aiko".into(),
        role: Role::Viewer,
        standing: mine().standing,
        banned: false,
    };
    let caption = Caption {
        at_ms: 1_795_338_400_000,
        media_us: Some(1_795_338_399_870_000),
        language: "it-IT".into(),
        text: "Questa è di vacchetta.".into(),
        last: true,
    };
    let yours = YourQuestion { question: uuid(31).into(), shown: uuid(30).into(), change: QuestionChange::Taken };
    let mut examples = vec![
        ("question_votes", ServerMessage::QuestionVotes(QuestionVotes { question: uuid(30).into(), votes: 15 })),
        ("your_question", ServerMessage::YourQuestion(yours)),
        (
            "poll_tally",
            ServerMessage::PollTally(PollTally { poll: uuid(32).into(), voters: 20, counts: Some(vec![8, 12]) }),
        ),
        (
            "reactions",
            ServerMessage::Reactions { counts: vec![ReactionCount { reaction: Reaction::Heart, count: 31 }] },
        ),
        ("caption", ServerMessage::Caption(caption)),
        ("remotes", ServerMessage::Remotes { count: 1 }),
        ("guard", ServerMessage::Guard(Guard { active: true, slow_ms: 15_000, join_age_ms: 60_000 })),
        ("held", ServerMessage::Held(held().into())),
        ("held_decided", ServerMessage::HeldDecided(HeldDecided { message: uuid(5).into(), approved: true })),
        ("standing", ServerMessage::Standing(mine().standing)),
        ("people", ServerMessage::People(People { id: 52, people: vec![person], held: vec![held()] })),
        ("gap", ServerMessage::Gap(Gap { from_seq: 40, to_seq: 71 })),
        ("missed", ServerMessage::Missed(Missed { id: 62, chat: vec![chat()], rest_from_seq: Some(70) })),
    ];
    let event = |event| ServerMessage::Event(Logged { seq: 16, at_ms: 1_795_338_400_000, event });
    examples.extend(event_examples().into_iter().map(|(name, what)| (name, event(what))));
    examples
}

fn event_examples() -> Vec<(&'static str, ShowEvent)> {
    let question = |change, question: Question| ShowEvent::Question { change, question: question.into() };
    let poll_event = |change, poll: Poll| ShowEvent::Poll { change, poll: poll.into() };
    let reply = ChatLine {
        reply_to: Some(ReplyTo { message: uuid(5).into(), member: uuid(3).into(), nickname: "Aiko".into() }),
        mentions: vec![Mention { member: uuid(3).into(), nickname: "Aiko".into() }],
        ..line()
    };
    vec![
        ("event_chat_reply", ShowEvent::Chat(reply.into())),
        ("event_question_taken", question(QuestionChange::Taken, super::audience::question())),
        ("event_question_answered", question(QuestionChange::Answered, answered())),
        ("event_question_merged", question(QuestionChange::Merged, merged())),
        ("event_poll_opened", poll_event(PollChange::Opened, poll())),
        ("event_poll_closed", poll_event(PollChange::Closed, closed())),
        ("event_chat_deleted", ShowEvent::ChatDeleted { message: uuid(5).into() }),
        (
            "event_chat_restored",
            ShowEvent::ChatRestored { line_seq: 7, line_at_ms: 1_795_338_120_000, line: line().into() },
        ),
        ("event_chat_purged", ShowEvent::ChatPurged { member: uuid(3).into() }),
        ("event_chat_pinned", ShowEvent::ChatPinned { line: line().into() }),
        ("event_chat_unpinned", ShowEvent::ChatUnpinned { message: uuid(5).into() }),
        ("event_rules", ShowEvent::Rules(ChatRules { slow_ms: 5_000, review: true, join_age_ms: 60_000 })),
    ]
}
