//! Golden JSON of each message, and the freshness of the generated TypeScript.
//!
//! One file per message lies in `golden/`. A change here is a change of the wire: run with `QUIORA_BLESS=1` to accept
//! it, and tell the README. `tests/tidy.rs` of the workspace holds the two together.

use quiora_signaling::*;
use std::path::{Path, PathBuf};
use uuid::Uuid;

fn uuid(n: u8) -> Uuid {
    Uuid::from_bytes([1, 0x93, 0x5a, 0x10, 0xc4, n, 0x7a, 1, 0x9b, 2, 3, 4, 5, 6, 7, n])
}

fn state() -> ShowState {
    ShowState {
        show: uuid(1).into(),
        slug: "borse-di-novembre".into(),
        title: "Borse di novembre".into(),
        shop: "Cuoio & Filo".into(),
        status: ShowStatus::Live,
        scheduled_at_ms: Some(1_795_338_000_000),
        started_at_ms: Some(1_795_338_060_000),
        ended_at_ms: None,
        stage: Stage { on_air: OnAir::Live, video: true, audio: true, source: Source::Camera },
        viewers: 42,
    }
}

fn chat() -> Logged {
    Logged {
        seq: 7,
        at_ms: 1_795_338_120_000,
        event: ShowEvent::Chat {
            message: uuid(5).into(),
            member: uuid(3).into(),
            nickname: "Aiko".into(),
            role: Role::Viewer,
            text: "Which leather is this?".into(),
        },
    }
}

fn welcome(catch_up: CatchUp, media: Option<MediaReply>) -> ServerMessage {
    ServerMessage::Welcome(Box::new(Welcome {
        id: 1,
        version: PROTOCOL_VERSION,
        session: uuid(2).into(),
        you: You { member: uuid(3).into(), role: Role::Viewer, nickname: Some("Aiko".into()) },
        token: "eyJ…".into(),
        clock_ms: 1_795_338_123_456,
        limits: Limits::default(),
        show: state(),
        catch_up,
        media,
    }))
}

fn client_examples() -> Vec<(&'static str, ClientMessage)> {
    let sdp = || "v=0\r\n…".to_owned();
    vec![
        (
            "hello",
            ClientMessage::Hello(Hello {
                id: 1,
                version: PROTOCOL_VERSION,
                token: "eyJ…".into(),
                resume: Some(Resume { after_seq: 6 }),
                subscribe: Some(sdp()),
            }),
        ),
        (
            "hello_minimal",
            ClientMessage::Hello(Hello {
                id: 1,
                version: PROTOCOL_VERSION,
                token: "eyJ…".into(),
                resume: None,
                subscribe: None,
            }),
        ),
        ("ping", ClientMessage::Ping { id: 2 }),
        ("subscribe", ClientMessage::Subscribe { id: 3, sdp: sdp() }),
        ("publish", ClientMessage::Publish { id: 4, sdp: sdp() }),
        ("peer_close", ClientMessage::PeerClose { id: 5, peer: uuid(4).into() }),
        ("view", ClientMessage::View { id: 10, height_px: 1080 }),
        ("show_start", ClientMessage::ShowStart { id: 6 }),
        ("show_end", ClientMessage::ShowEnd { id: 7 }),
        ("stage_set", ClientMessage::StageSet { id: 8, video: true, audio: false, source: Source::Screen }),
        ("rename", ClientMessage::Rename { id: 9, nickname: "Aiko".into() }),
        (
            "chat_send",
            ClientMessage::ChatSend { id: 10, message: uuid(5).into(), text: "Which leather is this?".into() },
        ),
    ]
}

