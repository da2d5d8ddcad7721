//! What a show remembers of its audience beside its log: votes, ballots, lines that wait, sanctions, the audit trail.

use super::{Store, StoreError, rows};
use quiora_signaling::{
    AuditEntry, Caption, ChatLine, ChatRules, HeldLine, Logged, MemberId, MessageId, Poll, PollId, Question,
    QuestionId, ShowEvent, ShowId,
};
use sqlx::{Row, Sqlite, Transaction};
use std::collections::HashMap;
use uuid::Uuid;

/// The most events about lines that were taken away that are looked at: ten for each line that is at hand.
const MAX_CLEARED: u32 = 10_000;

/// Rows that a turn of a show changes. Within one kind the order counts: the last word on a key is the last.
#[derive(Debug, Clone, Default)]
pub struct ShowRows {
    /// Votes for questions: cast, or taken back.
    pub votes: Vec<(QuestionId, MemberId, bool)>,
    /// Ballots, choices as bits; none takes it back.
    pub ballots: Vec<(PollId, MemberId, u8)>,
    /// Right choices of quizzes.
    pub rights: Vec<(PollId, u8)>,
    /// Lines that wait from now on.
    pub held: Vec<HeldLine>,
    /// Lines that wait no more.
    pub decided: Vec<MessageId>,
    /// What members may not do from now on, or may again.
    pub sanctions: Vec<(MemberId, SanctionKind, Option<SanctionRow>)>,
    /// Who did what.
    pub audit: Vec<AuditEntry>,
    /// Captions to keep.
    pub captions: Vec<Caption>,
    /// Viewers who were here for the first time.
    pub attended: Vec<MemberId>,
    /// The most viewers there were at once; written along with whatever else is, when it is more than what is known.
    pub peak: u32,
}

impl ShowRows {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { votes, ballots, rights, held, decided, sanctions, audit, captions, attended, peak: _ } = self;
        votes.is_empty()
            && ballots.is_empty()
            && rights.is_empty()
            && held.is_empty()
            && decided.is_empty()
            && sanctions.is_empty()
            && audit.is_empty()
            && captions.is_empty()
            && attended.is_empty()
    }
}

/// What may be forbidden to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SanctionKind {
    /// To write.
    Mute,
    /// To ask.
    Forbid,
    /// To be here.
    Ban,
}

impl SanctionKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Mute => "mute",
            Self::Forbid => "forbid",
            Self::Ban => "ban",
        }
    }

    fn read(name: &str) -> Result<Self, StoreError> {
        match name {
            "mute" => Ok(Self::Mute),
            "forbid" => Ok(Self::Forbid),
            "ban" => Ok(Self::Ban),
            _ => Err(StoreError::Unreadable("a sanction")),
        }
    }
}

/// How something is forbidden. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SanctionRow {
    /// Until then; for good if nothing is said.
    pub until_ms: Option<u64>,
    /// A keyed hash of an address that is kept away too.
    pub address: Option<[u8; 16]>,
    /// Until then.
    pub address_until_ms: Option<u64>,
    /// Under which nickname the member was known.
    pub nickname: Option<String>,
}

/// What is known of a show's audience.
#[derive(Debug, Default)]
pub struct KeptAudience {
    /// Questions, each as its newest event has it, in the order in which they were asked.
    pub questions: Vec<Question>,
    /// Votes for them.
    pub votes: Vec<(QuestionId, MemberId)>,
    /// Polls, likewise.
    pub polls: Vec<Poll>,
    /// Right choices of quizzes.
    pub rights: Vec<(PollId, u8)>,
    /// Ballots, choices as bits.
    pub ballots: Vec<(PollId, MemberId, u8)>,
    /// The rules of the chat.
    pub rules: ChatRules,
    /// The line on top of it.
    pub pinned_line: Option<Box<ChatLine>>,
    /// Lines that wait, oldest first.
    pub held: Vec<HeldLine>,
    /// What members may not do.
    pub sanctions: Vec<(MemberId, SanctionKind, SanctionRow)>,
    /// Captions that are kept.
    pub captions: usize,
    /// The most viewers there were at once.
    pub peak: u32,
}

