//! What goes out first, what holds up what, and what is kept of it.

use super::{Attempt, Body, Channel, Outgoing, Parcel, Verdict};
use crate::store::{NewEndpoint, ShopBatch, Store};
use quiora_signaling::{ProductId, ProductStock, ShopId};
use uuid::Uuid;

const NOW: u64 = 1_700_000_000_000;

async fn house(dir: &std::path::Path, events: &[&str]) -> (Store, ShopId, Uuid) {
    let store = Store::open(dir, None).await.unwrap();
    let shop = store.create_shop("Bottega", NOW).await.unwrap().id;
    let events = events.iter().map(ToString::to_string).collect();
    let new = NewEndpoint { url: "https://example.com/".into(), events, secret: [0; 32] };
    let endpoint = store.endpoint_create(shop, &new, NOW).await.unwrap().unwrap();
    (store, shop, endpoint)
}

/// The message says `says`, as the `as_of` of a stock.
async fn tell(store: &Store, shop: ShopId, kind: &'static str, subject: u128, says: u64) {
    let subject = Uuid::from_u128(subject);
    let body = ProductStock {
        product: ProductId(subject),
        as_of: says,
        for_sale: true,
        variants: Vec::new(),
        offer_left: None,
    };
    let told = vec![Outgoing { kind, at_ms: NOW, subject, body: Body::Stock(body) }];
    store.commit_shop(shop, &ShopBatch { told, ..ShopBatch::default() }).await.unwrap();
}

fn said(parcel: &Parcel) -> u64 {
    serde_json::from_str::<ProductStock>(&parcel.body).unwrap().as_of
}

async fn due(store: &Store, now_ms: u64) -> Option<Parcel> {
    let mut due = store.post_due(Channel::Webhook, now_ms, 10).await.unwrap();
    assert!(due.len() <= 1, "one of each lane: {due:?}");
    due.pop()
}

async fn settle(store: &Store, parcel: &Parcel, verdict: Verdict) {
    let attempt = Attempt { at_ms: NOW, outcome: "x".into(), verdict };
    store.post_settle(Channel::Webhook, parcel, &attempt).await.unwrap();
}

#[tokio::test]
async fn what_failed_holds_up_what_is_behind_it_for_some_tries() {
    let dir = tempfile::tempdir().unwrap();
    let (store, shop, _) = house(dir.path(), &["order.placed"]).await;
    tell(&store, shop, "order.paid", 1, 0).await;
    assert!(due(&store, NOW).await.is_none(), "nobody listens for it");
    tell(&store, shop, "order.placed", 1, 1).await;
    tell(&store, shop, "order.placed", 2, 2).await;
    for tries in 0..4 {
        let first = due(&store, NOW + tries).await.unwrap();
        assert_eq!((said(&first), u64::from(first.attempts)), (1, tries));
        settle(&store, &first, Verdict::Again { due_at_ms: NOW + tries + 1 }).await;
        assert_eq!(due(&store, NOW + tries).await.is_some(), tries == 3, "held up after try {tries}");
    }
    let passing = due(&store, NOW).await.unwrap();
    assert_eq!(said(&passing), 2);
    assert_eq!(store.post_next(NOW).await.unwrap(), Some(NOW + 4));
    settle(&store, &passing, Verdict::Sent).await;
    assert_eq!(said(&due(&store, NOW + 4).await.unwrap()), 1);
    store.close().await;
}

#[tokio::test]
async fn only_the_newest_untold_stock_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let (store, shop, endpoint) = house(dir.path(), &["stock.changed"]).await;
    for (product, says) in [(1, 1), (2, 2), (1, 3)] {
        tell(&store, shop, "stock.changed", product, says).await;
    }
    let first = due(&store, NOW).await.unwrap();
    assert_eq!(said(&first), 2);
    settle(&store, &first, Verdict::Again { due_at_ms: NOW }).await;
    tell(&store, shop, "stock.changed", 2, 4).await;
    // What has been tried stays: its receiver may have it.
    assert_eq!(store.endpoints(shop).await.unwrap()[0].waiting, 3);
    settle(&store, &first, Verdict::Gone).await;
    let kept = store.endpoints(shop).await.unwrap().remove(0);
    assert_eq!((kept.id, kept.disabled_by.as_deref(), kept.waiting, kept.given_up), (endpoint, Some("gone"), 0, 3));
    store.post_prune(NOW + 40 * 24 * 60 * 60 * 1_000).await.unwrap();
    assert_eq!(store.endpoints(shop).await.unwrap()[0].given_up, 0);
    store.close().await;
}

