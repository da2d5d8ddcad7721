//! The way to a show: its address, which anybody may copy and nobody may look behind.
//!
//! Requests are put into a bounded mailbox and answered in the session's outbox. When the mailbox is full the sender waits,
//! which stops the reading of that session's socket: a flooded show slows its clients down instead of growing.

use super::command::{Command, Feed, MediaNotice};
use super::core::{AddressHash, Filter, Joining, Revoked, check};
use super::outbox::Outbox;
use super::rights::Action;
use crate::store::{Store, StoreError};
use quiora_signaling::{
    MediaReply, MemberId, ProductStock, RefusalCode, RequestId, Resume, Role, SessionId, ShopId, ShowId, ShowStatus,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;
use uuid::Uuid;

/// A session that wants in, with all that its welcome needs and the show does not know.
#[derive(Debug)]
pub struct Join {
    /// The socket.
    pub session: SessionId,
    /// The person, from the verified token.
    pub member: MemberId,
    /// What the person may do, likewise.
    pub role: Role,
    /// The nickname to begin with. `None` looks it up in the store.
    pub nickname: Option<String>,
    /// What the client has already.
    pub resume: Option<Resume>,
    /// The hello.
    pub request: RequestId,
    /// A fresh join token of this member.
    pub token: String,
    /// What became of the offer in the hello.
    pub media: Option<MediaReply>,
    /// From where, as a keyed hash, if that can be told.
    pub address: Option<AddressHash>,
    /// Whether it is a remote control of the host.
    pub remote: bool,
    /// Where the welcome and everything after it goes.
    pub outbox: Outbox,
}

/// What lies in a show's mailbox.
#[derive(Debug)]
pub(super) enum Mail {
    Join(Box<Joining>, Ticket),
    Request {
        session: SessionId,
        request: RequestId,
        command: Command,
    },
    Leave(SessionId),
    Media(MediaNotice),
    /// Media is about to come from outside.
    Feed(Feed),
    /// A feed was ended on purpose.
    Unfeed(SessionId),
    /// The shop says what is left.
    Stock(ProductStock),
    /// The shop filters otherwise from now on.
    Filter(Box<Filter>),
    /// A way in was taken back.
    Revoke(Revoked),
    /// The server is stopping: do what came before, then end.
    Stop,
}

/// The waiting end of a join. However it gets lost (mailbox closed, commit failed, actor gone), its session is told
/// to come again; only [`Ticket::admit`] prevents that.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) request: RequestId,
    pub(super) token: String,
    pub(super) media: Option<MediaReply>,
    outbox: Option<Outbox>,
}

impl Ticket {
    /// Gives the outbox out, for a seat.
    pub(super) fn admit(mut self) -> Option<Outbox> {
        self.outbox.take()
    }

    /// Sends the session away.
    pub(super) fn refuse(mut self, code: RefusalCode) {
        if let Some(outbox) = self.outbox.take() {
            outbox.close(code);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(outbox) = self.outbox.take() {
            outbox.close(RefusalCode::ShowRestarted);
        }
    }
}

/// The address of a loaded show. Clones are cheap. A handle outlives its show: what is sent afterwards is answered by
/// closing the outbox with `show_restarted`, or not at all if the session was told already.
#[derive(Debug, Clone)]
pub struct ShowHandle {
    pub(super) show: ShowId,
    pub(super) shop: ShopId,
    pub(super) mailbox: mpsc::Sender<Mail>,
    pub(super) store: Store,
    pub(super) over: Arc<AtomicBool>,
}

impl ShowHandle {
    /// Which show.
    #[must_use]
    pub const fn show(&self) -> ShowId {
        self.show
    }

    /// Whose it is.
    #[must_use]
    pub const fn shop(&self) -> ShopId {
        self.shop
    }

