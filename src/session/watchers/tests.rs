//! A session hears of its orders' changes after its answers, once, and no longer than it lives.

use super::*;
use crate::show::Next;
use quiora_signaling::{Currency, OrderStatus, ProductId, VariantId};
use uuid::Uuid;

fn order(id: u128, as_of: u64) -> Order {
    Order {
        order: OrderId(Uuid::from_u128(id)),
        number: None,
        status: OrderStatus::Reserved,
        product: ProductId(Uuid::from_u128(1)),
        variant: VariantId(Uuid::from_u128(2)),
        title: "Borsa".into(),
        variant_name: String::new(),
        quantity: 1,
        currency: Currency::EUR,
        unit_minor: 1,
        goods_minor: 1,
        shipping: None,
        shipping_minor: 0,
        total_minor: 1,
        vat_minor: 0,
        vat_bp: 0,
        expires_at_ms: None,
        held: false,
        ahead: None,
        payment: None,
        withdrawn_at_ms: None,
        steps: Vec::new(),
        as_of,
    }
}

struct Tab {
    session: SessionId,
    outbox: Outbox,
    watched: Watched,
}

impl Tab {
    fn new(n: u128) -> Self {
        Self { session: SessionId(Uuid::from_u128(n)), outbox: Outbox::new(), watched: Watched::default() }
    }

    fn asks(&mut self, watchers: &Watchers, id: u128) {
        watchers.asks(self.session, &self.outbox, &mut self.watched, order(id, 0).order);
    }

    fn answered(&self, watchers: &Watchers, id: u128, as_of: Option<u64>) {
        watchers.answered(self.session, order(id, 0).order, as_of);
    }

    /// What it has heard since: the orders' numbers.
    fn heard(&self) -> Vec<u64> {
        let mut heard = Vec::new();
        while let Some(Next::Frame(frame)) = self.outbox.try_next() {
            match serde_json::from_str(frame.as_str()).unwrap() {
                ServerMessage::OrderChanged { order } => heard.push(order.as_of),
                other => panic!("{other:?}"),
            }
        }
        heard
    }
}

#[test]
fn what_the_answer_says_is_not_said_twice_and_what_came_after_it_is_not_lost() {
    let (watchers, mut tab) = (Watchers::new(), Tab::new(1));
    tab.asks(&watchers, 7);
    watchers.tell(&order(7, 4));
    assert!(tab.heard().is_empty(), "not before the key was found right");
    tab.answered(&watchers, 7, Some(4));
    assert!(tab.heard().is_empty());
    watchers.tell(&order(7, 5));
    watchers.tell(&order(7, 5));
    watchers.tell(&order(8, 6));
    assert_eq!(tab.heard(), [5]);
    tab.asks(&watchers, 7);
    watchers.tell(&order(7, 7));
    watchers.tell(&order(7, 9));
    tab.answered(&watchers, 7, Some(7));
    assert_eq!(tab.heard(), [9], "it changed between the question's turn and its answer");
}

#[test]
fn a_wrong_key_hears_nothing_and_leaves_nothing() {
    let (watchers, mut buyer, mut thief) = (Watchers::new(), Tab::new(1), Tab::new(2));
    buyer.asks(&watchers, 7);
    buyer.answered(&watchers, 7, Some(1));
    thief.asks(&watchers, 7);
    watchers.tell(&order(7, 2));
    thief.answered(&watchers, 7, None);
    watchers.tell(&order(7, 3));
    assert_eq!((buyer.heard(), thief.heard()), (vec![2, 3], vec![]));
    assert_eq!(watchers.count(order(7, 0).order), 1);
    // Who had the key once goes on hearing, whatever it asks later.
    buyer.asks(&watchers, 7);
    buyer.answered(&watchers, 7, None);
    watchers.tell(&order(7, 4));
    assert_eq!(buyer.heard(), [4]);
}

#[test]
fn the_newest_are_followed_until_the_session_ends() {
    let (watchers, mut tab) = (Watchers::new(), Tab::new(1));
    for id in 0..=16 {
        tab.asks(&watchers, id);
        tab.answered(&watchers, id, Some(1));
    }
    assert_eq!((watchers.count(order(0, 0).order), watchers.count(order(1, 0).order)), (0, 1));
    watchers.tell(&order(0, 2));
    watchers.tell(&order(16, 2));
    assert_eq!(tab.heard(), [2]);
    tab.asks(&watchers, 3);
    watchers.forget(tab.session, &tab.watched);
    tab.answered(&watchers, 3, Some(5));
    assert!(watchers.0.is_empty(), "also an answer that comes too late leaves nothing");
}
