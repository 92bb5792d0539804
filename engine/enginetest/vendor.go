package enginetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/engine/enginetest/fakevendor"
	"github.com/filmgate/filmgate/task"
)

// takes is how long the fake vendor's videos take.
const takes = 12 * time.Second

// Key is the key of the fake vendor and of the exchange files.
const Key = fakevendor.Key

// Vendor is an engine that speaks HTTP with a vendor, and how to make one.
type Vendor struct {
	// Wire is the fake vendor's name of the API.
	Wire string
	// New makes an engine for the API at base, with Key.
	New func(base string, hc *http.Client, now func() time.Time) engine.Engine
	// Sync says that a submit's own call lasts until the video is there, so that there are no polls to spoil.
	Sync bool
	// Exchanges is the folder of the exchange files; "" = testdata.
	Exchanges string
}

// place is one fake vendor with an engine that speaks with it.
type place struct {
	Harness
	fake *fakevendor.Vendor
	sync bool
}

// RunVendor tries the engine against the fake vendor: Run's sentences, every fault that the fake knows, every model in
// every mode, and the exchange files in testdata.
func RunVendor(t *testing.T, v Vendor) {
	t.Helper()
	Run(t, func(t *testing.T) Harness { return v.open(t).Harness })
	for _, c := range []struct {
		name string
		try  func(t *testing.T, p *place)
	}{
		{"every model is taken in every mode", everyModel},
		{"a refused submit has its class and began nothing", refusedSubmits},
		{"a submit whose answer is lost may have been taken", lostAnswers},
		{"a task submitted twice is made once where the vendor can tell", twice},
		{"a poll that makes no sense is garbled and passes by", garbledPolls},
		{"a status nobody has heard of fails nothing", unheard},
		{"a success without a file gives none", noFile},
		{"an answer that never ends is left with the context", slowBody},
		{"a failure keeps its reason", failures},
		{"a cancel that comes too late is no error", lateCancel},
		{"a download that is cut is resumed", cutDownload},
		{"a dead link is asked for again", deadLink},
		{"a result that is no video is not opened", noVideo},
		{"a result at a private address is not fetched", private},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(t, v.open(t)) })
	}
	t.Run("a wrong key is the account's fault and is not shown", func(t *testing.T) { wrongKey(t, v) })
	t.Run("exchanges", func(t *testing.T) { exchanges(t, v) })
}

