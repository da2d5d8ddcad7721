//! What a viewer must never see, checked packet by packet, and what must have happened somewhere in the worlds.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use quiora::sfu::codec::Codec;
use quiora::sfu::forwarder::{Decision, Forwarder, Out, Reason};
use quiora::sfu::packet::{LayerId, Packet, SourceId, TrackKey};
use quiora::sfu::{h264, vp8};

/// Counts over one or many worlds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) forwarded: u64,
    pub(crate) layer_switches: u64,
    pub(crate) source_switches: u64,
    pub(crate) late: u64,
    pub(crate) gaps: u64,
    pub(crate) fillers: u64,
    pub(crate) probes: u64,
    pub(crate) duplicates: u64,
    pub(crate) asks: u64,
    pub(crate) repeats: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.forwarded += other.forwarded;
        self.layer_switches += other.layer_switches;
        self.source_switches += other.source_switches;
        self.late += other.late;
        self.gaps += other.gaps;
        self.fillers += other.fillers;
        self.probes += other.probes;
        self.duplicates += other.duplicates;
        self.asks += other.asks;
        self.repeats += other.repeats;
    }

    pub(crate) fn assert_rich(&self) {
        assert!(self.forwarded > 100_000, "{self:?}");
        let rare =
            [self.layer_switches, self.source_switches, self.late, self.gaps, self.fillers, self.asks, self.repeats];
        assert!(rare.iter().all(|count| *count > 20), "{self:?}");
        assert!(self.probes > 1000 && self.duplicates > 1000, "{self:?}");
    }
}

/// One chain of numbers without a switch.
#[derive(Debug, Clone, Copy)]
struct Run {
    source: SourceId,
    layer: LayerId,
    input: u64,
    output: u64,
    /// How many packets the server had let through when the run began.
    began: u64,
}

/// Watches one slot of one viewer.
#[derive(Debug)]
pub(crate) struct Watcher {
    track: TrackKey,
    runs: Vec<Run>,
    given: BTreeMap<u64, (SourceId, LayerId, u64)>,
    newest: Option<Out>,
    /// When the newest arrived.
    arrived: Option<Instant>,
    pub(crate) last_forwarded_ms: Option<u64>,
    pub(crate) tally: Tally,
}

impl Watcher {
    pub(crate) fn new(track: TrackKey) -> Self {
        Self {
            track,
            runs: Vec::new(),
            given: BTreeMap::new(),
            newest: None,
            arrived: None,
            last_forwarded_ms: None,
            tally: Tally::default(),
        }
    }

    /// A decision was made; `let_through` counts what the server has taken in so far.
    pub(crate) fn decided(
        &mut self,
        now_ms: u64,
        source: SourceId,
        packet: &Packet,
        decision: Decision,
        forwarder: &Forwarder,
        let_through: u64,
    ) {
        match decision {
            Decision::Forward(out) => {
                self.last_forwarded_ms = Some(now_ms);
                self.forwarded(source, packet, out, let_through);
                self.check_nack(source, packet, out, forwarder);
            }
            Decision::Drop(reason) => self.dropped(source, packet, reason),
        }
    }

    fn forwarded(&mut self, source: SourceId, packet: &Packet, out: Out, let_through: u64) {
        self.tally.forwarded += 1;
        self.tally.fillers += u64::from(packet.payload.is_empty());
        let twice = self.given.insert(out.sequence, (source, packet.layer, packet.sequence));
        assert_eq!(twice, None, "the number {} was given twice", out.sequence);
        let same_run = self.runs.last().copied().filter(|run| {
            (run.source, run.layer) == (source, packet.layer)
                && out.sequence.wrapping_sub(run.output) == packet.sequence.wrapping_sub(run.input)
        });
        if same_run.is_none() {
            self.begins_run(source, packet, out, let_through);
        } else {
            let newest = self.newest.map_or(0, |newest| newest.sequence);
            self.tally.late += u64::from(out.sequence < newest);
            self.tally.gaps += u64::from(out.sequence > newest + 1);
        }
        self.follows(packet, out, same_run.is_none());
    }

