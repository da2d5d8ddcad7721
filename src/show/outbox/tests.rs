//! The outbox against a simple model, and what a slow or a closed one does.
use super::*;
use proptest::prelude::*;
use quiora_signaling::PeerEnd;

fn frame(text: &str) -> Frame {
    Frame { text: Utf8Bytes::from(text), refusal: None }
}

fn frames(outbox: &Outbox) -> Vec<String> {
    std::iter::from_fn(|| match outbox.try_next() {
        Some(Next::Frame(frame)) => Some(frame.as_str().to_owned()),
        _ => None,
    })
    .collect()
}

#[test]
fn the_newest_state_takes_the_place_of_the_one_that_waits() {
    let outbox = Outbox::new();
    let (stage, presence) = (Class::State(StateKey::Stage), Class::State(StateKey::Presence));
    for (class, text) in [
        (Class::Event, "e1"),
        (presence, "p1"),
        (Class::Reply, "r1"),
        (stage, "s1"),
        (presence, "p2"),
        (presence, "p3"),
    ] {
        assert!(outbox.push(class, frame(text)));
    }
    assert_eq!(outbox.len(), 4);
    assert_eq!(frames(&outbox), ["e1", "p3", "r1", "s1"]);
    outbox.push(presence, frame("p4"));
    assert_eq!(frames(&outbox), ["p4"]);
}

#[test]
fn too_many_or_too_much_closes_it() {
    let outbox = Outbox::new();
    for n in 0..MAX_OUTBOX_MESSAGES {
        assert!(outbox.push(Class::Event, frame(&n.to_string())));
    }
    assert!(!outbox.push(Class::Event, frame("one too many")));
    assert_eq!(outbox.try_next(), Some(Next::Closed(RefusalCode::SlowConsumer)));
    assert!(!outbox.push(Class::Reply, frame("late")));

    let outbox = Outbox::new();
    let half = "x".repeat(MAX_OUTBOX_BYTES / 2);
    assert!(outbox.push(Class::Reply, frame(&half)) && outbox.push(Class::Reply, frame(&half)));
    assert!(!outbox.push(Class::State(StateKey::Stage), frame("y")));
    assert_eq!(outbox.try_next(), Some(Next::Closed(RefusalCode::SlowConsumer)));
}

