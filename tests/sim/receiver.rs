//! A viewer's player: what it has received, what it can show, what it says about it.
//!
//! Frames are shown when they are whole and what they depend on was shown: a base frame needs the base frame before it or
//! is a keyframe, an upper frame needs its base frame. Nothing is buffered, so a freeze is a freeze.

use std::collections::{BTreeMap, BTreeSet};

use quiora::sfu::forwarder::Out;
use quiora::sfu::packet::LayerId;
use quiora::sfu::rtcp::write_transport_feedback;

/// What a packet on the link is, beside its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Cargo {
    pub(crate) viewer: usize,
    /// Transport-wide number.
    pub(crate) number: u16,
    pub(crate) bytes: usize,
    pub(crate) media: Option<Media>,
}

/// A packet of a picture.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) out: Out,
    pub(crate) layer: LayerId,
    pub(crate) temporal: u8,
    pub(crate) keyframe: bool,
    /// How many packets its frame has.
    pub(crate) parts: usize,
}

#[derive(Debug, Default)]
struct Frame {
    got: BTreeSet<u64>,
    parts: usize,
    keyframe: bool,
    temporal: u8,
    base: u8,
}

/// One viewer.
#[derive(Debug, Default)]
pub(crate) struct Receiver {
    /// Arrivals that feedback has not told of, by unwrapped number, in microseconds.
    arrivals: BTreeMap<u64, u64>,
    highest: Option<u64>,
    told: u64,
    feedbacks: u8,
    frames: BTreeMap<u32, Frame>,
    base: Option<u8>,
    /// Numbers of pictures that are missing: when first noticed, when last asked for.
    missing: BTreeMap<u64, (u64, Option<u64>)>,
    newest: Option<u64>,
    /// When frames were shown, in milliseconds.
    pub(crate) shown: Vec<u64>,
    /// Bytes received in each second.
    pub(crate) seconds: BTreeMap<u64, usize>,
    pub(crate) layer: Option<LayerId>,
}

impl Receiver {
    pub(crate) fn receive(&mut self, at_us: u64, cargo: Cargo) {
        *self.seconds.entry(at_us / 1_000_000).or_default() += cargo.bytes;
        let highest = self.highest.unwrap_or(u64::from(cargo.number));
        let step = cargo.number.wrapping_sub(highest as u16).cast_signed();
        let number = highest.saturating_add_signed(i64::from(step));
        self.highest = Some(highest.max(number));
        if number >= self.told {
            self.arrivals.insert(number, at_us);
        }
        if let Some(media) = cargo.media {
            self.picture(at_us / 1000, &media);
        }
    }

    fn picture(&mut self, now_ms: u64, media: &Media) {
        let sequence = media.out.sequence;
        let newest = *self.newest.get_or_insert(sequence);
        (newest + 1..sequence).for_each(|n| {
            self.missing.insert(n, (now_ms, None));
        });
        self.newest = Some(newest.max(sequence));
        self.missing.remove(&sequence);
        let Some(base) = media.out.vp8.and_then(|ids| ids.tl0_pic_idx) else { return };
        self.layer = Some(media.layer);
        let frame = self.frames.entry(media.out.timestamp).or_default();
        frame.got.insert(sequence);
        (frame.parts, frame.temporal, frame.base) = (media.parts, media.temporal, base);
        frame.keyframe |= media.keyframe;
        self.show(now_ms);
    }

    fn show(&mut self, now_ms: u64) {
        loop {
            let fits = |frame: &Frame| {
                let follows = self.base.is_some_and(|shown| frame.base == shown.wrapping_add(1));
                let upper = frame.temporal > 0 && self.base == Some(frame.base);
                frame.got.len() == frame.parts && (frame.keyframe || upper || frame.temporal == 0 && follows)
            };
            let Some(next) = self.frames.iter().find(|(_, frame)| fits(frame)).map(|(at, _)| *at) else { break };
            let frame = self.frames.remove(&next).unwrap_or_default();
            if frame.temporal == 0 {
                self.base = Some(frame.base);
            }
            // What is older is not shown any more.
            self.frames.retain(|at, _| at.wrapping_sub(next) < 1 << 31);
            self.shown.push(now_ms);
        }
        while self.frames.len() > 200 {
            self.frames.pop_first();
        }
    }

    /// Numbers to ask for again, at most every 60 ms each, and not for ever.
    pub(crate) fn nacks(&mut self, now_ms: u64) -> Vec<u16> {
        self.missing.retain(|_, (since, _)| now_ms - *since < 500);
        let due = self.missing.iter_mut().filter(|(_, (_, asked))| asked.is_none_or(|at| now_ms - at >= 60));
        due.map(|(n, (_, asked))| {
            *asked = Some(now_ms);
            *n as u16
        })
        .collect()
    }

    /// A transport-wide feedback about everything since the last one.
    pub(crate) fn feedback(&mut self) -> Option<Vec<u8>> {
        let (first, at_us) = self.arrivals.first_key_value().map(|(n, at)| (*n, *at))?;
        let last = *self.arrivals.keys().next_back()?;
        let base = if self.told == 0 { first } else { self.told };
        let reference = at_us / 64_000;
        let arrival = |n| self.arrivals.get(&n).map(|at: &u64| *at as i64 - (reference * 64_000) as i64);
        let arrivals: Vec<_> = (base..=last).map(arrival).collect();
        let mut bytes = Vec::new();
        let head = (reference as u32 & 0xff_ffff, self.feedbacks);
        write_transport_feedback(&mut bytes, (1, 2), base as u16, head, &arrivals);
        self.feedbacks = self.feedbacks.wrapping_add(1);
        self.told = last + 1;
        self.arrivals.clear();
        Some(bytes)
    }

    /// The longest time without a new picture between two moments.
    pub(crate) fn longest_freeze(&self, from_ms: u64, to_ms: u64) -> u64 {
        let inside = self.shown.iter().copied().filter(|at| (from_ms..to_ms).contains(at));
        let mut last = from_ms;
        let longest = inside.map(|at| at - std::mem::replace(&mut last, at)).max().unwrap_or(0);
        longest.max(to_ms - last)
    }

    /// Bits per second received between two seconds.
    pub(crate) fn received_bps(&self, from_s: u64, to_s: u64) -> u64 {
        let bytes: usize = self.seconds.range(from_s..to_s).map(|(_, bytes)| bytes).sum();
        bytes as u64 * 8 / (to_s - from_s)
    }
}
