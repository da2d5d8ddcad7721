//! Which address leads where.

use super::*;

#[test]
fn a_key_is_taken_off_the_address() {
    let uri = |text: &str| text.parse::<Uri>().expect("an address");
    let found = |text: &str| within(&uri(text)).map(|(key, inner)| (key.to_owned(), inner.to_string()));
    let some = |key: &str, inner: &str| Some((key.to_owned(), inner.to_owned()));
    assert_eq!(found("/rehearsal/k/"), some("k", "/"));
    assert_eq!(found("/rehearsal/k/s/borse?a=b&c"), some("k", "/s/borse?a=b&c"));
    assert_eq!(found("/rehearsal/k/rehearsal/k/x"), some("k", "/rehearsal/k/x"), "only one is taken off");
    assert_eq!(found("/rehearsal/k//x"), some("k", "//x"));
    assert_eq!(found("/rehearsal/k"), None, "there is no page without a slash");
    assert_eq!(found("/s/borse"), None);
}

#[test]
fn a_key_cannot_be_guessed_and_is_not_told() {
    let (one, other) = (RehearsalKey::mint(), RehearsalKey::mint());
    assert_eq!(one.0.len(), 32);
    assert!(one.is(&one.0.clone()) && !one.is(&other.0) && !one.is(""));
    assert!(!format!("{one:?}").contains(&one.0));
}
