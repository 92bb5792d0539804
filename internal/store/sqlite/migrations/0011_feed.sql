-- +goose Up
-- The events of which callers are told, numbered in the order in which they were committed. There is no index by account: whoever
-- follows an account reads on from the last number that it has seen.
CREATE TABLE feed (
    seq        INTEGER NOT NULL PRIMARY KEY,
    account    INTEGER NOT NULL,
    task       TEXT    NOT NULL,
    version    INTEGER NOT NULL, -- of the task, as the change left it
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL
) STRICT;

-- +goose Down
DROP TABLE feed;
