//! What changes is heard at once: the buyer's order by the socket, the seller's list by a stream.

use super::{Bottega, key, order};
use crate::harness::{Client, PATIENCE};
use crate::http::{ask, assert_problem};
use quiora::clock;
use quiora_signaling::{ClientMessage, Order, OrderId, OrderStatus, RefusalCode, Role, ServerMessage};
use reqwest::header::{CONTENT_TYPE, COOKIE};
use reqwest::{Method, Response};
use serde_json::json;
use std::time::{Duration, Instant};

async fn changed(client: &mut Client) -> Order {
    let changed = |message: &ServerMessage| match message {
        ServerMessage::OrderChanged { order } => Some((**order).clone()),
        _ => None,
    };
    client.recv_until(changed).await
}

/// A question whose answer ends what was said before it: nothing in between was about an order.
async fn heard_nothing(client: &mut Client) {
    let id = client.id();
    client.send(&ClientMessage::Ping { id }).await;
    loop {
        match client.recv().await {
            ServerMessage::Pong { id: of, .. } if of == id => return,
            ServerMessage::OrderChanged { order } => panic!("heard of {order:?}"),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_asked_with_the_key_hears_what_becomes_of_the_order() {
    let mut house = Bottega::open(3).await;
    let (mut phone, _) = house.server.join(&house.show, Role::Viewer).await;
    let (mut laptop, _) = house.server.join(&house.show, Role::Viewer).await;
    let (mut thief, _) = house.server.join(&house.show, Role::Viewer).await;
    let first = OrderId(clock::uuid());
    let reserve = house.reserve(&mut phone, first);
    order(&mut phone, &reserve).await;
    let look = ClientMessage::OrderGet { id: laptop.id(), order: first, key: key(first) };
    assert_eq!(order(&mut laptop, &look).await.status, OrderStatus::Reserved);
    let foreign = ClientMessage::OrderGet { id: thief.id(), order: first, key: key(OrderId(clock::uuid())) };
    assert_eq!(thief.refused(&foreign).await.code, RefusalCode::OrderNotFound);

    let place = house.place(&mut phone, first);
    let placed = order(&mut phone, &place).await;
    assert_eq!(changed(&mut laptop).await, placed, "on the buyer's other device");
    let steps = format!("/api/orders/{first}/steps");
    house.seller(Method::POST, &steps, Some(json!({"status": "paid"}))).await;
    for device in [&mut phone, &mut laptop] {
        let heard = changed(device).await;
        assert_eq!(heard.status, OrderStatus::Paid, "what one did oneself is said once, as the answer");
        assert!(heard.as_of > placed.as_of);
    }
    heard_nothing(&mut thief).await;

    assert_eq!(house.server.app().watchers().count(first), 2);
    laptop.vanish();
    for _ in 0..100 {
        if house.server.app().watchers().count(first) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(house.server.app().watchers().count(first), 1, "a session that ends is forgotten");
    house.seller(Method::POST, &steps, Some(json!({"status": "packed"}))).await;
    assert_eq!(changed(&mut phone).await.status, OrderStatus::Packed);
    house.server.stop().await;
}

/// Reads numbers out of a stream of events.
struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    async fn open(house: &Bottega) -> Self {
        let request = reqwest::Client::new().get(house.server.url("/api/shop/changes")).header(COOKIE, &house.cookie);
        let response = request.send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()[CONTENT_TYPE]),
            (200, &"text/event-stream".parse().unwrap())
        );
        Self { response, text: String::new() }
    }

    /// The next number; nothing at the end.
    async fn next(&mut self) -> Option<u64> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let number =
                    event.lines().find_map(|line| line.strip_prefix("data: ")).map(|data| data.parse().unwrap());
                self.text = rest.to_owned();
                if number.is_some() {
                    return number;
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("an event in time");
            self.text += std::str::from_utf8(&chunk.ok().flatten()?).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sellers_list_is_told_how_new_the_orders_are() {
    let mut house = Bottega::open(3).await;
    let anybody = ask(&house.server, Method::GET, "/api/shop/changes", "", None).await;
    assert_problem(&anybody, 401, "not_logged_in");
    let (mut viewer, _) = house.server.join(&house.show, Role::Viewer).await;
    let first = OrderId(clock::uuid());
    let mut stream = Stream::open(&house).await;
    let begin = stream.next().await.unwrap();
    let reserve = house.reserve(&mut viewer, first);
    let reserved = order(&mut viewer, &reserve).await;
    let place = house.place(&mut viewer, first);
    let placed = order(&mut viewer, &place).await;
    let told = stream.next().await.unwrap();
    assert!(begin < reserved.as_of && told == placed.as_of, "a reservation is not in the list: {told}");
    let listed = house.seller(Method::GET, "/api/orders", None).await.body;
    assert!(listed["as_of"].as_u64().unwrap() >= told);
    assert_eq!(Stream::open(&house).await.next().await.unwrap(), told, "who comes later has missed nothing");

    let mut more = Vec::new();
    for _ in 0..31 {
        more.push(Stream::open(&house).await);
    }
    let full = house.seller(Method::GET, "/api/shop/changes", None).await;
    assert_problem(&full, 429, "rate_limited");
    more.clear();
    for _ in 0..5 {
        house.seller(Method::POST, &format!("/api/orders/{first}/steps"), Some(json!({"status": "paid"}))).await;
    }
    assert!(stream.next().await.unwrap() > told);

    let begun = Instant::now();
    house.server.stop().await;
    assert_eq!(stream.next().await, None, "it ends with the server");
    assert!(begun.elapsed() < Duration::from_secs(2), "and does not hold it up: {:?}", begun.elapsed());
}
