-- The audience. What a show's log says (questions, polls, lines, rules) stands in `events`; here is what changes too often for
-- a log that everybody reads, and what is not for everybody. Rows are written in the transaction of the turn that
-- decided them.

ALTER TABLE shows ADD COLUMN peak_viewers INTEGER NOT NULL DEFAULT 0;

CREATE TABLE question_votes (
    show     BLOB NOT NULL REFERENCES shows (id),
    question BLOB NOT NULL CHECK (length(question) = 16),
    member   BLOB NOT NULL CHECK (length(member) = 16),
    PRIMARY KEY (show, question, member)
) STRICT, WITHOUT ROWID;

-- `choices` as bits. `right_choice` of a quiz is not in its event, which goes to everybody.
CREATE TABLE ballots (
    show    BLOB    NOT NULL REFERENCES shows (id),
    poll    BLOB    NOT NULL CHECK (length(poll) = 16),
    member  BLOB    NOT NULL CHECK (length(member) = 16),
    choices INTEGER NOT NULL CHECK (choices BETWEEN 1 AND 63),
    PRIMARY KEY (show, poll, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE quizzes (
    show         BLOB    NOT NULL REFERENCES shows (id),
    poll         BLOB    NOT NULL CHECK (length(poll) = 16),
    right_choice INTEGER NOT NULL CHECK (right_choice BETWEEN 0 AND 5),
    PRIMARY KEY (show, poll)
) STRICT, WITHOUT ROWID;

-- Lines that wait for staff; a row goes when they are decided.
CREATE TABLE held_lines (
    show    BLOB    NOT NULL REFERENCES shows (id),
    message BLOB    NOT NULL CHECK (length(message) = 16),
    at_ms   INTEGER NOT NULL,
    body    TEXT    NOT NULL CHECK (length(body) <= 16384),
    PRIMARY KEY (show, message)
) STRICT, WITHOUT ROWID;

-- Of an address only a keyed hash is here, and only while it is kept away.
CREATE TABLE sanctions (
    show             BLOB    NOT NULL REFERENCES shows (id),
    member           BLOB    NOT NULL CHECK (length(member) = 16),
    kind             TEXT    NOT NULL CHECK (kind IN ('mute', 'forbid', 'ban')),
    until_ms         INTEGER,
    address          BLOB    CHECK (address IS NULL OR length(address) = 16),
    address_until_ms INTEGER,
    nickname         TEXT    CHECK (nickname IS NULL OR length(nickname) BETWEEN 1 AND 80),
    PRIMARY KEY (show, member, kind),
    CHECK ((address IS NULL) = (address_until_ms IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE attendance (
    show   BLOB NOT NULL REFERENCES shows (id),
    member BLOB NOT NULL CHECK (length(member) = 16),
    PRIMARY KEY (show, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE captions (
    n        INTEGER PRIMARY KEY AUTOINCREMENT,
    show     BLOB    NOT NULL REFERENCES shows (id),
    at_ms    INTEGER NOT NULL,
    media_us INTEGER,
    language TEXT    NOT NULL CHECK (length(language) BETWEEN 2 AND 16),
    text     TEXT    NOT NULL CHECK (length(text) BETWEEN 1 AND 300)
) STRICT;

CREATE INDEX captions_of_show ON captions (show, n);

-- Who did what to whom; it only grows.
CREATE TABLE audit (
    n     INTEGER PRIMARY KEY AUTOINCREMENT,
    show  BLOB    NOT NULL REFERENCES shows (id),
    at_ms INTEGER NOT NULL,
    body  TEXT    NOT NULL CHECK (length(body) <= 4096)
) STRICT;

CREATE INDEX audit_of_show ON audit (show, n);

CREATE TRIGGER audit_does_not_change BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'a trail does not change'); END;

CREATE TRIGGER audit_does_not_go BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'a trail does not go'); END;

-- Moderators: a link each, of which the hash is kept. One that was taken back stays, so that its tokens are known to be worth
-- nothing.
CREATE TABLE moderators (
    member        BLOB    NOT NULL PRIMARY KEY CHECK (length(member) = 16),
    show          BLOB    NOT NULL REFERENCES shows (id),
    name          TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
    hash          BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX moderators_of_show ON moderators (show);

-- One-time links that make a device the host's remote control.
CREATE TABLE remotes (
    hash          BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    show          BLOB    NOT NULL REFERENCES shows (id),
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE filters (
    shop BLOB NOT NULL PRIMARY KEY REFERENCES shops (id),
    body TEXT NOT NULL CHECK (length(body) <= 131072)
) STRICT, WITHOUT ROWID;
