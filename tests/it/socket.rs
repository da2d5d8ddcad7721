//! The protocol over real WebSockets: order, abuse, chat, resume.

use crate::harness::{Client, Farewell, PATIENCE, Server, binary};
use quiora::clock;
use quiora::session::Timing;
use quiora_signaling::limits::MAX_MESSAGE_BYTES;
use quiora_signaling::{
    CatchUp, ClientMessage, Hello, Logged, MessageId, PROTOCOL_VERSION, RefusalCode, Role, ServerMessage, ShowEvent,
    ShowStatus,
};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

fn ended(code: RefusalCode) -> Farewell {
    Farewell { bye: Some(code), close: Some((code.close_code(), code.as_str().to_owned())) }
}

fn chat(client: &mut Client, text: &str) -> ClientMessage {
    let message = MessageId(clock::uuid());
    let (text, mentions) = (text.to_owned(), Vec::new());
    ClientMessage::ChatSend { id: client.id(), message, text, reply_to: None, mentions }
}

async fn rename(client: &mut Client, nickname: &str) -> ServerMessage {
    let id = client.id();
    client.request(&ClientMessage::Rename { id, nickname: nickname.to_owned() }).await
}

/// Goes live, so that lines may be written.
async fn start(client: &mut Client) {
    let id = client.id();
    let reply = client.request(&ClientMessage::ShowStart { id }).await;
    assert!(matches!(reply, ServerMessage::Done { .. }), "{reply:?}");
}

fn line_of(logged: &Logged) -> Option<(u64, String)> {
    match &logged.event {
        ShowEvent::Chat(line) => Some((logged.seq, line.text.clone())),
        _ => None,
    }
}

