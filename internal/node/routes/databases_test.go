package routes_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/rowstest"
	"github.com/filmgate/filmgate/internal/task"
)

// databases makes the databases of the tests, which run on both kinds.
var databases rowstest.Databases

func TestMain(m *testing.M) { os.Exit(databases.Main(m)) }

// stored writes a task to a database, over the one with its id, and returns it as it is read. It fails the test if anything has changed.
func stored(t *testing.T, rows store.Store, written task.Task) task.Task {
	t.Helper()
	before, err := rows.Task(t.Context(), written.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	written.Version = before.Version
	version, err := rows.Apply(t.Context(), task.Change{Task: written})
	if err != nil {
		t.Fatal(err)
	}
	written.Version = version
	read, err := rows.Task(t.Context(), written.ID)
	read.QueueWait = written.QueueWait // the gateway computes it for each answer
	if err != nil || !reflect.DeepEqual(read, written) {
		t.Errorf("%v; the task was written as\n%+v\nand read as\n%+v", err, written, read)
	}
	return read
}

// The exchanges of the dialects send every field of every create.
func TestDatabasesKeepWhatCallersSend(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*/testdata/*.http", "*/testdata/*/*.http"} {
		some, err := filepath.Glob("../../dialect/" + pattern)
		if err != nil || some == nil {
			t.Fatal(pattern, err)
		}
		files = append(files, some...)
	}
	rows := databases.Open(t, t.TempDir(), nil)
	made := map[string]int{} // tasks, by the folder of their dialect
	for _, file := range files {
		path, _, _ := strings.Cut(file, "/testdata/")
		dialect := filepath.Base(path)
		t.Run(strings.TrimPrefix(file, "../../dialect/"), func(t *testing.T) {
			gw := &dialecttest.Gateway{Time: now()}
			s, last := servedOver(t, gw), ""
			for _, x := range dialecttest.Exchanges(t, file) {
				s.ServeHTTP(httptest.NewRecorder(), dialecttest.Request(x))
				if written, err := gw.Last(); err == nil && written.ID != last {
					stored(t, rows, written)
					last = written.ID
					made[dialect]++
				}
			}
		})
		made[dialect] += 0
	}
	for dialect, n := range made {
		if n == 0 {
			t.Errorf("the exchanges of %s make no task", dialect)
		}
	}
}
