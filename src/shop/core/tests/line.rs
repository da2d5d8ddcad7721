//! Lines for what is sold out, and shops where who pays first is served.

use super::*;

fn wait(order: u32, member: u128, quantity: u32) -> Command {
    match reserve(order, member, 10, quantity) {
        Command::Reserve { order, key, member, show, variant, quantity, .. } => {
            Command::Reserve { order, key, member, show, variant, quantity, wait: true }
        }
        other => other,
    }
}

/// Lets time do all that it does.
fn pass(core: &mut ShopCore, now_ms: u64) {
    loop {
        let due = core.due(now_ms);
        if due.is_empty() {
            return;
        }
        for event in due {
            let recorded = core.record(now_ms, event);
            core.apply(&recorded);
        }
    }
}

/// All five pieces are held, by the orders 1 and 2.
fn all_held(core: &mut ShopCore) {
    ask(core, NOW, &reserve(1, 1, 10, 3)).unwrap();
    ask(core, NOW, &reserve(2, 2, 10, 2)).unwrap();
}

fn release(order: u32) -> Command {
    Command::Release { order: id(u128::from(order)), key: key(order) }
}

fn ahead(core: &ShopCore, order: u32) -> Option<u32> {
    core.file(NOW, id(u128::from(order)), None).unwrap().order.ahead
}

#[test]
fn who_waits_is_offered_what_comes_back_in_order_of_arrival() {
    let mut core = shop();
    all_held(&mut core);
    assert_eq!(ask(&mut core, NOW, &reserve(9, 9, 10, 1)), Err(RefusalCode::SoldOut));
    for order in 3..6 {
        ask(&mut core, NOW, &wait(order, u128::from(order), 2)).unwrap();
        pass(&mut core, NOW);
    }
    assert_eq!((ahead(&core, 3), ahead(&core, 5)), (Some(0), Some(2)));
    assert_eq!(order(&core, 3).status, OrderStatus::Waiting);
    assert_eq!(order(&core, 3).expires_at_ms, None, "a place in line does not run out");
    assert_eq!(core.decide(NOW, &wait(3, 3, 2)), Ok(vec![]), "asked again, it is the same place");

    ask(&mut core, NOW, &release(1)).unwrap();
    ask(&mut core, NOW, &release(2)).unwrap();
    pass(&mut core, NOW + 1_000);
    let (first, second, third) = (order(&core, 3), order(&core, 4), order(&core, 5));
    assert_eq!((first.status, first.quantity), (OrderStatus::Reserved, 2));
    assert_eq!(first.expires_at_ms, Some(NOW + 1_000 + 300_000), "with a countdown of its own");
    assert_eq!((second.status, second.quantity), (OrderStatus::Reserved, 2));
    assert_eq!((third.status, third.quantity), (OrderStatus::Reserved, 1), "as many as there are");
    assert_eq!((third.goods_minor, third.total_minor), (10_000, 10_000));
    assert_eq!(stock(&core, 10), [5, 0, 5, 0]);
    assert_eq!(core.decide(NOW, &wait(5, 5, 2)), Ok(vec![]), "also when fewer were offered than were wanted");
}

#[test]
fn who_does_not_take_what_is_offered_loses_it_to_the_next() {
    let mut core = shop();
    all_held(&mut core);
    ask(&mut core, NOW, &wait(3, 3, 1)).unwrap();
    ask(&mut core, NOW, &wait(4, 4, 1)).unwrap();
    ask(&mut core, NOW, &place(1, 30_900, 1, Some("IT"), 1)).unwrap();
    ask(&mut core, NOW, &place(2, 20_900, 1, Some("IT"), 2)).unwrap();
    ask(&mut core, NOW, &Command::ChangeStock { variant: id(10), change: 1 }).unwrap();
    pass(&mut core, NOW);
    assert_eq!((order(&core, 3).status, order(&core, 4).status), (OrderStatus::Reserved, OrderStatus::Waiting));
    pass(&mut core, NOW + 300_000);
    assert_eq!((order(&core, 3).status, order(&core, 4).status), (OrderStatus::Expired, OrderStatus::Reserved));
    ask(&mut core, NOW, &release(4)).unwrap();
    pass(&mut core, NOW + 300_000);
    assert_eq!(stock(&core, 10), [6, 1, 0, 5], "nobody waits: it is free");
}

