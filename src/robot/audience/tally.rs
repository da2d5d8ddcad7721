//! What many viewers saw, added up.

use super::histogram::Histogram;
use super::viewer::Milestones;
use crate::srtp::Profile;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The sum over viewers.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) connected: Histogram,
    pub(super) first_packet: Histogram,
    pub(super) first_keyframe: Histogram,
    /// RTP packets in the window, retransmissions included, and their bytes.
    pub(super) packets: u64,
    pub(super) bytes: u64,
    /// By sequence numbers, before repair.
    pub(super) expected: u64,
    pub(super) received: u64,
    /// Viewers whose connection ended, and those to whom nothing came in the window.
    pub(super) closed: u64,
    pub(super) silent: u64,
    pub(super) profiles: HashMap<Profile, u64>,
    pub(super) sampled: Sampled,
    /// From the robot that publishes to the kernel of the viewer's socket.
    pub(super) delay: Histogram,
}

/// What sampled viewers saw in the window.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sampled {
    /// How many viewers opened every packet.
    pub viewers: u64,
    /// Packets that arrived, each once, repaired ones included.
    pub packets: u64,
    /// Packets that did not arrive, after repair.
    pub packets_lost: u64,
    /// Packets that came behind a later one.
    pub packets_late: u64,
    /// Packets that came again.
    pub packets_twice: u64,
    /// Packets asked for with a NACK, each request counted.
    pub packets_asked_again: u64,
    /// Retransmissions that arrived.
    pub packets_repaired: u64,
    /// Packets whose seal did not fit.
    pub packets_not_opened: u64,
}

impl Tally {
    /// Adds how far a viewer got.
    pub(super) fn join(&mut self, milestones: &Milestones) {
        let measured = [
            (&mut self.connected, milestones.connected),
            (&mut self.first_packet, milestones.first_packet),
            (&mut self.first_keyframe, milestones.first_keyframe),
        ];
        for (histogram, duration) in measured {
            duration.into_iter().for_each(|duration| histogram.add(duration));
        }
    }

    /// Adds another thread's.
    pub(super) fn merge(&mut self, other: &Self) {
        self.connected.merge(&other.connected);
        self.first_packet.merge(&other.first_packet);
        self.first_keyframe.merge(&other.first_keyframe);
        self.packets += other.packets;
        self.bytes += other.bytes;
        self.expected += other.expected;
        self.received += other.received;
        self.closed += other.closed;
        self.silent += other.silent;
        other.profiles.iter().for_each(|(profile, count)| *self.profiles.entry(*profile).or_default() += count);
        self.delay.merge(&other.delay);
        let (ours, theirs) = (&mut self.sampled, &other.sampled);
        ours.viewers += theirs.viewers;
        ours.packets += theirs.packets;
        ours.packets_lost += theirs.packets_lost;
        ours.packets_late += theirs.packets_late;
        ours.packets_twice += theirs.packets_twice;
        ours.packets_asked_again += theirs.packets_asked_again;
        ours.packets_repaired += theirs.packets_repaired;
        ours.packets_not_opened += theirs.packets_not_opened;
    }
}
