//! Buckets and strikes in virtual time.

use super::{AudienceRates, Bucket, Strikes};
use crate::clock;
use quiora_signaling::limits::{self, Rate};
use quiora_signaling::{ClientMessage, CrowdMessage, PollMessage, QuestionMessage, Reaction};
use std::time::Duration;

const RATE: Rate = Rate { per_second: 2.0, burst: 3.0 };

#[test]
fn a_burst_then_the_sustained_rate() {
    let start = clock::monotonic();
    let mut bucket = Bucket::new(RATE, start);
    for _ in 0..3 {
        assert_eq!(bucket.take(start), Ok(()));
    }
    assert_eq!(bucket.take(start), Err(Duration::from_millis(500)));
    assert_eq!(bucket.take(start + Duration::from_millis(500)), Ok(()));
    assert!(bucket.take(start + Duration::from_millis(500)).is_err());
}

#[test]
fn silence_never_saves_up_more_than_the_burst() {
    let start = clock::monotonic();
    let mut bucket = Bucket::new(RATE, start);
    let later = start + Duration::from_secs(86_400);
    let taken = (0..100).filter(|_| bucket.take(later).is_ok()).count();
    assert_eq!(taken, 3);
}

#[test]
fn what_is_told_to_wait_is_enough() {
    let start = clock::monotonic();
    let mut bucket = Bucket::new(Rate { per_second: 0.67, burst: 1.0 }, start);
    let mut now = start;
    for _ in 0..50 {
        if let Err(wait) = bucket.take(now) {
            now += wait + Duration::from_millis(1);
            assert_eq!(bucket.take(now), Ok(()));
        }
    }
}

#[test]
fn time_that_goes_back_gives_nothing() {
    let start = clock::monotonic() + Duration::from_secs(100);
    let mut bucket = Bucket::new(Rate { per_second: 1.0, burst: 1.0 }, start);
    assert!(bucket.take(start).is_ok());
    assert!(bucket.take(start - Duration::from_secs(50)).is_err());
    assert!(bucket.take(start + Duration::from_millis(500)).is_err());
    assert!(bucket.take(start + Duration::from_secs(1)).is_ok());
}

#[test]
fn a_rate_of_zero_never_refills() {
    let start = clock::monotonic();
    let mut bucket = Bucket::new(Rate { per_second: 0.0, burst: 1.0 }, start);
    assert!(bucket.take(start).is_ok());
    assert_eq!(bucket.take(start + Duration::from_secs(1_000_000)), Err(Duration::MAX));
}

#[test]
fn strikes_count_within_a_window_only() {
    let start = clock::monotonic();
    let mut strikes = Strikes::new(3, Duration::from_secs(10), start);
    assert!(!strikes.strike(start));
    assert!(!strikes.strike(start + Duration::from_secs(9)));
    assert!(!strikes.strike(start + Duration::from_secs(10)), "a new window starts at one");
    assert!(!strikes.strike(start + Duration::from_secs(11)));
    assert!(strikes.strike(start + Duration::from_secs(12)));
}

#[test]
fn the_audience_has_a_bucket_for_each_thing() {
    let now = clock::monotonic();
    let id = uuid::Uuid::from_u128(7);
    let mut rates = AudienceRates::new(now);
    let react = ClientMessage::Crowd(CrowdMessage::React { id: 1, reaction: Reaction::Heart, count: 1 });
    let vote = ClientMessage::Poll(PollMessage::PollVote { id: 1, poll: id.into(), choices: vec![0] });
    let (text, product) = ("?".to_owned(), None);
    let ask = ClientMessage::Question(QuestionMessage::QuestionAsk { id: 1, question: id.into(), text, product });
    let missed = ClientMessage::Crowd(CrowdMessage::MissedGet { id: 1, from_seq: 0, to_seq: 9 });
    for (message, burst) in [
        (&react, limits::REACTIONS.burst),
        (&vote, limits::VOTES.burst),
        (&ask, limits::QUESTIONS.burst),
        (&missed, limits::MISSED.burst),
    ] {
        for _ in 0..burst as usize {
            assert!(rates.take(now, message).is_ok());
        }
        assert!(rates.take(now, message).is_err(), "{message:?}");
    }
    let take = ClientMessage::Question(QuestionMessage::QuestionTake { id: 1, question: id.into() });
    assert!((0..100).all(|_| rates.take(now, &take).is_ok()), "staff is not counted here");
}
