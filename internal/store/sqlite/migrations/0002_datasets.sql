-- +goose Up
-- The sweep deletes old datasets that no task refers to; these columns find them. The times in the body are text.
ALTER TABLE datasets ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
ALTER TABLE datasets ADD COLUMN uploading INTEGER NOT NULL DEFAULT 0; -- 1 = parts of it are still awaited
ALTER TABLE datasets ADD COLUMN used INTEGER NOT NULL DEFAULT 0;      -- 1 = a task was asked for with it

UPDATE datasets SET
    created = unixepoch(json_extract(CAST(body AS TEXT), '$.Created')) * 1000,
    -- The first release had no uploads in parts, but a database that was downgraded to it may hold open ones.
    uploading = json_extract(CAST(body AS TEXT), '$.Key') = '',
    used = id IN (
        SELECT json_extract(CAST(body AS TEXT), '$.Request.First.Dataset') FROM tasks
            WHERE json_extract(CAST(body AS TEXT), '$.Request.First.Dataset') IS NOT NULL
        UNION
        SELECT json_extract(CAST(body AS TEXT), '$.Request.Last.Dataset') FROM tasks
            WHERE json_extract(CAST(body AS TEXT), '$.Request.Last.Dataset') IS NOT NULL
    );

CREATE INDEX datasets_unused ON datasets (uploading, created, id) WHERE used = 0;

-- +goose Down
DROP INDEX datasets_unused;
ALTER TABLE datasets DROP COLUMN used;
ALTER TABLE datasets DROP COLUMN uploading;
ALTER TABLE datasets DROP COLUMN created;
