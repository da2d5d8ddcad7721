//! How a message is signed: Standard Webhooks 1.0, symmetric scheme `v1`. Whoever has the secret can tell that a message is
//! ours, whole, and not an old one sent again.

use aws_lc_rs::hmac;
use data_encoding::BASE64;

/// What a secret begins with where people see it.
pub const SECRET_PREFIX: &str = "whsec_";

/// The secret as its receiver is given it.
#[must_use]
pub fn show_secret(secret: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", BASE64.encode(secret))
}

/// The value of `webhook-signature`: a signature of each secret, parted by spaces. While a secret is being replaced both
/// the old and the new one verify it.
pub(super) fn signatures(secrets: &[Vec<u8>], id: &str, at_s: u64, body: &str) -> String {
    secrets.iter().map(|secret| signature(secret, id, at_s, body)).collect::<Vec<_>>().join(" ")
}

/// Over id, time in seconds, and body, parted by full stops.
fn signature(secret: &[u8], id: &str, at_s: u64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{id}.{at_s}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(tag.as_ref()))
}

#[cfg(test)]
mod tests;
