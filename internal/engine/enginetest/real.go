package enginetest

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/fakevendor"
)

// The flags of a recording, for go test. docs/engines.md explains them.
var (
	recordKey   = flag.String("record", "", "run one small job at the real vendor, with the key in the environment variable of this name, and write its exchange files anew; \"none\" = the server wants no key")
	recordBase  = flag.String("record-base", "", "the API to record; empty = the vendor's own")
	recordModel = flag.String("record-model", "", "the engine's model that makes the job; empty = the first")
)

const (
	recordTimeout   = 30 * time.Minute
	noKey           = "none" // -record of a server without keys
	minHiddenLength = 6      // least length of a value that is replaced in files
)

// Real makes the engine for the real vendor if New, which replays recordings, can't: because the recording needs a project
// or a workflow of its own.
type Real struct {
	Needs []Need
	// New returns the engine, with the values of Needs by name. base is "" for the vendor's own API. Whatever else is needed
	// to replay the files is written to dir, where the files go.
	New func(values map[string]string, dir, base string, hc *http.Client, now func() time.Time) (engine.Engine, error)
	// Replay returns Vendor.New for the files in dir; nil = Vendor.New itself.
	Replay func(dir string) func(base string, hc *http.Client, now func() time.Time) engine.Engine
}

// Need is an environment variable that a recording needs in addition to the key.
type Need struct {
	Name        string
	Placeholder string // replaces its value in files; "" = the value is in none
	Sample      string // a value for the fake vendor
}

// replacements returns pairs of a value and its placeholder.
func (v Vendor) replacements(values map[string]string) []string {
	var out []string
	if v.Real == nil {
		return nil
	}
	for _, n := range v.Real.Needs {
		if n.Placeholder != "" && values[n.Name] != "" {
			out = append(out, values[n.Name], n.Placeholder)
		}
	}
	return out
}

// newRecorded returns the engine to record, which sends its requests through r.
func (v Vendor) newRecorded(t *testing.T, r *recorder, dir, base string) engine.Engine {
	t.Helper()
	hc := &http.Client{Transport: r}
	switch {
	case v.Real != nil:
		e, err := v.Real.New(r.values, dir, base, hc, v.recordClock)
		if err != nil {
			t.Fatalf("-record: %v", err)
		}
		return e
	case v.NewWithKey != nil:
		return v.NewWithKey(r.key, base, hc, v.recordClock)
	default:
		return v.New(base, hc, v.recordClock)
	}
}

// replayFrom returns the vendor with engines that replay the recordings in dir.
func (v Vendor) replayFrom(dir string) Vendor {
	if v.Real != nil && v.Real.Replay != nil {
		v.New = v.Real.Replay(dir)
	}
	return v
}

// readNeeds reads what a recording needs in addition to the key. The error names everything that is missing, or too short to
// be replaced safely in a file.
func (v Vendor) readNeeds(env func(string) string) (map[string]string, error) {
	out := map[string]string{}
	if v.Real == nil {
		return out, nil
	}
	var faults []string
	for _, n := range v.Real.Needs {
		out[n.Name] = env(n.Name)
		switch {
		case out[n.Name] == "":
			faults = append(faults, "the environment has no "+n.Name)
		case n.Placeholder != "" && len(out[n.Name]) < minHiddenLength:
			faults = append(faults, fmt.Sprintf("%s has under %d characters, and can't be hidden in a file", n.Name, minHiddenLength))
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(faults, "; "))
	}
	return out, nil
}

