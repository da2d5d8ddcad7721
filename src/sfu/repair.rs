//! A publisher's retransmissions, mapped back to the packets they repeat (RFC 4588, RFC 8852).
//!
//! Streams that are declared by SSRC say so in the offer (`a=ssrc-group:FID`, RFC 5576 §4.2). A layer that is declared by RID has no SSRC in the offer, and its retransmissions come on an SSRC of their own, named
//! by the repaired-rid extension. This file learns who is who from the packets and says how to turn a retransmission
//! into the original: other SSRC, payload type and sequence number, two bytes fewer.
//!
//! # The trap
//! An **empty** retransmission is a bandwidth probe. It must pass unchanged: the transport-wide feedback counts it, and
//! a sender whose probes seem lost never raises its bitrate.
//!
//! RIDs are sent only until the receiver has been heard, so what was learned stays. Tables are of fixed size; when one
//! is full the entry learned first makes room.

use super::rtp::RtpHeader;

/// Streams that are remembered: three layers, and each may have changed its SSRC once.
const STREAMS: usize = 8;
/// Payload types with a retransmission format.
const FORMATS: usize = 16;
/// RFC 8851 sets no limit; browsers use one letter, the one-byte extension form holds 16 bytes.
const RID_MAX: usize = 16;

const URI_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const URI_REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

/// What is to be done with a packet from the publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Pass,
    /// Turn it into the packet that it repeats.
    Rewrite {
        /// The layer's own SSRC.
        ssrc: u32,
        /// The layer's own payload type.
        payload_type: u8,
        /// The original sequence number.
        sequence: u16,
        /// Bytes to take off the front of the payload.
        strip: usize,
    },
}

/// What of a received packet is looked at.
#[derive(Debug, Clone, Copy)]
pub struct RepairView<'a> {
    /// The stream it came on.
    pub ssrc: u32,
    /// Its payload type.
    pub payload_type: u8,
    /// The rtp-stream-id extension, if there.
    pub rid: Option<&'a [u8]>,
    /// The repaired-rtp-stream-id extension, if there.
    pub repaired_rid: Option<&'a [u8]>,
    /// The payload without padding.
    pub payload: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rid {
    bytes: [u8; RID_MAX],
    length: usize,
}

