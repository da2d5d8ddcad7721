//! Keys on their way to an encoder and back.

use super::StreamKey;
use quiora_signaling::ShowId;
use uuid::Uuid;

#[test]
fn a_key_survives_and_nothing_else_passes_for_one() {
    let key = StreamKey { show: ShowId(Uuid::from_u128(7)), secret: [9; 32] };
    let text = key.encode();
    assert_eq!(text.len(), 64);
    assert_eq!(StreamKey::decode(&text), Some(key));
    assert!(key.is_good(&[9; 32]) && !key.is_good(&[8; 32]));
    for bad in ["", "x", &text[1..], &format!("{text}AA"), &text.replace('A', "+"), "eyJhbGciOiJIUzI1NiJ9.e30.x"] {
        assert_eq!(StreamKey::decode(bad), None, "{bad}");
    }
}
