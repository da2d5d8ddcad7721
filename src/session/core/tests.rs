//! The session's rules in virtual time.

use super::{Direction, Inbound, Refusal, SessionCore, Timing};
use crate::clock;
use proptest::prelude::*;
use quiora_signaling::{ClientMessage, PeerId, RefusalCode, Role, limits};
use std::time::{Duration, Instant};
use uuid::Uuid;

const HELLO: &[u8] = br#"{"type":"hello","id":1,"version":1,"token":"t"}"#;
const PING: &[u8] = br#"{"type":"ping","id":2}"#;

fn fresh() -> (SessionCore, Instant) {
    let now = clock::monotonic();
    (SessionCore::new(Timing::default(), now), now)
}

fn joined() -> (SessionCore, Instant) {
    let (mut core, now) = fresh();
    assert!(matches!(core.handle_frame(now, HELLO), Inbound::Accept(ClientMessage::Hello(_))));
    core.joined(Role::Viewer);
    (core, now)
}

fn refused(id: Option<u32>, code: RefusalCode) -> Inbound {
    Inbound::Refuse(Refusal { id, code, retry_after: None })
}

#[test]
fn hello_comes_first() {
    for first in [PING, b"{}".as_slice(), b"no json", br#"{"type":"dance","id":1}"#, br#"{"type":"hello","id":1}"#] {
        let (mut core, now) = fresh();
        assert_eq!(core.handle_frame(now, first), Inbound::Close(RefusalCode::HelloExpected));
    }
}

#[test]
fn hello_comes_once_and_in_our_version() {
    let (mut core, now) = joined();
    assert_eq!(core.handle_frame(now, HELLO), refused(Some(1), RefusalCode::HelloRepeated));
    let (mut core, now) = fresh();
    let other = br#"{"type":"hello","id":1,"version":2,"token":"t"}"#;
    assert_eq!(core.handle_frame(now, other), Inbound::Close(RefusalCode::VersionUnsupported));
}

#[test]
fn a_hello_with_a_bad_offer_may_be_said_again() {
    let (mut core, now) = fresh();
    let bad = br#"{"type":"hello","id":4,"version":1,"token":"t","subscribe":""}"#;
    assert_eq!(core.handle_frame(now, bad), refused(Some(4), RefusalCode::OfferInvalid));
    assert!(matches!(core.handle_frame(now, HELLO), Inbound::Accept(_)));
}

