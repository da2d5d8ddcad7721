//! Which bytes are which protocol, and that nothing broken gets through.

use proptest::prelude::*;

use super::*;

/// A message with these attributes, padded as RFC 8489 §14 asks.
fn stun(kind: u16, attributes: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (attribute, value) in attributes {
        body.extend_from_slice(&attribute.to_be_bytes());
        body.extend_from_slice(&(value.len() as u16).to_be_bytes());
        body.extend_from_slice(value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut message = kind.to_be_bytes().to_vec();
    message.extend_from_slice(&(body.len() as u16).to_be_bytes());
    message.extend_from_slice(&MAGIC_COOKIE);
    message.extend_from_slice(b"transaction!");
    message.extend_from_slice(&body);
    message
}

fn view(message: &[u8]) -> StunView<'_> {
    match classify(message) {
        Some(Kind::Stun(view)) => view,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn a_binding_request_names_us_before_the_colon() {
    let message = stun(0x0001, &[(0x0006, b"ours:theirs"), (0x0025, b""), (0x0008, &[0; 20]), (0x8028, &[0; 4])]);
    let view = view(&message);
    assert_eq!((view.class(), view.method()), (StunClass::Request, 1));
    assert_eq!(view.transaction_id(), *b"transaction!");
    assert_eq!(view.username_local(), Some(&b"ours"[..]));
    assert!(view.has_use_candidate());
    assert_eq!(view.as_bytes(), &message[..]);
}

#[test]
fn only_requests_have_a_username_and_it_needs_a_colon() {
    assert_eq!(view(&stun(0x0101, &[(0x0006, b"a:b")])).username_local(), None);
    assert_eq!(view(&stun(0x0001, &[(0x0006, b"ab")])).username_local(), None);
    assert_eq!(view(&stun(0x0001, &[])).username_local(), None);
    assert_eq!(view(&stun(0x0001, &[(0x0006, b":b")])).username_local(), Some(&b""[..]));
}

#[test]
fn what_follows_the_integrity_check_is_ignored() {
    let message = stun(0x0001, &[(0x0008, &[0; 20]), (0x0006, b"a:b"), (0x0025, b"")]);
    assert_eq!(view(&message).username_local(), None);
    assert!(!view(&message).has_use_candidate());
}

#[test]
fn classes_and_methods_are_untangled() {
    assert_eq!(view(&stun(0x0101, &[])).class(), StunClass::Success);
    assert_eq!(view(&stun(0x0111, &[])).class(), StunClass::Error);
    assert_eq!(view(&stun(0x0011, &[])).class(), StunClass::Indication);
    assert_eq!(view(&stun(0x03ef, &[])).method(), 0x0ff);
}

#[test]
fn broken_stun_is_nothing() {
    let whole = stun(0x0001, &[(0x0006, b"ours:theirs")]);
    for length in 0..whole.len() {
        assert_eq!(classify(&whole[..length]), None, "{length} bytes");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert_eq!(classify(&longer), None, "trailing byte");
    let mut cookie = whole.clone();
    cookie[4] ^= 1;
    assert_eq!(classify(&cookie), None, "cookie");
    let mut attribute = whole;
    attribute[23] = 200;
    assert_eq!(classify(&attribute), None, "attribute beyond the end");
}

#[test]
fn media_and_its_control_are_told_apart() {
    let mut packet = [0_u8; 12];
    packet[0] = 0x80;
    packet[8..12].copy_from_slice(&7_u32.to_be_bytes());
    packet[4..8].copy_from_slice(&9_u32.to_be_bytes());
    for payload_type in [0, 96, 127, 128 + 96, 128 + 127, 191, 224] {
        packet[1] = payload_type;
        if !(192..=223).contains(&payload_type) {
            assert_eq!(classify(&packet), Some(Kind::Rtp { ssrc: 7 }), "{payload_type}");
        }
    }
    for payload_type in 192..=223 {
        packet[1] = payload_type;
        assert_eq!(classify(&packet), Some(Kind::Rtcp { ssrc: 9 }), "{payload_type}");
        assert_eq!(classify(&packet[..8]), Some(Kind::Rtcp { ssrc: 9 }));
        assert_eq!(classify(&packet[..7]), None);
    }
    packet[1] = 96;
    assert_eq!(classify(&packet[..11]), None);
}

#[test]
fn the_ranges_between_are_nobody_s() {
    for first in (4..20).chain(64..128).chain(192..=255) {
        assert_eq!(classify(&[first; 64]), None, "{first}");
    }
    assert_eq!(classify(&[22; 13]), Some(Kind::Dtls));
    assert_eq!(classify(&[22; 12]), None);
    assert_eq!(classify(&[]), None);
}

proptest! {
    #[test]
    fn total_on_any_bytes(datagram in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(Kind::Stun(view)) = classify(&datagram) {
            let _ = (view.username_local(), view.has_use_candidate());
        }
    }

    /// Random bytes seldom get past the cookie; this gets behind it.
    #[test]
    fn total_on_any_attributes(kind in 0_u16..0x4000, body in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut message = stun(kind, &[]);
        message.extend_from_slice(&body);
        let length = (body.len() as u16).to_be_bytes();
        message[2..4].copy_from_slice(&length);
        if let Some(Kind::Stun(view)) = classify(&message) {
            let _ = (view.username_local(), view.has_use_candidate());
            prop_assert!(body.len() % 4 == 0);
        }
    }

    #[test]
    fn attributes_round_trip(name in "[a-z]{1,16}", other in "[a-z]{1,16}", nominate: bool) {
        let username = format!("{name}:{other}");
        let mut attributes: Vec<(u16, &[u8])> = vec![(0x802a, &[1; 8]), (0x0006, username.as_bytes())];
        if nominate {
            attributes.push((0x0025, b""));
        }
        let message = stun(0x0001, &attributes);
        prop_assert_eq!(view(&message).username_local(), Some(name.as_bytes()));
        prop_assert_eq!(view(&message).has_use_candidate(), nominate);
    }
}

#[test]
fn records_in_clear_are_left_out() {
    let record = |epoch: u8, length: u8| {
        let mut out = vec![22, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 0, 0, length];
        out.resize(13 + usize::from(length), epoch);
        out
    };
    let datagram = [record(0, 5), record(1, 7), record(0, 0), record(2, 1)].concat();
    assert_eq!(protected_records(&datagram).collect::<Vec<_>>(), [record(1, 7), record(2, 1)]);
    let cut = &datagram[..datagram.len() - 1];
    assert_eq!(protected_records(cut).collect::<Vec<_>>(), [record(1, 7)]);
    assert_eq!(protected_records(&[]).count(), 0);
}
