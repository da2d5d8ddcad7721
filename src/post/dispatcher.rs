//! The task that takes the outbox out.

use super::PostConfig;
use super::backoff::Backoff;
use super::mail::{Mailer, Posted};
use super::webhook::{Told, Webhooks};
use crate::clock;
use crate::store::{Attempt, Channel, Parcel, Store, Verdict};
use crate::tasks::Lanes;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Endpoints that are told at the same time.
const MAX_WEBHOOKS: usize = 8;

/// Letters that are sent at the same time: SMTP servers count connections.
const MAX_LETTERS: usize = 2;

/// The outbox is looked through at least so often: another process may have written, or the clock been set.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// After the store failed.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// How often what was settled long ago is forgotten.
const PRUNE_EVERY_MS: u64 = 60 * 60 * 1_000;

type Lane = (Channel, Uuid);

/// What is done with one parcel after the other. Cheap to clone.
#[derive(Debug, Clone)]
struct Courier {
    store: Store,
    /// None on a machine where TLS cannot be set up; then messages wait.
    webhooks: Option<Webhooks>,
    mailer: Option<Mailer>,
    backoff: Backoff,
    base: String,
}

/// The task's state.
#[derive(Debug)]
pub(super) struct Dispatcher {
    courier: Courier,
    lanes: Lanes<Lane>,
    pruned_at_ms: u64,
}

impl Dispatcher {
    pub(super) fn new(store: Store, config: PostConfig, base: String) -> Self {
        let webhooks = Webhooks::new(config.private_targets)
            .inspect_err(|error| tracing::error!(%error, "webhooks cannot be sent"))
            .ok();
        let courier = Courier { store, webhooks, mailer: config.mailer, backoff: config.backoff, base };
        Self { courier, lanes: Lanes::new(), pruned_at_ms: 0 }
    }

    /// Runs until it is told to stop, and then until what is under way is over.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let wait = self.fill(clock::unix_ms()).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.courier.store.posted().notified() => {}
                () = tokio::time::sleep(wait) => {}
                true = self.lanes.ended() => {}
            }
        }
        self.lanes.all_ended().await;
    }

    /// Begins what is due and has room. Returns how long to wait if nothing happens.
    async fn fill(&mut self, now_ms: u64) -> Duration {
        let filled = async {
            if now_ms.saturating_sub(self.pruned_at_ms) >= PRUNE_EVERY_MS {
                self.courier.store.post_prune(now_ms).await?;
                if self.courier.mailer.is_none() {
                    self.courier.store.post_expire_letters(now_ms).await?;
                }
                self.pruned_at_ms = now_ms;
            }
            self.fill_channel(Channel::Webhook, MAX_WEBHOOKS, now_ms).await?;
            if self.courier.mailer.is_some() {
                self.fill_channel(Channel::Mail, MAX_LETTERS, now_ms).await?;
            }
            self.courier.store.post_next(now_ms).await
        };
        match filled.await {
            Ok(next) => {
                next.map_or(MAX_WAIT, |at_ms| Duration::from_millis(at_ms.saturating_sub(now_ms)).min(MAX_WAIT))
            }
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read");
                STORE_RETRY
            }
        }
    }

    async fn fill_channel(
        &mut self,
        channel: Channel,
        most: usize,
        now_ms: u64,
    ) -> Result<(), crate::store::StoreError> {
        let busy = self.lanes.busy().filter(|(of, _)| *of == channel).count();
        let room = most.saturating_sub(busy);
        if room == 0 {
            return Ok(());
        }
        // The lanes that are busy may be among those that are due.
        let limit = u32::try_from(most + busy).unwrap_or(u32::MAX);
        let due = self.courier.store.post_due(channel, now_ms, limit).await?;
        let free = due.into_iter().filter(|parcel| !self.lanes.is_busy(&(channel, parcel.lane)));
        for parcel in free.take(room).collect::<Vec<_>>() {
            let lane = (channel, parcel.lane);
            let courier = self.courier.clone();
            self.lanes.begin(lane, async move { courier.deliver(channel, &parcel).await });
        }
        Ok(())
    }
}

impl Courier {
    /// One try, and what follows from it. A store that fails leaves the row as it was: it will be tried again.
    async fn deliver(&self, channel: Channel, parcel: &Parcel) {
        let (outcome, verdict) = match channel {
            Channel::Webhook => self.webhook(parcel).await,
            Channel::Mail => self.mail(parcel).await,
        };
        if matches!(verdict, Verdict::GivenUp | Verdict::Gone) {
            tracing::warn!(message.id = %parcel.message, message.kind = %parcel.kind, %outcome, "given up");
        }
        let attempt = Attempt { at_ms: clock::unix_ms(), outcome, verdict };
        if let Err(error) = self.store.post_settle(channel, parcel, &attempt).await {
            tracing::error!(message.id = %parcel.message, %error, "what became of a message could not be saved");
            tokio::time::sleep(STORE_RETRY).await;
        }
    }

    async fn webhook(&self, parcel: &Parcel) -> (String, Verdict) {
        let target = self.store.endpoint_target(parcel.lane, clock::unix_ms()).await;
        let told = match (target, &self.webhooks) {
            (Ok(Some((url, secrets))), Some(webhooks)) => webhooks.tell(&url, &secrets, parcel, clock::unix_ms()).await,
            // It was switched off or deleted since.
            (Ok(None), _) => return ("disabled".to_owned(), Verdict::GivenUp),
            (Ok(Some(_)), None) => Told::Failed("tls_unavailable".to_owned()),
            (Err(error), _) => {
                tracing::error!(%error, "an endpoint could not be read");
                Told::Failed("internal".to_owned())
            }
        };
        match told {
            Told::Taken(outcome) => (outcome, Verdict::Sent),
            Told::Gone(outcome) => (outcome, Verdict::Gone),
            Told::Failed(outcome) => (outcome, self.again(parcel, Duration::ZERO)),
            Told::Later(outcome, wait) => (outcome, self.again(parcel, wait)),
        }
    }

    async fn mail(&self, parcel: &Parcel) -> (String, Verdict) {
        let Some(mailer) = &self.mailer else { return ("no_mail".to_owned(), self.again(parcel, Duration::ZERO)) };
        let shop = match self.store.shop().await {
            Ok(shop) => shop.map_or_else(String::new, |shop| shop.name),
            Err(error) => {
                tracing::error!(%error, "the shop could not be read");
                return ("internal".to_owned(), self.again(parcel, Duration::ZERO));
            }
        };
        match mailer.deliver(parcel, &shop, &self.base).await {
            Posted::Taken => ("sent".to_owned(), Verdict::Sent),
            Posted::Refused(outcome) => (outcome, Verdict::GivenUp),
            Posted::Failed(outcome) => (outcome, self.again(parcel, Duration::ZERO)),
        }
    }

    /// Another try, not before `least`; or the end.
    fn again(&self, parcel: &Parcel, least: Duration) -> Verdict {
        match self.backoff.after(parcel.attempts.saturating_add(1), rand::random::<f64>()) {
            Some(wait) => {
                let wait = wait.max(least);
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                Verdict::Again { due_at_ms: clock::unix_ms().saturating_add(wait_ms) }
            }
            None => Verdict::GivenUp,
        }
    }
}
