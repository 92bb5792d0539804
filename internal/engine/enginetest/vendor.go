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
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/fakevendor"
	"github.com/filmgate/filmgate/internal/task"
)

// How long the fake vendor's jobs take, by its own clock and by the real one.
const (
	jobTime      = 12 * time.Second
	shortJobTime = 50 * time.Millisecond
)

// Key is the key of the fake vendor and of the exchange files.
const Key = fakevendor.Key

// Vendor describes an engine that speaks HTTP with a vendor.
type Vendor struct {
	// Wire is the fake vendor's name of the API.
	Wire string
	// New returns an engine for the API at base, with Key.
	New func(base string, hc *http.Client, now func() time.Time) engine.Engine
	// Sync says that the submit's own call lasts until the video is finished, so that there are no polls to disturb.
	Sync bool
	// NewPatient is New for a Sync engine whose submits wait until a refusal would have come.
	NewPatient func(base string, hc *http.Client, now func() time.Time) engine.Engine
	// Inline says that the video comes within the answer to a poll, so that there are no downloads to disturb.
	Inline bool
	// NewWithKey is New with another key, for an engine that signs with its key instead of sending it; nil = it sends it.
	NewWithKey func(key, base string, hc *http.Client, now func() time.Time) engine.Engine
	// Real makes the engine for a recording if New can't; nil = New does, or NewWithKey.
	Real *Real
	// AnyModel says that the server's operator chooses the models, so that -record-model may name any.
	AnyModel bool
	// Exchanges is the folder of the exchange files; "" = testdata.
	Exchanges string

	recordClock func() time.Time
}

// vendorHarness is a fake vendor with an engine that speaks with it.
type vendorHarness struct {
	Harness
	fake *fakevendor.Vendor
	sync bool
}

// RunVendor tests the engine against the fake vendor: the sentences of Run, every fault of the fake, every model in every
// mode, and the exchange files in testdata.
func RunVendor(t *testing.T, v Vendor) {
	t.Helper()
	if *recordKey != "" {
		recordAtVendor(t, v)
		return
	}
	Run(t, func(t *testing.T) Harness { return v.open(t).Harness })
	cases := []vendorCase{
		{"every model works in every mode", everyModelAndMode},
		{"what is said of sound reaches the vendor", soundReaches},
		{"references reach the vendor", referencesReach},
		{"a key is tried without a job", checkedKey},
		{"a submit without an answer is unconfirmed", lostAnswers},
		{"a task that is submitted twice is made once", submitTwice},
		{"an invalid answer to a poll is temporary", garbledPolls},
		{"an unknown status fails no job", unknownStatus},
		{"usual status words are understood", usualStatusWords},
		{"a success without a file is an error of that job", successWithoutVideo},
		{"an endless answer ends with the context", slowBody},
		{"a failure has its reason", failures},
		{"what callers are told of a job names the engine and what to do", toldOfJobs},
		{"a late cancel is no error", lateCancel},
		{"an endless job runs until it is cancelled", endlessJob},
		{"a job that the vendor deleted is not found", forgottenJob},
		{"a result that is no video is refused", invalidVideo},
		{"callbacks arrive and are accepted", callbacksArrive},
		{"callbacks with a bad signature are refused", badCallbacks},
	}
	if !v.Inline {
		cases = append(cases, downloadCases()...)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.try(t, v.open(t)) })
	}
	for _, c := range refusalCases() {
		t.Run(c.name, func(t *testing.T) { c.try(t, v.patient().open(t)) })
	}
	t.Run("a wrong key is an AuthError and is not shown", func(t *testing.T) { wrongKey(t, v) })
	t.Run("no error shows the key", func(t *testing.T) { errorsHideKey(t, v) })
	t.Run("recordings can be replayed and show no key", func(t *testing.T) { recordAndReplay(t, v) })
	t.Run("optional parts are sent if they are declared", func(t *testing.T) { optionalParts(t, v) })
	t.Run("names of references reach the vendor if they are declared", func(t *testing.T) { namedReferences(t, v) })
	t.Run("a portrait stays one", func(t *testing.T) { portraits(t, v) })
	t.Run("exchanges", func(t *testing.T) { exchanges(t, v) })
}

