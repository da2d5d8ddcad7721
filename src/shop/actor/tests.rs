//! The writer on a real store: what it answers is there after a restart, its projections are what its log says, and a
//! commit that fails ends it without an answer.

use crate::clock;
use crate::shop::core::{Command, KeyHash, Recorded, ShopCore};
use crate::shop::{Answer, Ask, Notice, Query, Shops, projections};
use crate::store::{NewShow, OrderFilter, Store};
use quiora_signaling::{
    Contact, Order, OrderId, OrderKey, OrderStatus, PaymentMethod, ProductDraft, ProductId, ProductStatus, RefusalCode,
    ShippingId, ShippingOption, ShopId, ShopSettings, ShowId, VariantDraft, VariantId,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

struct House {
    _dir: TempDir,
    store: Store,
    shops: Shops,
    notices: mpsc::Receiver<Notice>,
    shop: ShopId,
    show: ShowId,
    variant: VariantId,
    product: ProductId,
    shipping: ShippingId,
}

fn id<T: From<uuid::Uuid>>() -> T {
    clock::uuid().into()
}

fn key(order: OrderId) -> KeyHash {
    KeyHash(order.to_string())
}

fn contact() -> Box<Contact> {
    Box::new(Contact {
        name: "Aiko Tanaka".into(),
        email: "Aiko@example.jp".into(),
        phone: String::new(),
        address: None,
        note: "o'clock \" \\ 𝄞".into(),
    })
}

async fn house(stock: u32) -> House {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), None).await.unwrap();
    let shop = store.create_shop("Bottega", 1).await.unwrap().id;
    let new = NewShow { slug: "a".into(), title: "A".into(), scheduled_at_ms: None };
    let show = store.create_show(new, 1).await.unwrap().show;
    let (told, notices) = mpsc::channel(8);
    let shops = Shops::new(store.clone(), told, [7; 32]);
    let house = House { _dir: dir, store, shops, notices, shop, show, variant: id(), product: id(), shipping: id() };
    let option = ShippingOption {
        shipping: house.shipping,
        name: "pick-up".into(),
        price_minor: 100,
        pick_up: true,
        countries: Vec::new(),
    };
    let settings = ShopSettings { shipping: vec![option], ..ShopSettings::default() };
    house.seller(Command::SetSettings(Box::new(settings))).await;
    let variant = VariantDraft {
        variant: Some(house.variant),
        name: String::new(),
        sku: String::new(),
        price_minor: 1_000,
        stock,
    };
    let draft = ProductDraft {
        title: "Borsa".into(),
        description: String::new(),
        status: ProductStatus::Active,
        vat_bp: 2_200,
        max_per_buyer: None,
        images: Vec::new(),
        variants: vec![variant],
    };
    house.seller(Command::SaveProducts(vec![(house.product, draft)])).await;
    house
}

impl House {
    async fn seller(&self, command: Command) -> Answer {
        self.shops.ask(self.shop, Ask::Command(command)).await.unwrap()
    }

    async fn reserve(&self, order: OrderId) -> Result<Order, RefusalCode> {
        let (member, show, variant) = (id(), self.show, self.variant);
        let command = Command::Reserve { order, key: key(order), member, show, variant, quantity: 1, wait: false };
        ordered(self.shops.ask(self.shop, Ask::Command(command)).await)
    }

    async fn place(&self, order: OrderId) -> Result<Order, RefusalCode> {
        let (shipping, buyer) = (self.shipping, self.shops.buyer("aiko@example.jp"));
        let command = Command::Place {
            order,
            key: key(order),
            total_minor: 1_100,
            shipping,
            country: None,
            buyer,
            payment: PaymentMethod::Manual,
        };
        ordered(self.shops.ask(self.shop, Ask::Place(command, contact(), OrderKey(String::new()))).await)
    }

    /// As after a restart: another writer over what is stored.
    fn restarted(&self) -> Shops {
        Shops::new(self.store.clone(), mpsc::channel(1).0, [7; 32])
    }

    /// Holds the projections against the log.
    async fn audit(&self) {
        let mut core = ShopCore::new();
        for (seq, at_ms, body) in self.store.shop_facts(self.shop, 0, 5_000).await.unwrap() {
            core.apply(&Recorded { seq, at_ms, event: serde_json::from_str(&body).unwrap() });
        }
        let (products, stocks, orders) = projections(&core);
        let stored = self.store.shop_projections(self.shop).await.unwrap();
        let products: Vec<_> =
            products.into_iter().map(|row| (row.product, row.position, row.status.to_owned(), row.title)).collect();
        assert_eq!((products, stocks.clone(), orders), stored, "projections follow from the log");
        assert_eq!(self.store.ledger_sums(self.shop).await.unwrap(), stocks, "the ledger sums to the stock");
    }
}

fn ordered(answer: Result<Answer, RefusalCode>) -> Result<Order, RefusalCode> {
    match answer? {
        Answer::Order(file) => Ok(file.order),
        other => panic!("no order: {other:?}"),
    }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let house = house(2).await;
    let order = id();
    let reserved = house.reserve(order).await.unwrap();
    assert_eq!((reserved.status, reserved.total_minor), (OrderStatus::Reserved, 1_000));
    let placed = house.place(order).await.unwrap();
    assert_eq!((placed.status, placed.number, placed.total_minor), (OrderStatus::Placed, Some(1), 1_100));
    assert_eq!(house.place(order).await.unwrap(), placed, "asked again");
    house.audit().await;

    let again = house.restarted();
    let look = Ask::Command(Command::Look { order, key: key(order) });
    assert_eq!(ordered(again.ask(house.shop, look).await).unwrap(), placed);
    let foreign = Ask::Query(Query::Order(order, Some(key(id()))));
    assert_eq!(again.ask(house.shop, foreign).await, Err(RefusalCode::OrderNotFound));
    let listed =
        house.store.list_orders(house.shop, &OrderFilter { limit: 10, ..OrderFilter::default() }).await.unwrap();
    assert_eq!(listed, [(placed, Some(*contact()))]);
}

