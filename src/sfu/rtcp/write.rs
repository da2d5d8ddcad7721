//! RTCP that goes out: appended to the caller's buffer, which is all that may allocate.
//!
//! Nothing here fails: what a field cannot hold is cut to what it can, as each writer says.

use super::super::report::SenderReport;
use super::{
    BYE, Block, FORMAT_PLI, FORMAT_TRANSPORT, PAYLOAD_SPECIFIC, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION,
    TRANSPORT_LAYER,
};

/// The item of RFC 3550 §6.5.1.
const CNAME: u8 = 1;
/// What 24 bits with a sign hold.
const CUMULATIVE_MAX: i32 = (1 << 23) - 1;
/// What the length of a run holds, 13 bits.
const RUN_MAX: usize = 0x1fff;
/// What a count of five bits holds.
const COUNT_MAX: usize = 31;

/// Appends a sender report and the source description that every compound must have (RFC 3550 §6.1). A CNAME longer
/// than 255 bytes is cut.
pub fn write_sender_report(out: &mut Vec<u8>, report: &SenderReport, cname: &str) {
    let at = begin(out, 0, SENDER_REPORT);
    put(out, &[report.ssrc]);
    out.extend_from_slice(&report.ntp.to_be_bytes());
    put(out, &[report.rtp, report.packets, report.octets]);
    end(out, at);
    let at = begin(out, 1, SOURCE_DESCRIPTION);
    put(out, &[report.ssrc]);
    let cname = cname.as_bytes();
    let cname = cname.get(..cname.len().min(255)).unwrap_or_default();
    out.push(CNAME);
    out.push(cname.len() as u8);
    out.extend_from_slice(cname);
    // The list of items ends with at least one zero byte.
    out.push(0);
    end(out, at);
}

/// Appends a receiver report; more than 31 blocks are left out, and so is a CNAME: it is for compounds of reduced size
/// (RFC 5506).
pub fn write_receiver_report(out: &mut Vec<u8>, ssrc: u32, blocks: &[Block]) {
    let blocks = blocks.get(..blocks.len().min(COUNT_MAX)).unwrap_or_default();
    let at = begin(out, blocks.len() as u8, RECEIVER_REPORT);
    put(out, &[ssrc]);
    for block in blocks {
        let lost = block.cumulative_lost.clamp(-CUMULATIVE_MAX - 1, CUMULATIVE_MAX).cast_unsigned() & 0xff_ffff;
        let fraction = u32::from(block.fraction_lost) << 24;
        put(out, &[block.ssrc, fraction | lost, block.highest, block.jitter, block.lsr, block.dlsr]);
    }
    end(out, at);
}

/// Appends a goodbye of one stream (RFC 3550 §6.6).
pub fn write_bye(out: &mut Vec<u8>, ssrc: u32) {
    let at = begin(out, 1, BYE);
    put(out, &[ssrc]);
    end(out, at);
}

/// Appends a picture loss indication (RFC 4585 §6.3.1).
pub fn write_pli(out: &mut Vec<u8>, sender_ssrc: u32, media_ssrc: u32) {
    let at = begin(out, FORMAT_PLI, PAYLOAD_SPECIFIC);
    put(out, &[sender_ssrc, media_ssrc]);
    end(out, at);
}

/// Appends transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1) about the packets from
/// `base` on.
///
/// `arrivals` are microseconds after `reference`, which is in 64 ms units; they are rounded to 250 µs, and a step that a
/// delta cannot hold (8.19 s) is cut. More than 65,535 packets are left out.
pub fn write_transport_feedback(
    out: &mut Vec<u8>,
    (sender_ssrc, media_ssrc): (u32, u32),
    base: u16,
    (reference, feedback_count): (u32, u8),
    arrivals: &[Option<i64>],
) {
    let arrivals = arrivals.get(..arrivals.len().min(usize::from(u16::MAX))).unwrap_or_default();
    let at = begin(out, FORMAT_TRANSPORT, TRANSPORT_LAYER);
    put(out, &[sender_ssrc, media_ssrc]);
    out.extend_from_slice(&base.to_be_bytes());
    out.extend_from_slice(&(arrivals.len() as u16).to_be_bytes());
    put(out, &[(reference << 8) | u32::from(feedback_count)]);
    for run in arrivals.chunk_by(|a, b| a.is_some() == b.is_some()).flat_map(|run| run.chunks(RUN_MAX)) {
        let symbol = if run.first().is_some_and(Option::is_some) { 2_u16 << 13 } else { 0 };
        out.extend_from_slice(&(symbol | run.len() as u16).to_be_bytes());
    }
    let mut reached = 0;
    for arrival in arrivals.iter().flatten() {
        let step = (arrival.div_euclid(250) - reached).clamp(i64::from(i16::MIN), i64::from(i16::MAX));
        reached += step;
        out.extend_from_slice(&(step as i16).to_be_bytes());
    }
    end(out, at);
}

/// Begins a packet with this count or format; its length is written by [`end`].
fn begin(out: &mut Vec<u8>, count: u8, kind: u8) -> usize {
    let at = out.len();
    out.extend_from_slice(&[0x80 | count, kind, 0, 0]);
    at
}

/// Fills up to whole words and writes the length.
fn end(out: &mut Vec<u8>, at: usize) {
    while !(out.len() - at).is_multiple_of(4) {
        out.push(0);
    }
    let words = ((out.len() - at) / 4).saturating_sub(1);
    if let Some(length) = out.get_mut(at + 2..).and_then(|rest| rest.first_chunk_mut::<2>()) {
        *length = (words as u16).to_be_bytes();
    }
}

fn put(out: &mut Vec<u8>, words: &[u32]) {
    words.iter().for_each(|word| out.extend_from_slice(&word.to_be_bytes()));
}

#[cfg(test)]
mod tests;