    fn begins_run(&mut self, source: SourceId, packet: &Packet, out: Out, let_through: u64) {
        assert!(packet.keyframe, "{:?} begins in the middle of a picture: {packet:?}", self.track);
        // This world's encoders send their parameters with every keyframe: to begin behind them is to see nothing.
        assert!(packet.codec != Codec::H264 || h264::has_sps(&packet.payload), "begins without parameters: {packet:?}");
        if let Some(newest) = self.newest {
            assert_eq!(out.sequence, newest.sequence + 1, "a switch leaves a gap or goes back");
        }
        if let Some(last) = self.runs.last() {
            self.tally.source_switches += u64::from(last.source != source);
            self.tally.layer_switches += u64::from(last.source == source && last.layer != packet.layer);
        }
        let (input, output) = (packet.sequence, out.sequence);
        self.runs.push(Run { source, layer: packet.layer, input, output, began: let_through });
    }

    /// Time and picture ids go forward in the order of the numbers.
    fn follows(&mut self, packet: &Packet, out: Out, switched: bool) {
        if let Some(ids) = out.vp8 {
            assert!(vp8::rewrite(&mut packet.payload.to_vec(), ids), "ids that do not fit the payload");
        }
        let (Some(newest), Some(arrived)) = (self.newest, self.arrived) else {
            (self.newest, self.arrived) = (Some(out), Some(packet.arrived));
            return;
        };
        if out.sequence < newest.sequence {
            return;
        }
        self.arrived = Some(packet.arrived);
        let step = out.timestamp.wrapping_sub(newest.timestamp);
        if switched {
            let played = u128::from(step) * 1000 / u128::from(packet.codec.clock_rate_hz());
            let passed = packet.arrived.saturating_duration_since(arrived).as_millis();
            assert!(played.abs_diff(passed) < 300, "a switch after {passed} ms moves time by {played} ms");
        }
        assert!(step < 1 << 31, "time goes back: {newest:?} then {out:?}");
        assert!(!switched || step > 0, "time stands still over a switch");
        let ids = |out: Out| out.vp8.and_then(|ids| Some((ids.picture_id?, ids.tl0_pic_idx?)));
        if let (Some((before, tl0_before)), Some((after, tl0_after))) = (ids(newest), ids(out)) {
            let step = after.wrapping_sub(before) & 0x7fff;
            assert!(step < 0x4000, "picture ids go back: {before} then {after}");
            assert!(tl0_after.wrapping_sub(tl0_before) < 0x80, "TL0PICIDX goes back");
            assert!(!switched || (step == 1 && tl0_after.wrapping_sub(tl0_before) == 1), "a seam in the ids");
        }
        self.newest = Some(Out { vp8: out.vp8.or(newest.vp8), ..out });
    }

    /// Nothing of the present run may be kept back.
    fn dropped(&mut self, source: SourceId, packet: &Packet, reason: Reason) {
        let Some(run) = self.runs.last() else { return };
        if (run.source, run.layer) == (source, packet.layer) && reason != Reason::SourceSuperseded {
            assert!(packet.sequence < run.input, "kept back ({reason:?}) within a run: {packet:?}");
        }
    }

    /// What was just sent can be asked for again under its number.
    fn check_nack(&self, source: SourceId, packet: &Packet, out: Out, forwarder: &Forwarder) {
        let origin = forwarder.origin(out.sequence as u16);
        assert_eq!(
            origin.map(|o| (o.source, o.layer, o.sequence, o.output)),
            Some((source, packet.layer, packet.sequence, out.sequence))
        );
        let again = origin.and_then(|origin| forwarder.resend(&origin, packet));
        assert_eq!(again, Some(out), "sent again under other numbers");
    }

    /// At the end: each number that is missing is media that did not reach the server, or that came too early to be
    /// decoded. `arrived` says when which packet was let through.
    pub(crate) fn check_gaps(&self, arrived: &HashMap<(u64, TrackKey, LayerId, u64), u64>) {
        for (index, run) in self.runs.iter().enumerate() {
            let end = self.runs.get(index + 1).map(|next| next.output);
            let end = end.or(self.newest.map(|newest| newest.sequence + 1)).unwrap_or(run.output);
            for output in (run.output..end).filter(|output| !self.given.contains_key(output)) {
                let input = run.input + (output - run.output);
                let when = arrived.get(&(run.source.0, self.track, run.layer, input));
                let next_began = self.runs.get(index + 1).map(|next| next.began);
                let excused =
                    when.is_none_or(|when| *when < run.began || next_began.is_some_and(|began| *when >= began));
                assert!(excused, "{:?} {input} arrived and left a gap at {output}", self.track);
            }
        }
    }
}
