-- Who came, for the item's owner. The kind of device is known of seats made from now on.
ALTER TABLE seat ADD COLUMN device TEXT;
ALTER TABLE invite_seat ADD COLUMN device TEXT;

-- A person whom the owner removed: the browser that held the seat, so that it can be given back.
ALTER TABLE seat ADD COLUMN removed_ms BIGINT;
ALTER TABLE seat ADD COLUMN removed_key BYTEA;
ALTER TABLE invite_seat ADD COLUMN removed_ms BIGINT;
ALTER TABLE invite_seat ADD COLUMN removed_key BYTEA;

-- The newest of a link or an item first. New rows come at the end of their link's part, whatever the size of the table.
CREATE INDEX seat_of_link ON seat (link_id, created_ms, id);
CREATE INDEX invite_seat_of_item ON invite_seat (item_id, created_ms, id);

-- Whom a row of activity is about: the name is read from the seat, so that nothing of it is left here to erase.
ALTER TABLE activity ADD COLUMN seat_id BYTEA;

-- What is kept of one address is found when its person asks.
CREATE INDEX invite_of_address ON invite (email);
