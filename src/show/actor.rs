//! The task that is a show: takes what waits, lets the core decide, commits once, delivers.
//!
//! Invariants:
//! - Nothing is delivered that is not committed. A commit that fails ends the task: the core has decided what did not
//!   happen, so it is thrown away, and dropping the seats tells every session to come again.
//! - While a commit runs, the mailbox fills; the next turn takes it all. A busy show batches more, an idle one waits for
//!   nobody.

use super::core::ShowCore;
use super::handle::Mail;
use super::plan::{Plan, Seats};
use super::registry::{Lease, ShowNotice};
use crate::clock;
use crate::store::{Store, StoreError};
use quiora_signaling::{MemberId, RefusalCode, ShopId, ShowId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Mail that may wait. Full: the sender waits, and with it the socket that it reads.
pub(super) const MAILBOX: usize = 1_024;

/// Mail taken in one turn, and so the size of a transaction: some milliseconds of work.
const MAX_TURN: usize = 256;

/// How often sessions are looked for that vanished without a word.
const SWEEP_INTERVAL: Duration = Duration::from_secs(30);

/// A deadline of the core is never further away than this; a longer wait would mean that the clock was set back.
const MAX_TIMEOUT_MS: u64 = 1_000;

/// How long the first visit of a viewer may wait to be written.
const ATTENDANCE_INTERVAL: Duration = Duration::from_secs(2);

/// A show while it is loaded.
#[derive(Debug)]
pub(super) struct Actor {
    pub(super) show: ShowId,
    pub(super) shop: ShopId,
    pub(super) core: ShowCore,
    pub(super) store: Store,
    pub(super) mailbox: mpsc::Receiver<Mail>,
    pub(super) seats: Seats,
    pub(super) over: Arc<AtomicBool>,
    /// Viewers who came for the first time and are not written yet. Bounded by the joins of [`ATTENDANCE_INTERVAL`].
    pub(super) attended: Vec<MemberId>,
    pub(super) attended_at: Instant,
    pub(super) notices: mpsc::Sender<ShowNotice>,
    /// Without sessions and without a feed for this long, the show is unloaded.
    pub(super) idle_timeout: Duration,
    /// The entry in the registry; dropping it takes the entry away.
    pub(super) lease: Lease,
}

impl Actor {
    /// Runs until the show is idle, cannot save, or is told to stop.
    pub(super) async fn run(mut self) {
        tracing::debug!(seq = self.core.seq(), "show loaded");
        let pinned = self.core.pinned().map(|showcase| showcase.product.product);
        self.notify(ShowNotice::Loaded { show: self.show, shop: self.shop, pinned });
        let mut mail = Vec::with_capacity(MAX_TURN);
        let (mut busy_at, mut swept_at) = (clock::monotonic(), clock::monotonic());
        loop {
            let wait = self.wait(clock::unix_ms());
            tokio::select! {
                taken = self.mailbox.recv_many(&mut mail, MAX_TURN) => if taken == 0 { break },
                () = tokio::time::sleep(wait) => {}
            }
            let now = clock::monotonic();
            if !mail.is_empty() || !self.seats.is_empty() || self.core.is_fed() {
                busy_at = now;
            }
            let stop = match self.turn(&mut mail, &mut swept_at, now).await {
                Ok(stop) => stop,
                Err(error) => {
                    tracing::error!(%error, "show could not be saved; reloading it");
                    break;
                }
            };
            if stop {
                self.seats.close(RefusalCode::ServerStopping);
                break;
            }
            if now.duration_since(busy_at) >= self.idle_timeout {
                break;
            }
        }
        // The entry goes first: whoever looks the show up from now on loads it anew.
        self.lease.end();
        tracing::debug!(seq = self.core.seq(), "show unloaded");
    }

    /// One turn: decide, commit, deliver. Returns whether to stop.
    async fn turn(&mut self, mail: &mut Vec<Mail>, swept_at: &mut Instant, now: Instant) -> Result<bool, StoreError> {
        let now_ms = clock::unix_ms();
        let mut plan = Plan::default();
        let mut stop = false;
        for mail in mail.drain(..) {
            stop |= matches!(mail, Mail::Stop);
            self.decide(now_ms, mail, &mut plan);
        }
        if now.duration_since(*swept_at) >= SWEEP_INTERVAL.min(self.idle_timeout) {
            *swept_at = now;
            for session in self.seats.abandoned() {
                plan.add(self.core.leave(now_ms, session));
            }
        }
        plan.add(self.core.handle_timeout(now_ms));
        self.attended.append(&mut plan.rows.attended);
        let overdue = !self.attended.is_empty() && now.duration_since(self.attended_at) >= ATTENDANCE_INTERVAL;
        if plan.is_durable() || overdue || stop {
            self.commit(&mut plan, now).await?;
        }
        if plan.is_over() {
            self.over.store(true, Ordering::Release);
            self.notify(ShowNotice::Ended(self.show));
        }
        for product in plan.unpinned() {
            self.notify(ShowNotice::Unpinned { shop: self.shop, product });
        }
        plan.deliver(&mut self.seats, clock::unix_ms());
        Ok(stop)
    }

    /// Writes what is durable, and who came for the first time: nobody waits for that, so it goes along with what somebody
    /// waits for, or by itself after a while.
    async fn commit(&mut self, plan: &mut Plan, now: Instant) -> Result<(), StoreError> {
        plan.rows.attended = std::mem::take(&mut self.attended);
        plan.rows.peak = self.core.peak();
        self.attended_at = now;
        if plan.is_durable() {
            self.store.commit(self.show, &plan.events, plan.patch, &plan.names, &plan.rows).await?;
        }
        Ok(())
    }

    fn decide(&mut self, now_ms: u64, mail: Mail, plan: &mut Plan) {
        match mail {
            Mail::Join(joining, ticket) => match self.core.join(now_ms, *joining) {
                Ok(effects) => plan.admit(effects, ticket),
                Err(code) => ticket.refuse(code),
            },
            Mail::Request { session, request, command } => match self.core.apply(now_ms, session, request, command) {
                Ok(effects) => plan.add(effects),
                Err(refusal) => plan.refuse(session, request, refusal),
            },
            Mail::Leave(session) => plan.add(self.core.leave(now_ms, session)),
            Mail::Media(notice) => {
                plan.add(self.core.media(notice));
                plan.add(self.core.follow_feed(now_ms));
            }
            Mail::Feed(feed) => self.core.feed(feed),
            Mail::Unfeed(session) => plan.add(self.core.unfeed(session)),
            Mail::Stock(stock) => plan.add(self.core.stock(now_ms, stock)),
            Mail::Filter(filter) => self.core.set_filter(*filter),
            Mail::Revoke(whose) => plan.add(self.core.revoke(now_ms, whose)),
            Mail::Stop => {}
        }
    }

    /// How long to wait for mail at most.
    fn wait(&self, now_ms: u64) -> Duration {
        match self.core.poll_timeout() {
            Some(at_ms) => Duration::from_millis(at_ms.saturating_sub(now_ms).min(MAX_TIMEOUT_MS)),
            None if !self.attended.is_empty() => ATTENDANCE_INTERVAL.min(self.idle_timeout),
            None => SWEEP_INTERVAL.min(self.idle_timeout),
        }
    }

    /// Tells the application without waiting for it: it may be waiting for this very mailbox.
    fn notify(&self, notice: ShowNotice) {
        if let Err(mpsc::error::TrySendError::Full(notice)) = self.notices.try_send(notice) {
            let notices = self.notices.clone();
            tokio::spawn(async move { notices.send(notice).await });
        }
    }
}

#[cfg(test)]
mod tests;
