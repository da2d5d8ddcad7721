//! The log of a show, written in groups: all that a show's actor has decided in one turn is one transaction, and either
//! all of it happened or none.

use super::{ShowRows, Store, StoreError, audience, outbox, rows};
use futures_util::TryStreamExt;
use quiora_signaling::{Logged, MemberId, MessageId, ShowEvent, ShowId, ShowStatus, Showcase};
use sqlx::{Row, Sqlite, Transaction};
use std::sync::atomic::Ordering;

/// The most events that a read gives at once.
const MAX_READ: u32 = 10_000;

/// The life of a show, as it is after the events committed with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShowPatch {
    /// Where in its life it is.
    pub status: ShowStatus,
    /// When it began, in milliseconds since the Unix epoch.
    pub started_at_ms: Option<u64>,
    /// When it ended, likewise.
    pub ended_at_ms: Option<u64>,
}

/// A nickname that a member chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberName {
    /// Who.
    pub member: MemberId,
    /// 1 to 32 characters on one line.
    pub nickname: String,
}

/// What must be known of a chat line to tell a retry from a reuse of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownLine {
    /// Its id, made by its writer.
    pub message: MessageId,
    /// Its place in the log.
    pub seq: u64,
    /// Its writer.
    pub member: MemberId,
    /// What the caller's hash function says of its text.
    pub text_hash: u64,
}

impl Store {
    /// Writes events, the show's life, nicknames, rows of the audience and what others are told of them in one transaction: the group commit of a show's actor. Events must
    /// continue the log; a `seq` that exists already fails the whole.
    ///
    /// # Errors
    /// When nothing was written, or it is unknown whether it was: the caller must read the log again before going on.
    pub async fn commit(
        &self,
        show: ShowId,
        events: &[Logged],
        patch: Option<ShowPatch>,
        names: &[MemberName],
        rows: &ShowRows,
    ) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for event in events {
            insert_event(&mut tx, show, event).await?;
        }
        if let Some(patch) = patch {
            update_show(&mut tx, show, patch).await?;
        }
        for name in names {
            upsert_name(&mut tx, show, name).await?;
        }
        audience::write(&mut tx, show, rows).await?;
        let mut told = false;
        for event in events {
            told |= outbox::tell_show(&mut tx, show, event).await?;
        }
        tx.commit().await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        if told {
            self.posted.notify_one();
        }
        Ok(())
    }

    /// At most `limit` events (never more than 10,000) after `after_seq`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_after(&self, show: ShowId, after_seq: u64, limit: u32) -> Result<Vec<Logged>, StoreError> {
        let rows = sqlx::query("SELECT seq, at_ms, body FROM events WHERE show = ? AND seq > ? ORDER BY seq LIMIT ?")
            .bind(rows::blob(&show.0))
            .bind(rows::signed(after_seq))
            .bind(i64::from(limit.min(MAX_READ)))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(rows::logged).collect()
    }

    /// The newest `n` chat lines (never more than 10,000), oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recent_chat(&self, show: ShowId, n: u32) -> Result<Vec<Logged>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, at_ms, body FROM events WHERE show = ? AND kind = 'chat' ORDER BY seq DESC LIMIT ?",
        )
        .bind(rows::blob(&show.0))
        .bind(i64::from(n.min(MAX_READ)))
        .fetch_all(&self.reader)
        .await?;
        rows.iter().rev().map(rows::logged).collect()
    }

    /// The ids of the newest `limit` chat lines, oldest first, each with what `hash` makes of its text. Texts are read
    /// one at a time, so that a long log costs no memory.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_ids(
        &self,
        show: ShowId,
        limit: u32,
        hash: fn(&str) -> u64,
    ) -> Result<Vec<KnownLine>, StoreError> {
        let mut rows = sqlx::query(
            "SELECT seq, at_ms, body FROM events WHERE show = ? AND kind = 'chat' ORDER BY seq DESC LIMIT ?",
        )
        .bind(rows::blob(&show.0))
        .bind(i64::from(limit))
        .fetch(&self.reader);
        let mut lines = Vec::new();
        while let Some(row) = rows.try_next().await? {
            let Logged { seq, event, .. } = rows::logged(&row)?;
            if let ShowEvent::Chat(line) = event {
                let (message, member) = (line.message, line.member);
                lines.push(KnownLine { message, seq, member, text_hash: hash(&line.text) });
            }
        }
        lines.reverse();
        Ok(lines)
    }

    /// What is pinned on screen: the newest pin, unless it was taken off since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pinned(&self, show: ShowId) -> Result<Option<Box<Showcase>>, StoreError> {
        let newest = |kind: &'static str| {
            sqlx::query("SELECT seq, at_ms, body FROM events WHERE show = ? AND kind = ? ORDER BY seq DESC LIMIT 1")
                .bind(rows::blob(&show.0).to_vec())
                .bind(kind)
                .fetch_optional(&self.reader)
        };
        let pinned = newest("pinned").await?.as_ref().map(rows::logged).transpose()?;
        let unpinned = newest("unpinned").await?.as_ref().map(rows::logged).transpose()?;
        let unpinned_seq = unpinned.map_or(0, |logged| logged.seq);
        Ok(pinned.filter(|logged| logged.seq > unpinned_seq).and_then(|logged| match logged.event {
            ShowEvent::Pinned(showcase) => Some(showcase),
            _ => None,
        }))
    }

    /// The `seq` of the newest event; 0 if there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_seq(&self, show: ShowId) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COALESCE(MAX(seq), 0) FROM events WHERE show = ?")
            .bind(rows::blob(&show.0))
            .fetch_one(&self.reader)
            .await?;
        rows::unsigned(&row, 0)
    }

    /// The nickname that the member chose last in this show.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn nickname(&self, show: ShowId, member: MemberId) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT nickname FROM nicknames WHERE show = ? AND member = ?")
            .bind(rows::blob(&show.0))
            .bind(rows::blob(&member.0))
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }
}

