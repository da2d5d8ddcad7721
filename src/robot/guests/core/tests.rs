//! Guests in virtual time.

use super::guest::MAX_PLANS;
use super::*;
use crate::robot::tests::stub;
use quiora_signaling::{
    ChatLine, Choice, Currency, Language, Limits, Logged, MemberId, MessageId, Mine, Order, OrderReply, OrderStatus,
    Poll, PollChange, PollResults, ProductCard, Question, QuestionChange, QuestionStatus, Role, ServerMessage,
    SessionId, ShippingId, ShowEvent, ShowState, ShowStatus, Showcase, Standing, VariantCard, Welcome, You, clean_line,
    limits,
};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const LANGUAGES: [&str; 6] = ["it", "en", "de", "fr", "es", "ja"];

fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

fn sheet() -> Arc<Sheet> {
    let ware = |n: u128, title: &str| Ware { product: id(n), title: title.to_owned() };
    let shipping = ShippingOption {
        shipping: ShippingId(Uuid::from_u128(77)),
        name: "Corriere".to_owned(),
        price_minor: 500,
        pick_up: false,
        countries: Vec::new(),
    };
    let line_up = vec![ware(1, "Borsa"), ware(2, "Cintura")];
    Arc::new(Sheet { phrases: Phrases::of("it"), line_up, shipping: Some(shipping) })
}

fn welcome(member: u128) -> Welcome {
    Welcome {
        id: 1,
        version: 1,
        session: SessionId(Uuid::from_u128(9)),
        you: You { member: id(member), role: Role::Viewer, nickname: None, remote: false },
        token: String::new(),
        clock_ms: 0,
        limits: Limits::default(),
        show: ShowState {
            status: ShowStatus::Live,
            started_at_ms: Some(0),
            viewers: 1,
            peak: 1,
            total: 1,
            ..stub::show()
        },
        catch_up: stub::nothing(),
        mine: Mine::default(),
        media: None,
    }
}

/// A guest who has come in at the beginning of time.
struct Scene {
    guest: Guest,
    now: Instant,
}

impl Scene {
    fn new(part: Part, seed: u64) -> Self {
        let now = crate::clock::monotonic();
        let mut guest = Guest::new(part, Dice::new(seed, 0), sheet(), now);
        guest.enter(now, &welcome(100));
        Self { guest, now }
    }

    fn hear(&mut self, event: ShowEvent) {
        self.say(&ServerMessage::Event(Logged { seq: 1, at_ms: 0, event }));
    }

    fn say(&mut self, message: &ServerMessage) {
        self.guest.hear(self.now, message);
    }

    /// What is done in the next seconds, and when, counted from now.
    fn acts(&mut self, seconds: u64) -> Vec<(Duration, Act)> {
        let (from, until) = (self.now, self.now + Duration::from_secs(seconds));
        let mut acts = Vec::new();
        while let Some(at) = self.guest.poll_timeout().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            if let Some(act) = self.guest.poll(self.now) {
                acts.push((self.now - from, act));
            }
        }
        self.now = until;
        acts
    }
}

fn pinned() -> ShowEvent {
    let variant = VariantCard {
        variant: id(11),
        name: String::new(),
        price_minor: 1_000,
        offer_minor: None,
        lowest_30_days_minor: None,
        for_sale_since_ms: None,
    };
    let product = ProductCard {
        product: id(1),
        title: "Borsa".to_owned(),
        currency: Currency::EUR,
        vat_bp: 2_200,
        max_per_buyer: None,
        images: Vec::new(),
        variants: vec![variant],
    };
    ShowEvent::Pinned(Box::new(Showcase { at_ms: 0, media_us: None, product, offer: None }))
}

fn question(number: u128, member: u128, text: &str, product: Option<u128>) -> ShowEvent {
    let question = Question {
        question: id(number),
        seq: 1,
        member: id(member),
        nickname: "Ada".to_owned(),
        text: text.to_owned(),
        product: product.map(id),
        asked_at_ms: 0,
        status: QuestionStatus::Open,
        votes: 1,
        merged_into: None,
        answer: None,
        taken: None,
        answered: None,
    };
    ShowEvent::Question { change: QuestionChange::Asked, question: Box::new(question) }
}

fn poll(number: u128, choices: usize) -> ShowEvent {
    let choice = |n: usize| Choice { text: n.to_string(), product: None };
    let poll = Poll {
        poll: id(number),
        seq: 1,
        text: "Quale?".to_owned(),
        choices: (0..choices).map(choice).collect(),
        multiple: false,
        results: PollResults::Live,
        quiz: false,
        opened_at_ms: 0,
        closes_at_ms: None,
        closed_at_ms: None,
        pinned: true,
        voters: 0,
        counts: None,
        right: None,
    };
    ShowEvent::Poll { change: PollChange::Opened, poll: Box::new(poll) }
}

