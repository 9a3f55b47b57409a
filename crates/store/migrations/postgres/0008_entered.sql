-- Guests of a link are found by the minutes in which it was entered. An index by time grows at its end; the one by link
-- took every entry to another page of the tree.
DROP INDEX seat_of_link;
CREATE INDEX seat_entered ON seat (created_ms, id, link_id);
