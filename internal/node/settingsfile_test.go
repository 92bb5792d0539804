package node

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/config"
)

var update = flag.Bool("update", false, "write testdata/every-fault.txt again")

// configFile writes a settings file and returns its path.
func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "filmgate.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// asEnv looks names up as the environment does.
func asEnv(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestEveryErrorOfTheSettingsFileIsReportedWithItsLine(t *testing.T) {
	path := filepath.Join("testdata", "every-fault.yaml")
	_, err := Loader(asEnv(nil), time.Now, nil).Load(path, config.Loaded{})
	if err == nil {
		t.Fatal("no error was found")
	}
	golden := filepath.Join("testdata", "every-fault.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, readErr := os.ReadFile(golden)
	if readErr != nil {
		t.Fatal(readErr)
	}
	if got := err.Error() + "\n"; got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// FuzzSettingsFile checks that any file is either accepted or refused with an error that names the setting.
func FuzzSettingsFile(f *testing.F) {
	every, err := os.ReadFile(filepath.Join("testdata", "every-fault.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		string(every), "", "~", "engines: &e [*e]", "a: &a {<<: *a}", "models: {x: {to: y}}", "models: [a]", "engines: [~, [], {}]",
		"engines: [{keys: [~]}]", "models: {? [a] : b}", "engines: [{name: x, type: comfyui, workflows: [{slots: {prompt: x}}]}]", "--- a\n--- b\n",
		"deadline: ${X}", "engines: [{type: openai, serves: [{seconds: [a]}]}]",
		"engines: [{type: fal, keys: [a], serves: [{model: o/m, modes: [text], seconds: [5], inputs: {prompt: text}, fixed: {a: {b: [~, 1e9]}}}]}]",
		"engines: [{type: replicate, keys: [a], serves: [{model: a/b, price: 0.5, inputs: {first: ~, x: y}, fixed: &f {a: *f}}]}]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Loader(func(string) string { return "7" }, time.Now, nil).Load(configFile(t, text), config.Loaded{})
		if err != nil && !strings.HasPrefix(err.Error(), "FILMGATE_CONFIG (--config): ") {
			t.Errorf("%q: %v", text, err)
		}
	})
}
