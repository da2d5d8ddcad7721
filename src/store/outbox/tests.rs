//! What goes out first, what holds up what, and what is kept of it.

use super::{Attempt, Channel, Outgoing, Parcel, Verdict};
use crate::store::{NewEndpoint, ShopBatch, Store};
use quiora_signaling::ShopId;
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

async fn tell(store: &Store, shop: ShopId, kind: &'static str, subject: u128, body: &str) {
    let (message, subject) = (crate::clock::uuid(), Uuid::from_u128(subject));
    let told = vec![Outgoing { message, kind, at_ms: NOW, subject, body: body.into() }];
    store.commit_shop(shop, &ShopBatch { told, ..ShopBatch::default() }).await.unwrap();
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
    tell(&store, shop, "order.paid", 1, "{}").await;
    assert!(due(&store, NOW).await.is_none(), "nobody listens for it");
    tell(&store, shop, "order.placed", 1, "1").await;
    tell(&store, shop, "order.placed", 2, "2").await;
    for tries in 0..4 {
        let first = due(&store, NOW + tries).await.unwrap();
        assert_eq!((first.body.as_str(), u64::from(first.attempts)), ("1", tries));
        settle(&store, &first, Verdict::Again { due_at_ms: NOW + tries + 1 }).await;
        assert_eq!(due(&store, NOW + tries).await.is_some(), tries == 3, "held up after try {tries}");
    }
    let passing = due(&store, NOW).await.unwrap();
    assert_eq!(passing.body, "2");
    assert_eq!(store.post_next(NOW).await.unwrap(), Some(NOW + 4));
    settle(&store, &passing, Verdict::Sent).await;
    assert_eq!(due(&store, NOW + 4).await.unwrap().body, "1");
    store.close().await;
}

#[tokio::test]
async fn only_the_newest_untold_stock_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let (store, shop, endpoint) = house(dir.path(), &["stock.changed"]).await;
    for (product, body) in [(1, "old"), (2, "other"), (1, "new")] {
        tell(&store, shop, "stock.changed", product, body).await;
    }
    let first = due(&store, NOW).await.unwrap();
    assert_eq!(first.body, "other");
    settle(&store, &first, Verdict::Again { due_at_ms: NOW }).await;
    tell(&store, shop, "stock.changed", 2, "tried ones stay").await;
    assert_eq!(store.endpoints(shop).await.unwrap()[0].waiting, 3);
    settle(&store, &first, Verdict::Gone).await;
    let kept = store.endpoints(shop).await.unwrap().remove(0);
    assert_eq!((kept.id, kept.disabled_by.as_deref(), kept.waiting, kept.given_up), (endpoint, Some("gone"), 0, 3));
    store.post_prune(NOW + 40 * 24 * 60 * 60 * 1_000).await.unwrap();
    assert_eq!(store.endpoints(shop).await.unwrap()[0].given_up, 0);
    store.close().await;
}

#[tokio::test]
async fn the_schema_keeps_nothing_of_what_is_settled() {
    let dir = tempfile::tempdir().unwrap();
    let (store, shop, _) = house(dir.path(), &["order.placed"]).await;
    tell(&store, shop, "order.placed", 1, "1").await;
    for lie in [
        "UPDATE outbox SET status = 'sent'",
        "UPDATE outbox SET body = NULL",
        "UPDATE outbox SET status = 'given_up', body = NULL, recipient = 'a@example.com'",
    ] {
        assert!(store.try_sql(lie).await.is_err(), "{lie}");
    }
    store.close().await;
}