impl Store {
    /// What is known of a show's audience. Bounded by the show's own limits.
    ///
    /// # Errors
    /// When the database fails, or holds what this version cannot read.
    pub async fn audience(&self, show: ShowId) -> Result<KeptAudience, StoreError> {
        let mut kept = KeptAudience { held: self.held(show).await?, ..KeptAudience::default() };
        let (mut questions, mut polls) = (HashMap::new(), HashMap::new());
        for Logged { event, .. } in
            self.events_of(show, &["question", "poll", "rules", "chat_pinned", "chat_unpinned"]).await?
        {
            match event {
                ShowEvent::Question { question, .. } => _ = questions.insert(question.question, *question),
                ShowEvent::Poll { poll, .. } => _ = polls.insert(poll.poll, *poll),
                ShowEvent::Rules(rules) => kept.rules = rules,
                ShowEvent::ChatPinned { line } => kept.pinned_line = Some(line),
                ShowEvent::ChatUnpinned { .. } => kept.pinned_line = None,
                _ => {}
            }
        }
        kept.questions = questions.into_values().collect();
        kept.questions.sort_unstable_by_key(|question| question.seq);
        kept.polls = polls.into_values().collect();
        kept.polls.sort_unstable_by_key(|poll| poll.seq);
        for row in self.rows_of(show, "SELECT question, member FROM question_votes WHERE show = ?").await? {
            kept.votes.push((QuestionId(rows::uuid(&row, 0)?), MemberId(rows::uuid(&row, 1)?)));
        }
        for row in self.rows_of(show, "SELECT poll, member, choices FROM ballots WHERE show = ?").await? {
            kept.ballots.push((PollId(rows::uuid(&row, 0)?), MemberId(rows::uuid(&row, 1)?), small(&row, 2)?));
        }
        for row in self.rows_of(show, "SELECT poll, right_choice FROM quizzes WHERE show = ?").await? {
            kept.rights.push((PollId(rows::uuid(&row, 0)?), small(&row, 1)?));
        }
        let sanctions =
            "SELECT member, kind, until_ms, address, address_until_ms, nickname FROM sanctions WHERE show = ?";
        for row in self.rows_of(show, sanctions).await? {
            kept.sanctions.push(sanction(&row)?);
        }
        for row in self.rows_of(show, "SELECT COUNT(*) FROM captions WHERE show = ?").await? {
            kept.captions = usize::try_from(rows::unsigned(&row, 0)?).unwrap_or(usize::MAX);
        }
        for row in self.rows_of(show, "SELECT peak_viewers FROM shows WHERE id = ?").await? {
            kept.peak = u32::try_from(rows::unsigned(&row, 0)?).unwrap_or(u32::MAX);
        }
        Ok(kept)
    }

