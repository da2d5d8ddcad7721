//! WHIP in and WHEP out of a real server, with an independent stack at both ends.

use crate::harness::{PATIENCE, Server};
use crate::http::{Answer, ask, assert_problem, set_up};
use crate::media::in_order;
use crate::stack::{Client, Got, PER_FRAME, run};
use quiora_signaling::{ClientMessage, Logged, OnAir, RefusalCode, Role, ServerMessage, ShowEvent, ShowStatus};
use reqwest::header::{
    ACCEPT, ALLOW, AUTHORIZATION, CONTENT_TYPE, COOKIE, ETAG, HeaderMap, IF_MATCH, LINK, LOCATION, ORIGIN, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use std::time::Duration;
use str0m::format::Codec;

const LIMIT: Duration = Duration::from_secs(20);
const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// A server with a show, and the key to it.
struct House {
    server: Server,
    cookie: String,
    key: String,
}

/// What a POST has made.
struct Made {
    url: String,
    etag: String,
    headers: HeaderMap,
}

impl House {
    async fn open(workers: usize) -> Self {
        let server = Server::start(workers).await;
        let cookie = set_up(&server).await;
        server.show("a").await;
        let told = ask(&server, Method::GET, "/api/shows/a/stream-key", &cookie, None).await;
        let key = told.body["key"].as_str().unwrap().to_owned();
        Self { server, cookie, key }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        client.request(method, self.server.url(path))
    }

    fn offer(&self, way: &str, key: &str, offer: &str) -> RequestBuilder {
        let request = self.request(Method::POST, &format!("/api/shows/a/{way}")).header(CONTENT_TYPE, SDP);
        let request = request.body(offer.to_owned());
        if key.is_empty() { request } else { request.bearer_auth(key) }
    }

    async fn connect(&self, way: &str, key: &str, client: &mut Client, offer: &str) -> Made {
        let response = self.offer(way, key, offer).send().await.unwrap();
        assert_eq!(response.status(), 201);
        let headers = response.headers().clone();
        let made = Made { url: text(&headers[LOCATION]), etag: text(&headers[ETAG]), headers };
        client.answer(&response.text().await.unwrap());
        made
    }

    async fn publisher(&self) -> (Client, Made) {
        let (mut client, offer) = Client::publisher(Codec::Vp8, &[]);
        let made = self.connect("whip", &self.key, &mut client, &offer).await;
        (client, made)
    }

    async fn viewer(&self) -> (Client, Made) {
        let (mut client, offer) = Client::viewer(Codec::Vp8);
        let made = self.connect("whep", "", &mut client, &offer).await;
        (client, made)
    }

    fn patch(&self, made: &Made, key: &str, condition: &str, fragment: &str) -> RequestBuilder {
        let request = self.request(Method::PATCH, &made.url).header(CONTENT_TYPE, FRAGMENT);
        let request = request.header(IF_MATCH, condition).body(fragment.to_owned());
        if key.is_empty() { request } else { request.bearer_auth(key) }
    }

    async fn delete(&self, made: &Made, key: &str) -> u16 {
        let request = self.request(Method::DELETE, &made.url).header(IF_MATCH, "\"whatever\"");
        let request = if key.is_empty() { request } else { request.bearer_auth(key) };
        request.send().await.unwrap().status().as_u16()
    }

    /// Restarts a client's ICE over HTTP.
    async fn restart(&self, made: &mut Made, key: &str, client: &mut Client) {
        let (ufrag, password) = client.restart();
        let response = self.patch(made, key, "*", &fragment(&ufrag, &password)).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[CONTENT_TYPE], FRAGMENT);
        let etag = text(&response.headers()[ETAG]);
        assert_ne!(etag, made.etag);
        made.etag = etag;
        let answer = response.text().await.unwrap();
        assert!(
            answer.contains("a=ice-lite")
                && answer.contains("typ host")
                && answer.contains("a=mid:0")
                && answer.contains("tcptype passive"),
            "{answer}"
        );
        client.restarted(value(&answer, "a=ice-ufrag:"), value(&answer, "a=ice-pwd:"));
    }

    async fn until_forgotten(&self, left: usize) {
        let forgotten = async {
            while self.server.app().resources().len() > left {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, forgotten).await.expect("resources end with their peers");
    }
}

fn text(value: &reqwest::header::HeaderValue) -> String {
    value.to_str().unwrap().to_owned()
}

fn value<'a>(fragment: &'a str, name: &str) -> &'a str {
    fragment.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {fragment}"))
}

