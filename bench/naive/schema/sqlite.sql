CREATE TABLE item (
    id           BLOB NOT NULL PRIMARY KEY,
    state        TEXT NOT NULL,
    guest_access INTEGER NOT NULL,
    deleted_ms   INTEGER
) STRICT;

CREATE TABLE guest_link (
    id         BLOB NOT NULL PRIMARY KEY,
    item_id    BLOB NOT NULL REFERENCES item (id),
    token_hash BLOB NOT NULL UNIQUE,
    max_uses   INTEGER,
    uses       INTEGER NOT NULL,
    end_ms     INTEGER,
    deleted_ms INTEGER
) STRICT;

CREATE TABLE seat (
    id         BLOB NOT NULL PRIMARY KEY,
    item_id    BLOB NOT NULL,
    link_id    BLOB NOT NULL,
    key_hash   BLOB NOT NULL,
    name       TEXT NOT NULL,
    email      TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seat_of_key ON seat (key_hash);

CREATE TABLE invite (
    id         BLOB NOT NULL PRIMARY KEY,
    item_id    BLOB NOT NULL REFERENCES item (id),
    email      TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    max_uses   INTEGER,
    uses       INTEGER NOT NULL,
    end_ms     INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT;

CREATE TABLE invite_seat (
    id         BLOB NOT NULL PRIMARY KEY,
    item_id    BLOB NOT NULL,
    email      TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    key_hash   BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    UNIQUE (item_id, email)
) STRICT, WITHOUT ROWID;
CREATE INDEX invite_seat_of_key ON invite_seat (key_hash);

CREATE TABLE invite_device (
    id        BLOB NOT NULL PRIMARY KEY,
    seat_id   BLOB NOT NULL,
    invite_id BLOB NOT NULL,
    key_hash  BLOB NOT NULL,
    bound_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invite_device_of_invite ON invite_device (invite_id);

CREATE TABLE lobby_failure (
    invite_id BLOB NOT NULL,
    block     TEXT NOT NULL,
    at_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX lobby_failure_of_invite ON lobby_failure (invite_id, at_ms);