    /// At most `limit` viewers who have been in a show, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attended(&self, show: ShowId, limit: u32) -> Result<Vec<MemberId>, StoreError> {
        let rows = sqlx::query("SELECT member FROM attendance WHERE show = ? LIMIT ?")
            .bind(rows::blob(&show.0))
            .bind(i64::from(limit))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(|row| Ok(MemberId(rows::uuid(row, 0)?))).collect()
    }

    /// Events since `from_seq` that took lines away or brought them back, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cleared(&self, show: ShowId, from_seq: u64) -> Result<Vec<Logged>, StoreError> {
        let mut events = Vec::new();
        for kind in ["chat_deleted", "chat_restored", "chat_purged"] {
            let rows = sqlx::query(
                "SELECT seq, at_ms, body FROM events WHERE show = ? AND kind = ? AND seq >= ? ORDER BY seq DESC LIMIT ?",
            )
            .bind(rows::blob(&show.0))
            .bind(kind)
            .bind(rows::signed(from_seq))
            .bind(i64::from(MAX_CLEARED))
            .fetch_all(&self.reader)
            .await?;
            events.extend(rows.iter().map(rows::logged).collect::<Result<Vec<_>, _>>()?);
        }
        events.sort_unstable_by_key(|logged| logged.seq);
        Ok(events)
    }

    async fn held(&self, show: ShowId) -> Result<Vec<HeldLine>, StoreError> {
        let rows = self.rows_of(show, "SELECT body FROM held_lines WHERE show = ? ORDER BY at_ms, message").await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let body: String = row.try_get(0)?;
            serde_json::from_str(&body).map_err(|_| StoreError::Unreadable("a line that waits"))
        };
        rows.iter().map(read).collect()
    }

    async fn events_of(&self, show: ShowId, kinds: &[&'static str]) -> Result<Vec<Logged>, StoreError> {
        let mut events = Vec::new();
        for kind in kinds {
            let rows = sqlx::query("SELECT seq, at_ms, body FROM events WHERE show = ? AND kind = ? ORDER BY seq")
                .bind(rows::blob(&show.0))
                .bind(*kind)
                .fetch_all(&self.reader)
                .await?;
            events.extend(rows.iter().map(rows::logged).collect::<Result<Vec<_>, _>>()?);
        }
        events.sort_unstable_by_key(|logged| logged.seq);
        Ok(events)
    }

    async fn rows_of(&self, show: ShowId, sql: &'static str) -> Result<Vec<sqlx::sqlite::SqliteRow>, StoreError> {
        Ok(sqlx::query(sql).bind(rows::blob(&show.0)).fetch_all(&self.reader).await?)
    }
}

fn small(row: &sqlx::sqlite::SqliteRow, column: usize) -> Result<u8, StoreError> {
    u8::try_from(rows::unsigned(row, column)?).map_err(|_| StoreError::Unreadable("a small number"))
}

fn sanction(row: &sqlx::sqlite::SqliteRow) -> Result<(MemberId, SanctionKind, SanctionRow), StoreError> {
    let ms = |column| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?.and_then(|ms| u64::try_from(ms).ok()));
    let address: Option<Vec<u8>> = row.try_get(3)?;
    let address =
        address.map(|bytes| bytes.try_into().map_err(|_| StoreError::Unreadable("an address"))).transpose()?;
    let kept = SanctionRow { until_ms: ms(2)?, address, address_until_ms: ms(4)?, nickname: row.try_get(5)? };
    Ok((MemberId(rows::uuid(row, 0)?), SanctionKind::read(&row.try_get::<String, _>(1)?)?, kept))
}