async fn insert_event(tx: &mut Transaction<'_, Sqlite>, show: ShowId, logged: &Logged) -> Result<(), StoreError> {
    let (kind, member, message) = match &logged.event {
        ShowEvent::Started => ("started", None, None),
        ShowEvent::Ended => ("ended", None, None),
        ShowEvent::Pinned(_) => ("pinned", None, None),
        ShowEvent::Unpinned { .. } => ("unpinned", None, None),
        ShowEvent::Chat(line) => ("chat", Some(&line.member), Some(&line.message)),
        ShowEvent::Question { .. } => ("question", None, None),
        ShowEvent::Poll { .. } => ("poll", None, None),
        ShowEvent::ChatDeleted { message } => ("chat_deleted", None, Some(message)),
        ShowEvent::ChatRestored { line, .. } => ("chat_restored", None, Some(&line.message)),
        ShowEvent::ChatPurged { member } => ("chat_purged", Some(member), None),
        ShowEvent::ChatPinned { line } => ("chat_pinned", None, Some(&line.message)),
        ShowEvent::ChatUnpinned { message } => ("chat_unpinned", None, Some(message)),
        ShowEvent::Rules(_) => ("rules", None, None),
    };
    let body = serde_json::to_string(&logged.event).map_err(|_| StoreError::OutOfBounds("an event"))?;
    sqlx::query("INSERT INTO events (show, seq, at_ms, kind, member, message, body) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(rows::blob(&show.0))
        .bind(rows::signed(logged.seq))
        .bind(rows::signed(logged.at_ms))
        .bind(kind)
        .bind(member.map(|member| rows::blob(&member.0)))
        .bind(message.map(|message| rows::blob(&message.0)))
        .bind(body)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn update_show(tx: &mut Transaction<'_, Sqlite>, show: ShowId, patch: ShowPatch) -> Result<(), StoreError> {
    sqlx::query("UPDATE shows SET status = ?, started_at_ms = ?, ended_at_ms = ? WHERE id = ?")
        .bind(rows::status_name(patch.status))
        .bind(patch.started_at_ms.map(rows::signed))
        .bind(patch.ended_at_ms.map(rows::signed))
        .bind(rows::blob(&show.0))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn upsert_name(tx: &mut Transaction<'_, Sqlite>, show: ShowId, name: &MemberName) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO nicknames (show, member, nickname) VALUES (?, ?, ?) \
         ON CONFLICT (show, member) DO UPDATE SET nickname = excluded.nickname",
    )
    .bind(rows::blob(&show.0))
    .bind(rows::blob(&name.member.0))
    .bind(name.nickname.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
