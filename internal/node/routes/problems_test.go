package routes_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/filmgate/filmgate"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/problem"
	"github.com/filmgate/filmgate/internal/task"
)

var example = regexp.MustCompile("(?s)\n## Example\n.*```json\n(.*?)```")

func readDocument(t *testing.T, name string) string {
	t.Helper()
	page, err := fs.ReadFile(filmgate.Documents(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestEveryProblemHasItsPage(t *testing.T) {
	all := readDocument(t, "docs/troubleshooting.md")
	for _, code := range task.Codes() {
		t.Run(string(code), func(t *testing.T) {
			status := dialect.Status(code)
			page := readDocument(t, "docs/problems/"+string(code)+".md")
			begin := fmt.Sprintf("# %s\n\nHTTP status %d, type `/problems/%s`.\n\n## What it means\n\n", code.Title(), status, code)
			if !strings.HasPrefix(page, begin) || !strings.Contains(page, "\n## What to do\n") {
				t.Errorf("it does not begin with\n%s", begin)
			}
			shown := example.FindStringSubmatch(page)
			if shown == nil {
				t.Fatal("it has no example")
			}
			var got problem.Document
			decoder := json.NewDecoder(strings.NewReader(shown[1]))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&got); err != nil {
				t.Fatal(err)
			}
			want := problem.New(string(code), code.Title(), status, got.Detail, got.RequestID)
			if got.Type != want.Type || got.Title != want.Title || got.Status != want.Status || got.Detail == "" || got.RequestID == "" {
				t.Errorf("its example is %+v, want %+v", got, want)
			}
			if row := fmt.Sprintf("| %d | %s | [/problems/%s](problems/%s.md) |", status, code.Title(), code, code); !strings.Contains(all, row) {
				t.Errorf("docs/troubleshooting.md has no row %s", row)
			}
		})
	}
}

func TestEveryPageOfAProblemHasItsCode(t *testing.T) {
	names, err := fs.Glob(filmgate.Documents(), "docs/problems/*.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, code := range task.Codes() {
		known[string(code)] = true
	}
	for _, name := range names {
		if code := strings.TrimSuffix(path.Base(name), ".md"); !known[code] {
			t.Errorf("%s: there is no code %q", name, code)
		}
	}
}

func TestTroubleshootingHasEveryReasonOfAFailure(t *testing.T) {
	page := readDocument(t, "docs/troubleshooting.md")
	for _, r := range task.Reasons() {
		if !regexp.MustCompile("\n\\|[^|]*`" + regexp.QuoteMeta(string(r)) + "`[^|]*\\| " + regexp.QuoteMeta(r.PublicText()) + " \\|").MatchString(page) {
			t.Errorf("docs/troubleshooting.md has no row of %s with the text %q", r, r.PublicText())
		}
	}
}
