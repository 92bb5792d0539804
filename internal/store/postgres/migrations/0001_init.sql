-- +goose Up
-- A task is its body, as JSON; the other columns of its row are copies of fields, to select and sort by. Times are epoch
-- milliseconds; the zero time is that of the year 1.
--
-- Ids and other texts that the program makes are text, sorted by bytes. Texts that callers write are bytea, in UTF-8: they may
-- hold what text refuses (the character 0), and must stay distinct in every locale. An index takes the hash of such a text,
-- because an index entry must fit in a third of a page. convert_from(model, 'UTF8') shows one.
CREATE TABLE tasks (
    id          text COLLATE "C" NOT NULL PRIMARY KEY,
    account     bigint  NOT NULL,
    state       text COLLATE "C" NOT NULL,
    ended       boolean NOT NULL, -- the state is terminal, and no job of it is left to cancel
    model       bytea   NOT NULL,
    dialect     bytea   NOT NULL,
    external_id bytea   NOT NULL, -- the caller's own id; empty = none
    created     bigint  NOT NULL,
    updated     bigint  NOT NULL,
    version     bigint  NOT NULL,
    deleted     boolean NOT NULL,
    low         boolean NOT NULL,
    body        bytea   NOT NULL
);

-- Lists are ordered by (created, id), so that any cursor is found with one seek.
CREATE INDEX tasks_of_account ON tasks (account, created, id);
CREATE INDEX tasks_created ON tasks (created, id);
-- The sweep and the limits on an account's live tasks look for the few live tasks among many ended ones.
CREATE INDEX tasks_live ON tasks (created, id) WHERE NOT ended;
CREATE INDEX tasks_live_of_account ON tasks (account, created, id) WHERE NOT ended;
CREATE UNIQUE INDEX tasks_external ON tasks (account, sha256(external_id)) WHERE external_id <> '' AND NOT deleted;

CREATE TABLE events (
    task       text COLLATE "C" NOT NULL,
    version    bigint  NOT NULL, -- of the task, as the change left it
    place      integer NOT NULL, -- within the change
    at         bigint  NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    from_state text COLLATE "C" NOT NULL,
    to_state   text COLLATE "C" NOT NULL,
    detail     bytea   NOT NULL,
    PRIMARY KEY (task, version, place)
);

-- An index of artifacts: their fields are in the body of their task.
CREATE TABLE artifacts (
    id          text COLLATE "C" NOT NULL PRIMARY KEY,
    task        text COLLATE "C" NOT NULL,
    account     bigint  NOT NULL,
    asset_group bytea   NOT NULL,
    favorite    boolean NOT NULL,
    share       bytea   NOT NULL,
    deleted     boolean NOT NULL,
    pending     boolean NOT NULL, -- a job has yet to change its files
    created     bigint  NOT NULL
);

CREATE INDEX artifacts_of_task ON artifacts (task);
CREATE INDEX artifacts_of_account ON artifacts (account, created, id);
CREATE INDEX artifacts_of_group ON artifacts (sha256(asset_group), created, id);
CREATE INDEX artifacts_created ON artifacts (created, id);
CREATE INDEX artifacts_pending ON artifacts (created, id) WHERE pending;
CREATE UNIQUE INDEX artifacts_share ON artifacts (sha256(share)) WHERE share <> '';

CREATE TABLE replays (
    account     bigint NOT NULL,
    replay_key  bytea  NOT NULL,
    fingerprint bytea  NOT NULL,
    task        text COLLATE "C" NOT NULL,
    created     bigint NOT NULL,
    wait        bigint NOT NULL -- milliseconds that the first answer told
);

CREATE UNIQUE INDEX replays_key ON replays (account, sha256(replay_key));
CREATE INDEX replays_created ON replays (created); -- to find expired keys

CREATE TABLE api_keys (
    id      text COLLATE "C" NOT NULL PRIMARY KEY,
    hash    bytea  NOT NULL,
    created bigint NOT NULL,
    body    bytea  NOT NULL
);

CREATE UNIQUE INDEX api_keys_hash ON api_keys (sha256(hash));

CREATE TABLE asset_groups (
    id      text COLLATE "C" NOT NULL PRIMARY KEY,
    account bigint NOT NULL,
    name    bytea  NOT NULL,
    created bigint NOT NULL
);

CREATE UNIQUE INDEX asset_groups_name ON asset_groups (account, sha256(name));

CREATE TABLE datasets (
    id        text COLLATE "C" NOT NULL PRIMARY KEY,
    account   bigint  NOT NULL,
    created   bigint  NOT NULL,
    uploading boolean NOT NULL, -- parts of it are still awaited
    used      boolean NOT NULL, -- a task was asked for with it
    body      bytea   NOT NULL
);

CREATE INDEX datasets_created ON datasets (created, id);
CREATE INDEX datasets_unused ON datasets (uploading, created, id) WHERE NOT used;
CREATE INDEX datasets_open ON datasets (account, created, id) WHERE uploading;

CREATE TABLE secrets (
    name  bytea NOT NULL,
    value bytea NOT NULL
);

CREATE UNIQUE INDEX secrets_name ON secrets (sha256(name));

-- +goose Down
DROP TABLE secrets;
DROP TABLE datasets;
DROP TABLE asset_groups;
DROP TABLE api_keys;
DROP TABLE replays;
DROP TABLE artifacts;
DROP TABLE events;
DROP TABLE tasks;
