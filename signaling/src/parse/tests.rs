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
        for kind in ClientMessage::types().map(str::to_owned).chain([kind]) {
            let m = serde_json::json!({"type":kind,"id":id,"text":text,"nickname":text,"sdp":text,"token":text,"version":id});
            let _ = parse(m.to_string().as_bytes());
        }
    }
}

const ORDER: &str = r#""order":"01970000-0000-7000-8000-000000000001""#;

fn refusal(text: &str) -> Option<RefusalCode> {
    parse(text.as_bytes()).err().map(|rejected| rejected.code)
}

#[test]
fn an_order_is_within_bounds_or_refused_by_code() {
    let key = "k".repeat(43);
    let reserve = |key: &str, quantity: i64| {
        format!(
            r#"{{"type":"reserve","id":1,{ORDER},"key":"{key}","variant":"01970000-0000-7000-8000-000000000002","quantity":{quantity}}}"#
        )
    };
    assert_eq!(refusal(&reserve(&key, 1)), None);
    assert_eq!(refusal(&reserve(&key, 99)), None);
    for (key, quantity, expected) in [
        ("short", 1, RefusalCode::KeyInvalid),
        ("", 1, RefusalCode::KeyInvalid),
        (key.as_str(), 0, RefusalCode::QuantityInvalid),
        (key.as_str(), 100, RefusalCode::QuantityInvalid),
        (key.as_str(), -1, RefusalCode::BadMessage),
    ] {
        assert_eq!(refusal(&reserve(key, quantity)), Some(expected), "{key} {quantity}");
    }
    for kind in ["order_release", "order_get"] {
        assert_eq!(refusal(&format!(r#"{{"type":"{kind}","id":1,{ORDER},"key":"x"}}"#)), Some(RefusalCode::KeyInvalid));
        assert_eq!(refusal(&format!(r#"{{"type":"{kind}","id":1,{ORDER},"key":"{key}"}}"#)), None);
    }
}

#[test]
fn a_contact_comes_in_clean_or_not_at_all() {
    let place = |email: &str| {
        let contact = format!(r#"{{"name":" Aiko\n Tanaka ","email":"{email}"}}"#);
        let shipping = "01970000-0000-7000-8000-000000000003";
        let key = "k".repeat(43);
        format!(
            r#"{{"type":"order_place","id":1,{ORDER},"key":"{key}","total_minor":1,"shipping":"{shipping}","contact":{contact}}}"#
        )
    };
    let Ok(ClientMessage::OrderPlace { contact, .. }) = parse(place("a@b.it").as_bytes()) else { panic!("refused") };
    assert_eq!(contact.name, "Aiko Tanaka");
    assert_eq!(refusal(&place("nobody")), Some(RefusalCode::ContactInvalid));
}

#[test]
fn what_the_audience_says_is_within_bounds_or_refused_by_code() {
    const ID: &str = "01970000-0000-7000-8000-000000000001";
    let poll = |choices: usize, rest: &str| {
        let choices = vec![r#"{"text":"a"}"#; choices].join(",");
        format!(r#"{{"type":"poll_open","id":1,"poll":"{ID}","draft":{{"text":"?","choices":[{choices}]{rest}}}}}"#)
    };
    let cases = [
        (poll(2, ""), None),
        (poll(6, r#","right":5,"duration_ms":5000"#), None),
        (poll(1, ""), Some(RefusalCode::PollInvalid)),
        (poll(7, ""), Some(RefusalCode::PollInvalid)),
        (poll(2, r#","right":2"#), Some(RefusalCode::PollInvalid)),
        (poll(2, r#","right":0,"multiple":true"#), Some(RefusalCode::PollInvalid)),
        (poll(2, r#","duration_ms":4999"#), Some(RefusalCode::PollInvalid)),
        (poll(2, r#","duration_ms":3600001"#), Some(RefusalCode::PollInvalid)),
        (
            format!(r#"{{"type":"poll_vote","id":1,"poll":"{ID}","choices":[0,1,2,3,4,5,0]}}"#),
            Some(RefusalCode::ChoiceInvalid),
        ),
        (format!(r#"{{"type":"poll_vote","id":1,"poll":"{ID}","choices":[256]}}"#), Some(RefusalCode::BadMessage)),
        (format!(r#"{{"type":"question_ask","id":1,"question":"{ID}","text":" \n "}}"#), Some(RefusalCode::TextEmpty)),
        (
            format!(r#"{{"type":"question_ask","id":1,"question":"{ID}","text":"{}"}}"#, "x".repeat(301)),
            Some(RefusalCode::TextTooLong),
        ),
        (r#"{"type":"question_ask","id":1,"text":"no id"}"#.to_owned(), Some(RefusalCode::BadMessage)),
        (
            r#"{"type":"rules_set","id":1,"slow_ms":600001,"review":false,"join_age_ms":0}"#.to_owned(),
            Some(RefusalCode::RulesInvalid),
        ),
        (format!(r#"{{"type":"mute","id":1,"member":"{ID}","duration_ms":0}}"#), Some(RefusalCode::RulesInvalid)),
        (
            format!(r#"{{"type":"ban","id":1,"member":"{ID}","duration_ms":31536000001}}"#),
            Some(RefusalCode::RulesInvalid),
        ),
        (format!(r#"{{"type":"ban","id":1,"member":"{ID}"}}"#), None),
        (r#"{"type":"react","id":1,"reaction":"heart"}"#.to_owned(), None),
        (r#"{"type":"react","id":1,"reaction":"heart","count":11}"#.to_owned(), Some(RefusalCode::BadMessage)),
        (r#"{"type":"react","id":1,"reaction":"heart","count":0}"#.to_owned(), Some(RefusalCode::BadMessage)),
        (r#"{"type":"react","id":1,"reaction":"hate"}"#.to_owned(), Some(RefusalCode::BadMessage)),
        (r#"{"type":"caption_send","id":1,"text":"a","language":"it-IT","last":true}"#.to_owned(), None),
        (
            r#"{"type":"caption_send","id":1,"text":"a","language":"<it>","last":true}"#.to_owned(),
            Some(RefusalCode::BadMessage),
        ),
        (
            r#"{"type":"caption_send","id":1,"text":"a","language":"","last":true}"#.to_owned(),
            Some(RefusalCode::BadMessage),
        ),
        (r#"{"type":"caption_send","id":1,"text":"a","language":"it","last":true,"ago_ms":5000}"#.to_owned(), None),
        (
            r#"{"type":"caption_send","id":1,"text":"a","language":"it","last":true,"ago_ms":5001}"#.to_owned(),
            Some(RefusalCode::BadMessage),
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(refusal(&message), expected, "{message}");
    }
    let mentions = vec![format!("\"{ID}\""); 6].join(",");
    let line = format!(r#"{{"type":"chat_send","id":1,"message":"{ID}","text":"a","mentions":[{mentions}]}}"#);
    assert_eq!(refusal(&line), Some(RefusalCode::BadMessage));
}
