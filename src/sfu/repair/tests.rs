//! Retransmissions mapped back, probes left alone.

use proptest::prelude::*;

use super::*;

const OFFER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 106 107 96 97\r\n\
    a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n\
    a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n\
    a=extmap:11/sendonly urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n\
    a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n\
    a=fmtp:107 apt=106\r\na=fmtp:97 apt=96\r\n";

fn map() -> RtxMap {
    RtxMap::from_offer(OFFER)
}

fn view<'a>(ssrc: u32, payload_type: u8, payload: &'a [u8]) -> RepairView<'a> {
    RepairView { ssrc, payload_type, rid: None, repaired_rid: None, payload }
}

/// A map that knows layer `q` (1, repaired by 2).
fn learned() -> RtxMap {
    let mut map = map();
    assert_eq!(map.on_packet(&RepairView { rid: Some(b"q"), ..view(1, 106, b"media") }), Action::Pass);
    let probe = RepairView { repaired_rid: Some(b"q"), ..view(2, 107, b"") };
    assert_eq!(map.on_packet(&probe), Action::Pass, "a probe passes, and teaches");
    map
}

#[test]
fn a_retransmission_becomes_the_packet_it_repeats() {
    let expected = Action::Rewrite { ssrc: 1, payload_type: 106, sequence: 0x1234, strip: 2 };
    assert_eq!(learned().on_packet(&view(2, 107, &[0x12, 0x34, 0x65])), expected);
    let mut map = learned();
    map.on_packet(&RepairView { repaired_rid: Some(b"q"), ..view(3, 107, &[0, 1, 2]) });
    let expected = Action::Rewrite { ssrc: 1, payload_type: 106, sequence: 5, strip: 2 };
    assert_eq!(map.on_packet(&view(3, 107, &[0, 5, 0x65])), expected, "a new SSRC for the same layer");
}

#[test]
fn what_is_not_understood_passes() {
    for payload in [&b""[..], &[0x12], &[0x12, 0x34]] {
        assert_eq!(learned().on_packet(&view(2, 107, payload)), Action::Pass, "a probe");
    }
    assert_eq!(learned().on_packet(&view(2, 99, &[0, 1, 2])), Action::Pass, "unknown format");
    assert_eq!(learned().on_packet(&view(9, 107, &[0, 1, 2])), Action::Pass, "unknown stream");
    let unknown = RepairView { repaired_rid: Some(b"f"), ..view(5, 107, &[0, 1, 2]) };
    assert_eq!(learned().on_packet(&unknown), Action::Pass, "a layer that has not been seen");
    assert_eq!(learned().on_packet(&view(1, 106, &[0, 1, 2])), Action::Pass, "media");
}

#[test]
fn a_layer_that_changes_its_ssrc_is_followed() {
    let mut map = learned();
    map.on_packet(&RepairView { rid: Some(b"q"), ..view(7, 106, b"media") });
    let action = map.on_packet(&view(2, 107, &[0, 1, 2]));
    assert_eq!(action, Action::Rewrite { ssrc: 7, payload_type: 106, sequence: 1, strip: 2 });
}

#[test]
fn full_tables_forget_the_oldest() {
    let mut map = learned();
    for n in 0..STREAMS as u32 {
        map.on_packet(&RepairView { rid: Some(&[b'a' + n as u8]), ..view(100 + n, 106, b"media") });
    }
    assert_eq!(map.on_packet(&view(2, 107, &[0, 1, 2])), Action::Pass, "layer q was learned first");
    map.on_packet(&RepairView { repaired_rid: Some(b"b"), ..view(50, 107, b"") });
    let action = map.on_packet(&view(50, 107, &[0, 1, 2]));
    assert_eq!(action, Action::Rewrite { ssrc: 101, payload_type: 106, sequence: 1, strip: 2 });
}

#[test]
fn reads_a_packet_s_extensions_by_the_offer_s_ids() {
    let mut packet = vec![0x90, 107, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0xbe, 0xde, 0, 1, 0xb0, b'q', 0, 0];
    packet.extend_from_slice(&[0x12, 0x34, 0x65]);
    let header = RtpHeader::parse(&packet).expect("whole");
    let map = map();
    let view = map.view(&header, &packet);
    assert_eq!((view.rid, view.repaired_rid), (None, Some(&b"q"[..])));
    assert_eq!((view.ssrc, view.payload_type, view.payload), (2, 107, &[0x12, 0x34, 0x65][..]));
}

proptest! {
    #[test]
    fn total_on_anything(packets in prop::collection::vec(
        (0_u32..12, any::<u8>(), prop::option::of(prop::collection::vec(any::<u8>(), 0..20)), any::<bool>(),
         prop::collection::vec(any::<u8>(), 0..6)), 0..100)) {
        let mut map = map();
        for (ssrc, payload_type, rid, repaired, payload) in packets {
            let rid = rid.as_deref();
            let (rid, repaired_rid) = if repaired { (None, rid) } else { (rid, None) };
            let action = map.on_packet(&RepairView { ssrc, payload_type, rid, repaired_rid, payload: &payload });
            if let Action::Rewrite { strip, .. } = action {
                prop_assert!(strip < payload.len());
            }
        }
    }

    #[test]
    fn any_text_is_an_offer_that_says_nothing(text in ".{0,300}") {
        let _ = RtxMap::from_offer(&text);
    }
}

#[test]
fn declared_streams_are_mapped_by_their_group() {
    let offer = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=fmtp:97 apt=96\r\na=ssrc-group:FID 1111 2222\r\n";
    let mut map = RtxMap::from_offer(offer);
    let view =
        |payload: &'static [u8]| RepairView { ssrc: 2222, payload_type: 97, rid: None, repaired_rid: None, payload };
    let rewrite = Action::Rewrite { ssrc: 1111, payload_type: 96, sequence: 0x0102, strip: 2 };
    assert_eq!(map.on_packet(&view(&[1, 2, 3])), rewrite);
    assert_eq!(map.on_packet(&view(&[])), Action::Pass, "a probe");
    assert_eq!(map.on_packet(&RepairView { ssrc: 3333, ..view(&[1, 2, 3]) }), Action::Pass, "a stranger");
}