fn order(status: OrderStatus) -> ServerMessage {
    let order = Order {
        order: id(55),
        number: None,
        status,
        product: id(1),
        variant: id(11),
        title: "Borsa".to_owned(),
        variant_name: String::new(),
        quantity: 1,
        currency: Currency::EUR,
        unit_minor: 1_000,
        goods_minor: 1_000,
        shipping: None,
        shipping_minor: 0,
        total_minor: 1_000,
        vat_minor: 0,
        vat_bp: 2_200,
        expires_at_ms: None,
        held: true,
        ahead: None,
        payment: None,
        withdrawn_at_ms: None,
        steps: Vec::new(),
        as_of: 1,
    };
    ServerMessage::Order(OrderReply { id: 1, order: Box::new(order) })
}

fn part(which: impl Fn(&Part) -> bool) -> Part {
    CAST.into_iter().find(which).expect("such a part")
}

#[test]
fn every_language_has_everything_and_within_the_limits() {
    let english = Phrases::of("en");
    for language in LANGUAGES {
        let phrases = Phrases::of(language);
        for topic in Topic::ALL {
            let lines = phrases.about(topic);
            assert_eq!(lines.len(), english.about(topic).len(), "{language} {topic:?}");
            for line in lines {
                assert_eq!(line.contains("{title}"), topic == Topic::Pinned, "{language}: {line}");
                assert_eq!(clean_line(line, limits::MAX_CHAT_CHARS).as_deref(), Ok(line), "{language}");
            }
        }
        assert_eq!(phrases.questions().len(), 5, "{language}");
        assert!(phrases.questions().iter().all(|(one, other)| one != other), "{language}: two wordings");
        let names: std::collections::BTreeSet<_> = (0..CAST.len()).map(|number| phrases.name(number)).collect();
        assert_eq!(names.len(), CAST.len(), "{language}: nobody is called like another");
        assert!(names.iter().all(|name| name.chars().count() <= limits::MAX_NICKNAME_CHARS));
        let asked = CAST.iter().filter_map(|part| part.asks);
        assert!(asked.clone().all(|number| number < phrases.questions().len()));
    }
    assert!(language_of_settings(Language::It) && Phrases::of("xx").name(0) == english.name(0), "others get English");
}

/// The shop writes letters in fewer languages than guests speak.
fn language_of_settings(language: Language) -> bool {
    let name = serde_json::to_string(&language).expect("a name");
    LANGUAGES.contains(&name.trim_matches('"'))
}

#[test]
fn a_guest_follows_from_its_seed() {
    let played = |seed: u64| {
        let mut one = Scene::new(CAST[0], seed);
        one.hear(pinned());
        one.acts(600)
    };
    assert_eq!(played(7), played(7));
    assert_ne!(played(7), played(8));
}

#[test]
fn nobody_acts_faster_than_the_limits_allow() {
    for (number, part) in CAST.into_iter().enumerate() {
        let mut one = Scene::new(part, number as u64);
        let mut acts = Vec::new();
        // An hour in which a great deal happens: far more than a guest can take in.
        for minute in 0..60u128 {
            for n in 0..20 {
                one.hear(pinned());
                one.hear(poll(1_000 + minute * 100 + n, 3));
                one.hear(question(5_000 + minute * 100 + n, 1, "?", None));
            }
            assert!(one.guest.planned() <= MAX_PLANS);
            let from = Duration::from_secs(60 * minute as u64);
            acts.extend(one.acts(60).into_iter().map(|(at, act)| (from + at, act)));
        }
        let lines: Vec<_> = acts.iter().filter(|(_, act)| matches!(act, Act::Say(_))).map(|(at, _)| *at).collect();
        assert!(lines.windows(2).all(|two| two[1] - two[0] >= Duration::from_secs(5)), "{number}");
        let all: Vec<_> = acts.iter().map(|(at, _)| *at).collect();
        assert!(all.windows(2).all(|two| two[1] - two[0] >= Duration::from_millis(500)), "{number}");
        let bought = acts.iter().filter(|(_, act)| matches!(act, Act::Reserve(_))).count();
        assert!(bought <= 2, "{number} bought {bought}: a small stock is not bought up by robots");
    }
}

#[test]
fn a_buyer_buys_what_is_pinned_and_a_hesitant_one_gives_it_back() {
    let mut buyer = Scene::new(part(|part| part.buys == 100), 1);
    buyer.hear(pinned());
    let wanted = buyer.acts(20);
    assert!(wanted.iter().any(|(_, act)| *act == Act::Reserve(id(11))), "{wanted:?}");
    buyer.say(&order(OrderStatus::Reserved));
    let placed = buyer.acts(10);
    assert!(placed.iter().any(|(_, act)| *act == Act::Place(id(55), 1_500)), "with what shipping costs: {placed:?}");

    let mut hesitant = Scene::new(part(|part| part.hesitates), 1);
    hesitant.say(&order(OrderStatus::Reserved));
    let given_back = hesitant.acts(20);
    assert!(given_back.iter().any(|(_, act)| *act == Act::Release(id(55))), "{given_back:?}");

    let mut quiet = Scene::new(CAST[4], 1);
    quiet.hear(pinned());
    assert!(!quiet.acts(60).iter().any(|(_, act)| matches!(act, Act::Reserve(_))));
}

