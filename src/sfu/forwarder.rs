//! The per-packet decision for one slot of one subscriber: selector + rewriter, and which source fills the slot.
//!
//! What fills a slot may change (the seller reconnects, camera becomes screen, another person): a newer source, one
//! with a greater id, is adopted at its first keyframe, sound at once, and the numbers go on. Until then the old one is
//! forwarded. An older one is not taken while the newer one lives, so that packets that come late (the network brings
//! them back seconds after) cannot pull the slot back; [`Forwarder::follow`] overrules the order of ids.
//!
//! The decision is a value ([`Decision`]); nothing here allocates.

use std::time::{Duration, Instant};

use super::codec::{Codec, MediaKind};
pub use super::packet::SourceId;
use super::packet::{LayerId, Packet};
pub use super::reason::Reason;
pub use super::rewriter::Out;
use super::rewriter::{Origin, Rewriter, Rewritten};
use super::selector::{Choice, LAYER_ALIVE, LayerSelector, MAX_LAYERS};

/// When present and awaited source are silent for this long, an older one may take the slot.
const SOURCE_ALIVE: Duration = LAYER_ALIVE;

/// What is to be done with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send it under these numbers.
    Forward(Out),
    /// Don't, and why.
    Drop(Reason),
}

#[derive(Debug, Clone)]
struct Feed {
    source: SourceId,
    selector: LayerSelector,
    last: Option<Instant>,
}

impl Feed {
    fn new(source: SourceId, limit: LayerId) -> Self {
        Self { source, selector: LayerSelector::new(limit), last: None }
    }
}

/// Which codecs a subscriber has negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CodecSet {
    h264: bool,
    vp8: bool,
    opus: bool,
}

impl CodecSet {
    const ALL: Self = Self { h264: true, vp8: true, opus: true };

    const fn contains(self, codec: Codec) -> bool {
        match codec {
            Codec::H264 => self.h264,
            Codec::Vp8 => self.vp8,
            Codec::Opus => self.opus,
        }
    }
}

/// One slot of one subscriber: one picture or one sound.
#[derive(Debug, Clone)]
pub struct Forwarder {
    kind: MediaKind,
    codecs: CodecSet,
    limit: LayerId,
    temporal_limit: u8,
    paused: bool,
    /// Nothing can be decoded before the next keyframe: a cut in the input, or a pause.
    broken: bool,
    current: Option<Feed>,
    next: Option<Feed>,
    /// The source that was asked for by [`Forwarder::follow`]: no other is adopted while it lives.
    followed: Option<SourceId>,
    /// The next run begins with what is past; the timestamp of the newest frame.
    live: Option<u32>,
    rewriter: Rewriter,
}

impl Forwarder {
    /// A slot that nothing fills yet, and that takes every codec of its kind.
    #[must_use]
    pub const fn new(kind: MediaKind) -> Self {
        Self {
            kind,
            codecs: CodecSet::ALL,
            // MAX_LAYERS is a small constant.
            limit: LayerId(MAX_LAYERS as u8 - 1),
            temporal_limit: u8::MAX,
            paused: false,
            broken: false,
            current: None,
            next: None,
            followed: None,
            live: None,
            rewriter: Rewriter::new(kind),
        }
    }

    /// Sound or picture.
    #[must_use]
    pub const fn kind(&self) -> MediaKind {
        self.kind
    }

    /// Source and layer that are being forwarded.
    #[must_use]
    pub fn current(&self) -> Option<(SourceId, LayerId)> {
        let feed = self.current.as_ref()?;
        Some((feed.source, feed.selector.current()?))
    }

    /// What is added to the publisher's timestamps now, modulo 2^32; for sender reports.
    #[must_use]
    pub fn timestamp_offset(&self) -> Option<u32> {
        self.rewriter.timestamp_offset()
    }

    /// Whether a keyframe should be asked for. Before anything has been seen the answer is yes: a picture is wanted.
    #[must_use]
    pub fn wants_keyframe(&self, now: Instant) -> bool {
        if self.kind == MediaKind::Audio || self.paused {
            return false;
        }
        self.current.is_none() || self.keyframe_source(now).is_some()
    }

    /// Of which source and layer a keyframe should be asked, as far as is known.
    #[must_use]
    pub fn keyframe_source(&self, now: Instant) -> Option<(SourceId, LayerId)> {
        if self.kind == MediaKind::Audio || self.paused {
            return None;
        }
        let wanted = |feed: &Feed| feed.selector.needs_keyframe(now).map(|layer| (feed.source, layer));
        let broken = || if self.broken { self.current() } else { None };
        self.next.as_ref().and_then(wanted).or_else(|| self.current.as_ref().and_then(wanted)).or_else(broken)
    }

    /// Takes only these codecs from now on.
    pub fn set_codecs(&mut self, codecs: &[Codec]) {
        let has = |codec| codecs.contains(&codec);
        self.codecs = CodecSet { h264: has(Codec::H264), vp8: has(Codec::Vp8), opus: has(Codec::Opus) };
    }

    /// The highest layer that this subscriber may get.
    pub fn set_limit(&mut self, limit: LayerId) {
        self.limit = limit;
        for feed in [&mut self.current, &mut self.next].into_iter().flatten() {
            feed.selector.set_limit(limit);
        }
    }

