-- +goose Up
-- What is summed up of the tasks that have ended, a row each (store.UsageOf). The account, creation time and model of a task do not change.
CREATE TABLE usage (
    account INTEGER NOT NULL,
    created INTEGER NOT NULL,
    task    TEXT    NOT NULL,
    model   TEXT    NOT NULL,
    state   TEXT    NOT NULL,
    wait    INTEGER NOT NULL, -- milliseconds until its work began; -1 = it never did
    video   INTEGER NOT NULL, -- milliseconds
    PRIMARY KEY (account, created, task)
) STRICT, WITHOUT ROWID;

-- What a task's jobs cost, by engine.
CREATE TABLE usage_costs (
    account  INTEGER NOT NULL,
    created  INTEGER NOT NULL, -- of the task
    task     TEXT    NOT NULL,
    engine   TEXT    NOT NULL,
    currency TEXT    NOT NULL,
    model    TEXT    NOT NULL, -- of the task
    cost     INTEGER NOT NULL, -- millionths of the currency
    PRIMARY KEY (account, created, task, engine, currency)
) STRICT, WITHOUT ROWID;

-- Tasks that an earlier version stored or ended are not counted yet. Sweeps count them, which they find by the index.
ALTER TABLE tasks ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX tasks_uncounted ON tasks (id) WHERE ended = 1 AND counted = 0;

-- +goose Down
DROP INDEX tasks_uncounted;
ALTER TABLE tasks DROP COLUMN counted;
DROP TABLE usage_costs;
DROP TABLE usage;
