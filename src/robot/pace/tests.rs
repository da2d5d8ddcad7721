//! The beat in virtual time: even, together, continuous, quick with a keyframe, and forgiving of a sleep.

use super::{AUDIO_STEP, Due, Pacer, VIDEO_STEP};
use crate::clock;
use std::time::{Duration, Instant};

fn pacer(start: Instant) -> Pacer {
    Pacer::new(start, (0..60).map(|i| i % 15 == 0).collect(), 100)
}

/// Everything due in `from..=to`, polled each millisecond.
fn run(pacer: &mut Pacer, from: Instant, to: Instant) -> Vec<(Duration, Due)> {
    let mut out = Vec::new();
    let mut now = from;
    while now <= to {
        while let Some(due) = pacer.poll(now) {
            out.push((now - from, due));
        }
        now += Duration::from_millis(1);
    }
    out
}

#[test]
fn both_grids_are_even_and_continuous_over_loops() {
    let start = clock::monotonic();
    let mut pacer = pacer(start);
    let out = run(&mut pacer, start, start + Duration::from_secs(10));
    let video: Vec<_> = out
        .iter()
        .filter_map(|(at, d)| if let Due::Video { frame, ticks } = d { Some((*at, *frame, *ticks)) } else { None })
        .collect();
    let audio: Vec<_> = out
        .iter()
        .filter_map(|(at, d)| if let Due::Audio { packet, ticks } = d { Some((*at, *packet, *ticks)) } else { None })
        .collect();
    assert_eq!((video.len(), audio.len()), (301, 501));
    for (i, (at, frame, ticks)) in video.iter().enumerate() {
        assert_eq!((*frame, *ticks), (i % 60, i as u32 * VIDEO_STEP));
        let exact = Duration::from_secs_f64(i as f64 / 30.0);
        assert!(
            *at >= exact.saturating_sub(Duration::from_micros(1)) && *at < exact + Duration::from_millis(1),
            "frame {i} at {at:?}"
        );
    }
    for (i, (at, packet, ticks)) in audio.iter().enumerate() {
        assert_eq!((*at, *packet, *ticks), (Duration::from_millis(20 * i as u64), i % 100, i as u32 * AUDIO_STEP));
    }
}

#[test]
fn a_keyframe_comes_in_the_next_slot_and_time_goes_on() {
    let start = clock::monotonic();
    let mut pacer = pacer(start);
    let before = run(&mut pacer, start, start + Duration::from_millis(200));
    let last = before
        .iter()
        .rev()
        .find_map(|(_, d)| if let Due::Video { frame, ticks } = d { Some((*frame, *ticks)) } else { None })
        .unwrap();
    pacer.request_keyframe();
    let after = run(&mut pacer, start + Duration::from_millis(201), start + Duration::from_millis(300));
    let video: Vec<_> = after
        .iter()
        .filter_map(|(_, d)| if let Due::Video { frame, ticks } = d { Some((*frame, *ticks)) } else { None })
        .collect();
    assert_eq!(last.0, 6);
    assert_eq!(video[0], (15, last.1 + VIDEO_STEP));
    assert_eq!(video[1].0, 16);
}

#[test]
fn a_storm_of_requests_does_not_make_every_picture_a_keyframe() {
    let start = clock::monotonic();
    let mut pacer = pacer(start);
    let mut keyframes = 0;
    for ms in 0..1_000 {
        pacer.request_keyframe();
        while let Some(due) = pacer.poll(start + Duration::from_millis(ms)) {
            keyframes += u32::from(matches!(due, Due::Video { frame, .. } if frame % 15 == 0));
        }
    }
    assert!((8..=11).contains(&keyframes), "{keyframes}");
}

#[test]
fn after_a_sleep_the_missed_slots_are_given_up() {
    let start = clock::monotonic();
    let mut pacer = pacer(start);
    run(&mut pacer, start, start + Duration::from_millis(500));
    let woken = start + Duration::from_millis(3_510);
    let out = run(&mut pacer, woken, woken + Duration::from_millis(40));
    assert!(out.len() <= 5, "{out:?}");
    let first = out
        .iter()
        .find_map(|(_, d)| if let Due::Video { frame, ticks } = d { Some((*frame, *ticks)) } else { None })
        .unwrap();
    assert_eq!(first.0 % 15, 0);
    assert_eq!(first.1, 105 * VIDEO_STEP);
    assert!(out.iter().any(|(_, d)| matches!(d, Due::Audio { ticks, .. } if *ticks == 175 * AUDIO_STEP)));
}

#[test]
fn a_small_delay_is_made_up_for() {
    let start = clock::monotonic();
    let mut pacer = pacer(start);
    let mut due = 0;
    while pacer.poll(start + Duration::from_millis(150)).is_some() {
        due += 1;
    }
    assert_eq!(due, 5 + 8);
}
