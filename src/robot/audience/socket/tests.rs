//! Addresses and slots, and datagrams that reach the viewer they are for.

use super::*;
use std::collections::HashSet;

#[test]
fn every_slot_has_an_address_of_its_own() {
    let all: HashSet<Ipv4Addr> = (0..20_000).map(ip).collect();
    assert_eq!(all.len(), 20_000);
    assert!(all.iter().all(|ip| ip.is_loopback() && ip.octets()[1] > 0));
    assert!((0..20_000).all(|n| slot(ip(n).into()) == Some(n)));
    assert_eq!(slot(IpAddr::V4(Ipv4Addr::LOCALHOST)), None);
}

#[test]
fn a_datagram_reaches_its_slot() {
    let sockets = Sockets::bind(300).unwrap();
    assert_eq!(sockets.ports().len(), 3);
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut buffer = [0; 16];
    for slot in [0, 1, 299] {
        sockets.send(slot, server.local_addr().unwrap(), b"hello");
        let (length, from) = server.recv_from(&mut buffer).unwrap();
        assert_eq!((length, from), (5, sockets.address(slot)));
        server.send_to(&buffer[..length], from).unwrap();
        let (mut inbox, mut got) = (Inbox::new(), Vec::new());
        for _ in 0..200 {
            sockets.drain(&mut inbox, |d| got.push((d.slot, d.bytes.to_vec(), d.arrived_ns.is_some())));
            if !got.is_empty() {
                break;
            }
            std::thread::yield_now();
        }
        assert_eq!(got, [(slot, b"hello".to_vec(), true)]);
    }
}
