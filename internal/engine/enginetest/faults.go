package enginetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/fakevendor"
	"github.com/filmgate/filmgate/internal/task"
)

func everyModelAndMode(t *testing.T, p *vendorHarness) {
	n := byte(0)
	for _, m := range offered(p.Engine) {
		modes := m.Modes
		if len(modes) == 0 {
			modes = []engine.Mode{engine.FromText}
		}
		for _, mode := range modes {
			j := modelJob(m, mode, taskID(n), "a cat walks")
			n++
			if faults := m.Check(j.Request); len(faults) > 0 {
				t.Errorf("%s from %s: %v", m.Name, mode, faults)
			}
			sub, err := p.Engine.Submit(t.Context(), j)
			if err != nil {
				t.Errorf("%s from %s: %v", m.Name, mode, err)
				continue
			}
			if _, err := p.Engine.Poll(t.Context(), sub.Handle); err != nil {
				t.Errorf("%s from %s: %v", m.Name, mode, err)
			}
		}
	}
}

func checkedKey(t *testing.T, p *vendorHarness) {
	c, ok := p.Engine.(engine.Checker)
	if !ok {
		t.Fatal("the engine is no engine.Checker: engine check could not try its keys")
	}
	learned, err := c.Check(t.Context())
	if err != nil || learned == "" || strings.Contains(learned, Key) {
		t.Errorf("learned %q, %v", learned, err)
	}
	if len(p.fake.Seen()) == 0 || p.acceptedJobs() != 0 {
		t.Errorf("%d calls, %d jobs", len(p.fake.Seen()), p.acceptedJobs())
	}
}

func wrongKey(t *testing.T, v Vendor) {
	fake := httptest.NewServer(fakevendor.New(fakevendor.Options{Key: "another_key_than_ours"}))
	defer fake.Close()
	e := v.New(fake.URL+"/"+v.Wire, loopback(t), time.Now)
	if c, ok := e.(engine.Checker); ok {
		_, err := c.Check(t.Context())
		wantError(t, err, engine.AuthError)
	}
	j := jobOf(e, taskID(1), "a cat walks")
	if v.Sync {
		if c, ok := e.(interface{ Close() }); ok {
			defer c.Close()
		}
		h := Harness{Engine: e, Pass: shortPause}
		seen := follow(t, h, submit(t, h, j))
		f := seen[len(seen)-1].Failure
		if f == nil || f.Reason != task.VendorRefused || strings.Contains(f.Detail, Key) {
			t.Errorf("ended with %+v", f)
		}
		return
	}
	_, err := e.Submit(t.Context(), j)
	if got := wantError(t, err, engine.AuthError); got.Reason != task.VendorRefused {
		t.Errorf("reason %s", got.Reason)
	}
	_, err = e.Poll(t.Context(), "text2video/any")
	wantError(t, err, engine.AuthError, engine.NotFound)
}

func refusedSubmits(t *testing.T, p *vendorHarness) {
	for i, c := range []struct {
		status      int
		classes     []engine.Class
		unconfirmed bool
	}{
		{400, []engine.Class{engine.Refused}, false},
		{401, []engine.Class{engine.AuthError}, false},
		{402, []engine.Class{engine.AuthError}, false},
		{403, []engine.Class{engine.AuthError, engine.ModelError}, false},
		{404, []engine.Class{engine.ModelError}, false}, // the model, or a wrong base URL
		{429, []engine.Class{engine.Overloaded}, false},
		{500, []engine.Class{engine.Unreachable}, false}, // in the vendor's own words
		{502, []engine.Class{engine.Unreachable}, false},
		{503, []engine.Class{engine.Overloaded, engine.Unreachable}, false},
		{504, []engine.Class{engine.Unreachable}, true},
	} {
		j := p.jobWith(taskID(byte(i)), fmt.Sprintf("tag:%d %d:1 retry-after:3600", c.status, c.status))
		_, err := p.Engine.Submit(t.Context(), j)
		if e := wantError(t, err, c.classes...); e.Unconfirmed != c.unconfirmed {
			t.Errorf("%d: unconfirmed is %v", c.status, e.Unconfirmed)
		} else if e.RetryAfter != time.Hour {
			t.Errorf("%d: it is to come back after %v, and the vendor said an hour", c.status, e.RetryAfter)
		}
		wantExplained(t, err, fmt.Sprintf(": \"refused with %d, as a fault word asks", c.status))
		if p.acceptedJobs() != i {
			t.Errorf("%d: work began", c.status)
		}
		submit(t, p.Harness, j)
	}
}