// loopback is a client that reaches this machine and nothing else.
func loopback(t *testing.T) *http.Client {
	d := &net.Dialer{}
	tr := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if host, _, err := net.SplitHostPort(addr); err != nil || !net.ParseIP(host).IsLoopback() {
			return nil, fmt.Errorf("%s is not on this machine", addr)
		}
		return d.DialContext(ctx, network, addr)
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// open starts a fake vendor by a clock of its own, and an engine for it.
func (v Vendor) open(t *testing.T) *place {
	t.Helper()
	var clock atomic.Int64
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now := func() time.Time { return begin.Add(time.Duration(clock.Load())) }
	o := fakevendor.Options{Now: now, Takes: takes}
	pass := func(d time.Duration) { clock.Add(int64(d)) }
	if v.Sync {
		o.Now, o.Takes, pass, now = nil, 50*time.Millisecond, shortly, time.Now
	}
	fake := fakevendor.New(o)
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	e := v.New(server.URL+"/"+v.Wire, loopback(t), now)
	if c, ok := e.(interface{ Close() }); ok {
		t.Cleanup(c.Close)
	}
	for _, text := range []string{fmt.Sprintf("%+v", e), fmt.Sprintf("%#v", e)} {
		if strings.Contains(text, Key) {
			t.Errorf("the engine prints its key: %s", text)
		}
	}
	return &place{
		Harness: Harness{
			Engine: e, Pass: pass,
			Job:  func(id string) engine.Job { return jobOf(e, id, "a cat walks") },
			Slow: func(id string) engine.Job { return jobOf(e, id, "a cat walks slow:30m") },
		},
		fake: fake, sync: v.Sync,
	}
}

// shortly waits for the real clock: no wish of an engine's is obeyed when the vendor is quick.
func shortly(time.Duration) {
	timer := time.NewTimer(10 * time.Millisecond)
	defer timer.Stop()
	<-timer.C
}

// jobOf makes a job for the engine's first model, in its first mode.
func jobOf(e engine.Engine, id, prompt string) engine.Job {
	m := e.Capabilities().Models[0]
	mode := engine.FromText
	if len(m.Modes) > 0 {
		mode = m.Modes[0]
	}
	return modelJob(m, mode, id, prompt)
}

// modelJob makes a job that the model can do.
func modelJob(m engine.Model, mode engine.Mode, id, prompt string) engine.Job {
	seed := uint32(7)
	j := engine.Job{Task: id, Model: m.Name, Request: task.Request{Prompt: prompt, Seconds: max(1, min(5, m.MaxSeconds)), Seed: &seed}}
	if len(m.Seconds) > 0 {
		j.Request.Seconds = m.Seconds[0]
	}
	if len(m.AspectRatios) > 0 {
		j.Request.AspectRatio = m.AspectRatios[0]
	}
	if len(m.Resolutions) > 0 {
		j.Request.Resolution = m.Resolutions[0]
	}
	if mode == engine.FromFirst || mode == engine.FromFirstLast {
		j.First = picture("first")
		j.Request.First = &task.Image{Type: j.First.Type, Width: j.First.Width, Height: j.First.Height}
	}
	if mode == engine.FromLast || mode == engine.FromFirstLast {
		j.Last = picture("last")
		j.Request.Last = &task.Image{Type: j.Last.Type, Width: j.Last.Width, Height: j.Last.Height}
	}
	return j
}

// picture is a grey JPEG that every vendor's size limits allow.
func picture(name string) *engine.Picture {
	const side = 512
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, side, side)), nil); err != nil {
		panic(err) // a buffer takes all, and the picture is sound
	}
	return &engine.Picture{Type: "image/jpeg", Bytes: b.Bytes(), Width: side, Height: side, URL: "https://pictures.example/" + name + ".jpg"}
}

// with is the small job with words for the fake in its prompt.
func (p *place) with(id, words string) engine.Job { return jobOf(p.Engine, id, "a cat walks "+words) }

// begun counts the jobs that the fake really began.
func (p *place) begun() int {
	n := 0
	for _, c := range p.fake.Tasks() {
		n += c.Accepted
	}
	return n
}

// wantError checks the class of an error, and that it shows no key.
func wantError(t *testing.T, err error, classes ...engine.Class) *engine.Error {
	t.Helper()
	wantClass(t, err, classes...)
	if strings.Contains(fmt.Sprintf("%v %+v", err, errors.Unwrap(err)), Key) {
		t.Errorf("the error shows the key: %v", err)
	}
	return engine.AsError(err)
}

func everyModel(t *testing.T, p *place) {
	n := byte(0)
	for _, m := range p.Engine.Capabilities().Models {
		modes := m.Modes
		if len(modes) == 0 {
			modes = []engine.Mode{engine.FromText}
		}
		for _, mode := range modes {
			j := modelJob(m, mode, id(n), "a cat walks")
			n++
			if faults := m.Check(j.Request); len(faults) > 0 {
				t.Errorf("%s from %s: %v", m.Name, mode, faults)
			}
			handle, err := p.Engine.Submit(t.Context(), j)
			if err != nil {
				t.Errorf("%s from %s: %v", m.Name, mode, err)
				continue
			}
			if _, err := p.Engine.Poll(t.Context(), handle); err != nil {
				t.Errorf("%s from %s: %v", m.Name, mode, err)
			}
		}
	}
}

