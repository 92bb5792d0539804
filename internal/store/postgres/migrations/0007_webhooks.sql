-- +goose Up
-- A webhook is told of events of its account's tasks. body has what is not selected by.
CREATE TABLE webhooks (
    id      text COLLATE "C" NOT NULL PRIMARY KEY,
    account bigint NOT NULL,
    version bigint NOT NULL,
    created bigint NOT NULL,
    body    bytea  NOT NULL
);

CREATE INDEX webhooks_of_account ON webhooks (account, created, id);

-- What a webhook is told, and how that went.
CREATE TABLE webhook_deliveries (
    id      text COLLATE "C" NOT NULL PRIMARY KEY,
    webhook text COLLATE "C" NOT NULL,
    task    text COLLATE "C" NOT NULL, -- '' = a test
    version bigint NOT NULL, -- of the task: orders its deliveries
    state   text COLLATE "C" NOT NULL,
    due     bigint NOT NULL, -- of the next attempt, or the end of the year 9999: after the deliveries of the task that come before
    created bigint NOT NULL,
    tries   bigint NOT NULL, -- attempts that were begun
    body    bytea  NOT NULL
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook, due) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_task ON webhook_deliveries (task, webhook, version);
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (webhook, created, id);
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created) WHERE state <> 'pending';

-- +goose Down
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
