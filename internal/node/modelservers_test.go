package node

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/process/processtest"
	"github.com/filmgate/filmgate/internal/task"
)

// settings returns the engines of a settings file in which engine wan has a model server; other holds further ones.
func settings(t *testing.T, script string, other ...string) config.File {
	t.Helper()
	text := "engines:\n  - {name: wan, type: sdcpp, base_url: \"http://127.0.0.1:1/sdcpp/v1\", server: {command: sh, args: [-c, \"" + script + "\"]}}\n" + strings.Join(other, "\n")
	l, err := Loader(asEnv(nil), time.Now, nil).Load(configFile(t, text), config.Loaded{})
	if err != nil {
		t.Fatal(err)
	}
	return l.File
}

// healthy waits until the model server of engine wan works, and returns it.
func (m *modelServers) healthy(t *testing.T) *task.ModelServer {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 4000 {
		if s := m.of("wan"); s != nil && s.State == task.ModelServerHealthy {
			return s
		}
		<-tick.C
	}
	t.Fatalf("it does not come to work: %+v", m.of("wan"))
	return nil
}

func TestAReloadRestartsOnlyAModelServerThatHasChanged(t *testing.T) {
	t.Parallel()
	works, err := engine.Wrap(engine.Policy{}, engine.Key{Engine: fake.New(nil, time.Now)}) // has nothing to ask, so its server works at once
	if err != nil {
		t.Fatal(err)
	}
	m := newModelServers(Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)}, func(string) engine.Engine { return works })
	defer m.stop()
	dir := t.TempDir()
	first := settings(t, "exec sleep 1000")
	m.use(first)
	if s := m.of("wan"); s.State != task.ModelServerStopped || !slices.Equal(m.problems(), []string{"engine wan: The engine's model server does not run at the moment."}) {
		t.Errorf("before the start: %+v, %v", s, m.problems())
	}
	m.start(t.Context())
	old := m.healthy(t)
	same := settings(t, "exec sleep 1000", `  - {name: team, type: runway, keys: [{key: k}]}`)
	same.Engines[0].Server.Dir = first.Engines[0].Server.Dir // that of the settings file
	same.Engines[0].Server.ReadyWithin = time.Hour
	m.use(same)
	if s := m.healthy(t); s.PID != old.PID || len(m.problems()) != 0 {
		t.Errorf("it was restarted: %+v, %+v", old, s)
	}
	if s := m.of("team"); s != nil {
		t.Errorf("an engine without one has %+v", s)
	}
	m.use(settings(t, "exec sleep 2000"))
	next := m.healthy(t)
	if next.PID == old.PID || processtest.Runs(old.PID) {
		t.Errorf("the old program still runs: %+v, %+v", old, next)
	}
	m.use(config.File{})
	if m.of("wan") != nil {
		t.Error("the engine that is gone still has one")
	}
	m.stop()
	if processtest.Runs(next.PID) {
		t.Errorf("process %d still runs", next.PID)
	}
	m.use(settings(t, "touch "+dir+"/started"))
	if _, err := os.Stat(dir + "/started"); err == nil || m.of("wan") != nil {
		t.Error("something was started after the stop")
	}
}

func TestAModelServerThatAnswersWorksWhateverItSays(t *testing.T) {
	for name, c := range map[string]struct {
		err        error
		said, want string
	}{
		"it works":           {nil, "loaded", ""},
		"it refuses the key": {&engine.Error{Class: engine.AuthError, Reason: task.VendorRefused, Said: "no"}, `The engine wan refused this server's key or account: "no".`, ""},
		"its model is wrong": {&engine.Error{Class: engine.ModelError, Reason: task.VendorRefused, Detail: "makes no videos"}, "makes no videos", ""},
		"it does not answer": {&engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "connection refused"}, "", "connection refused"},
	} {
		e, err := engine.Wrap(engine.Policy{}, engine.Key{Engine: checked{fake.New(nil, time.Now), c.err}})
		if err != nil {
			t.Fatal(err)
		}
		said, err := askServer(t.Context(), "wan", e)
		if !strings.Contains(said, c.said) || (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v", name, said, err)
		}
	}
}

// checked is an engine whose check has a result.
type checked struct {
	engine.Engine
	err error
}

func (c checked) Check(context.Context) (string, error) { return "loaded", c.err }
