//! The decision for a slot over layers, sources, cuts and pauses.

use super::super::testing::{audio, ms, start, video, vp8};
use super::*;

const CAMERA: SourceId = SourceId(10);
const SCREEN: SourceId = SourceId(11);

fn out(decision: Decision) -> Out {
    match decision {
        Decision::Forward(out) => out,
        Decision::Drop(reason) => unreachable!("{reason:?}"),
    }
}

/// A slot that forwards the camera's layer 0, and the numbers of its first packet.
fn on_air() -> (Forwarder, Instant, Out) {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Video), start());
    let first = out(forwarder.forward(now, CAMERA, &video(now, 0, 100, true)));
    (forwarder, now, first)
}

#[test]
fn a_picture_begins_at_a_keyframe() {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Video), start());
    assert!(forwarder.wants_keyframe(now), "before anything is known");
    assert_eq!(forwarder.keyframe_source(now), None);
    let early = forwarder.forward(now, CAMERA, &video(now, 0, 100, false));
    assert_eq!(early, Decision::Drop(Reason::AwaitingKeyframe));
    assert_eq!(forwarder.keyframe_source(now), Some((CAMERA, LayerId(0))));
    out(forwarder.forward(now, CAMERA, &video(now, 0, 101, true)));
    assert!(!forwarder.wants_keyframe(now));
    assert_eq!(forwarder.current(), Some((CAMERA, LayerId(0))));
}

#[test]
fn sound_begins_at_once_and_never_asks() {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Audio), start());
    assert!(!forwarder.wants_keyframe(now));
    out(forwarder.forward(now, CAMERA, &audio(now, 100)));
    assert_eq!(forwarder.current(), Some((CAMERA, LayerId(0))));
}

#[test]
fn what_does_not_belong_into_the_slot() {
    let (mut forwarder, now, _) = on_air();
    assert_eq!(forwarder.forward(now, CAMERA, &audio(now, 1)), Decision::Drop(Reason::WrongKind));
    let confused = Packet { codec: Codec::Opus, ..video(now, 0, 101, true) };
    assert_eq!(forwarder.forward(now, CAMERA, &confused), Decision::Drop(Reason::WrongKind));
    forwarder.set_codecs(&[Codec::H264, Codec::Opus]);
    let unknown = vp8(now, 0, 101, true, 1, 1);
    assert_eq!(forwarder.forward(now, CAMERA, &unknown), Decision::Drop(Reason::CodecNotNegotiated));
    let high = video(now, 9, 101, true);
    assert_eq!(forwarder.forward(now, CAMERA, &high), Decision::Drop(Reason::NoSuchLayer));
    out(forwarder.forward(now, CAMERA, &video(now, 0, 101, false)));
}

#[test]
fn layers_change_at_a_keyframe_with_continuous_numbers() {
    let (mut forwarder, now, first) = on_air();
    let other = forwarder.forward(now, CAMERA, &video(now, 2, 7000, false));
    assert_eq!(other, Decision::Drop(Reason::LayerNotSelected));
    let switched = out(forwarder.forward(now + ms(33), CAMERA, &video(now + ms(33), 2, 7001, true)));
    assert_eq!(switched.sequence, first.sequence + 1);
    let old = forwarder.forward(now, CAMERA, &video(now, 0, 101, false));
    assert_eq!(old, Decision::Drop(Reason::LayerNotSelected));
    let late = forwarder.forward(now, CAMERA, &video(now, 2, 7000, false));
    assert_eq!(late, Decision::Drop(Reason::BeforeSwitch));
}

#[test]
fn a_new_source_is_adopted_at_its_keyframe_and_the_old_goes_on_until_then() {
    let (mut forwarder, now, first) = on_air();
    let early = forwarder.forward(now, SCREEN, &video(now, 0, 5, false));
    assert_eq!(early, Decision::Drop(Reason::AwaitingKeyframe));
    assert_eq!(forwarder.keyframe_source(now), Some((SCREEN, LayerId(0))));
    out(forwarder.forward(now, CAMERA, &video(now, 0, 101, false)));
    let adopted = out(forwarder.forward(now + ms(40), SCREEN, &video(now + ms(40), 0, 6, true)));
    assert_eq!(adopted.sequence, first.sequence + 2);
    assert_eq!(adopted.timestamp, first.timestamp + 3000 + 3600);
    let old = forwarder.forward(now + ms(41), CAMERA, &video(now + ms(41), 0, 102, true));
    assert_eq!(old, Decision::Drop(Reason::SourceSuperseded), "even with a keyframe");
}