#[test]
fn nobody_pushes_in() {
    let mut core = shop();
    all_held(&mut core);
    ask(&mut core, NOW, &wait(3, 3, 1)).unwrap();
    ask(&mut core, NOW, &release(1)).unwrap();
    // The pieces are free and not yet offered: whoever asks now is behind.
    assert_eq!(ask(&mut core, NOW, &reserve(4, 4, 10, 1)), Err(RefusalCode::SoldOut));
    pass(&mut core, NOW);
    assert_eq!(order(&core, 3).status, OrderStatus::Reserved);
    ask(&mut core, NOW, &reserve(4, 4, 10, 1)).unwrap();
}

#[test]
fn a_line_is_left_has_an_end_and_can_be_forbidden() {
    let mut core = shop();
    all_held(&mut core);
    ask(&mut core, NOW, &wait(3, 3, 1)).unwrap();
    assert_eq!(ask(&mut core, NOW, &place(3, 10_900, 1, Some("IT"), 3)), Err(RefusalCode::OrderStepInvalid));
    ask(&mut core, NOW, &release(3)).unwrap();
    ask(&mut core, NOW, &release(1)).unwrap();
    pass(&mut core, NOW);
    assert_eq!((order(&core, 3).status, stock(&core, 10)), (OrderStatus::Released, [5, 3, 2, 0]));

    ask(&mut core, NOW, &reserve(4, 4, 10, 3)).unwrap();
    for order in 0..quiora_signaling::limits::MAX_LINE as u32 {
        ask(&mut core, NOW, &wait(1_000 + order, u128::from(1_000 + order), 1)).unwrap();
    }
    assert_eq!(ask(&mut core, NOW, &wait(5, 5, 1)), Err(RefusalCode::ShopFull));

    let settings = ShopSettings { waiting_list: false, ..core.settings().clone() };
    ask(&mut core, NOW, &Command::SetSettings(Box::new(settings))).unwrap();
    assert_eq!(ask(&mut core, NOW, &wait(5, 5, 1)), Err(RefusalCode::SoldOut));
}

/// The shop, where nothing is held.
fn first_paid() -> ShopCore {
    let mut core = shop();
    let settings = ShopSettings { policy: quiora_signaling::StockPolicy::FirstPaid, ..core.settings().clone() };
    ask(&mut core, NOW, &Command::SetSettings(Box::new(settings))).unwrap();
    core
}

#[test]
fn where_nothing_is_held_who_orders_first_gets_the_last_piece() {
    let mut core = first_paid();
    ask(&mut core, NOW, &reserve(1, 1, 10, 3)).unwrap();
    ask(&mut core, NOW, &reserve(2, 2, 10, 3)).unwrap();
    assert!(!order(&core, 1).held);
    assert_eq!(stock(&core, 10), [5, 5, 0, 0]);
    ask(&mut core, NOW, &place(2, 30_900, 1, Some("IT"), 2)).unwrap();
    assert_eq!(stock(&core, 10), [5, 2, 0, 3]);
    assert_eq!(ask(&mut core, NOW, &place(1, 30_900, 1, Some("IT"), 1)), Err(RefusalCode::SoldOut));
    assert_eq!(order(&core, 1).status, OrderStatus::Reserved, "a smaller order can still be made");
    pass(&mut core, NOW + 300_000);
    assert_eq!((order(&core, 1).status, stock(&core, 10)), (OrderStatus::Expired, [5, 2, 0, 3]));
}

#[test]
fn a_price_that_rose_meanwhile_is_not_taken_where_nothing_is_held() {
    let mut core = first_paid();
    ask(&mut core, NOW, &reserve(1, 1, 10, 1)).unwrap();
    let mut dearer = draft(1);
    dearer.variants[0].price_minor = 12_000;
    ask(&mut core, NOW, &Command::SaveProducts(vec![(id(1), dearer)])).unwrap();
    assert_eq!(ask(&mut core, NOW, &place(1, 10_900, 1, Some("IT"), 1)), Err(RefusalCode::PriceChanged));
}
