//! A real server, killed again and again without a word while buyers buy over WebSockets; then what was acknowledged is
//! held against what is stored: nothing lost, nothing twice, nothing oversold.
//!
//! `QUIORA_CRASHES` and `QUIORA_BUYERS` make it harder than the few rounds that every run affords (50 and 200 are the
//! figures of the proof).

use crate::goods::{contact, key};
use futures_util::{SinkExt, StreamExt};
use quiora::clock;
use quiora::session::{JoinTokens, PAGE_TOKEN_TTL_MS};
use quiora::shop::core::{Command as ShopCommand, Recorded, ShopCore};
use quiora::shop::{Ask, Shops, projections};
use quiora::store::{NewShow, Store};
use quiora_signaling::{
    ClientMessage, Hello, Order, OrderId, OrderStatus, PROTOCOL_VERSION, PaymentMethod, ProductDraft, ProductId,
    ProductStatus, RefusalCode, Role, ServerMessage, ShippingId, ShippingOption, ShopId, ShopSettings, ShowId,
    VariantDraft, VariantId,
};
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Variants that are bought, and pieces of each: gone in the last rounds.
const VARIANTS: usize = 3;

/// Longer than any answer takes; a server that was killed does not answer.
const ANSWER: Duration = Duration::from_secs(5);

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What buyers share.
struct Market {
    /// Where the server is, while it is.
    port: watch::Receiver<Option<u16>>,
    tokens: JoinTokens,
    show: ShowId,
    variants: Vec<VariantId>,
    shipping: ShippingId,
    /// The answers that buyers got: from now on they rely on them.
    told: Mutex<HashMap<OrderId, Vec<Order>>>,
    closing: AtomicBool,
    asked_again: AtomicU64,
    sold_out: AtomicU64,
}

struct Founded {
    shop: ShopId,
    show: ShowId,
    variants: Vec<VariantId>,
    shipping: ShippingId,
    tokens: JoinTokens,
}

/// A shop with so many pieces of each variant, made before any server runs.
async fn found(data: &Path, pieces: u32) -> Founded {
    let store = Store::open(data, None).await.unwrap();
    let shop = store.create_shop("Bottega", 1).await.unwrap().id;
    let new = NewShow { slug: "a".into(), title: "A".into(), scheduled_at_ms: None };
    let show = store.create_show(new, 1).await.unwrap().show;
    let shops = Shops::new(store.clone(), tokio::sync::mpsc::channel(1).0, [0; 32]);
    let shipping = ShippingId(clock::uuid());
    let option =
        ShippingOption { shipping, name: "pick-up".into(), price_minor: 0, pick_up: true, countries: Vec::new() };
    let settings = ShopSettings { shipping: vec![option], ..ShopSettings::default() };
    let variants: Vec<_> = (0..VARIANTS).map(|_| VariantId(clock::uuid())).collect();
    let draft = ProductDraft {
        title: "Borsa".into(),
        description: String::new(),
        status: ProductStatus::Active,
        vat_bp: 2_200,
        max_per_buyer: None,
        images: Vec::new(),
        variants: variants
            .iter()
            .enumerate()
            .map(|(n, variant)| VariantDraft {
                variant: Some(*variant),
                name: n.to_string(),
                sku: String::new(),
                price_minor: 1_000,
                stock: pieces,
            })
            .collect(),
    };
    for command in [
        ShopCommand::SetSettings(Box::new(settings)),
        ShopCommand::SaveProducts(vec![(ProductId(clock::uuid()), draft)]),
    ] {
        shops.ask(shop, Ask::Command(command)).await.unwrap();
    }
    shops.stop().await;
    let tokens = JoinTokens::new(&store.secret("join_tokens").await.unwrap());
    store.close().await;
    Founded { shop, show, variants, shipping, tokens }
}

/// A server as people start it. Dropping it kills it, without a word.
pub struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

pub async fn serve(data: &Path) -> (Process, u16) {
    let data = data.to_owned();
    let start = move || {
        let child = Command::new(env!("CARGO_BIN_EXE_quiora"))
            .args(["serve", "--listen", "127.0.0.1:0", "--media-port", "0", "--workers", "1", "--data-dir"])
            .arg(data)
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn();
        let mut process = Process(child.unwrap());
        let mut line = String::new();
        BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.rsplit(':').next().unwrap().trim().parse().unwrap();
        (process, port)
    };
    tokio::task::spawn_blocking(start).await.unwrap()
}

