-- Browsers in which a member signed in before: guesses at the account from elsewhere do not slow them.
CREATE TABLE known_browser (
    browser_hash BYTEA NOT NULL,
    member_id    BYTEA NOT NULL REFERENCES member (id),
    seen_ms      BIGINT NOT NULL,
    PRIMARY KEY (browser_hash, member_id)
);
CREATE INDEX known_browser_of_member ON known_browser (member_id, seen_ms);
