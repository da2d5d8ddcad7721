//! Tests of what letters say.

use super::{amount, moment, write};
use crate::store::Letter;
use quiora_signaling::{Currency, Language, Order, OrderKey, ShopSettings};

fn letter(language: Option<Language>) -> Letter {
    let order: Order = serde_json::from_value(serde_json::json!({
        "order": "019a0000-0000-7000-8000-000000000001", "number": 7, "status": "placed",
        "product": "019a0000-0000-7000-8000-000000000002", "variant": "019a0000-0000-7000-8000-000000000003",
        "title": "Borsa Conero", "variant_name": "cognac", "quantity": 2, "currency": "EUR", "unit_minor": 18_900,
        "goods_minor": 37_800, "shipping_minor": 900, "total_minor": 38_700, "vat_minor": 6_979, "vat_bp": 2_200,
        "steps": [], "as_of": 3
    }))
    .unwrap();
    let settings = ShopSettings { language, payment_instructions: "IBAN IT60".into(), ..ShopSettings::default() };
    Letter { order, key: Some(OrderKey("k".repeat(43))), settings }
}

#[test]
fn a_letter_says_what_was_ordered_and_where_to_look() {
    let text = write("placed", 1_795_000_000_000, &letter(None), "Aiko", "Cuoio", "https://shop.example").unwrap();
    assert_eq!(text.subject, "Cuoio: order 7 received");
    for part in [
        "Hello Aiko",
        "2 × Borsa Conero (cognac): 378.00 EUR",
        "387.00 EUR",
        "69.79 EUR",
        "IBAN IT60",
        "2026-11-18 11:06:40 UTC",
    ] {
        assert!(text.body.contains(part), "{part}: {}", text.body);
    }
    let link = format!("https://shop.example/o/019a0000-0000-7000-8000-000000000001#{}", "k".repeat(43));
    assert!(text.body.contains(&link), "{}", text.body);
}

#[test]
fn every_kind_is_written_in_both_languages() {
    for language in [Language::It, Language::En] {
        for kind in ["placed", "paid", "shipped", "cancelled", "cancelled_by_buyer", "withdrawn", "refunded", "again"] {
            let text = write(kind, 0, &letter(Some(language)), "Aiko", "Cuoio", "").unwrap();
            let hello = if language == Language::It { "Buongiorno" } else { "Hello" };
            assert!(text.body.starts_with(hello), "{kind}");
            assert_eq!(text.body.contains('#'), matches!(kind, "placed" | "again"), "{kind}");
        }
    }
    assert_eq!(write("nonsense", 0, &letter(None), "", "", ""), None);
}

#[test]
fn money_and_time_are_written_plainly() {
    assert_eq!(amount(5, Currency::EUR), "0.05 EUR");
    assert_eq!(amount(1_500, Currency::new("JPY").unwrap()), "1500 JPY");
    assert_eq!(amount(1_500, Currency::new("KWD").unwrap()), "1.500 KWD");
    assert_eq!(moment(0).unwrap(), "1970-01-01 00:00:00 UTC");
    assert_eq!(moment(u64::MAX), None);
}
