//! Offers and the lowest price of 30 days; what a seller may write.

use super::*;
use quiora_signaling::limits::MAX_VARIANTS;
use quiora_signaling::{Image, MAX_AMOUNT_MINOR};

fn offer(price_minor: Option<u64>, quantity: Option<u32>, opens_at_ms: Option<u64>) -> Command {
    let wish = OfferWish { price_minor, quantity, opens_at_ms, duration_ms: 60_000 };
    Command::Present { product: id(1), offer: Some(wish) }
}

fn unit(core: &mut ShopCore, now_ms: u64, order: u32, quantity: u32) -> Result<u64, RefusalCode> {
    ask(core, now_ms, &reserve(order, u128::from(order), 10, quantity))?;
    Ok(super::order(core, order).unit_minor)
}

#[test]
fn an_offer_holds_for_its_time() {
    let mut core = shop();
    ask(&mut core, NOW, &offer(Some(8_000), None, None)).unwrap();
    let card = core.card(NOW, id(1)).unwrap();
    assert_eq!((card.variants[0].offer_minor, card.variants[0].lowest_30_days_minor), (Some(8_000), Some(10_000)));
    assert_eq!(card.variants[0].for_sale_since_ms, Some(NOW), "younger than 30 days");
    assert_eq!(unit(&mut core, NOW + 59_999, 1, 1), Ok(8_000));
    assert_eq!(unit(&mut core, NOW + 60_000, 2, 1), Ok(10_000));
    assert_eq!(core.card(NOW + 60_000, id(1)).unwrap().variants[0].offer_minor, None);
    ask(&mut core, NOW + 70_000, &place(1, 8_000, 2, None, 1)).unwrap();
    assert_eq!(order(&core, 1).total_minor, 8_000, "the price was fixed with the reservation");
}

#[test]
fn a_reduced_price_is_below_the_lowest_of_30_days() {
    let mut core = shop();
    for price in [10_000, 10_001] {
        assert_eq!(ask(&mut core, NOW, &offer(Some(price), None, None)), Err(RefusalCode::FlashNotLower));
    }
    ask(&mut core, NOW, &offer(Some(8_000), None, None)).unwrap();
    let week = NOW + 7 * DAY_MS;
    assert_eq!(ask(&mut core, week, &offer(Some(8_000), None, None)), Err(RefusalCode::FlashNotLower));
    assert_eq!(ask(&mut core, week, &offer(Some(8_500), None, None)), Err(RefusalCode::FlashNotLower));
    let month = NOW + 60_000 + 30 * DAY_MS;
    assert_eq!(ask(&mut core, month - 1, &offer(Some(8_500), None, None)), Err(RefusalCode::FlashNotLower));
    ask(&mut core, month, &offer(Some(8_500), None, None)).unwrap();
    let card = core.card(month, id(1)).unwrap();
    assert_eq!((card.variants[0].lowest_30_days_minor, card.variants[0].for_sale_since_ms), (Some(10_000), None));
}

#[test]
fn a_price_that_was_never_asked_is_no_reference() {
    let mut core = shop();
    let draft_only = ProductDraft { status: ProductStatus::Draft, ..draft(2) };
    ask(&mut core, NOW, &Command::SaveProducts(vec![(id(2), draft_only)])).unwrap();
    let wish = OfferWish { price_minor: Some(1), quantity: None, opens_at_ms: None, duration_ms: 60_000 };
    let present = Command::Present { product: id(2), offer: Some(wish) };
    assert_eq!(ask(&mut core, NOW, &present), Err(RefusalCode::NotForSale));
    let mut dearer = draft(1);
    dearer.variants[0].price_minor = 20_000;
    ask(&mut core, NOW + DAY_MS, &Command::SaveProducts(vec![(id(1), dearer)])).unwrap();
    assert_eq!(
        ask(&mut core, NOW + DAY_MS, &offer(Some(15_000), None, None)),
        Err(RefusalCode::FlashNotLower),
        "raised yesterday, reduced today"
    );
}

#[test]
fn an_offer_of_so_many_pieces_ends_with_them() {
    let mut core = shop();
    ask(&mut core, NOW, &offer(Some(8_000), Some(2), None)).unwrap();
    assert_eq!(unit(&mut core, NOW, 1, 1), Ok(8_000));
    assert_eq!(core.stock(NOW, id(1)).unwrap().offer_left, Some(1));
    assert_eq!(unit(&mut core, NOW, 2, 2), Ok(10_000), "not all of them at its terms");
    assert_eq!(unit(&mut core, NOW, 3, 1), Ok(8_000));
    assert_eq!(core.stock(NOW, id(1)).unwrap().offer_left, Some(0));
    ask(&mut core, NOW, &Command::Release { order: id(1), key: key(1) }).unwrap();
    assert_eq!(core.stock(NOW, id(1)).unwrap().offer_left, Some(1), "what comes back is offered again");

    let mut core = shop();
    ask(&mut core, NOW, &offer(None, Some(1), None)).unwrap();
    assert_eq!(unit(&mut core, NOW, 1, 1), Ok(10_000));
    assert_eq!(unit(&mut core, NOW, 2, 1), Err(RefusalCode::SoldOut));
    assert_eq!(unit(&mut core, NOW + 60_000, 2, 1), Ok(10_000));
}

