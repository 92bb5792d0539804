package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// film is as much of a video as a download looks at.
const film = "\x00\x00\x00\x18ftypmp42 and a thousand frames"

// serves answers ranges as a file server does.
func serves(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "video/mp4")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(film))
}

func TestOpenFromAnyOffset(t *testing.T) {
	early := says(206, film[2:], "Content-Type: video/mp4", fmt.Sprintf("Content-Range: bytes 2-%d/%d", len(film)-1, len(film)))
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		offset int
		size   int64
	}{
		{"whole", serves, 0, int64(len(film))},
		{"a part", serves, 7, int64(len(film))},
		{"the end", serves, len(film), int64(len(film))},
		{"a server that ignores ranges", says(200, film, "Content-Type: video/mp4"), 7, int64(len(film))},
		{"a server that starts too early", early, 7, int64(len(film))},
		{"a range of unknown size", says(206, film[7:], "Content-Type: video/mp4", "Content-Range: bytes 7-30/*"), 7, -1},
		{"a type that says nothing", says(200, film, "Content-Type: application/octet-stream"), 0, int64(len(film))},
	} {
		t.Run(c.name, func(t *testing.T) {
			content, err := vendor(t, c.answer).Open(t.Context(), "/v", int64(c.offset))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = content.Body.Close() }()
			got, err := io.ReadAll(content.Body)
			if err != nil || string(got) != film[c.offset:] || content.Size != c.size {
				t.Errorf("%q of %d, %v; want %q of %d", got, content.Size, err, film[c.offset:], c.size)
			}
		})
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		offset int64
		class  engine.Class
		reason task.Reason
	}{
		{"a page", says(200, "<html>", "Content-Type: text/html"), 0, engine.InvalidResponse, task.BadOutput},
		{"JSON", says(200, "{}", "Content-Type: application/json"), 0, engine.InvalidResponse, task.BadOutput},
		{"a page that calls itself a video", says(200, "\n <!doctype html><html>", "Content-Type: video/mp4"), 0, engine.InvalidResponse, task.BadOutput},
		{"nothing", says(200, "", "Content-Type: video/mp4"), 0, engine.InvalidResponse, task.BadOutput},
		{"10 GB", says(200, film, "Content-Type: video/mp4", "Content-Length: 10000000000"), 0, engine.InvalidResponse, task.BadOutput},
		{"a part from elsewhere", says(206, film, "Content-Type: video/mp4", "Content-Range: bytes 9-30/31"), 7, engine.InvalidResponse, task.BadOutput},
		{"a part without a range", says(206, film, "Content-Type: video/mp4"), 7, engine.InvalidResponse, task.BadOutput},
		{"beyond the end", says(416, "", "Content-Range: bytes */5"), 7, engine.InvalidResponse, task.BadOutput},
		{"shorter than the offset", says(200, film, "Content-Type: video/mp4"), 1000, engine.Unreachable, task.VendorUnavailable},
		{"a dead link", says(403, "<Error>expired"), 0, engine.NotFound, task.VendorUnavailable},
		{"a gone file", says(404, ""), 0, engine.NotFound, task.VendorUnavailable},
		{"a busy store", says(503, "", "Retry-After: 2"), 0, engine.Overloaded, task.VendorUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := vendor(t, c.answer).Open(t.Context(), "/v", c.offset)
			if e := engine.AsError(err); err == nil || e.Class != c.class || e.Reason != c.reason {
				t.Errorf("%v, want %s (%s)", err, c.class, c.reason)
			}
		})
	}
}

func TestEndlessVideoEndsAtTheLimit(t *testing.T) {
	c := vendor(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		for i := 0; i < 1000; i++ {
			if _, err := w.Write(bytes.Repeat([]byte{1}, 1024)); err != nil {
				return
			}
		}
	})
	c.Limit = 100 << 10
	content, err := c.Open(t.Context(), "/v", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = content.Body.Close() }()
	n, err := io.Copy(io.Discard, content.Body)
	var e *engine.Error
	if !errors.As(err, &e) || e.Reason != task.BadOutput || n > c.Limit {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestStalledDownloadEnds(t *testing.T) {
	for name, sent := range map[string]int{"in the middle": len(film) / 2, "before its first byte": 0} {
		t.Run(name, func(t *testing.T) {
			c := vendor(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "video/mp4")
				w.Header().Set("Content-Length", fmt.Sprint(len(film)))
				_, _ = io.WriteString(w, film[:sent])
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			})
			c.Timeout = 50 * time.Millisecond
			content, err := c.Open(t.Context(), "/v", 0)
			if err == nil {
				defer func() { _ = content.Body.Close() }()
				var got []byte
				if got, err = io.ReadAll(content.Body); string(got) != film[:sent] {
					t.Errorf("gave %q", got)
				}
			}
			if e := engine.AsError(err); err == nil || e.Class != engine.Unreachable || e.Reason != task.VendorUnavailable {
				t.Errorf("%v, want the vendor unreachable", err)
			}
		})
	}
}

func TestSlowDownloadGoesOn(t *testing.T) {
	part := make(chan string)
	c := vendor(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		for p := range part {
			_, _ = io.WriteString(w, p)
			_ = http.NewResponseController(w).Flush()
		}
	})
	c.Timeout = time.Second
	go func() {
		defer close(part)
		tick := time.NewTicker(300 * time.Millisecond)
		defer tick.Stop()
		for i := 0; i < len(film); i += 8 { // longer than Timeout in all
			part <- film[i:min(i+8, len(film))]
			<-tick.C
		}
	}()
	content, err := c.Open(t.Context(), "/v", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = content.Body.Close() }()
	if got, err := io.ReadAll(content.Body); err != nil || string(got) != film {
		t.Errorf("%q, %v", got, err)
	}
}

func TestExpiredLinkIsRenewedOnce(t *testing.T) {
	c := vendor(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("n") != "2" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		serves(w, r)
	})
	asked := 0
	fresh := func(context.Context) (string, error) { asked++; return fmt.Sprintf("/v?n=%d", asked), nil }
	content, err := c.Download(t.Context(), 0, fresh)
	if err != nil || asked != 2 {
		t.Fatalf("asked %d times: %v", asked, err)
	}
	_ = content.Body.Close()
	asked = 2
	if _, err := c.Download(t.Context(), 0, fresh); engine.AsError(err).Class != engine.NotFound || asked != 4 {
		t.Errorf("a vendor whose links are all dead: asked %d times, %v", asked-2, err)
	}
	notReady := &engine.Error{Class: engine.NotReady}
	if _, err := c.Download(t.Context(), 0, func(context.Context) (string, error) { return "", notReady }); !errors.Is(err, notReady) {
		t.Errorf("no link: %v", err)
	}
}