/// A socket that has joined, or nothing if the server is gone.
async fn join(market: &Market, port: u16) -> Option<WebSocketStream<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let (mut socket, _) = client_async(format!("ws://127.0.0.1:{port}/ws"), stream).await.ok()?;
    let token = market.tokens.issue(market.show, Role::Viewer, None, clock::unix_ms(), PAGE_TOKEN_TTL_MS).ok()?;
    let hello = Hello { id: 0, version: PROTOCOL_VERSION, token, resume: None, subscribe: None };
    ask(&mut socket, &ClientMessage::Hello(hello)).await.map(|_| socket)
}

/// Sends a request and waits for its reply; nothing if the server is gone meanwhile.
pub async fn ask(socket: &mut WebSocketStream<TcpStream>, message: &ClientMessage) -> Option<ServerMessage> {
    socket.send(Message::text(serde_json::to_string(message).unwrap())).await.ok()?;
    tokio::time::timeout(ANSWER, async {
        loop {
            let Message::Text(text) = socket.next().await?.ok()? else { continue };
            let reply: ServerMessage = serde_json::from_str(&text).unwrap();
            if reply.reply_to() == Some(message.id()) {
                return Some(reply);
            }
        }
    })
    .await
    .ok()?
}

/// Buys until the market closes, and never gives an order up whose answer has not come.
async fn buyer(market: Arc<Market>, n: usize) {
    let mut socket = None;
    let mut turn = n;
    while !market.closing.load(Ordering::Relaxed) {
        turn += 1;
        let order = OrderId(clock::uuid());
        let key = key(order);
        let variant = market.variants[turn % VARIANTS];
        let reserve = ClientMessage::Reserve { id: 1, order, key: key.clone(), variant, quantity: 1, wait: false };
        match insist(&market, &mut socket, &reserve).await {
            Ok(_) => {}
            Err(RefusalCode::SoldOut) => {
                market.sold_out.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            Err(code) => panic!("not reserved: {code}"),
        }
        if turn.is_multiple_of(5) {
            insist(&market, &mut socket, &ClientMessage::OrderRelease { id: 2, order, key }).await.unwrap();
            continue;
        }
        let contact = contact(&format!("Buyer {n}"), &format!("buyer{n}@example.com"));
        let shipping = market.shipping;
        let place = ClientMessage::OrderPlace {
            id: 3,
            order,
            key,
            total_minor: 1_000,
            shipping,
            contact: contact.into(),
            payment: PaymentMethod::Manual,
        };
        let placed = insist(&market, &mut socket, &place).await.unwrap();
        assert_eq!(placed.status, OrderStatus::Placed);
        if turn.is_multiple_of(3) {
            // A double click.
            assert_eq!(insist(&market, &mut socket, &place).await.unwrap(), placed);
        }
    }
}

/// Asks until there is an answer, on as many servers as it takes.
async fn insist(
    market: &Market,
    socket: &mut Option<WebSocketStream<TcpStream>>,
    message: &ClientMessage,
) -> Result<Order, RefusalCode> {
    loop {
        if socket.is_none() {
            let port = market.port.clone().wait_for(Option::is_some).await.unwrap().unwrap();
            *socket = join(market, port).await;
        }
        let Some(open) = socket.as_mut() else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        match ask(open, message).await {
            Some(ServerMessage::Order(reply)) => {
                let order = *reply.order;
                market.told.lock().unwrap().entry(order.order).or_default().push(order.clone());
                return Ok(order);
            }
            // A new session has its pace before it; an order does not belong to a session.
            Some(ServerMessage::Refused(refused)) if refused.code == RefusalCode::RateLimited => *socket = None,
            Some(ServerMessage::Refused(refused)) if refused.code == RefusalCode::ShopRestarted => {}
            Some(ServerMessage::Refused(refused)) => return Err(refused.code),
            Some(other) => panic!("instead of an order: {other:?}"),
            None => {
                market.asked_again.fetch_add(1, Ordering::Relaxed);
                *socket = None;
            }
        }
    }
}

/// What was told against what is stored.
async fn reconcile(data: &Path, founded: &Founded, told: &HashMap<OrderId, Vec<Order>>, pieces: u32) -> usize {
    let store = Store::open(data, None).await.unwrap();
    let mut core = ShopCore::new();
    let (mut reserved, mut placed) = (HashSet::new(), HashSet::new());
    loop {
        let facts = store.shop_facts(founded.shop, core.seq(), 5_000).await.unwrap();
        if facts.is_empty() {
            break;
        }
        for (seq, at_ms, body) in facts {
            let event = serde_json::from_str(&body).unwrap();
            match &event {
                quiora::shop::core::Event::Reserved { wish, .. } => {
                    assert!(reserved.insert(wish.order), "{} twice", wish.order);
                }
                quiora::shop::core::Event::Placed { order, .. } => assert!(placed.insert(*order), "{order} twice"),
                _ => {}
            }
            core.apply(&Recorded { seq, at_ms, event });
        }
    }
    for told in told.values().flatten() {
        let kept = core.order(told.order).expect("an acknowledged order is stored");
        assert!(kept.steps.starts_with(&told.steps), "told {told:?}, kept {kept:?}");
        assert!(told.number.is_none() || told.number == kept.number, "another number: {told:?}, {kept:?}");
    }
    let (products, stocks, orders) = projections(&core);
    let stored = store.shop_projections(founded.shop).await.unwrap();
    assert_eq!(
        (products.len(), &stocks, &orders),
        (stored.0.len(), &stored.1, &stored.2),
        "projections follow the log"
    );
    assert_eq!(store.ledger_sums(founded.shop).await.unwrap(), stocks, "the ledger sums to the stock");
    for row in &stocks {
        let owed = orders.iter().filter(|order| order.variant == row.variant && order.status == OrderStatus::Placed);
        let [all, free, held, sold] = row.pieces;
        assert_eq!((all, sold as usize), (pieces, owed.count()));
        assert_eq!(all, free + held + sold);
    }
    for order in orders.iter().filter(|order| order.status == OrderStatus::Placed) {
        assert!(store.contact(order.order).await.unwrap().is_some(), "an order without its buyer");
    }
    store.close().await;
    placed.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_no_order_and_sells_nothing_twice() {
    let (crashes, buyers) = (number("QUIORA_CRASHES", 6), number("QUIORA_BUYERS", 40));
    let pieces = u32::try_from(crashes * buyers).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let founded = found(&data, pieces).await;
    let (at, port) = watch::channel(None);
    let market = Arc::new(Market {
        port,
        tokens: founded.tokens.clone(),
        show: founded.show,
        variants: founded.variants.clone(),
        shipping: founded.shipping,
        told: Mutex::default(),
        closing: AtomicBool::new(false),
        asked_again: AtomicU64::new(0),
        sold_out: AtomicU64::new(0),
    });
    let crowd: Vec<_> = (0..buyers).map(|n| tokio::spawn(buyer(market.clone(), n))).collect();
    for crash in 0..crashes {
        let (process, port) = serve(&data).await;
        at.send(Some(port)).unwrap();
        // Never at the same point of a turn.
        tokio::time::sleep(Duration::from_millis(600 + 37 * (crash as u64 % 11))).await;
        at.send(None).unwrap();
        drop(process);
    }
    market.closing.store(true, Ordering::Relaxed);
    let (process, port) = serve(&data).await;
    at.send(Some(port)).unwrap();
    for buyer in crowd {
        tokio::time::timeout(Duration::from_secs(30), buyer).await.expect("every buyer gets an answer").unwrap();
    }
    drop(process);
    let told = market.told.lock().unwrap().clone();
    let placed = reconcile(&data, &founded, &told, pieces).await;
    let again = market.asked_again.load(Ordering::Relaxed);
    println!("{crashes} crashes, {buyers} buyers: {} orders told of, {placed} placed, {again} asked again", told.len());
    assert!(placed > crashes * 10, "only {placed} orders were placed");
    assert!(again as usize >= crashes, "no answer was lost: the crashes hit nobody");
}
