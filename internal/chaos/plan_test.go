package chaos

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/node/routes"
)

func TestSameSeedMakesTheSamePlan(t *testing.T) {
	o := Options{Database: Postgres, Seed: 5, Tasks: 30, Kills: 12}
	plan := NewPlan(o).String()
	if NewPlan(o).String() != plan {
		t.Error("the plans differ")
	}
	if o.Seed++; NewPlan(o).String() == plan {
		t.Error("another seed makes the same plan")
	}
}

func TestPlanHasWhatWasAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		want    map[Kind]int
		servers int // that faults happen to
	}{
		"one server on SQLite": {Options{Database: SQLite, Nodes: 3, Kills: 12},
			map[Kind]int{KillServer: 8, KillVendor: 4, FillDisk: 2, VendorErrors: 2, VendorLoses: 2, VendorSlow: 2, KillReceiver: 2, TurnClock: 2}, 1},
		"one server on PostgreSQL": {Options{Database: Postgres, Nodes: 1, Kills: 12},
			map[Kind]int{KillServer: 4, KillVendor: 4, KillDatabase: 4, FillDisk: 2, VendorErrors: 2, VendorLoses: 2, VendorSlow: 2, KillReceiver: 2, TurnClock: 2}, 1},
		"several servers": {Options{Database: Postgres, Kills: 28},
			map[Kind]int{KillServer: 14, KillVendor: 7, KillDatabase: 7, KillBucket: 4, FillDisk: 4, VendorErrors: 4, VendorLoses: 4, VendorSlow: 4, KillReceiver: 4, TurnClock: 4}, 3},
	} {
		c.options.Seed, c.options.Tasks = 1, 200
		p := NewPlan(c.options)
		faults, used, servers := map[Kind]int{}, map[int]bool{}, map[int]bool{}
		for _, f := range p.Faults {
			faults[f.Kind]++
			servers[f.Server] = true
			if f.At < 0 || f.At > p.Span {
				t.Errorf("%s: %v begins outside of the span of %v", name, f, p.Span)
			}
		}
		if !maps.Equal(faults, c.want) || len(servers) != c.servers {
			t.Errorf("%s: %v on %d servers, want %v on %d", name, faults, len(servers), c.want, c.servers)
		}
		for _, c := range p.Creates {
			used[c.Call] = true
		}
		if len(p.Creates) != 200 || len(used) != len(calls()) {
			t.Errorf("%s: %d creates by %d calls, want 200 by all %d", name, len(p.Creates), len(used), len(calls()))
		}
	}
}

// Of the creates, only those are missing that need another task or a video, and that of a storyboard, which is no task.
func TestCallsAreThoseOfAllDialects(t *testing.T) {
	mux, documented := http.NewServeMux(), map[string]bool{}
	for _, route := range routes.Documented() {
		if !route.Doc.Idempotent {
			continue
		}
		mux.Handle(route.Pattern, http.NotFoundHandler())
		documented[route.Doc.ID] = documented[route.Doc.ID] || false
	}
	ids := map[string]string{}
	for _, route := range routes.Documented() {
		ids[route.Pattern] = route.Doc.ID
	}
	for _, c := range calls() {
		q, err := c.request("http://127.0.0.1", "key", Create{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, pattern := mux.Handler(q)
		if documented[ids[pattern]] = true; pattern == "" {
			t.Errorf("%s: there is no create at %s", c.name, c.path)
		}
	}
	for id, called := range documented {
		needsMore := strings.Contains(id, "retry") || strings.Contains(id, "remix") || strings.Contains(id, "modify") || strings.Contains(id, "reframe") ||
			strings.Contains(id, "edit") || id == "change_video" || strings.HasSuffix(id, "_storyboard") || id == "add_take"
		if called == needsMore {
			t.Errorf("the create %s: called is %v", id, called)
		}
	}
}

func TestSettingsNameEveryEngine(t *testing.T) {
	all, few := engineSettings("http://127.0.0.1:1", true), engineSettings("http://127.0.0.1:1", false)
	for _, e := range vendorEngines() {
		if name := "name: " + e.name + ","; !strings.Contains(all, name) || strings.Contains(few, name) == e.slow {
			t.Errorf("%s is not where it belongs:\n%s\n%s", e.name, all, few)
		}
	}
}