// vendorCase is one test of an engine against the fake vendor.
type vendorCase struct {
	name string
	try  func(t *testing.T, p *vendorHarness)
}

// patient returns v with an engine that returns refusals from its submits.
func (v Vendor) patient() Vendor {
	if v.NewPatient != nil {
		v.New = v.NewPatient
	}
	return v
}

// refusalCases are the tests of submits that the vendor does not take.
func refusalCases() []vendorCase {
	return []vendorCase{
		{"a refused submit has its class and creates no job", refusedSubmits},
		{"a model that the vendor does not offer is a ModelError and creates no job", refusedModel},
		{"a front's 502 says that no job was made, its 504 and a bare 500 do not", frontAnswers},
		{"what callers are told of a submit names the engine and what to do", toldOfSubmits},
		{"an account without money, and a region that is not served, are the operator's and create no job", refusedAccount},
	}
}

// downloadCases are the tests of vendors whose videos are downloaded.
func downloadCases() []vendorCase {
	return []vendorCase{
		{"a broken download is resumed", cutDownload},
		{"a stalled download ends with the context and is resumed", stalledDownload},
		{"an expired link is renewed", expiredLink},
		{"a result that is too large is refused", hugeVideo},
		{"a video with broken frames is opened", undecodableVideo},
		{"a replaced file has another version", changedFile},
		{"a result at a private address is refused", privateAddress},
	}
}

// loopback returns a client that reaches only this machine.
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

// open starts a fake vendor with a clock of its own, and returns it with an engine for it.
func (v Vendor) open(t *testing.T) *vendorHarness {
	t.Helper()
	var clock atomic.Int64
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now := func() time.Time { return begin.Add(time.Duration(clock.Load())) }
	o := fakevendor.Options{Now: now, Takes: jobTime}
	pass := func(d time.Duration) { clock.Add(int64(d)) }
	if v.Sync {
		o.Now, o.Takes, pass, now = nil, shortJobTime, shortPause, time.Now
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
	return &vendorHarness{
		Harness: Harness{
			Engine: e, Pass: pass,
			Job:  func(id string) engine.Job { return jobOf(e, id, "a cat walks") },
			Slow: func(id string) engine.Job { return jobOf(e, id, "a cat walks slow:30m") },
		},
		fake: fake, sync: v.Sync,
	}
}

// shortPause waits a moment in real time, however long the engine asks, for vendors that are quick.
func shortPause(time.Duration) {
	timer := time.NewTimer(10 * time.Millisecond)
	defer timer.Stop()
	<-timer.C
}

// jobOf returns a job for the engine's first model, in its first mode.
func jobOf(e engine.Engine, id, prompt string) engine.Job {
	m := e.Capabilities().Models[0]
	mode := engine.FromText
	if len(m.Modes) > 0 {
		mode = m.Modes[0]
	}
	return modelJob(m, mode, id, prompt)
}

// modelJob returns a job that the model can do.
func modelJob(m engine.Model, mode engine.Mode, id, prompt string) engine.Job {
	m = m.ForMode(mode)
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
		j.First = testPicture("first")
		j.Request.First = &task.Image{Type: j.First.Type, Width: j.First.Width, Height: j.First.Height}
	}
	if mode == engine.FromLast || mode == engine.FromFirstLast {
		j.Last = testPicture("last")
		j.Request.Last = &task.Image{Type: j.Last.Type, Width: j.Last.Width, Height: j.Last.Height}
	}
	if mode == engine.FromVideo {
		withVideo(m, &j)
	}
	if mode == engine.FromReferences {
		withReferences(m, &j)
	}
	return j
}

