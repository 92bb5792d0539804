package sqlite_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/filmgate/filmgate/store"
	"github.com/filmgate/filmgate/store/sqlite"
	"github.com/filmgate/filmgate/task"
)

const (
	oldAccount = 7
	oldTask    = "6a9b7e6c-1f87-40b0-b285-35a8b07ee18a"
)

// oldStore is a copy of testdata/release-0.db.gz, brought to today's schema. A program that still marshalled the domain
// types themselves wrote it: one task, dataset, key, group and secret, with a value in every field.
func oldStore(t *testing.T) (*sqlite.Store, *sqlite.DB) {
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

// rewritten checks that today's stored form of a row has every value that the old one had.
func rewritten[T any](t *testing.T, db *sqlite.DB, table string, unmarshal func([]byte) (T, error), marshal func(T) ([]byte, error)) {
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
	delete(before, "Wait") // an estimate, never stored since
	holds(t, table, before, after)
}

func TestOldDatabaseKeepsEveryValue(t *testing.T) {
	_, db := oldStore(t)
	rewritten(t, db, "tasks", store.UnmarshalTask, store.MarshalTask)
	rewritten(t, db, "datasets", store.UnmarshalDataset, store.MarshalDataset)
	rewritten(t, db, "api_keys", store.UnmarshalKey, store.MarshalKey)
}

func TestOldDatabaseFillsTheDomainTypes(t *testing.T) {
	s, _ := oldStore(t)
	got, err := s.Task(t.Context(), oldTask)
	if err != nil {
		t.Fatal(err)
	}
	r := got.Request
	for name, v := range map[string]any{"prompt": r.Prompt, "first": r.First.Dataset, "last": r.Last.Type, "video": r.Video.Duration,
		"seed": *r.Seed, "camera": r.Camera.Zoom, "cfg": *r.CfgScale, "failure": got.Failure.Text, "attempt": got.Attempts[1].Handle,
		"file": got.Artifacts[1].Files[1].SHA256, "share": got.Artifacts[0].Share, "deadline": got.Deadline, "handle": got.Handle} {
		if reflect.ValueOf(v).IsZero() {
			t.Errorf("%s is lost", name)
		}
	}
}

func TestOldDatabaseIsFoundByEveryQuery(t *testing.T) {
	s, _ := oldStore(t)
	tasks, err := s.Tasks(t.Context(), task.Query{Account: oldAccount})
	if err != nil || len(tasks) != 1 || tasks[0].ID != oldTask {
		t.Errorf("%d tasks, %v", len(tasks), err)
	}
	artifacts, err := s.Artifacts(t.Context(), task.ArtifactQuery{Account: oldAccount})
	if err != nil || len(artifacts) != 2 || artifacts[0].Task != oldTask {
		t.Errorf("%d artifacts, %v", len(artifacts), err)
	}
	events, err := s.Events(t.Context(), oldTask)
	if err != nil || len(events) != 1 || events[0].To != task.Succeeded {
		t.Errorf("events %v, %v", events, err)
	}
	if replay, err := s.Replay(t.Context(), oldAccount, "once"); err != nil || replay.Task != oldTask {
		t.Errorf("idempotency key stands for %q, %v", replay.Task, err)
	}
	keys, err := s.Keys(t.Context(), "deadbeef")
	if err != nil || len(keys) != 1 || len(keys[0].Scopes) != 2 || keys[0].Account != oldAccount {
		t.Errorf("keys %v, %v", keys, err)
	}
	groups, err := s.Groups(t.Context(), oldAccount, "group")
	if err != nil || len(groups) != 1 {
		t.Errorf("groups %v, %v", groups, err)
	}
	used, err := s.Datasets(t.Context(), task.DatasetQuery{Account: oldAccount})
	if err != nil || len(used) != 1 {
		t.Errorf("datasets %v, %v", used, err)
	}
	if secret, err := s.Secret(t.Context(), "files", []byte("another")); err != nil || string(secret) != "0123456789" {
		t.Errorf("secret %q, %v", secret, err)
	}
}

func TestOldTaskCanBeChanged(t *testing.T) {
	s, _ := oldStore(t)
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
