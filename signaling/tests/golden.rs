//! Golden JSON of each message, and the freshness of the generated TypeScript.
//!
//! One file per message lies in `golden/`. A change here is a change of the wire: run with `QUIORA_BLESS=1` to accept
//! it, and tell the README. `tests/tidy.rs` of the workspace holds the two together.

#[path = "golden/audience.rs"]
mod audience;

use quiora_signaling::*;
use std::path::{Path, PathBuf};
use uuid::Uuid;

fn uuid(n: u8) -> Uuid {
    Uuid::from_bytes([1, 0x93, 0x5a, 0x10, 0xc4, n, 0x7a, 1, 0x9b, 2, 3, 4, 5, 6, 7, n])
}

fn state() -> ShowState {
    ShowState {
        show: uuid(1).into(),
        slug: "borse-di-novembre".into(),
        title: "Borse di novembre".into(),
        shop: "Cuoio & Filo".into(),
        status: ShowStatus::Live,
        scheduled_at_ms: Some(1_795_338_000_000),
        started_at_ms: Some(1_795_338_060_000),
        ended_at_ms: None,
        stage: Stage { on_air: OnAir::Live, video: true, audio: true, source: Source::Camera },
        viewers: 42,
        peak: 57,
        total: 120,
        rules: ChatRules { slow_ms: 5_000, review: false, join_age_ms: 0 },
        guard: Guard::default(),
        pinned_line: None,
        showcase: None,
        stock: None,
    }
}

fn card() -> ProductCard {
    ProductCard {
        product: uuid(20).into(),
        title: "Borsa Conero".into(),
        currency: Currency::EUR,
        vat_bp: 2_200,
        max_per_buyer: Some(2),
        images: vec![Image {
            image: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
            width_px: 1_200,
            height_px: 900,
            alt: "A brown bag".into(),
        }],
        variants: vec![
            VariantCard {
                variant: uuid(21).into(),
                name: "cognac".into(),
                price_minor: 18_900,
                offer_minor: Some(14_900),
                lowest_30_days_minor: Some(17_900),
                for_sale_since_ms: Some(1_794_000_000_000),
            },
            VariantCard {
                variant: uuid(22).into(),
                name: "nero".into(),
                price_minor: 18_900,
                offer_minor: None,
                lowest_30_days_minor: None,
                for_sale_since_ms: None,
            },
        ],
    }
}

fn showcase() -> Showcase {
    Showcase {
        at_ms: 1_795_338_121_000,
        media_us: Some(1_795_338_120_870_000),
        product: card(),
        offer: Some(Offer { opens_at_ms: Some(1_795_338_130_000), ends_at_ms: 1_795_338_421_000, quantity: Some(10) }),
    }
}

fn stock() -> ProductStock {
    ProductStock {
        product: uuid(20).into(),
        as_of: 812,
        for_sale: true,
        variants: vec![
            VariantStock { variant: uuid(21).into(), left: 3, reserved: 1 },
            VariantStock { variant: uuid(22).into(), left: 0, reserved: 0 },
        ],
        offer_left: Some(2),
    }
}

fn key() -> OrderKey {
    OrderKey("kZ3uZl0mT1cQv8yq7s1Xh2b0o9nE5rJwA4dGfLtPiUc".into())
}

fn contact() -> Contact {
    Contact {
        name: "Aiko Tanaka".into(),
        email: "aiko@example.jp".into(),
        phone: String::new(),
        address: Some(Address {
            street: "1-2-3 Jingumae".into(),
            postcode: "150-0001".into(),
            city: "Tokyo".into(),
            region: String::new(),
            country: "JP".into(),
        }),
        note: String::new(),
    }
}

fn order() -> Order {
    let step = |status, at_ms, by| OrderStep { status, at_ms, by };
    Order {
        order: uuid(23).into(),
        number: Some(17),
        status: OrderStatus::Placed,
        product: uuid(20).into(),
        variant: uuid(21).into(),
        title: "Borsa Conero".into(),
        variant_name: "cognac".into(),
        quantity: 1,
        currency: Currency::EUR,
        unit_minor: 14_900,
        goods_minor: 14_900,
        shipping: Some(ShippingChoice { shipping: uuid(24).into(), name: "Express".into(), pick_up: false }),
        shipping_minor: 2_500,
        total_minor: 17_400,
        vat_minor: 3_138,
        vat_bp: 2_200,
        expires_at_ms: None,
        held: false,
        ahead: None,
        payment: None,
        withdrawn_at_ms: None,
        steps: vec![
            step(OrderStatus::Reserved, 1_795_338_140_000, OrderHand::Buyer),
            step(OrderStatus::Placed, 1_795_338_180_000, OrderHand::Buyer),
        ],
        as_of: 813,
    }
}

