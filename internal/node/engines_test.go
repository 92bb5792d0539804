package node

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine/ark"
	"github.com/filmgate/filmgate/internal/engine/dashscope"
	"github.com/filmgate/filmgate/internal/engine/kling"
	"github.com/filmgate/filmgate/internal/engine/minimax"
)

func engineDocs(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "engines.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheSettingsFileMayNameEveryEngine(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "engine", "*", "testdata"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("%d engines, %v", len(folders), err)
	}
	for _, folder := range folders {
		name := filepath.Base(filepath.Dir(folder))
		if _, ok := engineKinds()[name]; !ok {
			t.Errorf("internal/engine/%s is no type of engineKinds", name)
		}
	}
}

func TestTheEnginesPageNamesEveryType(t *testing.T) {
	page := engineDocs(t)
	for name, kind := range engineKinds() {
		row := regexp.MustCompile("(?m)^\\| `" + name + "` \\|.* \\| `" + regexp.QuoteMeta(kind.BaseURL) + "` \\|")
		if kind.BaseURL == "" || !row.MatchString(page) {
			t.Errorf("type %s: its own base_url %q is not in its row of the page", name, kind.BaseURL)
		}
		if !strings.Contains(page, "`"+name+"`") || !strings.Contains(page, "type: "+name) {
			t.Errorf("type %s is not on the page, or has no example", name)
		}
	}
}

func TestTheEnginesPageNamesTheAddressesOfSecondPlatforms(t *testing.T) {
	page := engineDocs(t)
	for name, base := range map[string]string{"kling": kling.Beijing, "minimax": minimax.China, "ark": ark.BytePlus, "dashscope": dashscope.Beijing} {
		if !strings.Contains(page, "`"+base+"` ("+name) {
			t.Errorf("%s: %s is not on the page", name, base)
		}
	}
}

func TestTheExamplesOfTheEnginesPageAreValid(t *testing.T) {
	folder := t.TempDir()
	graph := `{"3": {"inputs": {"seed": 0}}, "6": {"inputs": {"text": ""}}, "7": {"inputs": {"text": ""}},
		"50": {"inputs": {"length": 1, "width": 1, "height": 1}}, "52": {"inputs": {"image": ""}}}`
	account := `{"type": "service_account", "client_email": "a@films.example", "private_key": "none", "token_uri": "https://t.example"}`
	for name, text := range map[string]string{"wan-i2v.json": graph, "ltx.json": graph, "service-account.json": account} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(engineDocs(t), -1)
	if len(blocks) != 3 {
		t.Fatalf("%d examples", len(blocks))
	}
	for _, b := range blocks {
		path := filepath.Join(folder, "filmgate.yaml")
		if err := os.WriteFile(path, []byte(b[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		loader := Loader(func(name string) string { return "value-of-" + name }, time.Now, nil)
		if l, err := loader.Load(path, config.Loaded{}); err != nil || len(l.Engines) == 0 {
			t.Errorf("%v", err)
		}
	}
}
