package webhook

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestRetryAfterMakesAWaitLongerWithinBounds(t *testing.T) {
	now := time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, header string
		status       int
		want         time.Duration // after the first attempt
	}{
		{"none", "", 429, 5 * time.Second},
		{"seconds", "90", 429, 90 * time.Second},
		{"a date", "Sun, 29 Nov 2026 10:02:00 GMT", 503, 2 * time.Minute},
		{"less than the schedule", "1", 429, 5 * time.Second},
		{"more than a day", "1000000", 503, 24 * time.Hour},
		{"a date long ago", "Sun, 29 Nov 2020 10:02:00 GMT", 503, 5 * time.Second},
		{"a number that is none", "-5", 503, 5 * time.Second},
		{"of another status", "90", 500, 5 * time.Second},
	} {
		got, ok := retryWait(1, retryAfter(c.status, http.Header{"Retry-After": {c.header}}, now), 0)
		if !ok || got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got, _ := retryWait(2, 0, 0.5); got != 5*time.Minute+30*time.Second {
		t.Errorf("half of the jitter: %v", got)
	}
	if _, ok := retryWait(10, 0, 0); ok {
		t.Error("there is an eleventh attempt")
	}
}

// silent is a server that never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestAnAttemptEndsAfterTwentySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := NewEndpoints(EndpointsConfig{Now: time.Now})
		s := NewSender(SenderConfig{Endpoints: e, HTTP: &http.Client{Transport: silent{}}})
		a, wait, err := s.post(t.Context(), task.Webhook{URL: "http://a.example/", Secret: 1}, task.Delivery{ID: "d"}, []byte("{}"))
		if err != nil || wait != 0 || a.Took != 20*time.Second || a.Status != 0 || a.Error != "The server did not answer within 20 seconds." {
			t.Errorf("%+v, %v, %v", a, wait, err)
		}
	})
}
