CREATE TABLE item (
    id           BYTEA NOT NULL PRIMARY KEY,
    state        TEXT NOT NULL,
    guest_access BIGINT NOT NULL,
    deleted_ms   BIGINT
);

CREATE TABLE guest_link (
    id         BYTEA NOT NULL PRIMARY KEY,
    item_id    BYTEA NOT NULL REFERENCES item (id),
    token_hash BYTEA NOT NULL UNIQUE,
    max_uses   BIGINT,
    uses       BIGINT NOT NULL,
    end_ms     BIGINT,
    deleted_ms BIGINT
) WITH (fillfactor = 70);

CREATE TABLE seat (
    id         BYTEA NOT NULL PRIMARY KEY,
    item_id    BYTEA NOT NULL,
    link_id    BYTEA NOT NULL,
    key_hash   BYTEA NOT NULL,
    name       TEXT NOT NULL,
    email      TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);
CREATE INDEX seat_of_key ON seat (key_hash);
