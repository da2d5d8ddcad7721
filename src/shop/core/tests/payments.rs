//! Payments through a provider, whatever it says and whenever it says it.

use super::*;
use quiora_signaling::{Currency, PaymentState, StockPolicy};

const TOTAL: u64 = 10_900;

fn card_shop(policy: StockPolicy) -> ShopCore {
    let mut core = shop();
    let payments = vec![PaymentMethod::Manual, PaymentMethod::Stripe];
    let settings = ShopSettings { payments, policy, ..core.settings().clone() };
    ask(&mut core, NOW, &Command::SetSettings(Box::new(settings))).unwrap();
    core
}

fn pay(order: u32) -> Command {
    match place(order, TOTAL, 1, Some("IT"), u64::from(order)) {
        Command::Place { order, key, total_minor, shipping, country, buyer, .. } => {
            Command::Place { order, key, total_minor, shipping, country, buyer, payment: PaymentMethod::Stripe }
        }
        other => other,
    }
}

fn open(order: u32) -> Command {
    let url = format!("https://pay.example/{order}");
    Command::OpenPayment { order: id(u128::from(order)), session: format!("cs_{order}"), url }
}

fn capture(order: u32) -> Command {
    let payment = format!("pi_{order}");
    Command::Capture { order: id(u128::from(order)), payment, amount_minor: TOTAL, currency: Currency::EUR }
}

fn close(order: u32) -> Command {
    Command::ClosePayment { order: id(u128::from(order)), session: Some(format!("cs_{order}")) }
}

fn expire(core: &mut ShopCore, now_ms: u64) {
    for event in core.due(now_ms) {
        let recorded = core.record(now_ms, event);
        core.apply(&recorded);
    }
}

fn errand(core: &ShopCore, order: u32) -> Option<Errand> {
    core.errand(id(u128::from(order)))
}

fn state(core: &ShopCore, of: u32) -> (OrderStatus, PaymentState) {
    let order = order(core, of);
    (order.status, order.payment.unwrap().state)
}

/// An order at the provider's, with its page open.
fn paying(core: &mut ShopCore, order: u32) {
    for command in [reserve(order, u128::from(order), 10, 1), pay(order), open(order)] {
        ask(core, NOW, &command).unwrap();
    }
}

#[test]
fn a_payment_goes_from_asked_to_open_to_paid_and_its_piece_from_held_to_sold() {
    let mut core = card_shop(StockPolicy::Reserve);
    ask(&mut core, NOW, &reserve(1, 1, 10, 1)).unwrap();
    ask(&mut core, NOW + 200_000, &pay(1)).unwrap();
    assert_eq!(state(&core, 1), (OrderStatus::Paying, PaymentState::Opening));
    assert_eq!(order(&core, 1).expires_at_ms, Some(NOW + 500_000), "the time to pay begins with the order");
    assert_eq!((order(&core, 1).number, errand(&core, 1)), (None, Some(Errand::Open)));
    assert_eq!(core.decide(NOW, &pay(1)), Ok(vec![]), "a second click");

    ask(&mut core, NOW, &open(1)).unwrap();
    assert_eq!(order(&core, 1).payment.unwrap().url.as_deref(), Some("https://pay.example/1"));
    assert_eq!((core.decide(NOW, &open(1)), errand(&core, 1)), (Ok(vec![]), Some(Errand::Watch)));
    assert_eq!(stock(&core, 10), [5, 4, 1, 0]);

    ask(&mut core, NOW, &capture(1)).unwrap();
    assert_eq!(state(&core, 1), (OrderStatus::Paid, PaymentState::Paid));
    assert_eq!((order(&core, 1).number, order(&core, 1).expires_at_ms), (Some(1), None));
    assert_eq!((stock(&core, 10), errand(&core, 1)), ([5, 4, 0, 1], None));
    assert_eq!(core.decide(NOW, &capture(1)), Ok(vec![]), "told twice");
    assert_eq!(core.decide(NOW, &close(1)), Ok(vec![]), "told late that it is closed");
    assert_eq!(core.decide(NOW, &pay(1)), Ok(vec![]));
    expire(&mut core, NOW + 10_000_000);
    assert_eq!(order(&core, 1).status, OrderStatus::Paid);
}

#[test]
fn a_payment_that_comes_before_its_page_was_known_counts() {
    let mut core = card_shop(StockPolicy::Reserve);
    ask(&mut core, NOW, &reserve(1, 1, 10, 1)).unwrap();
    ask(&mut core, NOW, &pay(1)).unwrap();
    ask(&mut core, NOW, &capture(1)).unwrap();
    assert_eq!(core.decide(NOW, &open(1)), Ok(vec![]));
    assert_eq!(state(&core, 1), (OrderStatus::Paid, PaymentState::Paid));
}

