package node

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/ark"
	"github.com/filmgate/filmgate/internal/engine/dashscope"
	"github.com/filmgate/filmgate/internal/engine/fal"
	"github.com/filmgate/filmgate/internal/engine/gemini"
	"github.com/filmgate/filmgate/internal/engine/kling"
	"github.com/filmgate/filmgate/internal/engine/ltx"
	"github.com/filmgate/filmgate/internal/engine/luma"
	"github.com/filmgate/filmgate/internal/engine/minimax"
	"github.com/filmgate/filmgate/internal/engine/openai"
	"github.com/filmgate/filmgate/internal/engine/openrouter"
	"github.com/filmgate/filmgate/internal/engine/replicate"
	"github.com/filmgate/filmgate/internal/engine/runway"
	"github.com/filmgate/filmgate/internal/engine/vertex"
	"github.com/filmgate/filmgate/internal/engine/webtask"
	"github.com/filmgate/filmgate/internal/engine/xai"
	"github.com/filmgate/filmgate/internal/task"
)

// modelTables returns the engines whose models stand in tables, by type.
func modelTables() []struct {
	kind string
	engine.Engine
} {
	hc, now := &http.Client{}, time.Now
	return []struct {
		kind string
		engine.Engine
	}{
		{"runway", runway.New(runway.Options{HTTP: hc, Now: now})},
		{"luma", luma.New(luma.Options{HTTP: hc, Now: now})},
		{"luma, flavor dream-machine-v1", luma.New(luma.Options{Flavor: "dream-machine-v1", HTTP: hc, Now: now})},
		{"kling", kling.New(kling.Options{HTTP: hc, Now: now})},
		{"fal", fal.New(fal.Options{HTTP: hc, Now: now})},
		{"replicate", replicate.New(replicate.Options{HTTP: hc, Now: now})},
		{"minimax", minimax.New(minimax.Options{HTTP: hc, Now: now})},
		{"vertex", vertex.New(vertex.Options{HTTP: hc, Now: now})},
		{"gemini", gemini.New(gemini.Options{HTTP: hc, Now: now})},
		{"ark", ark.New(ark.Options{HTTP: hc, Now: now})},
		{"openai, at servers that still have Sora", openai.New(openai.Options{BaseURL: "https://relay.example/v1", HTTP: hc, Now: now})},
		{"ltx", ltx.New(ltx.Options{HTTP: hc, Now: now})},
		{"openrouter", openrouter.New(openrouter.Options{HTTP: hc, Now: now})},
		{"xai", xai.New(xai.Options{HTTP: hc, Now: now})},
		{"dashscope", dashscope.New(dashscope.Options{HTTP: hc, Now: now})},
		{"webtask, at relays", webtask.New(webtask.Options{HTTP: hc, Now: now})},
	}
}

