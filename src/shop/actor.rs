//! The task that is a shop: takes what waits, lets the core decide, commits once, answers.
//!
//! Invariants:
//! - Nothing is answered and nobody is told what is left before it is committed. A commit that fails ends the task: the
//!   core has decided what may not have happened, so it is thrown away.
//! - What has run out is given back before anything else is decided, so that a piece is never refused to a buyer because
//!   of a reservation that is over.
//! - While a commit runs, the mailbox fills; the next turn takes it all. So a rush of buyers costs few commits, and a
//!   single buyer waits for nobody.

use super::core::{Command, Event, ShopCore};
use super::message::{Answer, Ask, Mail, Query};
use super::notice::{Notice, Untold};
use super::plan::{Given, Plan};
use crate::clock;
use crate::store::{Store, StoreError};
use quiora_signaling::{RefusalCode, ShopId, Showcase};
use std::time::Duration;
use tokio::sync::mpsc;

/// Mail that may wait. Full: the sender waits, and with it the socket that it reads.
pub(super) const MAILBOX: usize = 4_096;

/// Mail taken in one turn, and so the size of a transaction: some ten milliseconds of work.
const MAX_TURN: usize = 1_024;

/// A deadline of the core is never further away than this; a longer wait would mean that the clock was set back.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// When to try again to say what changed, if nobody could take it.
const RETRY: Duration = Duration::from_millis(20);

/// A shop while it is loaded.
#[derive(Debug)]
pub(super) struct Actor {
    pub(super) shop: ShopId,
    pub(super) core: ShopCore,
    pub(super) store: Store,
    pub(super) mailbox: mpsc::Receiver<Mail>,
    /// Where it is said what changed. Full: the newest of each product and order waits in `untold`.
    pub(super) notices: mpsc::Sender<Notice>,
    /// Whether buyers are written letters.
    pub(super) mails: bool,
    pub(super) untold: Untold,
}

impl Actor {
    /// Runs until it cannot save or is told to stop.
    pub(super) async fn run(mut self) {
        tracing::debug!(shop.id = %self.shop, seq = self.core.seq(), "shop loaded");
        let mut mail = Vec::with_capacity(MAX_TURN);
        loop {
            let wait = self.wait(clock::unix_ms());
            tokio::select! {
                taken = self.mailbox.recv_many(&mut mail, MAX_TURN) => if taken == 0 { break },
                () = tokio::time::sleep(wait) => {}
            }
            match self.turn(&mut mail).await {
                Ok(false) => {}
                Ok(true) => break,
                Err(error) => {
                    tracing::error!(shop.id = %self.shop, %error, "shop could not be saved; reloading it");
                    break;
                }
            }
        }
        tracing::debug!(shop.id = %self.shop, seq = self.core.seq(), "shop unloaded");
    }

    /// One turn: decide, commit, answer. Returns whether to stop.
    async fn turn(&mut self, mail: &mut Vec<Mail>) -> Result<bool, StoreError> {
        let now_ms = clock::unix_ms();
        let (mut plan, mut stop) = (Plan::new(self.mails), false);
        self.pass_time(now_ms, &mut plan)?;
        for mail in mail.drain(..) {
            match mail {
                Mail::Ask(ask, to) => {
                    let answer = self.answer(now_ms, ask, &mut plan)?;
                    plan.reply(to, answer);
                }
                Mail::Stop => stop = true,
            }
        }
        if let Some(batch) = plan.batch(&self.core) {
            self.store.commit_shop(self.shop, batch).await?;
        }
        for stock in plan.products().filter_map(|product| self.core.stock(now_ms, product)) {
            self.untold.stock(stock);
        }
        for order in plan.orders().filter_map(|order| self.core.order(order)) {
            self.untold.order(order.clone());
        }
        plan.deliver();
        self.untold.tell(self.shop, &self.notices);
        Ok(stop)
    }

    fn answer(&mut self, now_ms: u64, ask: Ask, plan: &mut Plan) -> Result<Result<Answer, RefusalCode>, StoreError> {
        let (command, given) = match ask {
            Ask::Command(command) => (command, None),
            Ask::Place(command, contact, key) => (command, Some(Given { contact, key })),
            Ask::Query(query) => return Ok(tell(&self.core, now_ms, query)),
        };
        let events = match self.core.decide(now_ms, &command) {
            Ok(events) => events,
            Err(code) => return Ok(Err(code)),
        };
        for event in events {
            self.happen(now_ms, event, given.as_ref(), plan)?;
        }
        self.pass_time(now_ms, plan)?;
        Ok(done(&self.core, now_ms, &command))
    }

