//! Pages and API of a real server: login, origin, problems, headers.

use crate::harness::Server;
use quiora::app::App;
use quiora::config::BaseUrl;
use quiora::store::NewShow;
use quiora_signaling::{ClientMessage, Role};
use reqwest::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HeaderMap, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

pub async fn ask(server: &Server, method: Method, path: &str, cookie: &str, body: Option<Value>) -> Answer {
    let mut request = Client::new().request(method, server.url(path));
    if !cookie.is_empty() {
        request = request.header(COOKIE, cookie);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null);
    Answer { status, headers, body }
}

pub fn assert_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.headers[CONTENT_TYPE], "application/problem+json");
    assert_eq!(answer.body["code"], code);
    assert_eq!(answer.body["status"], status);
    assert!(answer.body["title"].is_string() && answer.body["detail"].is_string() && answer.body["type"].is_string());
}

/// The token in a link's fragment.
fn token_of(link: &str) -> String {
    link.rsplit_once('=').unwrap().1.to_owned()
}

/// Logs in by the setup link and returns the cookie.
pub async fn set_up(server: &Server) -> String {
    let token = token_of(&server.app().setup_link().await.unwrap().unwrap());
    let answer =
        ask(server, Method::POST, "/api/session", "", Some(json!({"token": token, "shop": " La  Bottega "}))).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    cookie_of(&answer)
}

