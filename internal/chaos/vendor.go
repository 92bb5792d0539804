package chaos

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

const (
	vendorTakes = time.Second     // from a submit to the finished video
	vendorDelay = 2 * time.Second // of each answer while the vendor is slow
)

// vendor is a fakevendor whose server can be killed, and whose answers can be spoilt. Its jobs live on.
type vendor struct {
	*fakevendor.Vendor
	port
	fault atomic.Value // the Kind that spoils its answers; "" = none
}

// startVendor starts a vendor on a free port.
func startVendor() (*vendor, error) {
	v := &vendor{Vendor: fakevendor.New(fakevendor.Options{Takes: vendorTakes})}
	v.fault.Store(Kind(""))
	v.handler = http.HandlerFunc(v.serve)
	return v, v.start()
}

// serve answers a request as the present fault wants it.
func (v *vendor) serve(w http.ResponseWriter, r *http.Request) {
	switch v.fault.Load() {
	case VendorErrors:
		http.Error(w, "upstream connect error", http.StatusServiceUnavailable)
	case VendorLoses:
		v.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case VendorSlow:
		select {
		case <-time.After(vendorDelay):
		case <-r.Context().Done():
		}
		v.ServeHTTP(w, r)
	default:
		v.ServeHTTP(w, r)
	}
}

// vendorEngine is one engine of the settings file.
type vendorEngine struct {
	name     string // of the wire, and of the engine's type
	path     string // of its API, below the wire
	settings string // further settings, in YAML
	inFlight int    // videos at once; 0 = no limit
	// confirms: it has an external id or can look up a job, so that a submit whose answer is lost is never made twice and never given up.
	confirms bool
	resubmit bool // the operator prefers to pay twice
	slow     bool // a submit that a kill has interrupted may take minutes to be confirmed
}

// vendorEngines returns the engines of paid vendors that a run uses.
func vendorEngines() []vendorEngine {
	return []vendorEngine{
		{name: "runway"},
		{name: "luma", inFlight: 2, settings: "flavor: dream-machine-v1"},
		{name: "kling", confirms: true, slow: true},
		{name: "openai", path: "/v1"},
		{name: "makevid", confirms: true},
		{name: "webtask", settings: "team: 17"},
		{name: "fal"},
		{name: "replicate", settings: "unconfirmed: resubmit", resubmit: true},
		{name: "minimax"},
		{name: "ark"},
		{name: "dashscope"},
	}
}

// rendered is the model that our own renderer makes.
const rendered = "sora-2"

// engineSettings returns the settings file: every model but one goes to all engines alike.
func engineSettings(vendorURL string, slow bool) string {
	var engines, route strings.Builder
	for _, e := range vendorEngines() {
		if e.slow && !slow {
			continue
		}
		limit, more := "", ""
		if e.inFlight > 0 {
			limit = fmt.Sprintf(", in_flight: %d", e.inFlight)
		}
		if e.settings != "" {
			more = ", " + e.settings
		}
		base := vendorURL + "/" + e.name + e.path
		fmt.Fprintf(&engines, "- {name: %s, type: %s, base_url: %q, allow_networks: [127.0.0.0/8], keys: [{key: %s%s}]%s}\n", e.name, e.name, base, fakevendor.Key, limit, more)
		fmt.Fprintf(&route, "  - {to: %s, weight: 1}\n", e.name)
	}
	return "engines:\n" + engines.String() + "models:\n  " + rendered + ": [animatic]\n  \"*\":\n" + route.String()
}
