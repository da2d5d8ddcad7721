//! What leaves the house, against servers that the test starts itself: they fail, hang, refuse, and are told again.

mod again;
mod sink;

use crate::goods::{aiko, bag, key};
use crate::harness::{PATIENCE, Server};
use crate::http::{Answer, ask, assert_problem, set_up};
use quiora::clock;
use quiora::post::{Backoff, EVENTS, Mailer, PostConfig};
use quiora::shop::core::Command;
use quiora::shop::{Answer as Told, Ask, hash_key};
use quiora::store::{NewEndpoint, ShowPatch, ShowRow, ShowRows, Store};
use quiora_signaling::{
    Logged, MemberId, OrderId, OrderKey, OrderStatus, PaymentMethod, ShippingId, ShopId, ShowEvent, ShowStatus,
    VariantId,
};
use reqwest::Method;
use serde_json::{Value, json};
use sink::{Hooks, Smtp, verify};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

/// Between tries, so that a test does not wait.
const WAIT: Duration = Duration::from_millis(100);

struct House {
    server: Server,
    cookie: String,
    shop: ShopId,
    show: ShowRow,
    variant: VariantId,
    shipping: ShippingId,
}

impl House {
    async fn open(mailer: Option<Mailer>) -> Self {
        Self::open_patient(mailer, WAIT).await
    }

    async fn open_patient(mailer: Option<Mailer>, wait: Duration) -> Self {
        let post = PostConfig { mailer, private_targets: true, backoff: Backoff::every(wait) };
        let server = Server::start_configured(1, |config| config.post = post).await;
        let cookie = set_up(&server).await;
        let show = server.show("borse").await;
        let shop = server.app().store().shop().await.unwrap().unwrap().id;
        let settings = json!({"currency": "EUR", "reservation_ms": 300_000, "withdrawal_days": 14, "language": "it",
            "payment_instructions": "IBAN IT60", "shipping": [{"name": "Ritiro", "price_minor": 0, "pick_up": true}]});
        let settings = ask(&server, Method::PUT, "/api/shop/settings", &cookie, Some(settings)).await.body;
        let variant = bag(&server, &cookie, 9).await;
        let shipping = serde_json::from_value(settings["shipping"][0]["shipping"].clone()).unwrap();
        Self { server, cookie, shop, show, variant, shipping }
    }

    async fn seller(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        ask(&self.server, method, path, &self.cookie, body).await
    }

    async fn listen(&self, url: &str, events: &[&str]) -> (String, String) {
        let wish = json!({"url": url, "events": events});
        let made = self.seller(Method::POST, "/api/webhooks", Some(wish)).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let text = |name: &str| made.body[name].as_str().unwrap().to_owned();
        (format!("/api/webhooks/{}", text("webhook")), text("secret"))
    }

    async fn ask(&self, ask: Ask) -> Told {
        self.server.app().shops().ask(self.shop, ask).await.unwrap()
    }

    async fn order(&self) -> (OrderId, OrderKey) {
        let order = OrderId(clock::uuid());
        let key = key(order);
        let (hash, member) = (hash_key(&key), MemberId(clock::uuid()));
        let (show, variant) = (self.show.show, self.variant);
        self.ask(Ask::Command(Command::Reserve {
            order,
            key: hash.clone(),
            member,
            show,
            variant,
            quantity: 1,
            wait: false,
        }))
        .await;
        let shipping = self.shipping;
        let place = Command::Place {
            order,
            key: hash,
            total_minor: 1_000,
            shipping,
            country: None,
            buyer: 1,
            payment: PaymentMethod::Manual,
        };
        self.ask(Ask::Place(place, Box::new(aiko()), key.clone())).await;
        (order, key)
    }

    async fn step(&self, order: OrderId, status: OrderStatus) {
        self.ask(Ask::Command(Command::Step { order, status, restock: false })).await;
    }

