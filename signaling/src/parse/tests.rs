//! The parser bears anything.
use super::*;
use proptest::prelude::*;

fn code(frame: &[u8]) -> RefusalCode {
    parse(frame).expect_err("must be refused").code
}

#[test]
fn unknown_fields_are_ignored() {
    let m = parse(br#"{"type":"ping","id":7,"from":"the future","x":{"y":[1]}}"#);
    assert_eq!(m, Ok(ClientMessage::Ping { id: 7 }));
}

#[test]
fn unknown_messages_are_refused_by_code_and_keep_their_id() {
    let r = parse(br#"{"type":"teleport","id":9}"#).expect_err("unknown");
    assert_eq!(r, Rejected { id: Some(9), code: RefusalCode::UnknownMessage });
}

#[test]
fn broken_messages_are_told_apart() {
    assert_eq!(code(b"\xff\xfe"), RefusalCode::NotText);
    assert_eq!(code(b"[]"), RefusalCode::BadMessage);
    assert_eq!(code(b"{"), RefusalCode::BadMessage);
    assert_eq!(code(br#"{"id":1}"#), RefusalCode::BadMessage);
    assert_eq!(code(br#"{"type":"ping","id":-1}"#), RefusalCode::BadMessage);
    assert_eq!(code(br#"{"type":"ping","id":4294967296}"#), RefusalCode::BadMessage);
    assert_eq!(code(&vec![b' '; MAX_MESSAGE_BYTES + 1]), RefusalCode::TooLarge);
    assert_eq!(code("[".repeat(5_000).as_bytes()), RefusalCode::BadMessage);
}

#[test]
fn texts_are_cleaned_and_bounded() {
    let line = |text: &str| {
        let m =
            serde_json::json!({"type":"chat_send","id":1,"message":"01890a5d-ac96-774b-bcce-b302099a8057","text":text});
        parse(m.to_string().as_bytes())
    };
    assert!(matches!(line("  ciao   a tutti "), Ok(ClientMessage::ChatSend { text, .. }) if text == "ciao a tutti"));
    assert_eq!(line(" \n ").map_err(|r| r.code), Err(RefusalCode::TextEmpty));
    assert_eq!(line(&"x".repeat(MAX_CHAT_CHARS + 1)).map_err(|r| r.code), Err(RefusalCode::TextTooLong));
}

#[test]
fn oversized_offers_and_tokens_are_refused() {
    let m = serde_json::json!({"type":"publish","id":1,"sdp":"v".repeat(MAX_SDP_BYTES + 1)});
    assert_eq!(code(m.to_string().as_bytes()), RefusalCode::OfferInvalid);
    let m = serde_json::json!({"type":"hello","id":1,"version":1,"token":"t".repeat(MAX_TOKEN_BYTES + 1)});
    assert_eq!(code(m.to_string().as_bytes()), RefusalCode::TokenInvalid);
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn any_json_shape_never_panics(kind in "[a-z_]{1,12}", id in any::<i64>(), text in any::<String>()) {
        for kind in ClientMessage::TYPES.iter().copied().chain([kind.as_str()]) {
            let m = serde_json::json!({"type":kind,"id":id,"text":text,"nickname":text,"sdp":text,"token":text,"version":id});
            let _ = parse(m.to_string().as_bytes());
        }
    }
}
