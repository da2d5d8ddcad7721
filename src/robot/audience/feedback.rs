//! RTCP as robots write it: reports, requests for packets and keyframes, arrival times. Each function appends one packet.

use std::time::{Duration, Instant};

const RECEIVER_REPORT: u8 = 201;
const SENDER_REPORT: u8 = 200;
const DESCRIPTION: u8 = 202;
const TRANSPORT: u8 = 205;
const PAYLOAD: u8 = 206;

/// One report block: whom it is about, and `Stream::report`.
pub(super) type Block = (u32, (u8, u32, u32));

fn head(out: &mut Vec<u8>, count: u8, kind: u8, words: usize) {
    out.extend_from_slice(&[0x80 | count, kind]);
    out.extend_from_slice(&u16::try_from(words).unwrap_or(u16::MAX).to_be_bytes());
}

fn word(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_be_bytes());
}

/// A receiver report (RFC 3550 §6.4.2) about at most 31 streams. Jitter is not measured and the last sender report not
/// echoed: both are zero.
pub(super) fn receiver_report(out: &mut Vec<u8>, ssrc: u32, blocks: &[Block]) {
    head(out, blocks.len() as u8 & 31, RECEIVER_REPORT, 1 + 6 * blocks.len());
    word(out, ssrc);
    for (about, (fraction, lost, highest)) in blocks {
        word(out, *about);
        word(out, u32::from(*fraction) << 24 | lost & 0xff_ffff);
        [*highest, 0, 0, 0].iter().for_each(|value| word(out, *value));
    }
}

/// A sender report (RFC 3550 §6.4.1) without blocks, and the name that ties sound to picture (§6.5.1).
pub(super) fn sender_report(out: &mut Vec<u8>, ssrc: u32, ntp: u64, rtp: u32, packets: u32, bytes: u32) {
    head(out, 0, SENDER_REPORT, 6);
    word(out, ssrc);
    out.extend_from_slice(&ntp.to_be_bytes());
    [rtp, packets, bytes].iter().for_each(|value| word(out, *value));
    head(out, 1, DESCRIPTION, 3);
    word(out, ssrc);
    out.extend_from_slice(b"\x01\x05robot\0");
}

/// A request for a keyframe (RFC 4585 §6.3.1).
pub(super) fn picture_loss(out: &mut Vec<u8>, ssrc: u32, about: u32) {
    head(out, 1, PAYLOAD, 2);
    [ssrc, about].iter().for_each(|value| word(out, *value));
}

/// A request for packets (RFC 4585 §6.2.1); `sequences` ascends.
pub(super) fn nack(out: &mut Vec<u8>, ssrc: u32, about: u32, sequences: &[u16]) {
    let mut pairs: Vec<(u16, u16)> = Vec::new();
    for sequence in sequences {
        match pairs.last_mut() {
            Some((first, mask)) if (1..=16).contains(&sequence.wrapping_sub(*first)) => {
                *mask |= 1 << (sequence.wrapping_sub(*first) - 1);
            }
            _ => pairs.push((*sequence, 0)),
        }
    }
    head(out, 1, TRANSPORT, 2 + pairs.len());
    [ssrc, about].iter().for_each(|value| word(out, *value));
    pairs.iter().for_each(|(first, mask)| word(out, u32::from(*first) << 16 | u32::from(*mask)));
}