#[test]
fn a_source_that_was_left_comes_back_when_asked_for_or_when_alone() {
    let (mut forwarder, now, _) = on_air();
    out(forwarder.forward(now, SCREEN, &video(now, 0, 5, true)));
    let mut asked = forwarder.clone();
    asked.follow(CAMERA);
    assert!(!asked.wants_keyframe(now), "nothing has come of it yet");
    let early = asked.forward(now, CAMERA, &video(now, 0, 102, false));
    assert_eq!(early, Decision::Drop(Reason::AwaitingKeyframe));
    assert!(asked.wants_keyframe(now));
    out(asked.forward(now, CAMERA, &video(now, 0, 103, true)));
    let left = asked.forward(now, SCREEN, &video(now, 0, 6, true));
    assert_eq!(left, Decision::Drop(Reason::SourceSuperseded));

    let later = now + ms(2000);
    out(forwarder.forward(later, CAMERA, &video(later, 0, 150, true)));
    assert_eq!(forwarder.current(), Some((CAMERA, LayerId(0))));
}

#[test]
fn last_packets_of_a_source_that_was_only_waited_for_do_not_win_it_back() {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Video), start());
    forwarder.forward(now, CAMERA, &video(now, 0, 100, false));
    forwarder.forward(now, SCREEN, &video(now, 0, 5, false));
    let late = forwarder.forward(now, CAMERA, &video(now, 0, 99, true));
    assert_eq!(late, Decision::Drop(Reason::SourceSuperseded));
    out(forwarder.forward(now, SCREEN, &video(now, 0, 6, true)));
}

#[test]
fn an_older_source_that_was_never_seen_does_not_win_either() {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Video), start());
    forwarder.forward(now, SCREEN, &video(now, 0, 5, false));
    let late = forwarder.forward(now, CAMERA, &video(now, 0, 99, true));
    assert_eq!(late, Decision::Drop(Reason::SourceSuperseded), "brought back by the network");
    forwarder.follow(CAMERA);
    forwarder.forward(now, SourceId(12), &video(now, 0, 1, false));
    out(forwarder.forward(now, CAMERA, &video(now, 0, 101, true)));
    let newer = forwarder.forward(now, SourceId(12), &video(now, 0, 2, true));
    assert_eq!(newer, Decision::Drop(Reason::SourceSuperseded), "another was asked for");
    let later = now + ms(2000);
    out(forwarder.forward(later, SourceId(12), &video(later, 0, 9, true)));
}

#[test]
fn sound_changes_its_source_at_once() {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Audio), start());
    let first = out(forwarder.forward(now, CAMERA, &audio(now, 100)));
    let second = out(forwarder.forward(now + ms(20), SCREEN, &audio(now + ms(20), 9)));
    assert_eq!((second.sequence, second.timestamp), (first.sequence + 1, first.timestamp + 960));
    let old = forwarder.forward(now + ms(21), CAMERA, &audio(now + ms(21), 101));
    assert_eq!(old, Decision::Drop(Reason::SourceSuperseded));
}

#[test]
fn a_cut_waits_for_a_keyframe_and_asks_for_it() {
    let (mut forwarder, now, first) = on_air();
    let cut = forwarder.forward(now, CAMERA, &video(now, 0, 200_000, false));
    assert_eq!(cut, Decision::Drop(Reason::AwaitingKeyframe));
    assert_eq!(forwarder.keyframe_source(now), Some((CAMERA, LayerId(0))));
    let healed = out(forwarder.forward(now, CAMERA, &video(now, 0, 200_001, true)));
    assert_eq!(healed.sequence, first.sequence + 1);
    assert!(!forwarder.wants_keyframe(now));
}

#[test]
fn sound_survives_a_cut() {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Audio), start());
    let first = out(forwarder.forward(now, CAMERA, &audio(now, 100)));
    let after = out(forwarder.forward(now, CAMERA, &audio(now, 200_000)));
    assert_eq!(after.sequence, first.sequence + 1);
}

#[test]
fn a_pause_ends_at_a_keyframe() {
    let (mut forwarder, now, first) = on_air();
    forwarder.set_paused(true);
    assert!(!forwarder.wants_keyframe(now));
    let paused = forwarder.forward(now, CAMERA, &video(now, 0, 101, true));
    assert_eq!(paused, Decision::Drop(Reason::Paused));
    forwarder.set_paused(false);
    assert!(forwarder.wants_keyframe(now));
    let waiting = forwarder.forward(now, CAMERA, &video(now, 0, 102, false));
    assert_eq!(waiting, Decision::Drop(Reason::AwaitingKeyframe));
    let resumed = out(forwarder.forward(now, CAMERA, &video(now, 0, 103, true)));
    assert_eq!(resumed.sequence, first.sequence + 1, "no gap to be asked for");
}

