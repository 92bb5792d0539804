-- +goose Up
-- The prompts of tasks, folded as they are searched (store.FoldPrompt). A search reads an account's rows in the order of its lists; a
-- task without a prompt has none. The account, creation time and prompt of a task do not change.
CREATE TABLE prompts (
    account INTEGER NOT NULL,
    created INTEGER NOT NULL,
    id      TEXT    NOT NULL, -- of the task
    folded  BLOB    NOT NULL,
    PRIMARY KEY (account, created, id)
) STRICT, WITHOUT ROWID;

-- Tasks that an earlier version stored are not in it yet. Sweeps add them, which they find by the index.
ALTER TABLE tasks ADD COLUMN searchable INTEGER NOT NULL DEFAULT 0;
CREATE INDEX tasks_unsearchable ON tasks (id) WHERE searchable = 0;

-- +goose Down
DROP INDEX tasks_unsearchable;
ALTER TABLE tasks DROP COLUMN searchable;
DROP TABLE prompts;
