//! The writer before sockets that take everything, and one that takes nothing.

use super::{MAX_BATCH, Writer};
use crate::clock;
use crate::show::{Class, Frame, Outbox};
use axum::extract::ws::Message;
use futures_util::{Sink, sink};
use quiora_signaling::{RefusalCode, ServerMessage};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_millis(50);

fn writer<S>(socket: S, outbox: &Outbox) -> Writer<S, impl Fn(RefusalCode)> {
    Writer { socket, outbox: outbox.clone(), refused: |_| {}, patience: PATIENCE }
}

/// A socket that hands over what it is given.
fn open() -> (impl Sink<Message, Error = Infallible> + Unpin, mpsc::Receiver<Message>) {
    let (to, taken) = mpsc::channel(4 * MAX_BATCH);
    let socket = sink::unfold(to, |to, message| async move {
        to.send(message).await.expect("the test listens");
        Ok(to)
    });
    (Box::pin(socket), taken)
}

fn pong(id: u32) -> Frame {
    Frame::encode(&ServerMessage::Pong { id, clock_ms: 0 })
}

#[tokio::test]
async fn all_that_waits_is_written_whatever_its_number() {
    for waiting in [1, MAX_BATCH - 1, MAX_BATCH, MAX_BATCH + 1, 2 * MAX_BATCH + 1] {
        let outbox = Outbox::new();
        let frames: Vec<_> = (0..waiting).map(|id| pong(u32::try_from(id).expect("small"))).collect();
        for frame in &frames {
            assert!(outbox.push(Class::Reply, frame.clone()));
        }
        outbox.close(RefusalCode::ShowEnded);
        let (socket, mut taken) = open();
        assert_eq!(writer(socket, &outbox).run().await, Some(RefusalCode::ShowEnded));
        for frame in frames {
            assert_eq!(taken.recv().await, Some(Message::Text(frame.into_text())), "of {waiting}");
        }
        let bye = Frame::encode(&ServerMessage::bye(RefusalCode::ShowEnded));
        assert_eq!(taken.recv().await, Some(Message::Text(bye.into_text())));
        assert!(matches!(taken.recv().await, Some(Message::Close(Some(_)))));
        assert_eq!(taken.recv().await, None);
    }
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_given_up_and_nothing_more_is_kept_for_it() {
    let outbox = Outbox::new();
    outbox.push(Class::Reply, pong(1));
    let socket = Box::pin(sink::unfold((), |(), _| std::future::pending::<Result<(), Infallible>>()));
    let start = clock::monotonic();
    // The goodbye finds no room either.
    assert_eq!(writer(socket, &outbox).run().await, None);
    assert!(start.elapsed() >= PATIENCE);
    assert!(!outbox.push(Class::Reply, pong(2)));
    assert!(outbox.is_empty());
}

#[tokio::test]
async fn a_socket_that_fails_is_gone() {
    let outbox = Outbox::new();
    outbox.push(Class::Reply, pong(1));
    let socket = Box::pin(sink::unfold((), |(), _| std::future::ready(Err("reset"))));
    assert_eq!(writer(socket, &outbox).run().await, None);
}
