//! Tests of where messages may go.

use super::{Fault, Resolver, check, is_public};
use reqwest::dns::{Name, Resolve};

#[test]
fn public_addresses_are_told_from_others() {
    for public in
        ["1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a01:4f8::1"]
    {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
    let private = [
        "0.0.0.0",
        "10.0.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "192.0.0.8",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
    ];
    for ip in private {
        assert!(!is_public(ip.parse().unwrap()), "{ip}");
    }
}

#[test]
fn an_url_is_taken_or_refused_for_a_reason() {
    for good in
        ["https://example.com/hook?x=1", "http://example.com:8080/", "https://1.1.1.1/", "https://[2606:4700::1]/"]
    {
        assert!(check(good, false).is_ok(), "{good}");
    }
    let long = format!("https://example.com/{}", "x".repeat(2_000));
    for bad in [
        "",
        "example.com",
        "ftp://example.com/",
        "file:/etc/passwd",
        "https://a:b@example.com/",
        "https://a@example.com/",
        "https://example.com/#x",
        "gopher://example.com",
        "http://",
        &long,
    ] {
        assert_eq!(check(bad, true).unwrap_err(), Fault::Malformed, "{bad}");
    }
    // Every way of writing 127.0.0.1 that browsers know.
    for private in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://localhost:8080/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://printer.local/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
    ] {
        assert_eq!(check(private, false).unwrap_err(), Fault::Private, "{private}");
        assert!(check(private, true).is_ok(), "{private}");
    }
}

#[tokio::test]
async fn a_name_is_not_a_way_around() {
    let name = || "localhost".parse::<Name>().unwrap();
    assert!(Resolver { private: false }.resolve(name()).await.is_err());
    assert!(Resolver { private: true }.resolve(name()).await.is_ok());
}
