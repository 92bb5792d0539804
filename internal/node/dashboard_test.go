package node

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/webhook"
)

// scrapeLabels are those that Prometheus adds to each metric; the namespace it knows on Kubernetes.
var scrapeLabels = []string{"job", "instance", "namespace"}

// metricName is the label that holds a metric's name.
const metricName = "__name__"

// metricsIn checks expressions of PromQL against the metrics that the program exports.
type metricsIn struct {
	exported map[string]metric
	values   map[string][]string // what a label can be, if it is one of few
	seen     map[string]bool     // names of metrics in the expressions
}

func newMetricsIn(t *testing.T) metricsIn {
	t.Helper()
	all, _ := exported(t)
	m := metricsIn{exported: all, seen: map[string]bool{}, values: map[string][]string{
		"check":   {"database", "storage", "queue", "renderer"},
		"outcome": {string(webhook.Succeeded), string(webhook.Retried), string(webhook.GivenUp)},
		"call":    {"submit", "poll", "open", "cancel", "find", "previews"},
		"status":  {"200", "404", "500", "503"},
		"type":    {"video", "image", "audio", "other"},
	}}
	for _, s := range task.States() {
		m.values["state"] = append(m.values["state"], string(s))
	}
	for _, s := range task.KeyStates() {
		m.values["state"] = append(m.values["state"], string(s))
	}
	for _, c := range []engine.Class{engine.Refused, engine.Overloaded, engine.Unreachable, engine.AuthError, engine.ModelError, engine.NotFound, engine.NotReady, engine.InvalidResponse} {
		m.values["class"] = append(m.values["class"], string(c))
	}
	return m
}

// labelsOf returns the labels of what the expression returns. The error names what the program does not export.
func (m metricsIn) labelsOf(text string) ([]string, error) {
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return nil, err
	}
	return m.labels(expr)
}

func (m metricsIn) labels(node parser.Node) ([]string, error) {
	switch n := node.(type) {
	case *parser.VectorSelector:
		return m.selected(n)
	case *parser.AggregateExpr:
		inside, err := m.labels(n.Expr)
		if err != nil {
			return nil, err
		}
		for _, l := range n.Grouping {
			if !slices.Contains(inside, l) {
				return nil, fmt.Errorf("%s: there is no label %s; there are %v", n, l, inside)
			}
		}
		if n.Op == parser.TOPK {
			return inside, nil
		}
		return n.Grouping, nil
	}
	var found []string
	for child := range parser.ChildrenIter(node) {
		l, err := m.labels(child)
		if err != nil {
			return nil, err
		}
		if found == nil {
			found = l // both sides of an operator have the same labels
		}
	}
	return found, nil
}

// selected checks a selector, and returns the labels of its metric.
func (m metricsIn) selected(s *parser.VectorSelector) ([]string, error) {
	name, ofHistogram := s.Name, []string(nil)
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		if base := strings.TrimSuffix(s.Name, suffix); base != s.Name && m.exported[base].kind == "histogram" {
			if name = base; suffix == "_bucket" {
				ofHistogram = []string{"le"}
			}
		}
	}
	one, ok := m.exported[name]
	if !ok || one.kind == "histogram" && name == s.Name {
		return nil, fmt.Errorf("%s: the program has no metric %s", s, s.Name)
	}
	m.seen[name] = true
	all := slices.Concat(one.labels, scrapeLabels, ofHistogram)
	for _, match := range s.LabelMatchers {
		if match.Name == metricName {
			continue
		}
		if !slices.Contains(all, match.Name) {
			return nil, fmt.Errorf("%s: the metric has no label %s; it has %v", s, match.Name, all)
		}
		for part := range strings.SplitSeq(match.Value, "|") {
			only := labels.MustNewMatcher(match.Type, match.Name, part)
			if values := m.values[match.Name]; values != nil && !slices.ContainsFunc(values, only.Matches) {
				return nil, fmt.Errorf("%s: %s is never %q; it may be %v", s, match.Name, part, values)
			}
		}
	}
	return all, nil
}

// check fails if the expression is wrong, or if text names labels, as form finds them, that its result does not have.
func (m metricsIn) check(t *testing.T, what, expr, text string, form *regexp.Regexp) {
	t.Helper()
	has, err := m.labelsOf(expr)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	for _, l := range form.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(has, l[1]) {
			t.Errorf("%s: %q names the label %s; the expression has %v", what, text, l[1], has)
		}
	}
}

// The alerts and the dashboard use only what the program exports, and so do the expressions of the page.
func TestAlertsAndDashboardAreOfMetricsThatExist(t *testing.T) {
	t.Parallel()
	m := newMetricsIn(t)
	t.Run("alerts", func(t *testing.T) { checkAlerts(t, m) })
	t.Run("dashboard", func(t *testing.T) { checkDashboard(t, m) })
	t.Run("chart", func(t *testing.T) { checkChart(t, m) })
	t.Run("page", func(t *testing.T) {
		page := readAll(t, "../../docs/metrics.md")
		found := 0
		for _, line := range regexp.MustCompile(`(?m)^\| [^|]*\? \| (.*) \|$`).FindAllSubmatch(page, -1) {
			for _, expr := range regexp.MustCompile("`(.*?)`").FindAllSubmatch(line[1], -1) {
				m.check(t, "docs/metrics.md", string(expr[1]), "", regexp.MustCompile("never(x)"))
				found++
			}
		}
		if found < 5 {
			t.Errorf("only %d expressions were found", found)
		}
	})
}

