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

CREATE TABLE invite (
    id         BYTEA NOT NULL PRIMARY KEY,
    item_id    BYTEA NOT NULL REFERENCES item (id),
    email      TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    max_uses   BIGINT,
    uses       BIGINT NOT NULL,
    end_ms     BIGINT NOT NULL,
    revoked_ms BIGINT
) WITH (fillfactor = 70);

CREATE TABLE invite_seat (
    id         BYTEA NOT NULL PRIMARY KEY,
    item_id    BYTEA NOT NULL,
    email      TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    key_hash   BYTEA NOT NULL,
    created_ms BIGINT NOT NULL,
    UNIQUE (item_id, email)
);
CREATE INDEX invite_seat_of_key ON invite_seat (key_hash);

CREATE TABLE invite_device (
    id        BYTEA NOT NULL PRIMARY KEY,
    seat_id   BYTEA NOT NULL,
    invite_id BYTEA NOT NULL,
    key_hash  BYTEA NOT NULL,
    bound_ms  BIGINT NOT NULL
);
CREATE INDEX invite_device_of_invite ON invite_device (invite_id);

CREATE TABLE lobby_failure (
    invite_id BYTEA NOT NULL,
    block     TEXT NOT NULL,
    at_ms     BIGINT NOT NULL
);
CREATE INDEX lobby_failure_of_invite ON lobby_failure (invite_id, at_ms);