impl Store {
    /// Erases the addresses of those who are no longer kept away by them, and sanctions that have ended, in all shows.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_ended_sanctions(&self, now_ms: u64) -> Result<(), StoreError> {
        let mut tx = self.writer.begin().await?;
        for sql in [
            "UPDATE sanctions SET address = NULL, address_until_ms = NULL WHERE address_until_ms <= ?",
            "DELETE FROM sanctions WHERE until_ms <= ? AND address_until_ms IS NULL",
        ] {
            sqlx::query(sql).bind(rows::signed(now_ms)).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Writes the rows of a turn.
pub(super) async fn write(tx: &mut Transaction<'_, Sqlite>, show: ShowId, new: &ShowRows) -> Result<(), StoreError> {
    for (question, member, cast) in &new.votes {
        let sql = match cast {
            true => "INSERT OR IGNORE INTO question_votes (show, question, member) VALUES (?, ?, ?)",
            false => "DELETE FROM question_votes WHERE show = ? AND question = ? AND member = ?",
        };
        run(tx, show, sql, [&question.0, &member.0]).await?;
    }
    for (poll, member, choices) in &new.ballots {
        if *choices == 0 {
            run(tx, show, "DELETE FROM ballots WHERE show = ? AND poll = ? AND member = ?", [&poll.0, &member.0])
                .await?;
            continue;
        }
        sqlx::query("INSERT OR REPLACE INTO ballots (show, poll, member, choices) VALUES (?, ?, ?, ?)")
            .bind(rows::blob(&show.0))
            .bind(rows::blob(&poll.0))
            .bind(rows::blob(&member.0))
            .bind(i64::from(*choices))
            .execute(&mut **tx)
            .await?;
    }
    for (poll, right) in &new.rights {
        sqlx::query("INSERT INTO quizzes (show, poll, right_choice) VALUES (?, ?, ?)")
            .bind(rows::blob(&show.0))
            .bind(rows::blob(&poll.0))
            .bind(i64::from(*right))
            .execute(&mut **tx)
            .await?;
    }
    for (member, kind, row) in &new.sanctions {
        write_sanction(tx, show, *member, *kind, row.as_ref()).await?;
    }
    write_lines(tx, show, new).await?;
    for member in &new.attended {
        run(tx, show, "INSERT OR IGNORE INTO attendance (show, member) VALUES (?, ?)", [&member.0]).await?;
    }
    if new.peak > 0 {
        sqlx::query("UPDATE shows SET peak_viewers = MAX(peak_viewers, ?) WHERE id = ?")
            .bind(i64::from(new.peak))
            .bind(rows::blob(&show.0))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Lines that wait, captions and the audit trail.
async fn write_lines(tx: &mut Transaction<'_, Sqlite>, show: ShowId, new: &ShowRows) -> Result<(), StoreError> {
    // First: a line that was decided on may have come to wait again.
    for message in &new.decided {
        run(tx, show, "DELETE FROM held_lines WHERE show = ? AND message = ?", [&message.0]).await?;
    }
    for held in &new.held {
        let body = serde_json::to_string(held).map_err(|_| StoreError::OutOfBounds("a line"))?;
        sqlx::query("INSERT INTO held_lines (show, message, at_ms, body) VALUES (?, ?, ?, ?)")
            .bind(rows::blob(&show.0))
            .bind(rows::blob(&held.line.message.0))
            .bind(rows::signed(held.at_ms))
            .bind(body)
            .execute(&mut **tx)
            .await?;
    }
    for caption in &new.captions {
        sqlx::query("INSERT INTO captions (show, at_ms, media_us, language, text) VALUES (?, ?, ?, ?, ?)")
            .bind(rows::blob(&show.0))
            .bind(rows::signed(caption.at_ms))
            .bind(caption.media_us.map(rows::signed))
            .bind(caption.language.as_str())
            .bind(caption.text.as_str())
            .execute(&mut **tx)
            .await?;
    }
    for entry in &new.audit {
        let body = serde_json::to_string(entry).map_err(|_| StoreError::OutOfBounds("an entry"))?;
        sqlx::query("INSERT INTO audit (show, at_ms, body) VALUES (?, ?, ?)")
            .bind(rows::blob(&show.0))
            .bind(rows::signed(entry.at_ms))
            .bind(body)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn write_sanction(
    tx: &mut Transaction<'_, Sqlite>,
    show: ShowId,
    member: MemberId,
    kind: SanctionKind,
    row: Option<&SanctionRow>,
) -> Result<(), StoreError> {
    let (show, member) = (rows::blob(&show.0), rows::blob(&member.0));
    let Some(row) = row else {
        sqlx::query("DELETE FROM sanctions WHERE show = ? AND member = ? AND kind = ?")
            .bind(show)
            .bind(member)
            .bind(kind.name())
            .execute(&mut **tx)
            .await?;
        return Ok(());
    };
    sqlx::query(
        "INSERT OR REPLACE INTO sanctions (show, member, kind, until_ms, address, address_until_ms, nickname) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(show)
    .bind(member)
    .bind(kind.name())
    .bind(row.until_ms.map(rows::signed))
    .bind(row.address.as_ref().map(<[u8; 16]>::as_slice))
    .bind(row.address_until_ms.map(rows::signed))
    .bind(row.nickname.as_deref())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Runs a statement whose parameters are the show and ids.
async fn run<const N: usize>(
    tx: &mut Transaction<'_, Sqlite>,
    show: ShowId,
    sql: &'static str,
    ids: [&Uuid; N],
) -> Result<(), StoreError> {
    let mut query = sqlx::query(sql).bind(rows::blob(&show.0));
    for id in ids {
        query = query.bind(rows::blob(id));
    }
    query.execute(&mut **tx).await?;
    Ok(())
}
