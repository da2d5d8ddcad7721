//! Runs, and what is shed when the kernel takes no more.

use super::*;
use std::cell::RefCell;
use std::sync::atomic::Ordering::Relaxed;

/// Takes `room` sends, then is full.
#[derive(Default)]
struct Wire {
    room: RefCell<usize>,
    sent: RefCell<Vec<(u16, usize, Vec<u8>)>>,
}

impl Wire {
    fn with_room(room: usize) -> Self {
        Self { room: RefCell::new(room), sent: RefCell::default() }
    }

    fn ports(&self) -> Vec<u16> {
        self.sent.borrow().iter().map(|s| s.0).collect()
    }
}

impl Sink for Wire {
    fn send(&mut self, contents: &[u8], segment: usize, target: &Target) -> Sent {
        if *self.room.borrow() == 0 {
            return Sent::Blocked;
        }
        *self.room.borrow_mut() -= 1;
        self.sent.borrow_mut().push((target.to.port(), segment, contents.to_vec()));
        Sent::Whole
    }
}

fn to(port: u16, distress: u8) -> Target {
    Target { to: SocketAddr::from(([127, 0, 0, 1], port)), from: None, distress }
}

fn put(egress: &mut Egress, lane: Lane, target: Target, length: usize) {
    egress.write(lane, target, |bytes| {
        bytes.resize(bytes.len() + length, target.to.port() as u8);
        Some(())
    });
}

#[test]
fn equal_datagrams_to_one_address_leave_in_one_send_and_a_shorter_one_ends_it() {
    let (mut egress, mut wire, counters) = (Egress::new(64), Wire::with_room(9), MediaCounters::default());
    for length in [100, 100, 60, 60, 100] {
        put(&mut egress, Lane::Video, to(1, 0), length);
    }
    put(&mut egress, Lane::Video, to(2, 0), 100);
    egress.flush(&mut wire, &counters);
    let sent: Vec<_> = wire.sent.borrow().iter().map(|(port, segment, c)| (*port, *segment, c.len())).collect();
    assert_eq!(sent, [(1, 100, 260), (1, 60, 60), (1, 100, 100), (2, 100, 100)]);
    assert_eq!(counters.datagrams_out.load(Relaxed), 6);
    assert_eq!(counters.sends.load(Relaxed), 4);
    assert!(!egress.is_waiting());
}

#[test]
fn a_datagram_that_is_not_written_leaves_no_trace() {
    let (mut egress, mut wire, counters) = (Egress::new(64), Wire::with_room(9), MediaCounters::default());
    assert_eq!(egress.write(Lane::First, to(1, 0), |_| None), None);
    egress.flush(&mut wire, &counters);
    assert!(wire.ports().is_empty());
}

#[test]
fn a_full_buffer_sheds_retransmissions_first_and_keeps_sound() {
    let (mut egress, counters) = (Egress::new(64), MediaCounters::default());
    put(&mut egress, Lane::Again, to(3, 0), 100);
    put(&mut egress, Lane::Video, to(2, 0), 100);
    put(&mut egress, Lane::First, to(1, 0), 100);
    let mut full = Wire::with_room(0);
    egress.flush(&mut full, &counters);
    assert_eq!(counters.again_shed.load(Relaxed), 1);
    assert_eq!(counters.video_shed.load(Relaxed), 0);
    assert!(egress.is_waiting());
    let mut wire = Wire::with_room(9);
    egress.flush(&mut wire, &counters);
    assert_eq!(wire.ports(), [1, 2], "sound goes first, and the retransmission is gone");
}

#[test]
fn pictures_of_the_worst_off_go_next_and_sound_stays() {
    let (mut egress, counters, mut full) = (Egress::new(64), MediaCounters::default(), Wire::with_room(0));
    let per_run = 60_000;
    let runs = CARRY / per_run + 2;
    for i in 0..runs {
        put(&mut egress, Lane::Video, to(100 + i as u16, if i == 5 { 200 } else { (i % 3) as u8 }), per_run);
    }
    put(&mut egress, Lane::First, to(1, 255), 100);
    egress.flush(&mut full, &counters);
    let shed = counters.video_shed.load(Relaxed);
    assert!(shed > 0 && shed < runs as u64, "{shed}");
    let mut wire = Wire::with_room(1_000);
    egress.flush(&mut wire, &counters);
    let ports = wire.ports();
    assert_eq!(ports[0], 1);
    assert!(!ports.contains(&105), "the worst-off was shed");
    assert_eq!(ports.len() as u64, 1 + runs as u64 - shed);
    for (port, _, contents) in wire.sent.borrow().iter() {
        assert!(contents.iter().all(|byte| *byte == *port as u8), "bytes moved with their runs");
    }
}

#[test]
fn what_was_carried_over_keeps_its_order_before_what_is_new() {
    let (mut egress, counters) = (Egress::new(64), MediaCounters::default());
    put(&mut egress, Lane::Video, to(1, 0), 100);
    put(&mut egress, Lane::Video, to(2, 0), 100);
    egress.flush(&mut Wire::with_room(1), &counters);
    put(&mut egress, Lane::Video, to(2, 0), 100);
    let mut wire = Wire::with_room(9);
    egress.flush(&mut wire, &counters);
    assert_eq!(wire.ports(), [2, 2]);
}

#[test]
fn sound_that_goes_along_shares_the_send_and_outlives_its_picture() {
    let (mut egress, counters) = (Egress::new(64), MediaCounters::default());
    for length in [100, 100] {
        put(&mut egress, Lane::Video, to(1, 0), length);
    }
    put(&mut egress, Lane::Along, to(1, 0), 40);
    put(&mut egress, Lane::Along, to(2, 0), 30);
    let mut wire = Wire::with_room(9);
    egress.flush(&mut wire, &counters);
    let sent: Vec<_> = wire.sent.borrow().iter().map(|(port, segment, c)| (*port, *segment, c.len())).collect();
    assert_eq!(sent, [(1, 100, 240), (2, 30, 30)]);

    let (mut full, runs) = (Wire::with_room(0), CARRY / 60_000 + 2);
    for i in 0..runs {
        put(&mut egress, Lane::Video, to(100 + i as u16, 9), 60_000);
        put(&mut egress, Lane::Along, to(100 + i as u16, 9), 50);
    }
    egress.flush(&mut full, &counters);
    let shed = counters.video_shed.load(Relaxed);
    assert!(shed > 0 && shed < runs as u64, "{shed}");
    let mut wire = Wire::with_room(1_000);
    egress.flush(&mut wire, &counters);
    assert_eq!(wire.sent.borrow().len(), runs, "everybody has a sound");
    for (port, segment, contents) in wire.sent.borrow().iter() {
        let expected = if contents.len() > 50 { (60_000, 60_050) } else { (50, 50) };
        assert_eq!((*segment, contents.len()), expected);
        assert!(contents.iter().all(|byte| *byte == *port as u8), "bytes moved with their runs");
    }
}
