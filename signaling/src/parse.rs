//! From bytes to a valid [`ClientMessage`], totally: whatever comes in, a message within all limits or a code comes out.

use crate::limits::{
    MAX_CHAT_CHARS, MAX_MENTIONS, MAX_MESSAGE_BYTES, MAX_NICKNAME_CHARS, MAX_QUANTITY, MAX_SDP_BYTES, MAX_TOKEN_BYTES,
};
use crate::text::line;
use crate::{ClientMessage, OrderKey, RefusalCode, RequestId, TextFault, clean_line};
use serde::Deserialize;

/// A message that was not accepted, and the request it names if one could be made out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejected {
    /// The request's id, if the message had a readable one.
    pub id: Option<RequestId>,
    /// Why.
    pub code: RefusalCode,
}

/// Reads one frame's payload. Texts in the result are cleaned and within [`crate::limits`].
///
/// Nesting is bounded by `serde_json` (128 levels), size by [`MAX_MESSAGE_BYTES`].
///
/// # Errors
/// `too_large`, `not_text`, `bad_message`, `unknown_message`, `offer_invalid`, `token_invalid`, or a code of the text
/// that is at fault.
pub fn parse(frame: &[u8]) -> Result<ClientMessage, Rejected> {
    if frame.len() > MAX_MESSAGE_BYTES {
        return Err(Rejected { id: None, code: RefusalCode::TooLarge });
    }
    let text = std::str::from_utf8(frame).map_err(|_| Rejected { id: None, code: RefusalCode::NotText })?;
    let message = serde_json::from_str::<ClientMessage>(text).map_err(|_| diagnose(text))?;
    let id = Some(message.id());
    validate(message).map_err(|code| Rejected { id, code })
}

/// Why a message was not understood. Runs on the failing path only.
fn diagnose(text: &str) -> Rejected {
    #[derive(Deserialize)]
    struct Head {
        id: Option<serde_json::Value>,
        r#type: Option<serde_json::Value>,
    }
    let Ok(head) = serde_json::from_str::<Head>(text) else {
        return Rejected { id: None, code: RefusalCode::BadMessage };
    };
    let id = head.id.and_then(|id| id.as_u64()).and_then(|id| RequestId::try_from(id).ok());
    let known = match head.r#type {
        Some(serde_json::Value::String(name)) => ClientMessage::types().any(|known| known == name),
        _ => true,
    };
    Rejected { id, code: if known { RefusalCode::BadMessage } else { RefusalCode::UnknownMessage } }
}

fn validate(message: ClientMessage) -> Result<ClientMessage, RefusalCode> {
    Ok(match message {
        ClientMessage::Hello(hello) => {
            if hello.token.len() > MAX_TOKEN_BYTES {
                return Err(RefusalCode::TokenInvalid);
            }
            if let Some(sdp) = &hello.subscribe {
                check_sdp(sdp)?;
            }
            ClientMessage::Hello(hello)
        }
        ClientMessage::Subscribe { id, sdp } => {
            check_sdp(&sdp)?;
            ClientMessage::Subscribe { id, sdp }
        }
        ClientMessage::Publish { id, sdp } => {
            check_sdp(&sdp)?;
            ClientMessage::Publish { id, sdp }
        }
        ClientMessage::Rename { id, nickname } => {
            let nickname = clean_line(&nickname, MAX_NICKNAME_CHARS).map_err(|fault| match fault {
                TextFault::Empty => RefusalCode::NicknameEmpty,
                TextFault::TooLong => RefusalCode::NicknameTooLong,
            })?;
            ClientMessage::Rename { id, nickname }
        }
        ClientMessage::ChatSend { id, message, text, reply_to, mentions } => {
            if mentions.len() > MAX_MENTIONS {
                return Err(RefusalCode::BadMessage);
            }
            ClientMessage::ChatSend { id, message, text: line(&text, MAX_CHAT_CHARS)?, reply_to, mentions }
        }
        ClientMessage::Question(message) => ClientMessage::Question(message.cleaned()?),
        ClientMessage::Poll(message) => ClientMessage::Poll(message.cleaned()?),
        ClientMessage::Moderation(message) => ClientMessage::Moderation(message.cleaned()?),
        ClientMessage::Crowd(message) => ClientMessage::Crowd(message.cleaned()?),
        ClientMessage::Reserve { ref key, quantity, .. } => {
            check_key(key)?;
            if quantity == 0 || quantity > MAX_QUANTITY {
                return Err(RefusalCode::QuantityInvalid);
            }
            message
        }
        ClientMessage::OrderPlace { id, order, key, total_minor, shipping, contact, payment } => {
            check_key(&key)?;
            let contact = Box::new(contact.cleaned()?);
            ClientMessage::OrderPlace { id, order, key, total_minor, shipping, contact, payment }
        }
        ClientMessage::OrderRelease { ref key, .. } | ClientMessage::OrderGet { ref key, .. } => {
            check_key(key)?;
            message
        }
        other => other,
    })
}

fn check_key(key: &OrderKey) -> Result<(), RefusalCode> {
    if key.is_well_formed() { Ok(()) } else { Err(RefusalCode::KeyInvalid) }
}

fn check_sdp(sdp: &str) -> Result<(), RefusalCode> {
    if sdp.is_empty() || sdp.len() > MAX_SDP_BYTES { Err(RefusalCode::OfferInvalid) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
