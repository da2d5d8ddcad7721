-- Ids and hashes are 16 and 32 byte blobs; times are milliseconds since the Unix epoch. Sizes are the protocol's
-- (signaling/src/limits.rs), checked here again because the store is the only truth and must not hold a lie.

CREATE TABLE shops (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name          TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE shows (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    shop            BLOB    NOT NULL REFERENCES shops (id),
    slug            TEXT    NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 64),
    title           TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    status          TEXT    NOT NULL CHECK (status IN ('draft', 'scheduled', 'live', 'ended')),
    scheduled_at_ms INTEGER,
    started_at_ms   INTEGER,
    ended_at_ms     INTEGER,
    created_at_ms   INTEGER NOT NULL
) STRICT;

-- The log of a show. `body` is the event's JSON as it goes over the wire; `kind`, `member` and `message` repeat what
-- queries look for.
CREATE TABLE events (
    show    BLOB    NOT NULL REFERENCES shows (id),
    seq     INTEGER NOT NULL CHECK (seq > 0),
    at_ms   INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    member  BLOB    CHECK (member IS NULL OR length(member) = 16),
    message BLOB    CHECK (message IS NULL OR length(message) = 16),
    body    TEXT    NOT NULL CHECK (length(body) <= 16384),
    PRIMARY KEY (show, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_by_kind ON events (show, kind, seq);

CREATE TABLE nicknames (
    show     BLOB NOT NULL REFERENCES shows (id),
    member   BLOB NOT NULL CHECK (length(member) = 16),
    nickname TEXT NOT NULL CHECK (length(nickname) BETWEEN 1 AND 32),
    PRIMARY KEY (show, member)
) STRICT, WITHOUT ROWID;

-- One-time tokens of login and setup links; only their hashes are kept, and only until they are used or too old.
CREATE TABLE login_tokens (
    hash          BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    kind          TEXT    NOT NULL CHECK (kind IN ('login', 'setup')),
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE web_sessions (
    hash          BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    shop          BLOB    NOT NULL REFERENCES shops (id),
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    value BLOB NOT NULL CHECK (length(value) = 32)
) STRICT, WITHOUT ROWID;