    /// The highest temporal id that this subscriber gets (RFC 7741 §4.2, TID); pictures without one are not concerned. Lower
    /// takes effect with the next frame, higher with the next frame from which a decoder can go up.
    pub fn set_temporal_limit(&mut self, limit: u8) {
        self.temporal_limit = limit;
        self.rewriter.set_temporal_limit(limit);
    }

    /// Stops forwarding, or goes on: a picture at the next keyframe.
    pub fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
        self.broken |= paused;
    }

    /// This source shall fill the slot from its next keyframe on, whatever its id.
    pub fn follow(&mut self, source: SourceId) {
        self.followed = Some(source);
        if self.current.as_ref().is_none_or(|current| current.source != source) {
            self.next = Some(Feed::new(source, self.limit));
        }
    }

    /// What is forwarded next is past, up to the frame with this timestamp: see [`Rewriter::begin`].
    pub fn begin_past(&mut self, live: u32) {
        self.live = Some(live);
    }

    /// What was past has been forwarded, or nothing of it could be.
    pub fn end_past(&mut self) {
        self.live = None;
    }

    /// Decides about one packet.
    pub fn forward(&mut self, now: Instant, source: SourceId, packet: &Packet) -> Decision {
        if packet.track.kind() != self.kind || packet.codec.kind() != self.kind {
            return Decision::Drop(Reason::WrongKind);
        }
        if !self.codecs.contains(packet.codec) {
            return Decision::Drop(Reason::CodecNotNegotiated);
        }
        if self.paused {
            return Decision::Drop(Reason::Paused);
        }
        if self.current.as_ref().is_some_and(|current| current.source == source) {
            return self.forward_current(now, packet);
        }
        if self.next.as_ref().is_none_or(|next| next.source != source) {
            if self.is_superseded(now, source) {
                return Decision::Drop(Reason::SourceSuperseded);
            }
            self.next = Some(Feed::new(source, self.limit));
        }
        self.forward_next(now, source, packet)
    }

    /// Which packet a subscriber's NACK asks for.
    #[must_use]
    pub fn origin(&self, sequence: u16) -> Option<Origin> {
        self.rewriter.origin(sequence)
    }

    /// The numbers of a packet that is sent again.
    #[must_use]
    pub fn resend(&self, origin: &Origin, packet: &Packet) -> Option<Out> {
        self.rewriter.resend(origin, packet)
    }

    fn forward_current(&mut self, now: Instant, packet: &Packet) -> Decision {
        let Some(feed) = self.current.as_mut() else { return Decision::Drop(Reason::SourceSuperseded) };
        feed.last = Some(now);
        let source = feed.source;
        match feed.selector.select(now, packet.layer, packet.keyframe) {
            Choice::Drop(reason) => return Decision::Drop(reason),
            Choice::Switch => return self.begin(source, packet),
            Choice::Forward => {}
        }
        if self.broken {
            return self.begin_at_keyframe(source, packet);
        }
        // A layer that is too much goes on until the keyframe of a lower one, but only with its base.
        let leaving = packet.layer > self.limit && feed.selector.needs_keyframe(now).is_some();
        self.rewriter.set_temporal_limit(if leaving { 0 } else { self.temporal_limit });
        match self.rewriter.rewrite(packet) {
            Rewritten::Out(out) => Decision::Forward(out),
            Rewritten::Drop(reason) => Decision::Drop(reason),
            Rewritten::Cut => self.begin_at_keyframe(source, packet),
        }
    }

    fn forward_next(&mut self, now: Instant, source: SourceId, packet: &Packet) -> Decision {
        let Some(feed) = self.next.as_mut() else { return Decision::Drop(Reason::SourceSuperseded) };
        feed.last = Some(now);
        match feed.selector.select(now, packet.layer, packet.keyframe) {
            Choice::Drop(reason) => return Decision::Drop(reason),
            Choice::Switch | Choice::Forward => {}
        }
        self.current = self.next.take();
        self.followed = self.followed.filter(|followed| *followed == source);
        self.begin(source, packet)
    }

    fn begin_at_keyframe(&mut self, source: SourceId, packet: &Packet) -> Decision {
        if packet.keyframe {
            return self.begin(source, packet);
        }
        self.broken = true;
        Decision::Drop(Reason::AwaitingKeyframe)
    }

    fn begin(&mut self, source: SourceId, packet: &Packet) -> Decision {
        self.broken = false;
        self.rewriter.set_temporal_limit(self.temporal_limit);
        self.rewriter.begin(source, packet, self.live.take());
        match self.rewriter.rewrite(packet) {
            Rewritten::Out(out) => Decision::Forward(out),
            Rewritten::Drop(reason) => Decision::Drop(reason),
            Rewritten::Cut => Decision::Drop(Reason::AwaitingKeyframe),
        }
    }

    /// Whether a source that is neither present nor awaited comes too late: a newer one is sending, or another was
    /// asked for.
    fn is_superseded(&self, now: Instant, source: SourceId) -> bool {
        let is_living = |feed: &&Feed| feed.last.is_some_and(|last| now.saturating_duration_since(last) < SOURCE_ALIVE);
        if self.followed == Some(source) {
            return false;
        }
        let mut living = [&self.current, &self.next].into_iter().flatten().filter(is_living);
        living.any(|feed| self.followed == Some(feed.source) || feed.source > source)
    }
}

#[cfg(test)]
mod tests;
