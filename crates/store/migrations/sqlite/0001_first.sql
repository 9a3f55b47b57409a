CREATE TABLE site_setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE member (
    id            BLOB NOT NULL PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_ms    INTEGER NOT NULL,
    disabled_ms   INTEGER
) STRICT;

-- One row while nobody has used the one-time link for the first administrator.
CREATE TABLE setup_token (
    token_hash BLOB NOT NULL PRIMARY KEY,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    member_id  BLOB NOT NULL REFERENCES member (id),
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX session_of_member ON session (member_id);

CREATE TABLE api_token (
    id         BLOB NOT NULL PRIMARY KEY,
    member_id  BLOB NOT NULL REFERENCES member (id),
    token_hash BLOB NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER
) STRICT;
CREATE INDEX api_token_of_member ON api_token (member_id);

CREATE TABLE item (
    id                     BLOB NOT NULL PRIMARY KEY,
    owner_id               BLOB NOT NULL REFERENCES member (id),
    kind                   TEXT NOT NULL,
    state                  TEXT NOT NULL,
    privacy                TEXT NOT NULL,
    title                  TEXT NOT NULL,
    description            TEXT NOT NULL,
    failure_code           TEXT,
    failure_detail         TEXT,
    duration_ms            INTEGER,
    width                  INTEGER,
    height                 INTEGER,
    size_bytes             INTEGER NOT NULL,
    media_version          INTEGER NOT NULL,
    guest_access           INTEGER NOT NULL,
    guest_access_off_ms    INTEGER,
    guest_access_cut_ms    INTEGER,
    created_ms             INTEGER NOT NULL,
    deleted_ms             INTEGER
) STRICT;
CREATE INDEX item_of_owner ON item (owner_id, id) WHERE deleted_ms IS NULL;

CREATE TABLE item_right (
    item_id    BLOB NOT NULL REFERENCES item (id),
    member_id  BLOB NOT NULL REFERENCES member (id),
    item_right TEXT NOT NULL,
    PRIMARY KEY (item_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rendition (
    item_id   BLOB NOT NULL REFERENCES item (id),
    version   INTEGER NOT NULL,
    name      TEXT NOT NULL,
    width     INTEGER NOT NULL,
    height    INTEGER NOT NULL,
    bandwidth INTEGER NOT NULL,
    PRIMARY KEY (item_id, version, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE upload (
    id           BLOB NOT NULL PRIMARY KEY,
    owner_id     BLOB NOT NULL REFERENCES member (id),
    item_id      BLOB NOT NULL REFERENCES item (id),
    file_name    TEXT NOT NULL,
    size_bytes   INTEGER NOT NULL,
    offset_bytes INTEGER NOT NULL,
    created_ms   INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL,
    finished_ms  INTEGER
) STRICT;
CREATE INDEX upload_to_expire ON upload (expires_ms) WHERE finished_ms IS NULL;
CREATE INDEX upload_of_item ON upload (item_id);

CREATE TABLE job (
    id             BLOB NOT NULL PRIMARY KEY,
    kind           TEXT NOT NULL,
    item_id        BLOB NOT NULL REFERENCES item (id),
    source         TEXT NOT NULL,
    state          TEXT NOT NULL,
    attempts       INTEGER NOT NULL,
    failures       INTEGER NOT NULL,
    process_id     BLOB,
    lease_until_ms INTEGER,
    run_after_ms   INTEGER NOT NULL,
    created_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX job_to_run ON job (run_after_ms) WHERE state IN ('waiting', 'running');
CREATE INDEX job_of_item ON job (item_id);

CREATE TABLE guest_link (
    id           BLOB NOT NULL PRIMARY KEY,
    item_id      BLOB NOT NULL REFERENCES item (id),
    name         TEXT NOT NULL,
    token_hash   BLOB NOT NULL UNIQUE,
    token_sealed BLOB NOT NULL,
    max_uses     INTEGER,
    uses         INTEGER NOT NULL,
    created_ms   INTEGER NOT NULL,
    end_ms       INTEGER,
    deleted_ms   INTEGER,
    cut_ms       INTEGER
) STRICT;
CREATE INDEX guest_link_of_item ON guest_link (item_id);

-- id and key begin with a time, so that new rows lie side by side in both trees.
CREATE TABLE seat (
    id          BLOB NOT NULL PRIMARY KEY,
    item_id     BLOB NOT NULL,
    link_id     BLOB NOT NULL,
    key_hash    BLOB,
    hold        TEXT NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    seen_ms     INTEGER,
    blocked_ms  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX seat_of_key ON seat (key_hash) WHERE key_hash IS NOT NULL;

CREATE TABLE viewing (
    id         BLOB NOT NULL PRIMARY KEY,
    item_id    BLOB NOT NULL,
    seat_id    BLOB,
    member_id  BLOB,
    link_id    BLOB,
    opened_ms  INTEGER NOT NULL,
    seen_ms    INTEGER NOT NULL,
    ended_ms   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX viewing_of_seat ON viewing (seat_id, opened_ms) WHERE seat_id IS NOT NULL;

-- One row: the number of the newest ended mark. Taking its lock puts marks in order on every engine.
CREATE TABLE mark_counter (
    only_one INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    number   INTEGER NOT NULL
) STRICT;
INSERT INTO mark_counter (only_one, number) VALUES (1, 0);

CREATE TABLE ended_mark (
    number      INTEGER NOT NULL PRIMARY KEY,
    target_kind TEXT NOT NULL,
    target_id   BLOB NOT NULL,
    reason      TEXT NOT NULL,
    at_ms       INTEGER NOT NULL
) STRICT;

CREATE TABLE process (
    id            BLOB NOT NULL PRIMARY KEY,
    started_ms    INTEGER NOT NULL,
    heartbeat_ms  INTEGER NOT NULL,
    obeyed_number INTEGER NOT NULL
) STRICT;

-- How many people each living process serves, by item and link.
CREATE TABLE process_inside (
    process_id BLOB NOT NULL REFERENCES process (id),
    item_id    BLOB NOT NULL,
    link_id    BLOB NOT NULL,
    seats      INTEGER NOT NULL,
    viewings   INTEGER NOT NULL,
    PRIMARY KEY (process_id, item_id, link_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX process_inside_of_item ON process_inside (item_id);

CREATE TABLE refusal (
    link_id BLOB NOT NULL,
    cause   TEXT NOT NULL,
    minute  INTEGER NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (link_id, cause, minute)
) STRICT, WITHOUT ROWID;

-- How often a link's page was seen by a person, told by the page's own script.
CREATE TABLE link_opened (
    link_id BLOB NOT NULL,
    day     INTEGER NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (link_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity (
    id      BLOB NOT NULL PRIMARY KEY,
    item_id BLOB NOT NULL,
    link_id BLOB,
    actor   TEXT NOT NULL,
    what    TEXT NOT NULL,
    detail  TEXT NOT NULL,
    at_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX activity_of_item ON activity (item_id, id);
