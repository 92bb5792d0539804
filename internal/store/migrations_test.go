package store_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// lawOfMigrations holds what a migration may not do, because servers of the version before work on with the new tables: they
// read and write all columns that they know, and no other. The patterns match a statement in capitals, with single spaces.
var lawOfMigrations = map[string]*regexp.Regexp{
	"drops a table":                         regexp.MustCompile(`\bDROP TABLE\b`),
	"drops a column":                        regexp.MustCompile(`^ALTER TABLE .*\bDROP\b`),
	"renames what servers use":              regexp.MustCompile(`\bRENAME\b`),
	"changes a column or a constraint":      regexp.MustCompile(`\bALTER COLUMN\b|^ALTER TABLE .*\bALTER\b|\bADD (CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE)\b`),
	"adds a trigger or a rule":              regexp.MustCompile(`^CREATE (OR REPLACE )?(CONSTRAINT )?(TRIGGER|RULE)\b`),
	"adds a column that needs a value":      nil, // needsValue
	"deletes rows, or moves them elsewhere": regexp.MustCompile(`^(DELETE|TRUNCATE)\b`),
}

// needsValue reports whether a statement adds a column that an INSERT without it can't fill.
func needsValue(statement string) bool {
	if !strings.HasPrefix(statement, "ALTER TABLE") {
		return false
	}
	for _, added := range strings.Split(statement, " ADD ")[1:] {
		if strings.Contains(added, "NOT NULL") && !strings.Contains(added, " DEFAULT ") && !strings.Contains(added, " GENERATED ") {
			return true
		}
	}
	return false
}

// offences returns what the part of a migration that goes forward does against the law.
func offences(migration string) (found []string) {
	up, _, _ := strings.Cut(migration, "-- +goose Down")
	up = regexp.MustCompile(`--[^\n]*`).ReplaceAllString(up, "")
	for statement := range strings.SplitSeq(up, ";") {
		statement = strings.ToUpper(strings.Join(strings.Fields(statement), " "))
		for name, pattern := range lawOfMigrations {
			if pattern == nil && needsValue(statement) || pattern != nil && pattern.MatchString(statement) {
				found = append(found, name)
			}
		}
	}
	return found
}

func TestMigrationsLeaveServersOfTheVersionBeforeWorking(t *testing.T) {
	for _, database := range []string{"sqlite", "postgres"} {
		files, err := fs.Glob(os.DirFS("."), database+"/migrations/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatalf("%d migrations of %s, %v", len(files), database, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, offence := range offences(string(text)) {
				t.Errorf("%s %s: servers of the version before would fail (\"A migration\" in docs/architecture.md)", file, offence)
			}
		}
	}
}

func TestMigrationsThatWouldBreakServersOfTheVersionBeforeAreNamed(t *testing.T) {
	for statement, want := range map[string]string{
		"DROP TABLE tasks;":                                                                   "drops a table",
		"ALTER TABLE tasks\n  DROP COLUMN low;":                                               "drops a column",
		"ALTER TABLE tasks ADD COLUMN a text, DROP low;":                                      "drops a column",
		"ALTER TABLE tasks RENAME COLUMN low TO explore;":                                     "renames what servers use",
		"alter table tasks rename to jobs;":                                                   "renames what servers use",
		"ALTER TABLE tasks ALTER COLUMN low SET NOT NULL;":                                    "changes a column or a constraint",
		"ALTER TABLE tasks ALTER low TYPE integer;":                                           "changes a column or a constraint",
		"ALTER TABLE tasks ADD CONSTRAINT sane CHECK (version > 0);":                          "changes a column or a constraint",
		"ALTER TABLE tasks ADD COLUMN cost bigint NOT NULL;":                                  "adds a column that needs a value",
		"ALTER TABLE tasks ADD COLUMN a text DEFAULT '', ADD b text NOT NULL;":                "adds a column that needs a value",
		"CREATE TRIGGER t BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION f();":          "adds a trigger or a rule",
		"DELETE FROM replays;":                                                                "deletes rows, or moves them elsewhere",
		"ALTER TABLE tasks ADD COLUMN cost bigint NOT NULL DEFAULT 0;":                        "",
		"ALTER TABLE tasks ADD COLUMN cost bigint, ADD COLUMN paid boolean;":                  "",
		"CREATE TABLE prices (id text NOT NULL PRIMARY KEY); CREATE INDEX p ON prices (id);":  "",
		"DROP INDEX tasks_created; CREATE INDEX tasks_created ON tasks (created, id, state);": "",
		"-- It does not DROP TABLE tasks.\nUPDATE tasks SET low = false;":                     "",
		"CREATE TABLE a (id text);\n-- +goose Down\nDROP TABLE a;":                            "",
	} {
		if got := strings.Join(offences("-- +goose Up\n"+statement), ", "); got != want {
			t.Errorf("%s\nis said to do %q, want %q", statement, got, want)
		}
	}
}
