//! A shop's writer under a crowd: buyers who lose answers, ask twice, come back and give up; a seller who restocks and
//! moves orders on; a clock that steps; and a server that crashes between deciding and committing, and between committing
//! and answering. Some wait in line, some pay through a provider that is late, forgetful and tells things twice. The core
//! is the real one; the store is a list of facts that survives.

mod provider;

use crate::random::Random;
use provider::Provider;
use quiora::shop::core::{Command, Event, KeyHash, Recorded, ShopCore};
use quiora_signaling::{
    MemberId, Order, OrderId, OrderStatus, PaymentMethod, ProductDraft, ProductId, ProductStatus, RefusalCode,
    ShippingId, ShippingOption, ShopSettings, ShowId, StockPolicy, VariantDraft, VariantId,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const START_MS: u64 = 1_700_000_000_000;
const VARIANTS: u64 = 3;
const BUYERS: u64 = 12;
const TURNS: u64 = 120;
const RESERVATION_MS: u32 = 60_000;

fn id<T: From<Uuid>>(kind: u128, n: u64) -> T {
    Uuid::from_u128(kind << 64 | u128::from(n)).into()
}

/// What happened in a world, so that a test can see that worlds are not empty.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) placed: u64,
    pub(crate) sold_out: u64,
    pub(crate) expired: u64,
    pub(crate) repeats: u64,
    pub(crate) lost_before_commit: u64,
    pub(crate) lost_after_commit: u64,
    pub(crate) cancelled: u64,
    pub(crate) offered: u64,
    pub(crate) paid: u64,
    pub(crate) late: u64,
    pub(crate) refunded: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.placed += other.placed;
        self.sold_out += other.sold_out;
        self.expired += other.expired;
        self.repeats += other.repeats;
        self.lost_before_commit += other.lost_before_commit;
        self.lost_after_commit += other.lost_after_commit;
        self.cancelled += other.cancelled;
        self.offered += other.offered;
        self.paid += other.paid;
        self.late += other.late;
        self.refunded += other.refunded;
    }

    pub(crate) fn assert_rich(&self) {
        let least =
            [self.placed, self.sold_out, self.expired, self.repeats, self.lost_before_commit, self.lost_after_commit];
        let newer = [self.offered, self.paid, self.late, self.refunded];
        assert!(newer.iter().all(|n| *n > 100), "{self:?}");
        assert!(least.iter().all(|n| *n > 100) && self.cancelled > 20, "{self:?}");
    }
}

struct World {
    random: Random,
    now_ms: u64,
    core: ShopCore,
    /// What is on the disk.
    log: Vec<Recorded>,
    /// Sent and not yet taken by the writer: who, and what.
    mailbox: Vec<(u64, Command)>,
    buyers: Vec<Buyer>,
    provider: Provider,
    /// What the disk says, counted apart from the writer.
    books: Books,
    /// What somebody was told: the order, as it was told last.
    told: HashMap<OrderId, Order>,
    tally: Tally,
    next_order: u64,
}

/// The auditor: takes each fact once it is on the disk.
#[derive(Default)]
struct Books {
    core: ShopCore,
    pieces: HashMap<VariantId, [i64; 4]>,
    reserved: HashSet<OrderId>,
    placed: HashSet<OrderId>,
    numbers: HashSet<u64>,
}

