-- What leaves the house. A row of `outbox` is written in the transaction of the fact that it tells of, so what happened is
-- told and what did not happen is not. `body` and `recipient` go as soon as a row is settled.

CREATE TABLE endpoints (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    shop          BLOB    NOT NULL REFERENCES shops (id),
    url           TEXT    NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    events        TEXT    NOT NULL CHECK (length(events) <= 1024),
    secret        BLOB    NOT NULL CHECK (length(secret) = 32),
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    -- Why it is not active: its seller said so, or its server said that it is gone.
    disabled_by   TEXT    CHECK (disabled_by IS NULL OR disabled_by IN ('seller', 'gone')),
    created_at_ms INTEGER NOT NULL,
    last_at_ms    INTEGER,
    last_outcome  TEXT,
    CHECK ((active = 1) = (disabled_by IS NULL))
) STRICT;

-- `n` is the order of writing. A lane is what keeps an order of its own: an endpoint, or the letters about one order.
-- `message` is told to whoever receives it and is the same at every try, so that a repetition can be known.
CREATE TABLE outbox (
    n             INTEGER PRIMARY KEY AUTOINCREMENT,
    message       BLOB    NOT NULL CHECK (length(message) = 16),
    shop          BLOB    NOT NULL REFERENCES shops (id),
    channel       TEXT    NOT NULL CHECK (channel IN ('webhook', 'mail')),
    lane          BLOB    NOT NULL CHECK (length(lane) = 16),
    kind          TEXT    NOT NULL,
    subject       BLOB    NOT NULL CHECK (length(subject) = 16),
    at_ms         INTEGER NOT NULL,
    body          TEXT    CHECK (length(body) <= 65536),
    recipient     TEXT    CHECK (length(recipient) <= 2048),
    status        TEXT    NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sent', 'given_up')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    due_at_ms     INTEGER NOT NULL,
    outcome       TEXT,
    settled_at_ms INTEGER,
    CHECK ((status = 'waiting') = (body IS NOT NULL)),
    CHECK (status = 'waiting' OR recipient IS NULL)
) STRICT;

CREATE INDEX outbox_waiting ON outbox (lane, n) WHERE status = 'waiting';
-- Of two untold stocks of a product the newer one is enough.
CREATE INDEX outbox_stock ON outbox (subject) WHERE status = 'waiting' AND kind = 'stock.changed';
CREATE INDEX outbox_due ON outbox (channel, due_at_ms) WHERE status = 'waiting';
CREATE INDEX outbox_settled ON outbox (settled_at_ms) WHERE status <> 'waiting';
CREATE INDEX outbox_given_up ON outbox (lane) WHERE status = 'given_up';
