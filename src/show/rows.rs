//! Between the core's rows and the store's: the same facts, but neither knows the other.

use super::core::{self, Row, Sanction};
use crate::store::{SanctionKind, SanctionRow, ShowRows};

/// Adds a row to those of a turn. Within one kind the order stays, so the last word on a key is the last.
pub(super) fn add(rows: &mut ShowRows, row: Row) {
    match row {
        Row::Vote { question, member, cast } => rows.votes.push((question, member, cast)),
        Row::Ballot { poll, member, choices } => rows.ballots.push((poll, member, choices)),
        Row::Right { poll, right } => rows.rights.push((poll, right)),
        Row::Held(held) => rows.held.push(held),
        Row::Decided(message) => {
            // What came to wait in this very turn need not be written to be taken away.
            rows.held.retain(|held| held.line.message != message);
            rows.decided.push(message);
        }
        Row::Sanctioned(sanction) => {
            let Sanction { member, kind, until_ms, address, address_until_ms, nickname } = sanction;
            let row = SanctionRow { until_ms, address, address_until_ms, nickname };
            rows.sanctions.push((member, stored(kind), Some(row)));
        }
        Row::Pardoned { member, kind } => rows.sanctions.push((member, stored(kind), None)),
        Row::Audit(entry) => rows.audit.push(entry),
        Row::Caption(caption) => rows.captions.push(caption),
        Row::Attended(member) => rows.attended.push(member),
    }
}

/// A sanction as the core knows it.
pub(super) fn sanction((member, kind, row): (quiora_signaling::MemberId, SanctionKind, SanctionRow)) -> Sanction {
    let SanctionRow { until_ms, address, address_until_ms, nickname } = row;
    let kind = match kind {
        SanctionKind::Mute => core::SanctionKind::Mute,
        SanctionKind::Forbid => core::SanctionKind::Forbid,
        SanctionKind::Ban => core::SanctionKind::Ban,
    };
    Sanction { member, kind, until_ms, address, address_until_ms, nickname }
}

const fn stored(kind: core::SanctionKind) -> SanctionKind {
    match kind {
        core::SanctionKind::Mute => SanctionKind::Mute,
        core::SanctionKind::Forbid => SanctionKind::Forbid,
        core::SanctionKind::Ban => SanctionKind::Ban,
    }
}
