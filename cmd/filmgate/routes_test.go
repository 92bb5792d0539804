package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// vendorServer is a fake vendor that listens, and the settings file that names it.
type vendorServer struct {
	*fakevendor.Vendor
	url, path string
}

// vendors starts a fake vendor and writes a settings file in which {url} is its address and {key} its key. Tests with vendors mostly
// wait for the next poll of a job, so they run side by side.
func vendors(t *testing.T, takes time.Duration, text string) *vendorServer {
	t.Helper()
	fake := fakevendor.New(fakevendor.Options{Takes: takes})
	s := httptest.NewServer(fake)
	t.Cleanup(s.Close)
	v := &vendorServer{fake, s.URL, configFile(t, "")}
	writeSettings(t, v.path, v.url, text)
	return v
}

// run starts a server with the settings file.
func (v *vendorServer) run(t *testing.T) *process {
	t.Helper()
	return run(t, t.TempDir(), "FILMGATE_CONFIG="+v.path)
}

func writeSettings(t *testing.T, path, url, text string) {
	t.Helper()
	text = strings.NewReplacer("{url}", url, "{key}", fakevendor.Key, "{here}", "allow_networks: [127.0.0.0/8]").Replace(text)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// taskOf returns a task as Filmgate's own API answers it.
type taskOf struct {
	Status   string `json:"status"`
	Engine   string `json:"engine"`
	Progress string `json:"progress_text"`
	Failure  struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	} `json:"failure"`
	Attempts []struct {
		Engine      string  `json:"engine"`
		Model       string  `json:"model"`
		Key         string  `json:"key"`
		Handle      string  `json:"handle"`
		Unconfirmed bool    `json:"unconfirmed"`
		Reason      string  `json:"reason"`
		Failure     string  `json:"failure"`
		Credits     float64 `json:"credits"`
		Cost        float64 `json:"cost"`
		Currency    string  `json:"currency"`
		StartedAt   string  `json:"started_at"`
		EndedAt     string  `json:"ended_at"`
	} `json:"attempts"`
}

func (p *process) whole(t *testing.T, id string) taskOf {
	t.Helper()
	code, b := p.call(t, http.MethodGet, "/api/v1/tasks/"+id, "")
	var got taskOf
	if err := json.Unmarshal(b, &got); err != nil || code != http.StatusOK {
		t.Fatalf("%d %s", code, b)
	}
	return got
}

// logs waits until the process has logged the text.
func (p *process) logs(t *testing.T, text string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 50 * 30 {
		if strings.Contains(p.errs.String(), text) {
			return
		}
		<-tick.C
	}
	t.Fatalf("%q was never logged\n%s", text, p.errs)
}

func TestTasksAboveAKeysLimitWaitThrottled(t *testing.T) {
	t.Parallel()
	const takes = 3 * time.Second // a job at the vendor
	v := vendors(t, takes, `
engines: [{name: team, type: runway, base_url: "{url}/runway", {here}, keys: [{key: "{key}", in_flight: 1}]}]
models: {"*": [team]}
`)
	p := v.run(t)
	first := p.create(t, `{"seconds":5,"text_prompt":"one"}`)
	p.until(t, first, func(a taskAnswer) bool { return a.Task.Status == "PENDING" && p.whole(t, first).Status == "PENDING" })
	second := p.create(t, `{"seconds":5,"text_prompt":"two"}`)
	p.until(t, second, func(a taskAnswer) bool { return a.Task.Status == "THROTTLED" })
	if got := p.whole(t, second); got.Status != "THROTTLED" || got.Progress == "" || len(got.Attempts) != 0 {
		t.Errorf("by our own call it is %+v", got)
	}
	p.until(t, first, hasSucceeded)
	p.until(t, second, hasSucceeded)
	// The second may begin while the first one's video is copied, but not while the vendor makes it.
	a, b := p.whole(t, first).Attempts[0], p.whole(t, second).Attempts[0]
	if apart := parseTime(t, b.StartedAt).Sub(parseTime(t, a.StartedAt)); apart < takes {
		t.Errorf("the second began %v after the first, whose job takes %v", apart, takes)
	}
}

