-- +goose Up
-- The jobs in flight with vendors' keys that have a limit, counted for all servers. A place belongs to a task and not to a server,
-- since the job goes on when a server dies. A row is written when a job begins and when it ends, and not by polls.
CREATE TABLE vendor_places (
    limit_key text COLLATE "C" NOT NULL, -- names the vendor's key
    holder    text COLLATE "C" NOT NULL, -- the task; or "job" and the handle, if the job was found without its task
    handle    text COLLATE "C" NOT NULL, -- the vendor's id of the job; '' = its submit is under way
    node      text COLLATE "C" NOT NULL, -- the server that submits
    seen      timestamptz NOT NULL DEFAULT now(), -- by the database's clock, which is one for all servers
    PRIMARY KEY (limit_key, holder)
);

-- +goose Down
DROP TABLE vendor_places;
