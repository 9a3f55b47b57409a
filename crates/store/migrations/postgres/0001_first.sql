CREATE TABLE site_setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE member (
    id            BYTEA NOT NULL PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_ms    BIGINT NOT NULL,
    disabled_ms   BIGINT
);

-- One row while nobody has used the one-time link for the first administrator.
CREATE TABLE setup_token (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    created_ms BIGINT NOT NULL
);

CREATE TABLE session (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    member_id  BYTEA NOT NULL REFERENCES member (id),
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX session_of_member ON session (member_id);

CREATE TABLE api_token (
    id         BYTEA NOT NULL PRIMARY KEY,
    member_id  BYTEA NOT NULL REFERENCES member (id),
    token_hash BYTEA NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT
);
CREATE INDEX api_token_of_member ON api_token (member_id);

CREATE TABLE item (
    id                     BYTEA NOT NULL PRIMARY KEY,
    owner_id               BYTEA NOT NULL REFERENCES member (id),
    kind                   TEXT NOT NULL,
    state                  TEXT NOT NULL,
    privacy                TEXT NOT NULL,
    title                  TEXT NOT NULL,
    description            TEXT NOT NULL,
    failure_code           TEXT,
    failure_detail         TEXT,
    duration_ms            BIGINT,
    width                  BIGINT,
    height                 BIGINT,
    size_bytes             BIGINT NOT NULL,
    media_version          BIGINT NOT NULL,
    guest_access           BIGINT NOT NULL,
    guest_access_off_ms    BIGINT,
    guest_access_cut_ms    BIGINT,
    created_ms             BIGINT NOT NULL,
    deleted_ms             BIGINT
);
CREATE INDEX item_of_owner ON item (owner_id, id) WHERE deleted_ms IS NULL;

CREATE TABLE item_right (
    item_id    BYTEA NOT NULL REFERENCES item (id),
    member_id  BYTEA NOT NULL REFERENCES member (id),
    item_right TEXT NOT NULL,
    PRIMARY KEY (item_id, member_id)
);

CREATE TABLE rendition (
    item_id   BYTEA NOT NULL REFERENCES item (id),
    version   BIGINT NOT NULL,
    name      TEXT NOT NULL,
    width     BIGINT NOT NULL,
    height    BIGINT NOT NULL,
    bandwidth BIGINT NOT NULL,
    PRIMARY KEY (item_id, version, name)
);

CREATE TABLE upload (
    id           BYTEA NOT NULL PRIMARY KEY,
    owner_id     BYTEA NOT NULL REFERENCES member (id),
    item_id      BYTEA NOT NULL REFERENCES item (id),
    file_name    TEXT NOT NULL,
    size_bytes   BIGINT NOT NULL,
    offset_bytes BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    expires_ms   BIGINT NOT NULL,
    finished_ms  BIGINT
);
CREATE INDEX upload_to_expire ON upload (expires_ms) WHERE finished_ms IS NULL;
CREATE INDEX upload_of_item ON upload (item_id);

CREATE TABLE job (
    id             BYTEA NOT NULL PRIMARY KEY,
    kind           TEXT NOT NULL,
    item_id        BYTEA NOT NULL REFERENCES item (id),
    source         TEXT NOT NULL,
    state          TEXT NOT NULL,
    attempts       BIGINT NOT NULL,
    failures       BIGINT NOT NULL,
    process_id     BYTEA,
    lease_until_ms BIGINT,
    run_after_ms   BIGINT NOT NULL,
    created_ms     BIGINT NOT NULL
);
CREATE INDEX job_to_run ON job (run_after_ms) WHERE state IN ('waiting', 'running');
CREATE INDEX job_of_item ON job (item_id);

-- Room on each page keeps the hot counter out of the indexes (HOT updates); `uses` is in no index.
CREATE TABLE guest_link (
    id           BYTEA NOT NULL PRIMARY KEY,
    item_id      BYTEA NOT NULL REFERENCES item (id),
    name         TEXT NOT NULL,
    token_hash   BYTEA NOT NULL UNIQUE,
    token_sealed BYTEA NOT NULL,
    max_uses     BIGINT,
    uses         BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    end_ms       BIGINT,
    deleted_ms   BIGINT,
    cut_ms       BIGINT
) WITH (fillfactor = 70);
CREATE INDEX guest_link_of_item ON guest_link (item_id);

-- id and key begin with a time, so that new rows lie side by side in both trees.
CREATE TABLE seat (
    id          BYTEA NOT NULL PRIMARY KEY,
    item_id     BYTEA NOT NULL,
    link_id     BYTEA NOT NULL,
    key_hash    BYTEA,
    hold        TEXT NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    created_ms  BIGINT NOT NULL,
    seen_ms     BIGINT,
    blocked_ms  BIGINT
);
CREATE INDEX seat_of_key ON seat (key_hash) WHERE key_hash IS NOT NULL;

CREATE TABLE viewing (
    id         BYTEA NOT NULL PRIMARY KEY,
    item_id    BYTEA NOT NULL,
    seat_id    BYTEA,
    member_id  BYTEA,
    link_id    BYTEA,
    opened_ms  BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL,
    ended_ms   BIGINT
);
CREATE INDEX viewing_of_seat ON viewing (seat_id, opened_ms) WHERE seat_id IS NOT NULL;

-- One row: the number of the newest ended mark. Taking its lock puts marks in order on every engine.
CREATE TABLE mark_counter (
    only_one BIGINT NOT NULL PRIMARY KEY CHECK (only_one = 1),
    number   BIGINT NOT NULL
);
INSERT INTO mark_counter (only_one, number) VALUES (1, 0);

CREATE TABLE ended_mark (
    number      BIGINT NOT NULL PRIMARY KEY,
    target_kind TEXT NOT NULL,
    target_id   BYTEA NOT NULL,
    reason      TEXT NOT NULL,
    at_ms       BIGINT NOT NULL
);

CREATE TABLE process (
    id            BYTEA NOT NULL PRIMARY KEY,
    started_ms    BIGINT NOT NULL,
    heartbeat_ms  BIGINT NOT NULL,
    obeyed_number BIGINT NOT NULL
);

-- How many people each living process serves, by item and link.
CREATE TABLE process_inside (
    process_id BYTEA NOT NULL REFERENCES process (id),
    item_id    BYTEA NOT NULL,
    link_id    BYTEA NOT NULL,
    seats      BIGINT NOT NULL,
    viewings   BIGINT NOT NULL,
    PRIMARY KEY (process_id, item_id, link_id)
);
CREATE INDEX process_inside_of_item ON process_inside (item_id);

CREATE TABLE refusal (
    link_id BYTEA NOT NULL,
    cause   TEXT NOT NULL,
    minute  BIGINT NOT NULL,
    count   BIGINT NOT NULL,
    PRIMARY KEY (link_id, cause, minute)
);

-- How often a link's page was seen by a person, told by the page's own script.
CREATE TABLE link_opened (
    link_id BYTEA NOT NULL,
    day     BIGINT NOT NULL,
    count   BIGINT NOT NULL,
    PRIMARY KEY (link_id, day)
);

CREATE TABLE activity (
    id      BYTEA NOT NULL PRIMARY KEY,
    item_id BYTEA NOT NULL,
    link_id BYTEA,
    actor   TEXT NOT NULL,
    what    TEXT NOT NULL,
    detail  TEXT NOT NULL,
    at_ms   BIGINT NOT NULL
);
CREATE INDEX activity_of_item ON activity (item_id, id);
