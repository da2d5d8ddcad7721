//! One subscriber's numbers: sequence, timestamp and VP8 ids that go on without a seam, whatever is behind them.
//!
//! # Model
//! The output is a chain of **runs**. Within a run (one source, one layer) every output number is the input's plus a
//! constant, less the numbers before it that were closed up because their frames are above the temporal layer that this
//! subscriber gets ([`super::thinning`]); so gaps stay gaps and late packets find their place. A switch begins a run: the next free number, a
//! timestamp as much later as the packet *arrived* later, the next picture id. The last [`RUNS`] runs are remembered,
//! which is also the map that turns a subscriber's NACK back into the publisher's packet.
//!
//! # Invariants
//! - An output number is given at most once; it is what the cipher's nonce is made of.
//! - Output timestamps never go back over a switch, and a switch never reuses the last one.
//! - Nothing of an older run comes after a run has begun.
//! - A frame is left out whole or not at all. What of it comes too late to be closed up fills its number, empty.

use std::time::{Duration, Instant};

use super::codec::MediaKind;
use super::packet::{LayerId, Packet, SourceId};
use super::reason::Reason;
use super::temporal::TemporalFilter;
use super::thinning::Thinning;
use super::time::ticks;
use super::vp8::{Vp8Descriptor, Vp8Ids};
use super::window::{WINDOW, Window};

/// Runs that are remembered. NACKs ask for the last second or so; more switches than this within it do not happen.
/// When full, the oldest run is forgotten, and NACKs for it go unanswered.
pub const RUNS: usize = 8;

/// A jump of the input larger than this is a cut, not loss: receivers give up on NACKs for so many (Chromium: 1,000)
/// and a window of the 16-bit number must not be spent on it.
pub const MAX_GAP: u64 = 1000;

/// Sound without a measured packet length steps by this much at a switch: 20 ms, what every browser sends.
const AUDIO_STEP: Duration = Duration::from_millis(20);

/// A pause longer than this looks like this to the player: far from the point where 32-bit timestamps turn ambiguous
/// (6.6 h at 90 kHz).
const MAX_PAUSE: Duration = Duration::from_secs(3600);

/// How much closer together the frames of a fast start lie than they were made: 1 ms at 30 frames/s. More would let
/// frames at 90 kHz and 1,000 frames/s meet.
const HASTE: u32 = 33;

/// First output number. Below 2^15, so that receivers cannot mistake the first rollover (RFC 3711 §3.3.1), and above
/// zero, so that nothing can run below it.
const FIRST_SEQUENCE: u64 = 1000;

/// The numbers under which a packet goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Out {
    /// 64 bits: the lower 16 are the RTP sequence number, the next 32 the SRTP rollover counter.
    pub sequence: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// Ids to write into a VP8 payload, if it is one that has any.
    pub vp8: Option<Vp8Ids>,
    /// To be sent without its payload: its frame is left out, and it only fills a number that was already left open.
    pub empty: bool,
}

/// Where an output number came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The publisher's connection.
    pub source: SourceId,
    /// The layer.
    pub layer: LayerId,
    /// [`Packet::sequence`].
    pub sequence: u64,
    /// The output's 64-bit number.
    pub output: u64,
}

/// What became of a packet of the current run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewritten {
    /// It goes out under these numbers.
    Out(Out),
    /// It must not go out.
    Drop(Reason),
    /// It does not follow what was forwarded: a run must begin, for pictures at a keyframe.
    Cut,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    source: SourceId,
    layer: LayerId,
    input: u64,
    output: u64,
    timestamp_offset: u32,
    /// The run began with what is past: the publisher's timestamps before this one lie close together.
    live: Option<u32>,
    picture_id_offset: u16,
    tl0_offset: u8,
    /// Numbers were closed up in it.
    thinned: bool,
}

/// What the output has reached.
#[derive(Debug, Clone, Copy)]
struct Front {
    input: u64,
    output: u64,
    timestamp: u32,
    /// When the first packet of the latest frame arrived.
    arrived: Instant,
    picture_id: u16,
    tl0_pic_idx: u8,
}

/// Gives one subscriber's slot its numbers.
#[derive(Debug, Clone)]
pub struct Rewriter {
    kind: MediaKind,
    /// Newest last; `None` in front while there were fewer.
    runs: [Option<Run>; RUNS],
    front: Option<Front>,
    given: Window,
    audio_step: Option<u32>,
    filter: TemporalFilter,
    /// What was left out of the current run, and of the one before. Of older ones it is forgotten; NACKs for those that
    /// were thinned go unanswered.
    left_out: [Thinning; 2],
}

