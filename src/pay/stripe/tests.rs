//! What is asked of Stripe, and what its answers mean.

use super::*;
use quiora_signaling::{OrderHand, OrderStatus, OrderStep, ShippingChoice};
use uuid::Uuid;

fn order() -> Order {
    Order {
        order: Uuid::from_u128(7).into(),
        number: None,
        status: OrderStatus::Paying,
        product: Uuid::from_u128(1).into(),
        variant: Uuid::from_u128(2).into(),
        title: "Borsa".into(),
        variant_name: "cognac".into(),
        quantity: 2,
        currency: Currency::EUR,
        unit_minor: 14_900,
        goods_minor: 29_800,
        shipping: Some(ShippingChoice { shipping: Uuid::from_u128(3).into(), name: "Corriere".into(), pick_up: false }),
        shipping_minor: 900,
        total_minor: 30_700,
        vat_minor: 0,
        vat_bp: 0,
        expires_at_ms: None,
        held: true,
        ahead: None,
        payment: None,
        withdrawn_at_ms: None,
        steps: vec![OrderStep { status: OrderStatus::Reserved, at_ms: 0, by: OrderHand::Buyer }],
        as_of: 1,
    }
}

fn page(order: &Order) -> Vec<(String, String)> {
    let page = Page {
        order,
        attempt: 3,
        email: Some("a@b.it"),
        paid_url: "http://x/p",
        unpaid_url: "http://x/u",
        asked_at_s: 100,
    };
    form(&page)
}

#[test]
fn the_lines_of_a_page_sum_to_the_order() {
    let order = order();
    let form = page(&order);
    let get = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let number = |name: &str| get(name).unwrap().parse::<u64>().unwrap();
    let line = |n| {
        let part = |what: &str| number(&format!("line_items[{n}]{what}"));
        part("[quantity]") * part("[price_data][unit_amount]")
    };
    assert_eq!(line(0) + line(1), order.total_minor);
    assert_eq!(get("line_items[0][price_data][product_data][name]"), Some("Borsa (cognac)"));
    assert_eq!(get("line_items[0][price_data][currency]"), Some("eur"));
    assert_eq!(get("client_reference_id"), Some("00000000-0000-0000-0000-000000000007"));
    assert_eq!(number("expires_at"), 100 + 31 * 60, "at least thirty minutes, and the same at every try");
}

#[test]
fn what_costs_nothing_is_no_line() {
    let form = page(&Order { shipping_minor: 0, ..order() });
    assert!(!form.iter().any(|(name, _)| name.starts_with("line_items[1]")));
}

#[test]
fn currencies_without_a_hundredth_are_counted_as_stripe_counts_them() {
    let currency = |code| Currency::new(code).unwrap();
    for (code, ours, theirs) in [("EUR", 150, 150), ("JPY", 150, 150), ("ISK", 150, 15_000), ("UGX", 1, 100)] {
        assert_eq!(counted(ours, currency(code)), theirs);
        assert_eq!(uncounted(theirs, currency(code)), Some(ours));
    }
    assert_eq!(uncounted(150, currency("ISK")), None);
}

#[test]
fn an_answer_says_whether_to_ask_again() {
    let reason = |code: &str| Reason { code: Some(code.into()), ..Reason::default() };
    let of = |status: u16| fault(StatusCode::from_u16(status).unwrap(), reason("x"));
    for status in [409, 429, 500, 503, 302] {
        assert_eq!(of(status), Fault::Later("x".into()), "{status}");
    }
    for status in [401, 403] {
        assert_eq!(of(status), Fault::Key("x".into()), "{status}");
    }
    for status in [400, 402, 404] {
        assert_eq!(of(status), Fault::Refused("x".into()), "{status}");
    }
    let written = fault(StatusCode::BAD_REQUEST, reason("<b>\u{1b}[31m no such key: sk_live_1</b>"));
    assert_eq!(
        written,
        Fault::Refused("b[31mnosuchkeysk_live_1b".into()),
        "nothing but a word gets into logs and pages"
    );
}

#[test]
fn keys_have_a_form() {
    assert!(is_key("sk_test_4eC39HqLyjWDarjtT1zdp7dc") && is_key("rk_live_abcdef"));
    for no in ["", "sk_", "pk_live_abcdef", "sk_live_a\r\nb", "sk_live_ö123"] {
        assert!(!is_key(no), "{no:?}");
    }
}
