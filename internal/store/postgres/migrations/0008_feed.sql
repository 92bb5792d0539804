-- +goose Up
-- The events of which callers are told, numbered in the order in which they were committed. There is no index by account: whoever
-- follows an account reads on from the last number that it has seen.
CREATE TABLE feed (
    seq        bigint NOT NULL PRIMARY KEY,
    account    bigint NOT NULL,
    task       text COLLATE "C" NOT NULL,
    version    bigint NOT NULL, -- of the task, as the change left it
    at         bigint NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    from_state text COLLATE "C" NOT NULL,
    to_state   text COLLATE "C" NOT NULL
);

-- +goose Down
DROP TABLE feed;
