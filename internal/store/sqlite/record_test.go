package sqlite_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	oldAccount = 7
	oldTask    = "6a9b7e6c-1f87-40b0-b285-35a8b07ee18a"
)

// openOldDatabase returns a copy of testdata/release-0.db.gz, migrated to the newest version. A program that still
// marshalled the domain types themselves wrote it: one task, dataset, key, group and secret, with a value in every field.
func openOldDatabase(t *testing.T) (*sqlite.Store, *sqlite.DB) {
	t.Helper()
	packed, err := os.Open("testdata/release-0.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "filmgate.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db := openDB(t, path)
	s := sqlite.New(db, nil)
	t.Cleanup(func() { _ = s.Close() })
	return s, db
}

// checkRewritten checks that the table's row, read and written again, has every value that it had before.
func checkRewritten[T any](t *testing.T, db *sqlite.DB, table string, unmarshal func([]byte) (T, error), marshal func(T) ([]byte, error)) {
	t.Helper()
	var body []byte
	if err := db.Writer().QueryRowContext(t.Context(), `SELECT body FROM `+table).Scan(&body); err != nil {
		t.Fatal(err)
	}
	v, err := unmarshal(body)
	if err != nil {
		t.Fatal(err)
	}
	again, err := marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var before, after map[string]any
	if err := json.Unmarshal(body, &before); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &after); err != nil {
		t.Fatal(err)
	}
	delete(before, "Wait") // an estimate that is no longer stored
	checkContains(t, table, before, after)
}

func TestOldDatabaseKeepsEveryValue(t *testing.T) {
	_, db := openOldDatabase(t)
	checkRewritten(t, db, "tasks", store.UnmarshalTask, store.MarshalTask)
	checkRewritten(t, db, "datasets", store.UnmarshalDataset, store.MarshalDataset)
	checkRewritten(t, db, "api_keys", store.UnmarshalKey, store.MarshalKey)
}

func TestOldDatabaseFillsEveryField(t *testing.T) {
	s, _ := openOldDatabase(t)
	got, err := s.Task(t.Context(), oldTask)
	if err != nil {
		t.Fatal(err)
	}
	r := got.Request
	for name, v := range map[string]any{"prompt": r.Prompt, "first": r.First.Dataset, "last": r.Last.Type, "video": r.Video.Duration,
		"seed": *r.Seed, "camera": r.Camera.Zoom, "cfg": *r.CfgScale, "failure": got.Failure.Text, "attempt": got.Attempts[1].Handle,
		"file": got.Artifacts[1].Files[1].SHA256, "share": got.Artifacts[0].Share, "deadline": got.Deadline, "handle": got.Handle} {
		if reflect.ValueOf(v).IsZero() {
			t.Errorf("%s is empty", name)
		}
	}
}

func TestQueriesFindOldRows(t *testing.T) {
	s, _ := openOldDatabase(t)
	ctx := t.Context()
	for name, query := range map[string]func() (int, error){
		"tasks":     func() (int, error) { return count(s.Tasks(ctx, task.Query{Account: oldAccount})) },
		"events":    func() (int, error) { return count(s.Events(ctx, oldTask)) },
		"keys":      func() (int, error) { return count(s.Keys(ctx, apikey.Query{Hash: "deadbeef"})) },
		"groups":    func() (int, error) { return count(s.Groups(ctx, oldAccount, "group")) },
		"datasets":  func() (int, error) { return count(s.Datasets(ctx, task.DatasetQuery{Account: oldAccount})) },
		"artifacts": func() (int, error) { return count(s.Artifacts(ctx, task.ArtifactQuery{Task: oldTask, Limit: 1})) },
	} {
		if n, err := query(); err != nil || n != 1 {
			t.Errorf("%d %s, %v", n, name, err)
		}
	}
	if record, err := s.Idempotency(ctx, oldAccount, "once"); err != nil || record.Task != oldTask {
		t.Errorf("the idempotency key's task is %q, %v", record.Task, err)
	}
	if secret, err := s.Secret(ctx, "files", []byte("another")); err != nil || string(secret) != "0123456789" {
		t.Errorf("secret %q, %v", secret, err)
	}
}

func count[T any](found []T, err error) (int, error) { return len(found), err }

func TestOldTaskCanBeChanged(t *testing.T) {
	s, _ := openOldDatabase(t)
	got, err := s.Task(t.Context(), oldTask)
	if err != nil {
		t.Fatal(err)
	}
	got.Artifacts[0].Favorite = false
	version, err := s.Apply(t.Context(), task.Change{Task: got})
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Task(t.Context(), oldTask)
	if err != nil || again.Version != version || again.Artifacts[0].Favorite || !again.Artifacts[1].Favorite {
		t.Errorf("version %d, want %d; %v", again.Version, version, err)
	}
}
