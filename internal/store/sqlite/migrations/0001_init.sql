-- +goose Up
-- A task is its body; the other columns of its row are copies of fields, to select and sort by. Times are epoch
-- milliseconds; the zero time is that of the year 1.
CREATE TABLE tasks (
    id      TEXT    NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL,
    state   TEXT    NOT NULL,
    ended   INTEGER NOT NULL, -- 1 = the state is terminal, and no job of it is left to cancel
    model   TEXT    NOT NULL,
    dialect TEXT    NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    version INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    low     INTEGER NOT NULL,
    body    BLOB    NOT NULL
) STRICT;

-- Lists are ordered by (created, id), so that any cursor is found with one seek.
CREATE INDEX tasks_of_account ON tasks (account, created, id);
CREATE INDEX tasks_created ON tasks (created, id);
-- The sweep and the limits on an account's live tasks look for the few live tasks among many ended ones.
CREATE INDEX tasks_live ON tasks (created, id) WHERE ended = 0;
CREATE INDEX tasks_live_of_account ON tasks (account, created, id) WHERE ended = 0;

CREATE TABLE events (
    task       TEXT    NOT NULL,
    version    INTEGER NOT NULL, -- of the task, as the change left it
    place      INTEGER NOT NULL, -- within the change
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    PRIMARY KEY (task, version, place)
) STRICT, WITHOUT ROWID;

-- An index of artifacts: their fields are in the body of their task.
CREATE TABLE artifacts (
    id          TEXT    NOT NULL PRIMARY KEY,
    task        TEXT    NOT NULL,
    account     INTEGER NOT NULL,
    asset_group TEXT    NOT NULL,
    favorite    INTEGER NOT NULL,
    share       TEXT    NOT NULL,
    deleted     INTEGER NOT NULL,
    created     INTEGER NOT NULL
) STRICT;

CREATE INDEX artifacts_of_task ON artifacts (task);
CREATE INDEX artifacts_of_account ON artifacts (account, created, id);
CREATE INDEX artifacts_of_group ON artifacts (asset_group, created, id);
CREATE INDEX artifacts_created ON artifacts (created, id);
CREATE UNIQUE INDEX artifacts_share ON artifacts (share) WHERE share <> '';

CREATE TABLE replays (
    account     INTEGER NOT NULL,
    replay_key  TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    task        TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    wait        INTEGER NOT NULL, -- milliseconds that the first answer told
    PRIMARY KEY (account, replay_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id      TEXT    NOT NULL PRIMARY KEY,
    hash    TEXT    NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    body    BLOB    NOT NULL
) STRICT;

CREATE TABLE asset_groups (
    id      TEXT    NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (account, name)
) STRICT;

CREATE TABLE datasets (
    id      TEXT    NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL,
    body    BLOB    NOT NULL
) STRICT;

CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- +goose Down
DROP TABLE secrets;
DROP TABLE datasets;
DROP TABLE asset_groups;
DROP TABLE api_keys;
DROP TABLE replays;
DROP TABLE artifacts;
DROP TABLE events;
DROP TABLE tasks;
