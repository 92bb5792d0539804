package chaos

import (
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
	for database, want := range map[string]map[Kind]int{
		SQLite:   {KillServer: 8, KillVendor: 4, KillDatabase: 0, FillDisk: 2, VendorErrors: 2, VendorLoses: 2, VendorSlow: 2, KillReceiver: 2, TurnClock: 2},
		Postgres: {KillServer: 4, KillVendor: 4, KillDatabase: 4, FillDisk: 2, VendorErrors: 2, VendorLoses: 2, VendorSlow: 2, KillReceiver: 2, TurnClock: 2},
	} {
		p := NewPlan(Options{Database: database, Seed: 1, Tasks: 200, Kills: 12})
		faults, used := map[Kind]int{}, map[int]bool{}
		for _, f := range p.Faults {
			faults[f.Kind]++
			if f.At < 0 || f.At > p.Span {
				t.Errorf("%s: %v begins outside of the span of %v", database, f, p.Span)
			}
		}
		for k, n := range want {
			if faults[k] != n {
				t.Errorf("%s: %d times %q, want %d", database, faults[k], k, n)
			}
		}
		for _, c := range p.Creates {
			used[c.Call] = true
		}
		if len(p.Creates) != 200 || len(used) != len(calls()) {
			t.Errorf("%s: %d creates by %d calls, want 200 by all %d", database, len(p.Creates), len(used), len(calls()))
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
