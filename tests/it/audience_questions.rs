//! Questions, polls, reactions and captions over real WebSockets: what one does, the others see; what was acknowledged is there
//! after a restart.

use crate::harness::{Client, Server};
use quiora::clock;
use quiora::store::ShowRow;
use quiora_signaling::{
    CatchUp, Choice, ClientMessage, CrowdMessage, Poll, PollDraft, PollId, PollMessage, PollResults, PollTally,
    Question, QuestionChange, QuestionId, QuestionMessage, QuestionStatus, Reaction, RefusalCode, Role, ServerMessage,
    ShowEvent, Welcome,
};

/// Joins under a name, the host with the shop's.
pub async fn enter(server: &Server, show: &ShowRow, role: Role, nickname: &str) -> (Client, Welcome) {
    let (mut client, welcome) = server.join(show, role).await;
    if role == Role::Viewer {
        let id = client.id();
        client.done(&ClientMessage::Rename { id, nickname: nickname.to_owned() }).await;
    }
    (client, welcome)
}

fn asks(client: &mut Client, question: QuestionId, text: &str) -> ClientMessage {
    let (id, text) = (client.id(), text.to_owned());
    ClientMessage::Question(QuestionMessage::QuestionAsk { id, question, text, product: None })
}

fn about(client: &mut Client, question: QuestionId, make: fn(u32, QuestionId) -> QuestionMessage) -> ClientMessage {
    ClientMessage::Question(make(client.id(), question))
}

const VOTE: fn(u32, QuestionId) -> QuestionMessage = |id, question| QuestionMessage::QuestionVote { id, question };
const TAKE: fn(u32, QuestionId) -> QuestionMessage = |id, question| QuestionMessage::QuestionTake { id, question };
const ALOUD: fn(u32, QuestionId) -> QuestionMessage =
    |id, question| QuestionMessage::QuestionAnswer { id, question, text: None };

async fn next_question(client: &mut Client) -> (QuestionChange, Question) {
    client
        .recv_until(|message| match message {
            ServerMessage::Event(logged) => match &logged.event {
                ShowEvent::Question { change, question } => Some((*change, (**question).clone())),
                _ => None,
            },
            _ => None,
        })
        .await
}

async fn next_poll(client: &mut Client) -> Poll {
    client
        .recv_until(|message| match message {
            ServerMessage::Event(logged) => match &logged.event {
                ShowEvent::Poll { poll, .. } => Some((**poll).clone()),
                _ => None,
            },
            _ => None,
        })
        .await
}

