//! What is read of compounds, whole and broken.

use proptest::prelude::*;

use super::super::report::SenderReport;
use super::*;

/// A packet of this count or format, type and body.
fn packet(count: u8, kind: u8, body: &[u8]) -> Vec<u8> {
    assert!(body.len().is_multiple_of(4));
    let [l0, l1] = (body.len() as u16 / 4).to_be_bytes();
    [&[0x80 | count, kind, l0, l1], body].concat()
}

/// Sender 1, media 2, and this.
fn feedback(format: u8, kind: u8, control: &[u8]) -> Vec<u8> {
    packet(format, kind, &[&[0, 0, 0, 1, 0, 0, 0, 2], control].concat())
}

fn all(compound: &[u8]) -> Vec<String> {
    packets(compound).map(|value| format!("{value:?}")).collect()
}

const BLOCK: Block = Block {
    ssrc: 7,
    fraction_lost: 200,
    cumulative_lost: -3,
    highest: 0x0001_0005,
    jitter: 90,
    lsr: 0x1234_5678,
    dlsr: 65_536,
};

#[test]
fn a_compound_is_read_in_its_order() {
    let mut compound = Vec::new();
    let report = SenderReport { ssrc: 5, ntp: 0x0102_0304_0506_0708, rtp: 9, packets: 1, octets: 2 };
    write_sender_report(&mut compound, &report, "quiora");
    write_receiver_report(&mut compound, 1, &[BLOCK, Block { cumulative_lost: 4, ..BLOCK }]);
    write_pli(&mut compound, 1, 2);
    write_bye(&mut compound, 5);
    let mut values = packets(&compound);
    assert!(matches!(values.next(), Some(Rtcp::SenderReport { ssrc: 5, ntp: 0x0102_0304_0506_0708, rtp: 9 })));
    assert!(matches!(values.next(), Some(Rtcp::Block(block)) if block == BLOCK));
    assert!(matches!(values.next(), Some(Rtcp::Block(block)) if block.cumulative_lost == 4));
    assert!(matches!(values.next(), Some(Rtcp::Pli { media_ssrc: 2 })));
    assert!(matches!(values.next(), Some(Rtcp::Bye { ssrc: 5 })));
    assert!(values.next().is_none());
}

#[test]
fn blocks_of_a_sender_report_are_read_too() {
    let mut receiver = Vec::new();
    write_receiver_report(&mut receiver, 1, &[BLOCK]);
    let body = [&[0; 24], &receiver[8..]].concat();
    let values: Vec<_> = all(&packet(1, 200, &body));
    assert_eq!(values.len(), 2);
    assert!(values[1].contains("fraction_lost: 200"), "{values:?}");
}

#[test]
fn a_nack_names_each_packet() {
    let compound = feedback(1, 205, &[0xff, 0xff, 0x80, 0x01, 0, 9, 0, 0]);
    let Some(Rtcp::Nack(nack)) = packets(&compound).next() else { unreachable!("{:?}", all(&compound)) };
    assert_eq!(nack.media_ssrc, 2);
    assert_eq!(nack.sequences().collect::<Vec<_>>(), [0xffff, 0, 15, 9]);
}

