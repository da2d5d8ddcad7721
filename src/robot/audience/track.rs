//! One stream that a robot publishes: its numbers, its headers, and what it can send again.

use super::sdp::{MID_ID, REPAIRED_RID_ID, RID_ID, TWCC_ID};
use crate::srtp::Sender;
use std::collections::VecDeque;

/// Packets kept for retransmission: some three seconds at 1.5 Mbit/s.
const KEPT: usize = 512;

/// A stream.
pub(super) struct Track {
    pub(super) ssrc: u32,
    pub(super) rtx: u32,
    payload_type: u8,
    rtx_payload_type: u8,
    mid: u8,
    rid: Option<u8>,
    sequence: u64,
    rtx_sequence: u64,
    sent: VecDeque<Sent>,
    /// Packets and payload bytes, for the sender report.
    pub(super) packets: u32,
    pub(super) bytes: u32,
}

struct Sent {
    sequence: u16,
    marker: bool,
    timestamp: u32,
    payload: Vec<u8>,
}

/// What a packet's header says, beside the stream's own.
struct Words {
    payload_type: u8,
    marker: bool,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    rid_id: u8,
}

impl Track {
    /// A stream of the section `mid` (a digit), and of the layer `rid` (a letter) in it.
    pub(super) fn new(payload_type: u8, rtx_payload_type: u8, mid: u8, rid: Option<u8>) -> Self {
        Self {
            ssrc: rand::random(),
            rtx: rand::random(),
            payload_type,
            rtx_payload_type,
            mid,
            rid,
            // Below half, so that the rollover counter surely starts at zero on both sides (RFC 3711 §3.3.1).
            sequence: u64::from(rand::random::<u16>() >> 1),
            rtx_sequence: u64::from(rand::random::<u16>() >> 1),
            sent: VecDeque::with_capacity(KEPT),
            packets: 0,
            bytes: 0,
        }
    }

    /// Writes and seals the next packet into `out`.
    pub(super) fn next(
        &mut self,
        out: &mut Vec<u8>,
        sender: &Sender,
        (marker, timestamp): (bool, u32),
        payload: Vec<u8>,
        twcc: u16,
    ) -> Option<()> {
        let index = self.sequence;
        self.sequence += 1;
        let sequence = (index & 0xffff) as u16;
        let words =
            Words { payload_type: self.payload_type, marker, sequence, timestamp, ssrc: self.ssrc, rid_id: RID_ID };
        let header = self.write(out, &words, twcc);
        out.extend_from_slice(&payload);
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(payload.len() as u32);
        if self.sent.len() == KEPT {
            self.sent.pop_front();
        }
        self.sent.push_back(Sent { sequence, marker, timestamp, payload });
        sender.seal_rtp(out, 0, header, index)
    }

    /// Writes and seals the retransmission of a packet (RFC 4588 §4), if it is still kept.
    pub(super) fn again(&mut self, out: &mut Vec<u8>, sender: &Sender, sequence: u16, twcc: u16) -> Option<()> {
        let sent = self.sent.iter().rev().find(|sent| sent.sequence == sequence)?;
        let index = self.rtx_sequence;
        let words = Words {
            payload_type: self.rtx_payload_type,
            marker: sent.marker,
            sequence: (index & 0xffff) as u16,
            timestamp: sent.timestamp,
            ssrc: self.rtx,
            rid_id: REPAIRED_RID_ID,
        };
        let header = self.write(out, &words, twcc);
        out.extend_from_slice(&sequence.to_be_bytes());
        out.extend_from_slice(&sent.payload);
        self.rtx_sequence += 1;
        sender.seal_rtp(out, 0, header, index)
    }

    /// Writes a header with extensions (RFC 8285 §4.2); its length.
    fn write(&self, out: &mut Vec<u8>, words: &Words, twcc: u16) -> usize {
        out.clear();
        out.extend_from_slice(&[0x90, u8::from(words.marker) << 7 | words.payload_type]);
        out.extend_from_slice(&words.sequence.to_be_bytes());
        out.extend_from_slice(&words.timestamp.to_be_bytes());
        out.extend_from_slice(&words.ssrc.to_be_bytes());
        let [high, low] = twcc.to_be_bytes();
        let extensions = [MID_ID << 4, self.mid, TWCC_ID << 4 | 1, high, low];
        out.extend_from_slice(&[0xbe, 0xde, 0, 2]);
        out.extend_from_slice(&extensions);
        match self.rid {
            Some(rid) => out.extend_from_slice(&[words.rid_id << 4, rid, 0]),
            None => out.extend_from_slice(&[0, 0, 0]),
        }
        out.len()
    }
}

#[cfg(test)]
mod tests;
