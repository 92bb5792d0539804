-- +goose Up
-- To find expired idempotency keys.
CREATE INDEX replays_created ON replays (created);
-- To count an account's open uploads when it begins another.
CREATE INDEX datasets_open ON datasets (account, created, id) WHERE uploading = 1;

-- +goose Down
DROP INDEX datasets_open;
DROP INDEX replays_created;
