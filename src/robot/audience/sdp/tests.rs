//! Offers that the server's own pruning accepts, answers read line by line.

use super::*;
use crate::sfu::offer::prune;

fn local() -> Local {
    Local { ufrag: "ourufrag".to_owned(), password: "p".repeat(24), fingerprint: "AB:CD".to_owned() }
}

const ANSWER: &str = "v=0\r\na=ice-lite\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n\
    a=fingerprint:sha-256 AA:BB\r\na=rtpmap:111 opus/48000/2\r\na=extmap:3 http://www.ietf.org/id/\
    draft-holmer-rmcat-transport-wide-cc-extensions-01\r\na=candidate:1 2 udp 1 127.0.0.1 1 typ host\r\n\
    a=candidate:1 1 udp 1 ::1 9 typ host\r\na=candidate:1 1 udp 1 127.0.0.1 8443 typ host\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\na=rtpmap:102 H264/90000\r\na=rtpmap:103 rtx/90000\r\n";

#[test]
fn a_viewers_offer_survives_pruning_whole() {
    for twcc in [false, true] {
        let offer = viewer_offer(&local(), twcc);
        assert_eq!(prune(&offer).unwrap(), offer);
        assert_eq!(offer.contains("transport-cc"), twcc);
        assert_eq!(offer.matches("a=extmap:3").count(), if twcc { 2 } else { 0 });
    }
}

#[test]
fn a_publishers_offer_survives_pruning_whole() {
    let layer = |rid| Outgoing { ssrc: 5, rtx: 6, rid };
    for (codec, layers) in [(Codec::Vp8, vec![layer("")]), (Codec::H264, ["q", "h", "f"].map(layer).to_vec())] {
        let offer = publisher_offer(&local(), codec, 4, &layers);
        assert_eq!(prune(&offer).unwrap(), offer);
        assert_eq!(offer.contains("a=simulcast:send q;h;f"), layers.len() == 3);
    }
}

#[test]
fn an_answer_is_read() {
    let remote = Remote::read(ANSWER).unwrap();
    assert_eq!((remote.ufrag.as_str(), remote.password.as_str(), remote.fingerprint.as_str()), ("u", "p", "aa:bb"));
    assert_eq!(remote.address, "127.0.0.1:8443".parse::<SocketAddr>().unwrap());
    assert!(remote.lite && remote.twcc == Some(3));
    assert_eq!(remote.carries(111), Carries::Media(Codec::Opus));
    assert_eq!(remote.carries(102), Carries::Media(Codec::H264));
    assert_eq!((remote.carries(103), remote.carries(104)), (Carries::Repairs, Carries::Nothing));
}

#[test]
fn what_an_answer_lacks_is_told() {
    for missing in ["a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "127.0.0.1 8443"] {
        let broken: String = ANSWER.lines().filter(|l| !l.contains(missing)).map(|l| format!("{l}\r\n")).collect();
        assert!(Remote::read(&broken).is_err(), "{missing}");
    }
    assert!(Remote::read(&ANSWER.replace("127.0.0.1 8443", "198.51.100.7 8443")).is_err(), "another machine");
    assert!(Remote::read("").is_err());
}

#[test]
fn an_offer_is_answered_section_by_section() {
    let offer = viewer_offer(&local(), true).replace("a=recvonly", "a=sendonly");
    let answer = viewer_answer(&offer, &local(), "127.1.0.1:5".parse().unwrap());
    assert!(
        answer.contains("a=group:BUNDLE 0 1") && answer.contains("a=candidate:1 1 udp 2130706431 127.1.0.1 5 typ host")
    );
    assert_eq!((answer.matches("a=recvonly").count(), answer.matches("a=sendonly").count()), (2, 0));
    assert_eq!((answer.matches("a=setup:active").count(), answer.matches("a=setup:actpass").count()), (2, 0));
    assert!(answer.contains("m=video 9 UDP/TLS/RTP/SAVPF 102 103 96 97") && answer.contains("a=mid:1"));
}