impl Rid {
    fn new(rid: &[u8]) -> Option<Self> {
        let mut bytes = [0; RID_MAX];
        bytes.get_mut(..rid.len()).filter(|slot| !slot.is_empty())?.copy_from_slice(rid);
        Some(Self { bytes, length: rid.len() })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stream {
    ssrc: u32,
    rid: Rid,
}

/// Learns one publisher's streams and maps its retransmissions.
#[derive(Debug, Clone)]
pub struct RtxMap {
    rid_id: Option<u8>,
    repaired_rid_id: Option<u8>,
    /// (payload type of the retransmission, payload type of the original).
    formats: [Option<(u8, u8)>; FORMATS],
    /// Newest last.
    layers: [Option<Stream>; STREAMS],
    repairs: [Option<Stream>; STREAMS],
    /// (SSRC of the retransmissions, SSRC of the originals), as declared.
    declared: [Option<(u32, u32)>; STREAMS],
}

impl RtxMap {
    /// A map with these extension ids and no retransmission formats.
    #[must_use]
    pub const fn new(rid_id: Option<u8>, repaired_rid_id: Option<u8>) -> Self {
        Self {
            rid_id,
            repaired_rid_id,
            formats: [None; FORMATS],
            layers: [None; STREAMS],
            repairs: [None; STREAMS],
            declared: [None; STREAMS],
        }
    }

    /// A map for a publisher's offer: extension ids from `a=extmap`, formats from `a=fmtp … apt=`, declared streams from
    /// `a=ssrc-group:FID`.
    #[must_use]
    pub fn from_offer(sdp: &str) -> Self {
        let mut map = Self::new(extension_id(sdp, URI_RID), extension_id(sdp, URI_REPAIRED_RID));
        for (retransmission, original) in sdp.lines().filter_map(associated_payload_type) {
            map.add_format(retransmission, original);
        }
        for (slot, pair) in map.declared.iter_mut().zip(sdp.lines().filter_map(flow_identification)) {
            *slot = Some(pair);
        }
        map
    }

    /// The ids of the rtp-stream-id and repaired-rtp-stream-id extensions, for a shell that reads them itself.
    #[must_use]
    pub const fn extension_ids(&self) -> (Option<u8>, Option<u8>) {
        (self.rid_id, self.repaired_rid_id)
    }

    /// Retransmissions of `original` come as `retransmission`. More than `FORMATS` are ignored.
    pub fn add_format(&mut self, retransmission: u8, original: u8) {
        if let Some(slot) = self.formats.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some((retransmission, original));
        }
    }

    /// The view of a parsed, decrypted packet.
    #[must_use]
    pub fn view<'a>(&self, header: &RtpHeader, packet: &'a [u8]) -> RepairView<'a> {
        let extension = |id: Option<u8>| id.and_then(|id| header.extension(packet, id));
        RepairView {
            ssrc: header.ssrc,
            payload_type: header.payload_type,
            rid: extension(self.rid_id),
            repaired_rid: extension(self.repaired_rid_id),
            payload: header.payload(packet),
        }
    }

    /// Learns from a packet and says what to do with it.
    pub fn on_packet(&mut self, view: &RepairView<'_>) -> Action {
        if let Some(rid) = view.repaired_rid.and_then(Rid::new) {
            learn(&mut self.repairs, Stream { ssrc: view.ssrc, rid });
        } else if let Some(rid) = view.rid.and_then(Rid::new) {
            learn(&mut self.layers, Stream { ssrc: view.ssrc, rid });
        }
        self.original(view).unwrap_or(Action::Pass)
    }

    /// The stream whose packets come again on this one.
    fn repaired_stream(&self, ssrc: u32) -> Option<u32> {
        if let Some((_, original)) = self.declared.iter().flatten().find(|(rtx, _)| *rtx == ssrc) {
            return Some(*original);
        }
        let rid = self.repairs.iter().rev().flatten().find(|stream| stream.ssrc == ssrc)?.rid;
        Some(self.layers.iter().rev().flatten().find(|stream| stream.rid == rid)?.ssrc)
    }

    fn original(&self, view: &RepairView<'_>) -> Option<Action> {
        let ssrc = self.repaired_stream(view.ssrc)?;
        let (_, payload_type) = *self.formats.iter().flatten().find(|(format, _)| *format == view.payload_type)?;
        let sequence = u16::from_be_bytes(*view.payload.first_chunk::<2>()?);
        // Two bytes of number and nothing behind it: a probe as well.
        (view.payload.len() > 2).then_some(Action::Rewrite { ssrc, payload_type, sequence, strip: 2 })
    }
}

/// `a=ssrc-group:FID <original> <retransmission>` as (retransmission, original).
fn flow_identification(line: &str) -> Option<(u32, u32)> {
    let (original, retransmission) = line.trim_end().strip_prefix("a=ssrc-group:FID ")?.split_once(' ')?;
    Some((retransmission.parse().ok()?, original.parse().ok()?))
}

/// Puts a stream last, without an older entry of the same SSRC.
fn learn(streams: &mut [Option<Stream>; STREAMS], stream: Stream) {
    if streams.last() == Some(&Some(stream)) || streams.contains(&Some(stream)) && is_newest(streams, &stream) {
        return;
    }
    let place = streams.iter().position(|known| known.is_some_and(|known| known.ssrc == stream.ssrc)).unwrap_or(0);
    if let Some(tail) = streams.get_mut(place..) {
        tail.rotate_left(1);
    }
    if let Some(last) = streams.last_mut() {
        *last = Some(stream);
    }
}

/// Whether this is the latest stream with its RID.
fn is_newest(streams: &[Option<Stream>; STREAMS], stream: &Stream) -> bool {
    streams.iter().rev().flatten().find(|known| known.rid == stream.rid) == Some(stream)
}

/// The id of `a=extmap:<id>[/direction] <uri>`.
fn extension_id(sdp: &str, uri: &str) -> Option<u8> {
    sdp.lines().find_map(|line| {
        let (id, rest) = line.trim_end().strip_prefix("a=extmap:")?.split_once(' ')?;
        let found = rest.split(' ').next()?;
        (found == uri).then(|| id.split('/').next()?.parse().ok())?
    })
}

/// `a=fmtp:<retransmission> apt=<original>` as a pair.
fn associated_payload_type(line: &str) -> Option<(u8, u8)> {
    let (format, parameters) = line.trim_end().strip_prefix("a=fmtp:")?.split_once(' ')?;
    let original = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("apt="))?;
    Some((format.parse().ok()?, original.parse().ok()?))
}

#[cfg(test)]
mod tests;
