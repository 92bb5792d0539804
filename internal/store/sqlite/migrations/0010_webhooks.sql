-- +goose Up
-- A webhook is told of events of its account's tasks. body has what is not selected by.
CREATE TABLE webhooks (
    id      TEXT    NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    body    BLOB    NOT NULL
) STRICT;

CREATE INDEX webhooks_of_account ON webhooks (account, created, id);

-- What a webhook is told, and how that went.
CREATE TABLE webhook_deliveries (
    id      TEXT    NOT NULL PRIMARY KEY,
    webhook TEXT    NOT NULL,
    task    TEXT    NOT NULL, -- '' = a test
    version INTEGER NOT NULL, -- of the task: orders its deliveries
    state   TEXT    NOT NULL,
    due     INTEGER NOT NULL, -- of the next attempt, or the end of the year 9999: after the deliveries of the task that come before
    created INTEGER NOT NULL,
    tries   INTEGER NOT NULL, -- attempts that were begun
    body    BLOB    NOT NULL
) STRICT;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook, due) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_task ON webhook_deliveries (task, webhook, version);
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (webhook, created, id);
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created) WHERE state <> 'pending';

-- +goose Down
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
