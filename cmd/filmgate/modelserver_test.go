package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/fakevendor"
	"github.com/filmgate/filmgate/internal/process/processtest"
)

// asModelServer is a variable with which the program of these tests is a model server in place of them: it serves fakevendor's wires at the
// address that it holds.
const asModelServer = "FAKE_MODEL_SERVER"

// serveModels is the model server. It prints what sd-server does.
func serveModels(addr string) int {
	fmt.Println("[INFO ] main.cpp:128  - listening on: http://" + addr)
	err := http.ListenAndServe(addr, fakevendor.New(fakevendor.Options{Takes: time.Second}))
	fmt.Fprintln(os.Stderr, "[ERROR]", err)
	return 1
}

// withModelServer writes a settings file of an engine wan with a model server, whose settings are server.
func withModelServer(t *testing.T, port, server string) string {
	t.Helper()
	return configFile(t, `
engines:
  - {name: wan, type: sdcpp, base_url: "http://127.0.0.1:`+port+`/sdcpp", keys: [{key: "`+fakevendor.Key+`"}], server: {`+server+`}}
models: {"*": [wan]}
`)
}

// fakeServer returns the settings of a model server that is this program.
func fakeServer(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return `command: "` + self + `", env: {` + asModelServer + `: "{host}:{port}", WRITE_TOKEN: s3cret}`
}

// pidsIn returns the processes that a log names.
func pidsIn(t *testing.T, log string) []int {
	t.Helper()
	var all []int
	for _, m := range regexp.MustCompile(`the model server is starting".* pid=(\d+)`).FindAllStringSubmatch(log, -1) {
		pid, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, pid)
	}
	return all
}

func TestEngineUpRunsAModelServerUntilItIsToldToStop(t *testing.T) {
	t.Parallel()
	path := withModelServer(t, freePort(t), fakeServer(t))
	out, log := &servertest.Log{}, &servertest.Log{}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	code := make(chan int, 1)
	go func() {
		code <- program{out: out, err: log, random: rand.Reader, now: time.Now, getenv: func(string) string { return "" }, wait: wait, hangups: hangups}.
			run(ctx, []string{"engine", "up", "sdcpp", "--config", path})
	}()
	eventually(t, "it works", func() bool { return strings.Contains(out.String(), "\n") })
	first := pidsIn(t, log.String())
	if err := syscall.Kill(first[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it works again", func() bool { return strings.Count(log.String(), "the model server works") == 2 })
	interrupt()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d", got)
	}
	pids := pidsIn(t, log.String())
	if len(pids) != 2 || processtest.Runs(pids[0]) || processtest.Runs(pids[1]) {
		t.Errorf("processes %v are left, or too many", pids)
	}
	if got := out.String(); !regexp.MustCompile(`^engine wan: its server works at http://127\.0\.0\.1:\d+/sdcpp: the server has loaded wan2\.2\.gguf\n$`).MatchString(got) {
		t.Errorf("it printed %q", got)
	}
	for _, want := range []string{`level=INFO msg="model server: [INFO ] main.cpp:128  - listening on: `, `level=ERROR msg="the model server does not run"`, "(signal: killed); its last lines: [INFO ] main.cpp:128"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in\n%s", want, log)
		}
	}
}

