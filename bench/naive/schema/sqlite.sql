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
