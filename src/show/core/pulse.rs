//! What passes: reactions and captions. Reactions are counted for a moment and told as counts, so that a thousand hearts a second
//! are four messages; nothing of them is kept. A caption replaces the one before it; a last one is kept with the
//! show, beside its log, because a replay wants it and nobody who reconnects does.

use super::effect::{Reach, StateKey};
use super::members::Seat;
use super::row::Row;
use super::{Action, Effect, Refusal, Reply, ShowCore};
use quiora_signaling::limits::{MAX_CAPTIONS, REACTION_INTERVAL_MS};
use quiora_signaling::{Caption, CrowdMessage, Missed, Reaction, ReactionCount, ServerMessage};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(super) struct Pulse {
    counts: BTreeMap<Reaction, u32>,
    told_at_ms: Option<u64>,
    /// Captions that are kept.
    captions: usize,
}

impl Pulse {
    /// As the store remembers it.
    pub(super) fn new(captions: usize) -> Self {
        Self { captions, ..Self::default() }
    }

    fn feel(&mut self, reaction: Reaction, count: u8) {
        let felt = self.counts.entry(reaction).or_default();
        *felt = felt.saturating_add(u32::from(count));
    }

    pub(super) fn poll_timeout(&self) -> Option<u64> {
        (!self.counts.is_empty()).then(|| self.told_at_ms.map_or(0, |told| told + REACTION_INTERVAL_MS))
    }

    /// What everybody is to be told now.
    pub(super) fn handle_timeout(&mut self, now_ms: u64) -> Option<Vec<ReactionCount>> {
        let due = self.told_at_ms.is_none_or(|told| now_ms < told || now_ms >= told + REACTION_INTERVAL_MS);
        if self.counts.is_empty() || !due {
            return None;
        }
        self.told_at_ms = Some(now_ms);
        let felt = std::mem::take(&mut self.counts);
        Some(felt.into_iter().map(|(reaction, count)| ReactionCount { reaction, count }).collect())
    }
}

impl ShowCore {
    /// Does what one of a crowd asks.
    pub(super) fn crowd(
        &mut self,
        now_ms: u64,
        seat: Seat,
        message: CrowdMessage,
        media_us: Option<u64>,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Refusal> {
        match message {
            CrowdMessage::React { reaction, count, .. } => {
                self.permit(seat, Action::React)?;
                self.pulse.feel(reaction, count);
            }
            CrowdMessage::CaptionSend { text, language, last, ago_ms, .. } => {
                self.permit(seat, Action::Caption)?;
                // It belongs to the picture of when it was said, which is as old as recognition is slow.
                let said_us = media_us.map(|us| us.saturating_sub(u64::from(ago_ms) * 1_000));
                let moment = self.moment(now_ms, said_us);
                let caption = Caption { at_ms: moment.at_ms, media_us: moment.media_us, language, text, last };
                if last && self.pulse.captions < MAX_CAPTIONS {
                    self.pulse.captions += 1;
                    effects.push(Effect::Row(Row::Caption(caption.clone())));
                }
                let message = Box::new(ServerMessage::Caption(caption));
                effects.push(Effect::State { to: Reach::All, key: StateKey::Caption, message });
            }
            CrowdMessage::MissedGet { id, from_seq, to_seq } => {
                let (chat, rest_from_seq) = self.log.chat_between(from_seq, to_seq);
                return Ok(Reply::Message(Box::new(ServerMessage::Missed(Missed { id, chat, rest_from_seq }))));
            }
        }
        Ok(Reply::Done(None))
    }
}
