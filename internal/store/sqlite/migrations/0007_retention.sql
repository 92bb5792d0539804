-- +goose Up
-- Lists leave deleted artifacts out, and the sweep looks for the oldest whose files are still kept.
DROP INDEX artifacts_created;
CREATE INDEX artifacts_created ON artifacts (created, id) WHERE deleted = 0;

-- +goose Down
DROP INDEX artifacts_created;
CREATE INDEX artifacts_created ON artifacts (created, id);
