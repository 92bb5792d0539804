-- +goose Up
-- Which tasks were asked for with a dataset, so that it is deleted with the last of them. Its column used tells whether there
-- is one.
CREATE TABLE dataset_uses (
    dataset TEXT NOT NULL,
    task    TEXT NOT NULL,
    PRIMARY KEY (dataset, task)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO dataset_uses (dataset, task)
    SELECT d.id, t.id FROM tasks t
        JOIN json_each(json_array('$.Request.First.Dataset', '$.Request.Last.Dataset', '$.Request.Video.Dataset')) path
        JOIN datasets d ON d.id = json_extract(CAST(t.body AS TEXT), path.value);

-- +goose Down
DROP TABLE dataset_uses;
