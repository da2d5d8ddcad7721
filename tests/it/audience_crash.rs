//! A real server, killed without a word while people vote: what each was told is what is counted afterwards.

use crate::crash::{ask, serve};
use quiora::clock;
use quiora::session::{JoinTokens, PAGE_TOKEN_TTL_MS};
use quiora::store::{NewShow, Store};
use quiora_signaling::{
    Choice, ClientMessage, Hello, MemberId, PROTOCOL_VERSION, PollDraft, PollId, PollMessage, PollResults, QuestionId,
    QuestionMessage, Role, ServerMessage, ShowId,
};
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async};

const VOTERS: usize = 20;
const CRASHES: u64 = 4;

struct House {
    show: ShowId,
    tokens: JoinTokens,
    host: MemberId,
    poll: PollId,
    question: QuestionId,
}

async fn found(data: &Path) -> House {
    let store = Store::open(data, None).await.unwrap();
    let host = MemberId(store.create_shop("Bottega", 1).await.unwrap().id.0);
    let new = NewShow { slug: "a".into(), title: "A".into(), scheduled_at_ms: None };
    let show = store.create_show(new, 1).await.unwrap().show;
    let tokens = JoinTokens::new(&store.secret("join_tokens").await.unwrap());
    store.close().await;
    House { show, tokens, host, poll: PollId(clock::uuid()), question: QuestionId(clock::uuid()) }
}

async fn join(house: &House, port: u16, role: Role, member: MemberId) -> Option<WebSocketStream<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let (mut socket, _) = client_async(format!("ws://127.0.0.1:{port}/ws"), stream).await.ok()?;
    let token = house.tokens.issue(house.show, role, Some(member), clock::unix_ms(), PAGE_TOKEN_TTL_MS).ok()?;
    let hello = Hello { id: 0, version: PROTOCOL_VERSION, token, resume: None, subscribe: None };
    ask(&mut socket, &ClientMessage::Hello(hello)).await.map(|_| socket)
}

/// A voter, who knows what was acknowledged and what was asked for last.
struct Voter {
    member: MemberId,
    told: Option<u8>,
    asked: Option<u8>,
    voted: bool,
}

/// Votes otherwise as often as a session may, until the server is gone.
async fn vote(house: &House, port: u16, voter: &mut Voter) {
    let Some(mut socket) = join(house, port, Role::Viewer, voter.member).await else { return };
    for turn in 1..1_000_u32 {
        let choice = (turn % 3) as u8;
        voter.asked = Some(choice);
        let (poll, question) = (house.poll, house.question);
        let ballot = ClientMessage::Poll(PollMessage::PollVote { id: turn * 2, poll, choices: vec![choice] });
        match ask(&mut socket, &ballot).await {
            Some(ServerMessage::Done { .. }) => voter.told = Some(choice),
            Some(ServerMessage::Refused(refused)) => {
                voter.asked = voter.told;
                tokio::time::sleep(Duration::from_millis(refused.retry_after_ms.unwrap_or(100).into())).await;
            }
            _ => return,
        }
        let up = ClientMessage::Question(QuestionMessage::QuestionVote { id: turn * 2 + 1, question });
        match ask(&mut socket, &up).await {
            Some(ServerMessage::Done { .. }) => voter.voted = true,
            Some(_) => {}
            None => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_no_vote() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let house = std::sync::Arc::new(found(&data).await);
    let mut voters: Vec<_> =
        (0..VOTERS).map(|_| Voter { member: MemberId(clock::uuid()), told: None, asked: None, voted: false }).collect();
    for crash in 0..CRASHES {
        let (process, port) = serve(&data).await;
        let mut host = join(&house, port, Role::Host, house.host).await.unwrap();
        let choices = ["a", "b", "c"].map(|text| Choice { text: text.to_owned(), product: None }).into();
        let (results, multiple, pin) = (PollResults::Live, false, false);
        let draft = PollDraft { text: "?".into(), choices, multiple, results, duration_ms: None, right: None, pin };
        let open = ClientMessage::Poll(PollMessage::PollOpen { id: 1, poll: house.poll, draft });
        assert!(matches!(ask(&mut host, &open).await, Some(ServerMessage::Done { seq: Some(1), .. })), "opened once");
        let (question, text) = (house.question, "Black?".to_owned());
        let asked = ClientMessage::Question(QuestionMessage::QuestionAsk { id: 2, question, text, product: None });
        assert!(matches!(ask(&mut host, &asked).await, Some(ServerMessage::Done { seq: Some(2), .. })), "asked once");
        let running: Vec<_> = voters
            .into_iter()
            .map(|mut voter| {
                let house = house.clone();
                tokio::spawn(async move {
                    vote(&house, port, &mut voter).await;
                    voter
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(900 + 41 * crash)).await;
        drop(process);
        voters = Vec::new();
        for voter in running {
            voters.push(voter.await.unwrap());
        }
        reconcile(&data, &house, &mut voters).await;
    }
    assert!(voters.iter().all(|voter| voter.told.is_some() && voter.voted), "everybody got through");
}

/// What was told, or what was asked for and may have been done, is what is stored; nothing else.
async fn reconcile(data: &Path, house: &House, voters: &mut [Voter]) {
    let store = Store::open(data, None).await.unwrap();
    let kept = store.audience(house.show).await.unwrap();
    for voter in voters {
        let ballots: Vec<_> = kept.ballots.iter().filter(|(_, member, _)| *member == voter.member).collect();
        let kept_choice = ballots.first().map(|(_, _, bits)| bits.trailing_zeros() as u8);
        assert!(
            ballots.len() <= 1 && (kept_choice == voter.told || kept_choice == voter.asked),
            "{kept_choice:?}, told {:?}, asked {:?}",
            voter.told,
            voter.asked
        );
        let ups = kept.votes.iter().filter(|(_, member)| *member == voter.member).count();
        assert!(ups <= 1 && (!voter.voted || ups == 1), "{ups} votes");
        (voter.told, voter.asked) = (kept_choice, kept_choice);
    }
    store.close().await;
}
