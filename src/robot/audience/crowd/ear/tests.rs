//! The ear and the protocol's own messages: what the server says is counted as what it is.

use super::{Ear, line};
use quiora_signaling::{Gap, Logged, RefusalCode, Refused, ServerMessage, ShowEvent};
use std::time::Duration;

fn heard(message: &ServerMessage) -> Ear {
    let mut ear = Ear::default();
    ear.hear(message.to_json().unwrap().as_bytes(), Duration::from_millis(30));
    ear
}

#[test]
fn a_line_is_timed_by_its_mark_whoever_sends_it() {
    let text = line(Duration::from_millis(10));
    for message in [
        format!(
            r#"{{"type":"event","seq":7,"at_ms":1,"event":{{"kind":"chat","nickname":"sent=0","text":"{text}"}}}}"#
        ),
        format!(r#"{{"type":"chat_send","id":1,"message":"m","text":"{text}"}}"#),
    ] {
        let mut ear = Ear::default();
        ear.hear(message.as_bytes(), Duration::from_millis(30));
        assert_eq!((ear.lines, ear.others), (1, 0), "{message}");
        let delay = ear.delay.percentiles().unwrap();
        assert!((19.0..=21.0).contains(&delay.max), "{delay:?}");
    }
}

#[test]
fn other_events_and_states_are_deliveries_and_replies_are_not() {
    let started = ServerMessage::Event(Logged { seq: 1, at_ms: 1, event: ShowEvent::Started });
    assert_eq!((heard(&started).lines, heard(&started).others), (0, 1));
    assert_eq!(heard(&ServerMessage::Reactions { counts: Vec::new() }).others, 1);
    assert_eq!(heard(&ServerMessage::Presence { viewers: 1, peak: 1, total: 1 }).others, 1);
    assert_eq!(heard(&ServerMessage::Done { id: 1, seq: None }).others, 0);
    assert_eq!(heard(&ServerMessage::Gap(Gap { from_seq: 1, to_seq: 2 })).gaps, 1);
}

#[test]
fn refusals_and_goodbyes_are_counted_by_code() {
    let refused = heard(&ServerMessage::Refused(Refused::new(Some(3), RefusalCode::RateLimited)));
    assert_eq!(refused.refused.get("rate_limited"), Some(&1));
    assert_eq!(heard(&ServerMessage::bye(RefusalCode::SlowConsumer)).refused.get("slow_consumer"), Some(&1));
}
