-- +goose Up
-- A storyboard is its body, as JSON; the other columns of its row are copies of fields.
CREATE TABLE storyboards (
    id      text COLLATE "C" NOT NULL PRIMARY KEY,
    account bigint NOT NULL,
    created bigint NOT NULL,
    version bigint NOT NULL,
    body    bytea  NOT NULL
);

CREATE INDEX storyboards_of_account ON storyboards (account, created, id);

-- +goose Down
DROP TABLE storyboards;