// wantExplained checks the sentence that callers get: it names the engine, quotes the vendor if it has said anything, and ends with
// what to do.
func wantExplained(t *testing.T, err error, quote string) {
	t.Helper()
	e := engine.AsError(err)
	text := e.Explain("team")
	wantSentence(t, text)
	if e.Said != "" && quote == "" {
		quote = `: "` + e.Said + `"`
	}
	if !strings.HasPrefix(text, "The engine team ") || !strings.Contains(text, quote) {
		t.Errorf("explained as %s, want the engine and %s", text, quote)
	}
}

// wantSentence checks the form of what callers are told of an error or a failed job: whole sentences of limited length, without the
// key and without what only this program's log has.
func wantSentence(t *testing.T, text string) {
	t.Helper()
	const longest = 600
	if !strings.HasSuffix(text, ".") || len([]rune(text)) > longest || strings.ContainsAny(text, "\n\x00\x1b") || strings.Contains(text, Key) || strings.Contains(text, "engine: ") {
		t.Errorf("explained as %q", text)
	}
}

func refusedModel(t *testing.T, p *vendorHarness) {
	j := p.jobWith(taskID(1), "no-model:1 tag:no-model")
	_, err := p.Engine.Submit(t.Context(), j)
	e := wantError(t, err, engine.ModelError)
	if f := e.Failure(); e.Unconfirmed || f.Reason != task.VendorRefused || f.Text == "" {
		t.Errorf("unconfirmed is %v, the failure %+v", e.Unconfirmed, f)
	}
	wantExplained(t, err, `: "`)
	if p.acceptedJobs() != 0 {
		t.Error("work began")
	}
	submit(t, p.Harness, j)
}

func refusedAccount(t *testing.T, p *vendorHarness) {
	for i, words := range []string{"no-money:1", "no-region:1"} {
		j := p.jobWith(taskID(byte(i)), words+" tag:"+words)
		_, err := p.Engine.Submit(t.Context(), j)
		e := wantError(t, err, engine.AuthError, engine.ModelError)
		if f := e.Failure(); e.Unconfirmed || f.Reason != task.VendorRefused || f.Text == "" {
			t.Errorf("%s: unconfirmed is %v, the failure %+v", words, e.Unconfirmed, f)
		}
		wantExplained(t, err, `: "`)
		if p.acceptedJobs() != i {
			t.Errorf("%s: work began", words)
		}
		submit(t, p.Harness, j)
	}
}

func frontAnswers(t *testing.T, p *vendorHarness) {
	j := p.jobWith(taskID(1), "bad-gateway:1 tag:front")
	_, err := p.Engine.Submit(t.Context(), j)
	if e := wantError(t, err, engine.Unreachable); e.Unconfirmed {
		t.Errorf("502: %v is marked unconfirmed", err)
	}
	wantExplained(t, err, "")
	if p.acceptedJobs() != 0 {
		t.Error("502: work began")
	}
	submit(t, p.Harness, j)
	p.skipIfSync(t)
	for i, words := range []string{"gateway-timeout:1", "crash:1"} {
		_, err := p.Engine.Submit(t.Context(), p.jobWith(taskID(byte(i+2)), words+" tag:"+words))
		if e := wantError(t, err, engine.Unreachable); !e.Unconfirmed {
			t.Errorf("%s: %v is not marked unconfirmed", words, err)
		}
	}
}

func lostAnswers(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	for i, words := range []string{"drop:1", "garbled-submit"} {
		j := p.jobWith(taskID(byte(i)), words+" tag:"+words)
		_, err := p.Engine.Submit(t.Context(), j)
		if e := wantError(t, err, engine.Unreachable, engine.InvalidResponse); !e.Unconfirmed {
			t.Errorf("%s: %v is not marked unconfirmed", words, err)
		}
		f, ok := p.Engine.(engine.Finder)
		if !ok {
			continue
		}
		handle, err := f.Find(t.Context(), j.Task)
		if err != nil {
			t.Errorf("%s: the work can't be found: %v", words, err)
			continue
		}
		succeed(t, p.Harness, handle)
	}
}

func submitTwice(t *testing.T, p *vendorHarness) {
	if !p.Engine.Capabilities().ExternalID {
		t.Skip("the vendor takes no task id")
	}
	j := p.Slow(taskID(1))
	first := submit(t, p.Harness, j)
	second, err := p.Engine.Submit(t.Context(), j)
	if err == nil && second.Handle != first {
		t.Errorf("handles %q and %q", first, second.Handle)
	}
	if err != nil {
		wantError(t, err, engine.Refused)
	}
	if n := p.acceptedJobs(); n > 1 || n < 1 && !p.sync {
		t.Errorf("the vendor began %d", n)
	}
}

func garbledPolls(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "garbage:2 html:2 wrong-type:2"))
	for range 6 {
		_, err := p.Engine.Poll(t.Context(), handle)
		wantError(t, err, engine.InvalidResponse)
	}
	succeed(t, p.Harness, handle)
}

