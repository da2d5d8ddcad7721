//! Payload types and layers, out of descriptions as they come.
use super::*;
use proptest::prelude::*;

const OFFER: &str = "v=0\r\na=group:BUNDLE 0 1\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\na=ice-ufrag:abcd\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
m=video 9 UDP/TLS/RTP/SAVPF 96 97 108 109\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
a=rtpmap:108 H264/90000\r\na=fmtp:108 packetization-mode=1;profile-level-id=42e01f\r\na=rtpmap:109 rtx/90000\r\na=fmtp:109 apt=108\r\n\
a=simulcast:send f;~h;q,x\r\n\
m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";

#[test]
fn formats_know_their_retransmissions() {
    let found = sections(OFFER);
    assert_eq!(found.len(), 2, "a data channel is no section of ours");
    assert_eq!((found[0].kind, found[0].direction), (MediaKind::Audio, Direction::SendOnly));
    assert_eq!(found[1].direction, Direction::SendRecv, "as RFC 8866 §6.7 has it by default");
    let video = |codec| found[1].format(codec).map(|f| (f.payload_type, f.rtx));
    assert_eq!(video(Codec::Vp8), Some((96, Some(97))));
    assert_eq!(video(Codec::H264), Some((108, Some(109))));
    assert_eq!(video(Codec::Opus), None);
    assert_eq!(found[0].format(Codec::Opus).map(|f| f.parameters.as_str()), Some("minptime=10;useinbandfec=1"));
}

#[test]
fn layers_go_from_low_to_high() {
    assert_eq!(layers(OFFER), ["q", "h", "f"]);
    assert_eq!(layers("a=simulcast:send lo;hi recv x"), ["lo", "hi"]);
    assert_eq!(layers("a=simulcast:recv x send a;b"), ["a", "b"]);
    assert!(layers("a=rid:q send").is_empty());
}

#[test]
fn rejected_sections_are_left_out() {
    assert!(sections("m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n").is_empty());
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>(), lines in proptest::collection::vec("(m=|a=rtpmap:|a=fmtp:|a=simulcast:)[ -~]{0,30}", 0..12)) {
        let _ = (sections(&text), layers(&text), sections(&lines.join("\n")), layers(&lines.join("\n")));
    }
}
