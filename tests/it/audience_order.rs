//! Order in the chat over real WebSockets: review, filter, slow mode, deletion; and a raid.

use crate::audience_questions::enter;
use crate::harness::{Client, Server};
use crate::http::{ask, assert_problem, set_up};
use quiora::clock;
use quiora_signaling::{
    CatchUp, ClientMessage, Logged, MessageId, ModerationMessage, RefusalCode, Role, ServerMessage, ShowEvent,
};
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};

fn line(client: &mut Client, text: &str) -> (MessageId, ClientMessage) {
    let (id, message, text) = (client.id(), MessageId(clock::uuid()), text.to_owned());
    (message, ClientMessage::ChatSend { id, message, text, reply_to: None, mentions: Vec::new() })
}

async fn write(client: &mut Client, text: &str) -> ServerMessage {
    let (_, message) = line(client, text);
    client.request(&message).await
}

async fn event<T>(client: &mut Client, mut wanted: impl FnMut(&Logged) -> Option<T>) -> T {
    client.recv_until(|message| if let ServerMessage::Event(logged) = message { wanted(logged) } else { None }).await
}

fn moderation(client: &mut Client, make: impl FnOnce(u32) -> ModerationMessage) -> ClientMessage {
    ClientMessage::Moderation(make(client.id()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_wait_for_staff_and_come_through_or_not() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    let (mut ada, ada_in) = enter(&server, &show, Role::Viewer, "Ada").await;
    let (bea, _) = enter(&server, &show, Role::Viewer, "Bea").await;
    let rules =
        moderation(&mut host, |id| ModerationMessage::RulesSet { id, slow_ms: 0, review: true, join_age_ms: 0 });
    host.done(&rules).await;
    let (message, sent) = line(&mut ada, "ciao");
    assert_eq!(ada.done(&sent).await, None, "acknowledged, and not said yet");
    let held = |m: &ServerMessage| if let ServerMessage::Held(held) = m { Some(held.line.message) } else { None };
    assert_eq!((host.recv_until(held).await, ada.recv_until(held).await), (message, message));

    server.restart().await;
    let (mut host, host_in) = server.join(&show, Role::Host).await;
    assert_eq!(host_in.mine.held.len(), 1, "it waits on");
    let mut ada = server.connect().await;
    assert_eq!(ada.hello(ada_in.token, None, None).await.mine.held.len(), 1, "its writer sees it");
    let (mut bea_again, bea_in) = enter(&server, &show, Role::Viewer, "Bea").await;
    assert!(
        bea_in.mine.held.is_empty() && matches!(bea_in.catch_up, CatchUp::Snapshot { chat, .. } if chat.is_empty())
    );
    let decide = moderation(&mut host, |id| ModerationMessage::ChatDecide { id, message, approve: true });
    let seq = host.done(&decide).await;
    assert!(seq.is_some());
    let text = |logged: &Logged| if let ShowEvent::Chat(line) = &logged.event { Some(line.text.clone()) } else { None };
    assert_eq!(event(&mut bea_again, text).await, "ciao");
    assert_eq!(ada.done(&sent).await, seq, "the writer's retry gets its place");
    drop(bea);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_lines_are_gone_for_newcomers_and_can_be_brought_back() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    let (mut ada, _) = enter(&server, &show, Role::Viewer, "Ada").await;
    let (message, sent) = line(&mut ada, "uno");
    let seq = ada.done(&sent).await.unwrap();
    write(&mut ada, "due").await;
    let delete = moderation(&mut host, |id| ModerationMessage::ChatDelete { id, message });
    assert!(host.done(&delete).await.is_some());
    event(&mut ada, |logged| (logged.event == ShowEvent::ChatDeleted { message }).then_some(())).await;
    for restarted in [false, true] {
        if restarted {
            server.restart().await;
        }
        let (_, welcome) = server.join(&show, Role::Viewer).await;
        let CatchUp::Snapshot { chat, .. } = welcome.catch_up else { panic!("no snapshot") };
        assert_eq!(chat.iter().map(|logged| logged.seq).collect::<Vec<_>>(), [seq + 1], "restarted: {restarted}");
    }
    let (mut host, _) = server.join(&show, Role::Host).await;
    let restore = moderation(&mut host, |id| ModerationMessage::ChatRestore { id, message });
    assert!(host.done(&restore).await.is_some());
    let back = |logged: &Logged| {
        if let ShowEvent::ChatRestored { line_seq, .. } = logged.event { Some(line_seq) } else { None }
    };
    assert_eq!(event(&mut host, back).await, seq);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_filter_is_the_shop_s_and_holds_at_once() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    let show = server.show("a").await;
    let (mut ada, _) = enter(&server, &show, Role::Viewer, "Ada").await;
    let code =
        |reply: ServerMessage| if let ServerMessage::Refused(refused) = reply { Some(refused.code) } else { None };
    assert_eq!(code(write(&mut ada, "sei uno str0nzo").await), Some(RefusalCode::TextFiltered), "the starter list");
    assert_eq!(code(write(&mut ada, "quanto costa?").await), None);
    let path = "/api/shop/filter";
    assert_problem(&ask(&server, Method::GET, path, "", None).await, 401, "not_logged_in");
    let own = json!({"languages": [], "words": ["plastica"], "on_match": "refuse"});
    assert_eq!(ask(&server, Method::PUT, path, &cookie, Some(own)).await.status, 200);
    assert_eq!(code(write(&mut ada, "è PLÁSTICA!!").await), Some(RefusalCode::TextFiltered));
    let id = ada.id();
    let refused = ada.refused(&ClientMessage::Rename { id, nickname: "Plastica".to_owned() }).await;
    assert_eq!(refused.code, RefusalCode::TextFiltered, "names are read too");
    let long = json!({"words": ["x".repeat(61)]});
    assert_problem(&ask(&server, Method::PUT, path, &cookie, Some(long)).await, 422, "words_invalid");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_mode_says_when() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    let (mut ada, _) = enter(&server, &show, Role::Viewer, "Ada").await;
    let rules =
        moderation(&mut host, |id| ModerationMessage::RulesSet { id, slow_ms: 30_000, review: false, join_age_ms: 0 });
    host.done(&rules).await;
    write(&mut ada, "uno").await;
    let ServerMessage::Refused(refused) = write(&mut ada, "due").await else { panic!("let through") };
    assert_eq!(refused.code, RefusalCode::SlowMode);
    assert!((25_000..=30_000).contains(&refused.retry_after_ms.unwrap()), "{refused:?}");
    assert!(matches!(write(&mut host, "benvenuti").await, ServerMessage::Done { .. }), "staff is not slowed");
    server.stop().await;
}

/// 500 newcomers write whatever they may for some seconds. The host's requests are answered in no time, and what everybody has
/// to read stays what a crowd can read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_raid_slows_down_nobody_but_itself() {
    const RAIDERS: usize = 500;
    const SECONDS: u64 = 6;
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    let mut raiders = Vec::with_capacity(RAIDERS);
    for n in 0..RAIDERS {
        raiders.push(enter(&server, &show, Role::Viewer, &format!("raider {n}")).await.0);
    }
    let stop = clock::monotonic() + Duration::from_secs(SECONDS);
    let raid: Vec<_> = raiders.into_iter().map(|client| tokio::spawn(flood(client, stop))).collect();
    let mut waits = Vec::new();
    while clock::monotonic() < stop {
        let (id, asked) = (host.id(), clock::monotonic());
        host.request(&ClientMessage::Ping { id }).await;
        assert!(matches!(write(&mut host, "sono qui").await, ServerMessage::Done { .. } | ServerMessage::Refused(_)));
        waits.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut said = 0;
    for raider in raid {
        said += raider.await.unwrap();
    }
    waits.sort_unstable();
    let (median, worst) = (waits[waits.len() / 2], waits[waits.len() - 1]);
    // 20 a second and a burst of 40 are let through; the guard leaves less.
    assert!(said <= 20 * SECONDS + 40, "{said} lines in {SECONDS} s");
    assert!(said >= 20, "they are not silenced: {said}");
    assert!(median < Duration::from_millis(500), "the host waited {median:?}, at worst {worst:?}");
    println!(
        "{RAIDERS} raiders, {said} lines in {SECONDS} s; the host's ping and line took {median:?}, at worst {worst:?}"
    );
    server.stop().await;
}

async fn flood(mut client: Client, stop: Instant) -> u64 {
    let mut said = 0;
    while clock::monotonic() < stop {
        match write(&mut client, "raid").await {
            ServerMessage::Done { .. } => said += 1,
            ServerMessage::Refused(_) => tokio::time::sleep(Duration::from_millis(500)).await,
            other => panic!("instead of an answer: {other:?}"),
        }
        client.forget_news();
    }
    said
}
