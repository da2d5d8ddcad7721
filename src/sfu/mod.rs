//! Pure media decisions: no sockets, no clock, no WebRTC library. Packets and `now` come in, decisions come out.
//!
//! # The way of a packet
//! ```text
//! datagram ─ demux ─(library: SRTP)─ repair ─ rtp ─ Ingest ─> Packet ─> per subscriber: Forwarder ─> Decision
//!                                                               │             = LayerSelector + Rewriter (+ TemporalFilter, Thinning)
//!                                                               └ KeyframeGate, ClockMap (per publisher)
//! feedback ─ (SRTCP) ─ rtcp ─> per subscriber: Estimator ─ target ─> Allocator ─ layer, temporal id ─> Forwarder
//! ```
//! [`ingest::Ingest`] sees each published stream once: it removes duplicates and padding probes, so that everything
//! behind it may rely on "a gap in [`packet::Packet::sequence`] is media that is missing". [`forwarder::Forwarder`]
//! decides for one slot of one subscriber; its answer is a value, and its reasons are an enum with stable names.
//!
//! # Invariants of the folder
//! - Nothing here reads a clock, allocates per packet, or can fail on any bytes: parsers are total, deciders refuse.
//! - Methods come in four kinds, told by their names: getters; `handle_*` (from the network or from time); mutators
//!   (from the application); `poll_*` (what to do, and when to come back).
//! - Every table has a fixed size, and what happens when it is full is written beside it.

pub mod allocator;
pub mod assemble;
pub mod client_hello;
pub mod codec;
pub mod congestion;
pub mod demux;
pub mod forwarder;
pub mod h264;
pub mod ingest;
pub mod keyframe;
pub mod meter;
pub mod offer;
pub mod packet;
pub mod pad;
pub mod reason;
pub mod red;
pub mod repair;
pub mod report;
pub mod rewriter;
pub mod rtcp;
pub mod rtp;
pub mod selector;
pub mod sequence;
pub mod temporal;
pub mod thinning;
pub mod time;
pub mod vp8;
pub mod window;

#[cfg(test)]
mod testing;
