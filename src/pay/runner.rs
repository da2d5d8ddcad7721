//! The task that runs errands.

use super::notice::captured;
use super::stripe::{Fault, Page, Session, Stripe, is_name};
use crate::clock;
use crate::shop::core::{Command, Errand, ErrandFile};
use crate::shop::{Answer, Ask, Query, Shops};
use crate::store::{DueErrand, Store, StoreError};
use crate::tasks::Lanes;
use quiora_signaling::{OrderId, OrderStatus};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Errands that run at the same time: Stripe takes a hundred requests a second.
const MAX_RUNNING: usize = 8;

/// The list is looked through at least so often: the clock may have been set.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// After the store failed.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// The longest page address that is taken; Stripe's are some 400 bytes.
const MAX_URL_BYTES: usize = 4_096;

/// Waits between looks at a page that is open, the last one again and again: what Stripe tells by itself comes sooner,
/// where it can reach us.
const LOOKS_S: [u64; 4] = [15, 15, 30, 60];

/// Waits between tries, the last one again and again. A buyer is waiting for a page; money that is to go back can wait
/// until a fault is mended, and is never given up.
const TRIES_S: [u64; 8] = [1, 2, 4, 8, 15, 60, 300, 3_600];

/// How long a page is tried to be closed of which it was never learnt whether it exists: Stripe closes it itself long before.
const CLOSING_MS: u64 = 24 * 60 * 60 * 1_000;

/// What came of a try.
enum Came {
    /// Ask the shop.
    Of(Command),
    /// Nothing yet.
    Later(u64, String),
}

/// What is done with one errand after the other. Cheap to clone.
#[derive(Debug, Clone)]
struct Agent {
    store: Store,
    shops: Shops,
    stripe: Option<Stripe>,
    base: String,
}

/// The task's state.
#[derive(Debug)]
pub(super) struct Runner {
    agent: Agent,
    lanes: Lanes<OrderId>,
}

impl Runner {
    pub(super) fn new(store: Store, shops: Shops, stripe: Option<Stripe>, base: String) -> Self {
        Self { agent: Agent { store, shops, stripe, base }, lanes: Lanes::new() }
    }

    /// Runs until it is told to stop, and then until what is under way is over.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let wait = self.fill(clock::unix_ms()).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.agent.store.errands().notified() => {}
                () = tokio::time::sleep(wait) => {}
                true = self.lanes.ended() => {}
            }
        }
        self.lanes.all_ended().await;
    }

    /// Begins what is due and has room. Returns how long to wait if nothing happens.
    async fn fill(&mut self, now_ms: u64) -> Duration {
        match self.begin(now_ms).await {
            Ok(next) => {
                next.map_or(MAX_WAIT, |at_ms| Duration::from_millis(at_ms.saturating_sub(now_ms)).min(MAX_WAIT))
            }
            Err(error) => {
                tracing::error!(%error, "errands could not be read");
                STORE_RETRY
            }
        }
    }

    async fn begin(&mut self, now_ms: u64) -> Result<Option<u64>, StoreError> {
        let busy = self.lanes.busy().count();
        let room = MAX_RUNNING.saturating_sub(busy);
        // Those that are busy are among those that are due.
        let limit = u32::try_from(MAX_RUNNING + busy).unwrap_or(u32::MAX);
        let due = if room == 0 { Vec::new() } else { self.agent.store.errands_due(now_ms, limit).await? };
        let free = due.into_iter().filter(|errand| !self.lanes.is_busy(&errand.order));
        for errand in free.take(room).collect::<Vec<_>>() {
            let agent = self.agent.clone();
            self.lanes.begin(errand.order, async move { agent.run(&errand).await });
        }
        self.agent.store.errands_next(now_ms).await
    }
}

