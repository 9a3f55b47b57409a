-- What is due to be erased is found without reading what is not: invites that still have a name, by what ended them.
-- Guests' seats have no such index: every guest who enters would pay for it, and one pass a day over them is cheap.
CREATE INDEX invite_named_by_end ON invite (end_ms, id) WHERE first_name <> '';
CREATE INDEX invite_named_by_revoked ON invite (revoked_ms, id) WHERE first_name <> '' AND revoked_ms IS NOT NULL;
CREATE INDEX invite_named_of_item ON invite (item_id, id) WHERE first_name <> '';
CREATE INDEX item_deleted ON item (deleted_ms) WHERE deleted_ms IS NOT NULL;

-- Up to when a member was told who was refused at their items, and in which language; none: they do not want it.
ALTER TABLE member ADD COLUMN refusals_told_ms INTEGER;
ALTER TABLE member ADD COLUMN refusals_language TEXT;
CREATE INDEX member_told ON member (refusals_told_ms) WHERE refusals_told_ms IS NOT NULL;
