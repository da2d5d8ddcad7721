//! The show in private: what happens in a rehearsal happens there alone, and nothing is left of it.

use crate::goods::{aiko, bag, key};
use crate::harness::{Client, PATIENCE, Server, now_ms};
use crate::http::{Answer, ask, assert_problem, set_up};
use quiora::clock;
use quiora::media::{PeerKind, PeerState};
use quiora::pay::Stripe;
use quiora::post::{Backoff, Mailer, PostConfig};
use quiora::robot::{self, SellerConfig};
use quiora::shop::core::Command;
use quiora::shop::{Ask, hash_key};
use quiora::store::{PaymentAccount, ShowRow};
use quiora_signaling::{
    Choice, ClientMessage, Hello, MemberId, OnAir, OrderId, PROTOCOL_VERSION, PaymentMethod, PollDraft, PollId,
    PollMessage, PollResults, ProductId, QuestionChange, RefusalCode, Role, ServerMessage, ShippingId, ShopId,
    ShowEvent, VariantId,
};
use reqwest::Method;
use reqwest::header::{ACCEPT, ORIGIN, SET_COOKIE};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A shop from which everything could go out: letters, webhooks, cards. All of them lead to one wall.
struct House {
    server: Server,
    cookie: String,
    shop: ShopId,
    show: ShowRow,
    product: ProductId,
    variant: VariantId,
    shipping: ShippingId,
    webhook: String,
    /// Connections to the wall.
    knocks: Arc<AtomicUsize>,
}

impl House {
    async fn open() -> Self {
        let wall = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = wall.local_addr().unwrap();
        let knocks = Arc::new(AtomicUsize::new(0));
        let heard = knocks.clone();
        tokio::spawn(async move {
            while wall.accept().await.is_ok() {
                heard.fetch_add(1, Ordering::Relaxed);
            }
        });
        let server = Server::start_configured(1, |config| {
            let mailer = Mailer::new(&format!("smtp://{address}"), "shop@example.com").unwrap();
            let backoff = Backoff::every(Duration::from_millis(100));
            config.post = PostConfig { mailer: Some(mailer), private_targets: true, backoff };
            config.stripe = Some(Stripe::new(&format!("http://{address}")).unwrap());
        })
        .await;
        let cookie = set_up(&server).await;
        let show = server.show("borse").await;
        let shop = server.app().store().shop().await.unwrap().unwrap().id;
        let account = PaymentAccount { secret_key: "sk_test_x".to_owned(), webhook_secret: None };
        server.app().store().set_payment_account(shop, &account, now_ms()).await.unwrap();
        let settings = json!({"currency": "EUR", "reservation_ms": 300_000, "withdrawal_days": 14,
            "payments": ["manual", "stripe"], "payment_instructions": "IBAN IT60",
            "shipping": [{"name": "Corriere", "price_minor": 500}]});
        let settings = ask(&server, Method::PUT, "/api/shop/settings", &cookie, Some(settings)).await;
        assert_eq!(settings.status, 200, "{}", settings.body);
        let shipping = serde_json::from_value(settings.body["shipping"][0]["shipping"].clone()).unwrap();
        let variant = bag(&server, &cookie, 9).await;
        let products = ask(&server, Method::GET, "/api/products", &cookie, None).await.body;
        let product = serde_json::from_value(products["products"][0]["product"].clone()).unwrap();
        let line_up = Some(json!({"products": [product]}));
        assert_eq!(ask(&server, Method::PUT, "/api/shows/borse/line-up", &cookie, line_up).await.status, 204);
        let events = ["order.placed", "show.live", "show.ended", "stock.changed"];
        let wish = Some(json!({"url": format!("http://{address}/hook"), "events": events}));
        let made = ask(&server, Method::POST, "/api/webhooks", &cookie, wish).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let webhook = made.body["webhook"].as_str().unwrap().to_owned();
        Self { server, cookie, shop, show, product, variant, shipping, webhook, knocks }
    }

    async fn seller(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        ask(&self.server, method, path, &self.cookie, body).await
    }

    /// Begins, and says under what path.
    async fn rehearse(&self) -> String {
        let begun = self.seller(Method::POST, "/api/shows/borse/rehearsal", Some(json!({"language": "it"}))).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        begun.body["path"].as_str().unwrap().to_owned()
    }

    async fn end(&self) {
        assert_eq!(self.seller(Method::DELETE, "/api/rehearsal", None).await.status, 204);
    }

    /// The host in the rehearsal.
    async fn host(&self, path: &str) -> Client {
        let token = self.host_token(path).await;
        let mut host = Client::connect_under(self.server.app().address(), path).await.unwrap();
        host.hello(token, None, None).await;
        host
    }

