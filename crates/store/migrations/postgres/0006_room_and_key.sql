-- When an upload last brought a byte or began to: while that is fresh, its missing bytes are kept free for it.
ALTER TABLE upload ADD COLUMN active_ms BIGINT;
CREATE INDEX upload_open ON upload (owner_id) WHERE finished_ms IS NULL;

-- Whoever asks for room takes this row first: what is promised is counted one after another.
CREATE TABLE room_lock (
    id BIGINT NOT NULL PRIMARY KEY
);
INSERT INTO room_lock (id) VALUES (1);

-- The fingerprint of the key that things are sealed with. The key itself is in no database.
CREATE TABLE site_key (
    only_one    BIGINT NOT NULL PRIMARY KEY CHECK (only_one = 1),
    fingerprint BYTEA NOT NULL
);

-- Mail whose text is made when it is sent: in which language.
ALTER TABLE mail ADD COLUMN language TEXT;