func TestEngineUpSaysWhyAModelServerDoesNotWork(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) // after the tests below, which are parallel
	_, used, _ := net.SplitHostPort(taken.Addr().String())
	free := freePort(t)
	for name, c := range map[string]struct {
		port, server, engine string
		code                 int
		want                 string
	}{
		"no program":         {free, "command: /nowhere/sd-server", "wan", exitFailure, "filmgate: the model server of engine wan does not work: /nowhere/sd-server can't be started: no such file or directory\n"},
		"a port in use":      {used, fakeServer(t), "wan", exitFailure, "its address 127.0.0.1:" + used + " is in use by another program: end that one, or take another port for both base_url and the server\n"},
		"it ends at once":    {free, `command: sh, args: [-c, "echo no model is given >&2; exit 1"]`, "wan", exitFailure, "after its start (exit status 1); its last lines: no model is given\n"},
		"it never answers":   {free, `command: sh, args: [-c, "echo loading; exec sleep 100"], ready_within: 300ms`, "wan", exitFailure, "it did not work within 300ms of its start (ready_within): engine: unreachable"},
		"an unknown engine":  {free, fakeServer(t), "ltx", exitUsage, `filmgate: there is no engine "ltx" with a model server; there are wan` + "\n"},
		"a file with errors": {free, "args: [x]", "wan", exitFailure, "server.command: the program of the model server is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := (&session{}).run(t, "engine", "up", c.engine, "--config", withModelServer(t, c.port, c.server))
			s.expect(t, c.code, c.want)
			if s.out != "" {
				t.Errorf("it printed %q", s.out)
			}
		})
	}
	none := configFile(t, "engines: [{name: wan, type: sdcpp, allow_networks: [127.0.0.0/8]}]\n")
	(&session{}).run(t, "engine", "up", "wan", "--config", none).expect(t, exitUsage, "engine wan has no model server to start: give it `server: {command: …}` in the settings file")
	(&session{}).run(t, "engine", "up", "sdcpp", "--config", none).expect(t, exitUsage, "no engine of the settings file has a model server")
}

// modelServerOf returns the model server of the first engine, as the API tells it.
func (p *process) modelServerOf(t *testing.T) (state string, pid, restarts int) {
	t.Helper()
	code, b := p.call(t, http.MethodGet, "/api/v1/engines", "")
	var a struct {
		Engines []struct {
			Server struct {
				State    string `json:"state"`
				PID      int    `json:"pid"`
				Restarts int    `json:"restarts"`
			} `json:"server"`
		} `json:"engines"`
	}
	if err := json.Unmarshal(b, &a); err != nil || code != http.StatusOK {
		t.Fatalf("engines: %d %s", code, b)
	}
	s := a.Engines[0].Server
	return s.State, s.PID, s.Restarts
}

// A task waits while the model server starts, is begun again when that is killed, and nothing is left when Filmgate is killed.
func TestServeRunsTheModelServersOfItsEngines(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir(), "FILMGATE_CONFIG="+withModelServer(t, freePort(t), fakeServer(t)))
	id := p.create(t, `{"seconds":5,"text_prompt":"a boat"}`)
	p.until(t, id, func(a taskAnswer) bool { return a.Task.Status == "PENDING" || a.Task.Status == "RUNNING" })
	first := 0
	eventually(t, "the model server works", func() bool {
		state, pid, _ := p.modelServerOf(t)
		first = pid
		return state == "healthy" && pid > 0
	})
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "readyz tells of it", func() bool {
		code, b := p.call(t, http.MethodGet, "/readyz", "")
		return code == http.StatusOK && strings.Contains(string(b), `"details":["engine wan: The engine's model server `)
	})
	p.until(t, id, hasSucceeded)
	state, second, restarts := p.modelServerOf(t)
	if state != "healthy" || second == first || restarts != 1 || processtest.Runs(first) {
		t.Errorf("the model server is %s, process %d after %d, restarted %d times", state, second, first, restarts)
	}
	if _, b := p.call(t, http.MethodGet, "/metrics", ""); !strings.Contains(string(b), `filmgate_model_server_up{engine="wan"} 1`) || !strings.Contains(string(b), `filmgate_model_server_restarts_total{engine="wan"} 1`) {
		t.Error("the metrics do not tell of it")
	}
	if log := p.errs.String(); !strings.Contains(log, `msg="model server: [INFO ] main.cpp:128  - listening on: `) || !strings.Contains(log, "engine=wan") || strings.Contains(log, "s3cret") {
		t.Errorf("the log is\n%s", log)
	}
	p.end(syscall.SIGKILL)
	eventually(t, "the model server ends with Filmgate", func() bool { return !processtest.Runs(second) })
}

func TestServeEndsItsModelServers(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir(), "FILMGATE_CONFIG="+withModelServer(t, freePort(t), fakeServer(t)))
	var pid int
	eventually(t, "it works", func() bool {
		state, n, _ := p.modelServerOf(t)
		pid = n
		return state == "healthy"
	})
	p.end(syscall.SIGTERM)
	if processtest.Runs(pid) || !p.cmd.ProcessState.Success() {
		t.Errorf("Filmgate ended %v, the model server runs: %v", p.cmd.ProcessState, processtest.Runs(pid))
	}
}
