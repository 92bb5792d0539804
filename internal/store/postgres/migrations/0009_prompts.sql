-- +goose Up
-- The prompts of tasks, folded as they are searched (store.FoldPrompt). A search reads an account's rows in the order of its lists; a
-- task without a prompt has none. The account, creation time and prompt of a task do not change.
CREATE TABLE prompts (
    account bigint NOT NULL,
    created bigint NOT NULL,
    id      text COLLATE "C" NOT NULL, -- of the task
    folded  bytea  NOT NULL,
    PRIMARY KEY (account, created, id)
);

-- Tasks that an earlier version stored are not in it yet. Sweeps add them, which they find by the index.
ALTER TABLE tasks ADD COLUMN searchable boolean NOT NULL DEFAULT false;
CREATE INDEX tasks_unsearchable ON tasks (id) WHERE NOT searchable;

-- +goose Down
DROP INDEX tasks_unsearchable;
ALTER TABLE tasks DROP COLUMN searchable;
DROP TABLE prompts;
