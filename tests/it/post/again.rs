//! Telling again: when an endpoint asks to wait, when the seller asks for it, and with what it is signed meanwhile.

use super::House;
use super::sink::{Hooks, Smtp, verify};
use crate::harness::PATIENCE;
use crate::http::{ask, assert_problem};
use quiora::post::Mailer;
use quiora::shop::core::Command;
use quiora::shop::{Ask, hash_key};
use quiora_signaling::OrderStatus;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The messages of an endpoint, once the newest is as wanted.
async fn messages(house: &House, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut seen = Value::Null;
    for _ in 0..200 {
        seen = house.seller(Method::GET, &format!("{path}/messages"), None).await.body["messages"].clone();
        if wanted(&seen[0]) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never as wanted: {seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_asks_for_time_gets_it() {
    let (mut house, mut hooks) = (House::open(None).await, Hooks::start(&[429, 503]).await);
    hooks.retry_after("1");
    let (path, _) = house.listen(&hooks.url, &["order.placed"]).await;
    house.order().await;
    let first = hooks.next().await;
    let asked = Instant::now();
    let second = hooks.next().await;
    // Without it the next try would come after a tenth of a second.
    assert!(asked.elapsed() > Duration::from_millis(900), "{:?}", asked.elapsed());
    assert_eq!(first.id, second.id);
    hooks.next().await;
    let seen = messages(&house, &path, |newest| newest["status"] == "sent").await;
    assert_eq!(
        (&seen[0]["attempts"], &seen[0]["outcome"], &seen[0]["kind"]),
        (&json!(3), &json!("200"), &json!("order.placed"))
    );
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_sent_again_and_a_replaced_secret_signs_beside_the_new_one() {
    let (mut house, mut hooks) = (House::open(None).await, Hooks::start(&[]).await);
    let (path, old) = house.listen(&hooks.url, &["order.placed"]).await;
    let (order, _) = house.order().await;
    let first = hooks.next().await;
    let seen = messages(&house, &path, |newest| newest["status"] == "sent").await;
    let message = seen[0]["message"].as_str().unwrap();
    assert_eq!(format!("msg_{}", message.replace('-', "")), first.id);
    house.step(order, OrderStatus::Cancelled).await;

    let rotated = house.seller(Method::POST, &format!("{path}/secret"), None).await;
    let new = rotated.body["secret"].as_str().unwrap().to_owned();
    assert_ne!(old, new);
    let resend = format!("{path}/messages/{message}/resend");
    assert_eq!(house.seller(Method::POST, &resend, None).await.status, 202);
    let again = hooks.next().await;
    assert_eq!((&again.id, &again.body), (&first.id, &first.body), "as it was, whatever has become of the order");
    assert_eq!(again.headers["webhook-signature"].split(' ').count(), 2);
    for secret in [&old, &new] {
        verify(secret, &again);
    }
    let entry = house.webhook(|entry| entry["old_secret_until_ms"].is_u64()).await;
    assert!(entry.get("secret").is_none() && entry.get("old_secret").is_none(), "{entry}");

    assert_problem(&ask(&house.server, Method::POST, &resend, "", None).await, 401, "not_logged_in");
    let unknown = format!("{path}/messages/{order}/resend");
    assert_problem(&house.seller(Method::POST, &unknown, None).await, 404, "not_found");
    let elsewhere = format!("/api/webhooks/{order}");
    assert_problem(&house.seller(Method::GET, &format!("{elsewhere}/messages"), None).await, 404, "not_found");
    assert_problem(&house.seller(Method::POST, &format!("{elsewhere}/secret"), None).await, 404, "not_found");
    house.seller(Method::PUT, &path, Some(json!({"active": false}))).await;
    assert_problem(&house.seller(Method::POST, &resend, None).await, 404, "not_found");
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_is_written_once_more_until_nobody_knows_who_it_was() {
    let mut smtp = Smtp::start(&[]).await;
    let mut house = House::open(Some(Mailer::new(&smtp.url, "Bottega <shop@example.com>").unwrap())).await;
    let (order, key) = house.order().await;
    smtp.next().await;
    let path = format!("/api/orders/{order}/letter");
    house.step(order, OrderStatus::Paid).await;
    smtp.next().await;
    assert_eq!(house.seller(Method::POST, &path, None).await.status, 202);
    let again = smtp.next().await;
    assert_eq!(again.to, "aiko@example.jp");
    let link = format!("{}/o/{order}#{}", house.server.app().base(), key.0);
    assert!(again.text().contains(&link), "{}", again.text());
    assert!(!again.text().contains("IBAN"), "it is paid: {}", again.text());
    let nobody = format!("/api/orders/{}/letter", house.show.show);
    assert_problem(&house.seller(Method::POST, &nobody, None).await, 404, "order_not_found");
    house.step(order, OrderStatus::Refunded).await;
    smtp.next().await;
    house.ask(Ask::Command(Command::EraseContact { order, key: hash_key(&key) })).await;
    assert_problem(&house.seller(Method::POST, &path, None).await, 422, "contact_erased");
    house.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_letter_says_what_came_of_it() {
    let mut smtp = Smtp::start(&["550 nobody"]).await;
    let mailer = Mailer::new(&smtp.url, "Bottega <shop@example.com>").unwrap();
    let mut house = House::open_patient(Some(mailer), PATIENCE).await;
    let mail = house.seller(Method::GET, "/api/mail", None).await.body;
    assert_eq!((&mail["from"], &mail["language"]), (&json!("Bottega <shop@example.com>"), &json!("it")));
    let trial = |to: &str| Some(json!({ "to": to }));
    for (to, outcome) in [("seller@example.com", "550"), ("seller@example.com", "sent"), ("nonsense", "address")] {
        let tried = house.seller(Method::POST, "/api/mail/test", trial(to)).await;
        assert_eq!((tried.status.as_u16(), &tried.body["outcome"]), (200, &json!(outcome)), "{}", tried.body);
    }
    smtp.next().await;
    assert!(smtp.next().await.text().contains("lettera di prova"));
    smtp.close();
    let tried = house.seller(Method::POST, "/api/mail/test", trial("a@example.com")).await;
    assert_eq!(tried.body["outcome"], "unreachable");
    assert_eq!(house.seller(Method::POST, "/api/mail/test", trial("a@example.com")).await.status, 200);
    let often = house.seller(Method::POST, "/api/mail/test", trial("a@example.com")).await;
    assert_problem(&often, 429, "rate_limited");
    assert_problem(
        &ask(&house.server, Method::POST, "/api/mail/test", "", trial("a@example.com")).await,
        401,
        "not_logged_in",
    );
    house.server.stop().await;

    let mut house = House::open(None).await;
    assert_problem(&house.seller(Method::POST, "/api/mail/test", trial("a@example.com")).await, 422, "mail_off");
    let (order, _) = house.order().await;
    assert_problem(&house.seller(Method::POST, &format!("/api/orders/{order}/letter"), None).await, 422, "mail_off");
    house.server.stop().await;
}
