package engine_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestVideosAreRecognised(t *testing.T) {
	for _, c := range []struct {
		kind, body string
		ok         bool
	}{
		{"video/mp4", film, true},
		{"video/quicktime", film, true},
		{"Video/MP4; codecs=avc1", film, true},
		{"application/octet-stream", film, true},
		{"binary/octet-stream", film, true},
		{"application/mp4", film, true},
		{"video/mp4", "short", true},
		{"image/jpeg", film, false},
		{"text/plain", film, false},
		{"application/xml", film, false},
		{"audio/mp4", film, false},
		{"video/mp4", "<?xml version='1.0'?><Error/>", false},
		{"video/mp4", "\ufeff <html>", false},
		{"video/mp4", "\r\n\t{\"error\":\"expired\"}", false},
		{"video/mp4", "{", false},
	} {
		t.Run(c.kind+" "+c.body, func(t *testing.T) {
			content, err := vendor(t, says(200, c.body, "Content-Type: "+c.kind)).Open(t.Context(), "/v", 0)
			if err == nil {
				defer func() { _ = content.Body.Close() }()
			}
			if e := engine.AsError(err); !c.ok && (err == nil || e.Class != engine.InvalidResponse || e.Reason != task.BadOutput) || c.ok && err != nil {
				t.Errorf("%v, should be taken: %v", err, c.ok)
			}
		})
	}
}

func TestBadContentRangesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		offset int64
	}{
		{"a part that is nowhere", says(206, film[7:], "Content-Type: video/mp4", "Content-Range: bytes */31"), 7},
		{"a part behind the end", says(206, film[7:], "Content-Type: video/mp4", "Content-Range: bytes 7-30/7"), 7},
		{"a part of nothing", says(206, film[7:], "Content-Type: video/mp4", "Content-Range: bytes 7-30/0"), 7},
		{"a part before the beginning", says(206, film, "Content-Type: video/mp4", "Content-Range: bytes -3-30/31"), 7},
		{"another unit", says(206, film[7:], "Content-Type: video/mp4", "Content-Range: items 7-30/31"), 7},
		{"a size that is none", says(206, film[7:], "Content-Type: video/mp4", "Content-Range: bytes 7-30/many"), 7},
		{"many parts at once", says(206, "--x\r\n", "Content-Type: multipart/byteranges; boundary=x"), 7},
		{"the end of nothing, for all of it", says(416, "", "Content-Range: bytes */0"), 0},
		{"an end that is not told", says(416, "", "Content-Range: bytes */*"), 7},
		{"an end without a word", says(416, ""), 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			content, err := vendor(t, c.answer).Open(t.Context(), "/v", c.offset)
			if err == nil {
				_ = content.Body.Close()
			}
			if e := engine.AsError(err); err == nil || e.Class != engine.InvalidResponse || e.Reason != task.BadOutput {
				t.Errorf("%v, want garbled", err)
			}
		})
	}
}

func TestContentSize(t *testing.T) {
	t.Run("it says nothing", func(t *testing.T) {
		content, err := vendor(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "video/mp4")
			_, _ = io.WriteString(w, film[:9])
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, film[9:])
		}).Open(t.Context(), "/v", 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = content.Body.Close() }()
		if b, err := io.ReadAll(content.Body); err != nil || string(b) != film || content.Size != -1 {
			t.Errorf("%q of %d, %v", b, content.Size, err)
		}
	})
	t.Run("it breaks off before", func(t *testing.T) {
		content, err := vendor(t, says(200, film, "Content-Type: video/mp4", "Content-Length: 1000")).Open(t.Context(), "/v", 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = content.Body.Close() }()
		if b, err := io.ReadAll(content.Body); !errors.Is(err, io.ErrUnexpectedEOF) || string(b) != film || content.Size != 1000 {
			t.Errorf("%q of %d, %v; want the cut to show", b, content.Size, err)
		}
	})
	for limit, ok := range map[int64]bool{int64(len(film)): true, int64(len(film)) - 1: false} {
		t.Run(fmt.Sprint("at most ", limit), func(t *testing.T) {
			c := vendor(t, serves)
			c.Limit = limit
			content, err := c.Open(t.Context(), "/v", 0)
			if err == nil {
				_ = content.Body.Close()
			}
			if (err == nil) != ok {
				t.Error(err)
			}
		})
	}
}

// breaks serves 17 bytes of what it promises, each time.
func breaks(w http.ResponseWriter, r *http.Request) {
	from, status := 0, http.StatusOK
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
		status = http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(film)-1, len(film)))
	}
	w.Header().Set("Content-Type", "video/mp4")
	w.Header().Set("Content-Length", fmt.Sprint(len(film)-from))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, film[from:min(from+17, len(film))])
}

func TestBrokenDownloadIsResumed(t *testing.T) {
	c := vendor(t, breaks)
	var got strings.Builder
	for got.Len() < len(film) {
		before := got.Len()
		content, err := c.Open(t.Context(), "/v", int64(before))
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(&got, content.Body)
		_ = content.Body.Close()
		if content.Size != int64(len(film)) || got.Len() == before || (err == nil) != (got.Len() == len(film)) {
			t.Fatalf("from %d to %d of %d: %v", before, got.Len(), content.Size, err)
		}
	}
	if got.String() != film {
		t.Errorf("%q, want %q", got.String(), film)
	}
}

func TestDownloadsFollowRedirects(t *testing.T) {
	for hops, ok := range map[int]bool{0: true, 3: true, 4: false} {
		t.Run(fmt.Sprint(hops), func(t *testing.T) {
			c := vendor(t, func(w http.ResponseWriter, r *http.Request) {
				n := 0
				_, _ = fmt.Sscanf(r.URL.Path, "/%d", &n)
				switch {
				case r.Header.Get("Range") != "bytes=7-" || r.Header.Get("Accept-Encoding") != "identity":
					t.Errorf("hop %d lacks what was asked: %v", n, r.Header)
				case n < hops:
					http.Redirect(w, r, fmt.Sprintf("/%d", n+1), http.StatusFound)
					return
				}
				serves(w, r)
			})
			c.HTTP.CheckRedirect = nil
			content, err := c.Open(t.Context(), "/0", 7)
			if (err == nil) != ok {
				t.Fatal(err)
			}
			if err != nil {
				wantClass(t, err, engine.Unreachable)
				return
			}
			defer func() { _ = content.Body.Close() }()
			if b, err := io.ReadAll(content.Body); err != nil || string(b) != film[7:] {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}
