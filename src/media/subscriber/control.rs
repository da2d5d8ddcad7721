//! A subscriber's RTCP, both ways: what it reports is taken in, and the publisher's clock is reported to it.

use super::repeat::Repeats;
use super::{Outlet, Subscriber};
use crate::media::answer::CNAME;
use crate::media::egress::Lane;
use crate::media::room::Room;
use crate::sfu::allocator::Why;
use crate::sfu::report::SenderReport;
use crate::sfu::rtcp::{self, Block, Rtcp};
use std::time::{Duration, Instant};

/// Then once a second.
const REPORT: Duration = Duration::from_secs(1);

/// What a compound packet came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) struct Heard {
    /// Numbers asked for again, and those that were repeated.
    pub(in crate::media) missing: u64,
    pub(in crate::media) repeated: u64,
    /// A keyframe was asked for.
    pub(in crate::media) keyframe: bool,
    /// It leaves.
    pub(in crate::media) goodbye: bool,
}

impl Subscriber {
    /// Takes in a compound packet; what is missing is written again at once.
    pub(in crate::media) fn handle_rtcp(
        &mut self,
        now: Instant,
        ntp: u64,
        compound: &[u8],
        room: &Room,
        outlet: &mut Outlet<'_>,
    ) -> Heard {
        let mut heard = Heard::default();
        for said in rtcp::packets(compound) {
            match said {
                Rtcp::Block(block) => self.handle_block(now, ntp, &block),
                Rtcp::Nack(nack) if nack.media_ssrc == self.video.ssrc => {
                    for sequence in nack.sequences() {
                        heard.missing += 1;
                        heard.repeated += u64::from(self.repeat(now, sequence, room, outlet));
                    }
                }
                Rtcp::Pli { media_ssrc } | Rtcp::Fir { media_ssrc } => heard.keyframe |= media_ssrc == self.video.ssrc,
                Rtcp::Bye { .. } => heard.goodbye = true,
                Rtcp::Remb { bitrate_bps } => self.adaptation.estimator.handle_remb(now, bitrate_bps),
                Rtcp::TransportFeedback(feedback) => self.adaptation.estimator.handle_feedback(now, &feedback),
                Rtcp::Nack(_) | Rtcp::SenderReport { .. } => {}
            }
        }
        heard
    }

    fn handle_block(&mut self, now: Instant, ntp: u64, block: &Block) {
        if block.ssrc == self.audio.ssrc || block.ssrc == self.video.ssrc {
            // Rises at once, falls slowly: a second without loss is not the end of it.
            self.distress = block.fraction_lost.max(self.distress - self.distress.div_ceil(8));
        }
        let pictured = self.adaptation.why != Why::Paused;
        let (slot, counts) = match block.ssrc {
            ssrc if ssrc == self.video.ssrc => (&mut self.video, pictured),
            // While the picture pauses, sound is all that tells of the way.
            ssrc if ssrc == self.audio.ssrc => (&mut self.audio, !pictured),
            _ => return,
        };
        // Whom nothing reaches any more reports as well: the same number, and no loss.
        if slot.told.replace(block.highest) == Some(block.highest) {
            return;
        }
        match counts {
            true => self.adaptation.estimator.handle_report(now, block.fraction_lost, block.rtt(ntp)),
            false => self.adaptation.estimator.handle_arrivals(now),
        }
    }

    /// Time has passed: sender reports are due.
    pub(in crate::media) fn handle_timeout(&mut self, now: Instant, ntp: u64, room: &Room, outlet: &mut Outlet<'_>) {
        if now < self.report {
            return;
        }
        self.report = now + REPORT;
        Repeats::renew(&mut self.repeats);
        for slot in [&self.audio, &self.video] {
            let (Some((source, layer)), Some(offset)) = (slot.forwarder.current(), slot.forwarder.timestamp_offset())
            else {
                continue;
            };
            let Some(timeline) = room.timeline(source, slot.forwarder.kind(), layer) else { continue };
            if slot.packets > 0 {
                let report = SenderReport::new(slot.ssrc, ntp, timeline, offset).with_counts(slot.packets, slot.octets);
                outlet.write_report(&report);
            }
        }
    }
}

impl Outlet<'_> {
    fn write_report(&mut self, report: &SenderReport) {
        let sender = &mut *self.sender;
        self.egress.write(Lane::First, self.target, |bytes| {
            let start = bytes.len();
            rtcp::write_sender_report(bytes, report, CNAME);
            sender.seal_rtcp(bytes, start)
        });
    }
}