#[tokio::test]
async fn a_rush_is_few_commits_and_sells_what_there_is() {
    let house = house(50).await;
    let before = house.store.commits();
    let buyers = (0..400).map(|_| house.reserve(id()));
    let answers = futures_util::future::join_all(buyers).await;
    let got = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(got, 50);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(RefusalCode::SoldOut))));
    assert!(house.store.commits() - before <= 5, "{} commits", house.store.commits() - before);
    house.audit().await;
}

#[tokio::test]
async fn what_changed_is_said() {
    let mut house = house(3).await;
    let order = id();
    house.reserve(order).await.unwrap();
    let (mut left, mut moved) = (Vec::new(), Vec::new());
    while left.last() != Some(&2) || moved.is_empty() {
        match tokio::time::timeout(std::time::Duration::from_secs(5), house.notices.recv()).await.unwrap().unwrap() {
            Notice::Stock(stock) => left.push(stock.variants[0].left),
            Notice::Order(shop, said) => moved.push((shop, said.order, said.status)),
        }
    }
    assert!(left.len() <= 3, "{left:?}");
    assert_eq!(moved, [(house.shop, order, OrderStatus::Reserved)]);
}

#[tokio::test]
async fn the_newest_of_each_waits_while_nobody_takes_it() {
    let mut house = house(20).await;
    let orders: Vec<OrderId> = (0..10).map(|_| id()).collect();
    // The channel has room for eight: what comes after waits, and what was placed meanwhile is said once.
    for order in &orders {
        house.reserve(*order).await.unwrap();
        house.place(*order).await.unwrap();
    }
    let mut last = std::collections::HashMap::new();
    while orders.iter().any(|order| last.get(order) != Some(&OrderStatus::Placed)) {
        let notice = tokio::time::timeout(std::time::Duration::from_secs(5), house.notices.recv()).await;
        if let Notice::Order(_, said) = notice.unwrap().unwrap() {
            last.insert(said.order, said.status);
        }
    }
}

#[tokio::test]
async fn a_reservation_runs_out_by_itself() {
    let house = house(1).await;
    let Answer::Settings(settings) = house.shops.ask(house.shop, Ask::Query(Query::Settings)).await.unwrap() else {
        panic!("no settings")
    };
    house.seller(Command::SetSettings(Box::new(ShopSettings { reservation_ms: 1_000, ..*settings }))).await;
    house.reserve(id()).await.unwrap();
    assert_eq!(house.reserve(id()).await, Err(RefusalCode::SoldOut));
    tokio::time::sleep(std::time::Duration::from_millis(1_020)).await;
    house.reserve(id()).await.unwrap();
    house.audit().await;
}

#[tokio::test]
async fn a_commit_that_fails_answers_nobody_and_loses_nothing() {
    let house = house(2).await;
    let (first, second) = (id(), id());
    house.reserve(first).await.unwrap();
    // Another writer on the same log: the next fact has its number already.
    let other = house.restarted();
    let (member, show, variant) = (id(), house.show, house.variant);
    let command = Command::Reserve { order: second, key: key(second), member, show, variant, quantity: 1, wait: false };
    ordered(other.ask(house.shop, Ask::Command(command)).await).unwrap();
    assert_eq!(house.reserve(id()).await, Err(RefusalCode::ShopRestarted), "it could not be saved");
    assert_eq!(house.reserve(id()).await, Err(RefusalCode::SoldOut), "loaded anew, it knows of both");
    assert_eq!(house.place(first).await.unwrap().status, OrderStatus::Placed);
    house.audit().await;
}

#[tokio::test]
async fn a_buyer_is_forgotten_and_the_order_stays() {
    let house = house(1).await;
    let order = id();
    house.reserve(order).await.unwrap();
    house.place(order).await.unwrap();
    house.seller(Command::Step { order, status: OrderStatus::Cancelled, restock: false }).await;
    house.seller(Command::EraseContact { order, key: key(order) }).await;
    assert_eq!(house.store.contact(order).await.unwrap(), None);
    let search = OrderFilter { search: Some("AIKO".into()), limit: 10, ..OrderFilter::default() };
    assert_eq!(house.store.list_orders(house.shop, &search).await.unwrap(), []);
    let by_title = OrderFilter { search: Some("bors".into()), ..search };
    assert_eq!(house.store.list_orders(house.shop, &by_title).await.unwrap().len(), 1);
    house.audit().await;
}

#[tokio::test]
async fn facts_and_ledger_only_grow() {
    let house = house(1).await;
    for sql in [
        "UPDATE shop_events SET body = '{}'",
        "DELETE FROM shop_events",
        "UPDATE stock_ledger SET free = 0, stock = reserved + sold",
        "DELETE FROM stock_ledger",
    ] {
        let done = house.store.try_sql(sql).await;
        assert!(done.is_err_and(|error| error.to_string().contains("a ")), "{sql}");
    }
    house.audit().await;
}

#[tokio::test]
async fn nothing_is_begun_once_it_stops() {
    let house = house(1).await;
    house.shops.stop().await;
    assert_eq!(house.reserve(id()).await, Err(RefusalCode::ServerStopping));
}
