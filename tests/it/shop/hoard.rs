//! Who opens many sockets to hold back everything.

use super::{Bottega, order};
use crate::harness::Client;
use quiora::clock;
use quiora_signaling::limits::MAX_OPEN_PER_ADDRESS;
use quiora_signaling::{ClientMessage, OrderId, OrderStatus, RefusalCode, Role, ServerMessage};

const HOARDER: &str = "203.0.113.7";

async fn member(house: &Bottega, from: &str) -> Client {
    let mut client = Client::connect_from(house.server.app().address(), from).await.unwrap();
    client.hello(house.server.token(&house.show, Role::Viewer).await, None, None).await;
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_cannot_hold_back_everything() {
    let mut house = Bottega::open(100).await;
    let mut held = Vec::new();
    let refused = 'many: loop {
        let mut client = member(&house, HOARDER).await;
        for _ in 0..2 {
            let id = OrderId(clock::uuid());
            let reserve = house.reserve(&mut client, id);
            match client.request(&reserve).await {
                ServerMessage::Order(_) => held.push(id),
                ServerMessage::Refused(refused) => break 'many refused.code,
                other => panic!("{other:?}"),
            }
        }
    };
    assert_eq!((held.len(), refused), (MAX_OPEN_PER_ADDRESS, RefusalCode::OverLimit));

    let mut other = member(&house, "198.51.100.9").await;
    let reserve = house.reserve(&mut other, OrderId(clock::uuid()));
    assert_eq!(order(&mut other, &reserve).await.status, OrderStatus::Reserved, "others can buy");

    let mut client = member(&house, HOARDER).await;
    let release = ClientMessage::OrderRelease { id: client.id(), order: held[0], key: super::key(held[0]) };
    assert_eq!(order(&mut client, &release).await.status, OrderStatus::Released);
    let again = OrderId(clock::uuid());
    let freed = async {
        loop {
            let reserve = house.reserve(&mut client, again);
            match client.request(&reserve).await {
                ServerMessage::Order(reply) => return reply.order.status,
                // What was let go is heard of a moment later.
                _ => tokio::time::sleep(std::time::Duration::from_millis(300)).await,
            }
        }
    };
    let freed = tokio::time::timeout(crate::harness::PATIENCE, freed).await.unwrap();
    assert_eq!(freed, OrderStatus::Reserved, "what was let go makes room");
    house.server.stop().await;
}
