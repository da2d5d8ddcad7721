//! What a shop's writer sustains: buyers who all press within a second, on a real store that waits for the disk at each
//! commit (`synchronous=FULL`). The whole way from the question to the answer is measured but for the sockets.
//!
//! Prints and fails nothing, but for what must never happen: a piece that is sold twice.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and has no other way to fail")]

use quiora::clock;
use quiora::shop::core::{Command, KeyHash};
use quiora::shop::{Answer, Ask, Query, Shops};
use quiora::store::{NewShow, Store};
use quiora_signaling::{
    Contact, MemberId, OrderId, OrderKey, PaymentMethod, ProductDraft, ProductId, ProductStatus, RefusalCode,
    ShippingId, ShippingOption, ShopId, ShopSettings, ShowId, VariantDraft, VariantId,
};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Buyers of one run, and the pieces there are.
const BUYERS: usize = 10_000;
const PIECES: u32 = 500;

#[derive(Clone)]
struct Till {
    shops: Shops,
    store: Store,
    shop: ShopId,
    show: ShowId,
    variant: VariantId,
    shipping: ShippingId,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        println!("{BUYERS} buyers, {PIECES} pieces, all within a second:");
        rush(PIECES).await;
        println!("{BUYERS} buyers, a piece for each, all within a second:");
        rush(BUYERS as u32).await;
        println!("{BUYERS} buyers, a piece for each, as fast as they are answered, 512 at a time:");
        flood().await;
    });
}

async fn till(dir: &tempfile::TempDir, pieces: u32) -> Till {
    let store = Store::open(dir.path(), None).await.unwrap();
    let shop = store.create_shop("Bottega", 1).await.unwrap().id;
    let new = NewShow { slug: "a".into(), title: "A".into(), scheduled_at_ms: None };
    let show = store.create_show(new, 1).await.unwrap().show;
    let (stocked, mut stocks) = mpsc::channel(64);
    tokio::spawn(async move { while stocks.recv().await.is_some() {} });
    let shops = Shops::new(store.clone(), stocked, [7; 32]);
    let (variant, shipping) = (VariantId(clock::uuid()), ShippingId(clock::uuid()));
    let option =
        ShippingOption { shipping, name: "pick-up".into(), price_minor: 0, pick_up: true, countries: Vec::new() };
    let settings = ShopSettings { shipping: vec![option], ..ShopSettings::default() };
    let draft = ProductDraft {
        title: "Borsa Conero".into(),
        description: String::new(),
        status: ProductStatus::Active,
        vat_bp: 2_200,
        max_per_buyer: None,
        images: Vec::new(),
        variants: vec![VariantDraft {
            variant: Some(variant),
            name: "cognac".into(),
            sku: String::new(),
            price_minor: 18_900,
            stock: pieces,
        }],
    };
    for command in
        [Command::SetSettings(Box::new(settings)), Command::SaveProducts(vec![(ProductId(clock::uuid()), draft)])]
    {
        shops.ask(shop, Ask::Command(command)).await.unwrap();
    }
    Till { shops, store, shop, show, variant, shipping }
}

impl Till {
    /// Reserves a piece and orders it; how long each answer took, and whether it was a yes.
    async fn buy(&self) -> (Vec<Duration>, bool) {
        let order = OrderId(clock::uuid());
        let key = KeyHash(format!("{:0>64}", order.0.simple().to_string()));
        let (member, show, variant) = (MemberId(clock::uuid()), self.show, self.variant);
        let reserve = Command::Reserve { order, key: key.clone(), member, show, variant, quantity: 1, wait: false };
        let asked = clock::monotonic();
        let answer = self.shops.ask(self.shop, Ask::Command(reserve)).await;
        let reserved = asked.elapsed();
        match answer {
            Ok(_) => {}
            Err(RefusalCode::SoldOut) => return (vec![reserved], false),
            Err(other) => unreachable!("refused: {other}"),
        }
        let contact = Contact {
            name: "Aiko Tanaka".into(),
            email: format!("{order}@example.jp"),
            phone: String::new(),
            address: None,
            note: String::new(),
        };
        let (shipping, buyer) = (self.shipping, self.shops.buyer(&contact.email));
        let place = Command::Place {
            order,
            key,
            total_minor: 18_900,
            shipping,
            country: None,
            buyer,
            payment: PaymentMethod::Manual,
        };
        let asked = clock::monotonic();
        self.shops.ask(self.shop, Ask::Place(place, Box::new(contact), OrderKey(String::new()))).await.unwrap();
        (vec![reserved, asked.elapsed()], true)
    }

    async fn report(&self, began: Instant, results: Vec<(Vec<Duration>, bool)>, pieces: u32, commits: u64) {
        let took = began.elapsed();
        let sold = results.iter().filter(|(_, sold)| *sold).count();
        let mut times: Vec<_> = results.into_iter().flat_map(|(times, _)| times).collect();
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
        let per_s = times.len() as f64 / took.as_secs_f64();
        let commits = self.store.commits() - commits;
        println!(
            "  {} decisions in {:.2} s: {per_s:.0}/s; to the answer p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms; {commits} \
             commits; {sold} sold, the rest refused",
            times.len(),
            took.as_secs_f64(),
            at(0.5),
            at(0.99),
            at(1.0),
        );
        let stored = self.store.ledger_sums(self.shop).await.unwrap();
        assert_eq!(stored[0].pieces, [pieces, pieces - sold as u32, 0, sold as u32], "the ledger says something else");
    }
}

/// Every buyer presses at a moment of their own within the second.
async fn rush(pieces: u32) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let till = till(&dir, pieces).await;
    let (began, commits) = (clock::monotonic(), till.store.commits());
    let crowd: Vec<_> = (0..BUYERS)
        .map(|n| {
            let till = till.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_micros(n as u64 * 1_000_000 / BUYERS as u64)).await;
                till.buy().await
            })
        })
        .collect();
    let mut results = Vec::with_capacity(BUYERS);
    for buyer in crowd {
        results.push(buyer.await.unwrap());
    }
    till.report(began, results, pieces, commits).await;
}

/// So many buyers, each of whom is followed by another at once.
async fn flood() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let till = till(&dir, BUYERS as u32).await;
    let (began, commits) = (clock::monotonic(), till.store.commits());
    let crowd: Vec<_> = (0..512)
        .map(|n| {
            let till = till.clone();
            tokio::spawn(async move {
                let mut results = Vec::new();
                for _ in (n..BUYERS).step_by(512) {
                    results.push(till.buy().await);
                }
                results
            })
        })
        .collect();
    let mut results = Vec::with_capacity(BUYERS);
    for buyer in crowd {
        results.extend(buyer.await.unwrap());
    }
    till.report(began, results, BUYERS as u32, commits).await;
    reload(&till).await;
}

/// What a restart costs the first who asks: the whole log is read and taken again.
async fn reload(till: &Till) {
    till.shops.stop().await;
    let (told, _untold) = mpsc::channel(64);
    let shops = Shops::new(till.store.clone(), told, [7; 32]);
    let began = clock::monotonic();
    let Ok(Answer::Done(facts)) = shops.ask(till.shop, Ask::Query(Query::AsOf)).await else {
        unreachable!("no answer")
    };
    let took = began.elapsed();
    println!("  loaded again from its log: {facts} facts in {:.0} ms", took.as_secs_f64() * 1_000.0);
}