impl Agent {
    /// One try, and what follows. Whatever fails here leaves the errand as it was: it will be tried again.
    async fn run(&self, due: &DueErrand) {
        let came = match self.shops.ask(due.shop, Ask::Query(Query::Errand(due.order))).await {
            Ok(Answer::Errand(file)) => match self.try_once(due, &file).await {
                Ok(came) => came,
                Err(error) => {
                    tracing::error!(%error, "an errand's papers could not be read");
                    Came::Later(TRIES_S[0], "internal".to_owned())
                }
            },
            Ok(_) => Came::Later(TRIES_S[7], "internal".to_owned()),
            Err(code) => Came::Later(wait(&TRIES_S, due.attempts), code.to_string()),
        };
        let later = match came {
            Came::Of(command) => match self.shops.ask(due.shop, Ask::Command(command)).await {
                Ok(_) => None,
                Err(code) => Some((wait(&TRIES_S, due.attempts), code.to_string())),
            },
            Came::Later(wait_s, outcome) => Some((wait_s, outcome)),
        };
        // What the shop took has changed the errand's row; if it was nothing new, there is nothing more to do soon.
        let (wait_s, outcome) = later.unwrap_or_else(|| (wait(&TRIES_S, due.attempts), "done".to_owned()));
        let at_ms = clock::unix_ms() + wait_s * 1_000;
        if let Err(error) = self.store.errand_later(due, at_ms, &outcome).await {
            tracing::error!(%error, "an errand could not be put off");
            tokio::time::sleep(STORE_RETRY).await;
        }
    }

    async fn try_once(&self, due: &DueErrand, file: &ErrandFile) -> Result<Came, StoreError> {
        let Some(errand) = file.errand else { return Ok(Came::Later(TRIES_S[7], "done".to_owned())) };
        let order = file.order.order;
        let account = self.store.payment_account(due.shop).await?;
        let (Some(stripe), Some(account)) = (&self.stripe, account) else {
            return Ok(match errand {
                // Nobody can be sent to a page; perhaps there is another way to pay.
                Errand::Open => Came::Of(Command::ClosePayment { order, session: None }),
                _ => Came::Later(wait(&TRIES_S, due.attempts), "not_connected".to_owned()),
            });
        };
        let key = account.secret_key.as_str();
        let tried = match errand {
            Errand::Open => self.open(stripe, key, file).await?,
            Errand::Watch => watch(stripe, key, due, file).await,
            Errand::Close => self.close(stripe, key, due, file).await?,
            Errand::Refund => refund(stripe, key, file).await,
        };
        Ok(tried.unwrap_or_else(|fault| {
            let wait_s = wait(&TRIES_S, due.attempts);
            tracing::warn!(order.id = %order, ?errand, %fault, wait_s, "an errand at the payment provider failed");
            let (Fault::Later(outcome) | Fault::Key(outcome) | Fault::Refused(outcome)) = fault;
            Came::Later(wait_s, outcome)
        }))
    }

    async fn session(
        &self,
        stripe: &Stripe,
        key: &str,
        file: &ErrandFile,
    ) -> Result<Result<Session, Fault>, StoreError> {
        let order = &file.order;
        let slug = self.store.show(file.show).await?.map_or_else(String::new, |show| show.slug);
        let contact = self.store.contact(order.order).await?;
        let back = |how| format!("{}/s/{slug}?{how}={}", self.base, order.order);
        let asked = order.steps.iter().rev().find(|step| step.status == OrderStatus::Paying);
        let asked_at_s = asked.map_or_else(clock::unix_ms, |step| step.at_ms) / 1_000;
        let (paid_url, unpaid_url) = (back("paid"), back("unpaid"));
        let email = contact.as_ref().map(|contact| contact.email.as_str());
        let page =
            Page { order, attempt: file.attempt, email, paid_url: &paid_url, unpaid_url: &unpaid_url, asked_at_s };
        Ok(stripe.open(key, &page).await)
    }

