//! The core, asked directly: prices, limits, steps. Crowds that lose their answers are in `tests/sim`.

mod line;
mod payments;
mod prices;

use super::*;
use quiora_signaling::{
    OfferWish, Order, OrderStatus, PaymentMethod, ProductDraft, ProductStatus, ShippingId, ShippingOption,
    VariantDraft, VariantId,
};
use uuid::Uuid;

const NOW: u64 = 1_700_000_000_000;
const DAY_MS: u64 = 86_400_000;

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

fn key(n: u32) -> KeyHash {
    KeyHash(format!("{n:064x}"))
}

/// Product `n` with variants `10 n` (five pieces) and `10 n + 1` (none), both at 100.00.
fn draft(n: u128) -> ProductDraft {
    let variant = |id_of: u128, name: &str, stock| VariantDraft {
        variant: Some(id(id_of)),
        name: name.into(),
        sku: String::new(),
        price_minor: 10_000,
        stock,
    };
    ProductDraft {
        title: format!("Borsa {n}"),
        description: String::new(),
        status: ProductStatus::Active,
        vat_bp: 2_200,
        max_per_buyer: Some(3),
        images: Vec::new(),
        variants: vec![variant(10 * n, "cognac", 5), variant(10 * n + 1, "nero", 0)],
    }
}

/// Does it, or says why not.
fn ask(core: &mut ShopCore, now_ms: u64, command: &Command) -> Result<(), RefusalCode> {
    for event in core.decide(now_ms, command)? {
        let recorded = core.record(now_ms, event);
        core.apply(&recorded);
    }
    Ok(())
}

/// Lets time pass.
fn wait_until(core: &mut ShopCore, now_ms: u64) {
    for event in core.due(now_ms) {
        let recorded = core.record(now_ms, event);
        core.apply(&recorded);
    }
}

/// A shop with product 1 and two ways of shipping: 1 costs 9.00 and goes to IT and DE, 2 is pick-up.
fn shop() -> ShopCore {
    let mut core = ShopCore::new();
    let shipping = |n, price_minor, pick_up, countries: &[&str]| ShippingOption {
        shipping: id(n),
        name: format!("way {n}"),
        price_minor,
        pick_up,
        countries: countries.iter().map(ToString::to_string).collect(),
    };
    let settings = ShopSettings {
        shipping: vec![shipping(1, 900, false, &["IT", "DE"]), shipping(2, 0, true, &[])],
        ..ShopSettings::default()
    };
    ask(&mut core, NOW, &Command::SetSettings(Box::new(settings))).unwrap();
    ask(&mut core, NOW, &Command::SaveProducts(vec![(id(1), draft(1))])).unwrap();
    core
}

fn reserve(order: u32, member: u128, variant: u128, quantity: u32) -> Command {
    Command::Reserve {
        order: id(u128::from(order)),
        key: key(order),
        member: id(member),
        show: id(1),
        variant: id(variant),
        quantity,
        wait: false,
    }
}

fn place(order: u32, total_minor: u64, shipping: u128, country: Option<&str>, buyer: u64) -> Command {
    let shipping: ShippingId = id(shipping);
    let country = country.map(str::to_owned);
    Command::Place {
        order: id(u128::from(order)),
        key: key(order),
        total_minor,
        shipping,
        country,
        buyer,
        payment: PaymentMethod::Manual,
    }
}

fn stock(core: &ShopCore, variant: u128) -> [u32; 4] {
    let (_, Stock { stock, free, reserved, sold }) = core.stock_of(id::<VariantId>(variant)).unwrap();
    [stock, free, reserved, sold]
}

fn order(core: &ShopCore, order: u32) -> Order {
    core.order(id(u128::from(order))).unwrap().clone()
}