    async fn host_token(&self, path: &str) -> String {
        let joined =
            self.seller(Method::POST, &format!("{path}/api/shows/borse/join"), Some(json!({"as": "host"}))).await;
        assert_eq!(joined.status, 200, "{}", joined.body);
        joined.body["token"].as_str().unwrap().to_owned()
    }

    /// Files of rehearsals.
    fn copies(&self) -> Vec<String> {
        let folder = self.server.data_dir().join("rehearsals");
        let names = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        std::fs::read_dir(folder).map(|entries| entries.map(names).collect()).unwrap_or_default()
    }

    /// The database of the house, to the last byte: the file, and what is yet to be folded into it.
    fn bytes(&self) -> [Vec<u8>; 2] {
        ["quiora.db", "quiora.db-wal"].map(|name| std::fs::read(self.server.data_dir().join(name)).unwrap())
    }

    /// An order of a real buyer in the real shop.
    async fn order(&self) {
        let (order, member) = (OrderId(clock::uuid()), MemberId(clock::uuid()));
        let (key, hash, show, variant) = (key(order), hash_key(&key(order)), self.show.show, self.variant);
        let shops = self.server.app().shops();
        let reserve = Command::Reserve { order, key: hash.clone(), member, show, variant, quantity: 1, wait: false };
        shops.ask(self.shop, Ask::Command(reserve)).await.unwrap();
        let (shipping, country, payment) = (self.shipping, Some("JP".to_owned()), PaymentMethod::Manual);
        let place = Command::Place { order, key: hash, total_minor: 1_500, shipping, country, buyer: 1, payment };
        shops.ask(self.shop, Ask::Place(place, Box::new(aiko()), key)).await.unwrap();
    }
}