// parseTime reads a time of our own API.
func parseTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestATaskTriesEnginesUntilOneTakesIt(t *testing.T) {
	t.Parallel()
	v := vendors(t, time.Second, `
engines:
  - {name: dead, type: luma, base_url: "http://127.0.0.1:1/luma", {here}, keys: [{key: nobody-is-there}]}
  - name: team
    type: runway
    base_url: "{url}/runway"
    {here}
    prices: {gen4.5: {per_clip: 2, currency: EUR}}
    keys: [{name: expired, key: key_that_has_expired}, {name: good, key: "{key}"}]
models: {gen3a_turbo: [dead, team/gen4.5, animatic]}
`)
	p := v.run(t)
	id := p.create(t, `{"seconds":5,"text_prompt":"a boat"}`)
	p.until(t, id, hasSucceeded)
	got := p.whole(t, id)
	if got.Engine != "team" || len(got.Attempts) != 3 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []struct{ engine, key, reason string }{
		{"dead", "", "THIRD_PARTY.UNAVAILABLE"}, {"team", "expired", "THIRD_PARTY.REFUSED"}, {"team", "good", ""},
	} {
		a := got.Attempts[i]
		if a.Engine != want.engine || a.Key != want.key || a.Reason != want.reason || a.Model == "" || a.StartedAt == "" || a.EndedAt == "" {
			t.Errorf("attempt %d is %+v", i, a)
		}
	}
	if a := got.Attempts[2]; !strings.HasPrefix(a.Handle, "good/") || a.Failure != "" || a.Credits != 25 || a.Cost != 2 || a.Currency != "EUR" {
		t.Errorf("the one that made it is %+v", a)
	}
	if strings.Contains(p.errs.String(), "key_that_has_expired") {
		t.Error("a key is in the log")
	}
}

func TestASafetyRefusalIsFinalAndBusyIsNot(t *testing.T) {
	t.Parallel()
	fake := vendors(t, time.Second, `
engines:
  - {name: one, type: runway, base_url: "{url}/runway", {here}, keys: [{key: "{key}"}]}
  - {name: two, type: kling, base_url: "{url}/kling", {here}, keys: [{key: access, secret: "{key}"}]}
models: {"*": [one, two]}
`)
	p := fake.run(t)
	refused := p.create(t, `{"seconds":5,"text_prompt":"fail:SAFETY.INPUT.TEXT"}`)
	busy := p.create(t, `{"seconds":5,"text_prompt":"429:3 a boat"}`)
	p.wantEnd(t, refused, "FAILED")
	if got := p.whole(t, refused); got.Engine != "one" || len(got.Attempts) != 1 || got.Failure.Reason != "SAFETY.INPUT.TEXT" {
		t.Errorf("%+v", got)
	}
	p.wantEnd(t, busy, "SUCCEEDED")
	if got := p.whole(t, busy); got.Engine != "one" || len(got.Attempts) != 1 {
		t.Errorf("%+v", got)
	}
	if n := fake.Tasks()["429:3 a boat"]; n.Tries != 4 || n.Accepted != 1 {
		t.Errorf("asked %+v", n)
	}
}

func TestADeadlineEndsTheTaskAndItsJob(t *testing.T) {
	t.Parallel()
	fake := vendors(t, time.Hour, `
deadline: 2s
engines: [{name: team, type: runway, base_url: "{url}/runway", {here}, keys: [{key: "{key}"}]}]
models: {"*": [team]}
`)
	p := fake.run(t)
	id := p.create(t, `{"seconds":5,"text_prompt":"a boat"}`)
	p.wantEnd(t, id, "FAILED")
	got := p.whole(t, id)
	if got.Failure.Reason != "THIRD_PARTY.UNAVAILABLE.DEADLINE" || !strings.Contains(got.Failure.Message, "2s after it was created") {
		t.Errorf("%+v", got.Failure)
	}
	p.logs(t, "reason=THIRD_PARTY.UNAVAILABLE.DEADLINE")
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 50 * 20 {
		seen := fake.Seen()
		if seen[len(seen)-1].Method == http.MethodDelete {
			return
		}
		<-tick.C
	}
	t.Errorf("the vendor was not told: %+v", fake.Seen())
}

func TestSIGHUPReloadsTheSettingsFile(t *testing.T) {
	t.Parallel()
	fake := vendors(t, 4*time.Second, `
engines: [{name: team, type: runway, base_url: "{url}/runway", {here}, keys: [{key: "{key}"}]}]
models: {"*": [team]}
`)
	p := fake.run(t)
	before := p.create(t, `{"seconds":5,"text_prompt":"before"}`)
	p.until(t, before, func(taskAnswer) bool { return len(p.whole(t, before).Attempts) == 1 })

	writeSettings(t, fake.path, fake.url, "engines: [{name: team, type: sora, colour: red}]\n")
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	p.logs(t, "settings stay as they were")
	p.logs(t, `error="line 1: engines[0].colour: there is no such setting`)
	p.logs(t, `error="line 1: engines[0].type: \"sora\"; allowed: `)
	during := p.create(t, `{"seconds":5,"text_prompt":"during"}`)
	if got := p.whole(t, during); got.Engine != "team" {
		t.Errorf("a wrong file changed something: %+v", got)
	}

	writeSettings(t, fake.path, fake.url, `
engines: [{name: other, type: kling, base_url: "{url}/kling", {here}, keys: [{key: access, secret: "{key}"}]}]
models: {"*": [other]}
`)
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	p.logs(t, `msg="settings read again"`)
	p.logs(t, "added=[other] removed=[team]")
	after := p.create(t, `{"seconds":5,"text_prompt":"after"}`)
	for id, want := range map[string]string{before: "team", after: "other"} {
		p.until(t, id, hasSucceeded)
		if got := p.whole(t, id); got.Engine != want {
			t.Errorf("made by %s, want %s", got.Engine, want)
		}
	}
	p.until(t, during, hasSucceeded)
	if n := fake.Tasks()["before"]; n.Accepted != 1 {
		t.Errorf("the task from before was made %d times", n.Accepted)
	}
}

