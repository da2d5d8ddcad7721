//! What staff does to people, and who is here.

use super::members::Seat;
use super::row::{Deed, Row, Sanction, SanctionKind};
use super::{Action, Effect, Reach, Refusal, ShowCore, StateKey};
use quiora_signaling::limits::MAX_PEOPLE;
use quiora_signaling::{MemberId, People, Person, RefusalCode, RequestId, Role, ServerMessage, SessionId, ShowEvent};

/// How long an address is kept away if nobody says otherwise: addresses move on to other people.
const ADDRESS_BAN_MS: u64 = 24 * 60 * 60 * 1_000;

/// A ban as it is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Banning {
    pub(super) member: MemberId,
    pub(super) address: bool,
    pub(super) duration_ms: Option<u64>,
    pub(super) purge: bool,
}

/// Whose way in was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// A moderator's.
    Moderator(MemberId),
    /// That of all remote controls of the host.
    Remotes,
}

impl ShowCore {
    /// A way in was taken back: all sessions that came by it go.
    pub fn revoke(&mut self, now_ms: u64, whose: Revoked) -> Vec<Effect> {
        let sessions = match whose {
            Revoked::Moderator(member) => {
                self.revoked.insert(member);
                self.members.sessions_of(member).to_vec()
            }
            Revoked::Remotes => self.members.remote_sessions().to_vec(),
        };
        let mut effects = Vec::new();
        for session in sessions {
            self.expel(now_ms, session, RefusalCode::AccessRevoked, &mut effects);
        }
        effects
    }

    /// Chooses a nickname.
    pub(super) fn rename(&mut self, seat: Seat, nickname: String, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        self.permit(seat, Action::Rename)?;
        if seat.role == Role::Viewer && self.floor.filter.hits(&nickname) {
            return Err(RefusalCode::TextFiltered.into());
        }
        if self.members.rename(seat, &nickname)? {
            effects.push(Effect::Named { member: seat.member, nickname });
        }
        Ok(())
    }

    /// Lets a viewer not write, or not ask.
    pub(super) fn sanction(
        &mut self,
        now_ms: u64,
        seat: Seat,
        (member, kind, until_ms): (MemberId, SanctionKind, Option<u64>),
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        self.permit(seat, Action::Moderate)?;
        let nickname = self.target(member)?;
        let sanction =
            Sanction { member, kind, until_ms, address: None, address_until_ms: None, nickname: nickname.clone() };
        if !self.sanctions.add(now_ms, sanction.clone())? {
            return Ok(());
        }
        effects.push(Effect::Row(Row::Sanctioned(sanction)));
        let action = if kind == SanctionKind::Mute { "mute" } else { "forbid" };
        self.audit(now_ms, seat, Deed { action, member: Some(member), subject: None, note: nickname }, effects);
        self.tell_standing(now_ms, member, effects);
        Ok(())
    }

    /// Takes a sanction back.
    pub(super) fn pardon(
        &mut self,
        now_ms: u64,
        seat: Seat,
        member: MemberId,
        kind: SanctionKind,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        self.permit(seat, if kind == SanctionKind::Ban { Action::Ban } else { Action::Moderate })?;
        let Some(pardoned) = self.sanctions.pardon(member, kind) else { return Ok(()) };
        effects.push(Effect::Row(Row::Pardoned { member, kind }));
        let action = match kind {
            SanctionKind::Mute => "unmute",
            SanctionKind::Forbid => "allow",
            SanctionKind::Ban => "unban",
        };
        let deed = Deed { action, member: Some(member), subject: None, note: pardoned.nickname };
        self.audit(now_ms, seat, deed, effects);
        self.tell_standing(now_ms, member, effects);
        Ok(())
    }

