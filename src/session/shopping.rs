//! Buying, and what the host pins. The shop answers when it has committed; until then the session goes on reading and
//! sending, so the answers come through the outbox like a show's.

use super::actor::Session;
use super::core::Refusal;
use super::dispatch;
use super::holders::Begins;
use crate::clock;
use crate::shop::core::Command;
use crate::shop::{Answer, Ask, hash_key};
use crate::show::{self, Action, Class, Frame};
use quiora_signaling::{
    Contact, OfferWish, OrderId, OrderKey, OrderReply, PaymentMethod, ProductId, RefusalCode, Refused, RequestId,
    ServerMessage, ShippingId, VariantId,
};

/// What a buyer wants.
pub(super) struct Wanting {
    pub(super) order: OrderId,
    pub(super) key: OrderKey,
    pub(super) variant: VariantId,
    pub(super) quantity: u32,
    pub(super) wait: bool,
}

/// Holds pieces, or gets in line for them.
pub(super) async fn reserve(session: &mut Session, id: RequestId, wanting: Wanting) {
    let (Some(show), Some(member)) = (&session.joined, session.member) else { return };
    let Wanting { order, key, variant, quantity, wait } = wanting;
    let begins = session.shared.holders.begins(session.address, order, clock::unix_ms());
    if begins == Begins::TooMany {
        return refuse(session, id, RefusalCode::OverLimit);
    }
    let key = hash_key(&key);
    let command = Command::Reserve { order, key, member, show: show.show(), variant, quantity, wait };
    ask_counted(session, id, order, Ask::Command(command), begins == Begins::New).await;
}

/// What a buyer orders.
pub(super) struct Placing {
    pub(super) order: OrderId,
    pub(super) key: OrderKey,
    pub(super) total_minor: u64,
    pub(super) shipping: ShippingId,
    pub(super) contact: Box<Contact>,
    pub(super) payment: PaymentMethod,
}

/// Orders what is held.
pub(super) async fn place(session: &mut Session, id: RequestId, placing: Placing) {
    let Placing { order, key, total_minor, shipping, contact, payment } = placing;
    let country = contact.address.as_ref().map(|address| address.country.clone());
    let buyer = session.shared.shops.buyer(&contact.email);
    let command = Command::Place { order, key: hash_key(&key), total_minor, shipping, country, buyer, payment };
    ask(session, id, order, Ask::Place(command, contact, key)).await;
}

/// Gives held pieces back.
pub(super) async fn release(session: &mut Session, id: RequestId, order: OrderId, key: &OrderKey) {
    ask(session, id, order, Ask::Command(Command::Release { order, key: hash_key(key) })).await;
}

/// Says how an order stands.
pub(super) async fn look(session: &mut Session, id: RequestId, order: OrderId, key: &OrderKey) {
    ask(session, id, order, Ask::Command(Command::Look { order, key: hash_key(key) })).await;
}

/// Puts a product on screen: the shop says what it is and whether its offer is honest, the show logs it and replies.
pub(super) async fn pin(session: &Session, id: RequestId, product: ProductId, offer: Option<OfferWish>) {
    let (Some(show), Some(role)) = (&session.joined, session.core.role()) else { return };
    if let Err(code) = show.check(role, Action::Pin) {
        return refuse(session, id, code);
    }
    let media_us = dispatch::frame_us();
    let present = Ask::Command(Command::Present { product, offer });
    match session.shared.shops.ask(show.shop(), present).await {
        Ok(Answer::Showcase(mut showcase, stock)) => {
            showcase.media_us = media_us;
            show.request(session.id, id, show::Command::Pin(showcase)).await;
            if let Some(stock) = stock {
                show.stock(stock).await;
            }
        }
        Ok(_) => refuse(session, id, RefusalCode::Internal),
        Err(code) => refuse(session, id, code),
    }
}

/// The question is in the shop's mailbox before the next is read, so one buyer's keep their order. From here on the
/// session follows the order, if the key is right.
async fn ask(session: &mut Session, id: RequestId, order: OrderId, ask: Ask) {
    ask_counted(session, id, order, ask, false).await;
}

/// `counted`: the order counts for its address from now on, unless the answer is no.
async fn ask_counted(session: &mut Session, id: RequestId, order: OrderId, ask: Ask, counted: bool) {
    let Some(show) = &session.joined else { return };
    let (watchers, from) = (session.shared.watchers.clone(), session.id);
    let holders = session.shared.holders.clone();
    watchers.asks(from, &session.outbox, &mut session.watched, order);
    match session.shared.shops.send(show.shop(), ask).await {
        Ok(pending) => {
            let outbox = session.outbox.clone();
            tokio::spawn(async move {
                let reply = reply(id, pending.answer().await);
                outbox.push(Class::Reply, Frame::encode(&reply));
                let as_of = match &reply {
                    ServerMessage::Order(reply) => Some(reply.order.as_of),
                    _ => None,
                };
                watchers.answered(from, order, as_of);
                if counted && as_of.is_none() {
                    holders.ended(order);
                }
            });
        }
        Err(code) => {
            watchers.answered(from, order, None);
            refuse(session, id, code);
        }
    }
}

fn reply(id: RequestId, answer: Result<Answer, RefusalCode>) -> ServerMessage {
    match answer {
        Ok(Answer::Order(file)) => ServerMessage::Order(OrderReply { id, order: Box::new(file.order) }),
        Ok(_) => ServerMessage::Refused(Refused::new(Some(id), RefusalCode::Internal)),
        Err(code) => ServerMessage::Refused(Refused::new(Some(id), code)),
    }
}

fn refuse(session: &Session, id: RequestId, code: RefusalCode) {
    session.refuse(Refusal { id: Some(id), code, retry_after: None });
}