func wrongKey(t *testing.T, v Vendor) {
	fake := httptest.NewServer(fakevendor.New(fakevendor.Options{Key: "another_key_than_ours"}))
	defer fake.Close()
	e := v.New(fake.URL+"/"+v.Wire, loopback(t), time.Now)
	j := jobOf(e, id(1), "a cat walks")
	if v.Sync {
		if c, ok := e.(interface{ Close() }); ok {
			defer c.Close()
		}
		h := Harness{Engine: e, Pass: shortly}
		seen := follow(t, h, submit(t, h, j))
		f := seen[len(seen)-1].Failure
		if f == nil || f.Reason != task.VendorRefused || strings.Contains(f.Detail, Key) {
			t.Errorf("ended with %+v", f)
		}
		return
	}
	_, err := e.Submit(t.Context(), j)
	if got := wantError(t, err, engine.Account); got.Reason != task.VendorRefused {
		t.Errorf("reason %s", got.Reason)
	}
	_, err = e.Poll(t.Context(), "text2video/any")
	wantError(t, err, engine.Account, engine.Lost)
}

func refusedSubmits(t *testing.T, p *place) {
	p.onlyAsync(t)
	for i, c := range []struct {
		status      int
		classes     []engine.Class
		unconfirmed bool
	}{
		{400, []engine.Class{engine.Refused}, false},
		{401, []engine.Class{engine.Account}, false},
		{403, []engine.Class{engine.Account}, false},
		{429, []engine.Class{engine.Overloaded}, false},
		{500, []engine.Class{engine.Unreachable}, true},
		{502, []engine.Class{engine.Unreachable}, true},
		{503, []engine.Class{engine.Overloaded, engine.Unreachable}, false},
		{504, []engine.Class{engine.Unreachable}, true},
	} {
		j := p.with(id(byte(i)), fmt.Sprintf("tag:%d %d:1", c.status, c.status))
		_, err := p.Engine.Submit(t.Context(), j)
		if e := wantError(t, err, c.classes...); e.Unconfirmed != c.unconfirmed {
			t.Errorf("%d: unconfirmed is %v", c.status, e.Unconfirmed)
		} else if c.status == 429 && e.RetryAfter <= 0 {
			t.Logf("the vendor names no time to wait")
		}
		if p.begun() != i {
			t.Errorf("%d: work began", c.status)
		}
		submit(t, p.Harness, j)
	}
}

