//! Who is believed.

use super::counted;
use axum::http::{HeaderMap, HeaderValue};
use std::net::IpAddr;

fn from(remote: &str, forwarded: &[&'static str]) -> String {
    let mut headers = HeaderMap::new();
    for value in forwarded {
        headers.append("x-forwarded-for", HeaderValue::from_static(value));
    }
    counted(remote.parse::<IpAddr>().unwrap(), &headers).to_string()
}

#[test]
fn only_this_machines_proxy_is_believed_and_only_its_own_word() {
    assert_eq!(from("203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
    assert_eq!(from("127.0.0.1", &[]), "127.0.0.1");
    assert_eq!(from("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    assert_eq!(from("::1", &["10.0.0.1, 2001:db8::1"]), "2001:db8::1");
    assert_eq!(from("::ffff:127.0.0.1", &["10.0.0.1", "192.0.2.1"]), "192.0.2.1");
    assert_eq!(from("127.0.0.1", &["nonsense"]), "127.0.0.1");
}