#[test]
fn a_piece_goes_from_free_to_held_to_sold() {
    let mut core = shop();
    ask(&mut core, NOW, &reserve(1, 7, 10, 2)).unwrap();
    assert_eq!(stock(&core, 10), [5, 3, 2, 0]);
    assert_eq!(order(&core, 1).expires_at_ms, Some(NOW + 300_000));
    assert_eq!(ask(&mut core, NOW, &place(1, 20_899, 1, Some("IT"), 1)), Err(RefusalCode::PriceChanged));
    ask(&mut core, NOW, &place(1, 20_900, 1, Some("IT"), 1)).unwrap();
    assert_eq!(stock(&core, 10), [5, 3, 0, 2]);
    let placed = order(&core, 1);
    assert_eq!((placed.status, placed.number, placed.total_minor), (OrderStatus::Placed, Some(1), 20_900));
    assert_eq!((placed.vat_minor, placed.expires_at_ms), (3_769, None));
}

#[test]
fn what_is_asked_again_changes_nothing() {
    let mut core = shop();
    for _ in 0..3 {
        ask(&mut core, NOW, &reserve(1, 7, 10, 2)).unwrap();
    }
    assert_eq!(stock(&core, 10), [5, 3, 2, 0]);
    for _ in 0..3 {
        ask(&mut core, NOW, &place(1, 20_000, 2, None, 1)).unwrap();
    }
    ask(&mut core, NOW, &reserve(1, 7, 10, 2)).unwrap();
    assert_eq!((stock(&core, 10), core.seq()), ([5, 3, 0, 2], 4));
    assert_eq!(ask(&mut core, NOW, &reserve(1, 7, 10, 1)), Err(RefusalCode::OrderIdReused));
    let foreign = Command::Release { order: id(1), key: key(2) };
    assert_eq!(ask(&mut core, NOW, &foreign), Err(RefusalCode::OrderNotFound));
    let release = Command::Release { order: id(1), key: key(1) };
    assert_eq!(ask(&mut core, NOW, &release), Err(RefusalCode::OrderStepInvalid));
}

#[test]
fn what_is_not_there_is_not_sold() {
    let mut core = shop();
    assert_eq!(ask(&mut core, NOW, &reserve(1, 7, 11, 1)), Err(RefusalCode::SoldOut));
    assert_eq!(ask(&mut core, NOW, &reserve(1, 7, 99, 1)), Err(RefusalCode::ProductNotFound));
    assert_eq!(ask(&mut core, NOW, &reserve(1, 7, 10, 0)), Err(RefusalCode::QuantityInvalid));
    ask(&mut core, NOW, &reserve(1, 7, 10, 3)).unwrap();
    assert_eq!(ask(&mut core, NOW, &reserve(2, 8, 10, 3)), Err(RefusalCode::SoldOut));
    ask(&mut core, NOW, &reserve(2, 8, 10, 2)).unwrap();
    assert_eq!(ask(&mut core, NOW, &Command::ChangeStock { variant: id(10), change: -1 }), Err(RefusalCode::SoldOut));
    ask(&mut core, NOW, &Command::ChangeStock { variant: id(10), change: 4 }).unwrap();
    ask(&mut core, NOW, &Command::ChangeStock { variant: id(10), change: -1 }).unwrap();
    assert_eq!(stock(&core, 10), [8, 3, 5, 0]);
    let archived = ProductDraft { status: ProductStatus::Archived, ..draft(1) };
    ask(&mut core, NOW, &Command::SaveProducts(vec![(id(1), archived)])).unwrap();
    assert_eq!(ask(&mut core, NOW, &reserve(3, 9, 10, 1)), Err(RefusalCode::NotForSale));
    ask(&mut core, NOW, &place(1, 30_000, 2, None, 1)).unwrap();
    assert_eq!(order(&core, 1).status, OrderStatus::Placed, "what is held can still be ordered");
}

