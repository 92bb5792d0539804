-- +goose Up
-- The caller's own id of a task finds it, and no two tasks of an account that are not deleted have the same.
ALTER TABLE tasks ADD COLUMN external_id TEXT NOT NULL DEFAULT '';
-- The first releases had no such ids, but a database that was downgraded to one of them may hold some.
UPDATE tasks SET external_id = coalesce(json_extract(CAST(body AS TEXT), '$.Request.ExternalID'), '');
CREATE UNIQUE INDEX tasks_external ON tasks (account, external_id) WHERE external_id <> '' AND deleted = 0;

-- +goose Down
DROP INDEX tasks_external;
ALTER TABLE tasks DROP COLUMN external_id;
