package localai_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/localai"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
)

func newEngine(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return localai.New(localai.Options{Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now, RefusalWait: -1})
}

// newPatient returns an engine whose Submit returns every refusal of the fake vendor.
func newPatient(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return localai.New(localai.Options{Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now, RefusalWait: time.Minute})
}

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "localai", Sync: true, AnyModel: true, New: newEngine, NewPatient: newPatient})
}

func TestCloseCancelsEveryCall(t *testing.T) {
	closed := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices a closed connection only after it has read the request
		<-r.Context().Done()
		close(closed)
	}))
	e := localai.New(localai.Options{BaseURL: s.URL, HTTP: s.Client(), RefusalWait: -1})
	sub, err := e.Submit(t.Context(), engine.Job{Task: "a", Model: "video"})
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	e.Close()
	if st, err := e.Poll(t.Context(), sub.Handle); err != nil || st.State != task.Cancelled {
		t.Errorf("%+v, %v", st, err)
	}
	if _, err := e.Submit(t.Context(), engine.Job{Task: "b", Model: "video"}); engine.AsError(err).Class != engine.Unreachable {
		t.Errorf("a closed engine accepted a job: %v", err)
	}
	s.CloseClientConnections()
	s.Close()
	s.Client().CloseIdleConnections()
	goleak.VerifyNone(t)
}

func TestASubmitWaitsOnlyForARefusal(t *testing.T) {
	answer := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-answer
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer s.Close()
	e := localai.New(localai.Options{BaseURL: s.URL, HTTP: s.Client(), RefusalWait: time.Millisecond})
	defer e.Close()
	sub, err := e.Submit(t.Context(), engine.Job{Task: "a", Model: "video"})
	if err != nil {
		t.Fatal(err)
	}
	close(answer)
	st, err := e.Poll(t.Context(), sub.Handle)
	for ; err == nil && st.State == task.Running; st, err = e.Poll(t.Context(), sub.Handle) {
		runtime.Gosched()
	}
	if err != nil || st.State != task.Failed || st.Failure.Reason != task.VendorUnavailable {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestARetryOfAFailedCallReachesTheServer(t *testing.T) {
	answers := make(chan int, 2)
	answers <- http.StatusInternalServerError
	answers <- http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(<-answers)
		_, _ = io.WriteString(w, `{"data":[{"url":"/video.mp4"}]}`)
	}))
	defer s.Close()
	e := localai.New(localai.Options{BaseURL: s.URL, HTTP: s.Client(), RefusalWait: -1})
	defer e.Close()
	for _, want := range []task.State{task.Failed, task.Succeeded, task.Succeeded} { // a video that was made is not made again
		sub, err := e.Submit(t.Context(), engine.Job{Task: "a", Model: "video"})
		if err != nil {
			t.Fatal(err)
		}
		if found, err := e.Find(t.Context(), "a"); err != nil || found != sub.Handle {
			t.Errorf("found %q, %v, want %q", found, err, sub.Handle)
		}
		st, err := e.Poll(t.Context(), sub.Handle)
		for ; err == nil && st.State == task.Running; st, err = e.Poll(t.Context(), sub.Handle) {
			runtime.Gosched()
		}
		if err != nil || st.State != want {
			t.Errorf("%+v, %v, want %s", st, err, want)
		}
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestACallThatPanicsFailsAndIsCounted(t *testing.T) {
	recorder := panics.NewRecorder(slog.New(slog.DiscardHandler))
	e := localai.New(localai.Options{Panics: recorder, RefusalWait: -1, HTTP: &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) { panic("a test panic") })}})
	sub, err := e.Submit(t.Context(), engine.Job{Task: "a", Model: "video"})
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	if s, err := e.Poll(t.Context(), sub.Handle); err != nil || s.State != task.Failed || recorder.Counts()["localai"] != 1 {
		t.Errorf("%+v, %v, %v", s, err, recorder.Counts())
	}
}