func TestAReloadKeepsTheCountInFlight(t *testing.T) {
	t.Parallel()
	const takes = 4 * time.Second
	settings := `
engines: [{name: team, type: runway, base_url: "{url}/runway", {here}, timeout: %s, keys: [{name: only, key: "{key}", in_flight: 1}]}]
models: {"*": [team]}
`
	fake := vendors(t, takes, fmt.Sprintf(settings, "20s"))
	p := fake.run(t)
	before := p.create(t, `{"seconds":5,"text_prompt":"before"}`)
	p.until(t, before, func(taskAnswer) bool { return len(p.whole(t, before).Attempts) == 1 })
	writeSettings(t, fake.path, fake.url, fmt.Sprintf(settings, "30s"))
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	p.logs(t, "changed=[team]")
	after := p.create(t, `{"seconds":5,"text_prompt":"after"}`)
	p.until(t, after, hasSucceeded)
	ended, begun := fake.Tasks()["before"].Ends, fake.Tasks()["after"].Ends.Add(-takes)
	if begun.Before(ended) {
		t.Errorf("two were at work at once, for %s", ended.Sub(begun))
	}
	p.until(t, before, hasSucceeded)
}

func TestAKillDuringASubmitIsNotPaidTwice(t *testing.T) {
	t.Parallel()
	for wire, c := range map[string]struct {
		settings, more, ends string
		submits              int
	}{
		"kling":            {`type: kling, base_url: "{url}/kling", keys: [{key: access, secret: "{key}"}]`, "", "SUCCEEDED", 1},
		"runway":           {`type: runway, base_url: "{url}/runway", keys: [{key: "{key}"}]`, "", "FAILED", 1},
		"runway, resubmit": {`type: runway, base_url: "{url}/runway", keys: [{key: "{key}"}]`, "unconfirmed: resubmit,", "SUCCEEDED", 2},
	} {
		t.Run(wire, func(t *testing.T) {
			t.Parallel()
			var fake *fakevendor.Vendor
			arrived, release := make(chan struct{}), make(chan struct{})
			var once sync.Once
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					once.Do(func() { // it is taken, and the answer never comes
						fake.ServeHTTP(httptest.NewRecorder(), r)
						close(arrived)
						<-release
					})
				}
				fake.ServeHTTP(w, r)
			}))
			t.Cleanup(s.Close)
			fake = fakevendor.New(fakevendor.Options{Takes: time.Second})
			path := configFile(t, "")
			writeSettings(t, path, s.URL, fmt.Sprintf("engines: [{name: v, %s {here}, %s}]\nmodels: {\"*\": [v, animatic]}\n", c.more, c.settings))
			data, settings := t.TempDir(), "FILMGATE_CONFIG="+path
			p := run(t, data, settings)
			id := p.create(t, `{"seconds":5,"text_prompt":"a boat"}`)
			<-arrived
			p.end(syscall.SIGKILL)
			close(release)
			p = run(t, data, settings)
			p.wantEnd(t, id, c.ends)
			submits := 0
			for _, n := range fake.Tasks() {
				submits += n.Accepted
			}
			if submits != c.submits {
				t.Errorf("begun %d times, want %d", submits, c.submits)
			}
			if got := p.whole(t, id); got.Engine != "v" || c.ends == "FAILED" && !strings.HasPrefix(got.Failure.Message, "Submitted, unconfirmed") {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestModelsListsTheRoutes(t *testing.T) {
	t.Parallel()
	v := vendors(t, time.Second, `
engines: [{name: team, type: runway, base_url: "{url}/runway", {here}, keys: [{key: "{key}"}]}]
models: {gen3a_turbo: [{to: team/gen4_turbo, weight: 2}, animatic]}
`)
	p := v.run(t)
	p.wantCall(t, http.MethodGet, "/api/v1/models", "", http.StatusOK, `"name":"gen3a_turbo","dialects":["filmgate","makevid/runway","runway","runway/web"],"engines":[{"engine":"team","model":"gen4_turbo","weight":2,"modes":["first_frame"]`)
	if code, _ := p.call(t, http.MethodGet, "/api/v1/models", "", "Authorization", "Bearer no"); code != http.StatusUnauthorized {
		t.Errorf("with a wrong key: %d", code)
	}
}
