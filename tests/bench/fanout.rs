//! What forwarding a frame costs per packet and subscriber, kernel aside: decision, numbers, header, copy, seal, run.
//!
//! `item` in the table is one packet to one subscriber. The allocation columns are the proof that none is made per packet:
//! they stay at the few of a frame, whatever the number of packets and subscribers. `sends per frame` is printed at the
//! start: how many system calls carry a frame to one subscriber.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a bench has no other way to fail or tell")]

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use quiora::media::measure::FanOut;

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

const SUBSCRIBERS: usize = 500;

fn main() {
    for packets in [1, 2, 4, 8, 16] {
        let mut room = FanOut::new(SUBSCRIBERS, packets, 1_100).unwrap();
        room.frame();
        let (sent, sends) = room.frame();
        let subscribers = SUBSCRIBERS as f64;
        println!(
            "{packets} packets a frame: {:.2} packets and {:.2} sends per subscriber and frame",
            sent as f64 / subscribers,
            sends as f64 / subscribers
        );
    }
    divan::main();
}

#[divan::bench(args = [1, 2, 4, 8, 16])]
fn frame_to_500_subscribers(bencher: Bencher<'_, '_>, packets: usize) {
    let mut room = FanOut::new(SUBSCRIBERS, packets, 1_100).unwrap();
    room.frame();
    bencher.counter(ItemsCount::new(SUBSCRIBERS * packets)).bench_local(|| room.frame());
}
