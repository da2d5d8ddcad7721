//! Payments through a provider, against an imitation of Stripe that the test starts: it fails, is slow, tells things twice,
//! late or never, and must be asked for each page and each refund once.

mod stripe;

use crate::goods::{aiko, bag, key};
use crate::harness::{PATIENCE, Server};
use crate::http::{Answer, ask, assert_problem, set_up};
use quiora::clock;
use quiora::config::Config;
use quiora::pay::Stripe;
use quiora::shop::core::Command;
use quiora::shop::{Answer as Told, Ask, hash_key};
use quiora::store::ShowRow;
use quiora_signaling::{
    MemberId, Order, OrderId, OrderStatus, PaymentMethod, PaymentState, RefusalCode, ShippingId, ShopId, ShopSettings,
    StockPolicy, VariantId,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use stripe::{Imitation, KEY, SECRET};

const ACCOUNT: &str = "/api/shop/payments/stripe";

struct House {
    server: Server,
    stripe: Imitation,
    cookie: String,
    shop: ShopId,
    show: ShowRow,
    variant: VariantId,
    shipping: ShippingId,
}

impl House {
    /// A shop with so many pieces that takes cards; pieces are held so long.
    async fn open(stock: u32, reservation_ms: u32) -> Self {
        let stripe = Imitation::start();
        let configure = |config: &mut Config| {
            config.stripe = Some(Stripe::new(&stripe.url).unwrap());
            // The same after a restart, as an operator's is.
            config.base_url = Some("https://bottega.example".parse().unwrap());
        };
        let server = Server::start_configured(1, configure).await;
        let cookie = set_up(&server).await;
        let show = server.show("borse").await;
        let shop = server.app().store().shop().await.unwrap().unwrap().id;
        let variant = bag(&server, &cookie, stock).await;
        let shipping = ShippingId(clock::uuid());
        let house = Self { server, stripe, cookie, shop, show, variant, shipping };
        let answer =
            house.seller(Method::PUT, ACCOUNT, Some(json!({"secret_key": KEY, "webhook_secret": SECRET}))).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        house.set(reservation_ms, StockPolicy::Reserve).await;
        house.listen().await;
        house
    }

    /// Shorter than a seller may.
    async fn set(&self, reservation_ms: u32, policy: StockPolicy) {
        let option = json!({"shipping": self.shipping, "name": "Ritiro", "price_minor": 0, "pick_up": true});
        let settings = ShopSettings {
            reservation_ms,
            policy,
            payments: vec![PaymentMethod::Manual, PaymentMethod::Stripe],
            shipping: vec![serde_json::from_value(option).unwrap()],
            ..ShopSettings::default()
        };
        self.command(Command::SetSettings(Box::new(settings))).await.unwrap();
    }

    /// Stripe tells this server.
    async fn listen(&self) {
        self.stripe.control(json!({"webhook_url": self.server.url("/api/stripe/webhook")})).await;
    }

    async fn seller(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        ask(&self.server, method, path, &self.cookie, body).await
    }

    async fn command(&self, command: Command) -> Result<Told, RefusalCode> {
        self.server.app().shops().ask(self.shop, Ask::Command(command)).await
    }

    async fn reserve(&self) -> Result<OrderId, RefusalCode> {
        let (order, member) = (OrderId(clock::uuid()), MemberId(clock::uuid()));
        let (key, show, variant) = (hash_key(&key(order)), self.show.show, self.variant);
        self.command(Command::Reserve { order, key, member, show, variant, quantity: 1, wait: false }).await?;
        Ok(order)
    }

    async fn place(&self, order: OrderId, payment: PaymentMethod) -> Result<Order, RefusalCode> {
        let (shipping, hash) = (self.shipping, hash_key(&key(order)));
        let (total_minor, country, buyer) = (1_000, None, 1);
        let place = Command::Place { order, key: hash, total_minor, shipping, country, buyer, payment };
        match self.server.app().shops().ask(self.shop, Ask::Place(place, Box::new(aiko()), key(order))).await? {
            Told::Order(file) => Ok(file.order),
            other => panic!("instead of an order: {other:?}"),
        }
    }

    async fn order(&self, order: OrderId) -> Order {
        match self.command(Command::Look { order, key: hash_key(&key(order)) }).await.unwrap() {
            Told::Order(file) => file.order,
            other => panic!("instead of an order: {other:?}"),
        }
    }

    /// Waits until the order is so.
    async fn until(&self, order: OrderId, wanted: impl Fn(&Order) -> bool) -> Order {
        let found = async {
            loop {
                let found = self.order(order).await;
                if wanted(&found) {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, found).await {
            Ok(found) => found,
            Err(_) => panic!("it stayed so: {:?}", self.order(order).await),
        }
    }

    /// An order whose page is open, and the session's name.
    async fn paying(&self) -> (OrderId, String) {
        let order = self.reserve().await.unwrap();
        let placed = self.place(order, PaymentMethod::Stripe).await.unwrap();
        assert_eq!(placed.status, OrderStatus::Paying);
        let open = self.until(order, |order| state(order) == Some(PaymentState::Open)).await;
        let url = open.payment.unwrap().url.unwrap();
        (order, url.rsplit('/').next().unwrap().to_owned())
    }
}

fn state(order: &Order) -> Option<PaymentState> {
    order.payment.as_ref().map(|payment| payment.state)
}

fn is(status: OrderStatus) -> impl Fn(&Order) -> bool {
    move |order| order.status == status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paid_page_makes_one_order_however_often_it_is_told() {
    let house = House::open(3, 300_000).await;
    house.stripe.control(json!({"notice_copies": 4})).await;
    let (order, session) = house.paying().await;
    let page = house.stripe.session().await;
    assert_eq!((&page["amount_total"], &page["currency"]), (&json!(1_000), &json!("eur")));
    assert_eq!(page["customer_email"], "aiko@example.jp");
    let back = format!("{}/s/borse?paid={order}", house.server.app().base());
    assert_eq!(page["success_url"], json!(back));

    assert_eq!(house.place(order, PaymentMethod::Stripe).await.unwrap().status, OrderStatus::Paying, "a second click");
    assert!(house.stripe.pay(&session).await);
    let paid = house.until(order, is(OrderStatus::Paid)).await;
    assert_eq!((paid.number, state(&paid)), (Some(1), Some(PaymentState::Paid)));
    let list = house.seller(Method::GET, "/api/orders", None).await;
    assert_eq!(list.body["orders"].as_array().map(Vec::len), Some(1), "{}", list.body);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let told = house.stripe.state().await;
    let notices = told["notices"].as_array().unwrap();
    assert!(notices.len() == 4 && notices.iter().all(|notice| notice["status"] == 200), "{notices:?}");
    assert_eq!(house.order(order).await, paid, "told again, nothing changes");
    assert_eq!(told["refunds"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_of_which_nobody_tells_is_found_when_the_time_is_over() {
    let house = House::open(3, 1_500).await;
    house.stripe.control(json!({"silent": true})).await;
    let (order, session) = house.paying().await;
    assert!(house.stripe.pay(&session).await);
    let paid = house.until(order, is(OrderStatus::Paid)).await;
    assert!(paid.steps.iter().any(|step| step.status == OrderStatus::Expired), "{:?}", paid.steps);
    assert_eq!(house.stripe.count("refunds").await, 0, "there was a piece for it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_closed_when_its_time_is_over_and_its_buyer_forgotten() {
    let house = House::open(1, 1_000).await;
    let (order, session) = house.paying().await;
    assert_eq!(house.reserve().await, Err(RefusalCode::SoldOut), "it is held");
    let closed = house.until(order, |order| state(order) == Some(PaymentState::Closed)).await;
    assert_eq!(closed.status, OrderStatus::Expired);
    assert!(!house.stripe.pay(&session).await, "nobody can pay any more");
    assert_eq!(house.server.app().store().contact(order).await.unwrap(), None);
    house.reserve().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_pays_too_late_for_the_last_piece_gets_the_money_back() {
    let house = House::open(1, 1_000).await;
    // The page cannot be closed in time, and the money comes through it.
    house
        .stripe
        .control(json!({"fail": [{"path": "/v1/checkout/sessions/cs", "method": "POST", "status": 500, "times": 3}]}))
        .await;
    let (order, session) = house.paying().await;
    house.until(order, is(OrderStatus::Expired)).await;
    let other = house.reserve().await.unwrap();
    house.place(other, PaymentMethod::Manual).await.unwrap();
    assert!(house.stripe.pay(&session).await);
    let refunded = house.until(order, |order| state(order) == Some(PaymentState::Refunded)).await;
    assert_eq!(refunded.status, OrderStatus::Refunded);
    let told = house.stripe.state().await;
    assert_eq!(told["refunds"].as_array().unwrap().len(), 1);
    assert_eq!(told["refunds"][0]["amount"], json!(1_000));
    assert_eq!(house.order(other).await.status, OrderStatus::Placed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_held_the_first_payment_gets_the_piece() {
    let house = House::open(1, 300_000).await;
    house.set(300_000, StockPolicy::FirstPaid).await;
    let ((slow, slow_page), (quick, quick_page)) = (house.paying().await, house.paying().await);
    assert!(house.stripe.pay(&quick_page).await);
    house.until(quick, is(OrderStatus::Paid)).await;
    assert!(house.stripe.pay(&slow_page).await);
    house.until(slow, |order| state(order) == Some(PaymentState::Refunded)).await;
    assert_eq!(house.stripe.count("refunds").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_makes_no_second_page_and_no_second_refund() {
    let house = House::open(3, 300_000).await;
    let fail = |path: &str| json!({"path": path, "method": "POST", "status": 500, "times": 1, "after": true});
    house.stripe.control(json!({"fail": [fail("/v1/checkout/sessions"), fail("/v1/refunds")]})).await;
    let (order, session) = house.paying().await;
    assert_eq!(house.stripe.count("sessions").await, 1);
    assert!(house.stripe.pay(&session).await);
    house.until(order, is(OrderStatus::Paid)).await;
    let step = json!({"status": "refunded", "restock": true});
    let answer = house.seller(Method::POST, &format!("/api/orders/{order}/steps"), Some(step)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    house.until(order, |order| state(order) == Some(PaymentState::Refunded)).await;
    let told = house.stripe.state().await;
    assert_eq!(told["refunds"].as_array().unwrap().len(), 1);
    let keys = |path: &str| -> Vec<Value> {
        let asked = told["requests"].as_array().unwrap().iter().filter(|request| request["path"] == path);
        asked.filter(|request| request["method"] == "POST").map(|request| request["key"].clone()).collect()
    };
    for path in ["/v1/checkout/sessions", "/v1/refunds"] {
        let keys = keys(path);
        assert!(keys.len() == 2 && keys[0] == keys[1] && keys[0].is_string(), "{path}: {keys:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_errand_survives_the_server() {
    let mut house = House::open(3, 300_000).await;
    house.stripe.control(json!({"delay_ms": 1_500})).await;
    let order = house.reserve().await.unwrap();
    house.place(order, PaymentMethod::Stripe).await.unwrap();
    house.server.restart().await;
    house.stripe.control(json!({"delay_ms": 0})).await;
    house.listen().await;
    house.until(order, |order| state(order) == Some(PaymentState::Open)).await;
    let session = house.stripe.session().await;
    assert!(house.stripe.pay(session["id"].as_str().unwrap()).await);
    house.until(order, is(OrderStatus::Paid)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_refused_leaves_the_reservation() {
    let house = House::open(3, 300_000).await;
    house
        .stripe
        .control(json!({"fail": [{"path": "/v1/checkout/sessions", "method": "POST", "status": 400, "times": 1}]}))
        .await;
    let order = house.reserve().await.unwrap();
    house.place(order, PaymentMethod::Stripe).await.unwrap();
    let back = house.until(order, |order| state(order) == Some(PaymentState::Closed)).await;
    assert_eq!((back.status, back.held), (OrderStatus::Reserved, true));
    // Asked again, it is another asking: the refusal is not remembered.
    house.place(order, PaymentMethod::Stripe).await.unwrap();
    house.until(order, |order| state(order) == Some(PaymentState::Open)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn giving_up_closes_the_page() {
    let house = House::open(1, 300_000).await;
    let (order, session) = house.paying().await;
    house.command(Command::Release { order, key: hash_key(&key(order)) }).await.unwrap();
    house.reserve().await.unwrap();
    house.until(order, |order| state(order) == Some(PaymentState::Closed)).await;
    assert!(!house.stripe.pay(&session).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_but_stripe_is_believed() {
    let house = House::open(1, 300_000).await;
    let (order, session) = house.paying().await;
    house.stripe.control(json!({"webhook_secret": "whsec_somebody_else"})).await;
    assert!(house.stripe.pay(&session).await);
    let refused = async {
        while house.stripe.count("notices").await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
    assert_eq!(house.stripe.state().await["notices"][0]["status"], 422);
    assert_eq!(house.order(order).await.status, OrderStatus::Paying);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_checked_shown_without_its_secrets_and_taken_away() {
    let house = House::open(1, 300_000).await;
    let shown = house.seller(Method::GET, ACCOUNT, None).await.body;
    assert_eq!((&shown["connected"], &shown["webhook"]), (&json!(true), &json!(true)));
    assert_eq!(shown["key_hint"], "sk_test_…tion");
    assert!(!shown.to_string().contains(SECRET) && !shown.to_string().contains(KEY));
    let put = async |body: Value| house.seller(Method::PUT, ACCOUNT, Some(body)).await;
    assert_problem(&put(json!({"secret_key": "pk_test_12345678"})).await, 422, "key_invalid");
    assert_problem(&put(json!({"secret_key": KEY, "webhook_secret": "secret-of-mine"})).await, 422, "key_invalid");
    assert_problem(&put(json!({"secret_key": "sk_test_another"})).await, 422, "key_refused");

    assert_eq!(house.seller(Method::DELETE, ACCOUNT, None).await.status, 204);
    let settings = house.seller(Method::GET, "/api/shop/settings", None).await.body;
    assert_eq!(settings["payments"], json!(["manual"]));
    let with_cards = json!({"currency": "EUR", "reservation_ms": 300_000, "withdrawal_days": 14,
        "payments": ["manual", "stripe"]});
    let answer = house.seller(Method::PUT, "/api/shop/settings", Some(with_cards)).await;
    assert_problem(&answer, 422, "stripe_not_connected");
    let notice = house.seller(Method::POST, "/api/stripe/webhook", Some(json!({}))).await;
    assert_problem(&notice, 404, "not_found");
}
