-- +goose Up
-- The tasks that wait above the limits of vendors' keys, whatever server steps them, and whose turn it is at each engine.
CREATE TABLE vendor_waits (
    task    text COLLATE "C" NOT NULL PRIMARY KEY,
    engine  text COLLATE "C" NOT NULL,
    account bigint  NOT NULL,
    low     boolean NOT NULL,
    created bigint  NOT NULL, -- of the task, epoch milliseconds
    weight  integer NOT NULL, -- of the account
    woken   timestamptz,      -- when it was told that it may try; null = it was not
    last    boolean NOT NULL DEFAULT false -- no other is to be woken if it gets capacity
);

CREATE INDEX vendor_waits_turn ON vendor_waits (engine, low, account, created, task) WHERE woken IS NULL;

CREATE TABLE vendor_turns (
    engine  text COLLATE "C" NOT NULL PRIMARY KEY,
    account bigint  NOT NULL, -- served last
    served  integer NOT NULL  -- how often in a row, less than its weight
);

-- +goose Down
DROP TABLE vendor_turns;
DROP TABLE vendor_waits;