#[test]
fn of_too_many_lines_the_oldest_are_left_out_and_said() {
    let outbox = Outbox::new();
    let lines = MAX_OUTBOX_LINES as u64;
    outbox.push(Class::Reply, frame("first"));
    for seq in 1..=lines + 10 {
        assert!(outbox.push(Class::Chat(seq), frame(&seq.to_string())));
        if seq == 5 {
            outbox.push(Class::Event, frame("an event"));
        }
    }
    let sent = frames(&outbox);
    assert_eq!(sent[..4], ["first", r#"{"type":"gap","from_seq":1,"to_seq":10}"#, "an event", "11"]);
    assert_eq!((sent.len(), sent.last().map(String::as_str)), (3 + MAX_OUTBOX_LINES, Some("266")));
    // What comes after the client has caught up is whole again.
    outbox.push(Class::Chat(300), frame("300"));
    assert_eq!(frames(&outbox), ["300"]);
}

#[test]
fn large_lines_go_before_anything_else_has_to() {
    let outbox = Outbox::new();
    let large = "x".repeat(MAX_OUTBOX_BYTES / 8);
    for seq in 1..=40 {
        assert!(outbox.push(Class::Chat(seq), frame(&large)));
    }
    assert!(outbox.push(Class::Event, frame(&large)) && outbox.len() <= 6);
}

#[test]
fn what_waits_is_sent_before_the_goodbye_and_the_first_code_stands() {
    let outbox = Outbox::new();
    outbox.push(Class::Reply, frame("last words"));
    outbox.close(RefusalCode::ShowRestarted);
    outbox.close(RefusalCode::Idle);
    assert!(outbox.is_closed() && !outbox.push(Class::Reply, frame("too late")));
    assert_eq!(outbox.try_next(), Some(Next::Frame(frame("last words"))));
    for _ in 0..2 {
        assert_eq!(outbox.try_next(), Some(Next::Closed(RefusalCode::ShowRestarted)));
    }
}

#[tokio::test]
async fn a_waiting_session_wakes_up() {
    let outbox = Outbox::new();
    let reader = tokio::spawn({
        let outbox = outbox.clone();
        async move { (outbox.next().await, outbox.next().await) }
    });
    tokio::task::yield_now().await;
    outbox.push(Class::Reply, frame("hello"));
    tokio::task::yield_now().await;
    outbox.close(RefusalCode::ServerStopping);
    let (first, second) = reader.await.expect("reader");
    assert_eq!((first, second), (Next::Frame(frame("hello")), Next::Closed(RefusalCode::ServerStopping)));
}

#[tokio::test]
async fn a_cancelled_wait_loses_nothing() {
    let outbox = Outbox::new();
    for n in 0..100 {
        tokio::select! {
            biased;
            _ = outbox.next() => unreachable!("empty"),
            () = std::future::ready(()) => {}
        }
        outbox.push(Class::Event, frame(&n.to_string()));
        assert_eq!(outbox.next().await, Next::Frame(frame(&n.to_string())));
    }
}

#[test]
fn it_knows_when_nobody_reads_it() {
    let (outbox, session) = (Outbox::new(), Outbox::new());
    assert!(outbox.is_abandoned());
    let reader = session.clone();
    assert!(!session.is_abandoned());
    drop(reader);
    assert!(session.is_abandoned());
}

#[test]
fn messages_are_encoded_as_the_protocol_says() {
    let peer = "01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("id");
    let frame = Frame::encode(&ServerMessage::PeerClosed { peer, reason: PeerEnd::Timeout });
    assert_eq!(
        frame.as_str(),
        r#"{"type":"peer_closed","peer":"01890a5d-ac96-774b-bcce-b302099a8057","reason":"timeout"}"#
    );
    assert!(serde_json::from_str::<ServerMessage>(UNENCODABLE).is_ok());
}

#[derive(Debug, Clone)]
enum Step {
    Push(Class, usize),
    Take,
}

fn step() -> impl Strategy<Value = Step> {
    let class = prop_oneof![
        3 => Just(Class::Event),
        1 => Just(Class::Reply),
        1 => Just(Class::State(StateKey::Stage)),
        1 => Just(Class::State(StateKey::Presence)),
    ];
    let size = prop_oneof![20 => 1usize..100, 1 => (MAX_OUTBOX_BYTES / 8)..(MAX_OUTBOX_BYTES / 3)];
    prop_oneof![5 => (class, size).prop_map(|(c, s)| Step::Push(c, s)), 2 => Just(Step::Take)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    /// The model: a list in which a state is replaced where it stands. The outbox equals it until it is over a bound,
    /// and is closed ever after.
    #[test]
    fn it_is_bounded_keeps_order_and_coalesces(steps in proptest::collection::vec(step(), 1..1_600)) {
        let outbox = Outbox::new();
        let mut model: VecDeque<(Class, String)> = VecDeque::new();
        let mut closed = false;
        for (n, step) in steps.into_iter().enumerate() {
            match step {
                Step::Push(class, size) => {
                    let text = format!("{n}{}", "x".repeat(size));
                    let same = |(c, _): &(Class, String)| matches!(class, Class::State(_)) && *c == class;
                    match model.iter().position(same) {
                        Some(at) => model[at].1.clone_from(&text),
                        None => model.push_back((class, text.clone())),
                    }
                    closed |= model.len() > MAX_OUTBOX_MESSAGES
                        || model.iter().map(|(_, t)| t.len()).sum::<usize>() > MAX_OUTBOX_BYTES;
                    prop_assert_eq!(outbox.push(class, frame(&text)), !closed);
                }
                Step::Take => {
                    let expected = match model.pop_front() {
                        _ if closed => Some(Next::Closed(RefusalCode::SlowConsumer)),
                        Some((_, text)) => Some(Next::Frame(frame(&text))),
                        None => None,
                    };
                    prop_assert_eq!(outbox.try_next(), expected);
                }
            }
            let queue = outbox.lock();
            prop_assert!(queue.items.len() <= MAX_OUTBOX_MESSAGES && queue.bytes <= MAX_OUTBOX_BYTES);
            prop_assert_eq!(queue.bytes, queue.items.iter().map(Item::len).sum::<usize>());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever waits and is taken in whatever order: each line is sent or said to be left out, and never both; events are all
    /// sent; and both keep their order.
    #[test]
    fn a_line_is_sent_or_said_to_be_left_out(steps in proptest::collection::vec((0..10_u8, 1..60_usize), 1..200)) {
        let outbox = Outbox::new();
        let (mut seq, mut events, mut lines) = (0_u64, Vec::new(), Vec::new());
        let (mut sent_events, mut sent_lines, mut gaps) = (Vec::new(), Vec::new(), Vec::new());
        let mut read = |n: usize| {
            for text in std::iter::from_fn(|| match outbox.try_next() {
                Some(Next::Frame(frame)) => Some(frame.as_str().to_owned()),
                _ => None,
            }).take(n) {
                match (text.strip_prefix("line "), text.strip_prefix("event ")) {
                    (Some(seq), _) => sent_lines.push(seq.parse::<u64>().expect("a seq")),
                    (_, Some(seq)) => sent_events.push(seq.parse::<u64>().expect("a seq")),
                    _ => match serde_json::from_str(&text) {
                        Ok(ServerMessage::Gap(gap)) => gaps.push(gap),
                        other => unreachable!("{other:?}"),
                    },
                }
            }
        };
        for (what, n) in steps {
            match what {
                0..6 => for _ in 0..n {
                    seq += 1;
                    lines.push(seq);
                    assert!(outbox.push(Class::Chat(seq), frame(&format!("line {seq}"))));
                },
                6 => {
                    seq += 1;
                    events.push(seq);
                    assert!(outbox.push(Class::Event, frame(&format!("event {seq}"))));
                }
                _ => read(n),
            }
        }
        read(usize::MAX);
        prop_assert_eq!(sent_events, events);
        prop_assert!(sent_lines.is_sorted());
        let left_out = |seq: &u64| gaps.iter().any(|gap| (gap.from_seq..=gap.to_seq).contains(seq));
        for seq in &lines {
            prop_assert!(sent_lines.binary_search(seq).is_ok() != left_out(seq), "line {}", seq);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_falls_asleep_between_two_frames_is_woken() {
    const FRAMES: u32 = 20_000;
    let outbox = Outbox::new();
    let reader = outbox.clone();
    let consumer = tokio::spawn(async move {
        for expected in 0..FRAMES {
            assert_eq!(reader.next().await, Next::Frame(frame(&expected.to_string())));
        }
    });
    for id in 0..FRAMES {
        while outbox.len() > 3 {
            tokio::task::yield_now().await;
        }
        outbox.push(Class::Reply, frame(&id.to_string()));
    }
    tokio::time::timeout(std::time::Duration::from_secs(20), consumer).await.expect("woken").expect("in order");
}

#[test]
fn a_count_that_an_event_has_overtaken_comes_after_it() {
    let outbox = Outbox::new();
    let votes = Class::State(StateKey::Votes(uuid::Uuid::nil().into()));
    for (class, text) in
        [(votes, "10"), (Class::Chat(1), "line"), (votes, "11"), (Class::Event, "taken at 11"), (votes, "15")]
    {
        assert!(outbox.push(class, frame(text)));
    }
    assert_eq!(frames(&outbox), ["line", "taken at 11", "15"]);
    assert_eq!(outbox.lock().bytes, 0);
}
