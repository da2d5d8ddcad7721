//! Who helps to run a show: moderators by link, the host's second device, and what of their doings is kept.

use crate::audience_questions::enter;
use crate::harness::{Client, Farewell, Server};
use crate::http::{ask, assert_problem, set_up};
use quiora_signaling::{
    ClientMessage, MemberId, ModerationMessage, RefusalCode, Role, ServerMessage, ShowEvent, ShowStatus,
};
use reqwest::Method;
use serde_json::json;

async fn join_by_key(server: &Server, kind: &str, key: &str) -> String {
    let body = json!({"as": kind, "key": key});
    let joined = ask(server, Method::POST, "/api/shows/a/join", "", Some(body)).await;
    assert_eq!(joined.status, 200, "{}", joined.body);
    joined.body["token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moderator_comes_by_a_link_and_is_out_when_it_is_taken_back() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    let show = server.show("a").await;
    let path = "/api/shows/a/moderators";
    let wish = || Some(json!({"name": " Carlo "}));
    assert_problem(&ask(&server, Method::POST, path, "", wish()).await, 401, "not_logged_in");
    let empty = ask(&server, Method::POST, path, &cookie, Some(json!({"name": " "}))).await;
    assert_problem(&empty, 422, "name_invalid");
    let made = ask(&server, Method::POST, path, &cookie, wish()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let (key, id) = (made.body["key"].as_str().unwrap(), made.body["moderator"].as_str().unwrap());
    assert!(made.body["link"].as_str().unwrap().ends_with(&format!("/s/a#moderator={key}")));
    let wrong = ask(&server, Method::POST, "/api/shows/a/join", "", Some(json!({"as": "moderator", "key": "x"}))).await;
    assert_problem(&wrong, 401, "login_invalid");

    let token = join_by_key(&server, "moderator", key).await;
    let mut carlo = server.connect().await;
    let welcome = carlo.hello(token.clone(), None, None).await;
    assert_eq!((welcome.you.role, welcome.you.nickname.as_deref()), (Role::Moderator, Some("Carlo")));
    let again = server.connect().await.hello(join_by_key(&server, "moderator", key).await, None, None).await;
    assert_eq!(again.you.member, welcome.you.member, "the link is one person's, however often it is opened");
    let (_, ada_in) = enter(&server, &show, Role::Viewer, "Ada").await;
    let (request, member) = (carlo.id(), ada_in.you.member);
    let mute = ModerationMessage::Mute { id: request, member, duration_ms: 60_000 };
    carlo.done(&ClientMessage::Moderation(mute)).await;

    let gone = ask(&server, Method::DELETE, &format!("{path}/{id}"), &cookie, None).await;
    assert_eq!(gone.status, 204);
    assert_eq!(carlo.farewell().await.bye, Some(RefusalCode::AccessRevoked));
    for token in [token, welcome.token] {
        let mut client = server.connect().await;
        let hello = quiora_signaling::Hello { id: 1, version: 1, token, resume: None, subscribe: None };
        client.send(&ClientMessage::Hello(hello)).await;
        assert_eq!(client.farewell().await.bye, Some(RefusalCode::AccessRevoked), "its tokens are worth nothing");
    }
    let body = json!({"as": "moderator", "key": key});
    let refused = ask(&server, Method::POST, "/api/shows/a/join", "", Some(body)).await;
    assert_problem(&refused, 401, "login_invalid");

    let trail = ask(&server, Method::GET, "/api/shows/a/audit", &cookie, None).await.body;
    let entry = &trail["entries"][0];
    assert_eq!(
        (&entry["action"], &entry["nickname"], &entry["note"]),
        (&json!("mute"), &json!("Carlo"), &json!("Ada"))
    );
    assert_eq!(entry["by"], json!(welcome.you.member));
    assert_problem(&ask(&server, Method::GET, "/api/shows/a/audit", "", None).await, 401, "not_logged_in");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phone_steers_while_the_laptop_films() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    let show = server.show("a").await;
    let (mut laptop, laptop_in) = server.join(&show, Role::Host).await;
    let made = ask(&server, Method::POST, "/api/shows/a/remote", &cookie, None).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let key = made.body["key"].as_str().unwrap();
    let token = join_by_key(&server, "remote", key).await;
    let used = ask(&server, Method::POST, "/api/shows/a/join", "", Some(json!({"as": "remote", "key": key}))).await;
    assert_problem(&used, 401, "login_invalid");

    let mut phone = server.connect().await;
    let phone_in = phone.hello(token, None, None).await;
    assert_eq!((phone_in.you.member, phone_in.you.role, phone_in.you.remote), (laptop_in.you.member, Role::Host, true));
    assert!(!laptop_in.you.remote);
    let id = phone.id();
    assert_eq!(phone.done(&ClientMessage::ShowStart { id }).await, Some(1));
    let id = laptop.id();
    assert_eq!(laptop.done(&ClientMessage::ShowStart { id }).await, None, "the other one has done it already");
    for device in [&mut laptop, &mut phone] {
        let started =
            |m: &ServerMessage| matches!(m, ServerMessage::Event(e) if e.event == ShowEvent::Started).then_some(());
        device.recv_until(started).await;
    }
    let id = phone.id();
    let refused = phone.refused(&ClientMessage::Publish { id, sdp: "v=0\r\n".to_owned() }).await;
    assert_eq!(refused.code, RefusalCode::NotAllowed, "the picture is the laptop's");
    phone.vanish();
    let mut phone = server.connect().await;
    let back = phone.hello(phone_in.token, None, None).await;
    assert_eq!((back.you.remote, back.show.status), (true, ShowStatus::Live), "it comes back as what it was");
    server.stop().await;
}

async fn mover(server: &Server, token: Option<String>, from: &str, show: &quiora::store::ShowRow) -> Client {
    let mut client = Client::connect_from(server.app().address(), from).await.unwrap();
    let token = match token {
        Some(token) => token,
        None => server.token(show, Role::Viewer).await,
    };
    let hello = quiora_signaling::Hello { id: 1, version: 1, token, resume: None, subscribe: None };
    client.send(&ClientMessage::Hello(hello)).await;
    client
}

async fn welcomed(mut client: Client) -> (Client, MemberId, String) {
    let ServerMessage::Welcome(welcome) = client.recv().await else { panic!("no welcome") };
    (client, welcome.you.member, welcome.token)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ban_outlives_reconnects_new_tokens_and_a_restart() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut host, host_in) = server.join(&show, Role::Host).await;
    let (troll, member, token) = welcomed(mover(&server, None, "203.0.113.7", &show).await).await;
    let (neighbour, _, _) = welcomed(mover(&server, None, "203.0.113.8", &show).await).await;
    let ban = |client: &mut Client| {
        let id = client.id();
        let ban = ModerationMessage::Ban { id, member, address: true, duration_ms: None, purge: true };
        ClientMessage::Moderation(ban)
    };
    let message = ban(&mut host);
    host.done(&message).await;
    let banned = Farewell { bye: Some(RefusalCode::Banned), close: Some((1008, "banned".to_owned())) };
    assert_eq!(troll.farewell().await, banned);
    for restarted in [false, true] {
        if restarted {
            server.restart().await;
        }
        assert_eq!(
            mover(&server, Some(token.clone()), "198.51.100.9", &show).await.farewell().await,
            banned,
            "the identity"
        );
        assert_eq!(mover(&server, None, "203.0.113.7", &show).await.farewell().await, banned, "the address");
        assert_eq!(
            mover(&server, None, "::ffff:203.0.113.7", &show).await.farewell().await,
            banned,
            "written otherwise"
        );
        welcomed(mover(&server, None, "203.0.113.8", &show).await).await;
    }
    drop(neighbour);
    let files = std::fs::read_dir(server.data_dir()).unwrap();
    for file in files.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"203.0.113.7"), "the address itself is nowhere");
    }
    let mut host = server.connect().await;
    host.hello(host_in.token, None, None).await;
    let id = host.id();
    host.done(&ClientMessage::Moderation(ModerationMessage::Unban { id, member })).await;
    welcomed(mover(&server, Some(token), "203.0.113.7", &show).await).await;
    server.stop().await;
}
