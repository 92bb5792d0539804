package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/store"
)

// triedCommits is how many commits are tried until one can be built.
const triedCommits = 5

// versionsBefore returns the last commits before the newest migration, the last one first: their servers may run beside those of
// this version. If that was before several servers could share a database, it returns the first commits after. The test is
// skipped if the history is not there.
func versionsBefore(t *testing.T) []string {
	t.Helper()
	commits := func(args ...string) []string {
		out, err := inHistory(t, args...).Output()
		if err != nil || len(bytes.TrimSpace(out)) == 0 {
			t.Skipf("git %s shows no commit: the test needs a clone with the whole history", strings.Join(args, " "))
		}
		return strings.Fields(string(out))
	}
	added := func(files string) string {
		return commits("log", "-1", "--format=%H", "--diff-filter=A", "--", files)[0]
	}
	shared, before := added("docs/many-nodes.md"), added("internal/store/postgres/migrations/*.sql")+"^"
	if inHistory(t, "merge-base", "--is-ancestor", shared, before).Run() == nil {
		return commits("rev-list", fmt.Sprint("-", triedCommits), before)
	}
	after := commits("rev-list", "--reverse", "--ancestry-path", shared+"^..HEAD")
	return after[:min(triedCommits, len(after))]
}

// inHistory returns a call of git in the source tree.
func inHistory(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), "git", args...)
	c.Dir = servertest.InTree(t, "")
	return c
}

// oldProgram returns the path of the program as it was in the first of the commits that can be built. It stays among the tools, so
// that it is built once. Libraries that were others then must be in the module cache, or are downloaded.
func oldProgram(t *testing.T, commits []string) string {
	t.Helper()
	place := func(commit string) string { return servertest.InTree(t, ".tools/filmgate@"+commit) }
	for _, commit := range commits {
		if _, err := os.Stat(place(commit)); err == nil {
			return place(commit)
		}
	}
	for _, commit := range commits {
		tree := t.TempDir()
		unpack(t, commit, tree)
		built := filepath.Join(tree, "filmgate.built")
		if err := servertest.Build(tree, built); err != nil {
			t.Logf("commit %s can't be built: %v", commit, err)
			continue
		}
		return install(t, built, place(commit))
	}
	t.Fatal("no old program can be built")
	return ""
}

// install copies a program to a path at which other test programs may look for it at the same time.
func install(t *testing.T, program, path string) string {
	t.Helper()
	content, err := os.ReadFile(program)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	part := fmt.Sprint(path, ".", os.Getpid())
	if err == nil {
		err = os.WriteFile(part, content, 0o755) //nolint:gosec // it is a program
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// unpack writes the source tree of a commit to a folder.
func unpack(t *testing.T, commit, folder string) {
	t.Helper()
	archive, extract := inHistory(t, "archive", commit), exec.CommandContext(t.Context(), "tar", "-x", "-C", folder)
	var err error
	if extract.Stdin, err = archive.StdoutPipe(); err == nil {
		err = archive.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := extract.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := archive.Wait(); err != nil {
		t.Fatalf("git archive %s: %v", commit, err)
	}
}

// widen changes the tables as a next version may: each gets columns that no running server knows, and there is a new table.
func (c cluster) widen(t *testing.T) {
	t.Helper()
	_, url, _ := strings.Cut(c.settings[0], "=")
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	statements := []string{`CREATE TABLE next_table (id text PRIMARY KEY)`}
	for _, table := range store.Tables() {
		statements = append(statements, `ALTER TABLE `+table.Name+` ADD COLUMN next_null text, ADD COLUMN next_default bigint NOT NULL DEFAULT 7`,
			`CREATE INDEX ON `+table.Name+` (next_default)`)
	}
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// upgrade is the tasks that an upgrade must not lose.
type upgrade struct {
	cluster
	want map[string]string // the state in which each task must end, by id
}

func (u upgrade) create(t *testing.T, at *process, prompt string) (id string) {
	t.Helper()
	id = at.create(t, `{"seconds":5,"text_prompt":"`+prompt+`"}`)
	u.want[id] = "SUCCEEDED"
	return id
}

func (u upgrade) cancel(t *testing.T, at *process, id string) {
	t.Helper()
	if code, body := at.call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", ""); code != http.StatusOK {
		t.Errorf("cancel: %d %s", code, body)
	}
	u.want[id] = "CANCELLED"
}

// During an upgrade servers of the version before and of this one work on the same tasks. Callers do not notice which of them
// they call.
func TestServersOfTheVersionBeforeAndOfThisShareTheTasks(t *testing.T) {
	t.Parallel()
	old := oldProgram(t, versionsBefore(t))
	fake := vendors(t, time.Second, `
engines: [{name: team, type: runway, base_url: "{url}/runway", {here}, keys: [{key: "{key}"}]}]
models: {"*": [team]}
`)
	u := upgrade{newCluster(t), map[string]string{}}
	u.settings = append(u.settings, "FILMGATE_CONFIG="+fake.path)
	started := servertest.Start(t, old, t.TempDir(), u.settings...)
	before := &process{started, started.Base, started.Cmd, started.Log}
	first := u.create(t, before, "made before the upgrade")
	toCancel := u.create(t, before, "stuck: made before the upgrade, and cancelled at the new server")
	after := u.run(t)
	u.cancel(t, after, toCancel)
	u.create(t, after, "made at the new server")
	u.cancel(t, before, u.create(t, after, "stuck: made at the new server, and cancelled at the old one"))
	u.widen(t)
	u.create(t, before, "made at the old server, with the tables of the next version")
	u.create(t, after, "made at the new server, with the tables of the next version")
	for id, want := range u.want {
		for name, at := range map[string]*process{"the old server": before, "the new server": after} {
			if got := at.ended(t, id); got != want {
				t.Errorf("at %s task %s is %s, want %s", name, id, got, want)
			}
		}
	}
	if code, body := before.call(t, http.MethodPatch, "/api/v1/assets/"+assetOf(t, after, first), `{"private": true}`); code != http.StatusOK {
		t.Errorf("an edit at the old server: %d %s", code, body)
	}
	eventually(t, "the new server shows the edit of the old one", func() bool {
		return strings.Contains(after.get(t, first).Task.Artifacts[0].URL, "/sealed/")
	})
	last := u.create(t, before, "slow:5s made at the old server, which stops before it is finished")
	before.end(syscall.SIGTERM)
	if got := after.ended(t, last); got != "SUCCEEDED" {
		t.Errorf("the task of the server that has stopped is %s", got)
	}
	for prompt, count := range fake.Tasks() {
		if count.Accepted > 1 {
			t.Errorf("%q was submitted %d times", prompt, count.Accepted)
		}
	}
	if log := before.errs.String() + after.errs.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("the servers log errors:\n%s", log)
	}
}

// ended waits until the task has ended, for at most a minute and a half, and returns its state.
func (p *process) ended(t *testing.T, id string) (state string) {
	t.Helper()
	eventually(t, "the end of task "+id, func() bool {
		state = statusAt(t, p, id)
		return state == "SUCCEEDED" || state == "FAILED" || state == "CANCELLED"
	})
	return state
}