fn cookie_of(answer: &Answer) -> String {
    answer.headers[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_server_is_set_up_by_one_link_once() {
    let mut server = Server::start(1).await;
    let (first, second) =
        (server.app().setup_link().await.unwrap().unwrap(), server.app().setup_link().await.unwrap().unwrap());
    assert!(first.starts_with(&format!("http://localhost:{}/studio#setup=", server.app().address().port())), "{first}");

    let login = json!({"token": token_of(&first), "shop": "La Bottega"});
    let answer = ask(&server, Method::POST, "/api/session", "", Some(login.clone())).await;
    assert_eq!(answer.status, 204);
    let set = answer.headers[SET_COOKIE].to_str().unwrap().to_owned();
    for attribute in ["quiora_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(set.contains(attribute), "{set}");
    }
    assert!(!set.contains("Secure"), "plain http");

    assert_problem(&ask(&server, Method::POST, "/api/session", "", Some(login)).await, 401, "login_invalid");
    let other = json!({"token": token_of(&second)});
    let answer = ask(&server, Method::POST, "/api/session", "", Some(other)).await;
    assert_problem(&answer, 401, "login_invalid");
    assert_eq!(server.app().setup_link().await.unwrap(), None, "the shop exists");

    let cookie = set.split(';').next().unwrap();
    let session = ask(&server, Method::GET, "/api/session", cookie, None).await;
    assert_eq!((session.status, &session.body["shop"]["name"]), (StatusCode::OK, &json!("La Bottega")));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_link_opens_once_and_a_logout_closes() {
    let mut server = Server::start(1).await;
    set_up(&server).await;
    let base: BaseUrl = "https://shop.example".parse().unwrap();
    let link = App::login_link(server.data_dir(), None, &base).await.unwrap();
    assert!(link.starts_with("https://shop.example/studio#login="));

    let login = json!({"token": token_of(&link)});
    let answer = ask(&server, Method::POST, "/api/session", "", Some(login.clone())).await;
    let cookie = cookie_of(&answer);
    assert_problem(&ask(&server, Method::POST, "/api/session", "", Some(login)).await, 401, "login_invalid");

    server.restart().await;
    assert_eq!(
        ask(&server, Method::GET, "/api/session", &cookie, None).await.status,
        200,
        "sessions outlive a restart"
    );
    assert_eq!(ask(&server, Method::DELETE, "/api/session", &cookie, None).await.status, 204);
    assert_problem(&ask(&server, Method::GET, "/api/session", &cookie, None).await, 401, "not_logged_in");
    assert_problem(
        &ask(&server, Method::GET, "/api/session", "quiora_session=forged", None).await,
        401,
        "not_logged_in",
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_seller_is_told_of_the_machine() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    assert_problem(&ask(&server, Method::GET, "/api/server", "", None).await, 401, "not_logged_in");
    let disk = ask(&server, Method::GET, "/api/server", &cookie, None).await.body["disk"].take();
    assert!(disk["free_bytes"].as_u64().unwrap() <= disk["total_bytes"].as_u64().unwrap(), "{disk}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_is_slowed_down() {
    let mut server = Server::start(1).await;
    let mut slowed = false;
    for _ in 0..15 {
        let answer = ask(&server, Method::POST, "/api/session", "", Some(json!({"token": "guess"}))).await;
        slowed |= answer.status == 429 && answer.headers.contains_key("retry-after");
    }
    assert!(slowed);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_sites_may_not_act() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    let own = server.url("");
    for (origin, refused) in [("https://evil.example", true), ("null", true), (own.as_str(), false)] {
        for (method, path, body) in [
            (Method::POST, "/api/session", json!({"token": "x"})),
            (Method::POST, "/api/shows", json!({"title": "A"})),
            (Method::POST, "/api/shows/none/join", json!({"as": "viewer"})),
        ] {
            let request =
                Client::new().request(method, server.url(path)).header(ORIGIN, origin).header(COOKIE, &cookie);
            let response = request.json(&body).send().await.unwrap();
            assert_eq!(response.status() == 403, refused, "{origin} {path}");
        }
        let request = Client::new().delete(server.url("/api/session")).header(ORIGIN, origin);
        assert_eq!(request.send().await.unwrap().status() == 403, refused);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shows_are_made_by_the_seller_and_seen_by_all() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    let wish = json!({"title": "  Borse d'autunno  ", "scheduled_at_ms": 1_900_000_000_000_u64});
    assert_problem(&ask(&server, Method::POST, "/api/shows", "", Some(wish.clone())).await, 401, "not_logged_in");

    let made = ask(&server, Method::POST, "/api/shows", &cookie, Some(wish.clone())).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["title"], "Borse d'autunno");
    assert_eq!(made.body["status"], "scheduled");
    let slug = made.body["slug"].as_str().unwrap().to_owned();
    let again = ask(&server, Method::POST, "/api/shows", &cookie, Some(wish)).await;
    assert_eq!(again.body["slug"], format!("{slug}-2"));

    // The studio finds a show beside its own rooms.
    let room = ask(&server, Method::POST, "/api/shows", &cookie, Some(json!({"title": "Orders"}))).await;
    assert_eq!(room.body["slug"], "orders-show");

    let draft =
        ask(&server, Method::POST, "/api/shows", &cookie, Some(json!({"title": "Segreto", "unknown": 1}))).await;
    assert_eq!(draft.body["status"], "draft");
    let listed = |answer: Answer| answer.body["shows"].as_array().unwrap().len();
    assert_eq!(listed(ask(&server, Method::GET, "/api/shows", &cookie, None).await), 4);
    assert_eq!(listed(ask(&server, Method::GET, "/api/shows", "", None).await), 2, "drafts are the seller's");

    let read = ask(&server, Method::GET, &format!("/api/shows/{slug}"), "", None).await;
    assert_eq!(read.body, made.body);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_gives_a_token_by_role() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    server.show("a").await;
    let viewer = ask(&server, Method::POST, "/api/shows/a/join", "", Some(json!({"as": "viewer"}))).await;
    let now = quiora::clock::unix_ms();
    let verify = |answer: &Answer| server.app().tokens().verify(answer.body["token"].as_str().unwrap(), now).unwrap();
    assert_eq!((verify(&viewer).role, verify(&viewer).member), (Role::Viewer, None));
    let refused = ask(&server, Method::POST, "/api/shows/a/join", "", Some(json!({"as": "host"}))).await;
    assert_problem(&refused, 401, "not_logged_in");
    let host = ask(&server, Method::POST, "/api/shows/a/join", &cookie, Some(json!({"as": "host"}))).await;
    assert_eq!(verify(&host).role, Role::Host);
    assert!(verify(&host).member.is_some(), "the host is always the same member");
    let missing = ask(&server, Method::POST, "/api/shows/b/join", "", Some(json!({"as": "viewer"}))).await;
    assert_problem(&missing, 404, "show_not_found");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_no_is_a_problem() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    let post = |path: &'static str, body: Value| ask(&server, Method::POST, path, &cookie, Some(body));
    assert_problem(&post("/api/shows", json!({"title": " "})).await, 422, "title_invalid");
    assert_problem(&post("/api/shows", json!({"title": "x".repeat(121)})).await, 422, "title_invalid");
    assert_problem(
        &post("/api/shows", json!({"title": "x", "scheduled_at_ms": 1_u64 << 60})).await,
        422,
        "date_invalid",
    );
    assert_problem(&post("/api/shows", json!({"title": 7})).await, 400, "bad_request");
    assert_problem(&post("/api/shows", json!({"title": "x".repeat(20_000)})).await, 413, "too_large");
    assert_problem(&post("/api/nothing", json!({})).await, 404, "not_found");
    let get = |path: &'static str| ask(&server, Method::GET, path, "", None);
    assert_problem(&get("/api/nothing").await, 404, "not_found");
    assert_problem(&get("/api/shows/none").await, 404, "show_not_found");
    assert_problem(&get("/assets/none.js").await, 404, "not_found");
    assert_problem(&get("/assets/../../Cargo.toml").await, 404, "not_found");
    assert_problem(&get("/ws").await, 426, "not_websocket");
    assert_problem(&ask(&server, Method::DELETE, "/api/shows", "", None).await, 405, "method_not_allowed");
    let plain = Client::new().post(server.url("/api/session")).body("token").send().await.unwrap();
    assert_eq!(plain.status(), 415);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_carry_the_show_and_guard_themselves() {
    let mut server = Server::start(1).await;
    server.show("plain").await;
    let nasty = "</script><script>alert(1)</script>\"'&";
    let new = NewShow { slug: "nasty".to_owned(), title: nasty.to_owned(), scheduled_at_ms: None };
    server.app().store().create_show(new, 1).await.unwrap();

    for path in ["/", "/s/plain", "/s/nasty", "/s/none", "/studio", "/studio/shows/plain", "/nowhere"] {
        let response = Client::new().get(server.url(path)).header(ACCEPT, "text/html").send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let html = response.text().await.unwrap();
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains(&format!("connect-src 'self' ws://{};", server.app().address())), "{policy}");
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=(self)"));
        assert!(!html.contains("<script>alert"), "{path}");
        if html.contains("The web pages are not built") {
            assert_eq!(status, 503);
            continue;
        }
        assert_eq!(status, if matches!(path, "/s/none" | "/nowhere") { 404 } else { 200 }, "{path}");
        let boot = boot_of(&html);
        match path {
            "/s/plain" => {
                assert_eq!(
                    (&boot["page"], &boot["title"], &boot["shop"]),
                    (&json!("watch"), &json!("Show plain"), &json!("Bottega"))
                );
                assert!(html.contains("<title>Show plain</title>") && html.contains("og:title"));
                let token = boot["token"].as_str().unwrap();
                assert!(server.app().tokens().verify(token, quiora::clock::unix_ms()).is_ok());
            }
            "/s/nasty" => assert_eq!(boot["title"], nasty),
            "/" => assert_eq!(boot["page"], "home"),
            "/s/none" | "/nowhere" => assert_eq!(boot["page"], "missing"),
            _ => assert_eq!(boot["page"], "studio"),
        }
    }
    server.stop().await;
}

fn boot_of(html: &str) -> Value {
    let (_, rest) = html.split_once("id=\"boot\">").expect("boot data");
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_tells_how_it_is() {
    let mut server = Server::start(1).await;
    let show = server.show("a").await;
    let (mut client, _) = server.join(&show, Role::Viewer).await;
    client.refused(&ClientMessage::ShowStart { id: 9 }).await;
    let text = |path: &'static str| {
        let url = server.url(path);
        async move { reqwest::get(url).await.unwrap().text().await.unwrap() }
    };
    assert_eq!(text("/healthz").await, "ok\n");
    let told: Value = serde_json::from_str(&text("/api/openapi.json").await).unwrap();
    assert_eq!(told["openapi"], "3.1.0");
    assert!(told["paths"]["/api/orders/{order}"]["get"]["responses"]["200"].is_object(), "{told}");
    assert_eq!(text("/readyz").await, "ready\n");
    let metrics = text("/metrics").await;
    for line in [
        "quiora_sessions 1",
        "quiora_refusals_total{code=\"not_allowed\"} 1",
        "quiora_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1",
        "quiora_media_peers{kind=\"publisher\",state=\"connected\"} 0",
        "quiora_media_pli_sent_total 0",
        "quiora_media_join_to_first_packet_seconds_bucket{le=\"+Inf\"} 0",
        "# EOF",
    ] {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
    drop(client);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_in_the_way_is_one_line() {
    let mut server = Server::start(1).await;
    let folder = tempfile::TempDir::new().unwrap();
    let taken = quiora::config::Config {
        listen: server.app().address(),
        media: std::net::SocketAddr::from(([127, 0, 0, 1], 0)),
        public_ip: Vec::new(),
        data_dir: folder.path().join("data"),
        database_url: None,
        workers: 1,
        base_url: None,
        timing: quiora::session::Timing::default(),
        ice: quiora::config::IceServers::default(),
        post: quiora::post::PostConfig::default(),
        stripe: None,
    };
    let line = App::start(taken.clone()).await.unwrap_err().to_string();
    assert!(line.contains("taken by another program") && line.lines().count() == 1, "{line}");

    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let taken_media = quiora::config::Config { listen, media: server.app().media_address(), ..taken.clone() };
    let line = App::start(taken_media).await.unwrap_err().to_string();
    assert!(line.contains("media port") && line.lines().count() == 1, "{line}");

    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let blocked = quiora::config::Config { listen, data_dir: file.join("data"), ..taken };
    let line = App::start(blocked).await.unwrap_err().to_string();
    assert_eq!(line.lines().count(), 1, "{line}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_nobody_uses_up_the_logins_of_others() {
    let mut server = Server::start(1).await;
    let client = Client::new();
    let try_from = |address: &'static str| {
        let request = client.post(server.url("/api/session")).header(ORIGIN, server.url(""));
        request.header("x-forwarded-for", address).json(&json!({"token": "guess"})).send()
    };
    let mut refused = false;
    for _ in 0..20 {
        refused |= try_from("203.0.113.7").await.unwrap().status() == 429;
    }
    assert!(refused, "who guesses is slowed down");
    assert_eq!(try_from("203.0.113.8").await.unwrap().status(), 401);
    server.stop().await;
}
