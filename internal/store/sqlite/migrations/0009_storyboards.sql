-- +goose Up
-- A storyboard is its body, as JSON; the other columns of its row are copies of fields.
CREATE TABLE storyboards (
    id      TEXT    NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL,
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body    BLOB    NOT NULL
) STRICT;

CREATE INDEX storyboards_of_account ON storyboards (account, created, id);

-- +goose Down
DROP TABLE storyboards;