    /// Sends a viewer away. An address is only kept away if it is known: of somebody who is here, or was a moment ago. It has a
    /// row of its own time, so a ban for good and its address end apart.
    pub(super) fn ban(
        &mut self,
        now_ms: u64,
        seat: Seat,
        banning: Banning,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        self.permit(seat, Action::Ban)?;
        let Banning { member, address, duration_ms, purge } = banning;
        let nickname = self.target(member)?;
        let address = if address { self.members.address(member) } else { None };
        let sanction = Sanction {
            member,
            kind: SanctionKind::Ban,
            until_ms: duration_ms.map(|ms| now_ms + ms),
            address,
            address_until_ms: address.map(|_| now_ms + duration_ms.unwrap_or(ADDRESS_BAN_MS)),
            nickname: nickname.clone(),
        };
        if self.sanctions.add(now_ms, sanction.clone())? {
            effects.push(Effect::Row(Row::Sanctioned(sanction)));
            let note = match address {
                Some(_) => Some(format!("{} +address", nickname.unwrap_or_default())),
                None => nickname,
            };
            self.audit(now_ms, seat, Deed { action: "ban", member: Some(member), subject: None, note }, effects);
        }
        if purge {
            self.purge(now_ms, member, effects)?;
        }
        for message in self.held.forget(member) {
            effects.push(Effect::Row(Row::Decided(message)));
        }
        let mut sessions = self.members.sessions_of(member).to_vec();
        sessions.extend(address.into_iter().flat_map(|address| self.members.viewers_at(address, member)));
        for session in sessions {
            self.expel(now_ms, session, RefusalCode::Banned, effects);
        }
        Ok(())
    }

    /// Takes away what a member wrote and asked.
    fn purge(&mut self, now_ms: u64, member: MemberId, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        if self.log.purge(member) {
            self.record(now_ms, ShowEvent::ChatPurged { member }, effects);
            if self.pinned_line.as_ref().is_some_and(|line| line.member == member) {
                self.unpin_line(now_ms, effects);
            }
        }
        for question in self.questions.open_of(member) {
            let changes = self.questions.dismiss(question)?;
            self.questions_changed(now_ms, changes, effects);
        }
        Ok(())
    }

    /// Sends a session away. It has no seat from now on: whatever it still asks for is not done, and it need not have read
    /// that it is out.
    pub(super) fn expel(&mut self, now_ms: u64, session: SessionId, code: RefusalCode, effects: &mut Vec<Effect>) {
        effects.push(Effect::Expel { session, code });
        effects.extend(self.leave(now_ms, session));
    }

    /// Reply to `people_get`: those who chose a name, and those who are kept away.
    pub(super) fn people(&self, now_ms: u64, seat: Seat, id: RequestId) -> Result<Box<ServerMessage>, Refusal> {
        self.permit(seat, Action::SeePeople)?;
        let here = self.members.named().take(MAX_PEOPLE).map(|(member, role, nickname)| Person {
            member,
            nickname: nickname.to_owned(),
            role,
            standing: self.sanctions.standing(now_ms, member),
            banned: false,
        });
        let away = self.sanctions.banned(now_ms).take(MAX_PEOPLE).map(|sanction| Person {
            member: sanction.member,
            nickname: sanction.nickname.clone().unwrap_or_default(),
            role: Role::Viewer,
            standing: self.sanctions.standing(now_ms, sanction.member),
            banned: true,
        });
        let people = here.chain(away).collect();
        Ok(Box::new(ServerMessage::People(People { id, people, held: self.held.shown(None) })))
    }

    /// How many remote controls are connected, for staff.
    pub(super) fn tell_remotes(&self) -> Effect {
        let message = Box::new(ServerMessage::Remotes { count: self.members.remotes() });
        Effect::State { to: Reach::Staff, key: StateKey::Remotes, message }
    }

    /// The nickname of a viewer whom something may be done to.
    fn target(&self, member: MemberId) -> Result<Option<String>, RefusalCode> {
        if self.members.is_staff(member) {
            return Err(RefusalCode::NotAllowed);
        }
        let wrote = || self.log.signature(member).or_else(|| self.held.signature(member));
        match self.members.nickname(member) {
            Some(nickname) => Ok(Some(nickname.to_owned())),
            None if self.members.is_known(member) => Ok(wrote()),
            None => wrote().map(Some).ok_or(RefusalCode::MemberNotFound),
        }
    }

    fn tell_standing(&self, now_ms: u64, member: MemberId, effects: &mut Vec<Effect>) {
        let standing = self.sanctions.standing(now_ms, member);
        self.tell_member(member, &ServerMessage::Standing(standing), effects);
    }
}