impl Books {
    fn take(&mut self, recorded: &Recorded) {
        for entry in self.core.apply(recorded).moves {
            let sum = self.pieces.entry(entry.variant).or_default();
            let by = entry.by;
            for (column, change) in sum.iter_mut().zip([by.stock, by.free, by.reserved, by.sold]) {
                *column += change;
            }
            assert!(sum.iter().all(|n| *n >= 0), "oversold: {sum:?}");
        }
        match &recorded.event {
            Event::Reserved { wish, .. } | Event::Queued { wish } => {
                assert!(self.reserved.insert(wish.order), "{} acted twice", wish.order);
            }
            Event::Captured { order, number, .. } => {
                assert!(self.placed.insert(*order), "{order} was paid twice");
                assert!(self.numbers.insert(*number), "number {number} was given twice");
            }
            Event::Placed { order, number, .. } => {
                assert!(self.placed.insert(*order), "{order} was placed twice");
                assert!(self.numbers.insert(*number), "number {number} was given twice");
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Buyer {
    /// The order it is about, with what was asked last and whether that was answered.
    order: Option<(OrderId, VariantId, u32)>,
    stage: Stage,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Browsing,
    Reserving,
    InLine,
    Filling,
    Placing,
    Releasing,
}

/// Plays a world to its end.
pub(crate) fn run(seed: u64) -> Tally {
    let mut world = World::new(seed);
    for _ in 0..TURNS {
        world.pass_time();
        world.buyers_act();
        world.seller_acts();
        world.provider_acts();
        world.turn(true);
    }
    world.settle();
    world.tally
}

fn key(order: OrderId) -> KeyHash {
    KeyHash(order.to_string())
}

fn replayed(log: &[Recorded]) -> ShopCore {
    let mut core = ShopCore::new();
    for recorded in log {
        core.apply(recorded);
    }
    core
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let variant = |n| VariantDraft {
            variant: Some(id(2, n)),
            name: n.to_string(),
            sku: String::new(),
            price_minor: 1_000 * (n + 1),
            stock: random.between(0, 6) as u32,
        };
        let draft = ProductDraft {
            title: "Borsa".into(),
            description: String::new(),
            status: ProductStatus::Active,
            vat_bp: 2_200,
            max_per_buyer: None,
            images: Vec::new(),
            variants: (0..VARIANTS).map(variant).collect(),
        };
        let option = ShippingOption {
            shipping: id(3, 1),
            name: "pick-up".into(),
            price_minor: 0,
            pick_up: true,
            countries: Vec::new(),
        };
        let settings = ShopSettings {
            reservation_ms: RESERVATION_MS,
            shipping: vec![option],
            payments: vec![PaymentMethod::Manual, PaymentMethod::Stripe],
            policy: if seed.is_multiple_of(3) { StockPolicy::FirstPaid } else { StockPolicy::Reserve },
            ..ShopSettings::default()
        };
        let buyers = (0..BUYERS).map(|_| Buyer::default()).collect();
        let mut world = Self {
            random,
            now_ms: START_MS,
            core: ShopCore::new(),
            log: Vec::new(),
            mailbox: Vec::new(),
            buyers,
            provider: Provider::default(),
            books: Books::default(),
            told: HashMap::new(),
            tally: Tally::default(),
            next_order: 0,
        };
        world.mailbox.push((u64::MAX, Command::SetSettings(Box::new(settings))));
        world.mailbox.push((u64::MAX, Command::SaveProducts(vec![(id::<ProductId>(1, 1), draft)])));
        world.turn(false);
        world
    }

    fn pass_time(&mut self) {
        self.now_ms += self.random.below(8_000);
        if self.random.per_mille(20) {
            // The machine's clock is set back; the shop's is not.
            self.now_ms -= 30_000;
        }
    }

    fn buyers_act(&mut self) {
        for n in 0..BUYERS {
            if self.random.per_mille(500) {
                self.buyer_acts(n);
            }
        }
    }

    fn buyer_acts(&mut self, n: u64) {
        let stage = self.buyers[n as usize].stage;
        if stage == Stage::Browsing {
            self.next_order += 1;
            let variant = id(2, self.random.below(VARIANTS));
            let order = (id(4, self.next_order), variant, self.random.between(1, 2) as u32);
            self.buyers[n as usize] = Buyer { order: Some(order), stage: Stage::Reserving };
        }
        if stage == Stage::Filling {
            let next = if self.random.per_mille(700) { Stage::Placing } else { Stage::Releasing };
            // Some walk away and let time run out.
            let gone = self.random.per_mille(150);
            self.buyers[n as usize].stage = if gone { Stage::Browsing } else { next };
        }
        if stage == Stage::InLine && self.random.per_mille(50) {
            self.buyers[n as usize].stage = Stage::Releasing;
        }
        let Some((order, variant, quantity)) = self.buyers[n as usize].order else { return };
        let command = match self.buyers[n as usize].stage {
            Stage::Browsing | Stage::Filling => return,
            Stage::Reserving => Command::Reserve {
                order,
                key: key(order),
                member: id::<MemberId>(5, n),
                show: id::<ShowId>(6, 1),
                variant,
                quantity,
                // The same at every repetition.
                wait: n.is_multiple_of(2),
            },
            Stage::InLine => Command::Look { order, key: key(order) },
            Stage::Placing => {
                let total_minor = self.told.get(&order).map_or(0, |told| told.total_minor);
                let shipping = id::<ShippingId>(3, 1);
                let payment = if n.is_multiple_of(3) { PaymentMethod::Manual } else { PaymentMethod::Stripe };
                Command::Place { order, key: key(order), total_minor, shipping, country: None, buyer: n, payment }
            }
            Stage::Releasing => Command::Release { order, key: key(order) },
        };
        // A double click, two tabs, a retry: the same once more, perhaps much later.
        for _ in 0..=u64::from(self.random.per_mille(300)) {
            self.mailbox.push((n, command.clone()));
        }
    }

    fn seller_acts(&mut self) {
        if self.random.per_mille(100) {
            let change = self.random.between(0, 6) as i64 - 3;
            let variant = id(2, self.random.below(VARIANTS));
            self.mailbox.push((u64::MAX, Command::ChangeStock { variant, change }));
        }
        let mut told: Vec<_> = self.told.keys().copied().collect();
        told.sort_unstable();
        if !told.is_empty() && self.random.per_mille(200) {
            let order = told[self.random.below(told.len() as u64) as usize];
            let status = OrderStatus::ALL[self.random.below(OrderStatus::ALL.len() as u64) as usize];
            self.mailbox.push((u64::MAX, Command::Step { order, status, restock: self.random.per_mille(500) }));
        }
    }

    fn provider_acts(&mut self) {
        self.provider.act(&mut self.random, &self.books.core, self.now_ms, &mut self.mailbox);
    }

    /// The writer's turn, as the actor does it: what is due, what waits, one commit, the answers.
    fn turn(&mut self, faults: bool) {
        let mut batch = Vec::new();
        self.due(&mut batch);
        let mut answers = Vec::new();
        let taken = if faults { self.random.below(self.mailbox.len() as u64 + 1) as usize } else { self.mailbox.len() };
        for (who, command) in self.mailbox.drain(..taken).collect::<Vec<_>>() {
            let decided = self.core.decide(self.now_ms, &command);
            let about = order_of(&command);
            let answer = decided.map(|events| {
                self.tally.repeats += u64::from(events.is_empty() && who < BUYERS);
                events.into_iter().for_each(|event| self.happen(event, &mut batch));
                self.due(&mut batch);
                about.and_then(|order| self.core.order(order).cloned())
            });
            answers.push((who, command, answer));
        }
        if faults && self.random.per_mille(40) {
            self.tally.lost_before_commit += 1;
            self.core = replayed(&self.log);
            return;
        }
        batch.iter().for_each(|recorded| self.books.take(recorded));
        self.log.extend(batch);
        self.check();
        if faults && self.random.per_mille(40) {
            self.tally.lost_after_commit += 1;
            self.core = replayed(&self.log);
            return;
        }
        for (who, command, answer) in answers {
            if !faults || !self.random.per_mille(150) {
                self.hear(who, &command, answer);
            }
        }
    }

    fn due(&mut self, batch: &mut Vec<Recorded>) {
        loop {
            let due = self.core.due(self.now_ms);
            if due.is_empty() {
                return;
            }
            due.into_iter().for_each(|event| self.happen(event, batch));
        }
    }

    fn happen(&mut self, event: Event, batch: &mut Vec<Recorded>) {
        self.tally.expired += u64::from(matches!(event, Event::Expired { .. }));
        self.tally.offered += u64::from(matches!(event, Event::Offered { .. }));
        let recorded = self.core.record(self.now_ms, event);
        self.core.apply(&recorded);
        batch.push(recorded);
    }

    /// An answer arrives: from now on the buyer relies on it.
    fn hear(&mut self, who: u64, command: &Command, answer: Result<Option<Order>, RefusalCode>) {
        if let Ok(Some(order)) = &answer {
            self.told.insert(order.order, order.clone());
            self.tally.placed += u64::from(order.status == OrderStatus::Placed);
            self.tally.cancelled += u64::from(order.status == OrderStatus::Cancelled);
        }
        self.tally.sold_out += u64::from(matches!(answer, Err(RefusalCode::SoldOut)));
        let Some(buyer) = self.buyers.get_mut(usize::try_from(who).unwrap_or(usize::MAX)) else { return };
        if order_of(command) != buyer.order.map(|(order, ..)| order) {
            return;
        }
        buyer.stage = match answer {
            Ok(Some(order)) if order.status == OrderStatus::Reserved => match buyer.stage {
                Stage::Reserving | Stage::InLine => Stage::Filling,
                stage => stage,
            },
            Ok(Some(order)) if order.status == OrderStatus::Waiting && buyer.stage != Stage::Releasing => Stage::InLine,
            Ok(_) | Err(_) => Stage::Browsing,
        };
    }

    /// What must hold of the disk at every moment, counted apart from the core.
    fn check(&self) {
        let core = &self.books.core;
        for (variant, _, stock) in core.stocks() {
            let [all, free, held, sold] = self.books.pieces[&variant];
            let now = [stock.stock, stock.free, stock.reserved, stock.sold].map(i64::from);
            assert_eq!(now, [all, free, held, sold], "the ledger sums to the stock");
            assert_eq!(free + held + sold, all);
        }
        for told in self.told.values() {
            let kept = core.order(told.order).expect("an acknowledged order exists");
            let same = (told.unit_minor, told.quantity, told.variant) == (kept.unit_minor, kept.quantity, kept.variant);
            // Who waits is offered what there is, at the price that is.
            let same = same || told.status == OrderStatus::Waiting;
            assert!(same, "{told:?} became {kept:?}");
            assert!(kept.steps.starts_with(&told.steps), "told {:?}, kept {:?}", told.steps, kept.steps);
            assert!(told.number.is_none() || told.number == kept.number);
        }
    }

    /// No more faults: what waits is done, and what is held runs out.
    fn settle(&mut self) {
        self.turn(false);
        // Who is in line is offered what another did not take, and does not take it either; the provider is asked again.
        for _ in 0..4 * BUYERS * TURNS {
            self.now_ms = self.core.clock(self.now_ms) + u64::from(RESERVATION_MS);
            self.provider.settle(&self.books.core, &mut self.mailbox);
            let before = self.log.len();
            self.turn(false);
            if self.log.len() == before && self.core.poll_timeout().is_none() {
                break;
            }
        }
        assert_eq!(self.core.poll_timeout(), None);
        self.provider.audit(&self.books.core, &mut self.tally);
        assert_eq!(replayed(&self.log), self.core, "the log tells all of it");
        for (variant, _, stock) in self.core.stocks() {
            assert_eq!(stock.reserved, 0, "nothing is held for ever: {variant}");
            let standing: u32 = self.core.orders().filter(|order| order.variant == variant).map(sold).sum();
            assert!(standing <= stock.sold, "{standing} ordered, {} sold", stock.sold);
        }
    }
}

/// Pieces that somebody is owed.
fn sold(order: &Order) -> u32 {
    let owed = order.status.is_ordered() && !matches!(order.status, OrderStatus::Cancelled | OrderStatus::Refunded);
    if owed { order.quantity } else { 0 }
}

fn order_of(command: &Command) -> Option<OrderId> {
    match command {
        Command::Reserve { order, .. }
        | Command::Place { order, .. }
        | Command::Release { order, .. }
        | Command::Look { order, .. }
        | Command::OpenPayment { order, .. }
        | Command::ClosePayment { order, .. }
        | Command::Capture { order, .. }
        | Command::Repay { order, .. }
        | Command::Step { order, .. } => Some(*order),
        _ => None,
    }
}
