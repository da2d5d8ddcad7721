//! Notices signed, altered, old, foreign and strange.

use super::*;
use proptest::prelude::*;

const SECRET: &str = "whsec_test";
const NOW_S: u64 = 1_795_338_000;

fn sign(secret: &str, at_s: u64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    HEXLOWER.encode(hmac::sign(&key, format!("{at_s}.{body}").as_bytes()).as_ref())
}

fn header(secret: &str, at_s: u64, body: &str) -> String {
    format!("t={at_s},v1={}", sign(secret, at_s, body))
}

fn body(kind: &str, payment_status: &str) -> String {
    format!(
        r#"{{"id":"evt_1","object":"event","type":"{kind}","data":{{"object":{{"id":"cs_test_1","object":"checkout.session",
        "client_reference_id":"01970000-0000-7000-8000-000000000001","payment_status":"{payment_status}","status":"complete",
        "payment_intent":"pi_1","amount_total":10900,"currency":"eur"}}}}}}"#
    )
}

fn order() -> OrderId {
    OrderId("01970000-0000-7000-8000-000000000001".parse().unwrap())
}

#[test]
fn a_paid_page_is_a_capture_and_an_unpaid_one_is_not_yet() {
    let paid = body("checkout.session.completed", "paid");
    let notice = read(SECRET, &header(SECRET, NOW_S, &paid), paid.as_bytes(), NOW_S).unwrap();
    assert_eq!(notice.id, "evt_1");
    let capture =
        Command::Capture { order: order(), payment: "pi_1".into(), amount_minor: 10_900, currency: Currency::EUR };
    assert_eq!(notice.command(), Some(capture));
    let waiting = body("checkout.session.completed", "unpaid");
    let notice = read(SECRET, &header(SECRET, NOW_S, &waiting), waiting.as_bytes(), NOW_S).unwrap();
    assert_eq!(notice.command(), None);
}

#[test]
fn an_expired_page_is_closed_by_its_name() {
    let body = body("checkout.session.expired", "unpaid");
    let notice = read(SECRET, &header(SECRET, NOW_S, &body), body.as_bytes(), NOW_S).unwrap();
    assert_eq!(notice.command(), Some(Command::ClosePayment { order: order(), session: Some("cs_test_1".into()) }));
}

#[test]
fn only_who_has_the_secret_is_believed_and_only_for_a_while() {
    let body = body("checkout.session.completed", "paid");
    let good = header(SECRET, NOW_S, &body);
    let with = |header: &str, body: &str, now_s| read(SECRET, header, body.as_bytes(), now_s).map(drop);
    assert_eq!(with(&header("whsec_other", NOW_S, &body), &body, NOW_S), Err(NoticeFault::Signature));
    assert_eq!(with(&good, &body.replace("10900", "10901"), NOW_S), Err(NoticeFault::Signature));
    assert_eq!(
        with(&good.replace(&NOW_S.to_string(), &(NOW_S + 1).to_string()), &body, NOW_S),
        Err(NoticeFault::Signature)
    );
    assert_eq!(with("", &body, NOW_S), Err(NoticeFault::Signature));
    for (now_s, taken) in
        [(NOW_S + 300, Ok(())), (NOW_S + 301, Err(NoticeFault::Old)), (NOW_S - 301, Err(NoticeFault::Old))]
    {
        assert_eq!(with(&good, &body, now_s), taken);
    }
    let rolled = format!("t={NOW_S},v1={},v0=ff,v1={}", sign("whsec_old", NOW_S, &body), sign(SECRET, NOW_S, &body));
    assert_eq!(with(&rolled, &body, NOW_S), Ok(()), "one of several signatures is enough");
}

#[test]
fn what_is_not_ours_is_taken_and_does_nothing() {
    let foreign = body("checkout.session.completed", "paid").replace("01970000-0000-7000-8000-000000000001", "cart-17");
    let notice = read(SECRET, &header(SECRET, NOW_S, &foreign), foreign.as_bytes(), NOW_S).unwrap();
    assert_eq!(notice.command(), None);
    let other = r#"{"id":"evt_2","type":"invoice.paid","data":{"object":{"id":"in_1"}}}"#;
    let notice = read(SECRET, &header(SECRET, NOW_S, other), other.as_bytes(), NOW_S).unwrap();
    assert_eq!((notice.said, notice.command()), (Said::Other, None));
}

proptest! {
    #[test]
    fn no_header_and_no_body_is_too_strange(head in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(SECRET, &head, &bytes, NOW_S).is_err());
        let signed = header(SECRET, NOW_S, &String::from_utf8_lossy(&bytes));
        let _ = read(SECRET, &signed, String::from_utf8_lossy(&bytes).as_bytes(), NOW_S);
    }
}