impl Rewriter {
    /// A rewriter that has given no number yet.
    #[must_use]
    pub const fn new(kind: MediaKind) -> Self {
        Self {
            kind,
            runs: [None; RUNS],
            front: None,
            given: Window::new(),
            audio_step: None,
            filter: TemporalFilter::new(),
            left_out: [const { Thinning::new() }; 2],
        }
    }

    /// The highest temporal id that goes out from now on. Lower at the next frame, higher at the next one that may.
    pub fn set_temporal_limit(&mut self, limit: u8) {
        self.filter.set_limit(limit);
    }

    /// What the current run adds to the publisher's timestamps, modulo 2^32: sender reports need it.
    #[must_use]
    pub fn timestamp_offset(&self) -> Option<u32> {
        self.run().map(|run| run.timestamp_offset)
    }

    /// Begins a run with this packet: it will get the next free number.
    ///
    /// `live` is for a run that begins with what is past ("fast start"): the timestamp of the newest frame. Those before
    /// it are drawn together by `HASTE`, so that a player shows the newest picture at once and none that is seconds old.
    pub fn begin(&mut self, source: SourceId, packet: &Packet, live: Option<u32>) {
        let ids = vp8_ids(packet);
        let first = hasten(packet.timestamp, live);
        let (output, timestamp, picture_id, tl0) = match self.front {
            None => (FIRST_SEQUENCE, first, ids.picture_id.unwrap_or(0), ids.tl0_pic_idx.unwrap_or(0)),
            Some(front) => (
                front.output + 1,
                front.timestamp.wrapping_add(self.pause(&front, packet)),
                front.picture_id.wrapping_add(1),
                front.tl0_pic_idx.wrapping_add(1),
            ),
        };
        let [current, previous] = &mut self.left_out;
        std::mem::swap(current, previous);
        current.clear();
        self.filter.restart();
        self.runs.rotate_left(1);
        if let Some(last) = self.runs.last_mut() {
            *last = Some(Run {
                source,
                layer: packet.layer,
                input: packet.sequence,
                output,
                timestamp_offset: timestamp.wrapping_sub(first),
                live,
                picture_id_offset: picture_id.wrapping_sub(ids.picture_id.unwrap_or(0)),
                tl0_offset: tl0.wrapping_sub(ids.tl0_pic_idx.unwrap_or(0)),
                thinned: false,
            });
        }
        let arrived = packet.arrived;
        // The number before the run's first counts as reached, so that the run's own gap is measured from its start.
        self.front = Some(Front {
            input: packet.sequence.saturating_sub(1),
            output: output - 1,
            timestamp,
            arrived,
            picture_id,
            tl0_pic_idx: tl0,
        });
    }

    /// The numbers for a packet of the current run's source and layer.
    pub fn rewrite(&mut self, packet: &Packet) -> Rewritten {
        let (Some(run), Some(front)) = (self.run(), self.front) else { return Rewritten::Cut };
        if packet.sequence < run.input {
            return Rewritten::Drop(Reason::BeforeSwitch);
        }
        if packet.sequence > front.input + MAX_GAP {
            return Rewritten::Cut;
        }
        let [left_out, _] = &mut self.left_out;
        if left_out.has_closed(packet.sequence) {
            return Rewritten::Drop(Reason::Duplicate);
        }
        let is_front = packet.sequence > front.input;
        if is_front {
            left_out.advance(packet.sequence);
        }
        if left_out.leaves_out(packet, &mut self.filter) && is_front {
            return self.close(packet);
        }
        let Some(closed) = left_out.closed_until(packet.sequence) else { return Rewritten::Drop(Reason::TooOld) };
        let number = run.output + (packet.sequence - run.input).saturating_sub(closed);
        let out = run.apply(packet, number, left_out);
        if !self.given.insert(out.sequence) {
            let covered = self.given.covers(out.sequence);
            return Rewritten::Drop(if covered { Reason::Duplicate } else { Reason::TooOld });
        }
        if out.sequence > front.output {
            self.move_front(packet, &out);
        }
        Rewritten::Out(out)
    }

    /// Which packet went out, or should have, under this RTP sequence number. `None`: never given, or long ago.
    #[must_use]
    pub fn origin(&self, sequence: u16) -> Option<Origin> {
        let front = self.front?;
        let behind = u64::from(u16::try_from(front.output & 0xffff).ok()?.wrapping_sub(sequence));
        let output = front.output.checked_sub(behind).filter(|_| behind < WINDOW)?;
        let (run, left_out) = self.run_of(output)?;
        let sequence = match left_out {
            Some(left_out) => left_out.find(run.input, output - run.output)?,
            None => run.input + (output - run.output),
        };
        Some(Origin { source: run.source, layer: run.layer, sequence, output })
    }

