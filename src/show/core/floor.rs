//! Who has the floor: whether a viewer may write a line now.
//!
//! A show takes so many lines a second and no more ([`SHOW_CHAT`]); a crowd cannot read faster. Half of them are for those who
//! came minutes ago and half for newcomers, so that a raid drowns its own half only; what one half leaves, the other may
//! use. When a half runs low, each who wants to write in it gets a turn before anybody gets a second one.
//!
//! When newcomers are turned away by the dozen, the guard comes up: they wait longer, and who has just come waits until it is
//! clear that they stay. It goes down a minute after the flood.
//!
//! Invariants: everything kept is bounded by what [`SHOW_CHAT`] lets through and by who tried in the last seconds. A clock that
//! steps back lets through rather than shut out.

use super::Refusal;
use super::filter::Filter;
use quiora_signaling::limits::{MAX_SLOW_MS, SHOW_CHAT, SHOW_QUESTIONS};
use quiora_signaling::{ChatRules, Guard, MemberId, RefusalCode};
use std::collections::HashMap;

/// Who came less than this ago is a newcomer.
pub(super) const NEWCOMER_MS: u64 = 5 * 60_000;

/// What newcomers are held to while the guard is up.
pub(super) const RAISED: Guard = Guard { active: true, slow_ms: 15_000, join_age_ms: 60_000 };

/// The guard comes up when newcomers were turned away this often within [`WINDOW_MS`] …
const RAID_REFUSALS: u32 = 50;

/// … and so many of them were at it.
const RAID_WRITERS: usize = 20;

/// And it stays up while they are turned away this often.
const STILL_RAID_REFUSALS: u32 = 20;

const WINDOW_MS: u64 = 5_000;

/// How long after the flood the guard goes down.
pub(super) const CALM_MS: u64 = 60_000;

/// Who tried within this time wants to write.
const WANTS_MS: u64 = 10_000;

/// Longest advice to wait because others want to write too.
const MAX_TURN_MS: u64 = 30_000;

/// Last lines that are remembered before old ones are looked for.
const MAX_LAST: usize = 20_000;

#[derive(Debug, Default)]
pub(super) struct Floor {
    pub(super) rules: ChatRules,
    pub(super) filter: Filter,
    last: HashMap<MemberId, u64>,
    old: Half,
    new: Half,
    guard: Guard,
    /// When the last window full of refusals was.
    hot_at_ms: u64,
    window: (u64, u32),
    told: Guard,
}

#[derive(Debug)]
struct Half {
    tokens: f64,
    filled_at_ms: u64,
    wants: HashMap<MemberId, u64>,
    pruned_at_ms: u64,
    /// What is left for questions, filled at the same moments.
    questions: f64,
}

impl Default for Half {
    fn default() -> Self {
        let questions = Self::QUESTIONS_BURST;
        Self { tokens: Self::BURST, filled_at_ms: 0, wants: HashMap::new(), pruned_at_ms: 0, questions }
    }
}

impl Half {
    const PER_MS: f64 = SHOW_CHAT.per_second / 2_000.0;
    const BURST: f64 = SHOW_CHAT.burst / 2.0;
    const QUESTIONS_PER_MS: f64 = SHOW_QUESTIONS.per_second / 2_000.0;
    const QUESTIONS_BURST: f64 = SHOW_QUESTIONS.burst / 2.0;

    fn fill(&mut self, now_ms: u64) {
        let passed = now_ms.saturating_sub(self.filled_at_ms) as f64;
        self.filled_at_ms = now_ms;
        self.tokens = passed.mul_add(Self::PER_MS, self.tokens).min(Self::BURST);
        self.questions = passed.mul_add(Self::QUESTIONS_PER_MS, self.questions).min(Self::QUESTIONS_BURST);
    }

    fn want(&mut self, now_ms: u64, member: MemberId) {
        self.wants.insert(member, now_ms);
        if now_ms.abs_diff(self.pruned_at_ms) >= 1_000 {
            self.pruned_at_ms = now_ms;
            self.wants.retain(|_, at| now_ms.abs_diff(*at) <= WANTS_MS);
        }
    }

    /// How far apart the lines of each are when all who want to write get their turn.
    fn turn_ms(&self) -> u64 {
        (self.wants.len() as f64 / Self::PER_MS) as u64
    }

    fn is_low(&self) -> bool {
        self.tokens < Self::BURST / 2.0
    }
}

/// How long ago a member came. The server made the id when it first said hello, so it cannot be younger than it is.
fn age_ms(now_ms: u64, member: MemberId) -> u64 {
    let Some(made) = member.0.get_timestamp() else { return u64::MAX };
    let (seconds, nanos) = made.to_unix();
    now_ms.saturating_sub(seconds * 1_000 + u64::from(nanos) / 1_000_000)
}

fn later(code: RefusalCode, wait_ms: u64) -> Refusal {
    Refusal { code, retry_after_ms: Some(u32::try_from(wait_ms).unwrap_or(u32::MAX)) }
}

