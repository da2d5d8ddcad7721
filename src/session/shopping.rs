//! Buying, and what the host pins. The shop answers when it has committed; until then the session goes on reading and
//! sending, so the answers come through the outbox like a show's.

use super::actor::Session;
use super::core::Refusal;
use super::dispatch;
use crate::shop::core::Command;
use crate::shop::{Answer, Ask, hash_key};
use crate::show::{self, Action, Class, Frame};
use quiora_signaling::{
    Contact, OfferWish, OrderId, OrderKey, OrderReply, ProductId, RefusalCode, Refused, RequestId, ServerMessage,
    ShippingId, VariantId,
};

/// Holds pieces.
pub(super) async fn reserve(
    session: &Session,
    id: RequestId,
    order: OrderId,
    key: &OrderKey,
    variant: VariantId,
    quantity: u32,
) {
    let (Some(show), Some(member)) = (&session.joined, session.member) else { return };
    let key = hash_key(key);
    let command = Command::Reserve { order, key, member, show: show.show(), variant, quantity };
    ask(session, id, Ask::Command(command)).await;
}

/// What a buyer orders.
pub(super) struct Placing {
    pub(super) order: OrderId,
    pub(super) key: OrderKey,
    pub(super) total_minor: u64,
    pub(super) shipping: ShippingId,
    pub(super) contact: Box<Contact>,
}

/// Orders what is held.
pub(super) async fn place(session: &Session, id: RequestId, placing: Placing) {
    let Placing { order, key, total_minor, shipping, contact } = placing;
    let country = contact.address.as_ref().map(|address| address.country.clone());
    let buyer = session.shared.shops.buyer(&contact.email);
    let command = Command::Place { order, key: hash_key(&key), total_minor, shipping, country, buyer };
    ask(session, id, Ask::Place(command, contact, key)).await;
}

/// Gives held pieces back.
pub(super) async fn release(session: &Session, id: RequestId, order: OrderId, key: &OrderKey) {
    ask(session, id, Ask::Command(Command::Release { order, key: hash_key(key) })).await;
}

/// Says how an order stands.
pub(super) async fn look(session: &Session, id: RequestId, order: OrderId, key: &OrderKey) {
    ask(session, id, Ask::Command(Command::Look { order, key: hash_key(key) })).await;
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

/// The question is in the shop's mailbox before the next is read, so one buyer's keep their order.
async fn ask(session: &Session, id: RequestId, ask: Ask) {
    let Some(show) = &session.joined else { return };
    match session.shared.shops.send(show.shop(), ask).await {
        Ok(pending) => {
            let outbox = session.outbox.clone();
            tokio::spawn(async move {
                let reply = reply(id, pending.answer().await);
                outbox.push(Class::Reply, Frame::encode(&reply));
            });
        }
        Err(code) => refuse(session, id, code),
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
