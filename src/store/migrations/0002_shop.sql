-- The shop. `shop_events` is the truth and only grows; everything below it but `contacts` and `images` is what follows
-- from it and could be made again. No personal data is in an event: who a buyer is stands in `contacts` alone, and goes
-- when it is asked to.

CREATE TABLE shop_events (
    shop  BLOB    NOT NULL REFERENCES shops (id),
    seq   INTEGER NOT NULL CHECK (seq > 0),
    at_ms INTEGER NOT NULL,
    kind  TEXT    NOT NULL,
    body  TEXT    NOT NULL CHECK (length(body) <= 65536),
    PRIMARY KEY (shop, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER shop_events_do_not_change BEFORE UPDATE ON shop_events
BEGIN SELECT RAISE(ABORT, 'a fact does not change'); END;

CREATE TRIGGER shop_events_do_not_go BEFORE DELETE ON shop_events
BEGIN SELECT RAISE(ABORT, 'a fact does not go'); END;

CREATE TABLE products (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    shop     BLOB    NOT NULL REFERENCES shops (id),
    position INTEGER NOT NULL,
    status   TEXT    NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    title    TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 120)
) STRICT;

CREATE TABLE variants (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    product  BLOB    NOT NULL REFERENCES products (id),
    stock    INTEGER NOT NULL,
    free     INTEGER NOT NULL CHECK (free >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    sold     INTEGER NOT NULL CHECK (sold >= 0),
    CHECK (free + reserved + sold = stock)
) STRICT;

-- How pieces moved, each line with its counter-entry: the sum of a variant's lines is its stock.
CREATE TABLE stock_ledger (
    shop     BLOB    NOT NULL REFERENCES shops (id),
    seq      INTEGER NOT NULL,
    variant  BLOB    NOT NULL REFERENCES variants (id),
    stock    INTEGER NOT NULL,
    free     INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    sold     INTEGER NOT NULL,
    order_id BLOB    CHECK (order_id IS NULL OR length(order_id) = 16),
    PRIMARY KEY (shop, seq, variant),
    CHECK (free + reserved + sold = stock)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER stock_ledger_does_not_change BEFORE UPDATE ON stock_ledger
BEGIN SELECT RAISE(ABORT, 'a ledger does not change'); END;

CREATE TRIGGER stock_ledger_does_not_go BEFORE DELETE ON stock_ledger
BEGIN SELECT RAISE(ABORT, 'a ledger does not go'); END;

CREATE TABLE orders (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    shop        BLOB    NOT NULL REFERENCES shops (id),
    number      INTEGER,
    status      TEXT    NOT NULL,
    variant     BLOB    NOT NULL REFERENCES variants (id),
    quantity    INTEGER NOT NULL CHECK (quantity > 0),
    total_minor INTEGER NOT NULL CHECK (total_minor >= 0),
    as_of       INTEGER NOT NULL,
    body        TEXT    NOT NULL CHECK (length(body) <= 16384)
) STRICT;

CREATE UNIQUE INDEX orders_by_number ON orders (shop, number) WHERE number IS NOT NULL;

CREATE TABLE line_ups (
    show     BLOB    NOT NULL REFERENCES shows (id),
    position INTEGER NOT NULL,
    product  BLOB    NOT NULL REFERENCES products (id),
    PRIMARY KEY (show, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    order_id BLOB NOT NULL PRIMARY KEY REFERENCES orders (id),
    body     TEXT NOT NULL CHECK (length(body) <= 16384),
    search   TEXT NOT NULL
) STRICT;

CREATE TABLE images (
    hash          BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    shop          BLOB    NOT NULL REFERENCES shops (id),
    width_px      INTEGER NOT NULL CHECK (width_px > 0),
    height_px     INTEGER NOT NULL CHECK (height_px > 0),
    large         BLOB    NOT NULL,
    small         BLOB    NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;
