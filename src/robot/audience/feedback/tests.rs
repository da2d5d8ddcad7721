//! What is written is what the WebRTC library reads.

use super::*;
use crate::clock;
use bytes::Bytes;
use rtc::rtcp::packet::unmarshal;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;

#[test]
fn a_compound_is_read_by_another() {
    let mut out = Vec::new();
    receiver_report(&mut out, 1, &[(7, (25, 3, 70_000)), (8, (0, 0, 5))]);
    picture_loss(&mut out, 1, 7);
    nack(&mut out, 1, 7, &[65_530, 65_535, 2, 500]);
    sender_report(&mut out, 9, 1 << 40, 90_000, 10, 1_000);
    let packets = unmarshal(&mut Bytes::from(out.clone())).unwrap();
    assert_eq!(packets.len(), 5);
    let report = packets[0].as_any().downcast_ref::<ReceiverReport>().unwrap();
    assert_eq!((report.ssrc, report.reports.len()), (1, 2));
    let block = &report.reports[0];
    assert_eq!((block.fraction_lost, block.total_lost, block.last_sequence_number), (25, 3, 70_000));
    assert_eq!(packets[1].as_any().downcast_ref::<PictureLossIndication>().unwrap().media_ssrc, 7);
    let asked = packets[2].as_any().downcast_ref::<TransportLayerNack>().unwrap();
    let listed: Vec<u16> = asked.nacks.iter().flat_map(|pair| pair.packet_list()).collect();
    assert_eq!(listed, [65_530, 65_535, 2, 500]);
    assert_eq!(packets[3].as_any().downcast_ref::<SenderReport>().unwrap().packet_count, 10);
    assert_eq!(requests(&out), (vec![(7, 65_530), (7, 65_535), (7, 2), (7, 500)], true));
}

#[test]
fn arrivals_are_read_by_another() {
    let (mut arrivals, epoch) = (Arrivals::default(), clock::monotonic());
    let at = |ms: u64| epoch + Duration::from_millis(1_000 + ms);
    [(65_534, 0), (65_535, 1), (1, 90), (0, 91), (3, 92)].iter().for_each(|(n, ms)| arrivals.take(*n, at(*ms)));
    let mut out = Vec::new();
    arrivals.tell(&mut out, 1, 7, epoch);
    let packets = unmarshal(&mut Bytes::from(out)).unwrap();
    let told = packets[0].as_any().downcast_ref::<TransportLayerCc>().unwrap();
    assert_eq!((told.base_sequence_number, told.packet_status_count, told.fb_pkt_count), (65_534, 6, 0));
    assert_eq!(told.recv_deltas.len(), 5);
    let sum: i64 = told.recv_deltas.iter().map(|delta| delta.delta).sum();
    assert_eq!(i64::from(told.reference_time) * 64_000 + sum, 1_092_000, "µs of the last arrival");
    let mut again = Vec::new();
    arrivals.tell(&mut again, 1, 7, epoch);
    assert!(again.is_empty());
    arrivals.take(6, at(200));
    arrivals.tell(&mut again, 1, 7, epoch);
    let packets = unmarshal(&mut Bytes::from(again)).unwrap();
    let told = packets[0].as_any().downcast_ref::<TransportLayerCc>().unwrap();
    assert_eq!((told.base_sequence_number, told.packet_status_count, told.fb_pkt_count), (4, 3, 1), "4 and 5 are lost");
}

#[test]
fn any_bytes_are_read() {
    (0..=255_u8).for_each(|byte| drop(requests(&[0x81, 205, 0, byte, 0, 0])));
    assert_eq!(requests(&[]), (Vec::new(), false));
}