func lostAnswers(t *testing.T, p *place) {
	p.onlyAsync(t)
	for i, words := range []string{"drop:1", "garbled-submit"} {
		j := p.with(id(byte(i)), words+" tag:"+words)
		_, err := p.Engine.Submit(t.Context(), j)
		if e := wantError(t, err, engine.Unreachable, engine.Garbled); !e.Unconfirmed {
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

func twice(t *testing.T, p *place) {
	if !p.Engine.Capabilities().ExternalID {
		t.Skip("the vendor takes no id of ours")
	}
	j := p.Slow(id(1))
	first := submit(t, p.Harness, j)
	second, err := p.Engine.Submit(t.Context(), j)
	if err == nil && second != first {
		t.Errorf("handles %q and %q", first, second)
	}
	if err != nil {
		wantError(t, err, engine.Refused)
	}
	if n := p.begun(); n > 1 || n < 1 && !p.sync {
		t.Errorf("the vendor began %d", n)
	}
}

func garbledPolls(t *testing.T, p *place) {
	p.onlyAsync(t)
	handle := submit(t, p.Harness, p.with(id(1), "garbage:2 html:2 wrong-type:2"))
	for range 6 {
		_, err := p.Engine.Poll(t.Context(), handle)
		wantError(t, err, engine.Garbled)
	}
	succeed(t, p.Harness, handle)
}

func unheard(t *testing.T, p *place) {
	p.onlyAsync(t)
	handle := submit(t, p.Harness, p.with(id(1), "unheard"))
	_, err := p.Engine.Poll(t.Context(), handle)
	if e := wantError(t, err, engine.Garbled); !strings.Contains(e.Error(), "whatever") {
		t.Errorf("the error does not say what was seen: %v", err)
	}
}

func noFile(t *testing.T, p *place) {
	p.onlyAsync(t)
	handle := submit(t, p.Harness, p.with(id(1), "nofile"))
	p.Pass(takes)
	if st, err := p.Engine.Poll(t.Context(), handle); err != nil {
		wantError(t, err, engine.Garbled)
	} else if st.State != task.Succeeded && st.State != task.Running {
		t.Errorf("state %s", st.State)
	}
	_, err := p.Engine.Open(t.Context(), handle, 0)
	wantError(t, err, engine.Garbled, engine.Lost, engine.NotReady)
}

func slowBody(t *testing.T, p *place) {
	p.onlyAsync(t)
	handle := submit(t, p.Harness, p.with(id(1), "slow-body"))
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := p.Engine.Poll(ctx, handle); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the context's end", err)
	}
}

func failures(t *testing.T, p *place) {
	for i, c := range []struct {
		reason  task.Reason
		allowed []task.Reason
	}{
		{task.SafetyInputText, []task.Reason{task.SafetyInputText, task.PreprocessSafety, task.SafetyOutputVideo}},
		{task.Internal, []task.Reason{task.Internal, task.VendorUnavailable, task.BadOutput, task.PreprocessFailed}},
	} {
		handle := submit(t, p.Harness, p.with(id(byte(i)), "fail:"+string(c.reason)))
		seen := follow(t, p.Harness, handle)
		last := seen[len(seen)-1]
		if last.State != task.Failed || last.Failure == nil || !slices.Contains(c.allowed, last.Failure.Reason) {
			t.Errorf("%s: ended %s, %+v", c.reason, last.State, last.Failure)
			continue
		}
		if last.Failure.Text == "" || strings.Contains(last.Failure.Detail, Key) {
			t.Errorf("%s: failure %+v", c.reason, last.Failure)
		}
		_, err := p.Engine.Open(t.Context(), handle, 0)
		wantError(t, err, engine.NotReady, engine.Lost)
	}
}

func lateCancel(t *testing.T, p *place) {
	p.onlyAsync(t)
	handle := submit(t, p.Harness, p.with(id(1), "late-cancel"))
	if err := p.Engine.Cancel(t.Context(), handle); err != nil {
		t.Errorf("Cancel: %v", err)
	}
	p.Pass(takes)
	if st, err := p.Engine.Poll(t.Context(), handle); err != nil {
		wantError(t, err, engine.Lost)
	} else if !st.State.Terminal() {
		t.Errorf("state %s", st.State)
	}
}

func cutDownload(t *testing.T, p *place) {
	plain := submit(t, p.Harness, p.Job(id(0)))
	succeed(t, p.Harness, plain)
	whole, _ := read(t, p.Harness, plain, 0)
	for i, words := range []string{"cut:40%", "no-range"} {
		handle := submit(t, p.Harness, p.with(id(byte(i+1)), words))
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
			_, _ = b.ReadFrom(c.Body) // a cut is what the test is about
			_ = c.Body.Close()
			got = append(got, b.Bytes()...)
		}
		if !bytes.Equal(got, whole) {
			t.Errorf("%s: %d bytes that are not the %d of the video", words, len(got), len(whole))
		}
	}
}

func deadLink(t *testing.T, p *place) {
	p.onlyAsync(t)
	handle := submit(t, p.Harness, p.with(id(1), "expired-url:1"))
	succeed(t, p.Harness, handle)
	read(t, p.Harness, handle, 0)
}

func noVideo(t *testing.T, p *place) {
	for i, words := range []string{"video-html", "video-lie", "huge"} {
		handle := submit(t, p.Harness, p.with(id(byte(i)), words))
		succeed(t, p.Harness, handle)
		_, err := p.Engine.Open(t.Context(), handle, 0)
		if e := wantError(t, err, engine.Garbled); e.Reason != task.BadOutput {
			t.Errorf("%s: %v", words, err)
		}
	}
}

func private(t *testing.T, p *place) {
	handle := submit(t, p.Harness, p.with(id(1), "redirect-private"))
	succeed(t, p.Harness, handle)
	_, err := p.Engine.Open(t.Context(), handle, 0)
	wantError(t, err, engine.Unreachable)
}

// onlyAsync skips what needs polls of its own.
func (p *place) onlyAsync(t *testing.T) {
	t.Helper()
	if p.sync {
		t.Skip("a submit's own call lasts until the video is there")
	}
}
