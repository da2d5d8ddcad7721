//! Time-limited TURN credentials by the convention of draft-uberti-behave-turn-rest-00 §2.2, which coturn calls
//! `use-auth-secret`: the user name is `expiry:name`, the password base64(HMAC-SHA1(secret, user name)). Pure.

use aws_lc_rs::hmac;
use data_encoding::BASE64;

/// What a client logs in to a TURN server with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `expiry:name`, the expiry in seconds since the Unix epoch.
    pub username: String,
    /// Base64.
    pub password: String,
}

/// Credentials under the `secret` that is shared with the TURN server, good until `expires_at_s` (seconds since the
/// Unix epoch).
#[must_use]
pub fn credentials(secret: &str, expires_at_s: u64, name: &str) -> Credentials {
    // SHA-1 is the convention's; as HMAC it is not broken.
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let username = format!("{expires_at_s}:{name}");
    let password = BASE64.encode(hmac::sign(&key, username.as_bytes()).as_ref());
    Credentials { username, password }
}

#[cfg(test)]
mod tests;
