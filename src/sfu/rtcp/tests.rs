//! Packets by hand, packets written and read again, and any bytes.

use super::*;
use proptest::prelude::*;

fn packet(count: u8, kind: u8, words: &[u32]) -> Vec<u8> {
    let mut out = vec![0x80 | count, kind];
    out.extend((words.len() as u16).to_be_bytes());
    words.iter().for_each(|w| out.extend(w.to_be_bytes()));
    out
}

#[test]
fn a_compound_packet_says_several_things() {
    let mut compound = packet(1, RECEIVER_REPORT, &[9, 5, 0x4000_0003, 70_000, 8, 0x1234_5678, 65_536]);
    compound.extend(packet(1, SOURCE_DESCRIPTION, &[9, 0x0101_6100]));
    compound.extend(packet(1, TRANSPORT_LAYER, &[9, 5, 0xffff_8001]));
    compound.extend(packet(1, PAYLOAD_SPECIFIC, &[9, 5]));
    compound.extend(packet(4, PAYLOAD_SPECIFIC, &[9, 0, 6, 0x0100_0000]));
    compound.extend(packet(
        15,
        PAYLOAD_SPECIFIC,
        &[9, 0, u32::from_be_bytes(*b"REMB"), 1 << 24 | 2 << 18 | 250_000, 5],
    ));
    compound.extend(packet(1, GOODBYE, &[9]));
    let said: Vec<_> = read(&compound).collect();
    let [
        Rtcp::ReceiverReport(blocks),
        Rtcp::Nack { ssrc: 5, missing },
        Rtcp::Keyframe { ssrc: 5 },
        Rtcp::Keyframe { ssrc: 6 },
        Rtcp::Remb { bitrate_bps: 1_000_000 },
        Rtcp::Goodbye { ssrc: 9 },
    ] = said[..]
    else {
        panic!("{said:?}")
    };
    let expected = Block { ssrc: 5, fraction_lost: 0x40, last_report: 0x1234_5678, delay: 65_536 };
    assert_eq!(blocks.collect::<Vec<_>>(), [expected]);
    assert_eq!(missing.collect::<Vec<_>>(), [0xffff, 0, 15]);
}

#[test]
fn a_sender_report_is_read_as_written() {
    let report = SenderReport { ssrc: 7, ntp: 0x0123_4567_89ab_cdef, rtp: 99, packets: 3, octets: 4 };
    for name in ["quiora", "x", "seven77", ""] {
        let mut out = vec![1];
        write_sender_report(&mut out, &report, name);
        write_goodbye(&mut out, &[7, 8]);
        let said: Vec<_> = read(&out[1..]).collect();
        let [Rtcp::SenderReport { ssrc: 7, ntp: 0x0123_4567_89ab_cdef, rtp: 99, blocks }, Rtcp::Goodbye { ssrc: 7 }] =
            said[..]
        else {
            panic!("{name}: {said:?}")
        };
        assert_eq!(blocks.count(), 0);
        assert_eq!(out[29 + 1], SOURCE_DESCRIPTION);
    }
}

#[test]
fn transport_feedback_tells_arrivals() {
    // Base 65,534; seven packets: a run of three small deltas, then a two-bit list of: lost, large, small, small.
    let mut out = packet(15, TRANSPORT_LAYER, &[9, 5, 65_534 << 16 | 7, 10 << 8 | 3]);
    let list = 0xc000_u16 | 2 << 10 | 1 << 8 | 1 << 6;
    out.extend((1_u16 << 13 | 3).to_be_bytes());
    out.extend(list.to_be_bytes());
    out.extend([4, 8, 4]);
    out.extend((-8_i16).to_be_bytes());
    out.extend([4, 4]);
    out.push(0);
    let words = (out.len() / 4 - 1) as u16;
    out[2..4].copy_from_slice(&words.to_be_bytes());
    let Some(Rtcp::Transport(feedback)) = read(&out).next() else { panic!("feedback") };
    assert_eq!(feedback.number(), 3);
    let base = 640_000;
    let expected = [
        (65_534, Some(base + 1_000)),
        (65_535, Some(base + 3_000)),
        (0, Some(base + 4_000)),
        (1, None),
        (2, Some(base + 2_000)),
        (3, Some(base + 3_000)),
        (4, Some(base + 4_000)),
    ];
    assert_eq!(feedback.packets().collect::<Vec<_>>(), expected);
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 200_u8..208, count in 0_u8..32) {
        if let [first, second, l0, l1, ..] = &mut bytes[..] {
            (*first, *second, *l0) = (0x80 | count, kind, 0);
            *l1 %= 48;
        }
        for said in read(&bytes) {
            match said {
                Rtcp::SenderReport { blocks, .. } | Rtcp::ReceiverReport(blocks) => prop_assert!(blocks.count() <= 31),
                Rtcp::Nack { missing, .. } => prop_assert!(missing.count() <= 17 * 50),
                Rtcp::Transport(feedback) => prop_assert!(feedback.packets().count() <= 65_535),
                _ => {}
            }
        }
    }
}
