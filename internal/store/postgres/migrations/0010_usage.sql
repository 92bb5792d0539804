-- +goose Up
-- What is summed up of the tasks that have ended, a row each (store.UsageOf). The account, creation time and model of a task do not change.
CREATE TABLE usage (
    account bigint NOT NULL,
    created bigint NOT NULL,
    task    text COLLATE "C" NOT NULL,
    model   bytea  NOT NULL,
    state   text COLLATE "C" NOT NULL,
    wait    bigint NOT NULL, -- milliseconds until its work began; -1 = it never did
    video   bigint NOT NULL, -- milliseconds
    PRIMARY KEY (account, created, task)
);

-- What a task's jobs cost, by engine.
CREATE TABLE usage_costs (
    account  bigint NOT NULL,
    created  bigint NOT NULL, -- of the task
    task     text COLLATE "C" NOT NULL,
    engine   text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    model    bytea  NOT NULL, -- of the task
    cost     bigint NOT NULL, -- millionths of the currency
    PRIMARY KEY (account, created, task, engine, currency)
);

-- Tasks that an earlier version stored or ended are not counted yet. Sweeps count them, which they find by the index.
ALTER TABLE tasks ADD COLUMN counted boolean NOT NULL DEFAULT false;
CREATE INDEX tasks_uncounted ON tasks (id) WHERE ended AND NOT counted;

-- +goose Down
DROP INDEX tasks_uncounted;
ALTER TABLE tasks DROP COLUMN counted;
DROP TABLE usage_costs;
DROP TABLE usage;
