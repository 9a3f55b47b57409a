-- Every address of a member, the one they sign in with too. Unverified ones prove nothing.
CREATE TABLE member_address (
    email       TEXT NOT NULL PRIMARY KEY,
    member_id   BYTEA NOT NULL REFERENCES member (id),
    created_ms  BIGINT NOT NULL,
    verified_ms BIGINT,
    verified_by TEXT
);
CREATE INDEX member_address_of_member ON member_address (member_id);
INSERT INTO member_address (email, member_id, created_ms) SELECT email, id, created_ms FROM member;

CREATE TABLE member_group (
    id         BYTEA NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    created_ms BIGINT NOT NULL
);

CREATE TABLE group_member (
    group_id  BYTEA NOT NULL REFERENCES member_group (id),
    member_id BYTEA NOT NULL REFERENCES member (id),
    source    TEXT NOT NULL,
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX group_member_of_member ON group_member (member_id);

-- When a member was heard of last; none: never signed in.
ALTER TABLE member ADD COLUMN seen_ms BIGINT;
UPDATE member SET seen_ms = (SELECT MAX(s.created_ms) FROM session s WHERE s.member_id = member.id);

ALTER TABLE session ADD COLUMN seen_ms BIGINT;
ALTER TABLE session ADD COLUMN device TEXT;
ALTER TABLE session ADD COLUMN way TEXT;

-- One-time links by which a member sets a password: invited to the site, or reset. Who opens one that was mailed
-- has proved the address.
CREATE TABLE account_link (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    member_id  BYTEA NOT NULL REFERENCES member (id),
    purpose    TEXT NOT NULL,
    email      TEXT,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms    BIGINT
);
CREATE INDEX account_link_of_member ON account_link (member_id);

CREATE TABLE passkey (
    id            BYTEA NOT NULL PRIMARY KEY,
    member_id     BYTEA NOT NULL REFERENCES member (id),
    credential_id BYTEA NOT NULL UNIQUE,
    credential    TEXT NOT NULL,
    name          TEXT NOT NULL,
    created_ms    BIGINT NOT NULL,
    used_ms       BIGINT
);
CREATE INDEX passkey_of_member ON passkey (member_id);

-- What a sign-in remembers between its two requests; belongs to the browser whose cookie hashes to the key.
CREATE TABLE sign_in_flow (
    browser_hash BYTEA NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    state_sealed BYTEA NOT NULL,
    expires_ms   BIGINT NOT NULL
);
CREATE INDEX sign_in_flow_by_end ON sign_in_flow (expires_ms);
CREATE INDEX session_by_end ON session (expires_ms);

CREATE TABLE oidc_identity (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    member_id  BYTEA NOT NULL REFERENCES member (id),
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX oidc_identity_of_member ON oidc_identity (member_id);

-- A right that is lent falls back to base_right (none: to nothing) at until_ms.
ALTER TABLE item_right ADD COLUMN until_ms BIGINT;
ALTER TABLE item_right ADD COLUMN base_right TEXT;
ALTER TABLE item_right ADD COLUMN since_ms BIGINT;
CREATE INDEX item_right_of_member ON item_right (member_id);
CREATE INDEX item_right_until ON item_right (until_ms) WHERE until_ms IS NOT NULL;

CREATE TABLE invite (
    id             BYTEA NOT NULL PRIMARY KEY,
    item_id        BYTEA NOT NULL REFERENCES item (id),
    email          TEXT NOT NULL,
    first_name     TEXT NOT NULL,
    last_name      TEXT NOT NULL,
    role           TEXT NOT NULL,
    lent_role      TEXT,
    lent_until_ms  BIGINT,
    token_hash     BYTEA NOT NULL UNIQUE,
    token_sealed   BYTEA NOT NULL,
    max_uses       BIGINT,
    uses           BIGINT NOT NULL,
    proves_by_code BIGINT NOT NULL,
    made_by        BYTEA NOT NULL REFERENCES member (id),
    created_ms     BIGINT NOT NULL,
    end_ms         BIGINT NOT NULL,
    revoked_ms     BIGINT,
    cut_ms         BIGINT
);
CREATE INDEX invite_of_item ON invite (item_id, id);
CREATE INDEX invite_of_person ON invite (item_id, email);
CREATE INDEX invite_end ON invite (end_ms);
CREATE INDEX invite_lent ON invite (lent_until_ms) WHERE lent_until_ms IS NOT NULL;

-- The one seat of a person at an item, whichever of their invites was used.
CREATE TABLE invite_seat (
    id         BYTEA NOT NULL PRIMARY KEY,
    item_id    BYTEA NOT NULL REFERENCES item (id),
    email      TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    key_hash   BYTEA,
    proof      TEXT NOT NULL,
    proved_ms  BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    seen_ms    BIGINT,
    blocked_ms BIGINT,
    UNIQUE (item_id, email)
);
CREATE INDEX invite_seat_of_key ON invite_seat (key_hash) WHERE key_hash IS NOT NULL;

-- Every device that was ever bound to a seat: the uses of an invite are its rows that spent one, the free moves of a
-- seat those that moved. One that took the seat back by a code did neither.
CREATE TABLE invite_device (
    id        BYTEA NOT NULL PRIMARY KEY,
    seat_id   BYTEA NOT NULL REFERENCES invite_seat (id),
    invite_id BYTEA NOT NULL REFERENCES invite (id),
    key_hash  BYTEA NOT NULL,
    proof     TEXT NOT NULL,
    spent     BIGINT NOT NULL,
    moved     BIGINT NOT NULL,
    bound_ms  BIGINT NOT NULL
);
CREATE INDEX invite_device_of_seat ON invite_device (seat_id, bound_ms);
CREATE INDEX invite_device_of_invite ON invite_device (invite_id);

-- A device that asks to take a seat over: by the owner's leave, or by the first device's (QR).
CREATE TABLE seat_move (
    id           BYTEA NOT NULL PRIMARY KEY,
    invite_id    BYTEA NOT NULL REFERENCES invite (id),
    kind         TEXT NOT NULL,
    token_hash   BYTEA UNIQUE,
    key_hash     BYTEA,
    reference    TEXT,
    created_ms   BIGINT NOT NULL,
    expires_ms   BIGINT NOT NULL,
    asked_ms     BIGINT,
    allowed_ms   BIGINT,
    done_ms      BIGINT
);
CREATE INDEX seat_move_of_invite ON seat_move (invite_id, created_ms);

-- A code mailed to an address: for an invite's lobby, or to verify a member's address.
CREATE TABLE mail_code (
    id           BYTEA NOT NULL PRIMARY KEY,
    purpose      TEXT NOT NULL,
    about_id     BYTEA NOT NULL,
    email        TEXT NOT NULL,
    browser_hash BYTEA NOT NULL,
    code_hash    BYTEA NOT NULL,
    tries        BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    expires_ms   BIGINT NOT NULL,
    used_ms      BIGINT
);
CREATE INDEX mail_code_about ON mail_code (about_id, created_ms);
CREATE INDEX mail_code_of_address ON mail_code (created_ms) WHERE purpose = 'address';

CREATE TABLE lobby_failure (
    id        BYTEA NOT NULL PRIMARY KEY,
    invite_id BYTEA NOT NULL REFERENCES invite (id),
    block     TEXT NOT NULL,
    at_ms     BIGINT NOT NULL
);
CREATE INDEX lobby_failure_of_invite ON lobby_failure (invite_id, at_ms);

-- The message is sealed, because it carries a link or a code, and erased once it is sent or given up.
CREATE TABLE mail (
    id             BYTEA NOT NULL PRIMARY KEY,
    purpose        TEXT NOT NULL,
    about_id       BYTEA,
    owner_id       BYTEA,
    email          TEXT NOT NULL,
    message_sealed BYTEA,
    state          TEXT NOT NULL,
    answer         TEXT NOT NULL,
    attempts       BIGINT NOT NULL,
    process_id     BYTEA,
    lease_until_ms BIGINT,
    run_after_ms   BIGINT NOT NULL,
    created_ms     BIGINT NOT NULL,
    sent_ms        BIGINT
);
CREATE INDEX mail_to_send ON mail (run_after_ms) WHERE state IN ('waiting', 'sending');
CREATE INDEX mail_about ON mail (about_id, id);
CREATE INDEX mail_of_owner ON mail (owner_id, created_ms);
CREATE INDEX mail_to ON mail (email, created_ms);
CREATE INDEX mail_by_time ON mail (created_ms);

-- Whoever queues mail takes this row first: the ceilings are counted one after another.
CREATE TABLE mail_lock (
    id BIGINT NOT NULL PRIMARY KEY
);
INSERT INTO mail_lock (id) VALUES (1);

CREATE TABLE mail_template (
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body_text  TEXT NOT NULL,
    body_html  TEXT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (name, language)
);

-- What was changed on the site, by whom.
CREATE TABLE site_log (
    id     BYTEA NOT NULL PRIMARY KEY,
    actor  TEXT NOT NULL,
    what   TEXT NOT NULL,
    detail TEXT NOT NULL,
    at_ms  BIGINT NOT NULL
);

-- Guests who entered, by link and minute: what the owner reads, without a row for each of thousands. The last minute
-- of each link stands in the link's own row, which an entry writes anyway.
ALTER TABLE guest_link ADD COLUMN entered_minute BIGINT NOT NULL DEFAULT 0;
ALTER TABLE guest_link ADD COLUMN entered_count BIGINT NOT NULL DEFAULT 0;
CREATE TABLE link_entered (
    link_id BYTEA NOT NULL,
    minute  BIGINT NOT NULL,
    count   BIGINT NOT NULL,
    PRIMARY KEY (link_id, minute)
);
INSERT INTO link_entered (link_id, minute, count)
    SELECT link_id, created_ms / 60000, COUNT(*) FROM seat GROUP BY link_id, created_ms / 60000;
