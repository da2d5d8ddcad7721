//! The ciphers against the vectors of their RFCs, and what must hold of any packet.

use super::cipher::{Cipher, Use};
use super::keys::{MasterKey, Profile};
use super::{Receiver, Sender};
use aws_lc_rs::aead::{AES_128_GCM, LessSafeKey, UnboundKey};
use proptest::prelude::*;

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(text.replace(' ', "").as_bytes()).expect("hex")
}

#[test]
fn keys_derive_as_in_rfc_3711_appendix_b_3() {
    let (key, salt) = (hex("e1f97a0d3e018be0d64fa32c06de4139"), hex("0ec675ad498afeebb6960b3aabe6"));
    let master = MasterKey::new(Profile::Aes128CmHmacSha1, &key, &salt).expect("lengths");
    assert_eq!(master.derive::<16>(0).expect("key").to_vec(), hex("c61e7a93744f39ee10734afe3ff7a087"));
    assert_eq!(master.derive::<14>(2).expect("salt").to_vec(), hex("30cbbc08863d8c85d49db34a9ae1"));
    assert_eq!(
        master.derive::<20>(1).expect("authentication key").to_vec(),
        hex("cebe321f6ff7716b6fd4ab49af256a156d38baa4")
    );
}

#[test]
fn gcm_seals_as_in_rfc_7714_section_16_1() {
    let key = hex("000102030405060708090a0b0c0d0e0f");
    let salt = hex("517569642070726f2071756f").try_into().expect("salt");
    let cipher = Cipher::Gcm { key: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).expect("key")), salt };
    let clear = hex("8040f17b8041f8d35501a0b2");
    let mut secret = hex("47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573");
    let (tag, length) = cipher.seal(0x5501_a0b2, 0xf17b, &clear, &mut secret, &[]).expect("sealed");
    assert_eq!(secret, hex("f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"));
    assert_eq!(tag[..length].to_vec(), hex("899d7f27beb16a9152cf765ee4390cce"));
}

fn pair(profile: Profile) -> (Sender, Receiver) {
    let material: Vec<u8> = (0..profile.keying_material() as u8).collect();
    let (client, _) = MasterKey::from_exporter(profile, &material).expect("material");
    (Sender::new(profile, &client).expect("sender"), Receiver::new(profile, &client).expect("receiver"))
}

#[test]
fn exported_material_is_cut_as_in_rfc_5764() {
    for profile in Profile::ALL {
        let material: Vec<u8> = (0..profile.keying_material() as u8).collect();
        assert!(MasterKey::from_exporter(profile, &material).is_some());
        assert!(MasterKey::from_exporter(profile, &material[1..]).is_none());
    }
    assert_eq!(Profile::AeadAes128Gcm.keying_material(), 56);
    assert_eq!(Profile::Aes128CmHmacSha1.keying_material(), 60);
}

#[test]
fn the_two_directions_have_different_keys() {
    let profile = Profile::AeadAes128Gcm;
    let material: Vec<u8> = (0..profile.keying_material() as u8).collect();
    let (client, server) = MasterKey::from_exporter(profile, &material).expect("material");
    let sender = Sender::new(profile, &client).expect("sender");
    let receiver = Receiver::new(profile, &server).expect("receiver");
    let mut packet = rtp(7, 1, b"media");
    sender.seal_rtp(&mut packet, 0, 12, 1).expect("sealed");
    assert_eq!(receiver.open_rtp(&mut packet, 12, 1), None);
}

fn rtp(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 96];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 0, 1]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

fn rtcp(ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x81, 206, 0, 2];
    packet.extend(ssrc.to_be_bytes());
    packet.extend([0, 0, 0, 9]);
    packet
}

