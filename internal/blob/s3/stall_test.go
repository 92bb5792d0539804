package s3

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
)

// silent takes a request and never answers.
func silent(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// deaf accepts a connection and takes no byte of it.
func deaf(net.Conn) {}

// halting answers with the beginning of an object, and stops.
func halting(conn net.Conn) {
	if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: \"x\"\r\nLast-Modified: Mon, 02 Jan 2006 15:04:05 GMT\r\n\r\nthe beginning")
	}
}

// Whatever a server that hangs is asked, the call ends with an error that says so, in the time given: with all its repeats.
func TestCallsOfAServerThatHangsEnd(t *testing.T) {
	put := func(size int) func(context.Context, *Bucket) error {
		return func(ctx context.Context, b *Bucket) error {
			_, err := b.Put(ctx, "cdn/a.mp4", bytes.NewReader(make([]byte, size)), "video/mp4")
			return err
		}
	}
	read := func(ctx context.Context, b *Bucket) error {
		body, err := b.Open(ctx, "cdn/a.mp4", 0, -1)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, body)
		_ = body.Close()
		return err
	}
	stat := func(ctx context.Context, b *Bucket) error { _, err := b.Stat(ctx, "cdn/a.mp4"); return err }
	list := func(ctx context.Context, b *Bucket) error { _, err := b.List(ctx, "cdn/", "", 10); return err }
	for name, c := range map[string]struct {
		server func(net.Conn)
		call   func(context.Context, *Bucket) error
		most   time.Duration
	}{
		"stat":                             {silent, stat, callTime},
		"list":                             {silent, list, callTime},
		"delete":                           {silent, func(ctx context.Context, b *Bucket) error { return b.Delete(ctx, "cdn/a.mp4") }, callTime},
		"ping":                             {silent, func(ctx context.Context, b *Bucket) error { return b.Ping(ctx) }, attempts * (headTime + maxBackoff)},
		"check":                            {silent, func(ctx context.Context, b *Bucket) error { return b.Check(ctx) }, attempts * (headTime + maxBackoff)},
		"open":                             {silent, read, attempts * (headTime + maxBackoff)},
		"put":                              {silent, put(1000), attempts * (headTime + maxBackoff)},
		"put in parts":                     {silent, put(12 << 20), attempts*(headTime+maxBackoff) + abortTime},
		"stat, and nothing is taken":       {deaf, stat, callTime},
		"put, and nothing is taken":        {deaf, put(1000), attempts * (stallTime + maxBackoff)},
		"read an object that stops midway": {halting, read, attempts * (stallTime + maxBackoff)},
	} {
		t.Run(name, func(t *testing.T) {
			s3test.SetCredentials(t)
			synctest.Test(t, func(t *testing.T) {
				b, ended := openAt(t, c.server)
				begun := time.Now()
				err := c.call(t.Context(), b)
				if took := time.Since(begun); took > c.most {
					t.Errorf("it took %v of the test's clock, want %v at most", took, c.most)
				}
				if err == nil || !strings.Contains(err.Error(), "does not answer in time") {
					t.Errorf("%v, want an error about a server that does not answer", err)
				}
				if unavailable := errors.Is(err, blob.ErrUnavailable); unavailable == (name == "check") {
					t.Errorf("%v: unavailable is %v", err, unavailable)
				}
				ended()
			})
		})
	}
}

// openAt returns a bucket at a server, which gets each connection, and a function that ends both.
func openAt(t *testing.T, server func(net.Conn)) (*Bucket, func()) {
	t.Helper()
	b, err := Open(t.Context(), s3test.URL("films", "http://s3.test"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var others []net.Conn
	b.client.Options().HTTPClient.(*http.Client).Transport.(*http.Transport).DialContext = withStallTime(
		func(context.Context, string, string) (net.Conn, error) {
			ours, other := net.Pipe()
			mu.Lock()
			defer mu.Unlock()
			others = append(others, other)
			go server(other)
			return ours, nil
		})
	return b, func() {
		for _, conn := range others {
			_ = conn.Close()
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	}
}