    /// The list's entry, once it is as wanted.
    async fn webhook(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut seen = Value::Null;
        for _ in 0..200 {
            seen = self.seller(Method::GET, "/api/webhooks", None).await.body["webhooks"][0].clone();
            if wanted(&seen) {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never as wanted: {seen}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_are_told_in_order_signed_and_again_under_the_same_id() {
    let (mut house, mut hooks) = (House::open(None).await, Hooks::start(&[500, 302, 200]).await);
    let (_, secret) = house.listen(&hooks.url, &["order.placed", "order.paid", "order.cancelled"]).await;
    let (order, _) = house.order().await;
    house.step(order, OrderStatus::Paid).await;
    house.step(order, OrderStatus::Refunded).await;
    let mut heard = Vec::new();
    for _ in 0..5 {
        heard.push(hooks.next().await);
    }
    for message in &heard {
        verify(&secret, message);
        assert!(!message.body.to_lowercase().contains("aiko"), "whose order it is: {}", message.body);
        assert_eq!(message.json()["data"]["order"], json!(order));
    }
    let kinds: Vec<_> = heard.iter().map(|message| message.json()["type"].clone()).collect();
    assert_eq!(kinds, ["order.placed", "order.placed", "order.placed", "order.paid", "order.cancelled"]);
    assert_eq!((&heard[0].id, &heard[0].body), (&heard[1].id, &heard[2].body), "the same message");
    assert_eq!(heard[1].id, heard[2].id);
    assert_ne!(heard[2].id, heard[3].id);
    assert_eq!(heard[3].json()["data"]["status"], "paid", "as it was then");
    let entry = house.webhook(|entry| entry["waiting"] == 0).await;
    assert_eq!((&entry["last"]["outcome"], &entry["given_up"]), (&json!("200"), &json!(0)));
    assert!(entry.get("secret").is_none(), "shown once");
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_and_shows_are_told_and_a_slow_endpoint_holds_up_nobody() {
    let (mut house, mut slow, mut quick) = (House::open(None).await, Hooks::hanging().await, Hooks::start(&[]).await);
    house.listen(&slow.url, &EVENTS).await;
    house.listen(&quick.url, &["stock.changed", "show.live", "show.ended"]).await;
    house.order().await;
    // The reservation was told or replaced by the sale; the sale is told.
    loop {
        let stock = quick.next().await.json();
        assert_eq!(stock["type"], "stock.changed");
        let variant = &stock["data"]["variants"][0];
        if (&variant["left"], &variant["reserved"]) == (&json!(8), &json!(0)) {
            break;
        }
    }
    let store = house.server.app().store();
    for (seq, event, status) in [(1, ShowEvent::Started, ShowStatus::Live), (2, ShowEvent::Ended, ShowStatus::Ended)] {
        let patch = ShowPatch { status, started_at_ms: Some(5), ended_at_ms: None };
        store
            .commit(
                house.show.show,
                &[Logged { seq, at_ms: 1_795_000_000_000, event }],
                Some(patch),
                &[],
                &ShowRows::default(),
            )
            .await
            .unwrap();
    }
    let (live, ended) = (quick.next().await.json(), quick.next().await.json());
    assert_eq!((&live["type"], &live["data"]["slug"]), (&json!("show.live"), &json!("borse")));
    assert_eq!((&ended["type"], &ended["timestamp"]), (&json!("show.ended"), &json!("2026-11-18T11:06:40Z")));
    slow.next().await;
    assert!(slow.is_silent(), "one at a time");
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_is_pinged_switched_and_gone_when_it_says_so() {
    let (mut house, mut hooks) = (House::open(None).await, Hooks::start(&[204, 410]).await);
    let bad = json!({"url": "ftp://example.com/", "events": ["order.paid"]});
    assert_problem(&house.seller(Method::POST, "/api/webhooks", Some(bad)).await, 422, "url_invalid");
    let bad = json!({"url": hooks.url, "events": ["order.eaten"]});
    assert_problem(&house.seller(Method::POST, "/api/webhooks", Some(bad)).await, 422, "events_invalid");
    assert_problem(&ask(&house.server, Method::GET, "/api/webhooks", "", None).await, 401, "not_logged_in");
    let (path, _) = house.listen(&hooks.url, &["order.placed"]).await;
    let ping = format!("{path}/ping");
    assert_eq!(house.seller(Method::POST, &ping, None).await.status, 202);
    assert_eq!(hooks.next().await.json()["type"], "ping");
    house.webhook(|entry| entry["last"]["outcome"] == "204").await;

    house.order().await;
    hooks.next().await;
    let entry = house.webhook(|entry| entry["active"] == false).await;
    assert_eq!((&entry["disabled_by"], &entry["last"]["outcome"]), (&json!("gone"), &json!("410")), "{entry}");
    assert_eq!((&entry["given_up"], &entry["waiting"]), (&json!(1), &json!(0)));
    assert_problem(&house.seller(Method::POST, &ping, None).await, 404, "not_found");
    house.order().await;
    assert_eq!(house.webhook(|_| true).await["waiting"], 0, "nothing is kept for who hears nothing");
    assert_eq!(house.seller(Method::PUT, &path, Some(json!({"active": true}))).await.status, 204);
    house.order().await;
    assert_eq!(hooks.next().await.json()["data"]["number"], 3);
    assert_eq!(house.seller(Method::DELETE, &path, None).await.status, 204);
    assert_problem(&house.seller(Method::DELETE, &path, None).await, 404, "not_found");
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_addresses_are_refused_unless_they_are_allowed_and_failures_end() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    for url in ["http://127.0.0.1:9/", "http://localhost/", "http://[::1]/", "http://192.168.0.1/"] {
        let wish = json!({"url": url, "events": ["order.paid"]});
        let answer = ask(&server, Method::POST, "/api/webhooks", &cookie, Some(wish)).await;
        assert_problem(&answer, 422, "url_private");
    }
    server.stop().await;
    let (mut house, mut hooks) = (House::open(None).await, Hooks::start(&[503; 7]).await);
    house.listen(&hooks.url, &["order.placed"]).await;
    house.order().await;
    let first = hooks.next().await.id;
    for _ in 0..6 {
        assert_eq!(hooks.next().await.id, first);
    }
    let entry = house.webhook(|entry| entry["given_up"] == 1).await;
    assert_eq!((&entry["waiting"], &entry["last"]["outcome"]), (&json!(0), &json!("503")));
    house.server.stop().await;
}

/// A server as people start it. Dropping it kills it, without a word.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn serve(data: &Path) -> Process {
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_quiora"))
        .args(["serve", "--listen", "127.0.0.1:0", "--media-port", "0", "--workers", "1", "--webhooks-private"])
        .arg("--data-dir")
        .arg(data)
        .env("RUST_LOG", "error")
        .stdout(Stdio::piped())
        .spawn();
    let mut process = Process(child.unwrap());
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    process
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_tells_again_under_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut hooks = Hooks::hanging().await;
    let store = Store::open(&data, None).await.unwrap();
    let shop = store.create_shop("Bottega", 1).await.unwrap().id;
    let new = NewEndpoint { url: hooks.url.clone(), events: vec!["order.paid".into()], secret: [1; 32] };
    let endpoint = store.endpoint_create(shop, &new, 1).await.unwrap().unwrap();
    assert!(store.endpoint_ping(shop, endpoint, 1).await.unwrap());
    store.close().await;
    let start = || {
        let data = data.clone();
        tokio::task::spawn_blocking(move || serve(&data))
    };
    let killed = start().await.unwrap();
    let first = hooks.next().await;
    drop(killed);
    hooks.answer(&[200]);
    let again = start().await.unwrap();
    let second = hooks.next().await;
    assert_eq!((&first.id, &first.body), (&second.id, &second.body));
    let store = Store::open(&data, None).await.unwrap();
    for _ in 0..100 {
        if store.endpoints(shop).await.unwrap()[0].waiting == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let kept = store.endpoints(shop).await.unwrap().remove(0);
    assert_eq!((kept.waiting, kept.last.unwrap().1.as_str()), (0, "200"));
    store.close().await;
    drop(again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn buyers_are_written_with_the_link_to_their_order() {
    let mut smtp = Smtp::start(&["451 later"]).await;
    let mut house = House::open(Some(Mailer::new(&smtp.url, "Bottega <shop@example.com>").unwrap())).await;
    let (order, key) = house.order().await;
    let (first, placed) = (smtp.next().await, smtp.next().await);
    assert_eq!(first.header("Message-ID"), placed.header("Message-ID"), "the same letter");
    assert!(first.refused && !placed.refused);
    assert_eq!((placed.from.as_str(), placed.to.as_str()), ("shop@example.com", "aiko@example.jp"));
    let link = format!("{}/o/{order}#{}", house.server.app().base(), key.0);
    assert!(placed.text().contains(&link), "{}", placed.text());
    assert!(placed.text().contains("IBAN IT60") && placed.text().contains("10.00 EUR"), "{}", placed.text());
    house.step(order, OrderStatus::Paid).await;
    assert!(smtp.next().await.text().contains("pagamento"));
    house.server.restart().await;
    let (second, key) = house.order().await;
    smtp.next().await;
    house.ask(Ask::Command(Command::Withdraw { order: second, key: hash_key(&key) })).await;
    let ended = smtp.next().await.text();
    assert!(ended.contains("dichiarazione di annullamento il 20") && ended.contains("UTC"), "{ended}");
    assert!(!ended.contains(&key.0), "the key is in one letter only");
    let mail = house.seller(Method::GET, "/api/mail", None).await.body;
    assert_eq!((&mail["configured"], &mail["given_up"]), (&json!(true), &json!([])));
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_goes_with_the_contact_and_a_refused_one_is_shown() {
    let mut smtp = Smtp::start(&["550 nobody"]).await;
    let mut house = House::open_patient(Some(Mailer::new(&smtp.url, "shop@example.com").unwrap()), PATIENCE).await;
    let (refused, _) = house.order().await;
    smtp.next().await;
    let mut mail = Value::Null;
    for _ in 0..100 {
        mail = house.seller(Method::GET, "/api/mail", None).await.body;
        if mail["given_up"][0]["order"] == json!(refused) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((&mail["given_up"][0]["outcome"], &mail["waiting"]), (&json!("550"), &json!(0)), "{mail}");
    smtp.close();
    let (order, key) = house.order().await;
    let key = hash_key(&key);
    house.ask(Ask::Command(Command::Withdraw { order, key: key.clone() })).await;
    assert_eq!(house.seller(Method::GET, "/api/mail", None).await.body["waiting"], 2);
    house.ask(Ask::Command(Command::EraseContact { order, key })).await;
    let mail = house.seller(Method::GET, "/api/mail", None).await.body;
    assert_eq!((&mail["waiting"], mail["given_up"].as_array().unwrap().len()), (&json!(0), 1), "{mail}");
    house.server.stop().await;
}
