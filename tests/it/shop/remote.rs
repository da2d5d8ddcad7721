//! The host's second device: what it opens and what it does not, for how long, and how it is taken back.

use super::{Bottega, order};
use crate::harness::Server;
use crate::http::{ask, assert_problem};
use quiora_signaling::{ClientMessage, Hello, OrderId, RefusalCode, Role, ServerMessage};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client as HttpClient, Method};
use serde_json::{Value, json};

/// What a phone has after it has scanned the code: its cookie, and its join token.
async fn scan(house: &Bottega) -> (String, String) {
    let made = house.seller(Method::POST, "/api/shows/borse/remote", None).await;
    let body = json!({"as": "remote", "key": made.body["key"]});
    let joined = ask(&house.server, Method::POST, "/api/shows/borse/join", "", Some(body)).await;
    let cookie = joined.headers[SET_COOKIE].to_str().unwrap();
    for part in ["quiora_remote=", "HttpOnly", "SameSite=Lax", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    (cookie.split(';').next().unwrap().to_owned(), joined.body["token"].as_str().unwrap().to_owned())
}

/// Status and code of an answer, whose body may never end.
async fn tried(server: &Server, method: &str, path: &str, cookie: &str) -> (u16, String) {
    let request = HttpClient::new().request(method.parse().unwrap(), server.url(path)).header(COOKIE, cookie);
    // Empty, and of the type that is asked for: who may not ask is told so before it is read.
    let response = request.header("content-type", "application/json").send().await.unwrap();
    let status = response.status().as_u16();
    if status < 400 {
        return (status, String::new());
    }
    let body: Value = response.json().await.unwrap();
    (status, body["code"].as_str().unwrap().to_owned())
}

/// Every route of the API, by who may ask as the API itself tells it.
async fn routes(server: &Server) -> Vec<(String, String, Vec<String>)> {
    let document = ask(server, Method::GET, "/api/openapi.json", "", None).await.body;
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.replace("{slug}", "borse");
        let parts = path.split('/').map(|part| match part.starts_with('{') {
            true => "0193d2a0-0000-7000-8000-000000000000",
            false => part,
        });
        let path = parts.collect::<Vec<_>>().join("/");
        for (method, told) in methods.as_object().unwrap() {
            let by =
                told["security"].as_array().unwrap().iter().flat_map(|way| way.as_object().unwrap().keys().cloned());
            found.push((method.to_uppercase(), path.clone(), by.collect()));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remote_opens_what_its_screen_shows_and_nothing_else() {
    let mut house = Bottega::open(3).await;
    let (remote, _) = scan(&house).await;
    let opened = [("GET", "/api/orders"), ("GET", "/api/orders/as-of"), ("GET", "/api/shop/changes")];
    let mut seen = (0, Vec::new());
    for (method, path, by) in routes(&house.server).await {
        let by: Vec<&str> = by.iter().map(String::as_str).collect();
        let stranger = tried(&house.server, &method, &path, "").await;
        let steers = tried(&house.server, &method, &path, &remote).await;
        let told = format!("{method} {path} {by:?}: {stranger:?} {steers:?}");
        match by[..] {
            ["session"] => {
                seen.0 += 1;
                assert_eq!(stranger, (401, "not_logged_in".to_owned()), "{told}");
                assert_eq!(steers, (403, "remote_not_allowed".to_owned()), "{told}");
            }
            ["session", "remote"] => {
                seen.1.push((method, path));
                assert_eq!((stranger.0, steers.0), (401, 200), "{told}");
            }
            // A key or nothing: the cookie makes no difference.
            _ => assert_eq!(stranger, steers, "{told}"),
        }
    }
    seen.1.sort();
    assert_eq!(seen.1, opened.map(|(method, path)| (method.to_owned(), path.to_owned())));
    assert!(seen.0 > 30, "{} routes are the seller's alone", seen.0);

    // Nor does it become the host of another device, or of another show.
    let host = Some(json!({"as": "host"}));
    let refused = ask(&house.server, Method::POST, "/api/shows/borse/join", &remote, host).await;
    assert_problem(&refused, 403, "remote_not_allowed");
    house.seller(Method::POST, "/api/shows", Some(json!({"title": "Segreto"}))).await;
    let listed = ask(&house.server, Method::GET, "/api/shows", &remote, None).await.body;
    assert!(!listed.to_string().contains("Segreto"), "drafts are the seller's");
    // A device may be both, and is the seller then.
    let both = format!("{remote}; {}", house.cookie);
    assert_eq!(tried(&house.server, "GET", "/api/shop/settings", &both).await.0, 200);
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remote_sees_who_buys_and_not_where_they_live() {
    let mut house = Bottega::open(3).await;
    let (remote, _) = scan(&house).await;
    let (mut aiko, _) = house.server.join(&house.show, Role::Viewer).await;
    let id = OrderId(quiora::clock::uuid());
    let reserve = house.reserve(&mut aiko, id);
    order(&mut aiko, &reserve).await;
    let place = house.place(&mut aiko, id);
    order(&mut aiko, &place).await;
    let orders = |body: Value| body["orders"].as_array().unwrap().clone();
    let seller = orders(house.seller(Method::GET, "/api/orders?search=Tanaka", None).await.body);
    assert_eq!(seller[0]["contact"]["email"], "aiko@example.jp");
    // It cannot look for them, either: the search is not made.
    for query in ["", "?search=Nobody", "?before=1"] {
        let path = format!("/api/orders{query}");
        let seen = orders(ask(&house.server, Method::GET, &path, &remote, None).await.body);
        assert_eq!(seen[0]["order"]["title"], "Borsa Conero");
        assert_eq!(seen[0]["contact"], json!({"name": "Aiko Tanaka", "email": "", "phone": "", "note": ""}), "{query}");
    }
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remote_is_disconnected_by_the_seller() {
    let mut house = Bottega::open(3).await;
    let (remote, token) = scan(&house).await;
    let path = "/api/shows/borse/remote";
    let unused = house.seller(Method::POST, path, None).await.body["key"].clone();
    let devices = house.seller(Method::GET, path, None).await.body["devices"].take();
    let (came, until) = (devices[0]["came_at_ms"].as_u64().unwrap(), devices[0]["expires_at_ms"].as_u64().unwrap());
    assert_eq!((devices.as_array().unwrap().len(), until - came), (1, 12 * 60 * 60 * 1_000));

    let (mut laptop, _) = house.server.join(&house.show, Role::Host).await;
    let mut phone = house.server.connect().await;
    let welcome = phone.hello(token.clone(), None, None).await;
    let count = |m: &ServerMessage| if let ServerMessage::Remotes { count } = m { Some(*count) } else { None };
    assert_eq!(laptop.recv_until(count).await, 1);
    // A restart takes nothing from it.
    house.server.restart().await;
    let mut laptop = house.server.join(&house.show, Role::Host).await.0;
    let mut phone = house.server.connect().await;
    phone.hello(welcome.token.clone(), None, None).await;
    assert_eq!(tried(&house.server, "GET", "/api/orders", &remote).await.0, 200);

    assert_problem(&ask(&house.server, Method::DELETE, path, &remote, None).await, 403, "remote_not_allowed");
    assert_eq!(house.seller(Method::DELETE, path, None).await.status, 204);
    assert_eq!(phone.farewell().await.bye, Some(RefusalCode::AccessRevoked), "its socket is closed");
    laptop.recv_until(|m| count(m).filter(|count| *count == 0)).await;
    for token in [token, welcome.token] {
        let mut phone = house.server.connect().await;
        let hello = Hello { id: 1, version: 1, token, resume: None, subscribe: None };
        phone.send(&ClientMessage::Hello(hello)).await;
        assert_eq!(phone.farewell().await.bye, Some(RefusalCode::AccessRevoked), "its tokens are worth nothing");
    }
    assert_eq!(tried(&house.server, "GET", "/api/orders", &remote).await, (401, "not_logged_in".to_owned()));
    let body = json!({"as": "remote", "key": unused});
    let late = ask(&house.server, Method::POST, "/api/shows/borse/join", "", Some(body)).await;
    assert_problem(&late, 401, "login_invalid");
    assert_eq!(house.seller(Method::GET, path, None).await.body, json!({"devices": []}));
    // The laptop films on.
    let id = laptop.id();
    laptop.done(&ClientMessage::ShowStart { id }).await;
    house.server.stop().await;
}
