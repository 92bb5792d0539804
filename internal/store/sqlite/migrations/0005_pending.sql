-- +goose Up
-- For the sweep, to find artifacts, even deleted ones, whose files are still to be moved or removed.
ALTER TABLE artifacts ADD COLUMN pending INTEGER NOT NULL DEFAULT 0; -- 1 = a job has yet to change its files

UPDATE artifacts SET pending = 1 WHERE id IN (
    SELECT json_extract(a.value, '$.ID') FROM tasks, json_each(CAST(tasks.body AS TEXT), '$.Artifacts') AS a
        WHERE coalesce(json_extract(a.value, '$.Pending'), '') <> '');

CREATE INDEX artifacts_pending ON artifacts (created, id) WHERE pending = 1;

-- +goose Down
DROP INDEX artifacts_pending;
ALTER TABLE artifacts DROP COLUMN pending;