// recordAtVendor makes the recording that the flags ask for.
func recordAtVendor(t *testing.T, v Vendor) {
	key := ""
	if *recordKey != noKey {
		if key = os.Getenv(*recordKey); key == "" {
			t.Fatalf("-record: the environment has no %s; a server without keys is recorded with -record %s", *recordKey, noKey)
		}
	}
	values, err := v.readNeeds(os.Getenv)
	if err != nil {
		t.Fatalf("-record: %v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), recordTimeout)
	defer stop()
	v.recordClock = time.Now
	r := &recorder{next: http.DefaultTransport, key: key, base: strings.TrimSuffix(*recordBase, "/"), values: values}
	told := r.base
	r.base = cmp.Or(r.base, v.ownBase(t, values))
	if r.base == "" {
		t.Fatal("-record-base is needed: the engine has no address of its own")
	}
	e := v.newRecorded(t, r, exchangeFolder(v), told)
	v = v.replayFrom(exchangeFolder(v))
	v.record(t, r, e, smallJob(t, e, *recordModel, v.AnyModel), exchangeFolder(v), func(d time.Duration) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			t.Fatal("the job did not end in time")
		}
	})
}

// ownBase returns the address of the vendor's own API: where an engine without a base URL sends its request. No request
// leaves the process. It returns "" if the engine has no address of its own.
func (v Vendor) ownBase(t *testing.T, values map[string]string) string {
	t.Helper()
	first := func(base string) string {
		at := make(chan string, 1)
		nobody := roundTrip(func(r *http.Request) (*http.Response, error) {
			select {
			case at <- r.URL.String():
			default:
			}
			return nil, fmt.Errorf("nobody is asked")
		})
		e := v.newRecorded(t, &recorder{next: nobody, values: values}, t.TempDir(), base)
		if c, ok := e.(interface{ Close() }); ok {
			defer c.Close()
		}
		if _, err := e.Submit(t.Context(), smallJob(t, e, "", false)); err == nil { // its call continues in the background
			return <-at
		}
		select {
		case url := <-at:
			return url
		default:
			return ""
		}
	}
	const probe = "http://probe.invalid"
	own, there := first(""), first(probe)
	return strings.TrimSuffix(own, strings.TrimPrefix(there, probe))
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// recordAndReplay records the fake vendor as if it were the real one, with a key of its own, and replays the recording.
func recordAndReplay(t *testing.T, v Vendor) {
	const key = "key_of_the_real_vendor_0123456789"
	now := time.Now()
	v.recordClock = func() time.Time { return now }
	o := fakevendor.Options{Key: key, Now: v.recordClock, Takes: jobTime}
	pass := func(d time.Duration) { now = now.Add(d) }
	if v.Sync {
		v.recordClock, pass = time.Now, shortPause
		o.Now, o.Takes = nil, shortJobTime
	}
	fake := httptest.NewServer(fakevendor.New(o))
	defer fake.Close()
	dir := t.TempDir()
	samples := map[string]string{}
	if v.Real != nil {
		for _, n := range v.Real.Needs {
			samples[n.Name] = n.Sample
		}
	}
	values, err := v.readNeeds(func(name string) string { return samples[name] })
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{next: loopback(t).Transport, key: key, base: fake.URL + "/" + v.Wire, values: values}
	e := v.newRecorded(t, r, dir, r.base)
	v.Exchanges = dir
	v = v.replayFrom(dir)
	v.record(t, r, e, smallJob(t, e, "", false), dir, pass)
	secrets := []string{key, Key, fake.URL, "X-Signature=0"}
	for i, s := range v.replacements(values) {
		if i%2 == 0 {
			secrets = append(secrets, s)
		}
	}
	wantNoSecrets(t, dir, secrets, map[bool]int{false: 4, true: 2}[v.Sync])
	exchanges(t, v)
}

// wantNoSecrets checks that at least so many files were recorded, and that none contains a secret.
func wantNoSecrets(t *testing.T, dir string, secrets []string, files int) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.http"))
	if err != nil || len(found) < files {
		t.Fatalf("recorded %v, want a submit, polls and a download; %v", found, err)
	}
	for _, name := range found {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if strings.Contains(string(b), secret) {
				t.Errorf("%s holds %q:\n%s", filepath.Base(name), secret, b)
			}
		}
	}
}