#[test]
fn broken_frames_are_refused_or_fatal_by_code() {
    let (mut core, now) = joined();
    assert_eq!(core.handle_frame(now, b"{"), refused(None, RefusalCode::BadMessage));
    assert_eq!(core.handle_frame(now, br#"{"type":"dance","id":7}"#), refused(Some(7), RefusalCode::UnknownMessage));
    assert_eq!(core.handle_frame(now, &[0xff, 0xfe]), Inbound::Close(RefusalCode::NotText));
    let huge = vec![b' '; limits::MAX_MESSAGE_BYTES + 1];
    assert_eq!(core.handle_frame(now, &huge), Inbound::Close(RefusalCode::TooLarge));
}

#[test]
fn silence_ends_it() {
    let (core, opened) = fresh();
    let hello = Duration::from_millis(limits::HELLO_TIMEOUT_MS);
    assert_eq!(core.poll_timeout(), opened + hello);
    assert_eq!(core.handle_timeout(opened + hello - Duration::from_millis(1)), None);
    assert_eq!(core.handle_timeout(opened + hello), Some(RefusalCode::HelloExpected));

    let (mut core, opened) = joined();
    let heard = opened + Duration::from_secs(20);
    assert!(matches!(core.handle_frame(heard, PING), Inbound::Accept(_)));
    let idle = Duration::from_millis(limits::IDLE_TIMEOUT_MS);
    assert_eq!(core.handle_timeout(opened + idle), None, "heard in between");
    assert_eq!(core.handle_timeout(heard + idle), Some(RefusalCode::Idle));
    assert_eq!(core.handle_control(heard + idle), None);
    assert_eq!(core.handle_timeout(heard + idle), None, "a control frame is a sign of life");
}

#[test]
fn a_flood_is_told_to_slow_down_and_then_ended() {
    let (mut core, now) = joined();
    let (mut limited, mut closed) = (0, false);
    for _ in 0..500 {
        match core.handle_frame(now, PING) {
            Inbound::Accept(_) => {}
            Inbound::Refuse(refusal) => {
                assert_eq!((refusal.id, refusal.code), (Some(2), RefusalCode::RateLimited));
                assert!(refusal.retry_after.is_some_and(|wait| wait <= Duration::from_millis(101)));
                limited += 1;
            }
            Inbound::Close(code) => {
                assert_eq!(code, RefusalCode::Flood);
                closed = true;
                break;
            }
        }
    }
    assert!(closed);
    assert_eq!(limited, limits::FLOOD_STRIKES - 1);
}

#[test]
fn control_frames_flood_too() {
    let (mut core, now) = joined();
    assert!((0..500).any(|_| core.handle_control(now) == Some(RefusalCode::Flood)));
}

#[test]
fn chat_has_its_own_pace() {
    let (mut core, now) = joined();
    let line = br#"{"type":"chat_send","id":3,"message":"01970000-0000-7000-8000-000000000001","text":"ciao"}"#;
    for _ in 0..5 {
        assert!(matches!(core.handle_frame(now, line), Inbound::Accept(_)));
    }
    let Inbound::Refuse(refusal) = core.handle_frame(now, line) else { panic!("the sixth is too fast") };
    assert_eq!(refusal.code, RefusalCode::RateLimited);
    let wait = refusal.retry_after.unwrap();
    assert!(wait > Duration::from_millis(1_400) && wait < Duration::from_millis(1_600), "{wait:?}");
    assert!(matches!(core.handle_frame(now + wait + Duration::from_millis(1), line), Inbound::Accept(_)));
    assert!(matches!(core.handle_frame(now, PING), Inbound::Accept(_)), "other requests are not held up");
}

#[test]
fn offers_have_their_own_pace_and_hello_counts() {
    let (mut core, now) = fresh();
    let hello = br#"{"type":"hello","id":1,"version":1,"token":"t","subscribe":"v=0"}"#;
    assert!(matches!(core.handle_frame(now, hello), Inbound::Accept(_)));
    core.joined(Role::Host);
    let offer = br#"{"type":"publish","id":3,"sdp":"v=0"}"#;
    for _ in 0..5 {
        assert!(matches!(core.handle_frame(now, offer), Inbound::Accept(_)));
    }
    assert!(matches!(core.handle_frame(now, offer), Inbound::Refuse(_)));
}

#[test]
fn a_newer_connection_names_the_older() {
    let (mut core, _) = joined();
    let peer = |n| PeerId(Uuid::from_u128(n));
    assert_eq!(core.answered(Direction::Subscribe, peer(1)), None);
    assert_eq!(core.answered(Direction::Publish, peer(2)), None);
    assert_eq!(core.answered(Direction::Subscribe, peer(3)), Some(peer(1)));
    assert_eq!(core.give_up(peer(1)), Err(RefusalCode::PeerNotFound));
    assert_eq!(core.give_up(peer(3)), Ok(Direction::Subscribe));
    assert_eq!(core.give_up(peer(2)), Ok(Direction::Publish));
    assert_eq!(core.give_up(peer(2)), Err(RefusalCode::PeerNotFound));
}

proptest! {
    #[test]
    fn no_bytes_hurt_it(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..50)) {
        let (mut core, now) = fresh();
        for frame in frames {
            let accepted = matches!(core.handle_frame(now, &frame), Inbound::Accept(_));
            prop_assert!(!accepted || core.role().is_none());
        }
    }
}