async fn next_line(client: &mut Client) -> (u64, String) {
    client
        .recv_until(|message| match message {
            ServerMessage::Event(logged) => line_of(logged),
            _ => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hello_is_welcomed() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut client, welcome) = server.join(&show, Role::Viewer).await;
    assert_eq!((welcome.version, welcome.show.show, welcome.you.role), (PROTOCOL_VERSION, show.show, Role::Viewer));
    assert!(matches!(welcome.catch_up, CatchUp::Snapshot { seq: 0, chat, .. } if chat.is_empty()));
    assert!(welcome.media.is_none());
    let id = client.id();
    let ServerMessage::Pong { clock_ms, .. } = client.request(&ClientMessage::Ping { id }).await else {
        panic!("no pong")
    };
    assert!(clock_ms.abs_diff(crate::harness::now_ms()) < 5_000);

    let mut again = server.connect().await;
    let back = again.hello(welcome.token, None, None).await;
    assert_eq!(back.you.member, welcome.you.member, "the token of a welcome keeps the member");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_the_rules_ends_with_the_stated_code() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let hello = |token: &str, version| {
        let hello = Hello { id: 1, version, token: token.to_owned(), resume: None, subscribe: None };
        Message::text(serde_json::to_string(&ClientMessage::Hello(hello)).unwrap())
    };
    let expired = server.app().tokens().issue(show.show, Role::Viewer, None, 1_000, 1).unwrap();
    let nowhere = quiora_signaling::ShowId(clock::uuid());
    let lost = server.app().tokens().issue(nowhere, Role::Viewer, None, crate::harness::now_ms(), 60_000).unwrap();
    let large = format!(r#"{{"type":"ping","id":1,"pad":"{}"}}"#, "x".repeat(MAX_MESSAGE_BYTES));
    for (first, code) in [
        (Message::text(r#"{"type":"ping","id":1}"#), RefusalCode::HelloExpected),
        (Message::text("no json"), RefusalCode::HelloExpected),
        (Message::text("[".repeat(10_000)), RefusalCode::HelloExpected),
        (hello("forged", PROTOCOL_VERSION), RefusalCode::TokenInvalid),
        (hello(&expired, PROTOCOL_VERSION), RefusalCode::TokenExpired),
        (hello(&lost, PROTOCOL_VERSION), RefusalCode::ShowNotFound),
        (hello("any", 99), RefusalCode::VersionUnsupported),
        (binary(&[1, 2, 3]), RefusalCode::NotText),
        (Message::text(large), RefusalCode::TooLarge),
    ] {
        let mut client = server.connect().await;
        client.send_raw(first).await;
        assert_eq!(client.farewell().await, ended(code));
    }
    unharmed(&server, &show).await;
    server.stop().await;
}

/// Somebody can still come in and talk.
async fn unharmed(server: &Server, show: &quiora::store::ShowRow) {
    let (mut client, _) = server.join(show, Role::Viewer).await;
    let id = client.id();
    assert!(matches!(client.request(&ClientMessage::Ping { id }).await, ServerMessage::Pong { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_no_library_writes_harm_nobody() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    // Masked with zeros: the payload stands as it is.
    let not_utf8 = [0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe];
    let (mut client, _) = server.join(&show, Role::Viewer).await;
    client.stream().write_all(&not_utf8).await.unwrap();
    assert_eq!(client.farewell().await, ended(RefusalCode::NotText));

    let (mut client, _) = server.join(&show, Role::Viewer).await;
    let mut endless = vec![0x81, 0xff];
    endless.extend((1_u64 << 40).to_be_bytes());
    endless.extend([0; 4]);
    client.stream().write_all(&endless).await.unwrap();
    assert_eq!(client.farewell().await, ended(RefusalCode::TooLarge));

    let (mut client, _) = server.join(&show, Role::Viewer).await;
    let fragment = |first: bool| {
        let mut frame = vec![if first { 0x01 } else { 0x00 }, 0xfe];
        frame.extend(60_000_u16.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend([b' '; 60_000]);
        frame
    };
    client.stream().write_all(&fragment(true)).await.unwrap();
    client.stream().write_all(&fragment(false)).await.unwrap();
    let _ = client.stream().write_all(&fragment(false)).await;
    assert_eq!(client.farewell().await.bye, Some(RefusalCode::TooLarge), "fragments add up");

    let (mut client, _) = server.join(&show, Role::Viewer).await;
    client.stream().write_all(&[0xff; 64]).await.unwrap();
    assert_eq!(client.farewell().await.bye, None);
    unharmed(&server, &show).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mistakes_are_refused_and_the_session_goes_on() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut client, _) = server.join(&show, Role::Viewer).await;
    for (text, id, code) in [
        (r#"{"type":"dance","id":70}"#, Some(70), RefusalCode::UnknownMessage),
        (r#"{"type":"ping"}"#, None, RefusalCode::BadMessage),
        (r#"{"type":"ping","id":-1}"#, None, RefusalCode::BadMessage),
        ("{", None, RefusalCode::BadMessage),
        (r#"{"type":"hello","id":71,"version":1,"token":"x"}"#, Some(71), RefusalCode::HelloRepeated),
        (r#"{"type":"subscribe","id":72,"sdp":""}"#, Some(72), RefusalCode::OfferInvalid),
        (r#"{"type":"publish","id":73,"sdp":"v=0"}"#, Some(73), RefusalCode::NotAllowed),
        (r#"{"type":"show_start","id":74}"#, Some(74), RefusalCode::NotAllowed),
        (
            r#"{"type":"peer_close","id":75,"peer":"01970000-0000-7000-8000-000000000001"}"#,
            Some(75),
            RefusalCode::PeerNotFound,
        ),
        (r#"{"type":"rename","id":76,"nickname":" "}"#, Some(76), RefusalCode::NicknameEmpty),
    ] {
        client.send_text(text).await;
        let refused = client
            .recv_until(|message| match message {
                ServerMessage::Refused(refused) => Some(refused.clone()),
                _ => None,
            })
            .await;
        assert_eq!((refused.id, refused.code), (id, code), "{text}");
    }
    client.send_text(r#"{"type":"ping","id":80,"from_the_future":true}"#).await;
    client.recv_until(|message| matches!(message, ServerMessage::Pong { id: 80, .. }).then_some(())).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_slowed_and_ended_and_others_do_not_notice() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut bystander, _) = server.join(&show, Role::Viewer).await;
    let (mut client, _) = server.join(&show, Role::Viewer).await;
    for id in 0..400 {
        client.send_raw(Message::text(format!(r#"{{"type":"ping","id":{id}}}"#))).await;
    }
    assert_eq!(client.farewell().await.bye, Some(RefusalCode::Flood));
    let asked = clock::monotonic();
    let id = bystander.id();
    bystander.request(&ClientMessage::Ping { id }).await;
    assert!(asked.elapsed() < Duration::from_secs(1));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_is_ended() {
    let timing =
        Timing { hello: Duration::from_millis(300), idle: Duration::from_millis(900), write: Duration::from_secs(10) };
    let mut server = Server::start_with(1, timing).await;
    let show = server.show("a").await;
    let opened = clock::monotonic();
    assert_eq!(server.connect().await.farewell().await, ended(RefusalCode::HelloExpected));
    assert!(opened.elapsed() >= Duration::from_millis(300));
    let (client, _) = server.join(&show, Role::Viewer).await;
    let joined = clock::monotonic();
    assert_eq!(client.farewell().await, ended(RefusalCode::Idle));
    assert!(joined.elapsed() >= Duration::from_millis(800) && joined.elapsed() < PATIENCE);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_site_gets_no_socket() {
    let mut server = Server::start(1).await;
    let address = server.app().address();
    for origin in ["https://evil.example", "null"] {
        assert!(Client::connect(address, Some(origin)).await.is_err(), "{origin}");
    }
    for origin in [format!("http://{address}"), server.app().base().to_string()] {
        assert!(Client::connect(address, Some(&origin)).await.is_ok(), "{origin}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_talk() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    start(&mut host).await;
    let (mut anna, _) = server.join(&show, Role::Viewer).await;
    let (mut bruno, _) = server.join(&show, Role::Viewer).await;
    let nameless = chat(&mut anna, "ciao");
    assert_eq!(anna.refused(&nameless).await.code, RefusalCode::NicknameRequired);
    rename(&mut anna, "Anna").await;
    rename(&mut bruno, "Bruno").await;

    let line = chat(&mut anna, "  quanto   costa? ");
    let ServerMessage::Done { seq: Some(seq), .. } = anna.request(&line).await else { panic!("not stored") };
    assert_eq!(next_line(&mut bruno).await, (seq, "quanto costa?".to_owned()));
    let answer = chat(&mut bruno, "poco");
    bruno.request(&answer).await;
    assert_eq!(next_line(&mut anna).await.1, "quanto costa?".to_owned());
    assert_eq!(next_line(&mut anna).await.1, "poco".to_owned());

    let ServerMessage::Done { seq: again, .. } = anna.request(&line).await else { panic!("not idempotent") };
    assert_eq!(again, Some(seq), "the same line again is the same line");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_misses_nothing_and_gets_nothing_twice() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    start(&mut host).await;
    let (mut anna, welcome) = server.join(&show, Role::Viewer).await;
    let (mut bruno, _) = server.join(&show, Role::Viewer).await;
    rename(&mut bruno, "Bruno").await;
    for n in 0..2 {
        let line = chat(&mut bruno, &format!("line {n}"));
        bruno.request(&line).await;
    }
    next_line(&mut anna).await;
    let (seen, _) = next_line(&mut anna).await;
    anna.vanish();
    for n in 2..4 {
        let line = chat(&mut bruno, &format!("line {n}"));
        bruno.request(&line).await;
    }
    let mut anna = server.connect().await;
    let back = anna.hello(welcome.token, Some(seen), None).await;
    let CatchUp::Delta { seq, events, .. } = back.catch_up else { panic!("no delta") };
    let missed: Vec<_> = events.iter().filter_map(line_of).collect();
    assert_eq!(missed, [(seen + 1, "line 2".to_owned()), (seen + 2, "line 3".to_owned())]);
    assert_eq!(seq, seen + 2);
    let line = chat(&mut bruno, "line 4");
    bruno.request(&line).await;
    assert_eq!(next_line(&mut anna).await, (seen + 3, "line 4".to_owned()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_is_a_pause() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    start(&mut host).await;
    let (mut anna, welcome) = server.join(&show, Role::Viewer).await;
    rename(&mut anna, "Anna").await;
    let line = chat(&mut anna, "prima");
    let ServerMessage::Done { seq: Some(seq), .. } = anna.request(&line).await else { panic!("not stored") };

    let stopping = clock::monotonic();
    let (farewell, ()) = tokio::join!(anna.farewell(), server.restart());
    assert_eq!(farewell, ended(RefusalCode::ServerStopping));
    assert!(stopping.elapsed() < Duration::from_secs(4), "{:?}", stopping.elapsed());

    let mut anna = server.connect().await;
    let back = anna.hello(welcome.token, Some(0), None).await;
    assert_eq!((back.you.member, back.you.nickname), (welcome.you.member, Some("Anna".to_owned())));
    assert_eq!(back.show.status, ShowStatus::Live);
    let CatchUp::Delta { events, .. } = back.catch_up else { panic!("no delta") };
    assert_eq!(events.iter().filter_map(line_of).collect::<Vec<_>>(), [(seq, "prima".to_owned())]);
    let ServerMessage::Done { seq: again, .. } = anna.request(&line).await else { panic!("not idempotent") };
    assert_eq!(again, Some(seq), "a retry over a restart is the same line");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_is_the_end() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, _) = server.join(&show, Role::Host).await;
    let (mut anna, _) = server.join(&show, Role::Viewer).await;
    rename(&mut anna, "Anna").await;
    start(&mut host).await;
    let id = host.id();
    host.request(&ClientMessage::ShowEnd { id }).await;
    anna.recv_until(|message| match message {
        ServerMessage::Event(logged) => (logged.event == ShowEvent::Ended).then_some(()),
        _ => None,
    })
    .await;
    let late = chat(&mut anna, "troppo tardi");
    assert_eq!(anna.refused(&late).await.code, RefusalCode::ShowEnded);
    let row = server.app().store().show(show.show).await.unwrap().unwrap();
    assert_eq!(row.status, ShowStatus::Ended);
    server.stop().await;
}
