//! One guest's socket: what the guest decides goes out, what the server says comes in.
//!
//! Invariant: it ends with `shutdown` and with the show, and when the guest was sent away; everything else is answered by
//! coming back, soon and then less often, as the same member.

use super::core::{Act, Guest};
use crate::clock;
use crate::robot::air::{ticks, until};
use crate::robot::backoff::Backoff;
use crate::robot::wire::Wire;
use crate::robot::{RobotError, TokenSource};
use data_encoding::BASE64URL_NOPAD;
use quiora_signaling::{
    Address, ClientMessage, Contact, CrowdMessage, MessageId, OrderId, OrderKey, PaymentMethod, PollMessage,
    QuestionId, QuestionMessage, RefusalCode, RequestId, ServerMessage, ShippingOption, ShowEvent, ShowStatus,
};
use std::collections::HashMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What a guest brings besides its character.
pub(super) struct Seat {
    pub(super) ws_url: String,
    pub(super) origin: String,
    pub(super) number: usize,
    pub(super) name: &'static str,
    pub(super) country: String,
    pub(super) shipping: Option<ShippingOption>,
    pub(super) tokens: TokenSource,
}

/// What is kept over a lost socket.
#[derive(Default)]
struct Purse {
    /// The member's own token.
    token: Option<String>,
    /// Of what it has reserved; a guest reserves a few pieces at most.
    keys: HashMap<OrderId, OrderKey>,
}

impl Seat {
    /// Stays, whatever happens to the socket.
    pub(super) async fn occupy(&self, mut guest: Guest, shutdown: CancellationToken) {
        let (mut purse, mut backoff) = (Purse::default(), Backoff::default());
        loop {
            let stayed = tokio::select! {
                () = shutdown.cancelled() => return,
                stayed = Box::pin(self.stay(&mut guest, &mut purse, &mut backoff)) => stayed,
            };
            match stayed {
                Ok(()) => return,
                Err(RobotError::Refused(RefusalCode::Banned)) => return,
                Err(error) if error.is_final() => {
                    return tracing::debug!(%error, guest = self.number, "a guest has gone home");
                }
                Err(error) => tracing::debug!(%error, guest = self.number, "a guest has lost its socket"),
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(backoff.next(rand::random())) => {}
            }
        }
    }

    /// Until the show is over.
    async fn stay(&self, guest: &mut Guest, purse: &mut Purse, backoff: &mut Backoff) -> Result<(), RobotError> {
        let token = match purse.token.clone() {
            Some(token) => token,
            None => (self.tokens)().await?,
        };
        let mut wire = Wire::open(&self.ws_url, &self.origin).await?;
        let welcome = wire.hello(token, None).await?;
        purse.token = Some(welcome.token.clone());
        backoff.reset();
        if welcome.show.status == ShowStatus::Ended {
            wire.close().await;
            return Ok(());
        }
        wire.say(|id| ClientMessage::Rename { id, nickname: self.name.to_owned() }).await?;
        guest.enter(clock::monotonic(), &welcome);
        let mut pings = ticks(Duration::from_millis(u64::from(welcome.limits.ping_interval_ms).max(1_000)));
        loop {
            tokio::select! {
                message = wire.next() => {
                    let message = message?;
                    guest.hear(clock::monotonic(), &message);
                    if matches!(&message, ServerMessage::Event(logged) if logged.event == ShowEvent::Ended) {
                        wire.close().await;
                        return Ok(());
                    }
                }
                _ = pings.tick() => {
                    wire.say(|id| ClientMessage::Ping { id }).await?;
                }
                () = until(guest.poll_timeout()) => {
                    if let Some(act) = guest.poll(clock::monotonic())
                        && let Some(request) = self.request(act, purse)
                    {
                        wire.say(request).await?;
                    }
                }
            }
        }
    }

    /// An act in the words of the protocol; nothing for an order that is not one's own.
    fn request(&self, act: Act, purse: &mut Purse) -> Option<Box<dyn FnOnce(RequestId) -> ClientMessage + Send>> {
        Some(match act {
            Act::Say(text) => {
                let message = MessageId(clock::uuid());
                Box::new(move |id| ClientMessage::ChatSend { id, message, text, reply_to: None, mentions: Vec::new() })
            }
            Act::Ask(text, product) => {
                let question = QuestionId(clock::uuid());
                Box::new(move |id| {
                    ClientMessage::Question(QuestionMessage::QuestionAsk { id, question, text, product })
                })
            }
            Act::Want(question) => {
                Box::new(move |id| ClientMessage::Question(QuestionMessage::QuestionVote { id, question }))
            }
            Act::Choose(poll, choice) => {
                Box::new(move |id| ClientMessage::Poll(PollMessage::PollVote { id, poll, choices: vec![choice] }))
            }
            Act::React(reaction, count) => {
                Box::new(move |id| ClientMessage::Crowd(CrowdMessage::React { id, reaction, count }))
            }
            Act::Reserve(variant) => {
                let (order, key) =
                    (OrderId(clock::uuid()), OrderKey(BASE64URL_NOPAD.encode(&rand::random::<[u8; 32]>())));
                purse.keys.insert(order, key.clone());
                Box::new(move |id| ClientMessage::Reserve { id, order, key, variant, quantity: 1, wait: false })
            }
            Act::Place(order, total_minor) => {
                let (key, option) = (purse.keys.get(&order)?.clone(), self.shipping.as_ref()?);
                let (shipping, contact) = (option.shipping, Box::new(self.contact(option)));
                let payment = PaymentMethod::Manual;
                Box::new(move |id| ClientMessage::OrderPlace {
                    id,
                    order,
                    key,
                    total_minor,
                    shipping,
                    contact,
                    payment,
                })
            }
            Act::Release(order) => {
                let key = purse.keys.get(&order)?.clone();
                Box::new(move |id| ClientMessage::OrderRelease { id, order, key })
            }
        })
    }

    /// Nobody. The address can receive nothing: RFC 2606 keeps `.invalid` free.
    fn contact(&self, shipping: &ShippingOption) -> Contact {
        let address = Address {
            street: "Via Robot 1".to_owned(),
            postcode: "00000".to_owned(),
            city: "Quiora".to_owned(),
            region: String::new(),
            country: self.country.clone(),
        };
        Contact {
            name: format!("{} Robot", self.name),
            email: format!("guest{}@rehearsal.invalid", self.number),
            phone: String::new(),
            address: (!shipping.pick_up).then_some(address),
            note: String::new(),
        }
    }
}
