//! Vectors made with another implementation: `printf %s USERNAME | openssl dgst -sha1 -hmac SECRET -binary | base64`.

use super::credentials;

#[test]
fn they_are_what_coturn_computes() {
    let made = credentials("north", 1_433_895_918, "quiora");
    assert_eq!(made.username, "1433895918:quiora");
    assert_eq!(made.password, "bp8DxrIligzEPjwU8ymVBqbOZO4=");
    assert_eq!(credentials("", 0, "").password, "OMULkEY8i3k1y1l5jqF6MXE1eYs=");
}

#[test]
fn they_differ_by_secret_and_time() {
    let made = credentials("north", 1, "a").password;
    assert_ne!(made, credentials("south", 1, "a").password);
    assert_ne!(made, credentials("north", 2, "a").password);
}