async fn tally(client: &mut Client, wanted: impl Fn(&PollTally) -> bool) -> PollTally {
    client
        .recv_until(|message| match message {
            ServerMessage::PollTally(tally) if wanted(tally) => Some(tally.clone()),
            _ => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_goes_from_the_audience_over_the_air_into_the_chapters() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    let (mut ada, ada_in) = enter(&server, &show, Role::Viewer, "Ada").await;
    let (mut bea, bea_in) = enter(&server, &show, Role::Viewer, "Bea").await;
    let question = QuestionId(clock::uuid());
    let message = asks(&mut ada, question, "  Does it come in\n black? ");
    let seq = ada.done(&message).await;
    assert_eq!(ada.done(&message).await, seq, "sent again, it is the same");
    let (change, asked) = next_question(&mut host).await;
    assert_eq!(
        (change, asked.text.as_str(), asked.member),
        (QuestionChange::Asked, "Does it come in black?", ada_in.you.member)
    );

    let message = about(&mut bea, question, VOTE);
    assert_eq!((bea.done(&message).await, bea.done(&message).await), (None, None));
    let mut bea = back(&server, bea, bea_in.token).await;
    let message = about(&mut bea, question, VOTE);
    bea.done(&message).await;
    let votes = host
        .recv_until(|m| if let ServerMessage::QuestionVotes(v) = m { (v.votes == 2).then_some(v.votes) } else { None })
        .await;
    assert_eq!(votes, 2, "who reconnects votes no second time");

    let message = about(&mut bea, question, TAKE);
    assert_eq!(bea.refused(&message).await.code, RefusalCode::NotAllowed);
    let message = about(&mut host, question, TAKE);
    host.done(&message).await;
    let yours = ada.recv_until(|m| if let ServerMessage::YourQuestion(y) = m { Some(*y) } else { None }).await;
    assert_eq!((yours.question, yours.change), (question, QuestionChange::Taken));
    let message = about(&mut host, question, ALOUD);
    host.done(&message).await;

    server.restart().await;
    let (_, welcome) = server.join(&show, Role::Viewer).await;
    let CatchUp::Snapshot { questions, .. } = welcome.catch_up else { panic!("no snapshot") };
    let [answered] = &questions[..] else { panic!("{questions:?}") };
    assert_eq!((answered.status, answered.votes), (QuestionStatus::Answered, 2));
    assert!(answered.taken.unwrap().at_ms <= answered.answered.unwrap().at_ms, "a chapter has its moment");
    server.stop().await;
}

/// The same member on a new socket, after the old one was lost.
async fn back(server: &Server, client: Client, token: String) -> Client {
    client.vanish();
    let mut again = server.connect().await;
    again.hello(token, None, None).await;
    again
}

fn poll(client: &mut Client, poll: PollId, right: Option<u8>) -> ClientMessage {
    let choices = ["cognac", "nero"].map(|text| Choice { text: text.to_owned(), product: None }).into();
    let (results, text) = (PollResults::After, "Which colour?".to_owned());
    let draft = PollDraft { text, choices, multiple: false, results, duration_ms: None, right, pin: true };
    ClientMessage::Poll(PollMessage::PollOpen { id: client.id(), poll, draft })
}

fn chooses(client: &mut Client, poll: PollId, choice: u8) -> ClientMessage {
    ClientMessage::Poll(PollMessage::PollVote { id: client.id(), poll, choices: vec![choice] })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiz_tells_viewers_nothing_before_it_is_over_and_forgets_no_vote() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, host_in) = server.join(&show, Role::Host).await;
    let (mut ada, ada_in) = server.join(&show, Role::Viewer).await;
    let (mut bea, _) = server.join(&show, Role::Viewer).await;
    let quiz = PollId(clock::uuid());
    let message = poll(&mut host, quiz, Some(1));
    assert_eq!(host.done(&message).await, host.done(&message).await);
    let opened = next_poll(&mut ada).await;
    assert!(opened.quiz && opened.pinned && opened.right.is_none() && opened.counts.is_none());
    let message = chooses(&mut ada, quiz, 0);
    ada.done(&message).await;
    let message = chooses(&mut ada, quiz, 1);
    ada.done(&message).await;
    let message = chooses(&mut bea, quiz, 1);
    bea.done(&message).await;
    assert_eq!(tally(&mut bea, |t| t.voters == 2).await.counts, None);
    assert_eq!(tally(&mut host, |t| t.voters == 2).await.counts, Some(vec![0, 2]), "the host sees it");

    server.restart().await;
    let mut ada = server.connect().await;
    let welcome = ada.hello(ada_in.token, None, None).await;
    assert_eq!(welcome.mine.ballots[0].choices, [1], "an acknowledged vote is there after a restart");
    let CatchUp::Snapshot { polls, .. } = welcome.catch_up else { panic!("no snapshot") };
    assert_eq!((polls[0].voters, polls[0].right), (2, None));
    let mut host = server.connect().await;
    host.hello(host_in.token, None, None).await;
    let message = ClientMessage::Poll(PollMessage::PollClose { id: host.id(), poll: quiz });
    host.done(&message).await;
    let closed = next_poll(&mut ada).await;
    assert_eq!((closed.counts, closed.right, closed.closed_at_ms.is_some()), (Some(vec![0, 2]), Some(1), true));
    let message = chooses(&mut ada, quiz, 0);
    assert_eq!(ada.refused(&message).await.code, RefusalCode::PollClosed);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hearts_come_as_counts_and_captions_as_words_that_are_kept() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    let (mut ada, _) = server.join(&show, Role::Viewer).await;
    for _ in 0..4 {
        let id = ada.id();
        ada.done(&ClientMessage::Crowd(CrowdMessage::React { id, reaction: Reaction::Heart, count: 5 })).await;
    }
    let mut hearts = 0;
    while hearts < 20 {
        hearts += host
            .recv_until(|m| if let ServerMessage::Reactions { counts } = m { Some(counts[0].count) } else { None })
            .await;
    }
    assert_eq!(hearts, 20);
    let caption = |client: &mut Client, text: &str, last| {
        let (id, text, language) = (client.id(), text.to_owned(), "it-IT".to_owned());
        ClientMessage::Crowd(CrowdMessage::CaptionSend { id, text, language, last, ago_ms: 0 })
    };
    let message = caption(&mut ada, "io", true);
    assert_eq!(ada.refused(&message).await.code, RefusalCode::NotAllowed);
    for (text, last) in [("questa è", false), ("questa è di vacchetta", true)] {
        let message = caption(&mut host, text, last);
        host.done(&message).await;
    }
    let said =
        ada.recv_until(|m| if let ServerMessage::Caption(c) = m { c.last.then(|| c.text.clone()) } else { None }).await;
    assert_eq!(said, "questa è di vacchetta");
    server.restart().await;
    let kept: serde_json::Value =
        reqwest::get(server.url("/api/shows/a/captions")).await.unwrap().json().await.unwrap();
    let texts: Vec<_> = kept["captions"].as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["questa è di vacchetta"], "what was said to the end is kept, what was not is not");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_are_counted_now_at_most_and_in_all() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (ada, ada_in) = server.join(&show, Role::Viewer).await;
    let (_second_tab, _) = {
        let mut tab = server.connect().await;
        let welcome = tab.hello(ada_in.token.clone(), None, None).await;
        (tab, welcome)
    };
    let (bea, _) = server.join(&show, Role::Viewer).await;
    bea.vanish();
    drop(ada);
    // Attendance is written within two seconds, or when the show is told to stop.
    server.restart().await;
    let (_, welcome) = server.join(&show, Role::Viewer).await;
    assert_eq!((welcome.show.viewers, welcome.show.peak, welcome.show.total), (1, 2, 3), "two tabs are one viewer");
    server.stop().await;
}