#[test]
fn who_pays_after_the_time_is_served_if_there_is_a_piece_and_else_gets_the_money_back() {
    let mut core = card_shop(StockPolicy::Reserve);
    for order in 1..=2 {
        paying(&mut core, order);
    }
    expire(&mut core, NOW + 300_000);
    assert_eq!((state(&core, 1), errand(&core, 1)), ((OrderStatus::Expired, PaymentState::Open), Some(Errand::Close)));
    assert_eq!(stock(&core, 10), [5, 5, 0, 0]);
    ask(&mut core, NOW, &Command::ChangeStock { variant: id(10), change: -4 }).unwrap();

    ask(&mut core, NOW, &capture(1)).unwrap();
    assert_eq!((state(&core, 1), stock(&core, 10)), ((OrderStatus::Paid, PaymentState::Paid), [1, 0, 0, 1]));

    ask(&mut core, NOW, &capture(2)).unwrap();
    assert_eq!(state(&core, 2), (OrderStatus::Refunded, PaymentState::Refunding));
    assert_eq!((stock(&core, 10), errand(&core, 2)), ([1, 0, 0, 1], Some(Errand::Refund)));
    let repay = Command::Repay { order: id(2), refund: "re_2".into() };
    ask(&mut core, NOW, &repay).unwrap();
    assert_eq!(core.decide(NOW, &repay), Ok(vec![]));
    assert_eq!((state(&core, 2), errand(&core, 2)), ((OrderStatus::Refunded, PaymentState::Refunded), None));
}

#[test]
fn what_was_given_up_is_closed_and_its_buyer_forgotten() {
    let mut core = card_shop(StockPolicy::Reserve);
    paying(&mut core, 1);
    ask(&mut core, NOW, &Command::Release { order: id(1), key: key(1) }).unwrap();
    assert_eq!((state(&core, 1), errand(&core, 1)), ((OrderStatus::Released, PaymentState::Open), Some(Errand::Close)));
    ask(&mut core, NOW, &close(1)).unwrap();
    assert_eq!((state(&core, 1), errand(&core, 1)), ((OrderStatus::Released, PaymentState::Closed), None));
    assert!(core.file(NOW, id(1), None).unwrap().contact_erased);
}

#[test]
fn a_provider_that_refuses_leaves_the_reservation_for_another_way_to_pay() {
    let mut core = card_shop(StockPolicy::Reserve);
    ask(&mut core, NOW, &reserve(1, 1, 10, 1)).unwrap();
    ask(&mut core, NOW, &pay(1)).unwrap();
    assert_eq!(core.decide(NOW, &close(1)), Ok(vec![]), "what is said of another session is not said of this one");
    ask(&mut core, NOW, &Command::ClosePayment { order: id(1), session: None }).unwrap();
    assert_eq!(state(&core, 1), (OrderStatus::Reserved, PaymentState::Closed));
    assert_eq!(stock(&core, 10), [5, 4, 1, 0]);
    ask(&mut core, NOW, &place(1, TOTAL, 1, Some("IT"), 1)).unwrap();
    assert_eq!((order(&core, 1).status, order(&core, 1).payment), (OrderStatus::Placed, None));
}

#[test]
fn a_wrong_amount_is_never_served() {
    let mut core = card_shop(StockPolicy::Reserve);
    paying(&mut core, 1);
    let (order, payment) = (id(1), "pi_1".to_owned());
    ask(&mut core, NOW, &Command::Capture { order, payment, amount_minor: 1, currency: Currency::EUR }).unwrap();
    assert_eq!((state(&core, 1).0, stock(&core, 10)), (OrderStatus::Refunded, [5, 5, 0, 0]));
    assert_eq!(errand(&core, 1), Some(Errand::Refund));
}

#[test]
fn where_nothing_is_held_the_first_payment_is_served() {
    let mut core = card_shop(StockPolicy::FirstPaid);
    ask(&mut core, NOW, &Command::ChangeStock { variant: id(10), change: -4 }).unwrap();
    for order in 1..=2 {
        paying(&mut core, order);
    }
    assert_eq!(stock(&core, 10), [1, 1, 0, 0]);
    ask(&mut core, NOW, &capture(2)).unwrap();
    ask(&mut core, NOW, &capture(1)).unwrap();
    assert_eq!((order(&core, 2).status, order(&core, 1).status), (OrderStatus::Paid, OrderStatus::Refunded));
    assert_eq!(stock(&core, 10), [1, 0, 0, 1]);
}

#[test]
fn a_refund_by_the_seller_sends_the_money_back() {
    let mut core = card_shop(StockPolicy::Reserve);
    paying(&mut core, 1);
    ask(&mut core, NOW, &capture(1)).unwrap();
    ask(&mut core, NOW, &Command::Step { order: id(1), status: OrderStatus::Refunded, restock: true }).unwrap();
    assert_eq!(state(&core, 1), (OrderStatus::Refunded, PaymentState::Refunding));
    assert_eq!((stock(&core, 10), errand(&core, 1)), ([5, 5, 0, 0], Some(Errand::Refund)));
}

#[test]
fn a_shop_that_takes_no_cards_says_so_and_nothing_is_paid_that_was_not_asked_for() {
    let mut core = shop();
    ask(&mut core, NOW, &reserve(1, 1, 10, 1)).unwrap();
    assert_eq!(ask(&mut core, NOW, &pay(1)), Err(RefusalCode::PaymentUnavailable));
    assert_eq!(ask(&mut core, NOW, &capture(1)), Err(RefusalCode::OrderStepInvalid));
    assert_eq!(ask(&mut core, NOW, &capture(9)), Err(RefusalCode::OrderNotFound));
    ask(&mut core, NOW, &place(1, TOTAL, 1, Some("IT"), 1)).unwrap();
    assert_eq!(ask(&mut core, NOW, &capture(1)), Err(RefusalCode::OrderStepInvalid));
}