#[test]
fn a_drop_opens_at_its_instant() {
    let mut core = shop();
    ask(&mut core, NOW, &offer(Some(8_000), None, Some(NOW + 5_000))).unwrap();
    assert_eq!(unit(&mut core, NOW + 4_999, 1, 1), Err(RefusalCode::NotOpen));
    assert_eq!(unit(&mut core, NOW + 5_000, 1, 1), Ok(8_000));
    assert_eq!(core.offer(NOW, id(1)).unwrap().ends_at_ms, NOW + 65_000);
    ask(&mut core, NOW + 6_000, &Command::EndOffer { product: id(1) }).unwrap();
    assert_eq!(core.decide(NOW + 6_000, &Command::EndOffer { product: id(1) }), Ok(Vec::new()), "repeatable");
    assert_eq!(unit(&mut core, NOW + 6_000, 2, 1), Ok(10_000));
    let (spans, lowest) = core.prices(NOW + 6_000, id(10)).unwrap();
    assert_eq!((spans.len(), spans[1].to_ms, lowest), (2, Some(NOW + 6_000), Some(8_000)));
}

#[test]
fn an_offer_says_something_within_bounds() {
    let mut core = shop();
    for (price, quantity, opens, duration_ms) in [
        (None, None, None, 60_000),
        (None, None, Some(NOW - 1), 60_000),
        (Some(0), None, None, 60_000),
        (None, Some(0), None, 60_000),
        (Some(8_000), None, None, 9_999),
        (Some(8_000), None, None, 86_400_001),
        (Some(8_000), None, Some(NOW + 31 * DAY_MS), 60_000),
        (Some(8_000), None, Some(u64::MAX), 60_000),
    ] {
        let wish = OfferWish { price_minor: price, quantity, opens_at_ms: opens, duration_ms };
        let present = Command::Present { product: id(1), offer: Some(wish) };
        assert_eq!(ask(&mut core, NOW, &present), Err(RefusalCode::FlashInvalid), "{wish:?}");
    }
}

#[test]
fn what_a_seller_writes_is_cleaned_or_refused_by_code() {
    let clean = clean_draft(ProductDraft {
        title: "  Borsa\n Conero ".into(),
        description: "a\n\n b  c \u{202e}\n".into(),
        ..draft(1)
    });
    let clean = clean.unwrap();
    assert_eq!((clean.title.as_str(), clean.description.as_str()), ("Borsa Conero", "a\n\nb c"));
    let image = Image { image: "0".repeat(63), width_px: 1, height_px: 1, alt: String::new() };
    type Spoil = fn(&mut ProductDraft, Image);
    let bad: [(&str, Spoil); 8] = [
        ("title_invalid", |d, _| d.title = " ".into()),
        ("description_invalid", |d, _| d.description = "x".repeat(4_001)),
        ("vat_invalid", |d, _| d.vat_bp = 10_001),
        ("max_per_buyer_invalid", |d, _| d.max_per_buyer = Some(0)),
        ("images_invalid", |d, image| d.images = vec![image]),
        ("variants_invalid", |d, _| d.variants.clear()),
        ("variants_invalid", |d, _| d.variants[1].name = "cognac".into()),
        ("price_invalid", |d, _| d.variants[0].price_minor = MAX_AMOUNT_MINOR + 1),
    ];
    for (code, spoil) in bad {
        let mut draft = draft(1);
        spoil(&mut draft, image.clone());
        assert_eq!(clean_draft(draft).map_err(|fault| fault.code), Err(code));
    }
    let mut many = draft(1);
    many.variants = (0..=MAX_VARIANTS)
        .map(|n| VariantDraft { name: n.to_string(), variant: None, ..many.variants[0].clone() })
        .collect();
    assert_eq!(clean_draft(many).map_err(|fault| fault.code), Err("variants_invalid"));
    let settings = ShopSettings { reservation_ms: 1, ..ShopSettings::default() };
    assert_eq!(clean_settings(settings).map_err(|fault| fault.code), Err("reservation_invalid"));
}

#[test]
fn the_largest_card_is_still_one_event() {
    let mut large = draft(1);
    let name = |n: usize| format!("{}{n:02}", "𝄞".repeat(58));
    large.title = "𝄞".repeat(120);
    large.variants = (0..MAX_VARIANTS)
        .map(|n| VariantDraft {
            variant: Some(id(100 + n as u128)),
            name: name(n),
            sku: "x".repeat(40),
            price_minor: MAX_AMOUNT_MINOR,
            stock: 1,
        })
        .collect();
    large.images = vec![Image { image: "a".repeat(64), width_px: 1_600, height_px: 1_600, alt: "𝄞".repeat(200) }; 8];
    let large = clean_draft(large).unwrap();
    let mut core = shop();
    ask(&mut core, NOW, &Command::SaveProducts(vec![(id(9), large)])).unwrap();
    let wish = OfferWish { price_minor: Some(1), quantity: Some(9), opens_at_ms: Some(NOW + 9), duration_ms: 60_000 };
    ask(&mut core, NOW, &Command::Present { product: id(9), offer: Some(wish) }).unwrap();
    let card = serde_json::to_string(&core.card(NOW, id(9)).unwrap()).unwrap();
    assert!(card.chars().count() < 15_000 && card.len() < 16_000, "{} bytes", card.len());
}
