//! What a worker sends within a turn, gathered into runs: datagrams of one size to one address leave in one send (GSO),
//! and the last of a run may be shorter.
//!
//! # When the kernel's buffer is full
//! What could not be sent is counted, and shed by class ([`Lane`]): retransmissions and probes at once, since the next
//! request will ask for them again; pictures when more than [`CARRY`] bytes of them wait, those of the worst-off
//! subscribers first, and without the sound that goes along with them; sound and control only when they alone exceed [`CARRY`], which is some ten thousand of them. The rest
//! is carried over to the next turn, in its order.
//!
//! Full-policy: memory is bounded by [`FLUSH_AT`] and [`CARRY`] for each lane; beyond the first the turn flushes early.

use super::counters::{MediaCounters, add};
use std::net::{IpAddr, SocketAddr};

/// Bytes gathered before a flush: what was just sealed is then still in the processor's second-level cache when the kernel
/// copies it. A frame to some fifteen viewers; runs are not cut, since a viewer's packets are written together.
const FLUSH_AT: usize = 128 << 10;

/// Bytes that may wait for the kernel: a quarter of a second at 100 Mbit/s. What is older is better asked for again.
const CARRY: usize = 3 << 20;

/// The kernel refuses a single send beyond this (16-bit length, headers off).
const MAX_SEND: usize = 65_000;

/// What a datagram is, in the order in which they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// STUN, DTLS, RTCP and sound.
    First = 0,
    /// Pictures.
    Video = 1,
    /// Pictures sent again, and padding.
    Again = 2,
    /// Sound that has waited for a picture and leaves behind it, in the same send; never shed with it.
    Along = 3,
}

/// Where datagrams go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) to: SocketAddr,
    /// From which of our addresses.
    pub(super) from: Option<IpAddr>,
    /// How badly the receiver is off, 0 to 255: its reported loss. Who is worse off is shed first.
    pub(super) distress: u8,
}

/// What became of a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Whole,
    /// The kernel's buffer is full.
    Blocked,
    /// It will never go.
    Refused,
}

/// What runs are sent through: the socket, or a test's.
pub(super) trait Sink {
    fn send(&mut self, contents: &[u8], segment: usize, target: &Target) -> Sent;
}

struct Run {
    target: Target,
    start: usize,
    end: usize,
    segment: usize,
    count: usize,
    open: bool,
    /// Bytes of sound at its end.
    sound: usize,
}

#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    runs: Vec<Run>,
}

/// Gathers and sends.
pub(super) struct Egress {
    lanes: [Gathered; 3],
    max_segments: usize,
}

#[derive(Default)]
struct Tally {
    datagrams: u64,
    bytes: u64,
    sends: u64,
    unsent: u64,
}

impl Egress {
    pub(super) fn new(max_segments: usize) -> Self {
        let mut lanes: [Gathered; 3] = Default::default();
        lanes.iter_mut().for_each(|lane| lane.bytes.reserve(2 * FLUSH_AT));
        Self { lanes, max_segments }
    }

    /// Adds a datagram.
    pub(super) fn push(&mut self, datagram: &[u8], target: Target) {
        self.write(Lane::First, target, |bytes| {
            bytes.extend_from_slice(datagram);
            Some(())
        });
    }

    /// Adds the datagram that `write` appends to the bytes; none if it answers `None`, and then it must have appended
    /// nothing. Returns its length.
    pub(super) fn write(
        &mut self,
        lane: Lane,
        target: Target,
        write: impl FnOnce(&mut Vec<u8>) -> Option<()>,
    ) -> Option<usize> {
        let along = lane == Lane::Along;
        let lane = &mut self.lanes[if along { Lane::Video } else { lane } as usize];
        let start = lane.bytes.len();
        write(&mut lane.bytes)?;
        let end = lane.bytes.len();
        let length = end - start;
        let sound = if along { length } else { 0 };
        if let Some(run) = lane.runs.last_mut()
            && run.takes(length, &target, self.max_segments)
        {
            run.end = end;
            run.count += 1;
            run.open = length == run.segment && !along;
            run.sound = sound;
        } else {
            lane.runs.push(Run { target, start, end, segment: length, count: 1, open: !along, sound });
        }
        Some(length)
    }