#[test]
fn what_is_no_longer_on_screen_is_not_bought() {
    let mut buyer = Scene::new(part(|part| part.buys == 100), 1);
    buyer.hear(pinned());
    buyer.hear(ShowEvent::Unpinned { product: id(1) });
    assert!(!buyer.acts(30).iter().any(|(_, act)| matches!(act, Act::Reserve(_))));
}

#[test]
fn most_vote_within_seconds_for_what_there_is() {
    let votes = (0..100).filter(|seed| {
        let mut one = Scene::new(CAST[4], *seed);
        one.hear(poll(3, 2));
        let choice = |act: &Act| matches!(act, Act::Choose(which, choice) if *which == id(3) && *choice < 2);
        one.acts(10).iter().any(|(_, act)| choice(act))
    });
    assert!(votes.count() > 75);
}

#[test]
fn a_question_is_asked_once_more_in_other_words() {
    let first = Phrases::of("it").questions()[0];
    let mut asker = Scene::new(CAST[2], 1);
    let asked = asker.acts(25);
    let title = |text: &str| ["Borsa", "Cintura"].map(|title| text.replace("{title}", title));
    assert!(asked.iter().any(|(_, act)| matches!(act, Act::Ask(text, Some(_)) if title(first.0).contains(text))));

    let mut echo = Scene::new(part(|part| part.echoes), 1);
    echo.hear(question(4, 2, &title(first.0)[0], Some(1)));
    echo.hear(question(5, 2, &title(first.0)[1], Some(2)));
    let echoed: Vec<_> = echo.acts(30).into_iter().filter(|(_, act)| matches!(act, Act::Ask(..))).collect();
    assert_eq!(echoed.len(), 1, "once is enough");
    assert_eq!(echoed[0].1, Act::Ask(title(first.1)[0].clone(), Some(id(1))));
}

#[test]
fn who_is_muted_is_silent_and_who_may_not_ask_does_not() {
    let mut one = Scene::new(part(|part| part.rude), 1);
    let rude = Phrases::of("it").about(Topic::Rude);
    let said = one.acts(60);
    assert!(said.iter().any(|(_, act)| matches!(act, Act::Say(line) if rude.contains(&line.as_str()))), "{said:?}");
    one.say(&ServerMessage::Standing(Standing { muted_until_ms: Some(1), forbidden: true }));
    assert!(!one.acts(600).iter().any(|(_, act)| matches!(act, Act::Say(_))));

    let mut asker = Scene::new(CAST[2], 1);
    asker.say(&ServerMessage::Standing(Standing { muted_until_ms: None, forbidden: true }));
    assert!(!asker.acts(60).iter().any(|(_, act)| matches!(act, Act::Ask(..))));
}

#[test]
fn a_host_who_writes_is_answered_now_and_then_and_robots_do_not_answer_robots() {
    let line = |role: Role| {
        let member: MemberId = id(3);
        ShowEvent::Chat(Box::new(ChatLine {
            message: MessageId(Uuid::from_u128(4)),
            member,
            nickname: "Bottega".to_owned(),
            role,
            text: "Eccoci".to_owned(),
            reply_to: None,
            mentions: Vec::new(),
        }))
    };
    let plans = |role: Role| {
        let count = |seed: u64| {
            let mut one = Scene::new(CAST[0], seed);
            let before = one.guest.planned();
            one.hear(line(role));
            one.guest.planned() - before
        };
        (0..200).map(count).sum::<usize>()
    };
    assert!(plans(Role::Host) > 10);
    assert_eq!(plans(Role::Viewer), 0);
}

#[test]
fn what_somebody_has_just_said_is_not_said_again() {
    let hello = Phrases::of("it").about(Topic::Hello);
    let (taken, left) = hello.split_at(hello.len() - 1);
    for seed in 0..20 {
        let mut one = Scene::new(CAST[0], seed);
        for text in taken {
            let line = ChatLine {
                message: MessageId(Uuid::from_u128(4)),
                member: id(3),
                nickname: "Marco".to_owned(),
                role: Role::Viewer,
                text: (*text).to_owned(),
                reply_to: None,
                mentions: Vec::new(),
            };
            one.hear(ShowEvent::Chat(Box::new(line)));
        }
        let said = one.acts(8);
        assert!(
            said.iter().all(|(_, act)| !matches!(act, Act::Say(line) if !left.contains(&line.as_str()))),
            "{said:?}"
        );
    }
}

#[test]
fn when_the_show_is_over_there_is_nothing_more_to_do() {
    let mut one = Scene::new(CAST[0], 1);
    one.hear(pinned());
    one.hear(ShowEvent::Ended);
    assert_eq!(one.acts(600), []);
}
