//! Tries per address, in virtual time.

use super::{MAX_ADDRESSES, Throttle};
use crate::clock;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

#[test]
fn ten_tries_then_patience() {
    let (throttle, now) = (Throttle::logins(), clock::monotonic());
    let one: IpAddr = "2001:db8::1".parse().unwrap();
    let neighbour: IpAddr = "2001:db8::2:3:4:5".parse().unwrap();
    let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
    for _ in 0..10 {
        assert!(throttle.check(one, now).is_ok());
    }
    assert!(throttle.check(neighbour, now).is_err(), "the same /64");
    assert!(throttle.check(other, now).is_ok());
    assert!(throttle.check(one, now + Duration::from_secs(3)).is_ok());
}

#[test]
fn it_stays_bounded() {
    let (throttle, now) = (Throttle::logins(), clock::monotonic());
    for n in 0..u32::try_from(MAX_ADDRESSES).unwrap() + 50 {
        assert!(throttle.check(Ipv4Addr::from_bits(n).into(), now).is_ok());
    }
    assert!(throttle.buckets.lock().unwrap().len() <= MAX_ADDRESSES);
}
