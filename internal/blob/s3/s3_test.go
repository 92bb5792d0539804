package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/blobtest"
	"github.com/filmgate/filmgate/internal/blob/s3"
	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
)

// open opens a bucket, which need not exist.
func open(t *testing.T, address string) *s3.Bucket {
	t.Helper()
	b, err := s3.Open(t.Context(), address, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// client returns a client of the server that is not ours.
func client(t *testing.T, s *s3test.Server) *awss3.Client {
	t.Helper()
	loaded, err := config.LoadDefaultConfig(t.Context(), config.WithRegion("us-east-1"))
	if err != nil {
		t.Fatal(err)
	}
	return awss3.NewFromConfig(loaded, func(o *awss3.Options) { o.BaseEndpoint, o.UsePathStyle = &s.Endpoint, true })
}

// start starts a server whose credentials buckets of this process find.
func start(t *testing.T) *s3test.Server {
	t.Helper()
	s3test.SetCredentials(t)
	return s3test.Start(t)
}

func TestSuite(t *testing.T) {
	s, made := start(t), 0
	direct := client(t, s)
	blobtest.Run(t, func(t *testing.T) blob.Bucket {
		made++
		name := fmt.Sprintf("films-%d", made)
		b := open(t, s.MakeBucket(t, name))
		// The server removes an empty folder while another request is about to put a file into it, and then refuses the file. It
		// keeps a folder that was put as such. List skips it.
		for day := range 3 {
			folder := fmt.Sprintf("cdn/2024090%d/", day)
			if _, err := direct.PutObject(t.Context(), &awss3.PutObjectInput{Bucket: &name, Key: &folder, Body: bytes.NewReader(nil)}); err != nil {
				t.Fatal(err)
			}
		}
		return b
	})
}

func TestFaultsOfTheStorageAreUnavailable(t *testing.T) {
	s := start(t)
	away := s3test.URL("films", "http://"+s3test.FreeAddress(t))
	for name, address := range map[string]string{"a missing bucket": s.URL("nowhere"), "an unreachable server": away} {
		b := open(t, address)
		for verb, do := range map[string]func() error{
			"put":    func() error { _, err := b.Put(t.Context(), "a.mp4", strings.NewReader("x"), ""); return err },
			"open":   func() error { _, err := b.Open(t.Context(), "a.mp4", 0, -1); return err },
			"stat":   func() error { _, err := b.Stat(t.Context(), "a.mp4"); return err },
			"delete": func() error { return b.Delete(t.Context(), "a.mp4") },
			"list":   func() error { _, err := b.List(t.Context(), "", "", 1); return err },
			"ping":   func() error { return b.Ping(t.Context()) },
		} {
			t.Run(name+": "+verb, func(t *testing.T) {
				t.Parallel()
				if err := do(); !errors.Is(err, blob.ErrUnavailable) || errors.Is(err, blob.ErrNotFound) {
					t.Errorf("%v, want ErrUnavailable", err)
				}
			})
		}
	}
}

// A Put whose reader fails, or whose caller ends it, leaves no parts that cost money and that no list of files shows.
func TestFailedUploadsLeaveNoParts(t *testing.T) {
	s := start(t)
	b := open(t, s.MakeBucket(t, "films"))
	for name, end := range map[string]func(cancel func()) error{
		"the reader fails":    func(func()) error { return errors.New("the caller went away") },
		"the caller gives up": func(cancel func()) error { cancel(); return io.EOF },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			body := io.MultiReader(bytes.NewReader(make([]byte, 12<<20)), readerFunc(func([]byte) (int, error) { return 0, end(cancel) }))
			if _, err := b.Put(ctx, "a.mp4", body, ""); err == nil {
				t.Fatal("the put succeeded")
			}
			left, err := client(t, s).ListMultipartUploads(t.Context(), &awss3.ListMultipartUploadsInput{Bucket: aws.String("films")})
			if err != nil || len(left.Uploads) != 0 {
				t.Errorf("%d uploads are left, %v", len(left.Uploads), err)
			}
		})
	}
}

type readerFunc func([]byte) (int, error)

// Read calls f.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestLargeBodiesAreUploadedInParts(t *testing.T) {
	s := start(t)
	b := open(t, s.MakeBucket(t, "films"))
	for size, parts := range map[int]string{1 << 20: "", 12 << 20: "-3"} {
		if _, err := b.Put(t.Context(), "a.mp4", bytes.NewReader(make([]byte, size)), ""); err != nil {
			t.Fatal(err)
		}
		info, err := b.Stat(t.Context(), "a.mp4")
		tag := strings.Trim(info.ETag, `"`)
		if err != nil || len(tag) != 32+len(parts) || !strings.HasSuffix(tag, parts) {
			t.Errorf("%d bytes have the ETag %s, %v; want one that ends in %q", size, info.ETag, err, parts)
		}
	}
}