impl Floor {
    pub(super) fn new(rules: ChatRules, filter: Filter) -> Self {
        Self { rules, filter, ..Self::default() }
    }

    pub(super) const fn guard(&self) -> Guard {
        self.guard
    }

    /// Whether a viewer has been here long enough.
    pub(super) fn check_age(&self, now_ms: u64, member: MemberId) -> Result<(), Refusal> {
        let wanted = u64::from(self.rules.join_age_ms.max(self.guard.join_age_ms));
        let age = age_ms(now_ms, member);
        if age < wanted { Err(later(RefusalCode::TooNew, wanted - age)) } else { Ok(()) }
    }

    /// Gives the floor to a viewer for one line.
    pub(super) fn take(&mut self, now_ms: u64, member: MemberId) -> Result<(), Refusal> {
        let newcomer = age_ms(now_ms, member) < NEWCOMER_MS;
        let taken = self.try_take(now_ms, member, newcomer);
        match taken {
            Ok(()) => self.spoke(now_ms, member),
            Err(_) if newcomer => self.turned_away(now_ms),
            Err(_) => {}
        }
        taken
    }

    /// Lets a viewer ask one question. Newcomers and others have a half each here too, and who is turned away by the dozen
    /// brings the guard up.
    pub(super) fn ask(&mut self, now_ms: u64, member: MemberId) -> Result<(), Refusal> {
        let newcomer = age_ms(now_ms, member) < NEWCOMER_MS;
        let own = if newcomer { &mut self.new } else { &mut self.old };
        own.fill(now_ms);
        own.want(now_ms, member);
        if own.questions >= 1.0 {
            own.questions -= 1.0;
            return Ok(());
        }
        let wait_ms = ((1.0 - own.questions) / Half::QUESTIONS_PER_MS) as u64;
        if newcomer {
            self.turned_away(now_ms);
        }
        Err(later(RefusalCode::ChatBusy, wait_ms.clamp(500, MAX_TURN_MS)))
    }

    fn try_take(&mut self, now_ms: u64, member: MemberId, newcomer: bool) -> Result<(), Refusal> {
        let (own, other) = if newcomer { (&mut self.new, &mut self.old) } else { (&mut self.old, &mut self.new) };
        own.fill(now_ms);
        other.fill(now_ms);
        own.want(now_ms, member);
        self.check_age(now_ms, member)?;
        let guarded = if newcomer { self.guard.slow_ms } else { 0 };
        let slow_ms = u64::from(self.rules.slow_ms.max(guarded));
        let silent_ms = self.last.get(&member).and_then(|last| now_ms.checked_sub(*last)).unwrap_or(u64::MAX);
        if silent_ms < slow_ms {
            return Err(later(RefusalCode::SlowMode, slow_ms - silent_ms));
        }
        let (own, other) = if newcomer { (&mut self.new, &mut self.old) } else { (&mut self.old, &mut self.new) };
        let turn_ms = own.turn_ms();
        if own.is_low() && silent_ms < turn_ms {
            return Err(later(RefusalCode::ChatBusy, (turn_ms - silent_ms).min(MAX_TURN_MS)));
        }
        if own.tokens >= 1.0 {
            own.tokens -= 1.0;
        } else if !other.is_low() {
            other.tokens -= 1.0;
        } else {
            return Err(later(RefusalCode::ChatBusy, turn_ms.clamp(500, MAX_TURN_MS)));
        }
        Ok(())
    }

    fn spoke(&mut self, now_ms: u64, member: MemberId) {
        if self.last.len() >= MAX_LAST {
            let longest = u64::from(MAX_SLOW_MS);
            self.last.retain(|_, last| now_ms.abs_diff(*last) <= longest);
        }
        self.last.insert(member, now_ms);
    }

    fn turned_away(&mut self, now_ms: u64) {
        let (since, count) = &mut self.window;
        if now_ms.abs_diff(*since) >= WINDOW_MS {
            (*since, *count) = (now_ms, 0);
        }
        *count += 1;
        if *count >= RAID_REFUSALS && self.new.wants.len() >= RAID_WRITERS {
            self.guard = RAISED;
        }
        if self.guard.active && *count >= STILL_RAID_REFUSALS {
            self.hot_at_ms = now_ms;
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<u64> {
        if self.told != self.guard {
            return Some(0);
        }
        self.guard.active.then(|| self.hot_at_ms + CALM_MS)
    }

    /// The guard, if it changed since everybody was told.
    pub(super) fn handle_timeout(&mut self, now_ms: u64) -> Option<Guard> {
        if self.guard.active && now_ms.abs_diff(self.hot_at_ms) >= CALM_MS {
            self.guard = Guard::default();
        }
        (self.told != self.guard).then(|| {
            self.told = self.guard;
            self.guard
        })
    }
}

/// The rules in words, for the audit trail.
pub(super) fn note(rules: ChatRules) -> String {
    let ChatRules { slow_ms, review, join_age_ms } = rules;
    format!("slow_ms={slow_ms} review={review} join_age_ms={join_age_ms}")
}
