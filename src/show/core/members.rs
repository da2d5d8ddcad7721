//! Who is here. A member is a person, a session is one of the person's tabs: two tabs are one viewer.
//!
//! Invariants: every session has a seat and every seat's member is present; `viewers` is the number of members with at
//! least one session of role viewer; all is bounded by the number of sessions, the nicknames of the departed by their own limit.

use super::Joining;
use super::nickname::skeleton;
use super::row::AddressHash;
use quiora_signaling::{MemberId, RefusalCode, Role, SessionId, You};
use std::collections::{HashMap, VecDeque};

/// Departed members whose nicknames are kept at hand. The store has them all; this only bridges the moment in which
/// somebody reconnects before a change of name is stored.
const MAX_DEPARTED: usize = 4_096;

/// Names that belong to nobody but hosts, as skeletons.
const RESERVED: &str = "host";

/// A session's place: whose it is and what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) member: MemberId,
    pub(super) role: Role,
}

#[derive(Debug, Default)]
struct Present {
    nickname: Option<Nickname>,
    sessions: Vec<SessionId>,
    viewing: u32,
    hosting: u32,
    moderating: u32,
    /// Where the newest session came from.
    address: Option<AddressHash>,
}

/// What is kept of a member who left.
#[derive(Debug, Clone, Default)]
struct Departed {
    nickname: Option<String>,
    address: Option<AddressHash>,
}

#[derive(Debug, Clone)]
struct Nickname {
    text: String,
    skeleton: String,
}

impl Nickname {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), skeleton: skeleton(text) }
    }
}

#[derive(Debug)]
pub(super) struct Members {
    shop: Nickname,
    reserved: String,
    seats: HashMap<SessionId, Seat>,
    present: HashMap<MemberId, Present>,
    /// Few: a host and perhaps a second device.
    hosts: Vec<MemberId>,
    departed: HashMap<MemberId, Departed>,
    departed_order: VecDeque<MemberId>,
    viewers: u32,
    /// Sessions that are a host's remote control: few.
    remotes: Vec<SessionId>,
}

impl Members {
    pub(super) fn new(shop: &str) -> Self {
        Self {
            shop: Nickname::new(shop),
            reserved: skeleton(RESERVED),
            seats: HashMap::new(),
            present: HashMap::new(),
            hosts: Vec::new(),
            departed: HashMap::new(),
            departed_order: VecDeque::new(),
            viewers: 0,
            remotes: Vec::new(),
        }
    }

    pub(super) fn sessions(&self) -> usize {
        self.seats.len()
    }

    pub(super) const fn viewers(&self) -> u32 {
        self.viewers
    }