fn reserved() -> Order {
    Order {
        number: None,
        status: OrderStatus::Reserved,
        shipping: None,
        shipping_minor: 0,
        total_minor: 14_900,
        vat_minor: 2_687,
        expires_at_ms: Some(1_795_338_440_000),
        held: true,
        steps: order().steps[..1].to_vec(),
        as_of: 812,
        ..order()
    }
}

/// Ordered, and at the provider's.
fn paying() -> Order {
    let step = OrderStep { status: OrderStatus::Paying, at_ms: 1_795_338_170_000, by: OrderHand::Buyer };
    let url = Some("https://checkout.stripe.com/c/pay/cs_live_1".to_owned());
    Order {
        number: None,
        status: OrderStatus::Paying,
        expires_at_ms: Some(1_795_338_470_000),
        held: true,
        payment: Some(Payment { method: PaymentMethod::Stripe, state: PaymentState::Open, url }),
        steps: order().steps.into_iter().take(1).chain([step]).collect(),
        as_of: 815,
        ..order()
    }
}

fn line() -> ChatLine {
    ChatLine {
        message: uuid(5).into(),
        member: uuid(3).into(),
        nickname: "Aiko".into(),
        role: Role::Viewer,
        text: "Which leather is this?".into(),
        reply_to: None,
        mentions: Vec::new(),
    }
}

fn chat() -> Logged {
    Logged { seq: 7, at_ms: 1_795_338_120_000, event: ShowEvent::Chat(line().into()) }
}

fn welcome(catch_up: CatchUp, media: Option<MediaReply>) -> ServerMessage {
    ServerMessage::Welcome(Box::new(Welcome {
        id: 1,
        version: PROTOCOL_VERSION,
        session: uuid(2).into(),
        you: You { member: uuid(3).into(), role: Role::Viewer, nickname: Some("Aiko".into()), remote: false },
        token: "eyJ…".into(),
        clock_ms: 1_795_338_123_456,
        limits: Limits::default(),
        show: state(),
        catch_up,
        mine: audience::mine(),
        media,
    }))
}

fn client_examples() -> Vec<(&'static str, ClientMessage)> {
    let sdp = || "v=0\r\n…".to_owned();
    vec![
        (
            "hello",
            ClientMessage::Hello(Hello {
                id: 1,
                version: PROTOCOL_VERSION,
                token: "eyJ…".into(),
                resume: Some(Resume { after_seq: 6 }),
                subscribe: Some(sdp()),
            }),
        ),
        (
            "hello_minimal",
            ClientMessage::Hello(Hello {
                id: 1,
                version: PROTOCOL_VERSION,
                token: "eyJ…".into(),
                resume: None,
                subscribe: None,
            }),
        ),
        ("ping", ClientMessage::Ping { id: 2 }),
        ("subscribe", ClientMessage::Subscribe { id: 3, sdp: sdp() }),
        ("publish", ClientMessage::Publish { id: 4, sdp: sdp() }),
        ("peer_close", ClientMessage::PeerClose { id: 5, peer: uuid(4).into() }),
        ("view", ClientMessage::View { id: 10, height_px: 1080 }),
        ("show_start", ClientMessage::ShowStart { id: 6 }),
        ("show_end", ClientMessage::ShowEnd { id: 7 }),
        ("stage_set", ClientMessage::StageSet { id: 8, video: true, audio: false, source: Source::Screen }),
        ("rename", ClientMessage::Rename { id: 9, nickname: "Aiko".into() }),
        (
            "chat_send",
            ClientMessage::ChatSend {
                id: 10,
                message: uuid(5).into(),
                text: "Which leather is this?".into(),
                reply_to: None,
                mentions: Vec::new(),
            },
        ),
    ]
    .into_iter()
    .chain(shopping_examples())
    .chain(audience::client_examples())
    .collect()
}

