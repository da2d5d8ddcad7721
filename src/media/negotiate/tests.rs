//! Answers to offers, without a network.
use super::*;
use uuid::Uuid;

fn identity() -> Identity {
    let addresses = [SocketAddr::from(([192, 0, 2, 1], 8443)), SocketAddr::from(([127, 0, 0, 1], 8443))].into();
    Identity::generate(addresses, false).expect("identity")
}

fn answer(kind: PeerKind, sdp: String) -> Result<(Peer, String), RefusalCode> {
    let id = || Uuid::from_u128(7);
    let request = Request { kind, show: id().into(), session: id().into(), peer: id().into(), sdp, compatible: false };
    negotiate(&request, &identity(), crate::clock::monotonic())
}

fn offer(direction: &str, video: &str) -> String {
    let fingerprint = ["AB"; 32].join(":");
    format!(
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=mid:0\r\na={direction}\r\n\
         a=ice-ufrag:wxyz\r\na=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\n\
         a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
         m=video 9 UDP/TLS/RTP/SAVPF {video}a=candidate:1 1 udp 1 10.0.0.1 5 typ host\r\na=mid:1\r\na={direction}\r\n\
         c=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=ice-ufrag:wxyz\r\na=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa\r\n\
         a=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\n"
    )
}

const BOTH: &str = "96 97 103 104\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 transport-cc\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
a=rtpmap:103 H264/90000\r\na=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\na=rtcp-fb:103 nack pli\r\na=rtcp-fb:103 transport-cc\r\n\
a=rtpmap:104 rtx/90000\r\na=fmtp:104 apt=103\r\n";

#[test]
fn a_subscriber_gets_every_common_codec_with_its_retransmissions() {
    let (peer, answer) = answer(PeerKind::Subscriber, offer("recvonly", BOTH)).expect("an answer");
    let video = peer.sections.iter().find(|s| s.kind == MediaKind::Video).expect("a picture");
    assert_eq!(video.format(Codec::Vp8).map(|f| (f.payload_type, f.rtx)), Some((96, Some(97))), "{answer}");
    assert_eq!(video.format(Codec::H264).map(|f| (f.payload_type, f.rtx)), Some((103, Some(104))), "{answer}");
    assert_eq!(video.direction, Direction::SendOnly);
    for line in ["a=ice-lite", "a=setup:passive", "a=ssrc-group:FID"] {
        assert!(answer.contains(line), "{line} is missing in\n{answer}");
    }
    for address in ["192.0.2.1 8443", "127.0.0.1 8443"] {
        assert!(answer.contains(address), "{address} is missing in\n{answer}");
    }
    assert!(answer.contains("a=rtcp-fb:96 transport-cc"), "what congestion control lives on");
}

#[test]
fn a_publisher_is_asked_for_feedback_and_repairs() {
    let (peer, answer) = answer(PeerKind::Publisher, offer("sendonly", BOTH)).expect("an answer");
    let video = peer.sections.iter().find(|s| s.kind == MediaKind::Video).expect("a picture");
    assert_eq!(video.direction, Direction::RecvOnly);
    assert!(answer.contains("transport-cc") && answer.contains("nack pli"), "{answer}");
    assert!(video.formats.iter().all(|f| f.rtx.is_some()), "without rtx browsers probe on the media stream");
}

#[test]
fn refusals_are_told_apart() {
    let code = |kind, sdp| answer(kind, sdp).map(|_| ()).expect_err("refused");
    assert_eq!(code(PeerKind::Publisher, offer("recvonly", BOTH)), RefusalCode::OfferInvalid);
    assert_eq!(code(PeerKind::Subscriber, offer("sendonly", BOTH)), RefusalCode::OfferInvalid);
    let foreign = offer("recvonly", "45\r\na=rtpmap:45 AV1/90000\r\n").replace("opus", "speex");
    assert_eq!(code(PeerKind::Subscriber, foreign), RefusalCode::CodecUnsupported);
}

/// With `max-bundle` all transport attributes may stand in the first section alone (RFC 9143 §7.2.1).
#[test]
fn a_bundle_needs_its_transport_described_once() {
    let whole = offer("sendonly", BOTH);
    let (first, second) = whole.split_once("m=video 9").expect("two sections");
    let transport = ["a=ice-", "a=fingerprint", "a=setup"];
    let rest: Vec<&str> = second.lines().filter(|line| !transport.iter().any(|t| line.starts_with(t))).collect();
    let bundled = format!("{first}m=video 0{}\r\na=bundle-only\r\n", rest.join("\r\n"));
    let (peer, answer) = answer(PeerKind::Publisher, bundled).expect("an answer");
    assert_eq!(peer.sections.len(), 2, "{answer}");
    assert!(answer.contains("a=group:BUNDLE 0 1"), "{answer}");
}

#[test]
fn redundant_sound_is_agreed_upon_where_it_is_offered() {
    let with_red = |carried: &str| {
        let red = format!("a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 {carried}\r\n");
        offer("recvonly", BOTH)
            .replace("SAVPF 111\r\n", "SAVPF 111 63\r\n")
            .replace("a=rtpmap:111 opus/48000/2\r\n", &red)
    };
    let audio = |sdp| {
        let (peer, answer) = answer(PeerKind::Subscriber, sdp).expect("an answer");
        let section = peer.sections.iter().find(|s| s.kind == MediaKind::Audio).expect("a sound");
        (section.format(Codec::Opus).and_then(|f| f.red), answer)
    };
    let (red, answer) = audio(with_red("111/111"));
    assert_eq!(red, Some(63), "{answer}");
    assert!(answer.contains("a=fmtp:63 111/111"), "{answer}");
    assert_eq!(audio(with_red("111/0")).0, None, "it must carry what we send");
    assert_eq!(audio(offer("recvonly", BOTH)).0, None);
}