func unknownStatus(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "unheard"))
	_, err := p.Engine.Poll(t.Context(), handle)
	e := wantError(t, err, engine.InvalidResponse)
	if !strings.Contains(e.Error(), "whatever") {
		t.Errorf("the error does not say what was seen: %v", err)
	}
	if !e.JobOnly {
		t.Errorf("it counts against more than the job that it is about: %v", err)
	}
}

func usualStatusWords(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	succeed(t, p.Harness, submit(t, p.Harness, p.jobWith(taskID(1), "reworded")))
	seen := follow(t, p.Harness, submit(t, p.Harness, p.jobWith(taskID(2), "reworded fail:INTERNAL")))
	if last := seen[len(seen)-1]; last.State != task.Failed || last.Failure == nil {
		t.Errorf("failed work ended %s, %+v", last.State, last.Failure)
	}
}

func successWithoutVideo(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "nofile"))
	p.Pass(jobTime)
	st, err := p.Engine.Poll(t.Context(), handle)
	switch {
	case err != nil:
		wantNoVideo(t, wantError(t, err, engine.InvalidResponse))
	case st.State == task.Failed: // this vendor's success is final
		if f := st.Failure; !st.Final || f == nil || f.Reason != task.BadOutput || !strings.Contains(f.Text, "no video") {
			t.Errorf("failed with %+v, want words that no video was made, for good", f)
		}
	case st.State != task.Succeeded && st.State != task.Running:
		t.Errorf("state %s", st.State)
	}
	_, err = p.Engine.Open(t.Context(), handle, 0)
	if e := wantError(t, err, engine.InvalidResponse, engine.NotFound, engine.NotReady); st.State == task.Succeeded {
		wantNoVideo(t, e)
	}
}

// wantNoVideo checks that the error says that there is no video, and counts only against its own job.
func wantNoVideo(t *testing.T, e *engine.Error) {
	t.Helper()
	if e.Reason != task.BadOutput || !e.JobOnly || !strings.Contains(e.Text, "no video") {
		t.Errorf("%v, %q, of this job only: %v; want words that there is no video", e, e.Text, e.JobOnly)
	}
}

func slowBody(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "slow-body"))
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := p.Engine.Poll(ctx, handle); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the context's end", err)
	}
}

func failures(t *testing.T, p *vendorHarness) {
	for i, c := range []struct {
		reason  task.Reason
		allowed []task.Reason
	}{
		{task.SafetyInputText, []task.Reason{task.SafetyInputText, task.PreprocessSafety, task.SafetyOutputVideo}},
		{task.Internal, []task.Reason{task.VendorUnavailable, task.BadOutput, task.PreprocessFailed}},
	} {
		handle := submit(t, p.Harness, p.jobWith(taskID(byte(i)), "fail:"+string(c.reason)))
		seen := follow(t, p.Harness, handle)
		last := seen[len(seen)-1]
		if last.State != task.Failed || last.Failure == nil || !slices.Contains(c.allowed, last.Failure.Reason) {
			t.Errorf("%s: ended %s, %+v", c.reason, last.State, last.Failure)
			continue
		}
		if last.Failure.Text == "" || strings.Contains(last.Failure.Detail, Key) {
			t.Errorf("%s: failure %+v", c.reason, last.Failure)
		}
		wantSentence(t, engine.ExplainFailure("team", *last.Failure))
		_, err := p.Engine.Open(t.Context(), handle, 0)
		wantError(t, err, engine.NotReady, engine.NotFound)
	}
}

func lateCancel(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "late-cancel"))
	if err := p.Engine.Cancel(t.Context(), handle); err != nil {
		t.Errorf("Cancel: %v", err)
	}
	p.Pass(jobTime)
	if st, err := p.Engine.Poll(t.Context(), handle); err != nil {
		wantError(t, err, engine.NotFound)
	} else if !st.State.Terminal() {
		t.Errorf("state %s", st.State)
	}
}

func cutDownload(t *testing.T, p *vendorHarness) {
	plain := submit(t, p.Harness, p.Job(taskID(0)))
	succeed(t, p.Harness, plain)
	whole, _ := read(t, p.Harness, plain, 0)
	for i, words := range []string{"cut:40%", "no-range"} {
		handle := submit(t, p.Harness, p.jobWith(taskID(byte(i+1)), words))
		succeed(t, p.Harness, handle)
		var got []byte
		for range 4 {
			c, err := p.Engine.Open(t.Context(), handle, int64(len(got)))
			if err != nil {
				t.Fatalf("%s: Open at %d: %v", words, len(got), err)
			}
			if c.Size >= 0 && c.Size != int64(len(whole)) {
				t.Errorf("%s: size %d, want %d", words, c.Size, len(whole))
			}
			var b bytes.Buffer
			_, _ = b.ReadFrom(c.Body) // the cut is what the test is about
			_ = c.Body.Close()
			got = append(got, b.Bytes()...)
		}
		if !bytes.Equal(got, whole) {
			t.Errorf("%s: %d bytes that are not the %d of the video", words, len(got), len(whole))
		}
	}
}

