-- +goose Up
-- What has outlived its day is found, to be cleared away.
CREATE INDEX replays_created ON replays (created);
-- How many uploads an account has open is counted when it opens another.
CREATE INDEX datasets_open ON datasets (account, created, id) WHERE uploading = 1;

-- +goose Down
DROP INDEX datasets_open;
DROP INDEX replays_created;
