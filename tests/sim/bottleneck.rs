//! The way from the server to its viewers: one narrow link with a queue, shared or not, then delay, jitter and loss.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::random::Random;

/// What the link is like; may change while it is in use.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) capacity_bps: u64,
    /// What the queue holds; more is dropped at its tail.
    pub(crate) queue_bytes: usize,
    pub(crate) delay_ms: u64,
    pub(crate) jitter_ms: u64,
    /// Random loss behind the queue, in a thousand.
    pub(crate) loss: u64,
}

/// A link and what is on it.
#[derive(Debug)]
pub(crate) struct Bottleneck<T> {
    pub(crate) link: Link,
    queue: VecDeque<(usize, T)>,
    queued_bytes: usize,
    credit_bits: u64,
    flying: BinaryHeap<Reverse<(u64, u64)>>,
    cargo: std::collections::HashMap<u64, T>,
    order: u64,
    last_arrival_us: u64,
    pub(crate) dropped: u64,
}

impl<T> Bottleneck<T> {
    pub(crate) fn new(link: Link) -> Self {
        Self {
            link,
            queue: VecDeque::new(),
            queued_bytes: 0,
            credit_bits: 0,
            flying: BinaryHeap::new(),
            cargo: std::collections::HashMap::new(),
            order: 0,
            last_arrival_us: 0,
            dropped: 0,
        }
    }

    pub(crate) fn push(&mut self, bytes: usize, cargo: T) {
        if self.queued_bytes + bytes > self.link.queue_bytes {
            self.dropped += 1;
            return;
        }
        self.queued_bytes += bytes;
        self.queue.push_back((bytes, cargo));
    }

    /// One millisecond of the link.
    pub(crate) fn pass(&mut self, now_ms: u64, random: &mut Random) {
        let granted = self.link.capacity_bps / 1000;
        self.credit_bits += granted;
        let had = self.credit_bits.max(1);
        while let Some((bytes, _)) = self.queue.front() {
            let bits = *bytes as u64 * 8;
            if bits > self.credit_bits {
                break;
            }
            self.credit_bits -= bits;
            let Some((bytes, cargo)) = self.queue.pop_front() else { break };
            self.queued_bytes -= bytes;
            if random.per_mille(self.link.loss) {
                continue;
            }
            // Within the millisecond, where its last bit leaves; jitter does not overtake.
            let at_us = now_ms * 1000 + (had - self.credit_bits).min(granted) * 1000 / granted.max(1);
            let arrives = at_us + self.link.delay_ms * 1000 + random.below(self.link.jitter_ms * 1000 + 1);
            self.last_arrival_us = self.last_arrival_us.max(arrives);
            self.order += 1;
            self.flying.push(Reverse((self.last_arrival_us, self.order)));
            self.cargo.insert(self.order, cargo);
        }
        if self.queue.is_empty() {
            self.credit_bits = self.credit_bits.min(granted);
        }
    }

    /// The next that has arrived, and when, in microseconds.
    pub(crate) fn pop(&mut self, now_ms: u64) -> Option<(u64, T)> {
        let Reverse((at_us, order)) = *self.flying.peek()?;
        if at_us > now_ms * 1000 {
            return None;
        }
        self.flying.pop();
        self.cargo.remove(&order).map(|cargo| (at_us, cargo))
    }
}