    /// Whether `role` may do `action` now, for what is decided outside of the show (publishing, subscribing).
    ///
    /// # Errors
    /// `not_allowed`, `show_ended`.
    pub fn check(&self, role: Role, action: Action) -> Result<(), RefusalCode> {
        let status = if self.over.load(Ordering::Acquire) { ShowStatus::Ended } else { ShowStatus::Live };
        check(role, action, status)
    }

    /// Whether a moderator's link was not taken back.
    ///
    /// # Errors
    /// `access_revoked`; `show_restarted` when the store fails.
    pub async fn check_moderator(&self, member: MemberId) -> Result<(), RefusalCode> {
        self.is_good(self.store.moderator_is_good(self.show, member).await)
    }

    /// Whether a device is a remote control of the show still.
    ///
    /// # Errors
    /// `access_revoked`; `show_restarted` when the store fails.
    pub async fn check_remote(&self, device: Uuid, now_ms: u64) -> Result<(), RefusalCode> {
        let devices = self.store.remote_devices(self.show, now_ms).await;
        self.is_good(devices.map(|all| all.iter().any(|known| known.device == device)))
    }

    fn is_good(&self, found: Result<bool, StoreError>) -> Result<(), RefusalCode> {
        match found {
            Ok(true) => Ok(()),
            Ok(false) => Err(RefusalCode::AccessRevoked),
            Err(error) => {
                tracing::error!(show = %self.show, %error, "staff not looked up");
                Err(RefusalCode::ShowRestarted)
            }
        }
    }

    /// Brings a session in. It gets `welcome` first, then what happens; or its outbox is closed with the reason. Who
    /// joins must [`ShowHandle::leave`], whatever came of it.
    pub async fn join(&self, join: Join) {
        let nickname = match join.nickname {
            Some(nickname) => Some(nickname),
            None => self.remembered(join.member).await,
        };
        let Join { session, member, role, resume, address, remote, .. } = join;
        let ticket = Ticket { request: join.request, token: join.token, media: join.media, outbox: Some(join.outbox) };
        let joining = Joining { session, member, role, nickname, resume, address, remote };
        self.send(Mail::Join(Box::new(joining), ticket)).await;
    }

    /// Asks for something; `done` or `refused` comes through the session's outbox.
    pub async fn request(&self, session: SessionId, request: RequestId, command: Command) {
        self.send(Mail::Request { session, request, command }).await;
    }

    /// The session is over.
    pub async fn leave(&self, session: SessionId) {
        self.send(Mail::Leave(session)).await;
    }

    /// Tells what happened to the show's media.
    pub async fn media(&self, notice: MediaNotice) {
        self.send(Mail::Media(notice)).await;
    }

    /// Tells that media is about to come from outside, and what it will be.
    pub async fn feed(&self, feed: Feed) {
        self.send(Mail::Feed(feed)).await;
    }

    /// Tells that a feed ends on purpose, so that viewers are not told to wait for it.
    pub async fn unfeed(&self, session: SessionId) {
        self.send(Mail::Unfeed(session)).await;
    }

    /// Sends all sessions away whose way in was taken back.
    pub async fn revoke(&self, whose: Revoked) {
        self.send(Mail::Revoke(whose)).await;
    }

    /// Tells what is left of a product.
    pub async fn stock(&self, stock: ProductStock) {
        self.send(Mail::Stock(stock)).await;
    }

    /// A show that is gone has closed the outboxes of its sessions; a [`Ticket`] that comes too late closes its own.
    async fn send(&self, mail: Mail) {
        if self.mailbox.send(mail).await.is_err() {
            tracing::debug!(show = %self.show, "mail for a show that is gone");
        }
    }

    /// A nickname is a convenience: without it the member chooses one again.
    async fn remembered(&self, member: MemberId) -> Option<String> {
        self.store.nickname(self.show, member).await.unwrap_or_else(|error| {
            tracing::warn!(show = %self.show, %error, "nickname not read");
            None
        })
    }
}
