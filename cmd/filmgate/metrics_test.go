package main

import (
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The page has every metric that the program exports, with its type, labels and words, and no other.
func TestTheMetricsPageIsTrue(t *testing.T) {
	t.Parallel()
	v := vendors(t, time.Hour, `
engines:
  - {name: team, type: runway, base_url: "{url}/runway", {here}, keys: [{key: "{key}"}]}
  - {name: wan, type: sdcpp, server: {command: "true"}}
models: {"*": [team]}
`)
	p := v.run(t)
	if code, _ := p.call(t, http.MethodGet, "/readyz", ""); code != http.StatusOK {
		t.Errorf("/readyz: %d", code)
	}
	_, body := p.call(t, http.MethodGet, "/metrics", "")
	exported := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^# HELP (filmgate_\w+) (.*)\n# TYPE \w+ (\w+)\n\w+(?:\{(.*?)\})? `).FindAllStringSubmatch(string(body), -1) {
		var labels []string
		for _, l := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(m[4], -1) {
			if l[1] != "le" {
				labels = append(labels, "`"+l[1]+"`")
			}
		}
		exported["`"+m[1]+"`"] = m[3] + " | " + strings.Join(labels, ", ") + " | " + m[2]
	}
	if len(exported) < 5 {
		t.Fatalf("only %d metrics were found in:\n%s", len(exported), body)
	}
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(string(page), "## Bad weather")
	documented := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| (`filmgate_\\w+`) \\| (\\w+ \\|.*) \\|$").FindAllStringSubmatch(table, -1) {
		documented[m[1]] = strings.ReplaceAll(m[2], "|  |", "| |")
	}
	delete(documented, "`filmgate_panics_total`") // it has no value before a panic
	for _, name := range slices.Sorted(maps.Keys(exported)) {
		if got, want := documented[name], strings.ReplaceAll(exported[name], "|  |", "| |"); got != want {
			t.Errorf("%s is %q in the page, %q in the program", name, got, want)
		}
		delete(documented, name)
	}
	for name := range documented {
		t.Errorf("%s is only in the page", name)
	}
}