func endlessJob(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "stuck"))
	for range 3 {
		p.Pass(jobTime)
		if st, err := p.Engine.Poll(t.Context(), handle); err != nil || st.State.Terminal() {
			t.Errorf("state %s, %v", st.State, err)
		}
	}
	if err := p.Engine.Cancel(t.Context(), handle); err != nil {
		t.Errorf("Cancel: %v", err)
	}
}

func forgottenJob(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "lost"))
	_, err := p.Engine.Poll(t.Context(), handle)
	wantError(t, err, engine.NotFound)
	_, err = p.Engine.Open(t.Context(), handle, 0)
	wantError(t, err, engine.NotFound)
	if err := p.Engine.Cancel(t.Context(), handle); err != nil {
		t.Errorf("Cancel: %v", err)
	}
}

func stalledDownload(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	whole := submit(t, p.Harness, p.Job(taskID(0)))
	succeed(t, p.Harness, whole)
	want, _ := read(t, p.Harness, whole, 0)
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "slow-file:1"))
	succeed(t, p.Harness, handle)
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	c, err := p.Engine.Open(ctx, handle, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c.Body)
	_ = c.Body.Close()
	if err == nil || len(got) == 0 || len(got) >= len(want) {
		t.Fatalf("%d bytes of %d, %v", len(got), len(want), err)
	}
	rest, _ := read(t, p.Harness, handle, int64(len(got)))
	if !bytes.Equal(append(got, rest...), want) {
		t.Errorf("%d and %d bytes are not the %d of the video", len(got), len(rest), len(want))
	}
}

func expiredLink(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "expired-url:1"))
	succeed(t, p.Harness, handle)
	read(t, p.Harness, handle, 0)
}

func invalidVideo(t *testing.T, p *vendorHarness) { refusedVideos(t, p, "video-html", "video-lie") }

func hugeVideo(t *testing.T, p *vendorHarness) { refusedVideos(t, p, "huge") }

// refusedVideos checks that the file of each job, which a fault word has made no video, is refused as bad output.
func refusedVideos(t *testing.T, p *vendorHarness, faults ...string) {
	for i, words := range faults {
		handle := submit(t, p.Harness, p.jobWith(taskID(byte(i)), words))
		succeed(t, p.Harness, handle)
		_, err := p.Engine.Open(t.Context(), handle, 0)
		if e := wantError(t, err, engine.InvalidResponse); e.Reason != task.BadOutput {
			t.Errorf("%s: %v", words, err)
		}
	}
}

func undecodableVideo(t *testing.T, p *vendorHarness) {
	plain := submit(t, p.Harness, p.Job(taskID(0)))
	succeed(t, p.Harness, plain)
	whole, _ := read(t, p.Harness, plain, 0)
	scrambled := submit(t, p.Harness, p.jobWith(taskID(1), "video-scrambled"))
	succeed(t, p.Harness, scrambled)
	got, _ := read(t, p.Harness, scrambled, 0)
	if len(got) != len(whole) || bytes.Equal(got, whole) {
		t.Errorf("%d bytes, as good as the %d of the video", len(got), len(whole))
	}
}

func changedFile(t *testing.T, p *vendorHarness) {
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "changes:1"))
	succeed(t, p.Harness, handle)
	before, err := p.Engine.Open(t.Context(), handle, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, cut := io.ReadAll(before.Body)
	_ = before.Body.Close()
	if cut == nil || len(got) == 0 {
		t.Fatalf("%d bytes, %v: the download was not cut", len(got), cut)
	}
	after, err := p.Engine.Open(t.Context(), handle, int64(len(got)))
	if err != nil {
		t.Fatal(err)
	}
	_ = after.Body.Close()
	if before.Version == "" || after.Version == before.Version {
		t.Errorf("the files are called %q and %q", before.Version, after.Version)
	}
}

func privateAddress(t *testing.T, p *vendorHarness) {
	handle := submit(t, p.Harness, p.jobWith(taskID(1), "redirect-private"))
	succeed(t, p.Harness, handle)
	_, err := p.Engine.Open(t.Context(), handle, 0)
	wantError(t, err, engine.Unreachable)
}

// skipIfSync skips a test that needs separate polls.
func (p *vendorHarness) skipIfSync(t *testing.T) {
	t.Helper()
	if p.sync {
		t.Skip("the submit's call lasts until the video is finished")
	}
}