// TestTheEnginesPageHasTheTablesOfModels holds docs/engines.md to the tables (go test ./internal/node -run TablesOfModels -update writes them).
func TestTheEnginesPageHasTheTablesOfModels(t *testing.T) {
	const begin, end = "<!-- models: go test ./internal/node -run TablesOfModels -update -->\n", "<!-- end of models -->\n"
	path := filepath.Join("..", "..", "docs", "engines.md")
	page := engineDocs(t)
	head, rest, ok := strings.Cut(page, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("the page has no place for the tables")
	}
	var b strings.Builder
	for _, e := range modelTables() {
		writeModels(&b, e.kind, e.Capabilities().Models)
	}
	want := head + begin + b.String() + end + tail
	if page == want {
		return
	}
	if !*update {
		t.Fatal("the tables of docs/engines.md are not those of the engines; -update writes them")
	}
	if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestEveryRowOfTheTablesIsSourced demands a source with a date of every model, and a successor that the table has.
func TestEveryRowOfTheTablesIsSourced(t *testing.T) {
	for _, e := range modelTables() {
		all := e.Capabilities().Models
		for i, m := range all {
			if !strings.Contains(m.Source, "202") {
				t.Errorf("%s: model %s says not where its facts are from, and when they were read: %q", e.kind, m.Name, m.Source)
			}
			if !m.Until.IsZero() && m.Successor == "" {
				t.Errorf("%s: model %s ends, and nothing says what takes its place", e.kind, m.Name)
			}
			if m.Successor != "" && !slices.ContainsFunc(all, func(o engine.Model) bool { return o.Name == m.Successor && o.Until.IsZero() }) {
				t.Errorf("%s: the successor of %s, %s, is not offered", e.kind, m.Name, m.Successor)
			}
			if slices.ContainsFunc(all[:i], func(o engine.Model) bool { return o.Name == m.Name }) {
				t.Errorf("%s: model %s stands twice", e.kind, m.Name)
			}
		}
	}
}

// writeModels writes the table of one type's models, and where it is from.
func writeModels(b *strings.Builder, kind string, models []engine.Model) {
	fmt.Fprintf(b, "\n### %s\n\n| model | from | seconds | shapes | resolutions | sound | references | seed | USD a second | source |\n|---|---|---|---|---|---|---|---|---|---|\n", kind)
	var sources, ended []string
	for _, m := range models {
		if len(m.Modes) == 0 && !m.Until.IsZero() {
			ended = append(ended, m.EndText(m.Until))
			continue
		}
		at := slices.Index(sources, m.Source)
		if at < 0 {
			at, sources = len(sources), append(sources, m.Source)
		}
		name := "`" + m.Name + "`"
		if !m.Until.IsZero() {
			name += " (ends on " + m.Until.Format(time.DateOnly) + ")"
		}
		cells := []string{
			name, strings.Join(modeWords(m.Modes), ", "), lengths(m), strings.Join(m.AspectRatios, " "), strings.Join(m.Resolutions, " "), sound(m),
			references(m.References), map[bool]string{true: "yes"}[m.Seed], price(m), strconv.Itoa(at + 1),
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
	fmt.Fprintln(b)
	for i, s := range sources {
		fmt.Fprintf(b, "%d. %s\n", i+1, s)
	}
	if len(ended) > 0 {
		fmt.Fprintf(b, "\nNo longer offered: %s.\n", strings.Join(ended, "; "))
	}
}

func modeWords(modes []engine.Mode) []string {
	var out []string
	for _, m := range modes {
		out = append(out, map[engine.Mode]string{
			engine.FromText: "text", engine.FromFirst: "first", engine.FromLast: "last", engine.FromFirstLast: "first+last", engine.FromVideo: "video", engine.FromReferences: "references",
		}[m])
	}
	return out
}

// lengths returns the lengths that a model makes: "3-15", "5 10", or "as its input".
func lengths(m engine.Model) string {
	switch n := len(m.Seconds); {
	case n > 2 && m.Seconds[n-1]-m.Seconds[0] == n-1:
		return fmt.Sprintf("%d-%d", m.Seconds[0], m.Seconds[n-1])
	case n > 0:
		return strings.Trim(fmt.Sprint(m.Seconds), "[]")
	case slices.Equal(m.Modes, []engine.Mode{engine.FromVideo}):
		return "as its input"
	default:
		return fmt.Sprintf("to %d", m.MaxSeconds)
	}
}

// sound returns whether a model makes sound: "optional, at 1080p from text, first".
func sound(m engine.Model) string {
	out := string(m.Sound)
	if m.SoundText() == "unknown" {
		out = ""
	}
	if len(m.SoundIn.Resolutions) > 0 {
		out += ", at " + strings.Join(m.SoundIn.Resolutions, " ")
	}
	if len(m.SoundIn.Modes) > 0 {
		out += ", from " + strings.Join(modeWords(m.SoundIn.Modes), ", ")
	}
	return out
}

// references returns what a model takes: "9 pictures (subject), 3 recordings, beside video; by name".
func references(r task.ReferenceLimits) string {
	var out []string
	for _, c := range []struct {
		n    int
		name string
	}{{r.Images, "pictures"}, {r.Audio, "recordings"}} {
		if c.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", c.n, c.name))
		}
	}
	for _, role := range r.Roles {
		out = append(out, "role "+string(role))
	}
	if len(r.Beside) > 0 {
		var modes []engine.Mode
		for _, mode := range r.Beside {
			modes = append(modes, engine.Mode(mode))
		}
		out = append(out, "also beside "+strings.Join(modeWords(modes), ", "))
	}
	if r.Names && r.Recording.Unnamed {
		out = append(out, "pictures by name")
	} else if r.Names {
		out = append(out, "by name")
	}
	return strings.Join(out, ", ")
}

func price(m engine.Model) string {
	if m.Price.PerSecond == 0 {
		return ""
	}
	text := strconv.FormatFloat(m.Price.PerSecond, 'f', -1, 64)
	if m.Price.Currency != "USD" {
		text += " " + m.Price.Currency
	}
	return text
}
