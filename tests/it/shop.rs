//! From the catalogue to the order over a real server: the seller by HTTP, the viewers by their sockets, the buyer by key.

mod hoard;
mod live;
mod remote;

use crate::goods::key;
use crate::harness::{Client, Server};
use crate::http::{Answer, ask, assert_problem, set_up};
use quiora::clock;
use quiora::store::ShowRow;
use quiora_signaling::{
    Address, ClientMessage, Contact, OfferWish, Order, OrderId, OrderKey, OrderStatus, PaymentMethod, ProductId,
    ProductStock, RefusalCode, Role, ServerMessage, ShippingId, ShowEvent, Showcase, VariantId,
};
use reqwest::{Client as HttpClient, Method, StatusCode};
use serde_json::{Value, json};

struct Bottega {
    server: Server,
    cookie: String,
    show: ShowRow,
    product: ProductId,
    variant: VariantId,
    shipping: ShippingId,
}

fn draft(stock: u32) -> Value {
    let variant = |name: &str| json!({"name": name, "price_minor": 18_900, "stock": stock});
    json!({"title": "Borsa Conero", "status": "active", "vat_bp": 2_200, "max_per_buyer": 2,
        "variants": [variant("cognac"), variant("nero")]})
}

fn settings() -> Value {
    json!({"currency": "EUR", "reservation_ms": 300_000, "withdrawal_days": 14,
        "payment_instructions": "IBAN IT60…", "seller_details": "Via Roma 1",
        "shipping": [{"name": "Corriere", "price_minor": 900, "countries": ["IT", "JP"]}]})
}

fn parsed<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

impl Bottega {
    async fn open(stock: u32) -> Self {
        let server = Server::start(1).await;
        let cookie = set_up(&server).await;
        let show = server.show("borse").await;
        let answer = ask(&server, Method::PUT, "/api/shop/settings", &cookie, Some(settings())).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let shipping = parsed(&answer.body["shipping"][0]["shipping"]);
        let answer = ask(&server, Method::POST, "/api/products", &cookie, Some(draft(stock))).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let (product, variant) = (parsed(&answer.body["product"]), parsed(&answer.body["variants"][0]["variant"]));
        Self { server, cookie, show, product, variant, shipping }
    }

    async fn seller(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        ask(&self.server, method, path, &self.cookie, body).await
    }

    /// All orders as a sheet.
    async fn sheet(&self, query: &str) -> String {
        let url = self.server.url(&format!("/api/orders/export{query}"));
        HttpClient::new().get(url).header("cookie", &self.cookie).send().await.unwrap().text().await.unwrap()
    }

    async fn buyer(&self, method: Method, path: &str, key: &OrderKey, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = HttpClient::new().request(method, self.server.url(path)).bearer_auth(&key.0);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        (response.status(), serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null))
    }

    fn reserve(&self, client: &mut Client, order: OrderId) -> ClientMessage {
        ClientMessage::Reserve {
            id: client.id(),
            order,
            key: key(order),
            variant: self.variant,
            quantity: 1,
            wait: false,
        }
    }

    fn place(&self, client: &mut Client, order: OrderId) -> ClientMessage {
        let (id, shipping, contact) = (client.id(), self.shipping, Box::new(contact()));
        ClientMessage::OrderPlace {
            id,
            order,
            key: key(order),
            total_minor: 19_800,
            shipping,
            contact,
            payment: PaymentMethod::Manual,
        }
    }
}

fn contact() -> Contact {
    Contact {
        name: "Aiko Tanaka".into(),
        email: "aiko@example.jp".into(),
        phone: String::new(),
        address: Some(Address {
            street: "1-2-3 Jingumae".into(),
            postcode: "150-0001".into(),
            city: "Tokyo".into(),
            region: String::new(),
            country: "JP".into(),
        }),
        note: "=cmd".into(),
    }
}

async fn order(client: &mut Client, message: &ClientMessage) -> Order {
    match client.request(message).await {
        ServerMessage::Order(reply) => *reply.order,
        other => panic!("instead of an order: {other:?}"),
    }
}

async fn pinned(client: &mut Client) -> Showcase {
    let pinned = |message: &ServerMessage| match message {
        ServerMessage::Event(logged) => match &logged.event {
            ShowEvent::Pinned(showcase) => Some((**showcase).clone()),
            _ => None,
        },
        _ => None,
    };
    client.recv_until(pinned).await
}

