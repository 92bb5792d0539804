package blob_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
)

func TestETagWithoutAHash(t *testing.T) {
	files := bucket(t)
	got := send(t, serve(t, unhashedBucket{files}), "GET", video)
	info, err := files.Stat(t.Context(), video)
	if err != nil {
		t.Fatal(err)
	}
	wantHeaders(t, got, map[string]string{"ETag": fmt.Sprintf(`"30d40-%x"`, info.Modified.UnixNano())})
}

// unhashedBucket is a bucket that stores no hashes.
type unhashedBucket struct{ *file.Bucket }

func (u unhashedBucket) Stat(ctx context.Context, key string) (blob.Info, error) {
	info, err := u.Bucket.Stat(ctx, key)
	info.SHA256 = ""
	return info, err
}

// streamBucket returns bodies that cannot seek, as storage over a network does, and counts them.
type streamBucket struct {
	*file.Bucket
	opened, closed int
}

func (s *streamBucket) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	body, err := s.Bucket.Open(ctx, key, offset, length)
	if err != nil {
		return nil, err
	}
	s.opened++
	return &countedBody{body, &s.closed}, nil
}

type countedBody struct {
	io.ReadCloser
	closed *int
}

func (s *countedBody) Close() error { *s.closed++; return s.ReadCloser.Close() }

func TestBodiesAreClosed(t *testing.T) {
	for name, c := range map[string]struct {
		method, rng string
		want        int
	}{
		"the whole file": {"GET", "", 1}, "its beginning": {"GET", "bytes=0-9", 1}, "a range": {"GET", "bytes=9-19", 1}, "HEAD": {"HEAD", "", 0},
		"a range past the end": {"GET", "bytes=900000-", 0}, "a thousand ranges": {"GET", "bytes=0-0" + strings.Repeat(",2-2", 1000), 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := &streamBucket{Bucket: bucket(t)}
			r := httptest.NewRequestWithContext(t.Context(), c.method, "/"+video, nil)
			r.Header.Set("Range", c.rng)
			blob.Handler(b, testOptions()).ServeHTTP(httptest.NewRecorder(), r)
			if b.opened != c.want || b.closed != b.opened {
				t.Errorf("opened %d, closed %d; want %d", b.opened, b.closed, c.want)
			}
		})
	}
}

// readerFromRecorder is a ResponseWriter with ReadFrom, as net/http's own has. It remembers the reader.
type readerFromRecorder struct {
	*httptest.ResponseRecorder
	source io.Reader
}

func (k *readerFromRecorder) ReadFrom(r io.Reader) (int64, error) {
	k.source = r
	return io.Copy(k.ResponseRecorder, r)
}

