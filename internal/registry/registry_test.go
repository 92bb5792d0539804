package registry_test

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// engines returns a registry of fake engines of those names, in this order.
func engines(names ...string) registry.Registry {
	var r registry.Registry
	for _, name := range names {
		r.Engines = append(r.Engines, registry.ConfiguredEngine{Name: name, Engine: fake.New(nil, time.Now)})
	}
	return r
}

// drawOf draws by an id, as the gateway does.
func drawOf(id int) registry.Draw {
	return func(parts ...string) []byte {
		sum := sha256.Sum256([]byte(strconv.Itoa(id) + strings.Join(parts, "\x00")))
		return sum[:]
	}
}

// now is the time of the tests.
func now() time.Time { return time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC) }

func request() task.Request { return task.Request{Model: "m", Prompt: "a cat", Seconds: 5} }

// names returns the engines of the choices, in order.
func names(all []registry.Choice) string {
	var out []string
	for _, c := range all {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

func TestRouteOfAModel(t *testing.T) {
	r := engines("a", "b", "c")
	r.Routes = map[string][]registry.Target{"m": {{Engine: "b"}, {Engine: "gone"}, {Engine: "a"}}}
	for _, c := range []struct{ name, model, star, want string }{
		{"its own", "m", "a", "b a"},
		{"the one of all others", "n", "a", "a"},
		{"none: the last engine", "n", "", "c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			delete(r.Routes, "*")
			if c.star != "" {
				r.Routes["*"] = []registry.Target{{Engine: c.star}}
			}
			q := request()
			q.Model = c.model
			all, _, _ := r.Choices(q, drawOf(0), now())
			if got := names(all); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, e := range []string{"a", "b", "c"} {
				routed := e != "c" || c.star == ""
				if got := r.Routed(e); got != routed {
					t.Errorf("Routed(%s) = %v", e, got)
				}
			}
		})
	}
}

func TestWeightsShareTheTasks(t *testing.T) {
	r := engines("a", "b", "c", "d")
	r.Routes = map[string][]registry.Target{"*": {{Engine: "d"}, {Engine: "a", Weight: 3}, {Engine: "b", Weight: 1}, {Engine: "c"}}}
	seen := map[string]int{}
	const n = 2000
	for id := range n {
		all, _, _ := r.Choices(request(), drawOf(id), now())
		seen[names(all)]++
		again, _, _ := r.Choices(request(), drawOf(id), now())
		if names(again) != names(all) {
			t.Fatalf("%s, then %s, for one id", names(all), names(again))
		}
	}
	// 1500 are expected: the draws are the same in each run, so the bounds only have to hold once.
	if a := seen["a b d c"]; a+seen["b a d c"] != n || a < 1400 || a > 1600 {
		t.Errorf("shared %v", seen)
	}
}

// unready is an engine that knows why it can't work.
type unready struct{ engine.Engine }

func (unready) Ready() error { return errors.New("its program is missing") }

func TestUnreadyEnginesAreLeftOut(t *testing.T) {
	r := engines("a", "b")
	r.Engines[0].Engine = unready{r.Engines[0].Engine}
	r.Routes = map[string][]registry.Target{"*": {{Engine: "a"}, {Engine: "b"}}}
	all, _, why := r.Choices(request(), drawOf(0), now())
	if names(all) != "b" || why == nil || why.Error() != "its program is missing" {
		t.Errorf("got %s, %v", names(all), why)
	}
}

func TestReplacedEngines(t *testing.T) {
	old := engines("same", "other", "gone")
	next := registry.Registry{Engines: []registry.ConfiguredEngine{old.Engines[0], engines("other").Engines[0]}}
	next.Engines[0].Patience = time.Hour // a new policy is no new engine
	gone := old.Replaced(next)
	if _, other := gone["other"]; len(gone) != 2 || !other || gone["gone"].Engine != old.Engines[2].Engine {
		t.Errorf("got %v", gone)
	}
}

func TestPriceOfTheOperatorComesFirst(t *testing.T) {
	n := engines("a").Engines[0]
	n.Engine.(*fake.Engine).Caps.Models = []engine.Model{{Name: "x", Price: task.Price{PerClip: 1}}, {Name: "y", Price: task.Price{PerClip: 2}}}
	n.Prices = map[string]task.Price{"y": {PerClip: 3}}
	for model, want := range map[string]float64{"x": 1, "y": 3, "z": 0} {
		if got := n.Price(model).PerClip; float64(got) != want {
			t.Errorf("%s costs %v, want %v", model, got, want)
		}
	}
}

func TestModelsHaveARouteOfTheirOwn(t *testing.T) {
	r := engines("a")
	r.Routes = map[string][]registry.Target{"y": {{Engine: "a"}}, "x": {{Engine: "a"}}}
	if got := r.Models(); !slices.Equal(got, []string{"x", "y"}) || r.Any() {
		t.Errorf("models %v, any %v", got, r.Any())
	}
	r.Routes["*"] = r.Routes["x"]
	if got := r.Models(); !slices.Equal(got, []string{"x", "y"}) || !r.Any() {
		t.Errorf("models %v, any %v", got, r.Any())
	}
}

func TestAModelThatHasEndedIsNoChoice(t *testing.T) {
	r := engines("a", "b", "c")
	r.Engines[2].Engine.(*fake.Engine).Caps.Models = []engine.Model{{Name: "last", Until: now(), Limits: task.Limits{MaxSeconds: 9}}}
	r.Engines[0].Engine.(*fake.Engine).Caps.Models = []engine.Model{
		{Name: "old", Until: now(), Successor: "new", Limits: task.Limits{MaxSeconds: 9}}, {Name: "new", Limits: task.Limits{MaxSeconds: 9}},
	}
	for _, c := range []struct {
		name   string
		route  []registry.Target
		wanted string // the models
		fault  string
		offers int
	}{
		{"by name", []registry.Target{{Engine: "a", Model: "old"}}, "", "model: engine a: model old ended on 2026-11-29; its successor is new", 0},
		{"by name, with another after it", []registry.Target{{Engine: "a", Model: "old"}, {Engine: "b"}}, "fake", "model: engine a: model old ended on 2026-11-29; its successor is new", 1},
		{"an engine that has no others", []registry.Target{{Engine: "c"}}, "", "model: engine c: model last ended on 2026-11-29", 0},
		{"an engine that has others", []registry.Target{{Engine: "a"}}, "new", "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.Routes = map[string][]registry.Target{"m": c.route}
			all, faults, _ := r.Choices(request(), drawOf(0), now().Truncate(24*time.Hour).AddDate(0, 0, 1))
			var models, said []string
			for _, a := range all {
				models = append(models, a.Model)
			}
			for _, f := range faults {
				said = append(said, f.Field+": "+f.Detail)
			}
			if strings.Join(models, " ") != c.wanted || strings.Join(said, " ") != c.fault {
				t.Errorf("models %v, faults %v", models, said)
			}
			offers := r.Offers("m", func(registry.ConfiguredEngine) bool { return false }, now())
			if len(offers) != c.offers {
				t.Errorf("%d offers, want %d", len(offers), c.offers)
			}
		})
	}
	if all, _, _ := r.Choices(request(), drawOf(0), now().Add(-1)); all[0].Model != "old" {
		t.Errorf("before its end: %s", all[0].Model)
	}
}