async fn stock_until(client: &mut Client, wanted: impl Fn(&ProductStock) -> bool) {
    let found = |message: &ServerMessage| match message {
        ServerMessage::Stock(stock) if wanted(stock) => Some(()),
        _ => None,
    };
    client.recv_until(found).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_catalogue_to_a_paid_order() {
    let mut house = Bottega::open(2).await;
    let (mut host, _) = house.server.join(&house.show, Role::Host).await;
    let (mut viewer, _) = house.server.join(&house.show, Role::Viewer).await;
    let pin = ClientMessage::Pin { id: viewer.id(), product: house.product, offer: None };
    assert_eq!(viewer.refused(&pin).await.code, RefusalCode::NotAllowed);
    let pin = ClientMessage::Pin { id: host.id(), product: house.product, offer: None };
    assert!(matches!(host.request(&pin).await, ServerMessage::Done { seq: Some(_), .. }));
    let card = pinned(&mut viewer).await.product;
    assert_eq!((card.title.as_str(), card.variants[0].price_minor), ("Borsa Conero", 18_900));
    stock_until(&mut viewer, |stock| stock.variants[0].left == 2).await;

    let first = OrderId(clock::uuid());
    let reserve = house.reserve(&mut viewer, first);
    let reserved = order(&mut viewer, &reserve).await;
    assert_eq!((reserved.status, reserved.total_minor), (OrderStatus::Reserved, 18_900));
    stock_until(&mut host, |stock| stock.variants[0].left == 1 && stock.variants[0].reserved == 1).await;
    let cheap = match house.place(&mut viewer, first) {
        ClientMessage::OrderPlace { id, order, key, shipping, contact, .. } => ClientMessage::OrderPlace {
            id,
            order,
            key,
            total_minor: 1,
            shipping,
            contact,
            payment: PaymentMethod::Manual,
        },
        other => other,
    };
    assert_eq!(viewer.refused(&cheap).await.code, RefusalCode::PriceChanged);
    let place = house.place(&mut viewer, first);
    let placed = order(&mut viewer, &place).await;
    assert_eq!((placed.status, placed.number, placed.total_minor), (OrderStatus::Placed, Some(1), 19_800));
    assert_eq!(order(&mut viewer, &place).await, placed, "a double click is one order");

    let listed = house.seller(Method::GET, "/api/orders?search=tanaka", None).await.body;
    assert_eq!(
        (&listed["orders"][0]["order"]["number"], &listed["orders"][0]["contact"]["city"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(listed["orders"][0]["contact"]["address"]["city"], "Tokyo");
    let steps = format!("/api/orders/{first}/steps");
    let paid = house.seller(Method::POST, &steps, Some(json!({"status": "paid"}))).await;
    assert_eq!((paid.status, &paid.body["status"]), (StatusCode::OK, &json!("paid")));
    assert_problem(
        &house.seller(Method::POST, &steps, Some(json!({"status": "done"}))).await,
        409,
        "order_step_invalid",
    );

    let exact = house.sheet("").await;
    assert!(exact.starts_with("number,order,status,placed_at_ms,"), "{exact}");
    assert!(exact.contains("Borsa Conero,cognac,1,EUR,18900,900,19800,3570,Corriere,Aiko Tanaka,"), "{exact}");
    assert!(exact.trim_end().ends_with("Tokyo,,JP,'=cmd"), "a word of the buyer's is no formula: {exact}");
    let italian = house.sheet("?language=it").await;
    assert!(italian.starts_with("\u{feff}number;order;status;placed_at_utc;"), "{italian}");
    assert!(italian.contains(";1;EUR;189,00;9,00;198,00;35,70;Corriere;"), "{italian}");

    house.server.restart().await;
    let (mut again, welcome) = house.server.join(&house.show, Role::Viewer).await;
    assert_eq!(welcome.show.showcase.unwrap().product.product, house.product, "still on screen");
    let look = ClientMessage::OrderGet { id: again.id(), order: first, key: key(first) };
    assert_eq!(order(&mut again, &look).await.status, OrderStatus::Paid, "by its key, on another device");
    let foreign = ClientMessage::OrderGet { id: again.id(), order: first, key: key(OrderId(clock::uuid())) };
    assert_eq!(again.refused(&foreign).await.code, RefusalCode::OrderNotFound);
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_piece_is_sold_once() {
    let mut house = Bottega::open(1).await;
    let (mut ada, _) = house.server.join(&house.show, Role::Viewer).await;
    let (mut bob, _) = house.server.join(&house.show, Role::Viewer).await;
    let (first, second) = (OrderId(clock::uuid()), OrderId(clock::uuid()));
    let reserve = house.reserve(&mut ada, first);
    order(&mut ada, &reserve).await;
    let late = house.reserve(&mut bob, second);
    assert_eq!(bob.refused(&late).await.code, RefusalCode::SoldOut);
    let stolen = ClientMessage::OrderRelease { id: bob.id(), order: first, key: key(second) };
    assert_eq!(bob.refused(&stolen).await.code, RefusalCode::OrderNotFound);
    let release = ClientMessage::OrderRelease { id: ada.id(), order: first, key: key(first) };
    assert_eq!(order(&mut ada, &release).await.status, OrderStatus::Released);
    assert_eq!(order(&mut bob, &late).await.status, OrderStatus::Reserved, "the piece has come back");
    let place = house.place(&mut ada, first);
    assert_eq!(ada.refused(&place).await.code, RefusalCode::ReservationOver);
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_is_honest_and_ends_with_the_pin() {
    let mut house = Bottega::open(5).await;
    let (mut host, _) = house.server.join(&house.show, Role::Host).await;
    let wish = |price| OfferWish { price_minor: Some(price), quantity: None, opens_at_ms: None, duration_ms: 60_000 };
    let dear = ClientMessage::Pin { id: host.id(), product: house.product, offer: Some(wish(18_900)) };
    assert_eq!(host.refused(&dear).await.code, RefusalCode::FlashNotLower);
    let flash = ClientMessage::Pin { id: host.id(), product: house.product, offer: Some(wish(14_900)) };
    host.request(&flash).await;
    let showcase = pinned(&mut host).await;
    let variant = &showcase.product.variants[0];
    assert_eq!((variant.offer_minor, variant.lowest_30_days_minor), (Some(14_900), Some(18_900)));
    let (mut viewer, welcome) = house.server.join(&house.show, Role::Viewer).await;
    assert_eq!(welcome.show.showcase.as_deref(), Some(&showcase));
    let reserve = house.reserve(&mut viewer, OrderId(clock::uuid()));
    assert_eq!(order(&mut viewer, &reserve).await.unit_minor, 14_900);
    let unpin = ClientMessage::Unpin { id: host.id() };
    assert!(matches!(host.request(&unpin).await, ServerMessage::Done { .. }));
    // The show tells the shop; that takes a moment.
    let path = format!("/api/variants/{}/prices", house.variant);
    for _ in 0..100 {
        let prices = house.seller(Method::GET, &path, None).await.body;
        if prices["prices"][1]["until_ms"].as_u64().is_some_and(|until| until <= clock::unix_ms()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let reserve = house.reserve(&mut viewer, OrderId(clock::uuid()));
    assert_eq!(order(&mut viewer, &reserve).await.unit_minor, 18_900);
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyers_page_gives_up_what_is_not_ordered_and_nothing_else() {
    let mut house = Bottega::open(1).await;
    let (mut viewer, _) = house.server.join(&house.show, Role::Viewer).await;
    let [held, sold] = [OrderId(clock::uuid()), OrderId(clock::uuid())];
    let reserve = house.reserve(&mut viewer, held);
    order(&mut viewer, &reserve).await;
    let path = |order: OrderId| format!("/api/orders/{order}/release");
    assert_eq!(house.buyer(Method::POST, &path(held), &key(sold), Some(json!({}))).await.0, 404, "another key");
    for _ in 0..2 {
        let (status, page) = house.buyer(Method::POST, &path(held), &key(held), Some(json!({}))).await;
        assert_eq!((status, &page["order"]["status"]), (StatusCode::OK, &json!("released")), "{page}");
    }
    // The only piece is free again.
    for message in [house.reserve(&mut viewer, sold), house.place(&mut viewer, sold)] {
        order(&mut viewer, &message).await;
    }
    assert_eq!(house.buyer(Method::POST, &path(sold), &key(sold), Some(json!({}))).await.0, 409);
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyers_page_opens_by_key_and_withdraws_in_two_steps() {
    let mut house = Bottega::open(2).await;
    let (mut viewer, _) = house.server.join(&house.show, Role::Viewer).await;
    let first = OrderId(clock::uuid());
    for message in [house.reserve(&mut viewer, first), house.place(&mut viewer, first)] {
        order(&mut viewer, &message).await;
    }
    let path = format!("/api/orders/{first}");
    assert_problem(&ask(&house.server, Method::GET, &path, "", None).await, 401, "token_missing");
    let wrong = key(OrderId(clock::uuid()));
    assert_eq!(house.buyer(Method::GET, &path, &wrong, None).await.0, 404);
    let (_, page) = house.buyer(Method::GET, &path, &key(first), None).await;
    assert_eq!((&page["contact"]["email"], &page["withdrawal"]), (&json!("aiko@example.jp"), &json!("cancel")));
    assert_eq!(page["payment_instructions"], "IBAN IT60…");

    let (withdrawal, erase) = (format!("{path}/withdrawal"), format!("{path}/contact"));
    assert_eq!(house.buyer(Method::DELETE, &erase, &key(first), None).await.0, 409, "still needed");
    let (_, asked) = house.buyer(Method::POST, &withdrawal, &key(first), Some(json!({}))).await;
    assert_eq!(asked["outcome"], "cancel");
    let (_, page) = house.buyer(Method::GET, &path, &key(first), None).await;
    assert_eq!(page["order"]["status"], "placed", "the first step changes nothing");
    let (status, _) = house.buyer(Method::POST, &withdrawal, &key(first), Some(json!({"confirm": "x"}))).await;
    assert_eq!(status, 422);
    let confirm = json!({"confirm": asked["confirm"]});
    for _ in 0..2 {
        let (status, page) = house.buyer(Method::POST, &withdrawal, &key(first), Some(confirm.clone())).await;
        assert_eq!((status, &page["order"]["status"]), (StatusCode::OK, &json!("cancelled")), "{page}");
    }
    assert_eq!(house.buyer(Method::DELETE, &erase, &key(first), None).await.0, 204);
    let (_, page) = house.buyer(Method::GET, &path, &key(first), None).await;
    assert_eq!(page["contact"], Value::Null);
    let answer = ask(&house.server, Method::GET, &format!("/o/{first}"), "", None).await;
    assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    house.server.stop().await;
}
