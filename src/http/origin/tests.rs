//! Same site or not.

use super::{check, plain_host};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
}

fn allowed(pairs: &[(&'static str, &str)]) -> bool {
    check(&headers(pairs), &"https://shop.example".parse().unwrap()).is_ok()
}

#[test]
fn our_own_pages_may_act() {
    assert!(allowed(&[("host", "127.0.0.1:8080"), ("origin", "https://shop.example")]), "through a proxy");
    assert!(allowed(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")]), "by address");
    assert!(allowed(&[("host", "127.0.0.1:8080")]), "not a browser");
    assert!(allowed(&[("host", "shop.example"), ("sec-fetch-site", "same-origin")]));
}

#[test]
fn other_pages_may_not() {
    for origin in
        ["https://evil.example", "null", "", "https://shop.example.evil.example", "http://shop.example", "file://"]
    {
        assert!(!allowed(&[("host", "127.0.0.1:8080"), ("origin", origin)]), "{origin}");
    }
    assert!(!allowed(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:9090")]), "another port");
    assert!(!allowed(&[("host", "shop.example"), ("sec-fetch-site", "cross-site")]));
    assert!(!allowed(&[("host", "shop.example"), ("sec-fetch-site", "same-site")]));
}

#[test]
fn only_a_plain_host_reaches_a_header() {
    assert_eq!(plain_host(&headers(&[("host", "[::1]:8080")])), Some("[::1]:8080"));
    assert_eq!(plain_host(&headers(&[("host", "a.example; script-src *")])), None);
    assert_eq!(plain_host(&headers(&[])), None);
}
