//! Join tokens: who may enter a show, as what, and as whom; signed by the server and kept by the client.
//!
//! A token is a JWT (RFC 7519) under HS256 with the claims `show`, `role`, `member` and `exp`. The key is a secret of the
//! store, so tokens outlive a restart. A token says nothing that its bearer may not know; it is never logged.
//!
//! Expiry is checked here against the `now_ms` passed in, not by the library, which would read its own clock.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use quiora_signaling::{MemberId, RefusalCode, Role, ShowId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// How long a token from a page or from `POST /api/shows/{slug}/join` is good for: a page left open over night fetches a
/// new one.
pub const PAGE_TOKEN_TTL_MS: u64 = 12 * 60 * 60 * 1_000;

/// How long the token of a welcome is good for: whoever comes back within a week is the same member.
pub const MEMBER_TOKEN_TTL_MS: u64 = 7 * 24 * 60 * 60 * 1_000;

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The show it opens.
    pub show: ShowId,
    /// What its bearer may do there.
    pub role: Role,
    /// Who its bearer is, once known; a page's token names nobody, and its first hello makes a new member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// Which remote control of the host its bearer is, if it is one. (Once this was `true`: such a token is worth nothing.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Uuid>,
    /// Good until then: seconds since the Unix epoch.
    pub exp: u64,
}

/// Signs and verifies join tokens. Cheap to clone.
#[derive(Clone)]
pub struct JoinTokens(Arc<Keys>);

struct Keys {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

impl std::fmt::Debug for JoinTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JoinTokens")
    }
}

impl JoinTokens {
    /// Tokens under `secret`.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        Self(Arc::new(Keys {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
        }))
    }

    /// A token good for `ttl_ms` from `now_ms` (Unix epoch, milliseconds).
    ///
    /// # Errors
    /// `internal` if the signature cannot be made.
    pub fn issue(
        &self,
        show: ShowId,
        role: Role,
        member: Option<MemberId>,
        now_ms: u64,
        ttl_ms: u64,
    ) -> Result<String, RefusalCode> {
        self.sign(&Claims { show, role, member, remote: None, exp: now_ms.saturating_add(ttl_ms) / 1_000 })
    }

    /// A token for the device that is a remote control of the host, who is `member`.
    ///
    /// # Errors
    /// `internal` if the signature cannot be made.
    pub fn issue_remote(
        &self,
        show: ShowId,
        member: MemberId,
        device: Uuid,
        now_ms: u64,
        ttl_ms: u64,
    ) -> Result<String, RefusalCode> {
        let exp = now_ms.saturating_add(ttl_ms) / 1_000;
        self.sign(&Claims { show, role: Role::Host, member: Some(member), remote: Some(device), exp })
    }

    fn sign(&self, claims: &Claims) -> Result<String, RefusalCode> {
        encode(&Header::new(Algorithm::HS256), claims, &self.0.signing).map_err(|error| {
            tracing::error!(%error, "join token not signed");
            RefusalCode::Internal
        })
    }

    /// What a token of ours says, at `now_ms`.
    ///
    /// # Errors
    /// `token_invalid`, or `token_expired` for one that was ours.
    pub fn verify(&self, token: &str, now_ms: u64) -> Result<Claims, RefusalCode> {
        let claims = decode::<Claims>(token, &self.0.verifying, &self.0.validation)
            .map_err(|_| RefusalCode::TokenInvalid)?
            .claims;
        if now_ms / 1_000 >= claims.exp { Err(RefusalCode::TokenExpired) } else { Ok(claims) }
    }
}

#[cfg(test)]
mod tests;
