package chaos

import (
	"net/http"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/ark"
	"github.com/filmgate/filmgate/internal/engine/dashscope"
	"github.com/filmgate/filmgate/internal/engine/fal"
	"github.com/filmgate/filmgate/internal/engine/kling"
	"github.com/filmgate/filmgate/internal/engine/luma"
	"github.com/filmgate/filmgate/internal/engine/makevid"
	"github.com/filmgate/filmgate/internal/engine/minimax"
	"github.com/filmgate/filmgate/internal/engine/openai"
	"github.com/filmgate/filmgate/internal/engine/replicate"
	"github.com/filmgate/filmgate/internal/engine/runway"
	"github.com/filmgate/filmgate/internal/engine/webtask"
	"github.com/filmgate/filmgate/internal/fakevendor"
)

// The proof asks more of a task whose engine can confirm a submit, so the table must know them all.
func TestEnginesConfirmWhatTheTableSays(t *testing.T) {
	engines := map[string]engine.Engine{
		"ark": ark.New(ark.Options{}), "dashscope": dashscope.New(dashscope.Options{}), "fal": fal.New(fal.Options{}), "kling": kling.New(kling.Options{}),
		"luma": luma.New(luma.Options{}), "makevid": makevid.New(makevid.Options{}), "minimax": minimax.New(minimax.Options{}),
		"openai": openai.New(openai.Options{}), "replicate": replicate.New(replicate.Options{}), "runway": runway.New(runway.Options{}),
		"webtask": webtask.New(webtask.Options{}),
	}
	for _, e := range vendorEngines() {
		_, finds := engines[e.name].(engine.Finder)
		if confirms := finds || engines[e.name].Capabilities().ExternalID; confirms != e.confirms {
			t.Errorf("%s confirms a submit: %v, the table says %v", e.name, confirms, e.confirms)
		}
	}
}

func TestVendorFaults(t *testing.T) {
	v, err := startVendor()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.stop() })
	submit := func() int {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.url()+"/luma/generations", strings.NewReader(`{"model":"ray-2","prompt":"a cat tag:cat"}`))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", "Bearer "+fakevendor.Key)
		_, status := send(t.Context(), q)
		return status
	}
	for _, c := range []struct {
		fault        Kind
		status, made int // 0 = the connection is cut
	}{
		{"", http.StatusCreated, 1}, {VendorErrors, http.StatusServiceUnavailable, 0}, {VendorLoses, 0, 1}, {VendorSlow, http.StatusCreated, 1}, {KillVendor, 0, 0}, {"", http.StatusCreated, 1},
	} {
		before := v.Tasks()["cat"].Accepted
		v.fault.Store(c.fault)
		if c.fault == KillVendor {
			v.stop()
		}
		if got := submit(); got != c.status || v.Tasks()["cat"].Accepted-before != c.made {
			t.Errorf("%q: %d and %d jobs, want %d and %d", c.fault, got, v.Tasks()["cat"].Accepted-before, c.status, c.made)
		}
		if c.fault == KillVendor {
			if err := v.start(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