func TestAWishGoesToTheTargetThatCanFulfillIt(t *testing.T) {
	r := engines("plain", "rich")
	r.Engines[1].Engine.(*fake.Engine).Caps.Models = []engine.Model{{
		Name: "rich", Modes: []engine.Mode{engine.FromText, engine.FromReferences}, Limits: task.Limits{MaxSeconds: 60},
		Sound: engine.SoundOptional, Sends: []engine.Part{engine.PartAudio}, References: task.ReferenceLimits{Images: 1},
	}}
	r.Routes = map[string][]registry.Target{"m": {{Engine: "plain"}, {Engine: "rich"}}}
	yes := true
	for name, c := range map[string]struct {
		wish          func(*task.Request)
		want, refused string
	}{
		"nothing more": {func(*task.Request) {}, "plain rich", ""},
		"sound":        {func(q *task.Request) { q.Audio = &yes }, "rich", ""},
		"a reference":  {func(q *task.Request) { q.ReferenceImages = make([]task.ReferenceImage, 1) }, "rich", ""},
		"references that none takes": {func(q *task.Request) { q.ReferenceImages = make([]task.ReferenceImage, 2) }, "",
			"reference_images: there are 2; model rich takes at most 1"},
		"a recording that none takes": {func(q *task.Request) { q.ReferenceAudio = make([]task.InputAudio, 1) }, "",
			"reference_audio: there are 1; model rich takes none"},
	} {
		t.Run(name, func(t *testing.T) {
			q := request()
			c.wish(&q)
			all, nearest, _ := r.Choices(q, drawOf(0), now())
			refused := ""
			for _, f := range nearest {
				refused += f.Field + ": " + f.Detail
			}
			if got := names(all); got != c.want || c.refused != "" && refused != c.refused {
				t.Errorf("%q, refused by %q; want %q, %q", got, refused, c.want, c.refused)
			}
		})
	}
	offers := r.Offers("m", func(registry.ConfiguredEngine) bool { return false }, now())
	if offers[0].Sound != "unknown" || offers[0].References.Images != 0 || offers[1].Sound != "optional" || offers[1].References.Images != 1 {
		t.Errorf("%+v", offers)
	}
}
