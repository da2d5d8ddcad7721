//! One try at a letter, by the operator's SMTP server.

use super::letter::{self, Text};
use crate::store::{Letter, Parcel};
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Mailbox, MessageBuilder, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::extension::ClientId;

use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use quiora_signaling::Language;
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};
use tokio::time::timeout;

/// For each step of the conversation.
const TIMEOUT: Duration = Duration::from_secs(20);

/// For a whole trial: somebody waits for it, and a request may take ten seconds.
const TRIAL_TIMEOUT: Duration = Duration::from_secs(8);

/// SMTP says no for ever: no such mailbox, not local, too much, name not allowed, failed (RFC 5321 §4.2.3). Other refusals
/// are about us rather than about the letter, and may be put right.
const NEVER: [u16; 5] = [550, 551, 552, 553, 554];

/// What was said that is not a way to send mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The URL of the SMTP server.
    #[error("expected smtp://[user:password@]host[:port][?tls=required] or smtps://…")]
    Url,
    /// The sender.
    #[error("expected an address, or a name and an address: Bottega <shop@example.com>")]
    From,
}

/// Sends letters.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// The transport holds a password.
impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer({})", self.from.email)
    }
}

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Posted {
    /// Taken.
    Taken,
    /// Not now.
    Failed(String),
    /// Never.
    Refused(String),
}

impl Mailer {
    /// A way to send: an SMTP server and who writes.
    ///
    /// # Errors
    /// Which of both cannot be read.
    pub fn new(url: &str, from: &str) -> Result<Self, MailFault> {
        let from: Mailbox = from.parse().map_err(|_| MailFault::From)?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailFault::Url)?;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        Ok(Self { transport: builder.timeout(Some(TIMEOUT)).hello_name(hello).build(), from })
    }

    /// Who writes.
    #[must_use]
    pub fn from(&self) -> String {
        self.from.to_string()
    }

    /// Sends a letter to see whether letters arrive, at once.
    ///
    /// # Errors
    /// In a word, why it was not taken: a status code, `timeout`, `unreachable`; `address` for what is no address.
    pub async fn try_out(&self, to: &str, shop: &str, language: Option<Language>) -> Result<(), String> {
        let to = to.parse::<Address>().map_err(|_| "address".to_owned())?;
        let message = self.finish(
            Message::builder().message_id(None).date_now(),
            Mailbox::new(None, to),
            letter::trial(shop, language),
        );
        let message = message.ok_or_else(|| "not_written".to_owned())?;
        match timeout(TRIAL_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(outcome(&error)),
            Err(_) => Err("timeout".to_owned()),
        }
    }

    /// Writes the letter and sends it. `base` begins the link to the order's page.
    pub(super) async fn deliver(&self, parcel: &Parcel, shop: &str, base: &str) -> Posted {
        let Some(message) = self.message(parcel, shop, base) else { return Posted::Refused("not_written".to_owned()) };
        match self.transport.send(message).await {
            Ok(_) => Posted::Taken,
            Err(error) => {
                let outcome = outcome(&error);
                // What the server says may hold the address.
                tracing::warn!(message.id = %parcel.message, mail.outcome = %outcome, "a letter was not taken");
                if error.status().is_some_and(|status| NEVER.contains(&status.into())) {
                    Posted::Refused(outcome)
                } else {
                    Posted::Failed(outcome)
                }
            }
        }
    }

    /// The same at every try: its id is made of the row's, its date is when it happened.
    fn message(&self, parcel: &Parcel, shop: &str, base: &str) -> Option<Message> {
        let recipient = parcel.recipient.as_ref()?;
        let stored: Letter = serde_json::from_str(&parcel.body).ok()?;
        let text = letter::write(&parcel.kind, parcel.at_ms, &stored, &recipient.name, shop, base)?;
        let to = Mailbox::new(Some(recipient.name.clone()), recipient.email.parse::<Address>().ok()?);
        let id = format!("<{}@{}>", parcel.message.simple(), self.from.email.domain());
        let at = UNIX_EPOCH + Duration::from_millis(parcel.at_ms);
        self.finish(Message::builder().message_id(Some(id)).date(at), to, text)
    }

    fn finish(&self, builder: MessageBuilder, to: Mailbox, text: Text) -> Option<Message> {
        let body = SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(text.body);
        builder.from(self.from.clone()).to(to).subject(text.subject).singlepart(body).ok()
    }
}

/// What the server said, in a word.
fn outcome(error: &Error) -> String {
    match error.status().map(u16::from) {
        Some(status) => status.to_string(),
        None if error.is_timeout() => "timeout".to_owned(),
        None => "unreachable".to_owned(),
    }
}
