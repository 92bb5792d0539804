-- +goose Up
-- Which tasks were asked for with a dataset, so that it is deleted with the last of them. Its column used tells whether there
-- is one.
CREATE TABLE dataset_uses (
    dataset text COLLATE "C" NOT NULL,
    task    text COLLATE "C" NOT NULL,
    PRIMARY KEY (dataset, task)
);

-- A body is not read as JSON, because jsonb refuses the character 0. A quote in a caller's text has a backslash before it.
INSERT INTO dataset_uses (dataset, task)
    SELECT DISTINCT d.id, t.id FROM tasks t
        CROSS JOIN LATERAL regexp_matches(convert_from(t.body, 'UTF8'), '"Dataset":"([^"\\]+)"', 'g') found
        JOIN datasets d ON d.id = found[1];

-- +goose Down
DROP TABLE dataset_uses;