func TestTheKernelCopiesFiles(t *testing.T) {
	w := &readerFromRecorder{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/"+video, nil)
	r.Header.Set("Range", "bytes=10-100009")
	blob.Handler(bucket(t), testOptions()).ServeHTTP(w, r)
	limited, ok := w.source.(*io.LimitedReader)
	if !ok {
		t.Fatalf("the answer is copied from a %T", w.source)
	}
	if _, ok := limited.R.(*os.File); !ok {
		t.Errorf("the answer is copied from a %T, want *os.File", limited.R)
	}
	if w.Body.Len() != 100_000 {
		t.Errorf("%d bytes, want 100000", w.Body.Len())
	}
}

// linkBucket is a bucket whose storage serves files itself.
type linkBucket struct{ *file.Bucket }

func (linkBucket) Link(_ context.Context, key string, how blob.LinkOptions) (string, error) {
	return fmt.Sprintf("https://storage.example/%s?life=%v&type=%s&save=%s", key, how.Life, how.Type, url.QueryEscape(how.Disposition)), nil
}

func TestRedirectToTheStorage(t *testing.T) {
	server := serve(t, linkBucket{bucket(t)})
	signed := func(life time.Duration) string {
		return dataset + "?_jwt=" + signer(noon).Sign(dataset, noon.Add(life))
	}
	for name, c := range map[string]struct {
		method, target string
		status         int
		location       string // after the storage's address
	}{
		"a file without a token":           {"GET", video, 302, video + "?life=8760h0m0s&type=video/mp4&save="},
		"a named download":                 {"GET", video + "?download=a.mp4", 302, video + "?life=8760h0m0s&type=video/mp4&save=attachment%3B+filename%3Da.mp4"},
		"a file of a false media type":     {"GET", upload + "?_jwt=" + signer(noon).Sign(upload, noon.Add(time.Hour)), 302, upload + "?life=1h0m0s&type=image/jpeg&save="},
		"a dataset with a token":           {"GET", signed(time.Hour), 302, dataset + "?life=1h0m0s&type=image/jpeg&save="},
		"a token that expires in a minute": {"GET", signed(time.Minute), 302, dataset + "?life=1m0s&type=image/jpeg&save="},
		"HEAD is answered here":            {"HEAD", video, 200, ""},
		"an absent file":                   {"GET", "cdn/20240909/" + strings.Repeat("A", 30) + ".mp4", 404, ""},
		"a dataset without a token":        {"GET", dataset, 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, server, c.method, c.target)
			if got.status != c.status {
				t.Fatalf("status %d, want %d", got.status, c.status)
			}
			if c.location != "" {
				wantHeaders(t, got, map[string]string{"Location": "https://storage.example/" + c.location, "Cache-Control": "no-store", "ETag": ""})
			}
		})
	}
}

// faultyBucket is a bucket whose methods return the given errors.
type faultyBucket struct {
	*file.Bucket
	stat, open, link error
}

func (b faultyBucket) Stat(ctx context.Context, key string) (blob.Info, error) {
	if b.stat != nil {
		return blob.Info{}, b.stat
	}
	return b.Bucket.Stat(ctx, key)
}

func (b faultyBucket) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if b.open != nil {
		return nil, b.open
	}
	return b.Bucket.Open(ctx, key, offset, length)
}

func (b faultyBucket) Link(context.Context, string, blob.LinkOptions) (string, error) {
	return "", b.link
}

func TestStorageErrorsAreLoggedButNotShown(t *testing.T) {
	fault, gone := errors.New("disk 7 of 10.0.0.3 on fire"), fmt.Errorf("deleted since: %w", blob.ErrNotFound)
	away := fmt.Errorf("%w: %w", blob.ErrUnavailable, fault)
	for name, c := range map[string]struct {
		b      faultyBucket
		status int
	}{
		"stat": {faultyBucket{stat: fault}, 500}, "open": {faultyBucket{open: fault}, 500}, "link": {faultyBucket{link: fault}, 500},
		"deleted after stat": {faultyBucket{open: gone}, 404}, "unavailable": {faultyBucket{stat: away}, 503}, "unavailable after stat": {faultyBucket{open: away}, 503},
	} {
		t.Run(name, func(t *testing.T) {
			c.b.Bucket = bucket(t)
			var log strings.Builder
			options := testOptions()
			options.Log = slog.New(slog.NewTextHandler(&log, nil))
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/"+video, nil)
			r.Header.Set("Range", "bytes=10-19")
			blob.Handler(c.b, options).ServeHTTP(w, r)
			wantProblem(t, response{w.Code, w.Header(), w.Body.Bytes()}, c.status)
			wantHeaders(t, response{header: w.Header()}, map[string]string{"Content-Range": "", "Accept-Ranges": ""})
			if strings.Contains(w.Body.String(), "disk") {
				t.Errorf("the caller sees %s", w.Body)
			}
			if logged := strings.Contains(log.String(), "disk 7") && strings.Contains(log.String(), video); logged != (c.status != 404) {
				t.Errorf("logged: %q", log.String())
			}
		})
	}
}