fn server_examples() -> Vec<(&'static str, ServerMessage)> {
    let sdp = || "v=0\r\n…".to_owned();
    let answer = MediaReply::Answer { peer: uuid(4).into(), sdp: sdp() };
    vec![
        ("welcome_snapshot", welcome(CatchUp::Snapshot { seq: 7, chat: vec![chat()] }, Some(answer))),
        (
            "welcome_delta",
            welcome(
                CatchUp::Delta { seq: 7, events: vec![chat()] },
                Some(MediaReply::Refused { code: RefusalCode::MediaBusy }),
            ),
        ),
        ("pong", ServerMessage::Pong { id: 2, clock_ms: 1_795_338_123_456 }),
        ("done", ServerMessage::Done { id: 9, seq: None }),
        ("done_stored", ServerMessage::Done { id: 10, seq: Some(7) }),
        ("answer", ServerMessage::Answer(Answer { id: 3, peer: uuid(4).into(), sdp: sdp() })),
        ("refused", ServerMessage::Refused(Refused::new(Some(10), RefusalCode::NicknameRequired))),
        (
            "refused_for_now",
            ServerMessage::Refused(Refused {
                retry_after_ms: Some(1_500),
                ..Refused::new(Some(10), RefusalCode::RateLimited)
            }),
        ),
        ("event_chat", ServerMessage::Event(chat())),
        ("event_started", ServerMessage::Event(Logged { seq: 1, at_ms: 1, event: ShowEvent::Started })),
        ("event_ended", ServerMessage::Event(Logged { seq: 9, at_ms: 9, event: ShowEvent::Ended })),
        ("stage", ServerMessage::Stage(state().stage)),
        ("presence", ServerMessage::Presence { viewers: 43 }),
        ("peer_closed", ServerMessage::PeerClosed { peer: uuid(4).into(), reason: PeerEnd::Timeout }),
        ("layers_wanted", ServerMessage::LayersWanted { peer: uuid(4).into(), count: 2 }),
        ("bye", ServerMessage::bye(RefusalCode::SlowConsumer)),
    ]
}

fn blessing() -> bool {
    std::env::var_os("QUIORA_BLESS").is_some()
}

fn hold(path: &Path, now: &str) {
    if blessing() {
        std::fs::write(path, now).expect("write the blessed file");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(kept, now, "{} is stale; QUIORA_BLESS=1 accepts the change", path.display());
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.json"))
}

fn pretty<T: serde::Serialize>(message: &T) -> String {
    serde_json::to_string_pretty(message).expect("messages serialize") + "\n"
}

#[test]
fn client_messages_keep_their_form() {
    for (name, message) in client_examples() {
        hold(&golden(&format!("client_{name}")), &pretty(&message));
        let text = serde_json::to_string(&message).expect("serialize");
        assert_eq!(parse(text.as_bytes()), Ok(message), "{name} survives the round trip");
    }
}

#[test]
fn server_messages_keep_their_form() {
    for (name, message) in server_examples() {
        hold(&golden(&format!("server_{name}")), &pretty(&message));
        let text = message.to_json().expect("serialize");
        assert_eq!(serde_json::from_str::<ServerMessage>(&text).expect("parse"), message, "{name}");
    }
}

#[test]
fn every_message_type_has_a_golden_example() {
    let shown: Vec<String> = client_examples()
        .iter()
        .map(|(_, m)| serde_json::to_value(m).expect("value")["type"].as_str().expect("type").to_owned())
        .collect();
    for name in ClientMessage::TYPES {
        assert!(shown.iter().any(|s| s == name), "{name} has no example");
    }
}

#[test]
fn the_readme_names_every_message_and_every_code() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    let server = server_examples()
        .iter()
        .map(|(_, m)| serde_json::to_value(m).expect("value")["type"].as_str().expect("type").to_owned())
        .collect::<Vec<_>>();
    let names = ClientMessage::TYPES.iter().map(ToString::to_string).chain(server);
    for name in names.chain(RefusalCode::ALL.iter().map(ToString::to_string)) {
        assert!(readme.contains(&format!("`{name}`")), "signaling/README.md does not explain `{name}`");
    }
}

#[test]
fn the_generated_typescript_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/src/protocol.ts");
    if blessing() {
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("web/src");
    }
    hold(&path, &typescript::generate());
}