#[test]
fn rtcp_opens_once_and_only_if_untouched() {
    for profile in Profile::ALL {
        let (mut sender, mut receiver) = pair(profile);
        let mut first = vec![1, 2, 3];
        first.extend(rtcp(5));
        sender.seal_rtcp(&mut first, 3).expect("sealed");
        let sealed = first[3..].to_vec();
        assert_ne!(sealed[8..12], rtcp(5)[8..12], "the body is secret");
        let mut touched = sealed.clone();
        touched[9] ^= 1;
        assert_eq!(receiver.open_rtcp(&mut touched), None);
        assert_eq!(receiver.open_rtcp(&mut sealed.clone()), Some(&rtcp(5)[..]), "{profile:?}");
        assert_eq!(receiver.open_rtcp(&mut sealed.clone()), None, "a replay");
        let mut second = rtcp(5);
        sender.seal_rtcp(&mut second, 0).expect("sealed");
        assert_ne!(second, sealed, "another number, another ciphertext");
        assert!(receiver.open_rtcp(&mut second).is_some());
    }
}

#[test]
fn replay_is_judged_for_each_sender_alone() {
    let (mut sender, mut receiver) = pair(Profile::AeadAes128Gcm);
    for round in 0..200_u32 {
        for ssrc in [1, 2, 3] {
            let mut packet = rtcp(ssrc);
            sender.seal_rtcp(&mut packet, 0).expect("sealed");
            assert!(receiver.open_rtcp(&mut packet.clone()).is_some(), "{round}");
            assert!(receiver.open_rtcp(&mut packet).is_none(), "{round}");
        }
    }
}

#[test]
fn what_is_shorter_than_its_header_is_taken_out_again() {
    let (mut sender, _) = pair(Profile::AeadAes128Gcm);
    let mut buffer = vec![9; 5];
    buffer.extend([0x80, 96, 0]);
    assert_eq!(sender.seal_rtp(&mut buffer, 5, 12, 1), None);
    assert_eq!(buffer, vec![9; 5]);
    buffer.extend([0x80, 200, 0]);
    assert_eq!(sender.seal_rtcp(&mut buffer, 5), None);
    assert_eq!(buffer, vec![9; 5]);
}

#[test]
fn keys_of_rtp_and_rtcp_differ() {
    let material: Vec<u8> = (0..56).collect();
    let (client, _) = MasterKey::from_exporter(Profile::AeadAes128Gcm, &material).expect("material");
    let seal = |purpose| {
        let cipher = Cipher::new(Profile::AeadAes128Gcm, &client, purpose).expect("cipher");
        cipher.seal(1, 1, &[0; 12], &mut [0; 16], &[]).expect("sealed").0
    };
    assert_ne!(seal(Use::Rtp), seal(Use::Rtcp));
}

proptest! {
    #[test]
    fn what_is_sealed_opens_under_its_own_number_only(
        payload in proptest::collection::vec(any::<u8>(), 0..1200), ssrc: u32, index in 0_u64..1 << 48, other in 0_u64..1 << 48,
    ) {
        for profile in Profile::ALL {
            let (sender, receiver) = pair(profile);
            let plain = rtp(ssrc, index as u16, &payload);
            let mut sealed = plain.clone();
            prop_assert!(sender.seal_rtp(&mut sealed, 0, 12, index).is_some());
            prop_assert_eq!(sealed.len(), plain.len() + profile.overhead());
            if other != index {
                prop_assert_eq!(receiver.open_rtp(&mut sealed.clone(), 12, other), None);
            }
            let length = receiver.open_rtp(&mut sealed, 12, index);
            prop_assert_eq!(length, Some(plain.len()));
            prop_assert_eq!(&sealed[..plain.len()], &plain[..]);
        }
    }

    #[test]
    fn any_bytes_are_refused_calmly(mut bytes in proptest::collection::vec(any::<u8>(), 0..100), header in 0_usize..40) {
        for profile in Profile::ALL {
            let (_, mut receiver) = pair(profile);
            prop_assert_eq!(receiver.open_rtp(&mut bytes, header, 1), None);
            prop_assert_eq!(receiver.open_rtcp(&mut bytes), None);
        }
    }
}
