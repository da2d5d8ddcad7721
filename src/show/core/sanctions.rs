//! Who may not write, ask or be here.
//!
//! Only viewers are bound by it: what staff may do is a matter of roles. A mute or a ban by address ends by itself; what has ended is
//! forgotten when there is need for room.

use super::Refusal;
use super::row::{AddressHash, Sanction, SanctionKind};
use quiora_signaling::limits::MAX_SANCTIONS;
use quiora_signaling::{MemberId, RefusalCode, Standing};
use std::collections::HashMap;

#[derive(Debug, Default)]
pub(super) struct Sanctions {
    all: HashMap<(MemberId, SanctionKind), Sanction>,
}

impl Sanctions {
    pub(super) fn new(sanctions: Vec<Sanction>) -> Self {
        Self { all: sanctions.into_iter().map(|sanction| ((sanction.member, sanction.kind), sanction)).collect() }
    }

    /// Puts one in, in place of the earlier one of its kind. Returns whether anything changed.
    pub(super) fn add(&mut self, now_ms: u64, sanction: Sanction) -> Result<bool, RefusalCode> {
        let key = (sanction.member, sanction.kind);
        if self.all.len() >= MAX_SANCTIONS && !self.all.contains_key(&key) {
            let lasts = |sanction: &Sanction| sanction.until_ms.max(sanction.address_until_ms);
            self.all.retain(|_, s| s.until_ms.is_none() || lasts(s).is_some_and(|until| until > now_ms));
            if self.all.len() >= MAX_SANCTIONS {
                return Err(RefusalCode::TooMany);
            }
        }
        let before = self.all.insert(key, sanction);
        Ok(before.as_ref() != self.all.get(&key))
    }

    /// Takes one away; returns it.
    pub(super) fn pardon(&mut self, member: MemberId, kind: SanctionKind) -> Option<Sanction> {
        self.all.remove(&(member, kind))
    }

    pub(super) fn standing(&self, now_ms: u64, member: MemberId) -> Standing {
        let muted_until_ms = self.holds(now_ms, member, SanctionKind::Mute).and_then(|mute| mute.until_ms);
        let forbidden = self.holds(now_ms, member, SanctionKind::Forbid).is_some();
        Standing { muted_until_ms, forbidden }
    }

    /// Whether the member, or everybody from that address, is kept away.
    pub(super) fn is_banned(&self, now_ms: u64, member: MemberId, address: Option<AddressHash>) -> bool {
        if self.holds(now_ms, member, SanctionKind::Ban).is_some() {
            return true;
        }
        let Some(address) = address else { return false };
        self.all.values().any(|sanction| {
            sanction.address == Some(address) && sanction.address_until_ms.is_some_and(|until| until > now_ms)
        })
    }

    pub(super) fn check_writing(&self, now_ms: u64, member: MemberId) -> Result<(), Refusal> {
        match self.standing(now_ms, member).muted_until_ms {
            Some(until) => {
                let wait = u32::try_from(until.saturating_sub(now_ms)).unwrap_or(u32::MAX);
                Err(Refusal { code: RefusalCode::Muted, retry_after_ms: Some(wait) })
            }
            None => Ok(()),
        }
    }

    pub(super) fn check_asking(&self, now_ms: u64, member: MemberId) -> Result<(), Refusal> {
        self.check_writing(now_ms, member)?;
        if self.standing(now_ms, member).forbidden { Err(RefusalCode::AskingForbidden.into()) } else { Ok(()) }
    }

    /// Who is kept away now, in no order.
    pub(super) fn banned(&self, now_ms: u64) -> impl Iterator<Item = &Sanction> {
        let held = move |s: &&Sanction| s.kind == SanctionKind::Ban && s.until_ms.is_none_or(|until| until > now_ms);
        self.all.values().filter(held)
    }

    fn holds(&self, now_ms: u64, member: MemberId, kind: SanctionKind) -> Option<&Sanction> {
        self.all.get(&(member, kind)).filter(|sanction| sanction.until_ms.is_none_or(|until| until > now_ms))
    }
}