    async fn open(&self, stripe: &Stripe, key: &str, file: &ErrandFile) -> Result<Result<Came, Fault>, StoreError> {
        let order = file.order.order;
        Ok(match self.session(stripe, key, file).await? {
            Ok(Session { id, url: Some(url), .. }) if is_name(&id) && is_page(&url) => {
                Ok(Came::Of(Command::OpenPayment { order, session: id, url }))
            }
            Ok(session) => settled(order, &session).ok_or_else(|| Fault::Later("no_page".to_owned())).map(Came::Of),
            Err(Fault::Refused(outcome) | Fault::Key(outcome)) => {
                tracing::warn!(order.id = %order, %outcome, "the payment provider makes no page for an order");
                Ok(Came::Of(Command::ClosePayment { order, session: None }))
            }
            Err(later) => Err(later),
        })
    }

    /// The page is closed, or it turns out that it was paid. One whose making was interrupted is made first: only so is
    /// it learnt whether it exists, and under which name.
    async fn close(
        &self,
        stripe: &Stripe,
        key: &str,
        due: &DueErrand,
        file: &ErrandFile,
    ) -> Result<Result<Came, Fault>, StoreError> {
        let order = file.order.order;
        let known = match &file.session {
            Some(session) => Ok(session.clone()),
            None => self.session(stripe, key, file).await?.map(|session| session.id),
        };
        let session = match known {
            Ok(session) if is_name(&session) => session,
            Err(Fault::Later(why)) if clock::unix_ms().saturating_sub(due.since_ms) < CLOSING_MS => {
                return Ok(Err(Fault::Later(why)));
            }
            // There is no page, and there will be none.
            Ok(_) | Err(_) => return Ok(Ok(Came::Of(Command::ClosePayment { order, session: file.session.clone() }))),
        };
        let closed = Command::ClosePayment { order, session: file.session.clone() };
        Ok(match stripe.close(key, &session).await {
            Ok(_) => Ok(Came::Of(closed)),
            Err(Fault::Refused(_)) => match stripe.look(key, &session).await {
                Ok(found) if found.status.as_deref() == Some("expired") => Ok(Came::Of(closed)),
                Ok(found) => settled(order, &found).ok_or_else(|| Fault::Later("not_settled".to_owned())).map(Came::Of),
                Err(fault) => Err(fault),
            },
            Err(fault) => Err(fault),
        })
    }
}

async fn watch(stripe: &Stripe, key: &str, due: &DueErrand, file: &ErrandFile) -> Result<Came, Fault> {
    let session = file.session.as_deref().ok_or_else(|| Fault::Refused("no_session".to_owned()))?;
    let found = stripe.look(key, session).await?;
    Ok(match settled(file.order.order, &found) {
        Some(command) => Came::Of(command),
        None => Came::Later(wait(&LOOKS_S, due.attempts), "open".to_owned()),
    })
}

async fn refund(stripe: &Stripe, key: &str, file: &ErrandFile) -> Result<Came, Fault> {
    let payment = file.payment.as_deref().ok_or_else(|| Fault::Refused("no_payment".to_owned()))?;
    let refund = stripe.refund(key, &file.order, payment).await?;
    Ok(Came::Of(Command::Repay { order: file.order.order, refund }))
}

/// What a page's state means for its order; nothing while it is open, or a payment is under way.
fn settled(order: OrderId, session: &Session) -> Option<Command> {
    let expired = session.status.as_deref() == Some("expired");
    let closed = || Command::ClosePayment { order, session: Some(session.id.clone()) };
    captured(order, session).or_else(|| expired.then(closed))
}

/// Buyers are sent there.
fn is_page(url: &str) -> bool {
    let scheme =
        url.starts_with("https://") || url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
    scheme && url.len() <= MAX_URL_BYTES
}

fn wait(waits: &[u64], attempts: u32) -> u64 {
    let last = waits.last().copied().unwrap_or(60);
    usize::try_from(attempts).ok().and_then(|n| waits.get(n)).copied().unwrap_or(last)
}
