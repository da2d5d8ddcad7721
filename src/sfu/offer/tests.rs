//! What stays of an offer, what goes, and what is refused.

use proptest::prelude::*;

use super::*;

/// The shape of a browser's offer, shortened: what stays and what goes of each kind.
const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\na=extmap-allow-mixed\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0\r\nc=IN IP4 0.0.0.0\r\na=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n\
a=ice-ufrag:abcd\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n\
a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:0 PCMU/8000\r\n\
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 105 106 107 98 99 116\r\na=mid:1\r\na=sendonly\r\n\
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
a=extmap:10/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n\
a=rtcp-fb:* nack\r\na=imageattr:97 send *\r\n\
a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
a=rtpmap:102 H264/90000\r\na=rtcp-fb:102 nack\r\na=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n\
a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n\
a=rtpmap:104 H264/90000\r\na=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f\r\n\
a=rtpmap:105 rtx/90000\r\na=fmtp:105 apt=104\r\n\
a=rtpmap:106 H264/90000\r\na=fmtp:106 packetization-mode=1; profile-level-id=640032\r\n\
a=rtpmap:107 rtx/90000\r\na=fmtp:107 apt=106\r\n\
a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\na=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\na=rtpmap:116 red/90000\r\n\
a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\na=ssrc:1 cname:x\r\n\
m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n";

fn pruned() -> String {
    prune(OFFER).expect("a good offer")
}

/// An offer of one section with these lines.
fn section(lines: &str) -> Result<String, OfferRefusal> {
    prune(&format!("v=0\r\ns=-\r\n{lines}"))
}

