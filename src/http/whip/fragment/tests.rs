//! Fragments as clients send them, and as they should not.

use super::*;
use proptest::prelude::*;

const RESTART: &str = "a=ice-options:trickle ice2\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n\
a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n\
a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\n\
a=candidate:3471623853 1 udp 2122194687 4b4a.local 61765 typ host\r\na=end-of-candidates\r\n";

#[test]
fn a_fragment_is_read_and_answered() {
    let fragment = Fragment::parse(RESTART.as_bytes()).expect("good");
    let theirs = fragment.credentials.clone().expect("credentials");
    assert_eq!((theirs.ufrag.as_str(), theirs.password.as_str()), ("ysXw", "vw5LmwG4y/e6dPP/zAP9Gp5k"));
    let ours = IceCredentials { ufrag: "srvr".into(), password: "p".repeat(24) };
    let answer = fragment.answer(&ours, &["1 1 udp 2130706431 198.51.100.1 8443 typ host".into()]);
    for line in [
        "a=ice-lite",
        "a=group:BUNDLE 0 1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:0",
        "a=ice-ufrag:srvr",
        "a=candidate:1 1 udp 2130706431 198.51.100.1 8443 typ host",
        "a=end-of-candidates",
    ] {
        assert!(answer.split("\r\n").any(|l| l == line), "{line} in\n{answer}");
    }
    assert_eq!(Fragment::parse(answer.as_bytes()).expect("good").credentials, Some(ours), "and it is one itself");
}

#[test]
fn credentials_may_be_missing_from_a_trickle_and_repeated_in_a_bundle() {
    let trickle = Fragment::parse(b"m=audio 9 UDP/TLS/RTP/SAVPF 0\na=mid:0\na=end-of-candidates\n").expect("good");
    assert_eq!(trickle.credentials, None);
    let twice = RESTART.replace("a=end", "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\na=end");
    assert_eq!(Fragment::parse(twice.as_bytes()), Fragment::parse(RESTART.as_bytes()));
}

#[test]
fn malformed_is_told_from_incoherent() {
    let parse = |text: &str| Fragment::parse(text.as_bytes());
    for bad in [
        "",
        "hello",
        "v=0",
        "a=ice-ufrag:abc\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k",
        "a=ice-ufrag:ysXw\r\na=ice-pwd:short",
        "a=ice-ufrag:ys w\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k",
        "a=candidate:nonsense",
        "a=mid:0",
        "m=sing 9 X 0\r\na=end-of-candidates",
    ] {
        assert_eq!(parse(bad), Err(Wrong::Malformed), "{bad}");
    }
    assert_eq!(parse("a=ice-ufrag:ysXw"), Err(Wrong::Incoherent));
    let two = RESTART.replace("a=end", "a=ice-ufrag:another\r\na=end");
    assert_eq!(parse(&two), Err(Wrong::Incoherent));
    let flood = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n".repeat(MAX_CANDIDATES + 1);
    assert_eq!(parse(&flood), Err(Wrong::Malformed));
}

#[test]
fn an_offers_credentials_are_found() {
    let sdp = "v=0\r\nm=audio 9 X 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:efgh\r\n";
    assert_eq!(offered(sdp), Some(IceCredentials { ufrag: "abcd".into(), password: "efgh".into() }));
    assert_eq!(offered("v=0"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    /// No bytes make it panic, and what it answers with never carries a line that was not asked for.
    #[test]
    fn it_bears_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0usize..500) {
        let _ = Fragment::parse(&bytes);
        let mut mixed = RESTART.as_bytes().to_vec();
        mixed.truncate(cut);
        mixed.extend(&bytes);
        if let Ok(fragment) = Fragment::parse(&mixed) {
            let answer = fragment.answer(&IceCredentials { ufrag: "u".into(), password: "p".into() }, &[]);
            prop_assert!(answer.split("\r\n").all(|line| line.is_empty() || line.starts_with("a=") || line.starts_with("m=")));
        }
    }
}