    /// How many remote controls are connected.
    pub(super) fn remotes(&self) -> u32 {
        u32::try_from(self.remotes.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn remote_sessions(&self) -> &[SessionId] {
        &self.remotes
    }

    pub(super) fn seat(&self, session: SessionId) -> Option<Seat> {
        self.seats.get(&session).copied()
    }

    /// Gives the session a seat. A remembered nickname that would now pass for the host's is forgotten.
    pub(super) fn enter(&mut self, joining: Joining) -> Result<You, RefusalCode> {
        let Joining { session, member, role, nickname, address, remote, .. } = joining;
        if self.seats.contains_key(&session) {
            return Err(RefusalCode::HelloRepeated);
        }
        let remembered = self.departed.remove(&member).and_then(|departed| departed.nickname).or(nickname);
        self.seats.insert(session, Seat { member, role });
        if remote {
            self.remotes.push(session);
        }
        let present = self.present.entry(member).or_default();
        present.sessions.push(session);
        present.address = address.or(present.address);
        match role {
            Role::Viewer => {
                present.viewing += 1;
                self.viewers += u32::from(present.viewing == 1);
            }
            Role::Host => {
                present.hosting += 1;
                if present.hosting == 1 {
                    self.hosts.push(member);
                }
            }
            Role::Moderator => present.moderating += 1,
        }
        if present.nickname.is_none() {
            let remembered = remembered.map(|text| Nickname::new(&text));
            let usable = remembered.filter(|name| role == Role::Host || !self.is_taken(member, name));
            if let Some(present) = self.present.get_mut(&member) {
                present.nickname = usable;
            }
        }
        Ok(You { member, role, nickname: self.shown(Seat { member, role }).map(str::to_owned), remote })
    }

    /// Takes the seat away; returns whether there was one.
    pub(super) fn leave(&mut self, session: SessionId) -> bool {
        let Some(Seat { member, role }) = self.seats.remove(&session) else {
            return false;
        };
        self.remotes.retain(|known| *known != session);
        let Some(present) = self.present.get_mut(&member) else {
            return true;
        };
        present.sessions.retain(|known| *known != session);
        match role {
            Role::Viewer => {
                present.viewing -= 1;
                self.viewers -= u32::from(present.viewing == 0);
            }
            Role::Host => {
                present.hosting -= 1;
                if present.hosting == 0 {
                    self.hosts.retain(|host| *host != member);
                }
            }
            Role::Moderator => present.moderating -= 1,
        }
        if present.sessions.is_empty()
            && let Some(gone) = self.present.remove(&member)
        {
            let nickname = gone.nickname.map(|name| name.text);
            self.keep_departed(member, Departed { nickname, address: gone.address });
        }
        true
    }

    /// All sessions of a member.
    pub(super) fn sessions_of(&self, member: MemberId) -> &[SessionId] {
        self.present.get(&member).map_or(&[], |present| &present.sessions)
    }

    /// The sessions of viewers other than `member` who came from that address last.
    pub(super) fn viewers_at(&self, address: AddressHash, member: MemberId) -> Vec<SessionId> {
        let there = |(one, present): &(&MemberId, &Present)| {
            **one != member && present.address == Some(address) && present.hosting + present.moderating == 0
        };
        self.present.iter().filter(there).flat_map(|(_, present)| present.sessions.iter().copied()).collect()
    }

    /// Whether the member is here as host or moderator.
    pub(super) fn is_staff(&self, member: MemberId) -> bool {
        self.present.get(&member).is_some_and(|present| present.hosting + present.moderating > 0)
    }

    /// Whether the member is here, or left not long ago.
    pub(super) fn is_known(&self, member: MemberId) -> bool {
        self.present.contains_key(&member) || self.departed.contains_key(&member)
    }

    /// Where the member comes from, or came from before leaving.
    pub(super) fn address(&self, member: MemberId) -> Option<AddressHash> {
        let present = self.present.get(&member).and_then(|present| present.address);
        present.or_else(|| self.departed.get(&member).and_then(|departed| departed.address))
    }

    /// The nickname that the member chose, here or before leaving.
    pub(super) fn nickname(&self, member: MemberId) -> Option<&str> {
        let present = self.present.get(&member).and_then(|present| present.nickname.as_ref());
        let departed = || self.departed.get(&member).and_then(|departed| departed.nickname.as_deref());
        present.map(|name| name.text.as_str()).or_else(departed)
    }

    /// Those who are here and chose a name.
    pub(super) fn named(&self) -> impl Iterator<Item = (MemberId, Role, &str)> {
        self.present.iter().filter_map(|(member, present)| {
            let role = match present {
                Present { hosting: 1.., .. } => Role::Host,
                Present { moderating: 1.., .. } => Role::Moderator,
                _ => Role::Viewer,
            };
            present.nickname.as_ref().map(|name| (*member, role, name.text.as_str()))
        })
    }

    /// Changes the nickname; returns whether it is another than before.
    pub(super) fn rename(&mut self, seat: Seat, nickname: &str) -> Result<bool, RefusalCode> {
        let name = Nickname::new(nickname);
        if seat.role != Role::Host && self.is_taken(seat.member, &name) {
            return Err(RefusalCode::NicknameTaken);
        }
        let Some(present) = self.present.get_mut(&seat.member) else {
            return Err(RefusalCode::HelloExpected);
        };
        let changed = present.nickname.as_ref().is_none_or(|old| old.text != name.text);
        present.nickname = Some(name);
        Ok(changed)
    }

    /// The name under a line of this seat. It is checked again here, because the host may have come, or changed name,
    /// after the member chose it.
    pub(super) fn signature(&self, seat: Seat) -> Result<String, RefusalCode> {
        let chosen = self.present.get(&seat.member).and_then(|p| p.nickname.as_ref());
        match chosen {
            Some(name) if seat.role != Role::Host && self.is_taken(seat.member, name) => {
                Err(RefusalCode::NicknameTaken)
            }
            _ => self.shown(seat).map(str::to_owned).ok_or(RefusalCode::NicknameRequired),
        }
    }

    /// The nickname, if there is one: a host who chose none speaks for the shop.
    pub(super) fn shown(&self, seat: Seat) -> Option<&str> {
        let chosen = self.present.get(&seat.member).and_then(|p| p.nickname.as_ref());
        match (chosen, seat.role) {
            (Some(name), _) => Some(&name.text),
            (None, Role::Host) => Some(&self.shop.text),
            (None, Role::Moderator | Role::Viewer) => None,
        }
    }

    /// Whether `name` could pass for the shop's, for "host", or for that of another member who hosts now.
    fn is_taken(&self, by: MemberId, name: &Nickname) -> bool {
        name.skeleton == self.shop.skeleton
            || name.skeleton == self.reserved
            || self.hosts.iter().filter(|host| **host != by).any(|host| {
                let chosen = self.present.get(host).and_then(|p| p.nickname.as_ref());
                chosen.is_some_and(|theirs| theirs.skeleton == name.skeleton)
            })
    }

    fn keep_departed(&mut self, member: MemberId, departed: Departed) {
        if self.departed.insert(member, departed).is_none() {
            self.departed_order.push_back(member);
        }
        if self.departed_order.len() > MAX_DEPARTED
            && let Some(oldest) = self.departed_order.pop_front()
        {
            self.departed.remove(&oldest);
        }
    }
}
