//! Who waits for whom.

use super::*;
use crate::media::measure::NOBODY;
use crate::sfu::codec::Codec;
use crate::sfu::packet::{LayerId, Packet, SourceId};
use bytes::Bytes;

fn batch(now: Instant, track: TrackKey, sequence: u64) -> Arc<Batch> {
    let packet = Packet {
        track,
        layer: LayerId(0),
        codec: if track == TrackKey::Audio { Codec::Opus } else { Codec::H264 },
        sequence,
        timestamp: 0,
        marker: true,
        keyframe: true,
        arrived: now,
        payload: Bytes::from_static(&[0x65]),
    };
    let (show, source) = (NOBODY.into(), SourceId(1));
    Arc::new(Batch { show, source, packets: vec![packet], paddings: vec![0], timelines: Vec::new(), past: false })
}

/// Track and number of what is forwarded, and of what goes along.
fn names(ready: Option<(Arc<Batch>, Option<Arc<Batch>>)>) -> Option<((TrackKey, u64), Option<u64>)> {
    let (batch, along) = ready?;
    Some(((batch.packets[0].track, batch.packets[0].sequence), along.map(|along| along.packets[0].sequence)))
}

#[test]
fn sound_goes_along_with_the_next_picture() {
    let (mut company, now) = (Company::default(), crate::clock::monotonic());
    assert_eq!(names(company.take(now, batch(now, TrackKey::Audio, 1), true)), None);
    let picture = company.take(now, batch(now, TrackKey::Video, 2), true);
    assert_eq!(names(picture), Some(((TrackKey::Video, 2), Some(1))));
    assert_eq!(company.due(), None);
}

#[test]
fn the_next_sound_ends_the_waiting_and_so_does_time() {
    let (mut company, mut now) = (Company::default(), crate::clock::monotonic());
    assert_eq!(names(company.take(now, batch(now, TrackKey::Audio, 1), true)), None);
    now += HOLD / 2;
    assert!(company.take_due(now).is_none());
    let second = company.take(now, batch(now, TrackKey::Audio, 2), true);
    assert_eq!(names(second), Some(((TrackKey::Audio, 1), None)), "in order, and one waits at most");
    now += HOLD;
    assert_eq!(company.due(), Some(now));
    assert_eq!(company.take_due(now).map(|sound| sound.packets[0].sequence), Some(2));
}

#[test]
fn nothing_waits_on_a_worker_that_has_time_and_what_waited_goes_first() {
    let (mut company, now) = (Company::default(), crate::clock::monotonic());
    let sound = company.take(now, batch(now, TrackKey::Audio, 1), false);
    assert_eq!(names(sound), Some(((TrackKey::Audio, 1), None)));
    assert_eq!(names(company.take(now, batch(now, TrackKey::Audio, 2), true)), None);
    let third = company.take(now, batch(now, TrackKey::Audio, 3), false);
    assert_eq!(names(third), Some(((TrackKey::Audio, 3), Some(2))), "the one along is written first");
}