func checkAlerts(t *testing.T, m metricsIn) {
	var all struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	decode := yaml.NewDecoder(bytes.NewReader(readAll(t, "../../deploy/prometheus/alerts.yaml")))
	decode.KnownFields(true)
	if err := decode.Decode(&all); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, r := range all.Groups[0].Rules {
		if names[r.Alert] || !strings.HasPrefix(r.Alert, "Filmgate") {
			t.Errorf("the name %q is another's, or does not begin with Filmgate", r.Alert)
		}
		names[r.Alert] = true
		if s := r.Labels["severity"]; s != "page" && s != "ticket" {
			t.Errorf("%s: severity %q", r.Alert, s)
		}
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
			t.Errorf("%s: it does not say what it means", r.Alert)
		}
		for _, text := range r.Annotations {
			m.check(t, r.Alert, r.Expr, text, regexp.MustCompile(`\$labels\.(\w+)`))
		}
	}
	if len(names) < 10 {
		t.Errorf("only %d alerts", len(names))
	}
}

func checkDashboard(t *testing.T, m metricsIn) {
	var board struct {
		Panels []struct {
			ID      int
			Title   string
			Type    string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr, LegendFormat string }
		}
		Templating struct {
			List []struct{ Name, Definition string }
		}
	}
	if err := json.Unmarshal(readAll(t, "../../deploy/grafana/filmgate.json"), &board); err != nil {
		t.Fatal(err)
	}
	known := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*", "$engine", ".*")
	ids, shown := map[int]bool{}, 0
	for _, p := range board.Panels {
		if ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %q: its id is another's, or it is beyond the edge", p.Title)
		}
		ids[p.ID] = true
		for _, q := range p.Targets {
			m.check(t, p.Title, known.Replace(q.Expr), q.LegendFormat, regexp.MustCompile(`{{(\w+)}}`))
			shown++
		}
	}
	if shown < 20 {
		t.Errorf("only %d expressions were found", shown)
	}
	for _, v := range board.Templating.List {
		for _, d := range regexp.MustCompile(`^label_values\((.*), (\w+)\)$`).FindAllStringSubmatch(v.Definition, -1) {
			m.check(t, v.Name, d[1], d[2], regexp.MustCompile(`(\w+)`))
		}
	}
	for name := range m.exported {
		if strings.HasPrefix(name, "filmgate_") && !m.seen[name] && name != "filmgate_webhook_attempt_seconds" &&
			name != "filmgate_engine_key_paused" && name != "filmgate_model_server_restarts_total" {
			t.Errorf("%s is neither in an alert nor in the dashboard", name)
		}
	}
}

// checkChart checks what the Helm chart scales the workers by, as KEDA and as prometheus-adapter ask for it.
func checkChart(t *testing.T, m metricsIn) {
	known := strings.NewReplacer("{{ .Release.Namespace }}", "films", "<<.LabelMatchers>>", `namespace="films"`)
	for file, form := range map[string]string{"deploy/helm/filmgate/values.yaml": `(?m)^ +query: (.+)$`, "docs/kubernetes.md": `(?m)^ +metricsQuery: (.+)$`} {
		found := regexp.MustCompile(form).FindAllSubmatch(readAll(t, "../../"+file), -1)
		if len(found) != 1 {
			t.Errorf("%s: %d expressions", file, len(found))
			continue
		}
		m.check(t, file, known.Replace(string(found[0][1])), "", regexp.MustCompile("never(x)"))
	}
}

func TestWrongExpressionsAreFound(t *testing.T) {
	t.Parallel()
	m := metricsIn{seen: map[string]bool{}, values: map[string][]string{"state": {"QUEUED"}},
		exported: map[string]metric{"a": {kind: "gauge", labels: []string{"state"}}, "h": {kind: "histogram", labels: []string{"engine"}}}}
	for expr, want := range map[string]string{
		`rate(b[5m])`: "no metric b", `h`: "no metric h", `a_bucket`: "no metric a_bucket", `a{engine="x"}`: "no label engine",
		`a{state="RUNNING"}`: "never \"RUNNING\"", `a{state=~"QUEUED|DONE"}`: "never \"DONE\"", `sum by (le) (h_count)`: "no label le", `sum by (engine) (sum(h_sum))`: "no label engine",
		`sum by (engine) (h_count) / sum by (x) (a)`: "no label x", `a >`: "unexpected end",
	} {
		if _, err := m.labelsOf(expr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", expr, err, want)
		}
	}
	got, err := m.labelsOf(`histogram_quantile(0.9, sum by (engine, le) (rate(h_bucket{engine=~"x", instance!=""}[5m])))`)
	if err != nil || !slices.Equal(got, []string{"engine", "le"}) {
		t.Errorf("%v, %v", got, err)
	}
}

func readAll(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
