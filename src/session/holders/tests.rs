//! One address, another, none; what ends, and what nobody saw end.

use super::*;
use uuid::Uuid;

const HERE: Option<AddressHash> = Some([1; 16]);
const THERE: Option<AddressHash> = Some([2; 16]);

fn order(n: u128) -> OrderId {
    OrderId(Uuid::from_u128(n))
}

fn full() -> Holders {
    let holders = Holders::new();
    for n in 0..MAX_OPEN_PER_ADDRESS as u128 {
        assert_eq!(holders.begins(HERE, order(n), 0), Begins::New);
    }
    holders
}

#[test]
fn one_address_holds_so_many_and_another_as_many() {
    let holders = full();
    assert_eq!(holders.begins(HERE, order(1_000), 0), Begins::TooMany);
    assert_eq!(holders.begins(HERE, order(3), 0), Begins::Known, "a repetition is the same order");
    assert_eq!(holders.begins(THERE, order(1_000), 0), Begins::New);
    assert_eq!(
        holders.begins(None, order(1_001), 0),
        Begins::Known,
        "nobody is limited for an address that cannot be told"
    );
}

#[test]
fn what_ends_makes_room_and_leaves_nothing_behind() {
    let holders = full();
    for n in 0..MAX_OPEN_PER_ADDRESS as u128 {
        holders.ended(order(n));
        holders.ended(order(n));
    }
    assert!(holders.0.by_address.is_empty() && holders.0.from.is_empty());
    assert_eq!(holders.begins(HERE, order(1), 0), Begins::New);
}

#[test]
fn an_order_whose_end_nobody_saw_does_not_count_for_ever() {
    let holders = full();
    assert_eq!(holders.begins(HERE, order(1_000), FORGOTTEN_MS - 1), Begins::TooMany);
    assert_eq!(holders.begins(HERE, order(1_000), FORGOTTEN_MS), Begins::New);
}
