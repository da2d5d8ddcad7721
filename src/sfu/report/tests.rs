//! The publisher's clock on ours, and lips in step with the voice.

use proptest::prelude::*;

use super::*;

const LOW: LayerId = LayerId(0);
const MS: u64 = NTP_SECOND / 1000;
/// Some moment on our clock.
const NOW: u64 = 3_900_000_000 * NTP_SECOND;
/// The publisher's clock is some years behind ours.
const BEHIND: u64 = 100_000_000 * NTP_SECOND;

#[test]
fn nothing_is_known_before_a_packet() {
    let map = ClockMap::new();
    assert_eq!(map.timeline(TrackKey::Audio, LOW, 48_000), None);
    assert_eq!(map.rtp_at(TrackKey::Video, LOW, NOW, 90_000), None);
}

#[test]
fn arrival_stands_in_until_the_first_report() {
    let mut map = ClockMap::default();
    map.handle_packet(TrackKey::Video, LOW, 1000, NOW);
    assert_eq!(map.rtp_at(TrackKey::Video, LOW, NOW + NTP_SECOND, 90_000), Some(91_000));
    map.handle_sender_report(TrackKey::Video, LOW, NOW - BEHIND, 5000, NOW + 10 * MS);
    map.handle_packet(TrackKey::Video, LOW, 99_999, NOW + 20 * MS);
    let at_report = map.rtp_at(TrackKey::Video, LOW, NOW + 10 * MS, 90_000);
    assert_eq!(at_report, Some(5000), "a packet no longer moves it");
}

#[test]
fn lips_stay_in_step_whatever_the_network_does() {
    let mut map = ClockMap::new();
    // Sound's report took 5 ms, the picture's 80 ms: the same offset must serve both.
    map.handle_sender_report(TrackKey::Audio, LOW, NOW - BEHIND, 48_000, NOW + 5 * MS);
    map.handle_sender_report(TrackKey::Video, LOW, NOW - BEHIND, 90_000, NOW + 80 * MS);
    let then = NOW + 5 * MS + NTP_SECOND;
    assert_eq!(map.rtp_at(TrackKey::Audio, LOW, then, 48_000), Some(96_000));
    assert_eq!(map.rtp_at(TrackKey::Video, LOW, then, 90_000), Some(180_000));
}

#[test]
fn the_quickest_report_wins_and_a_set_clock_is_followed() {
    let mut map = ClockMap::new();
    let second = |n: u64| NOW + n * NTP_SECOND;
    map.handle_sender_report(TrackKey::Audio, LOW, second(0) - BEHIND, 0, second(0) + 60 * MS);
    for n in 1..40 {
        map.handle_sender_report(TrackKey::Audio, LOW, second(n) - BEHIND, n as u32 * 48_000, second(n) + 20 * MS);
    }
    let error = map.rtp_at(TrackKey::Audio, LOW, second(40) + 20 * MS, 48_000).map(|rtp| rtp.abs_diff(40 * 48_000));
    assert!(error.is_some_and(|units| units <= 48), "within a millisecond of the quickest: {error:?}");
    // Their clock jumps an hour ahead.
    let ahead = BEHIND - 3600 * NTP_SECOND;
    map.handle_sender_report(TrackKey::Audio, LOW, second(41) - ahead, 41 * 48_000, second(41) + 20 * MS);
    assert_eq!(map.rtp_at(TrackKey::Audio, LOW, second(42) + 20 * MS, 48_000), Some(42 * 48_000));
}

#[test]
fn a_report_without_a_clock_says_nothing() {
    let mut map = ClockMap::new();
    map.handle_sender_report(TrackKey::Audio, LOW, 0, 5, NOW);
    map.handle_sender_report(TrackKey::Audio, LayerId(9), NOW, 5, NOW);
    map.handle_packet(TrackKey::Audio, LayerId(9), 5, NOW);
    assert_eq!(map.timeline(TrackKey::Audio, LOW, 48_000), None);
}

#[test]
fn a_report_goes_out_on_the_subscriber_s_own_timeline() {
    let timeline = Timeline { ntp: NOW, rtp: u32::MAX - 10, clock_rate_hz: 90_000 };
    let report = SenderReport::new(7, NOW + NTP_SECOND, &timeline, 11).with_counts((1 << 32) + 3, 1000);
    assert_eq!(report, SenderReport { ssrc: 7, ntp: NOW + NTP_SECOND, rtp: 90_000, packets: 3, octets: 1000 });
    assert_eq!(timeline.rtp_at(NOW - NTP_SECOND), (u32::MAX - 10).wrapping_sub(90_000), "and back in time");
}

proptest! {
    /// With one offset for both, sound and picture of the same capture moment map to the same moment.
    #[test]
    fn sound_and_picture_agree(delays in prop::collection::vec((0_u64..200, 0_u64..200), 1..60), skew in any::<u64>()) {
        let mut map = ClockMap::new();
        for (n, (audio, video)) in delays.iter().enumerate() {
            let sent = NOW + n as u64 * NTP_SECOND;
            let theirs = sent.wrapping_add(skew).max(1);
            map.handle_sender_report(TrackKey::Audio, LOW, theirs, n as u32 * 48_000, sent + audio * MS);
            map.handle_sender_report(TrackKey::Video, LOW, theirs, n as u32 * 90_000, sent + video * MS);
        }
        let then = NOW + delays.len() as u64 * NTP_SECOND;
        let audio = map.rtp_at(TrackKey::Audio, LOW, then, 48_000).map(|rtp| i64::from(rtp.cast_signed()) * 15);
        let video = map.rtp_at(TrackKey::Video, LOW, then, 90_000).map(|rtp| i64::from(rtp.cast_signed()) * 8);
        // Both are now in 1/720,000 s: one unit of either clock is at most 15 of these.
        prop_assert!(audio.zip(video).is_some_and(|(audio, video)| (audio - video).abs() <= 16), "{audio:?} {video:?}");
    }

    #[test]
    fn total_on_any_clock(reports in prop::collection::vec((any::<u64>(), any::<u32>(), any::<u64>()), 0..50), now: u64) {
        let mut map = ClockMap::new();
        for (ntp, rtp, arrival) in reports {
            map.handle_sender_report(TrackKey::Video, LOW, ntp, rtp, arrival);
            let _ = map.rtp_at(TrackKey::Video, LOW, now, u32::MAX);
        }
    }
}
