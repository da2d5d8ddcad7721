//! How often something may be done: a token bucket and a strike counter, in virtual time.
//!
//! Invariant: a bucket holds between zero and `burst` tokens whatever instants it is shown, earlier ones included. Time
//! comes in as `now`, so a test spends a day in a microsecond.

use quiora_signaling::limits::{self, Rate};
use quiora_signaling::{ClientMessage, CrowdMessage, PollMessage, QuestionMessage};
use std::time::{Duration, Instant};

/// A token bucket: so many a second in the long run, so many at once after a silence.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    rate: Rate,
    tokens: f64,
    filled_at: Instant,
}

impl Bucket {
    /// A full bucket. A `rate` of zero per second never refills.
    #[must_use]
    pub const fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, tokens: rate.burst, filled_at: now }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// The time until there is one, when there is none.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.fill(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        let seconds = (1.0 - self.tokens) / self.rate.per_second.max(f64::MIN_POSITIVE);
        Err(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
    }

    /// Whether nothing was taken for so long that the bucket is as good as new.
    #[must_use]
    pub fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.tokens >= self.rate.burst
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled_at);
        self.filled_at = self.filled_at.max(now);
        self.tokens = (self.tokens + passed.as_secs_f64() * self.rate.per_second).min(self.rate.burst);
    }
}

/// The buckets of what the audience does. What keeps order costs only the bucket of all requests: staff is few.
#[derive(Debug, Clone, Copy)]
pub struct AudienceRates {
    questions: Bucket,
    votes: Bucket,
    reactions: Bucket,
    captions: Bucket,
    missed: Bucket,
}

impl AudienceRates {
    /// Full ones.
    #[must_use]
    pub const fn new(now: Instant) -> Self {
        Self {
            questions: Bucket::new(limits::QUESTIONS, now),
            votes: Bucket::new(limits::VOTES, now),
            reactions: Bucket::new(limits::REACTIONS, now),
            captions: Bucket::new(limits::CAPTIONS, now),
            missed: Bucket::new(limits::MISSED, now),
        }
    }

    /// Takes what a message costs.
    ///
    /// # Errors
    /// The time to wait.
    pub fn take(&mut self, now: Instant, message: &ClientMessage) -> Result<(), Duration> {
        match message {
            ClientMessage::Question(QuestionMessage::QuestionAsk { .. }) => self.questions.take(now),
            ClientMessage::Question(QuestionMessage::QuestionVote { .. } | QuestionMessage::QuestionUnvote { .. })
            | ClientMessage::Poll(PollMessage::PollVote { .. }) => self.votes.take(now),
            ClientMessage::Crowd(CrowdMessage::React { .. }) => self.reactions.take(now),
            ClientMessage::Crowd(CrowdMessage::CaptionSend { .. }) => self.captions.take(now),
            ClientMessage::Crowd(CrowdMessage::MissedGet { .. }) => self.missed.take(now),
            _ => Ok(()),
        }
    }
}

/// Counts refusals within a window: who goes on after being told to slow down is not worth answering.
#[derive(Debug, Clone, Copy)]
pub struct Strikes {
    limit: u32,
    window: Duration,
    count: u32,
    since: Instant,
}

impl Strikes {
    /// None so far; `limit` of them within `window` are too many.
    #[must_use]
    pub const fn new(limit: u32, window: Duration, now: Instant) -> Self {
        Self { limit, window, count: 0, since: now }
    }

    /// Counts one; true when it was one too many. Windows follow one another, so the true limit lies between `limit` and
    /// twice that in any stretch of `window`.
    #[must_use]
    pub fn strike(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= self.window {
            (self.since, self.count) = (now, 0);
        }
        self.count = self.count.saturating_add(1);
        self.count >= self.limit
    }
}

#[cfg(test)]
mod tests;
