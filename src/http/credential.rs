//! Secrets that people carry: one-time links and session cookies. 256 random bits in base64url; the server keeps only
//! their SHA-256, so a copy of the database opens nothing.

use crate::store::{LoginKind, Store, StoreError};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// How long a printed login link is good for.
pub const LOGIN_LINK_TTL_MS: u64 = 15 * 60 * 1_000;

/// A setup link is good until it is used: ten years.
pub const SETUP_LINK_TTL_MS: u64 = 10 * 365 * 24 * 60 * 60 * 1_000;

/// A new secret, to be shown once.
#[must_use]
pub fn mint() -> String {
    BASE64URL_NOPAD.encode(&rand::random::<[u8; 32]>())
}

/// What is kept of a session's cookie.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// What is kept of a one-time token. The kind is part of it: a setup link that was never used is worth nothing once the
/// shop exists, because then nobody asks for one of that kind.
fn hash_one_time(secret: &str, kind: LoginKind) -> [u8; 32] {
    let domain = match kind {
        LoginKind::Login => "login:",
        LoginKind::Setup => "setup:",
    };
    hash(&format!("{domain}{secret}"))
}

/// Makes a one-time token and returns it in the clear.
///
/// # Errors
/// The store's.
pub async fn one_time(store: &Store, kind: LoginKind, now_ms: u64) -> Result<String, StoreError> {
    let secret = mint();
    let ttl_ms = match kind {
        LoginKind::Login => LOGIN_LINK_TTL_MS,
        LoginKind::Setup => SETUP_LINK_TTL_MS,
    };
    store.login_token_create(hash_one_time(&secret, kind), kind, now_ms.saturating_add(ttl_ms)).await?;
    Ok(secret)
}

/// Uses a one-time token up, if it is one of this kind.
///
/// # Errors
/// The store's.
pub async fn redeem(store: &Store, kind: LoginKind, secret: &str, now_ms: u64) -> Result<bool, StoreError> {
    store.login_token_redeem(hash_one_time(secret, kind), now_ms).await
}