#[test]
fn payload_types_that_are_forwarded_stay_in_their_order() {
    let sdp = pruned();
    assert!(sdp.contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n"));
    assert!(sdp.contains("m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103\r\n"));
    for gone in ["0", "104", "105", "106", "107", "98", "99", "116"] {
        for name in PER_FORMAT {
            assert!(!sdp.contains(&format!("{name}{gone} ")), "{name}{gone}");
        }
    }
    for kept in [
        "a=rtpmap:111 opus",
        "a=fmtp:63 111/111",
        "a=fmtp:111 minptime",
        "a=rtcp-fb:111 transport-cc",
        "a=rtcp-fb:* nack",
        "a=fmtp:97 apt=96",
    ] {
        assert!(sdp.contains(kept), "{kept}");
    }
}

#[test]
fn what_is_not_served_goes_and_the_rest_stays() {
    let sdp = pruned();
    for gone in ["a=candidate", "ssrc-audio-level", "abs-send-time", "imageattr"] {
        assert!(!sdp.contains(gone), "{gone}");
    }
    for kept in [
        "a=group:BUNDLE 0 1 2",
        "a=extmap-allow-mixed",
        "a=ice-ufrag:abcd",
        "sdes:mid",
        "transport-wide-cc",
        "a=sendonly",
        "a=extmap:10/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
        "a=rid:q send",
        "a=simulcast:send q;h",
        "a=ssrc:1 cname:x",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n",
    ] {
        assert!(sdp.contains(kept), "{kept}");
    }
}

#[test]
fn pruning_twice_is_pruning_once() {
    assert_eq!(prune(&pruned()), Ok(pruned()));
}

#[test]
fn a_profile_may_be_left_out_and_names_have_no_case() {
    let bare =
        section("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 h264/90000\r\na=fmtp:96 packetization-mode=1\r\n");
    assert!(bare.is_ok_and(|sdp| sdp.contains("a=rtpmap:96 h264/90000")));
    assert!(section("m=audio 9 UDP/TLS/RTP/SAVPF 96\na=rtpmap:96 OPUS/48000/2\n").is_ok(), "bare line feeds too");
}

#[test]
fn offers_without_a_codec_of_ours() {
    let none = |lines| section(lines) == Err(OfferRefusal::NoCommonCodec);
    assert!(none("m=video 9 UDP/TLS/RTP/SAVPF 98\r\na=rtpmap:98 VP9/90000\r\n"));
    assert!(none("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"));
    assert!(none("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 H264/90000\r\n"), "mode 0 is the default");
    assert!(none("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\n"), "sound is no picture");
    assert!(none("m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"), "only its repair");
    assert!(none("m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/16000\r\n"), "another clock");
}

#[test]
fn a_disabled_section_is_left_alone() {
    let disabled = "m=video 0 UDP/TLS/RTP/SAVPF 98\r\na=rtpmap:98 VP9/90000\r\n";
    let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n";
    assert!(section(&format!("{disabled}{audio}")).is_ok_and(|sdp| sdp.contains(disabled)));
    assert_eq!(section(disabled), Err(OfferRefusal::NotAudioVideo), "nothing is wanted");
}

#[test]
fn what_is_no_offer() {
    assert_eq!(prune(""), Err(OfferRefusal::Malformed));
    assert_eq!(prune("hello"), Err(OfferRefusal::Malformed));
    assert_eq!(prune("v=1\r\n"), Err(OfferRefusal::Malformed));
    assert_eq!(section("no line\r\n"), Err(OfferRefusal::Malformed));
    assert_eq!(section("a=x\u{0}y\r\n"), Err(OfferRefusal::Malformed));
    assert_eq!(section("m=video 9\r\n"), Err(OfferRefusal::Malformed));
    assert_eq!(prune("v=0\r\n"), Err(OfferRefusal::NotAudioVideo));
    assert_eq!(section("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"), Err(OfferRefusal::NotAudioVideo));
}

#[test]
fn what_is_too_much() {
    let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n";
    assert!(section(&audio.repeat(MAX_SECTIONS)).is_ok());
    assert_eq!(section(&audio.repeat(MAX_SECTIONS + 1)), Err(OfferRefusal::TooLarge));
    assert_eq!(section(&"a=x\r\n".repeat(MAX_LINES)), Err(OfferRefusal::TooLarge));
    assert_eq!(prune(&"x".repeat(MAX_OFFER_BYTES + 1)), Err(OfferRefusal::TooLarge));
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let all =
        [OfferRefusal::TooLarge, OfferRefusal::NotAudioVideo, OfferRefusal::NoCommonCodec, OfferRefusal::Malformed];
    for refusal in all {
        assert!(refusal.code().starts_with("offer_"));
        assert_eq!(all.iter().filter(|other| other.code() == refusal.code()).count(), 1);
    }
}

/// Lines of the kinds that the pruner looks into, with any numbers and words in them.
#[test]
fn a_section_that_lives_in_its_bundle_is_not_a_rejected_one() {
    let video = "m=video 9 UDP/TLS/RTP/SAVPF 96";
    let bundled = OFFER.replace(video, "m=video 0 UDP/TLS/RTP/SAVPF 96").replace("a=mid:1", "a=bundle-only\r\na=mid:1");
    assert_eq!(prune(&bundled), prune(OFFER));
    let rejected = OFFER.replace(video, "m=video 0 UDP/TLS/RTP/SAVPF 96");
    assert_ne!(prune(&rejected), prune(OFFER));
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]=.{0,30}",
        (0_u8..4, 0_u16..200).prop_map(|(kind, format)| {
            let kind = ["audio", "video", "application", "text"][usize::from(kind)];
            format!("m={kind} 9 UDP/TLS/RTP/SAVPF {format} 96 97 111")
        }),
        (0_u16..200, prop_oneof!["[A-Za-z0-9/]{0,12}", Just("VP8/90000".to_owned()), Just("rtx/90000".to_owned())])
            .prop_map(|(format, encoding)| format!("a=rtpmap:{format} {encoding}")),
        (0_u16..200, "[a-z0-9=;, -]{0,30}").prop_map(|(format, value)| format!("a=fmtp:{format} {value}")),
        (0_u16..200, 0_u16..200).prop_map(|(format, original)| format!("a=fmtp:{format} apt={original}")),
    ]
}

proptest! {
    #[test]
    fn total_on_any_text(text in ".{0,400}") {
        let _ = prune(&text);
    }

    #[test]
    fn total_on_any_lines_and_never_more_than_it_got(lines in prop::collection::vec(line(), 0..40)) {
        let sdp = format!("v=0\r\n{}\r\n", lines.join("\r\n"));
        if let Ok(pruned) = prune(&sdp) {
            prop_assert!(pruned.lines().count() <= sdp.lines().count());
            prop_assert!(pruned.len() <= sdp.len() + 2);
            prop_assert_eq!(prune(&pruned), Ok(pruned), "stable");
        }
    }
}