fn fragment(ufrag: &str, password: &str) -> String {
    format!(
        "a=group:BUNDLE 0 1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\n\
         a=candidate:1 1 udp 2122260223 192.0.2.7 61764 typ host\r\na=end-of-candidates\r\n"
    )
}

async fn problem(response: Response, status: u16, code: &str) -> HeaderMap {
    let (is, headers) = (response.status(), response.headers().clone());
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null);
    assert_problem(&Answer { status: is, headers: headers.clone(), body }, status, code);
    assert_eq!(headers["access-control-allow-origin"], "*", "a page elsewhere must be able to read the no");
    headers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_in_by_whip_goes_out_by_whep() {
    let mut house = House::open(2).await;
    let show = house.server.app().store().show_by_slug("a").await.unwrap().unwrap();
    assert_eq!(show.status, ShowStatus::Draft);
    let (mut watcher, _) = house.server.join(&show, Role::Viewer).await;

    let (mut publisher, made) = house.publisher().await;
    assert!(made.url.starts_with("/api/shows/a/whip/") && made.url.len() > 40, "{}", made.url);
    assert!(made.etag.starts_with('"') && made.etag.ends_with('"'), "a strong one: {}", made.etag);
    assert_eq!(made.headers[CONTENT_TYPE], SDP);
    assert_eq!(made.headers["accept-patch"], FRAGMENT);
    let (first, seen) = house.viewer().await;
    assert!(seen.url.starts_with("/api/shows/a/whep/"));
    let mut viewers = [first, house.viewer().await.0];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a hundred packets of each", |_, v| {
        v.iter().all(|v| v.video.len() > 100 && v.audio.len() > 50)
    });
    for viewer in &viewers {
        in_order(&viewer.video);
        in_order(&viewer.audio);
        assert!(viewer.video[0].keyframe && viewer.video[0].number.is_multiple_of(PER_FRAME));
    }

    let live =
        |m: &ServerMessage| matches!(m, ServerMessage::Stage(stage) if stage.on_air == OnAir::Live).then_some(());
    watcher.recv_until(live).await;
    let began = |m: &ServerMessage| matches!(m, ServerMessage::Event(e) if e.event == ShowEvent::Started).then_some(());
    watcher.recv_until(began).await;
    assert_eq!(house.delete(&made, &house.key).await, 200);
    let off = |m: &ServerMessage| matches!(m, ServerMessage::Stage(stage) if stage.on_air == OnAir::Off).then_some(());
    watcher.recv_until(off).await;
    assert_eq!(house.delete(&made, &house.key).await, 404, "a second time");
    run(Some(&mut publisher), &mut [], LIMIT, "the goodbye is heard", |p, _| p.is_some_and(|p| p.closed));

    viewers[0].rtc.disconnect();
    assert_eq!(house.delete(&seen, "").await, 200);
    house.until_forgotten(1).await;
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ice_restart_leaves_media_going() {
    let mut house = House::open(2).await;
    let (mut publisher, mut fed) = house.publisher().await;
    let (viewer, mut seen) = house.viewer().await;
    let mut viewers = [viewer];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a picture", |_, v| v[0].video.len() > 60);
    for round in 0..3 {
        let old = fed.etag.clone();
        let key = house.key.clone();
        house.restart(&mut fed, &key, &mut publisher).await;
        house.restart(&mut seen, "", &mut viewers[0]).await;
        let stale = house.patch(&fed, &key, &old, "a=end-of-candidates\r\n").send().await.unwrap();
        problem(stale, 412, "precondition_failed").await;
        if round == 1 {
            publisher.rebind();
            viewers[0].rebind();
        }
        let had = viewers[0].video.len();
        run(Some(&mut publisher), &mut viewers, LIMIT, "a picture after it", |_, v| v[0].video.len() > had + 90);
    }
    let first = viewers[0].video[0];
    let offset = |g: &Got| g.sequence - u64::from(g.number);
    assert!(viewers[0].video.iter().all(|g| offset(g) == offset(&first)), "numbers go on over a restart");
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_that_fails_or_is_never_used_costs_nothing() {
    let mut house = House::open(1).await;
    let (mut publisher, fed) = house.publisher().await;
    let (waiting, offer) = Client::viewer(Codec::Vp8);
    let mut viewers = [waiting];
    let mut early = house.connect("whep", "", &mut viewers[0], &offer).await;
    house.restart(&mut early, "", &mut viewers[0]).await;
    run(Some(&mut publisher), &mut viewers, LIMIT, "a picture, restarted before it began", |_, v| {
        v[0].video.len() > 60
    });
    for (condition, body, status) in [
        ("*", "nonsense".to_owned(), 400),
        ("*", "a=ice-ufrag:abcd\r\n".to_owned(), 422),
        ("*", "a=end-of-candidates\r\n".to_owned(), 422),
        (fed.etag.as_str(), fragment("other", &"p".repeat(24)), 422),
        ("\"old\"", fragment("other", &"p".repeat(24)), 412),
        ("*", fragment("other", &"p".repeat(24)), 200),
        ("*", fragment("another", &"q".repeat(24)), 200),
    ] {
        let response = house.patch(&fed, &house.key, condition, &body).send().await.unwrap();
        assert_eq!(response.status(), status, "{condition} {body}");
        let had = viewers[0].video.len();
        run(Some(&mut publisher), &mut viewers, LIMIT, "the picture goes on", |_, v| v[0].video.len() > had + 30);
    }
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_no_of_an_endpoint_is_told_apart() {
    let mut house = House::open(1).await;
    let other = house.server.show("b").await;
    let (_, offer) = Client::publisher(Codec::Vp8, &[]);
    let (_, watching) = Client::viewer(Codec::Vp8);
    let send = |request: RequestBuilder| async { request.send().await.unwrap() };

    let plain = house.request(Method::POST, "/api/shows/a/whip").bearer_auth(&house.key).body(offer.clone());
    problem(send(plain).await, 415, "unsupported_type").await;
    problem(send(house.offer("whip", &house.key, &offer).header(ACCEPT, "text/html")).await, 406, "not_acceptable")
        .await;
    let told = problem(send(house.offer("whip", "", &offer)).await, 401, "token_missing").await;
    assert_eq!(told[WWW_AUTHENTICATE], "Bearer realm=\"quiora\"");
    for wrong in ["guess", &house.key.replace(&house.key[40..44], "AAAA")] {
        for way in ["whip", "whep"] {
            let told = problem(send(house.offer(way, wrong, &offer)).await, 401, "token_invalid").await;
            assert!(text(&told[WWW_AUTHENTICATE]).starts_with("Bearer"));
        }
    }
    let basic = house.offer("whep", "", &watching).header(AUTHORIZATION, "Basic YTpi");
    problem(send(basic).await, 401, "token_invalid").await;
    let cookie = house.offer("whip", "", &offer).header(COOKIE, &house.cookie);
    problem(send(cookie).await, 401, "token_missing").await;
    let join = house.server.token(&other, Role::Viewer).await;
    problem(send(house.offer("whep", &join, &watching)).await, 403, "token_for_another_show").await;
    let elsewhere = house.request(Method::POST, "/api/shows/b/whip").header(CONTENT_TYPE, SDP);
    let elsewhere = elsewhere.bearer_auth(&house.key).body(offer.clone());
    problem(send(elsewhere).await, 403, "token_for_another_show").await;
    let nowhere = house.request(Method::POST, "/api/shows/none/whep").header(CONTENT_TYPE, SDP).body(watching.clone());
    problem(send(nowhere).await, 404, "show_not_found").await;
    problem(send(house.offer("whep", "", "hello")).await, 400, "bad_request").await;
    problem(send(house.offer("whep", "", "v=0\r\n")).await, 422, "offer_invalid").await;
    problem(send(house.offer("whep", "", &offer)).await, 422, "offer_invalid").await;
    let foreign = watching.replace("VP8/90000", "XYZ/90000");
    problem(send(house.offer("whep", "", &foreign)).await, 422, "codec_unsupported").await;
    problem(send(house.offer("whep", "", &"v=0\r\n".repeat(20_000))).await, 413, "too_large").await;
    assert!(house.server.app().resources().is_empty(), "who was refused has left nothing");

    let show = house.server.app().store().show_by_slug("a").await.unwrap().unwrap();
    let good = house.server.token(&show, Role::Viewer).await;
    assert_eq!(send(house.offer("whep", &good, &watching)).await.status(), 201, "a join token is a good one");
    let typed = house.offer("whep", &house.key, &watching).header(ACCEPT, "application/*;q=0.5, text/html");
    assert_eq!(send(typed).await.status(), 201);
    house.server.app().media().clone().stop().await;
    let busy = problem(send(house.offer("whep", "", &watching)).await, 503, "media_busy").await;
    assert!(busy.contains_key(RETRY_AFTER));
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_no_of_a_resource_is_told_apart() {
    let mut house = House::open(1).await;
    let (_publisher, fed) = house.publisher().await;
    let (_viewer, seen) = house.viewer().await;
    let send = |request: RequestBuilder| async { request.send().await.unwrap() };
    let body = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=candidate:1 1 udp 9 192.0.2.7 61764 typ host\r\n";

    let taken = send(house.patch(&fed, &house.key, &fed.etag, body)).await;
    assert_eq!(taken.status(), 204);
    assert!(!taken.headers().contains_key(ETAG), "the session is the same");
    assert_eq!(send(house.patch(&seen, "", &seen.etag, body)).await.status(), 204);
    problem(send(house.patch(&fed, "", &fed.etag, body)).await, 401, "token_missing").await;
    problem(send(house.patch(&fed, "guess", &fed.etag, body)).await, 401, "token_invalid").await;
    problem(send(house.patch(&seen, "guess", &seen.etag, body)).await, 401, "token_invalid").await;
    problem(send(house.patch(&fed, &house.key, &seen.etag, body)).await, 412, "precondition_failed").await;
    let bare = house.request(Method::PATCH, &seen.url).header(CONTENT_TYPE, FRAGMENT).body(body);
    problem(send(bare).await, 428, "precondition_required").await;
    let typed =
        house.request(Method::PATCH, &seen.url).header(IF_MATCH, &seen.etag).header(CONTENT_TYPE, SDP).body(body);
    problem(send(typed).await, 415, "unsupported_type").await;
    problem(send(house.patch(&seen, "", &seen.etag, "a=candidate:x\r\n")).await, 400, "bad_request").await;
    problem(send(house.patch(&seen, "", &seen.etag, &"a=x\r\n".repeat(20_000))).await, 413, "too_large").await;

    let swapped = seen.url.replace("whep", "whip");
    for (method, path) in [
        (Method::DELETE, swapped.as_str()),
        (Method::DELETE, "/api/shows/a/whep/unknown"),
        (Method::PATCH, "/api/shows/a/whip/unknown"),
        (Method::DELETE, &seen.url.replace("/a/", "/b/")),
        (Method::POST, "/api/shows/a/whip/"),
        (Method::POST, "/api/shows/a/whep/x/y"),
    ] {
        let response = send(house.request(method, path)).await;
        problem(response, 404, "not_found").await;
    }
    for (path, allow) in [
        ("/api/shows/a/whip", "OPTIONS, POST"),
        ("/api/shows/a/whep", "OPTIONS, POST"),
        (fed.url.as_str(), "DELETE, OPTIONS, PATCH"),
        (seen.url.as_str(), "DELETE, OPTIONS, PATCH"),
    ] {
        for method in [Method::GET, Method::HEAD, Method::PUT] {
            let response = send(house.request(method.clone(), path)).await;
            assert_eq!(
                (response.status().as_u16(), text(&response.headers()[ALLOW])),
                (405, allow.to_owned()),
                "{method} {path}"
            );
        }
    }
    assert_eq!(house.delete(&fed, "").await, 401);
    assert_eq!((house.delete(&seen, "").await, house.delete(&seen, "").await), (200, 404));
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_other_sites_may_ask_and_are_told_of_servers() {
    let mut server = Server::start_configured(1, |config| {
        config.ice.stun_urls = vec!["stun:stun.example:3478".parse().unwrap()];
        config.ice.turn_urls = vec!["turn:turn.example:3478?transport=udp".parse().unwrap()];
        config.ice.turn_secret = Some("north".parse().unwrap());
    })
    .await;
    server.show("a").await;
    let (_, offer) = Client::viewer(Codec::Vp8);
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let send =
        |request: RequestBuilder| async { request.header(ORIGIN, "https://player.example").send().await.unwrap() };
    let made = send(client.post(server.url("/api/shows/a/whep")).header(CONTENT_TYPE, SDP).body(offer)).await;
    assert_eq!(made.status(), 201, "no origin is refused");
    let resource = text(&made.headers()[LOCATION]);
    let links = |headers: &HeaderMap| headers.get_all(LINK).iter().map(text).collect::<Vec<_>>();

    for path in ["/api/shows/a/whip", "/api/shows/a/whep", &resource] {
        let ask = client.request(Method::OPTIONS, server.url(path)).header("access-control-request-method", "POST");
        let preflight = send(ask).await;
        assert_eq!(preflight.status(), 204);
        let headers = preflight.headers();
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert!(text(&headers["access-control-allow-methods"]).contains("PATCH"));
        for name in ["Authorization", "Content-Type", "If-Match"] {
            assert!(text(&headers["access-control-allow-headers"]).contains(name));
        }
        for name in ["Location", "ETag", "Link", "Accept-Patch"] {
            assert!(text(&headers["access-control-expose-headers"]).contains(name));
        }
        let plain = send(client.request(Method::OPTIONS, server.url(path))).await;
        assert_eq!(plain.status(), 200);
        let media = if path == resource { "accept-patch" } else { "accept-post" };
        assert!(plain.headers().contains_key(media));
        for told in [links(plain.headers()), links(made.headers())] {
            assert_eq!(told.len(), 2, "{told:?}");
            assert_eq!(told[0], "<stun:stun.example:3478>; rel=\"ice-server\"");
            assert!(told[1].starts_with("<turn:turn.example:3478?transport=udp>; rel=\"ice-server\"; username=\""));
            assert!(told[1].ends_with("; credential-type=\"password\""), "{}", told[1]);
        }
    }
    let list = ask(&server, Method::GET, "/api/ice-servers", "", None).await;
    assert_eq!(list.body[0]["urls"][0], "stun:stun.example:3478");
    let username = list.body[1]["username"].as_str().unwrap();
    let expiry: u64 = username.split_once(':').unwrap().0.parse().unwrap();
    assert!(expiry > crate::harness::now_ms() / 1_000);
    let expected = quiora::http::turn::credentials("north", expiry, username.split_once(':').unwrap().1);
    assert_eq!(list.body[1]["credential"], expected.password.as_str());
    assert_eq!(list.headers["access-control-allow-origin"], "*");
    let other = send(client.get(server.url("/api/shows"))).await;
    assert!(!other.headers().contains_key("access-control-allow-origin"), "nothing else is open");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_key_is_the_sellers_and_its_replacement_ends_the_old_feed() {
    let mut house = House::open(1).await;
    let path = "/api/shows/a/stream-key";
    assert_problem(&ask(&house.server, Method::GET, path, "", None).await, 401, "not_logged_in");
    assert_problem(&ask(&house.server, Method::POST, path, "", None).await, 401, "not_logged_in");
    let missing = ask(&house.server, Method::GET, "/api/shows/none/stream-key", &house.cookie, None).await;
    assert_problem(&missing, 404, "show_not_found");
    for method in [Method::GET, Method::POST] {
        let foreign = house.request(method, path).header(COOKIE, &house.cookie).header(ORIGIN, "https://evil.example");
        assert_eq!(foreign.send().await.unwrap().status(), 403);
    }
    let shown = ask(&house.server, Method::GET, path, &house.cookie, None).await;
    assert_eq!(shown.body["key"], house.key.as_str(), "it can be shown again");
    assert!(shown.body["url"].as_str().unwrap().ends_with("/api/shows/a/whip"));

    let (mut publisher, _) = house.publisher().await;
    run(Some(&mut publisher), &mut [], LIMIT, "some frames", |p, _| p.is_some_and(|p| p.frames() > 10));
    let replaced = ask(&house.server, Method::POST, path, &house.cookie, None).await;
    let new = replaced.body["key"].as_str().unwrap().to_owned();
    assert_ne!(new, house.key);
    run(Some(&mut publisher), &mut [], LIMIT, "it is thrown off", |p, _| p.is_some_and(|p| p.closed));
    house.until_forgotten(0).await;
    let (_, offer) = Client::publisher(Codec::Vp8, &[]);
    problem(house.offer("whip", &house.key, &offer).send().await.unwrap(), 401, "token_invalid").await;
    assert_eq!(house.offer("whip", &new, &offer).send().await.unwrap().status(), 201);
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resources_end_with_the_show_and_floods_are_slowed() {
    let mut house = House::open(1).await;
    let show = house.server.app().store().show_by_slug("a").await.unwrap().unwrap();
    let (mut host, _) = house.server.join(&show, Role::Host).await;
    let (mut publisher, fed) = house.publisher().await;
    let (viewer, seen) = house.viewer().await;
    let mut viewers = [viewer];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a picture", |_, v| v[0].video.len() > 30);
    host.request(&ClientMessage::ShowEnd { id: 77 }).await;
    house.until_forgotten(0).await;
    assert_eq!((house.delete(&fed, &house.key).await, house.delete(&seen, "").await), (404, 404));
    let (_, offer) = Client::viewer(Codec::Vp8);
    problem(house.offer("whep", "", &offer).send().await.unwrap(), 410, "show_ended").await;

    let mut slowed = None;
    // Fifty at a time: one after the other may be slower than what is allowed on a busy machine.
    for _ in 0..60 {
        let offers = (0..50).map(|_| house.offer("whep", "guess", &offer).send());
        let responses = futures_util::future::join_all(offers).await;
        if let Some(refused) = responses.into_iter().flatten().find(|response| response.status() == 429) {
            slowed = Some(problem(refused, 429, "rate_limited").await);
            break;
        }
    }
    assert!(slowed.is_some_and(|headers| headers.contains_key(RETRY_AFTER)));
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_show_that_is_loaded_again_hears_of_its_feed() {
    let mut house = House::open(1).await;
    let show = house.server.app().store().show_by_slug("a").await.unwrap().unwrap();
    let (mut host, _) = house.server.join(&show, Role::Host).await;
    let (mut publisher, _) = house.publisher().await;
    let (viewer, _) = house.viewer().await;
    let mut viewers = [viewer];
    run(Some(&mut publisher), &mut viewers, LIMIT, "a picture", |_, v| v[0].video.len() > 30);
    let live =
        |m: &ServerMessage| matches!(m, ServerMessage::Stage(stage) if stage.on_air == OnAir::Live).then_some(());
    host.recv_until(live).await;

    // Somebody else writes the show's next event: its own cannot be saved, and it starts over from the store.
    let store = house.server.app().store();
    let seq = store.last_seq(show.show).await.unwrap() + 1;
    let event = ShowEvent::Started;
    store
        .commit(show.show, &[Logged { seq, at_ms: 1, event }], None, &[], &quiora::store::ShowRows::default())
        .await
        .unwrap();
    host.send(&ClientMessage::ShowEnd { id: 77 }).await;
    assert_eq!(host.farewell().await.bye, Some(RefusalCode::ShowRestarted));
    let (mut again, welcome) = house.server.join(&show, Role::Host).await;
    if welcome.show.stage.on_air != OnAir::Live {
        again.recv_until(live).await;
    }
    run(Some(&mut publisher), &mut viewers, LIMIT, "the picture goes on", |_, v| v[0].video.len() > 60);
    house.server.stop().await;
}
