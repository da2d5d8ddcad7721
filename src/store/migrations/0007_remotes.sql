-- Devices that are the host's remote control: of one show, until a time, by the hash of a cookie of their own. One that is
-- disconnected is deleted.
CREATE TABLE remote_devices (
    device        BLOB    NOT NULL PRIMARY KEY CHECK (length(device) = 16),
    show          BLOB    NOT NULL REFERENCES shows (id),
    hash          BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    came_at_ms    INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX remote_devices_of_show ON remote_devices (show);

-- Until now such a device had a session of the seller's, for twelve hours: none of them outlives this.
DELETE FROM web_sessions WHERE expires_at_ms <= (unixepoch() + 12 * 60 * 60) * 1000;
