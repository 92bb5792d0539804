package browser_test

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
	"github.com/filmgate/filmgate/internal/web/browsertest"
)

// worksBelowAPath uses a server whose public URL has a path, and whose files the browser gets from a bucket, to which it is redirected:
// the page's policy must allow both.
func worksBelowAPath(t *testing.T, p *studioPage) {
	storage, address := s3test.Start(t), freeAddress(t)
	bucket := storage.MakeBucket(t, "films")
	s := programs.Start(t, t.TempDir(), append(s3test.Environment(), "FILMGATE_ADDR="+address, "FILMGATE_PUBLIC_URL=http://"+address+"/video", "FILMGATE_BLOB_URL="+bucket+"&serve=redirect")...)
	other, err := p.Browser().Incognito() // without the cookie of the other server, which goes to all ports of a host
	if err != nil {
		t.Fatal(err)
	}
	below := &studioPage{browsertest.New(t, other, s.Base, storage.Endpoint), s, ""}
	s.Base += "/video"
	below.Allow("401") // before the sign-in
	below.open(t, "")
	below.fill(t, "#key", servertest.Key)
	below.press(t, "^Sign in$")
	below.Find(t, "#prompt")
	if code, answer := s.Call(t, http.MethodPost, "/api/v1/tasks", `{"prompt":"a lake","seconds":1,"resolution":"480p"}`); code != http.StatusCreated {
		t.Fatalf("%d %s", code, answer)
	}
	below.says(t, ".job .status", "Done")
	below.Until(t, `() => document.querySelector('.job .hover img')?.naturalWidth > 0`)
	below.Click(t, ".job .title")
	below.Until(t, `() => document.querySelector('video')?.readyState >= 2`)
	if !slices.ContainsFunc(below.Requests(), func(asked string) bool { return strings.HasPrefix(asked, storage.Endpoint) }) {
		t.Error("nothing came from the bucket")
	}
}

// freeAddress returns an address of this machine that was just free.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
