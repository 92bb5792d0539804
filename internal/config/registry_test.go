package config

import (
	"fmt"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestPoliciesAndTheirDefaults(t *testing.T) {
	engine := "{name: e, type: fal, keys: [{key: k}]%s}"
	for _, c := range []struct {
		name, file, engine string
		deadline, own      time.Duration // of the engine's tasks, and of the animatic's
		job, patience      time.Duration
		resubmit           bool
	}{
		{"nothing", "", "", 24 * time.Hour, 0, 0, 5 * time.Minute, false},
		{"a deadline for all", "deadline: 30m\n", "", 30 * time.Minute, 30 * time.Minute, 0, 5 * time.Minute, false},
		{"one of its own", "deadline: 30m\n", ", deadline: 1h, job_deadline: 10m, patience: 90s, unconfirmed: resubmit", time.Hour, 30 * time.Minute, 10 * time.Minute, 90 * time.Second, true},
		{"none, on purpose", "", ", deadline: 0s, patience: 0s, unconfirmed: fail", 0, 0, 0, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := loads(t, c.file+"engines: ["+fmt.Sprintf(engine, c.engine)+"]\n", Loaded{}).Registry("animatic", nil)
			e, own := r.Engines[0], r.Engines[1]
			if e.Deadline != c.deadline || e.JobDeadline != c.job || e.Patience != c.patience || e.Resubmit != c.resubmit || own.Name != "animatic" || own.Deadline != c.own {
				t.Errorf("%+v, and the animatic %+v", e.EnginePolicy, own.EnginePolicy)
			}
		})
	}
}

func TestRoutesKeepOrderAndWeights(t *testing.T) {
	l := loads(t, `
engines:
  - {name: a, type: fal, keys: [{key: k}], prices: {fal-ai/veo3.1: {per_clip: 2}}}
  - {name: b, type: luma, keys: [{key: k}]}
models: {m: [{to: a/fal-ai/veo3.1, weight: 3}, {to: b, weight: 1}, animatic]}
`, Loaded{})
	r := l.Registry("animatic", nil)
	if got := fmt.Sprintf("%+v", r.Routes["m"]); got != "[{Engine:a Model:fal-ai/veo3.1 Weight:3} {Engine:b Model: Weight:1} {Engine:animatic Model: Weight:0}]" {
		t.Errorf("route %s", got)
	}
	if p := r.Engines[0].Prices["fal-ai/veo3.1"]; p != (task.Price{PerClip: 2, Currency: "USD"}) {
		t.Errorf("price %+v", p)
	}
}

func TestAnUnchangedEngineIsKept(t *testing.T) {
	file := func(name, key, more string) string {
		return fmt.Sprintf("engines: [{name: %s, type: runway, keys: [{key: %s}]%s}]\n", name, key, more)
	}
	first := loads(t, file("a", "k", ", deadline: 1h"), Loaded{})
	for _, c := range []struct {
		name, text string
		same       bool
		says       string
	}{
		{"another deadline", file("a", "k", ", deadline: 2h"), true, "[added [] removed [] changed [a] models [] deadline false weights false]"},
		{"another key", file("a", "other", ", deadline: 1h"), false, "[added [] removed [] changed [a] models [] deadline false weights false]"},
		{"a limit", file("a", "k, in_flight: 3", ", deadline: 1h"), false, "[added [] removed [] changed [a] models [] deadline false weights false]"},
		{"another name", file("b", "k", ", deadline: 1h"), false, "[added [b] removed [a] changed [] models [] deadline false weights false]"},
		{"weights", file("a", "k", ", deadline: 1h") + "weights: {2: 3}\n", true, "[added [] removed [] changed [] models [] deadline false weights true]"},
		{"nothing", file("a", "k", ", deadline: 1h"), true, "[added [] removed [] changed [] models [] deadline false weights false]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			next := loads(t, c.text, first)
			if same := next.Engines["a"] != nil && next.Engines["a"] == first.Engines["a"]; same != c.same {
				t.Errorf("the same engine: %v", same)
			}
			if got := fmt.Sprint(first.Changes(next)); got != c.says {
				t.Errorf("says %s, want %s", got, c.says)
			}
		})
	}
}

func TestAKeysCountContinuesInTheNextEngine(t *testing.T) {
	file := func(engine, kind, key, more string) string {
		return fmt.Sprintf("engines: [{name: %s, type: %s, keys: [{name: %s, key: k}]%s}]\n", engine, kind, key, more)
	}
	first := loads(t, file("a", "runway", "team", ""), Loaded{})
	same := first.counter(first.File.Engines[0], "team")
	for _, c := range []struct {
		name, text string
		engine     Engine
		key        string
		counts     bool
	}{
		{"another timeout", file("a", "runway", "team", ", timeout: 5s"), Engine{Name: "a", Type: "runway"}, "team", true},
		{"nothing", file("a", "runway", "team", ""), Engine{Name: "a", Type: "runway"}, "team", true},
		{"another vendor", file("a", "luma", "team", ""), Engine{Name: "a", Type: "luma"}, "team", false},
		{"another address", file("a", "runway", "team", `, base_url: "https://x.example"`), Engine{Name: "a", Type: "runway", BaseURL: "https://x.example"}, "team", false},
		{"another engine", file("b", "runway", "team", ""), Engine{Name: "b", Type: "runway"}, "team", false},
		{"another key", file("a", "runway", "other", ""), Engine{Name: "a", Type: "runway"}, "other", false},
	} {
		next := loads(t, c.text, first)
		if got := next.counter(c.engine, c.key) == same; got != c.counts {
			t.Errorf("%s: it counts on is %v", c.name, got)
		}
		back := loads(t, file("a", "runway", "team", ", timeout: 9s"), next)
		if back.counter(first.File.Engines[0], "team") != same {
			t.Errorf("%s, and back: the count is another", c.name)
		}
	}
}