fn shopping_examples() -> Vec<(&'static str, ClientMessage)> {
    let wish = OfferWish {
        price_minor: Some(14_900),
        quantity: Some(10),
        opens_at_ms: Some(1_795_338_130_000),
        duration_ms: 300_000,
    };
    vec![
        ("pin", ClientMessage::Pin { id: 11, product: uuid(20).into(), offer: None }),
        ("pin_offer", ClientMessage::Pin { id: 11, product: uuid(20).into(), offer: Some(wish) }),
        ("unpin", ClientMessage::Unpin { id: 12 }),
        (
            "reserve",
            ClientMessage::Reserve {
                id: 13,
                order: uuid(23).into(),
                key: key(),
                variant: uuid(21).into(),
                quantity: 1,
                wait: false,
            },
        ),
        (
            "order_place",
            ClientMessage::OrderPlace {
                id: 14,
                order: uuid(23).into(),
                key: key(),
                total_minor: 17_400,
                shipping: uuid(24).into(),
                contact: contact().into(),
                payment: PaymentMethod::Manual,
            },
        ),
        (
            "reserve_wait",
            ClientMessage::Reserve {
                id: 17,
                order: uuid(25).into(),
                key: key(),
                variant: uuid(21).into(),
                quantity: 1,
                wait: true,
            },
        ),
        ("order_release", ClientMessage::OrderRelease { id: 15, order: uuid(23).into(), key: key() }),
        ("order_get", ClientMessage::OrderGet { id: 16, order: uuid(23).into(), key: key() }),
    ]
}

fn server_examples() -> Vec<(&'static str, ServerMessage)> {
    let sdp = || "v=0\r\n…".to_owned();
    let answer = MediaReply::Answer { peer: uuid(4).into(), sdp: sdp() };
    vec![
        ("welcome_snapshot", welcome(audience::snapshot(), Some(answer))),
        ("welcome_delta", welcome(audience::delta(), Some(MediaReply::Refused { code: RefusalCode::MediaBusy }))),
        ("pong", ServerMessage::Pong { id: 2, clock_ms: 1_795_338_123_456 }),
        ("done", ServerMessage::Done { id: 9, seq: None }),
        ("done_stored", ServerMessage::Done { id: 10, seq: Some(7) }),
        ("answer", ServerMessage::Answer(Answer { id: 3, peer: uuid(4).into(), sdp: sdp() })),
        ("refused", ServerMessage::Refused(Refused::new(Some(10), RefusalCode::NicknameRequired))),
        (
            "refused_for_now",
            ServerMessage::Refused(Refused {
                retry_after_ms: Some(1_500),
                ..Refused::new(Some(10), RefusalCode::RateLimited)
            }),
        ),
        ("event_chat", ServerMessage::Event(chat())),
        ("event_started", ServerMessage::Event(Logged { seq: 1, at_ms: 1, event: ShowEvent::Started })),
        ("event_ended", ServerMessage::Event(Logged { seq: 9, at_ms: 9, event: ShowEvent::Ended })),
        (
            "event_pinned",
            ServerMessage::Event(Logged { seq: 8, at_ms: 8, event: ShowEvent::Pinned(showcase().into()) }),
        ),
        (
            "event_unpinned",
            ServerMessage::Event(Logged { seq: 9, at_ms: 9, event: ShowEvent::Unpinned { product: uuid(20).into() } }),
        ),
        ("stock", ServerMessage::Stock(stock())),
        ("order_reserved", ServerMessage::Order(OrderReply { id: 13, order: reserved().into() })),
        ("order_placed", ServerMessage::Order(OrderReply { id: 14, order: order().into() })),
        ("order_paying", ServerMessage::Order(OrderReply { id: 14, order: paying().into() })),
        ("order_changed", ServerMessage::OrderChanged { order: order().into() }),
        ("stage", ServerMessage::Stage(state().stage)),
        ("presence", ServerMessage::Presence { viewers: 43, peak: 57, total: 121 }),
        ("peer_closed", ServerMessage::PeerClosed { peer: uuid(4).into(), reason: PeerEnd::Timeout }),
        ("layers_wanted", ServerMessage::LayersWanted { peer: uuid(4).into(), count: 2 }),
        ("bye", ServerMessage::bye(RefusalCode::SlowConsumer)),
    ]
    .into_iter()
    .chain(audience::server_examples())
    .collect()
}

