-- +goose Up
-- What has outlived its day is found, to be cleared away.
CREATE INDEX replays_created ON replays (created);

-- +goose Down
DROP INDEX replays_created;