#[test]
fn a_compound_of_nacks_is_cut_to_the_budget() {
    let one = feedback(1, 205, &[[0, 1, 0xff, 0xff]; 50].concat());
    let compound = [one.clone(), one.clone(), one].concat();
    let numbers = packets(&compound).map(|value| match value {
        Rtcp::Nack(nack) => nack.sequences().count(),
        other => unreachable!("{other:?}"),
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [50 * 17, (MAX_NACK_ENTRIES - 50) * 17]);
}

#[test]
fn keyframe_requests_of_both_kinds() {
    let fir = feedback(4, 206, &[0, 0, 0, 8, 1, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0]);
    let compound = [feedback(1, 206, &[]), fir].concat();
    assert_eq!(all(&compound), ["Pli { media_ssrc: 2 }", "Fir { media_ssrc: 8 }", "Fir { media_ssrc: 9 }"]);
}

#[test]
fn a_receiver_s_own_estimate() {
    let remb = |exponent: u32, mantissa: u32| {
        let value = (1_u32 << 24) | exponent << 18 | mantissa;
        let control = [b"REMB", &value.to_be_bytes()[..], &[0, 0, 0, 2]].concat();
        match packets(&feedback(15, 206, &control)).next() {
            Some(Rtcp::Remb { bitrate_bps }) => bitrate_bps,
            other => unreachable!("{other:?}"),
        }
    };
    assert_eq!(remb(3, 150_000), 1_200_000);
    assert_eq!(remb(0, 0), 0);
    assert_eq!(remb(63, 0), 0);
    assert_eq!(remb(63, 0x3_ffff), u64::MAX);
    assert_eq!(remb(46, 0x3_ffff), 0x3_ffff << 46);
    assert!(all(&feedback(15, 206, b"BMER\0\0\0\0")).is_empty());
}

#[test]
fn what_is_not_understood_is_skipped_and_what_is_broken_ends_it() {
    let bye = packet(1, 203, &[0, 0, 0, 5]);
    let unknown = packet(3, 207, &[1, 2, 3, 4]);
    assert_eq!(all(&[unknown, bye.clone()].concat()), ["Bye { ssrc: 5 }"]);
    let mut other_version = packet(0, 201, &[0, 0, 0, 1]);
    other_version[0] = 0x40;
    assert!(all(&[other_version, bye.clone()].concat()).is_empty());
    assert!(all(&bye[..7]).is_empty());
    let short = [packet(0, 200, &[0; 8]), feedback(1, 205, &[]), packet(1, 205, &[0; 4]), bye].concat();
    assert_eq!(all(&short), ["Bye { ssrc: 5 }"]);
}

#[test]
fn padding_is_taken_off() {
    let mut padded = packet(2, 203, &[0, 0, 0, 5, 0, 0, 0, 4]);
    padded[0] |= 0x20;
    assert_eq!(all(&padded), ["Bye { ssrc: 5 }"]);
    padded[11] = 200;
    assert!(all(&padded).is_empty(), "more padding than packet");
}

#[test]
fn a_report_tells_the_round_trip() {
    let now_ntp = 0x0000_1000_8000_0000;
    let answered = Block { lsr: 0x0fff_0000, dlsr: 0x0001_0000, ..BLOCK };
    assert_eq!(answered.rtt(now_ntp), Some(Duration::from_millis(500)));
    assert_eq!(Block { lsr: 0, ..answered }.rtt(now_ntp), None);
    assert_eq!(Block { dlsr: 0x0002_0000, ..answered }.rtt(now_ntp), None, "sent before what it answers");
}

/// Packets whose heads are right, so that what is inside is reached.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop::sample::select(vec![200_u8, 201, 202, 203, 205, 206]);
    let body = prop::collection::vec(any::<[u8; 4]>(), 0..40).prop_map(|words| words.concat());
    (0_u8..0x40, kind, body).prop_map(|(count, kind, body)| packet(count, kind, &body))
}

proptest! {
    #[test]
    fn total_on_any_bytes_and_bounded(
        compound in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..1500),
            prop::collection::vec(plausible(), 0..8).prop_map(|packets| packets.concat()),
        ]
    ) {
        let (mut values, mut numbers, mut statuses) = (0, 0, 0);
        for value in packets(&compound) {
            values += 1;
            match value {
                Rtcp::Nack(nack) => numbers += nack.sequences().count(),
                Rtcp::TransportFeedback(view) => {
                    prop_assert_eq!(view.statuses().count(), view.len());
                    statuses += view.len();
                }
                _ => {}
            }
        }
        prop_assert!(values * 4 <= compound.len());
        prop_assert!(numbers <= 17 * MAX_NACK_ENTRIES && statuses <= MAX_STATUSES);
    }

    #[test]
    fn blocks_come_back_as_written(ssrc: u32, fraction_lost: u8, lost in -(1_i32 << 23)..1 << 23, rest: [u32; 4]) {
        let [highest, jitter, lsr, dlsr] = rest;
        let block = Block { ssrc, fraction_lost, cumulative_lost: lost, highest, jitter, lsr, dlsr };
        let mut out = Vec::new();
        write_receiver_report(&mut out, 1, &[block]);
        prop_assert!(matches!(packets(&out).next(), Some(Rtcp::Block(read)) if read == block));
    }
}