/// What the HTTP API carries; it has no `type`.
fn api_examples() -> Vec<(&'static str, serde_json::Value)> {
    let value = |result: Result<serde_json::Value, serde_json::Error>| result.expect("values serialize");
    let draft = ProductDraft {
        title: "Borsa Conero".into(),
        description: "Vegetable tanned, sewn by hand.".into(),
        status: ProductStatus::Active,
        vat_bp: 2_200,
        max_per_buyer: Some(2),
        images: card().images,
        variants: vec![VariantDraft {
            variant: None,
            name: "cognac".into(),
            sku: "BC-1".into(),
            price_minor: 18_900,
            stock: 5,
        }],
    };
    let product = Product {
        product: uuid(20).into(),
        position: 0,
        title: draft.title.clone(),
        description: draft.description.clone(),
        status: draft.status,
        vat_bp: draft.vat_bp,
        max_per_buyer: draft.max_per_buyer,
        images: draft.images.clone(),
        variants: vec![Variant {
            variant: uuid(21).into(),
            name: "cognac".into(),
            sku: "BC-1".into(),
            price_minor: 18_900,
            lowest_30_days_minor: Some(17_900),
            stock: 5,
            free: 3,
            reserved: 1,
            sold: 1,
        }],
        currency: Currency::EUR,
        created_at_ms: 1_794_000_000_000,
        updated_at_ms: 1_795_000_000_000,
    };
    let settings = ShopSettings {
        shipping: vec![ShippingOption {
            shipping: uuid(24).into(),
            name: "Express".into(),
            price_minor: 2_500,
            pick_up: false,
            countries: vec!["JP".into(), "DE".into()],
        }],
        payment_instructions: "IBAN IT60 X054 2811 1010 0000 0123 456".into(),
        seller_details: "Cuoio & Filo, Via Roma 1, 60100 Ancona, IT01234567890".into(),
        ..ShopSettings::default()
    };
    vec![
        ("product_draft", value(serde_json::to_value(draft))),
        ("product", value(serde_json::to_value(product))),
        ("settings", value(serde_json::to_value(settings))),
    ]
}

#[test]
fn api_bodies_keep_their_form() {
    for (name, body) in api_examples() {
        hold(&golden(&format!("api_{name}")), &pretty(&body));
    }
}

fn blessing() -> bool {
    std::env::var_os("QUIORA_BLESS").is_some()
}

fn hold(path: &Path, now: &str) {
    if blessing() {
        std::fs::write(path, now).expect("write the blessed file");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(kept, now, "{} is stale; QUIORA_BLESS=1 accepts the change", path.display());
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.json"))
}

fn pretty<T: serde::Serialize>(message: &T) -> String {
    serde_json::to_string_pretty(message).expect("messages serialize") + "\n"
}

#[test]
fn client_messages_keep_their_form() {
    for (name, message) in client_examples() {
        hold(&golden(&format!("client_{name}")), &pretty(&message));
        let text = serde_json::to_string(&message).expect("serialize");
        assert_eq!(parse(text.as_bytes()), Ok(message), "{name} survives the round trip");
    }
}

#[test]
fn server_messages_keep_their_form() {
    for (name, message) in server_examples() {
        hold(&golden(&format!("server_{name}")), &pretty(&message));
        let text = message.to_json().expect("serialize");
        assert_eq!(serde_json::from_str::<ServerMessage>(&text).expect("parse"), message, "{name}");
    }
}

#[test]
fn every_message_type_has_a_golden_example() {
    let shown: Vec<String> = client_examples()
        .iter()
        .map(|(_, m)| serde_json::to_value(m).expect("value")["type"].as_str().expect("type").to_owned())
        .collect();
    for name in ClientMessage::types() {
        assert!(shown.iter().any(|s| s == name), "{name} has no example");
    }
}

#[test]
fn the_readme_names_every_message_and_every_code() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    let server = server_examples()
        .iter()
        .map(|(_, m)| serde_json::to_value(m).expect("value")["type"].as_str().expect("type").to_owned())
        .collect::<Vec<_>>();
    let names = ClientMessage::types().map(str::to_owned).chain(server);
    for name in names.chain(RefusalCode::ALL.iter().map(ToString::to_string)) {
        assert!(readme.contains(&format!("`{name}`")), "signaling/README.md does not explain `{name}`");
    }
}

#[test]
fn the_generated_typescript_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/src/protocol.ts");
    if blessing() {
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("web/src");
    }
    hold(&path, &typescript::generate());
}
