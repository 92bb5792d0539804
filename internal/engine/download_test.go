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

// videoBytes is as much of a video as a download checks.
const videoBytes = "\x00\x00\x00\x18ftypmp42 and a thousand frames"

// serveRanges answers ranges as a file server does.
func serveRanges(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "video/mp4")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(videoBytes))
}

func TestOpenFromAnyOffset(t *testing.T) {
	early := answer(206, videoBytes[2:], "Content-Type: video/mp4", fmt.Sprintf("Content-Range: bytes 2-%d/%d", len(videoBytes)-1, len(videoBytes)))
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		offset int
		size   int64
	}{
		{"whole", serveRanges, 0, int64(len(videoBytes))},
		{"a part", serveRanges, 7, int64(len(videoBytes))},
		{"the end", serveRanges, len(videoBytes), int64(len(videoBytes))},
		{"a server that ignores ranges", answer(200, videoBytes, "Content-Type: video/mp4"), 7, int64(len(videoBytes))},
		{"a server that starts too early", early, 7, int64(len(videoBytes))},
		{"a range of unknown size", answer(206, videoBytes[7:], "Content-Type: video/mp4", "Content-Range: bytes 7-30/*"), 7, -1},
		{"a type that says nothing", answer(200, videoBytes, "Content-Type: application/octet-stream"), 0, int64(len(videoBytes))},
	} {
		t.Run(c.name, func(t *testing.T) {
			content, err := vendor(t, c.answer).Open(t.Context(), "/v", int64(c.offset))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = content.Body.Close() }()
			got, err := io.ReadAll(content.Body)
			if err != nil || string(got) != videoBytes[c.offset:] || content.Size != c.size {
				t.Errorf("%q of %d, %v; want %q of %d", got, content.Size, err, videoBytes[c.offset:], c.size)
			}
		})
	}
}

func TestOpenTakesAnAnimatedWebP(t *testing.T) {
	const animation = "RIFFsizeWEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00frames"
	content, err := vendor(t, answer(200, animation, "Content-Type: image/webp")).Open(t.Context(), "/v", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = content.Body.Close() }()
	if got, err := io.ReadAll(content.Body); err != nil || string(got) != animation || content.Type != "image/webp" {
		t.Errorf("%q of type %s, %v", got, content.Type, err)
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
		{"a page", answer(200, "<html>", "Content-Type: text/html"), 0, engine.InvalidResponse, task.BadOutput},
		{"JSON", answer(200, "{}", "Content-Type: application/json"), 0, engine.InvalidResponse, task.BadOutput},
		{"a page that calls itself a video", answer(200, "\n <!doctype html><html>", "Content-Type: video/mp4"), 0, engine.InvalidResponse, task.BadOutput},
		{"a still picture", answer(200, "RIFFsizeWEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00", "Content-Type: image/webp"), 0, engine.InvalidResponse, task.BadOutput},
		{"nothing", answer(200, "", "Content-Type: video/mp4"), 0, engine.InvalidResponse, task.BadOutput},
		{"10 GB", answer(200, videoBytes, "Content-Type: video/mp4", "Content-Length: 10000000000"), 0, engine.InvalidResponse, task.BadOutput},
		{"a part from elsewhere", answer(206, videoBytes, "Content-Type: video/mp4", "Content-Range: bytes 9-30/31"), 7, engine.InvalidResponse, task.BadOutput},
		{"a part without a range", answer(206, videoBytes, "Content-Type: video/mp4"), 7, engine.InvalidResponse, task.BadOutput},
		{"beyond the end", answer(416, "", "Content-Range: bytes */5"), 7, engine.InvalidResponse, task.BadOutput},
		{"shorter than the offset", answer(200, videoBytes, "Content-Type: video/mp4"), 1000, engine.Unreachable, task.VendorUnavailable},
		{"a dead link", answer(403, "<Error>expired"), 0, engine.NotFound, task.VendorUnavailable},
		{"a gone file", answer(404, ""), 0, engine.NotFound, task.VendorUnavailable},
		{"a busy store", answer(503, "", "Retry-After: 2"), 0, engine.Overloaded, task.VendorUnavailable},
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
	for name, sent := range map[string]int{"in the middle": len(videoBytes) / 2, "before its first byte": 0} {
		t.Run(name, func(t *testing.T) {
			c := vendor(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "video/mp4")
				w.Header().Set("Content-Length", fmt.Sprint(len(videoBytes)))
				_, _ = io.WriteString(w, videoBytes[:sent])
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			})
			c.Timeout = 50 * time.Millisecond
			content, err := c.Open(t.Context(), "/v", 0)
			if err == nil {
				defer func() { _ = content.Body.Close() }()
				var got []byte
				if got, err = io.ReadAll(content.Body); string(got) != videoBytes[:sent] {
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
		for i := 0; i < len(videoBytes); i += 8 { // longer than Timeout in total
			part <- videoBytes[i:min(i+8, len(videoBytes))]
			<-tick.C
		}
	}()
	content, err := c.Open(t.Context(), "/v", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = content.Body.Close() }()
	if got, err := io.ReadAll(content.Body); err != nil || string(got) != videoBytes {
		t.Errorf("%q, %v", got, err)
	}
}

func TestExpiredLinkIsRenewedOnce(t *testing.T) {
	c := vendor(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("n") != "2" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		serveRanges(w, r)
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
