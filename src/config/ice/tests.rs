//! Addresses of servers for clients.

use super::{IceUrl, Secret};

#[test]
fn only_stun_and_turn_addresses_are_taken() {
    let good = ["stun:stun.example:3478", "turn:192.0.2.1?transport=udp", "turns:[2001:db8::1]:443?transport=tcp"];
    for url in good {
        assert_eq!(url.parse::<IceUrl>().map(|url| url.to_string()).as_deref(), Ok(url));
    }
    for bad in ["", "stun:", "http://a", "turn:a?transport=quic", "stun:a?transport=udp", "turn:a>; rel=\"x\"", "a"] {
        assert!(bad.parse::<IceUrl>().is_err(), "{bad}");
    }
}

#[test]
fn a_secret_is_not_logged() {
    assert_eq!(format!("{:?}", "hush".parse::<Secret>()), "Ok(Secret)");
    assert!("".parse::<Secret>().is_err());
}
