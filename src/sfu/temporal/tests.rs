//! Which frames of a pattern go out, and where a decoder is taken up again.

use super::super::testing::{layered, start};
use super::*;

/// A frame with this temporal id and layer-sync bit.
fn frame(temporal: u8, sync: bool) -> Vp8Descriptor {
    let packet = layered(start(), 1, (1, 1, temporal, sync), true, false);
    Vp8Descriptor::parse(&packet.payload).expect("a descriptor")
}

/// What goes out of 0 2 1 2, with the sync bit on the upper frames or not.
fn pattern(filter: &mut TemporalFilter, sync: bool) -> String {
    let frames = [(0, false), (2, sync), (1, sync), (2, false)];
    frames
        .map(|(temporal, sync)| if filter.takes(&frame(temporal, sync)) { char::from(b'0' + temporal) } else { '-' })
        .iter()
        .collect()
}

#[test]
fn everything_goes_out_without_a_limit() {
    assert_eq!(pattern(&mut TemporalFilter::new(), false), "0212");
}

#[test]
fn down_is_at_once_and_up_a_layer_at_a_time_at_its_sync_frame() {
    let mut filter = TemporalFilter::new();
    filter.set_limit(1);
    assert_eq!(pattern(&mut filter, false), "0-1-");
    filter.set_limit(0);
    assert_eq!(pattern(&mut filter, true), "0---");
    filter.set_limit(2);
    assert_eq!(pattern(&mut filter, false), "0---", "nothing to begin at");
    assert_eq!(pattern(&mut filter, true), "0-1-", "the second layer's sync frame came before the first's");
    assert_eq!(pattern(&mut filter, true), "0212");
    assert_eq!(pattern(&mut filter, false), "0212");
}

#[test]
fn a_keyframe_brings_everything_back() {
    let mut filter = TemporalFilter::new();
    filter.set_limit(0);
    pattern(&mut filter, false);
    filter.set_limit(2);
    let mut keyframe = frame(0, false);
    keyframe.keyframe = true;
    assert!(filter.takes(&keyframe) && filter.takes(&frame(2, false)));
}

#[test]
fn an_encoder_without_sync_frames_does_not_keep_a_viewer_low() {
    let mut filter = TemporalFilter::new();
    filter.set_limit(0);
    pattern(&mut filter, false);
    filter.set_limit(u8::MAX);
    let patterns: Vec<_> = (0..20).map(|_| pattern(&mut filter, false)).collect();
    let up = patterns.iter().position(|p| p == "0212").expect("up at last");
    assert_eq!(up, usize::from(PATIENCE) - 1);
    assert!(patterns[up..].iter().all(|p| p == "0212"));
}

#[test]
fn frames_without_temporal_layers_are_not_concerned() {
    let mut filter = TemporalFilter::new();
    filter.set_limit(0);
    let mut plain = frame(3, false);
    plain.temporal_id = None;
    assert!(filter.takes(&plain));
}
