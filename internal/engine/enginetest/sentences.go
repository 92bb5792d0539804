package enginetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// advices returns what a sentence that a caller gets may advise: each has one of them.
func advices() []string {
	return []string{
		"Change the", "Use another", "Another seed or prompt may pass.", "Check its format", "Try again", "sk for another model", "Create the task again.",
		"operator of this server must", "tell the operator of this server",
	}
}

// wantFailure checks the failure of a task that ends at the engine team: its text names the engine, has the words, and advises; its
// reason is one of the vendor's, and not that of our own faults.
func wantFailure(t *testing.T, what string, f *task.Failure, words string) {
	t.Helper()
	if f == nil {
		t.Errorf("%s: no failure", what)
		return
	}
	t.Logf("%-16s %-36s %s", what, f.Reason, f.Text)
	wantSentence(t, f.Text)
	if !strings.HasPrefix(f.Text, "The engine team ") || !strings.Contains(f.Text, words) {
		t.Errorf("%s: explained as %q, want the engine's name and %q", what, f.Text, words)
	}
	if !slices.ContainsFunc(advices(), func(a string) bool { return strings.Contains(f.Text, a) }) {
		t.Errorf("%s: explained as %q, without what to do", what, f.Text)
	}
	if f.Reason == task.Internal || f.Reason == "" {
		t.Errorf("%s: the reason is %q, and it is not our fault", what, f.Reason)
	}
}

// toldOfSubmits checks what callers are told of submits that the vendor does not take.
func toldOfSubmits(t *testing.T, p *vendorHarness) {
	for i, c := range []struct{ what, faults, words string }{
		{"bad parameter", "400:1", `: "refused with 400, as a fault word asks`},
		{"no such thing", "422:1", `: "refused with 422, as a fault word asks`},
		{"unknown model", "no-model:1", `: "`},
		{"no money", "no-money:1", `: "`},
		{"region", "no-region:1", `: "`},
		{"key", "401:1", `: "refused with 401`},
		{"404 at create", "404:1", `: "refused with 404`},
		{"busy", "429:1 retry-after:3600", `: "refused with 429`},
		{"500", "500:1", `: "refused with 500`},
		{"front's 502", "bad-gateway:1", "(HTTP status 502)"},
		{"front's 504", "gateway-timeout:1", "(HTTP status 504)"},
		{"cut", "drop:1", ""},
		{"half an answer", "garbled-submit", ""},
	} {
		if p.sync && slices.Contains([]string{"front's 504", "cut", "half an answer"}, c.what) {
			continue
		}
		_, err := p.Engine.Submit(t.Context(), p.jobWith(taskID(byte(i)), c.faults+fmt.Sprintf(" tag:told%d", i)))
		if err == nil {
			t.Errorf("%s: the job was taken", c.what)
			continue
		}
		wantFailure(t, c.what, engine.AsError(err).FailureAt("team"), c.words)
	}
}

// toldOfJobs checks what callers are told of jobs that fail or give no video.
func toldOfJobs(t *testing.T, p *vendorHarness) {
	for i, c := range []struct{ what, faults, words string }{
		{"moderation", "fail:SAFETY.INPUT.TEXT", ""},
		{"vendor's fault", "fail:INTERNAL", ""},
		{"no video", "nofile", "no video"},
		{"unknown status", "unheard", ""},
	} {
		if p.sync && c.what != "moderation" && c.what != "vendor's fault" {
			continue
		}
		handle := submit(t, p.Harness, p.jobWith(taskID(byte(i)), c.faults))
		st, err := engine.Status{}, error(nil)
		for range 100 {
			if st, err = p.Engine.Poll(t.Context(), handle); err != nil || st.State.Terminal() {
				break
			}
			p.pass(t, st)
		}
		switch {
		case err != nil:
			wantFailure(t, c.what, engine.AsError(err).FailureAt("team"), c.words)
		case st.State == task.Failed && st.Failure != nil:
			wantFailure(t, c.what, &task.Failure{Reason: st.Failure.Reason, Text: engine.ExplainFailure("team", *st.Failure)}, c.words)
		case st.State == task.Succeeded && c.what == "no video": // this wire has no links: its file is missing
			_, err := p.Engine.Open(t.Context(), handle, 0)
			wantFailure(t, c.what, engine.AsError(err).FailureAt("team"), "")
		default:
			t.Errorf("%s: state %s, failure %+v", c.what, st.State, st.Failure)
		}
	}
}
