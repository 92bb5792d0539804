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
		{"video/mp4", videoBytes, true},
		{"video/quicktime", videoBytes, true},
		{"Video/MP4; codecs=avc1", videoBytes, true},
		{"application/octet-stream", videoBytes, true},
		{"binary/octet-stream", videoBytes, true},
		{"application/mp4", videoBytes, true},
		{"video/mp4", "short", true},
		{"image/jpeg", videoBytes, false},
		{"text/plain", videoBytes, false},
		{"application/xml", videoBytes, false},
		{"audio/mp4", videoBytes, false},
		{"video/mp4", "<?xml version='1.0'?><Error/>", false},
		{"video/mp4", "\ufeff <html>", false},
		{"video/mp4", "\r\n\t{\"error\":\"expired\"}", false},
		{"video/mp4", "{", false},
	} {
		t.Run(c.kind+" "+c.body, func(t *testing.T) {
			content, err := vendor(t, answer(200, c.body, "Content-Type: "+c.kind)).Open(t.Context(), "/v", 0)
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
		{"a part that is nowhere", answer(206, videoBytes[7:], "Content-Type: video/mp4", "Content-Range: bytes */31"), 7},
		{"a part behind the end", answer(206, videoBytes[7:], "Content-Type: video/mp4", "Content-Range: bytes 7-30/7"), 7},
		{"a part of nothing", answer(206, videoBytes[7:], "Content-Type: video/mp4", "Content-Range: bytes 7-30/0"), 7},
		{"a part before the beginning", answer(206, videoBytes, "Content-Type: video/mp4", "Content-Range: bytes -3-30/31"), 7},
		{"another unit", answer(206, videoBytes[7:], "Content-Type: video/mp4", "Content-Range: items 7-30/31"), 7},
		{"a size that is none", answer(206, videoBytes[7:], "Content-Type: video/mp4", "Content-Range: bytes 7-30/many"), 7},
		{"many parts at once", answer(206, "--x\r\n", "Content-Type: multipart/byteranges; boundary=x"), 7},
		{"the end of nothing, for all of it", answer(416, "", "Content-Range: bytes */0"), 0},
		{"an end that is not told", answer(416, "", "Content-Range: bytes */*"), 7},
		{"an end without a word", answer(416, ""), 7},
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
			_, _ = io.WriteString(w, videoBytes[:9])
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, videoBytes[9:])
		}).Open(t.Context(), "/v", 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = content.Body.Close() }()
		if b, err := io.ReadAll(content.Body); err != nil || string(b) != videoBytes || content.Size != -1 {
			t.Errorf("%q of %d, %v", b, content.Size, err)
		}
	})
	t.Run("it breaks off before", func(t *testing.T) {
		content, err := vendor(t, answer(200, videoBytes, "Content-Type: video/mp4", "Content-Length: 1000")).Open(t.Context(), "/v", 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = content.Body.Close() }()
		if b, err := io.ReadAll(content.Body); !errors.Is(err, io.ErrUnexpectedEOF) || string(b) != videoBytes || content.Size != 1000 {
			t.Errorf("%q of %d, %v; want the cut to show", b, content.Size, err)
		}
	})
	for limit, ok := range map[int64]bool{int64(len(videoBytes)): true, int64(len(videoBytes)) - 1: false} {
		t.Run(fmt.Sprint("at most ", limit), func(t *testing.T) {
			c := vendor(t, serveRanges)
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

// serveBroken serves 17 bytes of the promised length, each time.
func serveBroken(w http.ResponseWriter, r *http.Request) {
	from, status := 0, http.StatusOK
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
		status = http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(videoBytes)-1, len(videoBytes)))
	}
	w.Header().Set("Content-Type", "video/mp4")
	w.Header().Set("Content-Length", fmt.Sprint(len(videoBytes)-from))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, videoBytes[from:min(from+17, len(videoBytes))])
}

func TestBrokenDownloadIsResumed(t *testing.T) {
	c := vendor(t, serveBroken)
	var got strings.Builder
	for got.Len() < len(videoBytes) {
		before := got.Len()
		content, err := c.Open(t.Context(), "/v", int64(before))
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(&got, content.Body)
		_ = content.Body.Close()
		if content.Size != int64(len(videoBytes)) || got.Len() == before || (err == nil) != (got.Len() == len(videoBytes)) {
			t.Fatalf("from %d to %d of %d: %v", before, got.Len(), content.Size, err)
		}
	}
	if got.String() != videoBytes {
		t.Errorf("%q, want %q", got.String(), videoBytes)
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
				serveRanges(w, r)
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
			if b, err := io.ReadAll(content.Body); err != nil || string(b) != videoBytes[7:] {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}
