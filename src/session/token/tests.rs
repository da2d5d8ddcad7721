//! Tokens: what is signed comes back, and nothing else is believed.

use super::{Claims, JoinTokens, PAGE_TOKEN_TTL_MS};
use quiora_signaling::{MemberId, RefusalCode, Role, ShowId};
use uuid::Uuid;

const NOW: u64 = 1_770_000_000_000;

fn ids() -> (ShowId, MemberId) {
    (ShowId(Uuid::from_u128(7)), MemberId(Uuid::from_u128(9)))
}

#[test]
fn what_was_issued_is_verified() {
    let (show, member) = ids();
    let tokens = JoinTokens::new(&[1; 32]);
    let token = tokens.issue(show, Role::Host, Some(member), NOW, PAGE_TOKEN_TTL_MS).unwrap();
    let claims = tokens.verify(&token, NOW + 1_000).unwrap();
    assert_eq!(
        claims,
        Claims { show, role: Role::Host, member: Some(member), remote: None, exp: (NOW + PAGE_TOKEN_TTL_MS) / 1_000 }
    );
    assert!(token.len() < 400, "a token stays far below the limit: {}", token.len());
}

#[test]
fn it_expires_to_the_second() {
    let tokens = JoinTokens::new(&[1; 32]);
    let token = tokens.issue(ids().0, Role::Viewer, None, NOW, 60_000).unwrap();
    assert!(tokens.verify(&token, NOW + 59_999).is_ok());
    assert_eq!(tokens.verify(&token, NOW + 60_000), Err(RefusalCode::TokenExpired));
}

#[test]
fn another_key_another_algorithm_and_garbage_are_refused() {
    let tokens = JoinTokens::new(&[1; 32]);
    let foreign = JoinTokens::new(&[2; 32]).issue(ids().0, Role::Host, None, NOW, 60_000).unwrap();
    assert_eq!(tokens.verify(&foreign, NOW), Err(RefusalCode::TokenInvalid));

    let claims = Claims { show: ids().0, role: Role::Host, member: None, remote: None, exp: u64::MAX / 2 };
    let body = data_encoding::BASE64URL_NOPAD.encode(&serde_json::to_vec(&claims).unwrap());
    let unsigned = data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
    assert_eq!(tokens.verify(&format!("{unsigned}.{body}."), NOW), Err(RefusalCode::TokenInvalid));

    for garbage in ["", ".", "..", "a.b.c", "\u{1F600}", "eyJhbGciOiJIUzI1NiJ9"] {
        assert_eq!(tokens.verify(garbage, NOW), Err(RefusalCode::TokenInvalid), "{garbage}");
    }
}

#[test]
fn a_changed_claim_breaks_the_signature() {
    let tokens = JoinTokens::new(&[1; 32]);
    let token = tokens.issue(ids().0, Role::Viewer, None, NOW, 60_000).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let claims = Claims { show: ids().0, role: Role::Host, member: None, remote: None, exp: (NOW + 60_000) / 1_000 };
    let body = data_encoding::BASE64URL_NOPAD.encode(&serde_json::to_vec(&claims).unwrap());
    assert_eq!(tokens.verify(&format!("{}.{body}.{}", parts[0], parts[2]), NOW), Err(RefusalCode::TokenInvalid));
}

#[test]
fn a_remotes_token_names_its_device_and_one_that_does_not_is_refused() {
    let (show, member) = ids();
    let tokens = JoinTokens::new(&[1; 32]);
    let device = Uuid::from_u128(11);
    let token = tokens.issue_remote(show, member, device, NOW, 60_000).unwrap();
    let claims = tokens.verify(&token, NOW).unwrap();
    assert_eq!((claims.role, claims.member, claims.remote), (Role::Host, Some(member), Some(device)));
    let unnamed = serde_json::json!({ "show": show, "role": "host", "member": member, "remote": true, "exp": NOW });
    let key = jsonwebtoken::EncodingKey::from_secret(&[1; 32]);
    let old = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &unnamed, &key).unwrap();
    assert_eq!(tokens.verify(&old, NOW), Err(RefusalCode::TokenInvalid));
}