    /// The numbers of a packet that is to be sent again; `packet` is the one that `origin` names.
    #[must_use]
    pub fn resend(&self, origin: &Origin, packet: &Packet) -> Option<Out> {
        let (run, left_out) = self.run_of(origin.output)?;
        let same = run.source == origin.source && run.layer == packet.layer && packet.sequence == origin.sequence;
        same.then(|| run.apply(packet, origin.output, left_out.unwrap_or(&Thinning::NOTHING)))
    }

    /// Takes the number of a packet at the front out of the chain.
    fn close(&mut self, packet: &Packet) -> Rewritten {
        let [left_out, _] = &mut self.left_out;
        left_out.close(packet.sequence);
        if let Some(run) = self.runs.last_mut().and_then(Option::as_mut) {
            run.thinned = true;
        }
        if let Some(front) = self.front.as_mut() {
            front.input = packet.sequence;
        }
        Rewritten::Drop(Reason::TemporalLayer)
    }

    /// The run that gave an output number, and what was left out of it, if that is still known and not nothing.
    fn run_of(&self, output: u64) -> Option<(&Run, Option<&Thinning>)> {
        let (age, run) = self.runs.iter().rev().flatten().enumerate().find(|(_, run)| run.output <= output)?;
        let left_out = self.left_out.get(age).filter(|_| run.thinned);
        (left_out.is_some() || !run.thinned).then_some((run, left_out))
    }

    fn run(&self) -> Option<Run> {
        self.runs.last().copied().flatten()
    }

    /// How much later than the last forwarded frame this packet is, in clock units; at least one, and for sound at
    /// least one packet's worth, so that neither overlaps what was already played.
    fn pause(&self, front: &Front, packet: &Packet) -> u32 {
        let rate = packet.codec.clock_rate_hz();
        let least = match self.kind {
            MediaKind::Video => 1,
            MediaKind::Audio => self.audio_step.unwrap_or(ticks(AUDIO_STEP, rate)),
        };
        let elapsed = packet.arrived.saturating_duration_since(front.arrived).min(MAX_PAUSE);
        ticks(elapsed, rate).max(least)
    }

    fn move_front(&mut self, packet: &Packet, out: &Out) {
        let Some(front) = self.front.as_mut() else { return };
        let step = out.timestamp.wrapping_sub(front.timestamp);
        let follows = packet.sequence == front.input + 1;
        front.input = front.input.max(packet.sequence);
        front.output = out.sequence;
        // A timestamp that is "behind" belongs to a frame that was sent out of order; the front stays.
        if step != 0 && step < 1 << 31 {
            front.timestamp = out.timestamp;
            front.arrived = packet.arrived;
            let longest = packet.codec.clock_rate_hz() / 8;
            if self.kind == MediaKind::Audio && follows && step <= longest {
                self.audio_step = Some(step);
            }
        }
        if let Some(ids) = out.vp8 {
            front.picture_id = ids.picture_id.unwrap_or(front.picture_id);
            front.tl0_pic_idx = ids.tl0_pic_idx.unwrap_or(front.tl0_pic_idx);
        }
    }
}

impl Run {
    fn apply(&self, packet: &Packet, sequence: u64, left_out: &Thinning) -> Out {
        let timestamp = hasten(packet.timestamp, self.live).wrapping_add(self.timestamp_offset);
        let ids = vp8_ids(packet);
        let Some(frames) = left_out.frames_until(packet) else {
            return Out { sequence, timestamp, vp8: None, empty: true };
        };
        let vp8 = (ids != Vp8Ids::default()).then(|| Vp8Ids {
            picture_id: ids.picture_id.map(|id| id.wrapping_add(self.picture_id_offset).wrapping_sub(frames) & 0x7fff),
            tl0_pic_idx: ids.tl0_pic_idx.map(|index| index.wrapping_add(self.tl0_offset)),
        });
        Out { sequence, timestamp, vp8, empty: false }
    }
}

/// The timestamp, drawn towards `live` by [`HASTE`] if it lies before.
fn hasten(timestamp: u32, live: Option<u32>) -> u32 {
    let Some(live) = live else { return timestamp };
    let before = live.wrapping_sub(timestamp);
    // Half of the circle is the past.
    if before < 1 << 31 { live.wrapping_sub(before / HASTE) } else { timestamp }
}

/// The continuous fields of a VP8 packet; empty for every other.
fn vp8_ids(packet: &Packet) -> Vp8Ids {
    if packet.codec != super::codec::Codec::Vp8 {
        return Vp8Ids::default();
    }
    Vp8Descriptor::parse(&packet.payload)
        .map_or(Vp8Ids::default(), |d| Vp8Ids { picture_id: d.picture_id, tl0_pic_idx: d.tl0_pic_idx })
}

#[cfg(test)]
mod tests;