    /// Everything that is due happens. Pieces that came back go to the line before the next in the mailbox can have them.
    fn pass_time(&mut self, now_ms: u64, plan: &mut Plan) -> Result<(), StoreError> {
        loop {
            let due = self.core.due(now_ms);
            if due.is_empty() {
                return Ok(());
            }
            for event in due {
                self.happen(now_ms, event, None, plan)?;
            }
        }
    }

    fn happen(&mut self, now_ms: u64, event: Event, given: Option<&Given>, plan: &mut Plan) -> Result<(), StoreError> {
        let recorded = self.core.record(now_ms, event);
        let change = self.core.apply(&recorded);
        plan.add(&self.core, &recorded, change, given)
    }

    /// How long to wait for mail at most.
    fn wait(&self, now_ms: u64) -> Duration {
        let due = self.core.poll_timeout().map(|at_ms| Duration::from_millis(at_ms.saturating_sub(now_ms)));
        let retry = (!self.untold.is_empty()).then_some(RETRY);
        [due, retry].into_iter().flatten().min().unwrap_or(MAX_WAIT).min(MAX_WAIT)
    }
}

/// The answer to a command that was accepted.
fn done(core: &ShopCore, now_ms: u64, command: &Command) -> Result<Answer, RefusalCode> {
    match command {
        Command::Reserve { order, .. }
        | Command::Place { order, .. }
        | Command::Release { order, .. }
        | Command::Look { order, .. }
        | Command::Step { order, .. }
        | Command::OpenPayment { order, .. }
        | Command::ClosePayment { order, .. }
        | Command::Capture { order, .. }
        | Command::Repay { order, .. }
        | Command::Withdraw { order, .. }
        | Command::EraseContact { order, .. } => {
            core.file(now_ms, *order, None).map(|file| Answer::Order(Box::new(file))).ok_or(RefusalCode::OrderNotFound)
        }
        Command::Present { product, .. } => {
            let card = core.card(now_ms, *product).ok_or(RefusalCode::ProductNotFound)?;
            let offer = core.offer(now_ms, *product);
            let showcase = Showcase { at_ms: now_ms, media_us: None, product: card, offer };
            Ok(Answer::Showcase(Box::new(showcase), core.stock(now_ms, *product)))
        }
        Command::ChangeStock { variant, .. } => tell(core, now_ms, Query::ProductOf(*variant)),
        Command::SetSettings(_)
        | Command::SaveProducts(_)
        | Command::OrderProducts(_)
        | Command::SetLineUp { .. }
        | Command::EndOffer { .. } => Ok(Answer::Done(core.seq())),
    }
}

fn tell(core: &ShopCore, now_ms: u64, query: Query) -> Result<Answer, RefusalCode> {
    let found = match query {
        Query::Settings => Some(Answer::Settings(Box::new(core.settings().clone()))),
        Query::Products => Some(Answer::Products(core.products(now_ms))),
        Query::Product(product) => core.product(now_ms, product).map(|product| Answer::Product(Box::new(product))),
        Query::ProductOf(variant) => {
            let product = core.product_of(variant).and_then(|product| core.product(now_ms, product));
            product.map(|product| Answer::Product(Box::new(product)))
        }
        Query::LineUp(show) => Some(Answer::LineUp(core.line_up(now_ms, show))),
        Query::Stock(product) => core.stock(now_ms, product).map(Answer::Stock),
        Query::Prices(variant) => core.prices(now_ms, variant).map(|(spans, lowest)| Answer::Prices(spans, lowest)),
        Query::Order(order, key) => {
            let file = core.file(now_ms, order, key.as_ref());
            return file.map(|file| Answer::Order(Box::new(file))).ok_or(RefusalCode::OrderNotFound);
        }
        Query::Errand(order) => {
            let file = core.errand_file(order);
            return file.map(|file| Answer::Errand(Box::new(file))).ok_or(RefusalCode::OrderNotFound);
        }
        Query::AsOf => Some(Answer::Done(core.seq())),
    };
    found.ok_or(RefusalCode::ProductNotFound)
}

#[cfg(test)]
mod tests;