fn event(message: &ServerMessage) -> Option<&ShowEvent> {
    match message {
        ServerMessage::Event(logged) => Some(&logged.event),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn robots_come_talk_ask_vote_and_buy_and_nothing_of_it_is_kept() {
    let mut house = House::open().await;
    let before = house.bytes();
    let path = house.rehearse().await;
    assert_eq!(house.copies().iter().filter(|name| name.ends_with(".db")).count(), 1);
    let mut host = house.host(&path).await;
    let id = host.id();
    host.done(&ClientMessage::ShowStart { id }).await;
    let id = host.id();
    host.done(&ClientMessage::Pin { id, product: house.product, offer: None }).await;
    let choice = |text: &str| Choice { text: text.to_owned(), product: None };
    let draft = PollDraft {
        text: "Quale?".to_owned(),
        choices: vec![choice("Rossa"), choice("Nera")],
        multiple: false,
        results: PollResults::Live,
        duration_ms: None,
        right: None,
        pin: true,
    };
    let (id, poll) = (host.id(), PollId(clock::uuid()));
    host.done(&ClientMessage::Poll(PollMessage::PollOpen { id, poll, draft })).await;

    let (mut writers, mut asked, mut votes, mut viewers) = (HashSet::new(), HashSet::new(), 0, 0);
    let lively = async {
        while writers.len() < 3 || asked.is_empty() || votes < 3 || viewers < 6 {
            let message = host.recv().await;
            match &message {
                ServerMessage::Presence { viewers: now, .. } => viewers = *now,
                ServerMessage::PollTally(tally) => votes = tally.voters.max(votes),
                _ => {}
            }
            match event(&message) {
                Some(ShowEvent::Chat(line)) => drop(writers.insert(line.nickname.clone())),
                Some(ShowEvent::Question { change: QuestionChange::Asked, question }) => {
                    asked.insert(question.text.clone());
                }
                _ => {}
            }
        }
    };
    tokio::time::timeout(6 * PATIENCE, lively).await.expect("an audience");
    let italians = [
        "Giulia",
        "Marco",
        "Chiara",
        "Luca",
        "Francesca",
        "Matteo",
        "Elena",
        "Paolo",
        "Sara",
        "Davide",
        "Anna",
        "Piero",
    ];
    assert!(writers.iter().all(|name| italians.contains(&name.as_str())), "{writers:?}");
    let sold = async {
        loop {
            let orders = house.seller(Method::GET, &format!("{path}/api/orders"), None).await.body;
            if let Some(order) = orders["orders"].get(0) {
                return order.clone();
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let sold = tokio::time::timeout(6 * PATIENCE, sold).await.expect("an order");
    assert_eq!((&sold["order"]["status"], &sold["order"]["total_minor"]), (&json!("placed"), &json!(1_500)));
    assert!(sold["contact"]["email"].as_str().unwrap().ends_with("@rehearsal.invalid"), "{sold}");

    house.end().await;
    let farewell = host.farewell().await;
    assert_eq!(farewell.bye, Some(RefusalCode::ServerStopping));
    assert!(house.bytes() == before, "not a byte of the house has changed");
    assert_eq!(house.copies(), [""; 0], "and the other world is gone");
    assert_eq!(house.knocks.load(Ordering::Relaxed), 0, "nobody was called, written or charged");

    // The wall hears very well: what happens in the house goes out as ever.
    house.order().await;
    let ping = house.seller(Method::POST, &format!("/api/webhooks/{}/ping", house.webhook), None).await;
    assert_eq!(ping.status, 202);
    let heard = async {
        while house.knocks.load(Ordering::Relaxed) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("a knock");
    assert!(house.bytes() != before);
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rehearsal_is_begun_by_the_seller_one_at_a_time_and_entered_by_its_key() {
    let mut house = House::open().await;
    house.order().await;
    let (begin, italian) = ("/api/shows/borse/rehearsal", || Some(json!({"language": "it"})));
    assert_problem(&ask(&house.server, Method::POST, begin, "", italian()).await, 401, "not_logged_in");
    assert_problem(&ask(&house.server, Method::GET, "/api/rehearsal", "", None).await, 401, "not_logged_in");
    let foreign = reqwest::Client::new()
        .post(house.server.url(begin))
        .header("cookie", &house.cookie)
        .header(ORIGIN, "https://evil.example")
        .json(&json!({"language": "it"}))
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
    let klingon = Some(json!({"language": "tlh"}));
    assert_problem(&house.seller(Method::POST, begin, klingon).await, 422, "language_invalid");
    let nowhere = house.seller(Method::POST, "/api/shows/altro/rehearsal", italian()).await;
    assert_problem(&nowhere, 404, "show_not_found");
    assert_problem(&house.seller(Method::GET, "/api/rehearsal", None).await, 404, "rehearsal_over");
    assert_eq!(house.copies(), [""; 0], "none of these has made one");

    let path = house.rehearse().await;
    assert_problem(&house.seller(Method::POST, begin, italian()).await, 409, "rehearsal_running");
    let found = house.seller(Method::GET, "/api/rehearsal", None).await.body;
    assert_eq!((&found["path"], &found["slug"]), (&json!(path), &json!("borse")));
    assert!(found["ends_at_ms"].as_u64().unwrap() > now_ms() + 50 * 60_000);

    let key = path.strip_prefix("/rehearsal/").unwrap();
    assert_eq!(key.len(), 32, "128 bits");
    let wrong = format!("/rehearsal/{}", "0".repeat(32));
    assert_problem(&house.seller(Method::GET, &format!("{wrong}/api/session"), None).await, 404, "rehearsal_over");
    assert!(Client::connect_under(house.server.app().address(), &wrong).await.is_err());
    let page = reqwest::Client::new().get(house.server.url(&format!("{wrong}/studio"))).header(ACCEPT, "text/html");
    let page = page.send().await.unwrap();
    assert!([404, 503].contains(&page.status().as_u16()), "503 where the pages are not built: {}", page.status());

    let session = house.seller(Method::GET, &format!("{path}/api/session"), None).await;
    assert_eq!(session.status, 200, "who is logged in is so there too");
    let inside = house.seller(Method::GET, &format!("{path}/api/shows"), None).await.body;
    let shows = inside["shows"].as_array().unwrap();
    assert_eq!((shows.len(), &shows[0]["slug"], &shows[0]["status"]), (1, &json!("borse"), &json!("draft")));
    assert_ne!(shows[0]["show"], json!(house.show.show), "under an id of its own");
    let line_up = house.seller(Method::GET, &format!("{path}/api/shows/borse/line-up"), None).await.body;
    assert_eq!(line_up["products"][0]["card"]["product"], json!(house.product));
    assert_eq!(line_up["products"][0]["stock"]["variants"][0]["left"], 8, "what is left is what is left");
    let orders = house.seller(Method::GET, &format!("{path}/api/orders"), None).await.body;
    assert_eq!(orders["orders"], json!([]), "orders of people are nobody's business here");
    let settings = house.seller(Method::GET, &format!("{path}/api/shop"), None).await.body;
    assert_eq!(settings["payments"], json!(["manual"]), "no card is taken");
    house.server.stop().await;
    assert_eq!(house.copies(), [""; 0], "it ends with the server");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_leads_out_is_to_be_had_inside() {
    let mut house = House::open().await;
    let path = house.rehearse().await;
    let refused = [
        (Method::POST, "/api/shows/borse/rehearsal"),
        (Method::GET, "/api/rehearsal"),
        (Method::GET, "/api/shop/payments/stripe"),
        (Method::PUT, "/api/shop/payments/stripe"),
        (Method::POST, "/api/stripe/webhook"),
        (Method::GET, "/api/webhooks"),
        (Method::POST, "/api/webhooks"),
        (Method::GET, "/api/mail"),
        (Method::POST, "/api/mail/test"),
        (Method::GET, "/api/shows/borse/stream-key"),
        (Method::POST, "/api/shows/borse/whip"),
        (Method::POST, "/api/images"),
        (Method::GET, "/metrics"),
    ];
    for (method, route) in refused {
        let answer = house.seller(method, &format!("{path}{route}"), Some(json!({"language": "it"}))).await;
        assert_problem(&answer, 403, "not_in_rehearsal");
    }
    let metrics = reqwest::get(house.server.url("/metrics")).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("quiora_sessions 0"), "robots are no audience: {metrics}");

    // Tokens of one world are worth nothing in the other.
    let inner = house.host_token(&path).await;
    let outer = house.server.token(&house.show, Role::Host).await;
    let address = house.server.app().address();
    for (token, mut client) in
        [(inner, house.server.connect().await), (outer, Client::connect_under(address, &path).await.unwrap())]
    {
        client
            .send(&ClientMessage::Hello(Hello {
                id: 1,
                version: PROTOCOL_VERSION,
                token,
                resume: None,
                subscribe: None,
            }))
            .await;
        assert_eq!(client.farewell().await.bye, Some(RefusalCode::TokenInvalid));
    }

    // Links lead into the rehearsal, and who comes by one gets in there alone.
    let made = house.seller(Method::POST, &format!("{path}/api/shows/borse/remote"), None).await.body;
    let base = format!("{}{path}/studio/shows/borse/remote#remote=", house.server.app().base());
    assert!(made["link"].as_str().unwrap().starts_with(&base), "{made}");
    let wish = Some(json!({"as": "remote", "key": made["key"]}));
    let joined = ask(&house.server, Method::POST, &format!("{path}/api/shows/borse/join"), "", wish).await;
    let set = joined.headers[SET_COOKIE].to_str().unwrap();
    assert!(set.starts_with("quiora_rehearsal_remote=") && set.contains(&format!("Path={path}/;")), "{set}");
    let cookie = set.split(';').next().unwrap();
    assert_eq!(ask(&house.server, Method::GET, &format!("{path}/api/orders"), cookie, None).await.status, 200);
    for cookie in [cookie.to_owned(), cookie.replace("quiora_rehearsal_remote", "quiora_remote")] {
        let outside = ask(&house.server, Method::GET, "/api/orders", &cookie, None).await;
        assert_problem(&outside, 401, "not_logged_in");
    }
    let page = reqwest::get(house.server.url(&format!("{path}/s/borse"))).await.unwrap().text().await.unwrap();
    assert!(!page.contains("og:url"), "no address of it is for sharing");
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_picture_goes_to_the_rehearsal_alone_and_all_of_it_ends() {
    let mut house = House::open().await;
    let (mut viewer, _) = house.server.join(&house.show, Role::Viewer).await;
    let alive = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    for round in 0..2 {
        let tasks = alive();
        let path = house.rehearse().await;
        let (mut host, token) = (house.host(&path).await, house.host_token(&path).await);
        let stop = CancellationToken::new();
        let seller = SellerConfig {
            ws_url: format!("ws://{}{path}/ws", house.server.app().address()),
            origin: house.server.app().base().origin(),
            show: "borse".to_owned(),
            tokens: Arc::new(move || Box::pin(std::future::ready(Ok(token.clone())))),
        };
        let on_stage = tokio::spawn(robot::run(seller, stop.clone()));
        let live = |m: &ServerMessage| matches!(m, ServerMessage::Stage(s) if s.on_air == OnAir::Live).then_some(());
        host.recv_until(live).await;
        house.end().await;
        stop.cancel();
        on_stage.await.unwrap().unwrap();
        let counters = house.server.app().media().counters();
        let peers = || counters.peers(PeerKind::Publisher, PeerState::Connected);
        let gone = async {
            while peers() > 0 || alive() > tasks {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let left = tokio::time::timeout(PATIENCE, gone).await;
        assert!(left.is_ok(), "round {round}: {} peers, {} tasks for {tasks}", peers(), alive());
        assert_eq!(house.copies(), [""; 0]);
    }
    // The audience of the real show has seen nothing of it.
    let id = viewer.id();
    let reply = viewer.request(&ClientMessage::Ping { id }).await;
    assert!(matches!(reply, ServerMessage::Pong { .. }));
    let (_, welcome) = house.server.join(&house.show, Role::Viewer).await;
    assert_eq!((welcome.show.stage.on_air, welcome.show.started_at_ms), (OnAir::Off, None));
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_has_left_is_gone_at_the_next_start() {
    let mut house = House::open().await;
    let folder = house.server.data_dir().join("rehearsals");
    house.server.stop().await;
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("left.db"), "of a rehearsal").unwrap();
    house.server.restart().await;
    assert_eq!(house.copies(), [""; 0]);
    house.server.stop().await;
}
