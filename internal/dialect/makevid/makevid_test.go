package makevid

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// standing returns the routes on a gateway whose clock stands. It has the published task.
func standing() (*dialecttest.Gateway, http.Handler) {
	gw := &dialecttest.Gateway{Time: at("2026-11-24T10:00:00Z")}
	return gw, dialecttest.Mux(Routes(gw, Options{ServerID: "7d3f2b9c", Log: slog.New(slog.DiscardHandler)}))
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*/*.http", func() http.Handler {
		_, h := standing()
		return h
	})
}

func send(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAFinishedTaskIsPolledCheaply(t *testing.T) {
	gw, h := standing()
	done := runwayTaskOf()
	done.Account = 7
	gw.Put(done)
	target := "/api/v1/get_runway/" + done.ID
	first := send(h, "GET", target, "")
	tag := first.Header().Get("ETag")
	if first.Code != 200 || tag == "" || first.Header().Get("Filmgate-Provider") != "animatic" {
		t.Fatalf("%d %v", first.Code, first.Header())
	}
	if again := send(h, "GET", target, "", "If-None-Match", `"other", W/`+tag); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("with its ETag: %d %s", again.Code, again.Body)
	}
	done.Artifacts[0].Favorite, done.Updated = true, done.Updated.Add(time.Second)
	gw.Put(done)
	if again := send(h, "GET", target, "", "If-None-Match", tag); again.Code != 200 || again.Header().Get("ETag") == tag {
		t.Errorf("after a change: %d, ETag %s", again.Code, again.Header().Get("ETag"))
	}
}

func TestTheGatewaysFaultsBearTheCallersNames(t *testing.T) {
	gw, h := standing()
	gw.Fail = &task.Error{Code: task.Unreadable, Detail: "No.", Fields: []task.FieldError{{Field: "prompt", Detail: "a"}, {Field: "first_frame", Detail: "b"}, {Field: "seconds", Detail: "c"}}}
	w := send(h, "POST", "/api/v1/create_runway", `{"seconds":5,"text_prompt":"zoom"}`)
	want := `"errors":[{"pointer":"#/text_prompt","detail":"a"},{"pointer":"#/init_image","detail":"b"},{"pointer":"#/seconds","detail":"c"}]`
	if w.Code != 422 || !strings.Contains(w.Body.String(), want) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAnInternalErrorIsLoggedAndNotTold(t *testing.T) {
	var log strings.Builder
	gw := &dialecttest.Gateway{Fail: errors.New("disk /secret is full")}
	h := dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.NewTextHandler(&log, nil))}))
	w := send(h, "POST", "/api/v1/create_runway", `{"seconds":5,"text_prompt":"zoom"}`)
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("told: %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "disk /secret is full") || !strings.Contains(log.String(), dialecttest.RequestID) {
		t.Errorf("logged: %s", log.String())
	}
}

func TestLinksAreBuiltOnThePublicAddress(t *testing.T) {
	gw, _ := standing()
	o := Options{Log: slog.New(slog.DiscardHandler)}
	o.Origin.Public = "https://films.example/"
	h := dialecttest.Mux(Routes(gw, o))
	w := send(h, "POST", "/api/v1/create_runway", `{"seconds":5,"init_image":"https://a.example/x.jpg"}`)
	if want := `"init_image":"https://films.example/datasets/init_image.jpg?_jwt=`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("%s lacks %s", w.Body, want)
	}
}

func TestOtherMethodsOverRealHTTP(t *testing.T) {
	gw, h := standing()
	done := runwayTaskOf()
	done.Account = 7
	gw.Put(done)
	s := httptest.NewServer(h)
	defer s.Close()
	tests := []struct {
		method, path string
		status       int
		allow        string
	}{
		{"HEAD", "/api/v1/get_runway/" + done.ID, 200, ""},
		{"DELETE", "/api/v1/get_runway/" + done.ID, 405, "GET, HEAD"},
		{"GET", "/api/v1/create_runway", 405, "POST"},
	}
	for _, tt := range tests {
		r, err := http.NewRequestWithContext(t.Context(), tt.method, s.URL+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
		resp, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != tt.status || resp.Header.Get("Allow") != tt.allow || tt.status == 200 && resp.ContentLength < 1000 {
			t.Errorf("%s %s: %d, Allow %q, %d bytes", tt.method, tt.path, resp.StatusCode, resp.Header.Get("Allow"), resp.ContentLength)
		}
	}
}

func TestABodyOf100MBIsRefusedUnread(t *testing.T) {
	_, h := standing()
	r := httptest.NewRequest(http.MethodPost, "/api/v1/create_runway", iotest.ErrReader(errors.New("it was read")))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	r.ContentLength = 100 << 20
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if want := `"detail":"The body is larger than the 25165824 bytes allowed here."`; w.Code != 413 || !strings.Contains(w.Body.String(), want) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
