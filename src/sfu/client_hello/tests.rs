//! Hellos whole, in pieces, and broken.

use super::*;
use proptest::prelude::*;

fn vector(width: usize, body: &[u8]) -> Vec<u8> {
    let mut out = (body.len() as u32).to_be_bytes()[4 - width..].to_vec();
    out.extend(body);
    out
}

fn hello(profiles: &[u16], filling: usize) -> Vec<u8> {
    let list: Vec<u8> = profiles.iter().flat_map(|p| p.to_be_bytes()).collect();
    let mut use_srtp = vector(2, &list);
    use_srtp.push(0);
    let mut extensions = vec![0, 51];
    extensions.extend(vector(2, &vec![7; filling]));
    extensions.extend([0, 14]);
    extensions.extend(vector(2, &use_srtp));
    let mut body = vec![3; VERSION_AND_RANDOM];
    body.extend(vector(1, &[1; 32]));
    body.extend(vector(1, &[2; 20]));
    body.extend(vector(2, &[0xc0, 0x2b]));
    body.extend(vector(1, &[0]));
    body.extend(vector(2, &extensions));
    body
}

fn datagram(body: &[u8], from: usize, to: usize) -> Vec<u8> {
    let mut message = vec![CLIENT_HELLO];
    message.extend(&(body.len() as u32).to_be_bytes()[1..]);
    message.extend([0, 0]);
    message.extend(&(from as u32).to_be_bytes()[1..]);
    message.extend(&((to - from) as u32).to_be_bytes()[1..]);
    message.extend(&body[from..to]);
    let mut out = vec![HANDSHAKE_RECORD, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0];
    out.extend(vector(2, &message));
    out
}

#[test]
fn profiles_are_found_behind_other_extensions() {
    let body = hello(&[1, 8, 7], 40);
    let found = ClientHello::default().handle_datagram(&datagram(&body, 0, body.len())).expect("whole");
    assert!(found.contains(7) && found.contains(1) && !found.contains(2) && !found.contains(0));
}

#[test]
fn a_client_without_srtp_has_no_profiles() {
    let mut body = vec![3; VERSION_AND_RANDOM];
    body.extend([0, 0, 0, 2, 0xc0, 0x2b, 1, 0]);
    let found = ClientHello::default().handle_datagram(&datagram(&body, 0, body.len())).expect("whole");
    assert!(!found.contains(7) && !found.contains(1));
}

#[test]
fn a_second_hello_of_another_length_begins_anew() {
    let (first, second) = (hello(&[1], 1_200), hello(&[7], 1_100));
    let mut assembler = ClientHello::default();
    assert_eq!(assembler.handle_datagram(&datagram(&first, 0, 1_000)), None);
    assert_eq!(assembler.handle_datagram(&datagram(&second, 0, 1_000)), None);
    let found = assembler.handle_datagram(&datagram(&second, 1_000, second.len())).expect("whole");
    assert!(found.contains(7) && !found.contains(1));
}

#[test]
fn what_is_too_long_is_not_kept() {
    let body = vec![0; MAX_HELLO + 1];
    let mut assembler = ClientHello::default();
    assert_eq!(assembler.handle_datagram(&datagram(&body, 0, 100)), None);
    assert!(assembler.body.is_empty());
}

proptest! {
    #[test]
    fn fragments_in_any_order_and_overlapping_make_the_hello(
        cuts in proptest::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 0..12), filling in 1_usize..3_000,
    ) {
        let body = hello(&[1, 8, 7], filling);
        let mut assembler = ClientHello::default();
        for (a, b) in cuts {
            let (a, b) = ((a * body.len() as f64) as usize, (b * body.len() as f64) as usize);
            assembler.handle_datagram(&datagram(&body, a.min(b), a.max(b)));
        }
        let half = body.len() / 2;
        assembler.handle_datagram(&datagram(&body, half, body.len()));
        let found = assembler.handle_datagram(&datagram(&body, 0, half));
        prop_assert!(found.is_some_and(|f| f.contains(7)));
    }

    #[test]
    fn any_bytes_are_taken_calmly(datagrams in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..4)) {
        let mut assembler = ClientHello::default();
        for mut bytes in datagrams {
            if let Some(first) = bytes.first_mut() {
                *first = HANDSHAKE_RECORD;
            }
            assembler.handle_datagram(&bytes);
        }
    }

    #[test]
    fn a_broken_body_is_taken_calmly(body in proptest::collection::vec(any::<u8>(), 1..400)) {
        ClientHello::default().handle_datagram(&datagram(&body, 0, body.len()));
    }
}
