//! Which shops are loaded, and the way to their writers.
//!
//! Invariant: at most one writer decides for a shop. Loading is serialized, and a writer is loaded only when the one
//! before has let go of its mailbox; were there two all the same, the second to commit would fail on the log's numbers.

use super::actor::{Actor, MAILBOX};
use super::core::{KeyHash, Recorded, ShopCore};
use super::message::{Answer, Ask, Mail};
use super::notice::{Notice, Untold};
use crate::store::{Store, StoreError};
use data_encoding::HEXLOWER;
use quiora_signaling::{OrderKey, RefusalCode, ShopId};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};

/// Facts read at once while a shop is loaded.
const PAGE: u32 = 5_000;

/// How long [`Shops::stop`] waits for a shop to save what it has.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// All shops. Clones share them.
#[derive(Debug, Clone)]
pub struct Shops(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    notices: mpsc::Sender<Notice>,
    /// Makes of an e-mail address what tells buyers apart without saying who they are.
    secret: [u8; 32],
    /// Whether buyers are written letters.
    mails: bool,
    loaded: Mutex<Loaded>,
}

#[derive(Debug, Default)]
struct Loaded {
    writers: HashMap<ShopId, mpsc::Sender<Mail>>,
    stopping: bool,
}

/// An answer that is on its way.
#[derive(Debug)]
pub struct Pending(oneshot::Receiver<Result<Answer, RefusalCode>>);

impl Pending {
    /// Waits for it.
    ///
    /// # Errors
    /// The refusal; `shop_restarted` if the writer ended before it could answer, and whether it happened is not known.
    pub async fn answer(self) -> Result<Answer, RefusalCode> {
        self.0.await.unwrap_or(Err(RefusalCode::ShopRestarted))
    }
}

impl Shops {
    /// No shop loaded yet. What changes is said to `notices`; `secret` outlives restarts.
    #[must_use]
    pub fn new(store: Store, notices: mpsc::Sender<Notice>, secret: [u8; 32]) -> Self {
        Self(Arc::new(Inner { store, notices, secret, mails: false, loaded: Mutex::default() }))
    }

    /// As [`Shops::new`], with letters to buyers put into the outbox. For whoever has the means to send them.
    #[must_use]
    pub fn with_mail(store: Store, notices: mpsc::Sender<Notice>, secret: [u8; 32]) -> Self {
        Self(Arc::new(Inner { store, notices, secret, mails: true, loaded: Mutex::default() }))
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// The refusal; `shop_restarted` when the store fails.
    pub async fn ask(&self, shop: ShopId, ask: Ask) -> Result<Answer, RefusalCode> {
        self.send(shop, ask).await?.answer().await
    }

    /// Asks. What one caller sends is done in that order.
    ///
    /// # Errors
    /// `server_stopping`; `shop_restarted` when the store fails.
    pub async fn send(&self, shop: ShopId, ask: Ask) -> Result<Pending, RefusalCode> {
        let (to, pending) = oneshot::channel();
        let mailbox = self.open(shop).await?;
        mailbox.send(Mail::Ask(ask, to)).await.map_err(|_| RefusalCode::ShopRestarted)?;
        Ok(Pending(pending))
    }

    /// What tells the buyer of that e-mail address apart.
    #[must_use]
    pub fn buyer(&self, email: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.0.secret);
        hash.update(email.to_lowercase());
        let hash: [u8; 32] = hash.finalize().into();
        hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// Ends all writers: what was asked before is done and saved. None is loaded afterwards.
    pub async fn stop(&self) {
        let mailboxes: Vec<_> = {
            let mut loaded = self.0.loaded.lock().await;
            loaded.stopping = true;
            loaded.writers.drain().map(|(_, mailbox)| mailbox).collect()
        };
        let all = async {
            for mailbox in &mailboxes {
                // An error means that it has ended already.
                let _ = mailbox.send(Mail::Stop).await;
            }
            for mailbox in &mailboxes {
                mailbox.closed().await;
            }
        };
        if tokio::time::timeout(STOP_TIMEOUT, all).await.is_err() {
            tracing::warn!("some shops did not stop in time");
        }
    }

    async fn open(&self, shop: ShopId) -> Result<mpsc::Sender<Mail>, RefusalCode> {
        let mut loaded = self.0.loaded.lock().await;
        if loaded.stopping {
            return Err(RefusalCode::ServerStopping);
        }
        if let Some(mailbox) = loaded.writers.get(&shop).filter(|mailbox| !mailbox.is_closed()) {
            return Ok(mailbox.clone());
        }
        let core = load(&self.0.store, shop).await.map_err(|error| {
            tracing::error!(shop.id = %shop, %error, "shop not loaded");
            RefusalCode::ShopRestarted
        })?;
        let (mailbox, mail) = mpsc::channel(MAILBOX);
        let (store, notices) = (self.0.store.clone(), self.0.notices.clone());
        let mails = self.0.mails;
        let actor = Actor { shop, core, store, mailbox: mail, notices, mails, untold: Untold::default() };
        tokio::spawn(actor.run());
        loaded.writers.insert(shop, mailbox.clone());
        Ok(mailbox)
    }
}

/// What is kept of an order's key.
#[must_use]
pub fn hash_key(key: &OrderKey) -> KeyHash {
    KeyHash(HEXLOWER.encode(&Sha256::digest(key.0.as_bytes())))
}

/// The shop as its log says.
async fn load(store: &Store, shop: ShopId) -> Result<ShopCore, StoreError> {
    let mut core = ShopCore::new();
    loop {
        let facts = store.shop_facts(shop, core.seq(), PAGE).await?;
        if facts.is_empty() {
            return Ok(core);
        }
        for (seq, at_ms, body) in facts {
            let event = serde_json::from_str(&body).map_err(|_| StoreError::Unreadable("a fact of the shop"))?;
            if seq != core.seq() + 1 {
                return Err(StoreError::Unreadable("a gap in the shop's log"));
            }
            core.apply(&Recorded { seq, at_ms, event });
        }
    }
}