#[test]
fn a_reservation_runs_out_and_the_pieces_come_back() {
    let mut core = shop();
    ask(&mut core, NOW, &reserve(1, 7, 10, 2)).unwrap();
    assert_eq!(core.poll_timeout(), Some(NOW + 300_000));
    wait_until(&mut core, NOW + 299_999);
    assert_eq!(stock(&core, 10), [5, 3, 2, 0]);
    assert_eq!(
        ask(&mut core, NOW + 300_000, &place(1, 20_000, 2, None, 1)),
        Err(RefusalCode::ReservationOver),
        "also before the clock has noticed"
    );
    wait_until(&mut core, NOW + 300_000);
    assert_eq!((stock(&core, 10), order(&core, 1).status), ([5, 5, 0, 0], OrderStatus::Expired));
    assert_eq!(core.poll_timeout(), None);
    ask(&mut core, NOW + 300_001, &reserve(1, 7, 10, 2)).unwrap();
    assert_eq!(order(&core, 1).status, OrderStatus::Expired, "the id has acted");
    assert_eq!(ask(&mut core, 0, &place(1, 20_000, 2, None, 1)), Err(RefusalCode::ReservationOver), "clocks go forth");
}

#[test]
fn one_buyer_gets_no_more_than_the_limit() {
    let mut core = shop();
    ask(&mut core, NOW, &reserve(1, 7, 10, 2)).unwrap();
    assert_eq!(ask(&mut core, NOW, &reserve(2, 7, 10, 2)), Err(RefusalCode::OverLimit));
    ask(&mut core, NOW, &reserve(2, 8, 10, 2)).unwrap();
    ask(&mut core, NOW, &place(1, 20_000, 2, None, 5)).unwrap();
    assert_eq!(ask(&mut core, NOW, &place(2, 20_000, 2, None, 5)), Err(RefusalCode::OverLimit), "on another device");
    ask(&mut core, NOW, &Command::Release { order: id(2), key: key(2) }).unwrap();
    let step = Command::Step { order: id(1), status: OrderStatus::Cancelled, restock: false };
    ask(&mut core, NOW, &step).unwrap();
    assert_eq!(stock(&core, 10), [5, 5, 0, 0]);
    ask(&mut core, NOW, &reserve(3, 7, 10, 3)).unwrap();
}

#[test]
fn a_member_holds_few_orders_at_once() {
    let mut core = shop();
    ask(&mut core, NOW, &Command::SaveProducts((2..=5).map(|n| (id(n), draft(n))).collect())).unwrap();
    for n in 1..=3 {
        ask(&mut core, NOW, &reserve(n, 7, u128::from(n) * 10, 1)).unwrap();
    }
    assert_eq!(ask(&mut core, NOW, &reserve(4, 7, 40, 1)), Err(RefusalCode::OverLimit));
    ask(&mut core, NOW, &Command::Release { order: id(2), key: key(2) }).unwrap();
    ask(&mut core, NOW, &reserve(4, 7, 40, 1)).unwrap();
}

#[test]
fn goods_go_where_the_shop_sends_them() {
    let mut core = shop();
    ask(&mut core, NOW, &reserve(1, 7, 10, 1)).unwrap();
    assert_eq!(ask(&mut core, NOW, &place(1, 10_900, 1, Some("JP"), 1)), Err(RefusalCode::ShippingInvalid));
    assert_eq!(ask(&mut core, NOW, &place(1, 10_900, 1, None, 1)), Err(RefusalCode::ContactInvalid));
    assert_eq!(ask(&mut core, NOW, &place(1, 10_900, 9, Some("IT"), 1)), Err(RefusalCode::ShippingInvalid));
    ask(&mut core, NOW, &place(1, 10_900, 1, Some("DE"), 1)).unwrap();
}

#[test]
fn an_order_goes_forward_and_never_back() {
    use OrderStatus::{Cancelled, Done, Expired, Packed, Paid, Placed, Refunded, Released, Reserved, Shipped};
    let allowed = [
        (Placed, Paid),
        (Placed, Cancelled),
        (Paid, Packed),
        (Paid, Refunded),
        (Packed, Shipped),
        (Packed, Refunded),
        (Shipped, Done),
        (Shipped, Refunded),
        (Done, Refunded),
    ];
    for from in OrderStatus::ALL {
        for to in OrderStatus::ALL {
            assert_eq!(orders::leads_to(from, to), allowed.contains(&(from, to)), "{from:?} -> {to:?}");
        }
    }
    let mut core = shop();
    ask(&mut core, NOW, &reserve(1, 7, 10, 1)).unwrap();
    for to in [Placed, Paid, Reserved, Expired, Released] {
        let step = Command::Step { order: id(1), status: to, restock: true };
        assert_eq!(ask(&mut core, NOW, &step), Err(RefusalCode::OrderStepInvalid), "{to:?} is not the seller's to say");
    }
    ask(&mut core, NOW, &place(1, 10_000, 2, None, 1)).unwrap();
    for to in [Paid, Paid, Packed, Shipped, Done, Refunded] {
        ask(&mut core, NOW, &Command::Step { order: id(1), status: to, restock: false }).unwrap();
    }
    assert_eq!(stock(&core, 10), [5, 4, 0, 1], "what does not come back stays sold");
    assert_eq!(order(&core, 1).steps.len(), 7);
}