/// Packets asked for by the NACKs (about `about`), and whether a keyframe is, in a compound packet.
pub(super) fn requests(compound: &[u8]) -> (Vec<(u32, u16)>, bool) {
    let (mut packets, mut keyframe, mut rest) = (Vec::new(), false, compound);
    while let Some(([b0, kind, l0, l1], _)) = rest.split_first_chunk::<4>() {
        let length = 4 + 4 * usize::from(u16::from_be_bytes([*l0, *l1]));
        let Some((packet, after)) = rest.split_at_checked(length) else { break };
        rest = after;
        match (*kind, b0 & 31) {
            (PAYLOAD, 1 | 4) => keyframe = true,
            (TRANSPORT, 1) => {
                let about = packet.get(8..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_be_bytes(*b));
                for pair in packet.get(12..).unwrap_or_default().chunks_exact(4) {
                    let [p0, p1, m0, m1] = *pair else { continue };
                    let (first, mask) = (u16::from_be_bytes([p0, p1]), u16::from_be_bytes([m0, m1]));
                    packets.push((about, first));
                    let set = (0..16_u16).filter(|bit| mask & (1 << bit) != 0);
                    packets.extend(set.map(|bit| (about, first.wrapping_add(bit + 1))));
                }
            }
            _ => {}
        }
    }
    (packets, keyframe)
}

/// Arrivals to be told to the sender (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    /// In the order of arrival, which is almost that of the numbers.
    seen: Vec<(u16, Instant)>,
    next: Option<u16>,
    count: u8,
}

/// Told at least this often in packets; one feedback packet has room for all.
const TOLD: usize = 200;

impl Arrivals {
    /// A packet with this number has arrived. Full: not told of.
    pub(super) fn take(&mut self, sequence: u16, now: Instant) {
        if self.seen.len() < TOLD {
            self.seen.push((sequence, now));
        }
    }

    /// Appends the feedback for all since the last, if there is any. `epoch` is the viewer's own zero of time.
    pub(super) fn tell(&mut self, out: &mut Vec<u8>, ssrc: u32, about: u32, epoch: Instant) {
        let Some((first_seen, _)) = self.seen.first() else { return };
        let from = self.next.filter(|next| first_seen.wrapping_sub(*next) < 256).unwrap_or(*first_seen);
        self.seen.retain(|(sequence, _)| sequence.wrapping_sub(from) < 1_024);
        self.seen.sort_by_key(|(sequence, _)| sequence.wrapping_sub(from));
        self.seen.dedup_by_key(|(sequence, _)| *sequence);
        let last = self.seen.last().map_or(from, |(sequence, _)| *sequence);
        let status_count = last.wrapping_sub(from).wrapping_add(1);
        let ticks = |at: Instant| at.saturating_duration_since(epoch).as_micros() as i64 / 250;
        let reference = self.seen.iter().map(|(_, at)| ticks(*at)).min().unwrap_or(0) / 256;
        let mut symbols = vec![0_u16; usize::from(status_count).next_multiple_of(7)];
        let (mut deltas, mut previous) = (Vec::new(), reference * 256);
        for (sequence, at) in self.seen.drain(..) {
            let delta = ticks(at) - previous;
            previous = ticks(at);
            let symbol = match (u8::try_from(delta), i16::try_from(delta)) {
                (Ok(small), _) => {
                    deltas.push(small);
                    1
                }
                (_, Ok(large)) => {
                    deltas.extend_from_slice(&large.to_be_bytes());
                    2
                }
                _ => 0,
            };
            if let Some(slot) = symbols.get_mut(usize::from(sequence.wrapping_sub(from))) {
                *slot = symbol;
            }
        }
        self.next = Some(last.wrapping_add(1));
        let mut body = Vec::new();
        body.extend_from_slice(&from.to_be_bytes());
        body.extend_from_slice(&status_count.to_be_bytes());
        word(&mut body, ((reference as u32) & 0xff_ffff) << 8 | u32::from(self.count));
        self.count = self.count.wrapping_add(1);
        for seven in symbols.chunks_exact(7) {
            let chunk = seven.iter().fold(0b11_u16, |chunk, symbol| chunk << 2 | symbol);
            body.extend_from_slice(&chunk.to_be_bytes());
        }
        body.extend_from_slice(&deltas);
        body.resize(body.len().next_multiple_of(4), 0);
        head(out, 15, TRANSPORT, 2 + body.len() / 4);
        [ssrc, about].iter().for_each(|value| word(out, *value));
        out.extend_from_slice(&body);
    }
}

/// How often arrivals are told: as browsers do.
pub(super) const TELL_EVERY: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests;
