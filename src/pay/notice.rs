//! What Stripe tells by itself, and how to know that it is Stripe
//! (<https://docs.stripe.com/webhooks#verify-manually>): the header `Stripe-Signature` holds the time and one or more
//! HMAC-SHA256 of `{time}.{body}`; a notice that is too old may be somebody's who listened in.

use super::stripe::{self, Session};
use crate::shop::core::Command;
use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use quiora_signaling::{Currency, OrderId};
use serde::Deserialize;

/// The longest notice: a session with its lines is some six thousand bytes.
pub const MAX_NOTICE_BYTES: usize = 256 * 1024;

/// How far the notice's time and ours may be apart: what Stripe's own libraries allow.
const TOLERANCE_S: u64 = 5 * 60;

/// Signatures of one header that are looked at: one per secret while it is being changed.
const MAX_SIGNATURES: usize = 8;

/// Why a notice is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeFault {
    /// Not signed by who has the secret, or altered.
    #[error("the signature is missing or wrong")]
    Signature,
    /// Signed, and too long ago.
    #[error("the signature is too old")]
    Old,
    /// Signed, and not in the documented form.
    #[error("the notice cannot be read")]
    Form,
}

/// What was said of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The page is complete or its payment came through: paid if the session says so.
    Complete,
    /// It can no longer be paid and was not.
    Closed,
    /// Something that is nothing to us.
    Other,
}

/// A notice whose signature was good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its name: told again, it is the same.
    pub id: String,
    /// What it says.
    pub said: Said,
    /// The page that it is about, if it is about one of ours.
    pub session: Option<(OrderId, Session)>,
}

#[derive(Deserialize)]
struct Body {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: serde_json::Value,
}

/// Reads a notice. `secret` is the one of the endpoint at Stripe, with its `whsec_`.
///
/// # Errors
/// [`NoticeFault`].
pub fn read(secret: &str, header: &str, body: &[u8], now_s: u64) -> Result<Notice, NoticeFault> {
    let at_s = verify(secret, header, body)?;
    if at_s.abs_diff(now_s) > TOLERANCE_S {
        return Err(NoticeFault::Old);
    }
    let Body { id, kind, data } = serde_json::from_slice(body).map_err(|_| NoticeFault::Form)?;
    if !stripe::is_name(&id) {
        return Err(NoticeFault::Form);
    }
    let said = match kind.as_str() {
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => Said::Complete,
        "checkout.session.async_payment_failed" | "checkout.session.expired" => Said::Closed,
        _ => return Ok(Notice { id, said: Said::Other, session: None }),
    };
    let session: Session = serde_json::from_value(data.object).map_err(|_| NoticeFault::Form)?;
    // Pages that another program made in the same account have other names, or none.
    let order = session.client_reference_id.as_deref().and_then(|name| name.parse::<OrderId>().ok());
    Ok(Notice { id, said, session: order.map(|order| (order, session)) })
}

/// The time that was signed with the body.
fn verify(secret: &str, header: &str, body: &[u8]) -> Result<u64, NoticeFault> {
    let (mut at_s, mut signatures) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", time)) => at_s = time.parse::<u64>().ok(),
            Some(("v1", tag)) if signatures.len() < MAX_SIGNATURES => {
                signatures.extend(HEXLOWER.decode(tag.as_bytes()).ok());
            }
            _ => {}
        }
    }
    let at_s = at_s.ok_or(NoticeFault::Signature)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut signed = format!("{at_s}.").into_bytes();
    signed.extend_from_slice(body);
    let good = signatures.iter().any(|tag| hmac::verify(&key, &signed, tag).is_ok());
    if good { Ok(at_s) } else { Err(NoticeFault::Signature) }
}

impl Notice {
    /// What the shop is to be asked, if anything.
    pub(super) fn command(self) -> Option<Command> {
        let (order, session) = self.session?;
        match self.said {
            Said::Complete => captured(order, &session),
            Said::Closed => Some(Command::ClosePayment { order, session: Some(session.id) }),
            Said::Other => None,
        }
    }
}

/// The payment of a session, if it was paid. An amount that cannot be ours is 0, which no order is.
pub(super) fn captured(order: OrderId, session: &Session) -> Option<Command> {
    if session.payment_status.as_deref() != Some("paid") {
        return None;
    }
    let payment = session.payment_intent.clone().filter(|name| stripe::is_name(name))?;
    let currency = Currency::new(&session.currency.as_deref()?.to_ascii_uppercase())?;
    let amount_minor = stripe::uncounted(session.amount_total?, currency).unwrap_or(0);
    Some(Command::Capture { order, payment, amount_minor, currency })
}

#[cfg(test)]
mod tests;
