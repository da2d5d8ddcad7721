//! Two sides in virtual time: a controlling one and its mirror.

use super::*;
use crate::clock;
use rtc_crypto::RTCCryptoProvider;
use rtc_crypto::providers::AwsLcRsProvider;

const ADDRESS: &str = "127.0.0.1:9";

fn side(ufrag: &str, password: &str) -> (Local, Remote) {
    let local = Local { ufrag: ufrag.to_owned(), password: password.to_owned(), fingerprint: String::new() };
    let text = format!(
        "a=ice-ufrag:{ufrag}\na=ice-pwd:{password}\na=fingerprint:sha-256 A\na=candidate:1 1 udp 1 {} typ host",
        ADDRESS.replace(':', " ")
    );
    (local, Remote::read(&text).unwrap())
}

fn pair(now: Instant) -> (Checks, Checks) {
    let ((a, as_a), (b, as_b)) = (side("aaaa", "password-a"), side("bbbb", "password-b"));
    (Checks::new(&a, &as_b, true, now), Checks::new(&b, &as_a, false, now))
}

#[test]
fn a_check_is_answered_and_confirms_once() {
    let (provider, now, from) = (AwsLcRsProvider::new(), clock::monotonic(), ADDRESS.parse().unwrap());
    let crypto = provider.crypto();
    let (mut a, mut b) = pair(now);
    let check = a.poll(now, crypto).unwrap();
    assert!(a.poll(now, crypto).is_none(), "one at a time");
    let response = b.handle(&check, from, crypto).response.unwrap();
    assert_eq!(a.handle(&response, from, crypto), Heard { confirmed: true, response: None });
    assert!(!a.handle(&response, from, crypto).confirmed, "the second answer confirms nothing new");
    assert!(a.next_at() >= now + CONSENT_EVERY);
}

#[test]
fn what_is_not_authentic_changes_nothing() {
    let (provider, now, from) = (AwsLcRsProvider::new(), clock::monotonic(), ADDRESS.parse().unwrap());
    let crypto = provider.crypto();
    let (mut a, mut b) = pair(now);
    let mut check = a.poll(now, crypto).unwrap();
    let response = b.handle(&check, from, crypto).response.unwrap();
    *check.get_mut(24).unwrap() ^= 1;
    assert_eq!(b.handle(&check, from, crypto), Heard::default());
    let (mut stranger, _) = pair(now);
    assert_eq!(stranger.handle(&response, from, crypto), Heard::default(), "nobody asked for it");
    assert_eq!(a.handle(&[0; 30], from, crypto), Heard::default());
}

#[test]
fn an_unanswered_check_is_repeated_ever_less_often() {
    let (provider, mut now) = (AwsLcRsProvider::new(), clock::monotonic());
    let (mut a, _) = pair(now);
    let mut waits = Vec::new();
    for _ in 0..8 {
        a.poll(now, provider.crypto()).unwrap();
        waits.push(a.next_at() - now);
        now = a.next_at();
    }
    assert!(
        waits.is_sorted() && waits.first() == Some(&FIRST_REPEAT) && waits.last() == Some(&LAST_REPEAT),
        "{waits:?}"
    );
}
