-- +goose Up
-- A filtered list skips rows. With the filters' columns in the index it does so without reading the rows, which are fifty
-- times as large.
DROP INDEX tasks_of_account;
CREATE INDEX tasks_of_account ON tasks (account, created, id, state, model, dialect, deleted);
DROP INDEX tasks_created;
CREATE INDEX tasks_created ON tasks (created, id, state, model, dialect, deleted);

-- +goose Down
DROP INDEX tasks_created;
CREATE INDEX tasks_created ON tasks (created, id);
DROP INDEX tasks_of_account;
CREATE INDEX tasks_of_account ON tasks (account, created, id);
