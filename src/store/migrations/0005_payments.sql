-- Payments through a provider. An errand is what is to be done there for an order; it follows from the shop's log and is
-- written with it, so what was decided is done, also after a crash.

CREATE TABLE errands (
    order_id  BLOB    NOT NULL PRIMARY KEY REFERENCES orders (id),
    shop      BLOB    NOT NULL REFERENCES shops (id),
    errand    TEXT    NOT NULL CHECK (errand IN ('open', 'watch', 'close', 'refund')),
    due_at_ms INTEGER NOT NULL,
    attempts  INTEGER NOT NULL DEFAULT 0,
    since_ms  INTEGER NOT NULL,
    outcome   TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX errands_due ON errands (due_at_ms);

-- The seller's account at the provider. Its keys are never shown again.
CREATE TABLE payment_accounts (
    shop           BLOB    NOT NULL PRIMARY KEY REFERENCES shops (id),
    secret_key     TEXT    NOT NULL CHECK (length(secret_key) BETWEEN 1 AND 300),
    webhook_secret TEXT    CHECK (length(webhook_secret) BETWEEN 1 AND 300),
    updated_at_ms  INTEGER NOT NULL
) STRICT;

-- What the provider has told: it may tell it again.
CREATE TABLE provider_events (
    id    TEXT    NOT NULL PRIMARY KEY CHECK (length(id) <= 255),
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX provider_events_old ON provider_events (at_ms);