#[test]
fn the_limit_holds_for_the_next_source_too() {
    let (mut forwarder, now, _) = on_air();
    forwarder.set_limit(LayerId(0));
    forwarder.forward(now, SCREEN, &video(now, 0, 4, false));
    let high = forwarder.forward(now, SCREEN, &video(now, 1, 5, true));
    assert_eq!(high, Decision::Drop(Reason::AwaitingKeyframe));
    out(forwarder.forward(now, SCREEN, &video(now, 0, 5, true)));
}

#[test]
fn a_nack_leads_back_to_the_packet() {
    let (mut forwarder, now, first) = on_air();
    let packet = video(now, 0, 101, false);
    let second = out(forwarder.forward(now, CAMERA, &packet));
    let origin = forwarder.origin(second.sequence as u16).expect("just sent");
    assert_eq!((origin.source, origin.sequence), (CAMERA, 101));
    assert_eq!(forwarder.resend(&origin, &packet), Some(second));
    assert_eq!(forwarder.timestamp_offset(), Some(second.timestamp.wrapping_sub(packet.timestamp)));
    assert_eq!(forwarder.origin(first.sequence as u16 - 1), None);
}

#[test]
fn a_filler_goes_through_like_media_but_begins_nothing() {
    let (mut forwarder, now, first) = on_air();
    out(forwarder.forward(now, CAMERA, &video(now, 0, 102, false)));
    let filler = Packet { payload: bytes::Bytes::new(), ..video(now, 0, 101, false) };
    assert_eq!(out(forwarder.forward(now, CAMERA, &filler)).sequence, first.sequence + 1);
}

/// A VP8 packet of one frame with this temporal id.
fn temporal(now: Instant, layer: u8, sequence: u64, temporal: u8) -> Packet {
    let frame = (sequence as u16, sequence as u8, temporal, true);
    let packet =
        super::super::testing::layered(now, sequence, frame, true, temporal == 0 && sequence.is_multiple_of(10));
    Packet { layer: LayerId(layer), ..packet }
}

#[test]
fn frames_above_the_temporal_limit_leave_no_gap() {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Video), start());
    forwarder.set_temporal_limit(1);
    let first = out(forwarder.forward(now, CAMERA, &temporal(now, 0, 10, 0)));
    let dropped = forwarder.forward(now, CAMERA, &temporal(now, 0, 11, 2));
    assert_eq!(dropped, Decision::Drop(Reason::TemporalLayer));
    assert_eq!(out(forwarder.forward(now, CAMERA, &temporal(now, 0, 12, 1))).sequence, first.sequence + 1);
    assert_eq!(forwarder.origin(first.sequence as u16 + 1).map(|origin| origin.sequence), Some(12));
}

#[test]
fn a_layer_that_is_to_be_left_is_thinned_until_the_lower_one_s_keyframe() {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Video), start());
    out(forwarder.forward(now, CAMERA, &temporal(now, 1, 10, 0)));
    forwarder.forward(now, CAMERA, &temporal(now, 0, 11, 1));
    out(forwarder.forward(now, CAMERA, &temporal(now, 1, 11, 1)));
    forwarder.set_limit(LayerId(0));
    assert_eq!(forwarder.forward(now, CAMERA, &temporal(now, 1, 12, 2)), Decision::Drop(Reason::TemporalLayer));
    out(forwarder.forward(now, CAMERA, &temporal(now, 1, 13, 0)));
    out(forwarder.forward(now, CAMERA, &temporal(now, 0, 20, 0)));
    out(forwarder.forward(now, CAMERA, &temporal(now, 0, 21, 2)));
    assert_eq!(forwarder.current(), Some((CAMERA, LayerId(0))));
}

#[test]
fn the_only_layer_is_not_thinned_for_being_above_the_limit() {
    let (mut forwarder, now) = (Forwarder::new(MediaKind::Video), start());
    forwarder.set_limit(LayerId(0));
    out(forwarder.forward(now, CAMERA, &temporal(now, 1, 10, 0)));
    out(forwarder.forward(now, CAMERA, &temporal(now, 1, 11, 2)));
}
