//! What is pinned, who may pin, and how seldom everybody is told what is left.

use super::*;
use crate::show::core::Row;
use quiora_signaling::limits::STOCK_INTERVAL_MS;
use quiora_signaling::{CrowdMessage, Currency, ProductCard, ProductStock, ServerMessage, Showcase};

fn showcase(product: u128) -> Box<Showcase> {
    let card = ProductCard {
        product: id(product),
        title: "Borsa".into(),
        currency: Currency::EUR,
        vat_bp: 2_200,
        max_per_buyer: None,
        images: Vec::new(),
        variants: Vec::new(),
    };
    Box::new(Showcase { at_ms: 0, media_us: None, product: card, offer: None })
}

fn stock(product: u128, as_of: u64) -> ProductStock {
    ProductStock { product: id(product), as_of, for_sale: true, variants: Vec::new(), offer_left: None }
}

fn told(effects: &[Effect]) -> Vec<u64> {
    effects.iter().filter_map(|e| if let Effect::Stock(stock) = e { Some(stock.as_of) } else { None }).collect()
}

#[test]
fn the_host_pins_and_everybody_who_comes_later_sees_it() {
    let mut core = company(ShowStatus::Live);
    assert_eq!(ask(&mut core, 2, Command::Pin(showcase(7))), Err(RefusalCode::NotAllowed));
    assert_eq!(ask(&mut core, 1, Command::Unpin), Ok(None), "nothing is there to be taken off");
    let seq = ask(&mut core, 1, Command::Pin(showcase(7))).unwrap();
    assert_eq!(core.pinned().unwrap().at_ms, NOW, "the show fills in its clock");
    core.stock(NOW, stock(7, 5));
    let effects = core.join(NOW, joining(3, 3, Role::Viewer)).unwrap();
    let Effect::Welcome(admitted) = &effects[0] else { panic!("no welcome") };
    assert_eq!(admitted.show.showcase.as_ref().map(|s| s.product.product), Some(id(7)));
    assert_eq!(admitted.show.stock.as_ref().map(|s| s.as_of), Some(5));
    assert_eq!(ask(&mut core, 2, Command::Unpin), Err(RefusalCode::NotAllowed));
    assert_eq!(ask(&mut core, 1, Command::Unpin), Ok(seq.map(|seq| seq + 1)));
    assert_eq!(core.pinned(), None);
}

#[test]
fn a_frame_is_named_only_while_there_is_a_picture() {
    let mut core = company(ShowStatus::Live);
    let pin = || Command::Pin(Box::new(Showcase { media_us: Some(5), ..*showcase(7) }));
    ask(&mut core, 1, pin()).unwrap();
    assert_eq!(core.pinned().unwrap().media_us, None, "nobody publishes");
    core.media(MediaNotice::Flowing { peer: id(9) });
    ask(&mut core, 1, pin()).unwrap();
    assert_eq!(core.pinned().unwrap().media_us, Some(5));
}

#[test]
fn a_caption_belongs_to_the_frame_of_when_it_was_said() {
    let mut core = company(ShowStatus::Live);
    let mut frame_of = |ago_ms, last| {
        let (text, language) = ("Vacchetta".to_owned(), "it".to_owned());
        let message = CrowdMessage::CaptionSend { id: 9, text, language, last, ago_ms };
        let effects = core.apply(NOW, id(1), 9, Command::Crowd { message, media_us: Some(9_000_000) }).unwrap();
        core.media(MediaNotice::Flowing { peer: id(9) });
        let frames = effects.iter().filter_map(|effect| match effect {
            Effect::State { message, .. } => match &**message {
                ServerMessage::Caption(caption) => Some(caption.media_us),
                _ => None,
            },
            Effect::Row(Row::Caption(caption)) => Some(caption.media_us),
            _ => None,
        });
        frames.collect::<Vec<_>>()
    };
    assert_eq!(frame_of(700, false), [None], "nobody publishes");
    assert_eq!(frame_of(700, false), [Some(8_300_000)]);
    assert_eq!(frame_of(0, true), [Some(9_000_000); 2], "what is kept as what is told");
}

#[test]
fn the_end_of_the_show_clears_the_screen() {
    let mut core = company(ShowStatus::Live);
    ask(&mut core, 1, Command::Pin(showcase(7))).unwrap();
    let effects = core.apply(NOW, id(1), 9, Command::End).unwrap();
    let events: Vec<_> = effects.iter().filter_map(|e| if let Effect::Event(l) = e { Some(l) } else { None }).collect();
    assert!(matches!(events[0].event, ShowEvent::Unpinned { product } if product == id(7)));
    assert_eq!(events[1].seq, events[0].seq + 1);
    assert_eq!(ask(&mut core, 1, Command::Pin(showcase(7))), Err(RefusalCode::ShowEnded));
}

#[test]
fn a_rush_of_buyers_is_a_few_messages() {
    let mut core = company(ShowStatus::Live);
    assert_eq!(told(&core.stock(NOW, stock(7, 1))), [1], "the first at once");
    for n in 2..1_000 {
        assert_eq!(told(&core.stock(NOW + 1, stock(7, n))), [0; 0]);
    }
    assert_eq!(told(&core.stock(NOW + 1, stock(8, 1_000))), [1_000], "another product is not held up");
    assert_eq!(core.poll_timeout(), Some(NOW + STOCK_INTERVAL_MS));
    assert_eq!(told(&core.handle_timeout(NOW + STOCK_INTERVAL_MS)), [999], "the newest of all");
    assert_eq!(told(&core.handle_timeout(NOW + 10 * STOCK_INTERVAL_MS)), [0; 0]);
    assert_eq!(told(&core.stock(NOW + 20_000, stock(7, 998))), [0; 0], "older than what is known");
}

#[test]
fn any_number_of_products_is_borne() {
    let mut core = company(ShowStatus::Live);
    for n in 0..10_000 {
        core.stock(NOW, stock(n, n as u64));
    }
    assert!(core.handle_timeout(NOW + STOCK_INTERVAL_MS).is_empty(), "each was told at once");
}