#[test]
fn a_buyer_withdraws_as_the_law_says() {
    let mut core = shop();
    let withdraw = |order: u32| Command::Withdraw { order: id(u128::from(order)), key: key(order) };
    for n in 1..=2 {
        ask(&mut core, NOW, &reserve(n, 7, 10, 1)).unwrap();
        ask(&mut core, NOW, &place(n, 10_000, 2, None, 1)).unwrap();
    }
    ask(&mut core, NOW, &withdraw(1)).unwrap();
    ask(&mut core, NOW, &withdraw(1)).unwrap();
    assert_eq!((order(&core, 1).status, stock(&core, 10)), (OrderStatus::Cancelled, [5, 4, 0, 1]));
    for to in [OrderStatus::Paid, OrderStatus::Packed, OrderStatus::Shipped, OrderStatus::Done] {
        ask(&mut core, NOW, &Command::Step { order: id(2), status: to, restock: false }).unwrap();
    }
    let late = NOW + 14 * DAY_MS;
    assert_eq!(core.decide(late, &withdraw(2)), Err(RefusalCode::OrderStepInvalid));
    let erase = Command::EraseContact { order: id(2), key: key(2) };
    ask(&mut core, late - 1, &withdraw(2)).unwrap();
    assert_eq!((order(&core, 2).status, order(&core, 2).withdrawn_at_ms), (OrderStatus::Done, Some(late - 1)));
    ask(&mut core, late, &erase).unwrap();
    assert!(core.file(late, id(2), None).unwrap().contact_erased);
    assert!(core.file(late, id(2), Some(&key(1))).is_none(), "the key is the buyer");
}

#[test]
fn the_currency_stays_once_there_are_prices() {
    let mut core = shop();
    let yen = ShopSettings { currency: quiora_signaling::Currency::new("JPY").unwrap(), ..core.settings().clone() };
    assert_eq!(ask(&mut core, NOW, &Command::SetSettings(Box::new(yen))), Err(RefusalCode::NotAllowed));
}

#[test]
fn the_catalogue_has_an_order() {
    let mut core = shop();
    ask(&mut core, NOW, &Command::SaveProducts((2..=4).map(|n| (id(n), draft(n))).collect())).unwrap();
    ask(&mut core, NOW, &Command::OrderProducts(vec![id(4), id(2)])).unwrap();
    let order: Vec<_> = core.products(NOW).iter().map(|p| p.title.clone()).collect();
    assert_eq!(order, ["Borsa 4", "Borsa 2", "Borsa 1", "Borsa 3"]);
    assert_eq!(ask(&mut core, NOW, &Command::OrderProducts(vec![id(9)])), Err(RefusalCode::ProductNotFound));
    let stolen = ProductDraft { variants: draft(1).variants, ..draft(2) };
    assert_eq!(
        ask(&mut core, NOW, &Command::SaveProducts(vec![(id(2), stolen)])),
        Err(RefusalCode::ProductNotFound),
        "a variant belongs to one product"
    );
}

#[test]
#[should_panic(expected = "cannot move")]
fn a_fact_that_takes_what_is_not_there_ends_the_shop() {
    let mut core = shop();
    let lie = core.record(NOW, Event::StockChanged { variant: id(10), change: -6 });
    core.apply(&lie);
}