    /// Whether a flush is due before the turn ends.
    pub(super) fn is_full(&self) -> bool {
        self.lanes.iter().any(|lane| lane.bytes.len() >= FLUSH_AT)
    }

    /// Whether something waits for the kernel.
    pub(super) fn is_waiting(&self) -> bool {
        self.lanes.iter().any(|lane| !lane.runs.is_empty())
    }

    /// Sends everything that the kernel takes.
    pub(super) fn flush(&mut self, sink: &mut impl Sink, counters: &MediaCounters) {
        let mut tally = Tally::default();
        let mut blocked = false;
        let [first, video, again] = &mut self.lanes;
        for lane in [&mut *first, &mut *video, &mut *again] {
            blocked = blocked || lane.send(sink, &mut tally);
        }
        if blocked {
            add(&counters.sends_blocked, 1);
            add(&counters.again_shed, again.shed(0));
            add(&counters.video_shed, video.shed(CARRY));
            add(&counters.datagrams_unsent, first.shed(CARRY));
        }
        add(&counters.datagrams_out, tally.datagrams);
        add(&counters.bytes_out, tally.bytes);
        add(&counters.sends, tally.sends);
        add(&counters.datagrams_unsent, tally.unsent);
    }
}

impl Gathered {
    /// Sends until the end, or until the kernel's buffer is full: `true`, and what was not sent stays.
    fn send(&mut self, sink: &mut impl Sink, tally: &mut Tally) -> bool {
        for (index, run) in self.runs.iter().enumerate() {
            let contents = self.bytes.get(run.start..run.end).unwrap_or_default();
            match sink.send(contents, run.segment, &run.target) {
                Sent::Whole => {
                    tally.datagrams += run.count as u64;
                    tally.bytes += contents.len() as u64;
                    tally.sends += 1;
                }
                Sent::Refused => tally.unsent += run.count as u64,
                Sent::Blocked => {
                    self.runs.drain(..index);
                    return true;
                }
            }
        }
        self.runs.clear();
        self.bytes.clear();
        false
    }

    /// Drops runs until at most `limit` bytes wait, the worst-off first, but for the sound at their ends. Returns how many
    /// datagrams went.
    fn shed(&mut self, limit: usize) -> u64 {
        let mut waiting: usize = self.runs.iter().map(Run::len).sum();
        let mut order: Vec<(u8, usize)> = self.runs.iter().enumerate().map(|(i, r)| (r.target.distress, i)).collect();
        order.sort_unstable_by(|a, b| b.cmp(a));
        let mut gone = 0;
        for (_, index) in order {
            if waiting <= limit {
                break;
            }
            if let Some(run) = self.runs.get_mut(index) {
                waiting -= run.len() - run.sound;
                let kept = usize::from(run.sound > 0);
                gone += (run.count - kept) as u64;
                (run.start, run.count) = (run.end - run.sound, kept);
                run.segment = run.segment.min(run.sound.max(1));
            }
        }
        self.runs.retain(|run| run.count > 0);
        self.compact();
        gone
    }

    /// Moves what waits to the front of the memory.
    fn compact(&mut self) {
        let mut end = 0;
        for run in &mut self.runs {
            let length = run.end - run.start;
            self.bytes.copy_within(run.start..run.end, end);
            (run.start, run.end, run.open) = (end, end + length, false);
            end += length;
        }
        self.bytes.truncate(end);
    }
}

impl Run {
    fn len(&self) -> usize {
        self.end - self.start
    }

    fn takes(&self, length: usize, target: &Target, max_segments: usize) -> bool {
        self.open
            && self.target.to == target.to
            && length <= self.segment
            && self.count < max_segments
            && self.end - self.start + length <= MAX_SEND
    }
}

#[cfg(test)]
mod tests;
