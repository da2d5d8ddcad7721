//! When each picture and each packet of sound is due: the robot's beat.
//!
//! Pure: time comes in as `now`. One start instant serves both grids (pictures every 1/30 s, sound every 20 ms), each
//! slot's due time is computed from the start and never from the slot before, so neither drifts and the two keep
//! together for as long as it runs. RTP time is the slot number times the step, hence continuous over loops and over
//! jumps within the clip.
//!
//! A sender that falls behind by more than [`MAX_BEHIND`] (the machine slept, the link stood still) does not catch up:
//! the missed slots are given up, as a camera's would be, and pictures go on from a keyframe.

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

/// RTP ticks from picture to picture: 90 kHz at 30 a second.
pub(super) const VIDEO_STEP: u32 = 3_000;
/// RTP ticks from packet to packet of sound: 48 kHz, 20 ms.
pub(super) const AUDIO_STEP: u32 = 960;

const FRAMES_PER_SECOND: u64 = 30;
const AUDIO_PACKET: Duration = Duration::from_millis(20);

/// Being this late is made up for at once; later than this is given up. A viewer's jitter buffer covers as much.
const MAX_BEHIND: Duration = Duration::from_millis(200);

/// A keyframe is at least this many pictures after the one before it, however often one is asked for: a keyframe is
/// thirty times the size of another picture, and what asked for the second is most often helped by the first.
const KEYFRAME_GAP: u32 = 2;

/// What must be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Picture `frame` of the clip, at `ticks` of the video clock (90 kHz) after the start, wrapping.
    Video {
        /// Index into the clip's pictures.
        frame: usize,
        /// Video clock since the start.
        ticks: u32,
    },
    /// Sound packet `packet` of the clip, at `ticks` of the audio clock (48 kHz) after the start, wrapping.
    Audio {
        /// Index into the clip's packets.
        packet: usize,
        /// Audio clock since the start.
        ticks: u32,
    },
}

/// The beat of one stretch on air.
#[derive(Debug)]
pub(super) struct Pacer {
    start: Instant,
    keyframes: Vec<bool>,
    audio_packets: usize,
    video_slot: u64,
    audio_slot: u64,
    /// The picture that the next video slot shows.
    frame: usize,
    since_keyframe: u32,
    keyframe_wanted: bool,
}

impl Pacer {
    /// A beat that starts at `start` with picture 0. `keyframes` says of each picture whether it is one; it must begin
    /// with `true`, and neither list may be empty (the invariant of a clip).
    pub(super) fn new(start: Instant, keyframes: Vec<bool>, audio_packets: usize) -> Self {
        Self {
            start,
            keyframes,
            audio_packets: audio_packets.max(1),
            video_slot: 0,
            audio_slot: 0,
            frame: 0,
            since_keyframe: KEYFRAME_GAP,
            keyframe_wanted: false,
        }
    }

    /// A receiver needs a keyframe: the next video slot shows the clip's next one.
    pub(super) fn request_keyframe(&mut self) {
        self.keyframe_wanted = true;
    }

    /// When the next slot is due.
    pub(super) fn next_at(&self) -> Instant {
        self.video_at(self.video_slot).min(self.audio_at(self.audio_slot))
    }

    /// What is due by `now`, earliest first; ask until it says `None`.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Due> {
        let video_at = self.video_at(self.video_slot);
        let audio_at = self.audio_at(self.audio_slot);
        if video_at.min(audio_at) > now {
            return None;
        }
        if now.duration_since(video_at.min(audio_at)) > MAX_BEHIND {
            self.give_up_missed(now);
            return self.poll(now);
        }
        Some(if video_at <= audio_at { self.take_video() } else { self.take_audio() })
    }

    fn take_video(&mut self) -> Due {
        if self.keyframe_wanted && self.since_keyframe >= KEYFRAME_GAP {
            self.frame = self.next_keyframe();
        }
        let frame = self.frame;
        if self.is_keyframe(frame) {
            self.keyframe_wanted = false;
            self.since_keyframe = 0;
        } else {
            self.since_keyframe = self.since_keyframe.saturating_add(1);
        }
        let ticks = ticks(self.video_slot, VIDEO_STEP);
        self.video_slot += 1;
        self.frame = (frame + 1) % self.keyframes.len().max(1);
        Due::Video { frame, ticks }
    }

    fn take_audio(&mut self) -> Due {
        let packet = usize::try_from(self.audio_slot % self.audio_packets as u64).unwrap_or_default();
        let ticks = ticks(self.audio_slot, AUDIO_STEP);
        self.audio_slot += 1;
        Due::Audio { packet, ticks }
    }

    fn give_up_missed(&mut self, now: Instant) {
        let elapsed = now.duration_since(self.start);
        let video_slot = (elapsed.as_nanos() * u128::from(FRAMES_PER_SECOND) / 1_000_000_000) as u64;
        let audio_slot = (elapsed.as_nanos() / AUDIO_PACKET.as_nanos()) as u64;
        if video_slot > self.video_slot {
            self.video_slot = video_slot;
            self.frame = self.next_keyframe();
        }
        self.audio_slot = self.audio_slot.max(audio_slot);
    }

    /// The first keyframe at or after the picture that is next, around the loop.
    fn next_keyframe(&self) -> usize {
        let count = self.keyframes.len().max(1);
        (0..count).map(|i| (self.frame + i) % count).find(|&i| self.is_keyframe(i)).unwrap_or_default()
    }

    fn is_keyframe(&self, frame: usize) -> bool {
        self.keyframes.get(frame).copied().unwrap_or_default()
    }

    fn video_at(&self, slot: u64) -> Instant {
        let seconds = slot / FRAMES_PER_SECOND;
        let nanos = (slot % FRAMES_PER_SECOND) * 1_000_000_000 / FRAMES_PER_SECOND;
        self.start + Duration::from_secs(seconds) + Duration::from_nanos(nanos)
    }

    fn audio_at(&self, slot: u64) -> Instant {
        self.start + Duration::from_millis(slot.saturating_mul(20))
    }
}

/// RTP time wraps at 32 bits by definition (RFC 3550 §5.1).
fn ticks(slot: u64, step: u32) -> u32 {
    (slot.wrapping_mul(u64::from(step)) & u64::from(u32::MAX)) as u32
}