#[tokio::test]
async fn nobody_is_woken_for_what_nobody_hears() {
    let dir = tempfile::tempdir().unwrap();
    let (store, shop, endpoint) = house(dir.path(), &["order.placed"]).await;
    let woken = async |store: &Store| {
        let short = std::time::Duration::from_millis(20);
        tokio::time::timeout(short, store.posted().notified()).await.is_ok()
    };
    tell(&store, shop, "stock.changed", 1, 1).await;
    assert!(!woken(&store).await);
    tell(&store, shop, "order.placed", 1, 2).await;
    assert!(woken(&store).await);
    assert!(store.endpoint_switch(shop, endpoint, false, NOW).await.unwrap());
    tell(&store, shop, "order.placed", 1, 3).await;
    assert!(!woken(&store).await);
    assert_eq!(store.deliveries(shop, endpoint).await.unwrap().unwrap().len(), 1);
    store.close().await;
}

#[tokio::test]
async fn what_was_settled_is_sent_again_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (store, shop, endpoint) = house(dir.path(), &["order.placed"]).await;
    tell(&store, shop, "order.placed", 1, 7).await;
    let first = due(&store, NOW).await.unwrap();
    settle(&store, &first, Verdict::GivenUp).await;
    assert!(due(&store, NOW).await.is_none());
    let stranger = ShopId(Uuid::from_u128(9));
    assert!(!store.delivery_again(stranger, endpoint, first.message, NOW).await.unwrap());
    assert!(!store.delivery_again(shop, endpoint, Uuid::from_u128(1), NOW).await.unwrap());
    assert!(store.delivery_again(shop, endpoint, first.message, NOW + 5).await.unwrap());
    let again = due(&store, NOW + 5).await.unwrap();
    assert_eq!((again.message, again.body.as_str(), again.attempts), (first.message, first.body.as_str(), 0));
    settle(&store, &again, Verdict::Sent).await;
    let listed = store.deliveries(shop, endpoint).await.unwrap().unwrap();
    assert_eq!((listed[0].status.as_str(), listed[0].attempts, listed[0].outcome.as_deref()), ("sent", 1, Some("x")));
    assert_eq!(store.deliveries(stranger, endpoint).await.unwrap(), None);
    assert!(store.endpoint_switch(shop, endpoint, false, NOW).await.unwrap());
    assert!(!store.delivery_again(shop, endpoint, first.message, NOW).await.unwrap(), "it hears nothing");
    store.close().await;
}

#[tokio::test]
async fn a_replaced_secret_signs_for_a_day() {
    const DAY: u64 = 24 * 60 * 60 * 1_000;
    let dir = tempfile::tempdir().unwrap();
    let (store, shop, endpoint) = house(dir.path(), &["order.placed"]).await;
    assert!(store.endpoint_rotate(shop, endpoint, &[1; 32], NOW).await.unwrap());
    assert!(!store.endpoint_rotate(ShopId(Uuid::from_u128(9)), endpoint, &[2; 32], NOW).await.unwrap());
    let secrets = async |at_ms| store.endpoint_target(endpoint, at_ms).await.unwrap().unwrap().1;
    assert_eq!(secrets(NOW + DAY - 1).await, [vec![1; 32], vec![0; 32]]);
    assert_eq!(secrets(NOW + DAY).await, [vec![1; 32]]);
    store.post_prune(NOW + DAY).await.unwrap();
    assert_eq!(secrets(NOW).await, [vec![1; 32]], "forgotten");
    store.close().await;
}

#[tokio::test]
async fn letters_that_nobody_sends_expire() {
    let dir = tempfile::tempdir().unwrap();
    let (store, shop, _) = house(dir.path(), &["order.placed"]).await;
    tell(&store, shop, "order.placed", 1, 1).await;
    // As a server with mail has left them.
    store
        .try_sql("UPDATE outbox SET channel = 'mail', recipient = json_object('name', 'A', 'email', 'a@example.com')")
        .await
        .unwrap();
    const WEEK: u64 = 7 * 24 * 60 * 60 * 1_000;
    store.post_expire_letters(NOW + WEEK).await.unwrap();
    assert_eq!(store.letters(shop).await.unwrap().0, 1);
    store.post_expire_letters(NOW + WEEK + 1).await.unwrap();
    let (waiting, failed) = store.letters(shop).await.unwrap();
    assert_eq!((waiting, failed[0].outcome.as_str()), (0, "expired"));
    for kept in ["body", "recipient"] {
        let lie = if kept == "body" { "UPDATE outbox SET body = 'x'" } else { "UPDATE outbox SET recipient = 'x'" };
        assert!(store.try_sql(lie).await.is_err(), "{kept}");
    }
    store.close().await;
}

#[tokio::test]
async fn the_schema_keeps_no_waiting_message_without_a_body() {
    let dir = tempfile::tempdir().unwrap();
    let (store, shop, _) = house(dir.path(), &["order.placed"]).await;
    tell(&store, shop, "order.placed", 1, 1).await;
    for lie in [
        "UPDATE outbox SET body = NULL",
        "UPDATE outbox SET status = 'sent', channel = 'mail'",
        "UPDATE outbox SET status = 'given_up', recipient = 'a@example.com'",
    ] {
        assert!(store.try_sql(lie).await.is_err(), "{lie}");
    }
    store.close().await;
}
