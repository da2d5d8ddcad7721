//! What a worker sends within a turn, gathered into runs: datagrams of one size to one address leave in one send (GSO),
//! and the last of a run may be shorter.
//!
//! Full-policy: memory is bounded by [`FLUSH_AT`]; beyond it the turn flushes early. What the kernel will not take is
//! counted and gone, as on any wire.

use super::counters::{MediaCounters, add};
use super::socket::Socket;
use std::net::{IpAddr, SocketAddr};

/// Bytes gathered before a flush: a keyframe to a hundred viewers.
const FLUSH_AT: usize = 1 << 20;

/// The kernel refuses a single send beyond this (16-bit length, headers off).
const MAX_SEND: usize = 65_000;

struct Run {
    to: SocketAddr,
    from: Option<IpAddr>,
    start: usize,
    end: usize,
    segment: usize,
    count: usize,
    open: bool,
}

/// Gathers and sends.
pub(super) struct Egress {
    bytes: Vec<u8>,
    runs: Vec<Run>,
    max_segments: usize,
}

impl Egress {
    pub(super) fn new(socket: &Socket) -> Self {
        Self { bytes: Vec::with_capacity(FLUSH_AT + MAX_SEND), runs: Vec::new(), max_segments: socket.max_segments() }
    }

    /// Adds a datagram.
    pub(super) fn push(&mut self, datagram: &[u8], to: SocketAddr, from: Option<IpAddr>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(datagram);
        let end = self.bytes.len();
        if let Some(run) = self.runs.last_mut()
            && run.takes(datagram.len(), to, self.max_segments)
        {
            run.end = end;
            run.count += 1;
            run.open = datagram.len() == run.segment;
            return;
        }
        self.runs.push(Run { to, from, start, end, segment: datagram.len(), count: 1, open: true });
    }

    /// Whether a flush is due before the turn ends.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FLUSH_AT
    }

    /// Sends everything.
    pub(super) fn flush(&mut self, socket: &Socket, counters: &MediaCounters) {
        let (mut datagrams, mut bytes, mut unsent) = (0, 0, 0);
        for run in &self.runs {
            let Some(contents) = self.bytes.get(run.start..run.end) else { continue };
            if socket.send(contents, run.segment, run.to, run.from) {
                datagrams += run.count as u64;
                bytes += contents.len() as u64;
            } else {
                unsent += run.count as u64;
            }
        }
        add(&counters.datagrams_out, datagrams);
        add(&counters.bytes_out, bytes);
        add(&counters.datagrams_unsent, unsent);
        self.bytes.clear();
        self.runs.clear();
    }
}

impl Run {
    fn takes(&self, length: usize, to: SocketAddr, max_segments: usize) -> bool {
        self.open
            && self.to == to
            && length <= self.segment
            && self.count < max_segments
            && self.end - self.start + length <= MAX_SEND
    }
}
