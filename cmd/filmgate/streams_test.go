package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// openStream follows all tasks of the account over a connection of its own, and returns when the server has begun to answer.
func openStream(t testing.TB, address string, from net.IP) (net.Conn, *bufio.Reader) {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
	c, err := d.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+testKey+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReaderSize(c, 512)
	if head, err := r.ReadString('\n'); err != nil || !strings.Contains(head, "200 OK") {
		t.Fatalf("%q, %v", head, err)
	}
	return c, r
}

// streamsFrom returns a local address for the n-th stream: one address has no more than some 28,000 ports.
func streamsFrom(n int) net.IP { return net.IPv4(127, 0, 0, byte(2+n%4)) }

// needFiles skips the test if a process may not have so many files open.
func needFiles(t testing.TB, n uint64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < n {
		t.Skipf("this machine allows %d open files", limit.Cur)
	}
}

// readEvent reads a stream until it tells of an event of a type, and returns when that was.
func readEvent(r *bufio.Reader, kind string) (time.Time, error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull { //nolint:errorlint // the very error
			return time.Time{}, err
		}
		if strings.HasPrefix(string(line), "event: "+kind) {
			return time.Now(), nil
		}
	}
}

// Ten thousand streams are told of an event, cost little memory, keep nobody from polling, and end with the server. A stream may take 96 KiB.
func TestTenThousandStreams(t *testing.T) {
	const most, perStream = 10_000, 96 << 10
	needFiles(t, most+1000)
	p := run(t, t.TempDir())
	address, memory := strings.TrimPrefix(p.base, "http://"), p.metric(t, "process_resident_memory_bytes")
	var streams []*bufio.Reader
	for _, n := range []int{1, 1000, most} {
		for len(streams) < n {
			_, r := openStream(t, address, streamsFrom(len(streams)))
			streams = append(streams, r)
		}
		lags := make([]time.Duration, n)
		var all sync.WaitGroup
		var begun time.Time
		begin := make(chan struct{})
		for i, r := range streams {
			all.Go(func() {
				<-begin
				at, err := readEvent(r, "task.created")
				if err != nil {
					t.Errorf("stream %d of %d: %v", i, n, err)
				}
				lags[i] = at.Sub(begun)
			})
		}
		begun = time.Now()
		close(begin)
		if code, body := p.call(t, http.MethodPost, "/api/v1/tasks", `{"prompt":"a lake","seconds":1}`); code != http.StatusCreated {
			t.Fatalf("a create: %d %s", code, body)
		}
		all.Wait()
		slices.Sort(lags)
		t.Logf("from a create to %d streams: p50 %v, p99 %v", n, lags[n/2], lags[n*99/100])
	}
	if got := p.metric(t, "filmgate_http_requests_waiting"); got != most {
		t.Errorf("%v requests wait", got)
	}
	more := p.metric(t, "process_resident_memory_bytes") - memory
	t.Logf("%d streams take %.1f KiB each", most, more/most/1024)
	if more > most*perStream {
		t.Errorf("%.0f MiB more memory", more/(1<<20))
	}
	if code, body := p.call(t, http.MethodGet, "/api/v1/tasks", ""); code != http.StatusOK || !regexp.MustCompile(`"tasks":\[\{`).Match(body) {
		t.Errorf("a poll: %d %s", code, body)
	}
	p.end(syscall.SIGTERM)
	for i, r := range streams {
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Fatal(fmt.Errorf("stream %d did not end cleanly: %w", i, err))
		}
	}
}
