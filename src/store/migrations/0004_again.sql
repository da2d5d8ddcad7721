-- Messages to endpoints keep their bodies while they are listed, so that they can be sent again as they were: nothing in
-- them says whose an order is. Letters still lose theirs as soon as they are settled. And a secret that was replaced signs
-- beside its successor for a while.

ALTER TABLE endpoints ADD COLUMN old_secret BLOB CHECK (old_secret IS NULL OR length(old_secret) = 32);
ALTER TABLE endpoints ADD COLUMN old_until_ms INTEGER;

CREATE TABLE outbox_next (
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
    CHECK (status <> 'waiting' OR body IS NOT NULL),
    CHECK (status = 'waiting' OR channel = 'webhook' OR body IS NULL),
    CHECK (status = 'waiting' OR recipient IS NULL)
) STRICT;

INSERT INTO outbox_next SELECT n, message, shop, channel, lane, kind, subject, at_ms, body, recipient, status, attempts,
    due_at_ms, outcome, settled_at_ms FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_next RENAME TO outbox;

CREATE INDEX outbox_waiting ON outbox (lane, n) WHERE status = 'waiting';
CREATE INDEX outbox_stock ON outbox (subject) WHERE status = 'waiting' AND kind = 'stock.changed';
CREATE INDEX outbox_due ON outbox (channel, due_at_ms) WHERE status = 'waiting';
CREATE INDEX outbox_settled ON outbox (settled_at_ms) WHERE status <> 'waiting';
CREATE INDEX outbox_given_up ON outbox (lane) WHERE status = 'given_up';
-- For the list of an endpoint's messages.
CREATE INDEX outbox_lane ON outbox (lane, n);

-- The key that opens an order's page, for the link in a letter that is sent again. It goes with the contact.
CREATE TABLE letter_keys (
    order_id BLOB NOT NULL PRIMARY KEY REFERENCES contacts (order_id) ON DELETE CASCADE,
    key      TEXT NOT NULL CHECK (length(key) = 43)
) STRICT, WITHOUT ROWID;