// withVideo adds an input video of five seconds to a job, and removes what can't be requested with one.
func withVideo(m engine.Model, j *engine.Job) {
	const long = 5 * time.Second
	j.Video = &engine.InputVideo{InputFile: testFile("video/mp4", "https://videos.example/video.mp4"), Width: 1280, Height: 720, Duration: long}
	v := j.Video
	j.Request.Video = &task.InputVideo{Type: v.Type, Size: v.Size, Width: v.Width, Height: v.Height, FrameRate: 24, Duration: long}
	if !m.Video.FreeLength {
		j.Request.Seconds = j.Request.Video.WholeSeconds()
	}
	if m.Video.KeepsShape {
		j.Request.AspectRatio = ""
	}
	if m.Video.KeepsResolution {
		j.Request.Resolution = ""
	}
}

// withReferences adds as many references to a job as the model takes beside nothing else.
func withReferences(m engine.Model, j *engine.Job) {
	limits, long := m.References, 3*time.Second
	if least := time.Duration(limits.Recording.MinSeconds * float64(time.Second)); least > long {
		long = least
	}
	for i := range limits.Images {
		const side = 512
		img := engine.ReferenceImage{InputFile: testFile("image/jpeg", fmt.Sprintf("https://pictures.example/reference%d.jpg", i)), Width: side, Height: side}
		if len(limits.Roles) > 0 {
			img.Role = limits.Roles[i%len(limits.Roles)]
		}
		if limits.Names {
			img.Name = fmt.Sprintf("hero%d", i)
		}
		j.ReferenceImages = append(j.ReferenceImages, img)
		j.Request.ReferenceImages = append(j.Request.ReferenceImages, task.ReferenceImage{
			Image: task.Image{Type: img.Type, Size: img.Size, Width: side, Height: side}, Role: img.Role, Name: img.Name,
		})
	}
	for i := range limits.Audio {
		kind := append(limits.Recording.Types, "audio/mpeg")[0]
		a := engine.InputAudio{InputFile: testFile(kind, fmt.Sprintf("https://sounds.example/reference%d", i)), Duration: long}
		j.ReferenceAudio = append(j.ReferenceAudio, a)
		j.Request.ReferenceAudio = append(j.Request.ReferenceAudio, task.InputAudio{Type: kind, Size: a.Size, Duration: long})
	}
}

// testFile returns a file at an address, with bytes that no vendor of the tests looks at.
func testFile(kind, address string) engine.InputFile {
	f := engine.InputFile{Type: kind, URL: address}
	setBytes(&f, []byte("bytes that no vendor of the tests looks at"))
	return f
}

// testPicture returns a grey JPEG that every vendor's limits allow.
func testPicture(name string) *engine.Picture {
	const side = 512
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, side, side)), nil); err != nil {
		panic(err) // neither the buffer nor the picture can cause an error
	}
	return &engine.Picture{Type: "image/jpeg", Bytes: b.Bytes(), Width: side, Height: side, URL: "https://pictures.example/" + name + ".jpg"}
}

// jobWith returns the small job with fault words in its prompt.
func (p *vendorHarness) jobWith(id, words string) engine.Job {
	return jobOf(p.Engine, id, "a cat walks "+words)
}

// acceptedJobs returns the number of jobs that the fake created.
func (p *vendorHarness) acceptedJobs() int {
	n := 0
	for _, c := range p.fake.Tasks() {
		n += c.Accepted
	}
	return n
}

// wantError checks an error's class, and that it does not show the key.
func wantError(t *testing.T, err error, classes ...engine.Class) *engine.Error {
	t.Helper()
	wantClass(t, err, classes...)
	if strings.Contains(fmt.Sprintf("%v %+v", err, errors.Unwrap(err)), Key) {
		t.Errorf("the error shows the key: %v", err)
	}
	return engine.AsError(err)
}
