//! What it costs to seal and to open one packet, of the size of sound and of picture, in either profile.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench has no other way to fail")]

use divan::{Bencher, black_box};
use quiora::srtp::{MasterKey, Profile, Receiver, Sender};

/// Header with one extension word, as the server writes it.
const HEADER: usize = 20;

fn main() {
    divan::main();
}

fn master(profile: Profile) -> MasterKey {
    let salt: &[u8] = if profile == Profile::AeadAes128Gcm { &[3; 12] } else { &[3; 14] };
    MasterKey::new(profile, &[7; 16], salt).unwrap()
}

fn packet(size: usize) -> Vec<u8> {
    let mut packet = vec![0x55; size];
    packet[..16].copy_from_slice(&[0x90, 102, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 0xbe, 0xde, 0, 1]);
    packet
}

fn seal(bencher: Bencher<'_, '_>, profile: Profile, size: usize) {
    let sender = Sender::new(profile, &master(profile)).unwrap();
    let (plain, mut buffer, mut index) = (packet(size), Vec::with_capacity(2_048), 0);
    bencher.bench_local(|| {
        index += 1;
        buffer.clear();
        buffer.extend_from_slice(&plain);
        sender.seal_rtp(black_box(&mut buffer), 0, HEADER, index).unwrap();
    });
}

fn open(bencher: Bencher<'_, '_>, profile: Profile, size: usize) {
    let (sender, receiver) =
        (Sender::new(profile, &master(profile)).unwrap(), Receiver::new(profile, &master(profile)).unwrap());
    let mut sealed = packet(size);
    sender.seal_rtp(&mut sealed, 0, HEADER, 1).unwrap();
    let mut buffer = Vec::with_capacity(2_048);
    bencher.bench_local(|| {
        buffer.clear();
        buffer.extend_from_slice(&sealed);
        receiver.open_rtp(black_box(&mut buffer), HEADER, 1).unwrap()
    });
}

#[divan::bench(args = [200, 1200])]
fn seal_gcm(bencher: Bencher<'_, '_>, size: usize) {
    seal(bencher, Profile::AeadAes128Gcm, size);
}

#[divan::bench(args = [200, 1200])]
fn seal_cm(bencher: Bencher<'_, '_>, size: usize) {
    seal(bencher, Profile::Aes128CmHmacSha1, size);
}

#[divan::bench(args = [200, 1200])]
fn open_gcm(bencher: Bencher<'_, '_>, size: usize) {
    open(bencher, Profile::AeadAes128Gcm, size);
}

#[divan::bench(args = [200, 1200])]
fn open_cm(bencher: Bencher<'_, '_>, size: usize) {
    open(bencher, Profile::Aes128CmHmacSha1, size);
}
