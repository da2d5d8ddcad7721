//! A payment provider as one meets them: pages made under an attempt's name, paid in time or long after, notices that come
//! late, twice or never, answers that are lost. It keeps its own books, so that money can be counted apart from the shop.

use super::{BUYERS, Tally, order_of};
use crate::random::Random;
use quiora::shop::core::{Command, Errand, ErrandFile, ShopCore};
use quiora_signaling::{Currency, OrderId, PaymentState};
use std::collections::BTreeMap;

/// Who asks the shop: whoever runs errands, and what the provider tells by itself.
const ERRAND: u64 = BUYERS + 1;
const NOTICE: u64 = BUYERS + 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Open,
    Paid,
    Closed,
}

#[derive(Debug)]
struct Session {
    page: Page,
    amount_minor: u64,
    /// It was paid when the shop no longer waited for it.
    late: bool,
}

/// The provider's books.
#[derive(Debug, Default)]
pub(super) struct Provider {
    sessions: BTreeMap<(OrderId, u64), Session>,
    refunds: BTreeMap<OrderId, u64>,
    /// What is on its way to the shop, and when it arrives.
    posts: Vec<(u64, Command)>,
}

fn session_name(order: OrderId, attempt: u64) -> String {
    format!("{order}-{attempt}")
}

impl Provider {
    /// One turn: what the shop's committed facts ask for is done, perhaps; buyers pay, perhaps; what was sent arrives.
    pub(super) fn act(&mut self, random: &mut Random, core: &ShopCore, now_ms: u64, mailbox: &mut Vec<(u64, Command)>) {
        for file in errands(core) {
            // Whoever runs an errand waits for what the shop says to it before running the next of the same order.
            let busy =
                mailbox.iter().any(|(who, command)| *who == ERRAND && order_of(command) == Some(file.order.order));
            if !busy && random.per_mille(500) {
                let refuses = random.per_mille(60);
                let lost = random.per_mille(100);
                let command = self.run(&file, refuses).filter(|_| !lost);
                mailbox.extend(command.map(|command| (ERRAND, command)));
            }
        }
        self.buyers_pay(random, core, now_ms);
        self.deliver(now_ms, mailbox);
    }

    /// No more faults: every errand is run, everything arrives.
    pub(super) fn settle(&mut self, core: &ShopCore, mailbox: &mut Vec<(u64, Command)>) {
        for file in errands(core) {
            mailbox.extend(self.run(&file, false).map(|command| (ERRAND, command)));
        }
        self.deliver(u64::MAX, mailbox);
    }

    /// An errand, as the runner does it. Repeating one makes nothing twice.
    fn run(&mut self, file: &ErrandFile, refuses: bool) -> Option<Command> {
        let (order, attempt) = (file.order.order, file.attempt);
        let name = session_name(order, attempt);
        let amount_minor = file.order.total_minor;
        match file.errand? {
            Errand::Open if refuses && !self.sessions.contains_key(&(order, attempt)) => {
                Some(Command::ClosePayment { order, session: None })
            }
            Errand::Open => {
                let session = Session { page: Page::Open, amount_minor, late: false };
                self.sessions.entry((order, attempt)).or_insert(session);
                let url = format!("https://pay.example/{name}");
                Some(Command::OpenPayment { order, session: name, url })
            }
            Errand::Watch => self.settled(order, attempt),
            Errand::Close => {
                let session = Session { page: Page::Closed, amount_minor, late: false };
                let found = self.sessions.entry((order, attempt)).or_insert(session);
                if found.page == Page::Open {
                    found.page = Page::Closed;
                }
                let closed = Command::ClosePayment { order, session: file.session.clone() };
                if found.page == Page::Paid { self.settled(order, attempt) } else { Some(closed) }
            }
            Errand::Refund => {
                assert!(file.payment.is_some(), "nothing to send back");
                self.refunds.entry(order).or_insert(amount_minor);
                Some(Command::Repay { order, refund: name })
            }
        }
    }

    fn settled(&self, order: OrderId, attempt: u64) -> Option<Command> {
        let found = self.sessions.get(&(order, attempt)).filter(|session| session.page == Page::Paid)?;
        Some(capture(order, attempt, found.amount_minor))
    }

    fn buyers_pay(&mut self, random: &mut Random, core: &ShopCore, now_ms: u64) {
        let mut paid = Vec::new();
        for ((order, attempt), session) in &mut self.sessions {
            if session.page == Page::Open && random.per_mille(90) {
                session.page = Page::Paid;
                session.late = core.order(*order).is_none_or(|order| !order.status.is_open());
                paid.push((*order, *attempt, session.amount_minor));
            }
        }
        for (order, attempt, amount_minor) in paid {
            // Lost, once, or several times.
            for _ in 0..random.below(4) {
                self.post(random, now_ms, capture(order, attempt, amount_minor));
            }
        }
    }

    fn post(&mut self, random: &mut Random, now_ms: u64, command: Command) {
        self.posts.push((now_ms + random.below(120_000), command));
    }

    fn deliver(&mut self, now_ms: u64, mailbox: &mut Vec<(u64, Command)>) {
        let (arrived, waiting) = std::mem::take(&mut self.posts).into_iter().partition(|(at_ms, _)| *at_ms <= now_ms);
        self.posts = waiting;
        let arrived: Vec<_> = arrived;
        mailbox.extend(arrived.into_iter().map(|(_, command)| (NOTICE, command)));
    }

    /// Money in equals orders paid: each payment is served, or went back in full; nothing is served that was not paid.
    pub(super) fn audit(&self, core: &ShopCore, tally: &mut Tally) {
        let mut paid: BTreeMap<OrderId, u64> = BTreeMap::new();
        for ((order, _), session) in self.sessions.iter().filter(|(_, session)| session.page == Page::Paid) {
            assert!(paid.insert(*order, session.amount_minor).is_none(), "{order} was paid twice");
            tally.paid += 1;
            tally.late += u64::from(session.late);
        }
        let kept: u64 = paid.values().sum::<u64>() - self.refunds.values().sum::<u64>();
        let mut served = 0;
        for order in core.orders() {
            let Some(payment) = &order.payment else { continue };
            match payment.state {
                PaymentState::Paid => {
                    assert_eq!(paid.get(&order.order), Some(&order.total_minor), "served and not paid: {order:?}");
                    served += order.total_minor;
                }
                PaymentState::Refunded => {
                    assert_eq!(paid.get(&order.order), self.refunds.get(&order.order), "{order:?}");
                    tally.refunded += 1;
                }
                PaymentState::Closed => assert!(!paid.contains_key(&order.order), "paid for nothing: {order:?}"),
                PaymentState::Opening | PaymentState::Open | PaymentState::Refunding => {
                    unreachable!("left undone: {order:?}")
                }
            }
        }
        assert_eq!(kept, served, "money in is not orders paid");
    }
}

fn capture(order: OrderId, attempt: u64, amount_minor: u64) -> Command {
    Command::Capture { order, payment: session_name(order, attempt), amount_minor, currency: Currency::EUR }
}

fn errands(core: &ShopCore) -> Vec<ErrandFile> {
    let open = core.orders().filter(|order| order.payment.is_some() && core.errand(order.order).is_some());
    let mut files: Vec<_> = open.filter_map(|order| core.errand_file(order.order)).collect();
    files.sort_by_key(|file| file.order.order);
    files
}