// At most 12 bodies of callers are uploaded in parts at once, since each takes memory. Small ones and finished videos do not wait
// for them.
func TestSlowCallersDelayNoVideo(t *testing.T) {
	const slow, places, size = 20, 12, 6 << 20
	b := open(t, start(t).MakeBucket(t, "films"))
	inParts, goOn := make(chan bool, slow), make(chan struct{})
	var group sync.WaitGroup
	for i := range slow {
		group.Go(func() {
			begun := false
			late := readerFunc(func([]byte) (int, error) { // the end of a body whose beginning is more than a part
				if !begun {
					begun = true
					inParts <- true
				}
				<-goOn
				return 0, io.EOF
			})
			if _, err := b.Put(t.Context(), fmt.Sprintf("%d.mp4", i), io.MultiReader(bytes.NewReader(make([]byte, size)), late), ""); err != nil {
				t.Error(err)
			}
		})
	}
	for range places {
		<-inParts
	}
	if _, err := b.Put(t.Context(), "small.jpg", strings.NewReader("x"), ""); err != nil {
		t.Error(err)
	}
	file, err := os.CreateTemp(t.TempDir(), "*.mp4")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if err := file.Truncate(size); err != nil {
		t.Fatal(err)
	}
	if info, err := b.Put(t.Context(), "video.mp4", file, ""); err != nil || info.Size != size {
		t.Errorf("%d bytes, %v", info.Size, err)
	}
	if more := len(inParts); more > 0 {
		t.Errorf("%d uploads in parts at once, want %d", places+more, places)
	}
	close(goOn)
	group.Wait()
}

const video = "cdn/20240909/PXM1k9NUg4paxT7eirUVfbHYiK5lsW.mp4"

// answer is an answer to a GET.
type answer struct {
	status int
	header http.Header
	body   string
}

// get sends a GET with a range, and follows no redirect.
func get(t *testing.T, address, bytesRange string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Range", bytesRange)
	got, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, string(body)}
}

func TestFilesAreServed(t *testing.T) {
	s := start(t)
	address := s.MakeBucket(t, "films")
	if _, err := open(t, address).Put(t.Context(), video, strings.NewReader("0123456789"), ""); err != nil {
		t.Fatal(err)
	}
	streamed := httptest.NewServer(blob.Handler(open(t, address), blob.HandlerOptions{}))
	defer streamed.Close()
	redirected := httptest.NewServer(blob.Handler(open(t, address+"&serve=redirect"), blob.HandlerOptions{}))
	defer redirected.Close()
	link := get(t, redirected.URL+"/"+video+"?download=lake.mp4", "")
	if link.status != http.StatusFound || !strings.HasPrefix(link.header.Get("Location"), s.Endpoint+"/films/"+video) {
		t.Fatalf("%d to %s", link.status, link.header.Get("Location"))
	}
	for name, from := range map[string]string{"streamed": streamed.URL + "/" + video + "?download=lake.mp4", "from the storage itself": link.header.Get("Location")} {
		t.Run(name, func(t *testing.T) {
			for bytesRange, want := range map[string]answer{
				"":              {200, http.Header{"Content-Length": {"10"}}, "0123456789"},
				"bytes=2-5":     {206, http.Header{"Content-Length": {"4"}, "Content-Range": {"bytes 2-5/10"}}, "2345"},
				"bytes=8-":      {206, http.Header{"Content-Length": {"2"}, "Content-Range": {"bytes 8-9/10"}}, "89"},
				"bytes=-3":      {206, http.Header{"Content-Length": {"3"}, "Content-Range": {"bytes 7-9/10"}}, "789"},
				"bytes=100-200": {416, nil, ""},
			} {
				got := get(t, from, bytesRange)
				if got.status != want.status || want.status < 400 && got.body != want.body {
					t.Errorf("%q: %d %q, want %d %q", bytesRange, got.status, got.body, want.status, want.body)
				}
				if want.status < 400 {
					want.header.Set("Content-Type", "video/mp4")
					want.header.Set("Content-Disposition", "attachment; filename=lake.mp4")
				}
				for name := range want.header {
					if got.header.Get(name) != want.header.Get(name) {
						t.Errorf("%q: %s is %q, want %q", bytesRange, name, got.header.Get(name), want.header.Get(name))
					}
				}
			}
		})
	}
	t.Run("an altered link is refused", func(t *testing.T) {
		altered := strings.Replace(link.header.Get("Location"), "X-Amz-Expires=900", "X-Amz-Expires=9000", 1)
		if got := get(t, altered, ""); altered == link.header.Get("Location") || got.status != http.StatusForbidden {
			t.Errorf("%s: %d", altered, got.status)
		}
	})
}

func TestLinksNameThePublicEndpointAndExpire(t *testing.T) {
	s3test.SetCredentials(t)
	b := open(t, s3test.URL("films", "http://127.0.0.1:1")+"&serve=redirect&link_minutes=30&public_endpoint=https://files.example")
	for life, seconds := range map[time.Duration]string{time.Minute: "60", 24 * time.Hour: "1800", 0: "1"} {
		link, err := b.Link(t.Context(), video, blob.LinkOptions{Life: life})
		if err != nil || !strings.HasPrefix(link, "https://files.example/films/"+video+"?") || !strings.Contains(link, "X-Amz-Expires="+seconds+"&") {
			t.Errorf("%v: %s, %v", life, link, err)
		}
	}
}

// Anyone may ask for readiness as often as they like, and each Ping costs three requests of the server.
func TestPingAsksTheServerOnceInFiveSeconds(t *testing.T) {
	s := start(t)
	address := s.MakeBucket(t, "films")
	var mu sync.Mutex
	now := time.Now()
	b, err := s3.Open(t.Context(), address, func() time.Time { mu.Lock(); defer mu.Unlock(); return now })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	pass := func(d time.Duration) { mu.Lock(); now = now.Add(d); mu.Unlock() }
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	pass(4 * time.Second)
	if err := b.Ping(t.Context()); err != nil {
		t.Errorf("after 4 s: %v", err)
	}
	pass(2 * time.Second)
	if err := b.Ping(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("after 6 s: %v", err)
	}
	s.Resume(t)
	pass(6 * time.Second)
	if err := b.Ping(t.Context()); err != nil {
		t.Errorf("when the server is back: %v", err)
	}
}
