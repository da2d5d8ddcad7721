//! The signature against values that another implementation of HMAC (Python's) computed.

use super::{show_secret, signature, signatures};

#[test]
fn a_signature_is_what_others_compute() {
    let secret: Vec<u8> = (0..32).collect();
    let body = r#"{"type":"order.paid","timestamp":"2026-11-18T11:06:40Z","data":{"number":7}}"#;
    let signed = signature(&secret, "msg_019a0000000070008000000000000001", 1_795_000_000, body);
    assert_eq!(signed, "v1,c/kWxPI6L9eaG4gzqQyzoZWyy6/B4Xx0J4eKoDysMQQ=");
    let both = signatures(&[vec![1; 32], secret.clone()], "msg_019a0000000070008000000000000001", 1_795_000_000, body);
    assert_eq!(both.split_once(' ').unwrap().1, signed);
    assert_ne!(signature(&secret, "msg_019a0000000070008000000000000001", 1_795_000_001, body), signed);
    assert_ne!(signature(&secret[1..], "msg_019a0000000070008000000000000001", 1_795_000_000, body), signed);
}

#[test]
fn a_secret_is_shown_with_its_prefix() {
    let secret: Vec<u8> = (0..32).collect();
    assert_eq!(show_secret(&secret), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
}
