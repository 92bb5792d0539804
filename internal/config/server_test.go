package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/modelserver"
)

// withServer returns a settings file of one engine with a model server.
func withServer(engine, server string) string {
	return "engines: [{name: e, " + engine + ", server: {" + server + "}}]\n"
}

func TestAModelServerIsRunFromTheSettingsFile(t *testing.T) {
	path := configFile(t, withServer("type: localai, base_url: \"http://localhost:7001/v1\", keys: [{key: sk-1}]",
		`command: bin/serve, args: [--at, "{host}:{port}", --api-key, s1, "--token=s2", -n, 3], env: {B_TOKEN: s3, A: "{port}"}, dir: models, ready_within: 5m`))
	folder := filepath.Dir(path)
	l, err := loader(asEnv(nil)).Load(path, Loaded{})
	if err != nil {
		t.Fatal(err)
	}
	e := l.File.Engines[0]
	got, ok := kinds().Program(e)
	want := modelserver.Program{
		Path: folder + "/bin/serve", Args: []string{"--at", "localhost:7001", "--api-key", "s1", "--token=s2", "-n", "3"}, Env: []string{"A=7001", "B_TOKEN=s3"},
		Dir: folder + "/models", Addr: "localhost:7001",
	}
	if !ok || got.Path != want.Path || got.Dir != want.Dir || got.Addr != want.Addr || !slices.Equal(got.Args, want.Args) || !slices.Equal(got.Env, want.Env) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	secrets := e.Secrets()
	slices.Sort(secrets)
	if !slices.Equal(secrets, []string{"", "s1", "s2", "s3", "sk-1"}) {
		t.Errorf("secrets %q", secrets)
	}
	if len(l.Warnings) != 2 { // the program and the folder, but not the address, which it may call without allow_networks
		t.Errorf("warnings %q", l.Warnings)
	}
	if _, ok := kinds().Program(Engine{Type: "openai"}); ok {
		t.Error("an engine without a server has a program")
	}
}

func TestAModelServerThatCannotBeIsRefused(t *testing.T) {
	local := `type: localai, base_url: "http://127.0.0.1:7001/v1"`
	two := "command: x}}, {name: other, " + local + ", server: {command: x"
	for _, c := range []struct{ engine, server, want string }{
		{local, two, "engines[1].server: that of engine e has the same address, 127.0.0.1:7001; an engine that shares a server has base_url and no server"},
		{"type: runway, keys: [{key: k}]", "command: x", "engines[0].server: engines of type runway have no such setting: their servers are not the operator's own"},
		{"type: localai", "command: x", "engines[0].server: it is started on this machine, but the engine's address is "},
		{`type: localai, base_url: "http://10.0.0.7/v1"`, "command: x", "the engine's address is http://10.0.0.7/v1; give base_url an address such as http://127.0.0.1:1234"},
		{local, "args: [x]", "engines[0].server.command: the program of the model server is needed"},
		{local, "command: x, ready_within: -1s", "engines[0].server.ready_within: -1s is less than 0"},
		{local, "command: x, env: {A=B: c}", `engines[0].server.env.A=B: "A=B" is no variable`},
		{local, "command: x, port: 1", "engines[0].server.port: there is no such setting; allowed: args, command, dir, env, ready_within"},
		{local, "command: x, args: y", `"y" is given where a list is needed`},
	} {
		_, err := loader(asEnv(nil)).Load(configFile(t, withServer(c.engine, c.server)), Loaded{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v", c.engine, c.server, err)
		}
	}
}

func TestWhatAModelServerLacksIsWarnedOf(t *testing.T) {
	path := configFile(t, withServer(`type: localai, base_url: "http://127.0.0.1:7001/v1"`, `command: sh, args: [-m, wan.gguf, --vae=vae.safetensors, /nowhere/umt5.gguf, notes.txt]`))
	for _, name := range []string{"wan.gguf", "vae.safetensors"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := loader(asEnv(nil)).Load(path, Loaded{})
	if err != nil || len(l.Warnings) != 1 || l.Warnings[0] != "line 1: engines[0].server.args: the model server can't be started on this machine: the model file /nowhere/umt5.gguf: no such file or directory" {
		t.Errorf("%v, %q", err, l.Warnings)
	}
	c := l.CheckServers()
	if len(c) != 1 || c[0].Engine != "e" || c[0].Command != "sh" || len(c[0].Problems) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestAnEngineStaysTheSameWithAnotherModelServer(t *testing.T) {
	first := loads(t, withServer(`type: localai, base_url: "http://127.0.0.1:7001/v1"`, "command: sh"), Loaded{})
	second := loads(t, withServer(`type: localai, base_url: "http://127.0.0.1:7001/v1"`, "command: sh, args: [x]"), first)
	if first.Engines["e"] != second.Engines["e"] {
		t.Error("it is another engine")
	}
}
