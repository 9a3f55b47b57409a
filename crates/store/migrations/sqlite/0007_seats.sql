-- When somebody left the seat by "Not you?": for a moment it may be taken back.
ALTER TABLE seat ADD COLUMN left_ms INTEGER;
ALTER TABLE invite_seat ADD COLUMN left_ms INTEGER;

-- The newest key that the browser had when it was given this seat's own: forms sent side by side are known by it.
ALTER TABLE seat ADD COLUMN came_with BLOB;
CREATE INDEX seat_came_with ON seat (came_with, created_ms) WHERE came_with IS NOT NULL;

-- Keys of browsers that the owner put out: they are kept, so that the owner may give the seat back.
CREATE INDEX seat_removed_key ON seat (removed_key) WHERE removed_key IS NOT NULL;
CREATE INDEX invite_seat_removed_key ON invite_seat (removed_key) WHERE removed_key IS NOT NULL;

-- Whose names no guest may bear: found without reading the many who only watch.
CREATE INDEX invite_above_viewer ON invite (item_id) WHERE role <> 'viewer' OR lent_role IS NOT NULL;

-- The newest version of tickets and of what is told between processes that a process reads.
ALTER TABLE process ADD COLUMN reads INTEGER NOT NULL DEFAULT 1;
