package main

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// metric reads a number of /metrics.
func (p *process) metric(t *testing.T, name string) float64 {
	t.Helper()
	_, body := p.call(t, http.MethodGet, "/metrics", "")
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(body)
	if found == nil {
		t.Fatalf("no metric %s in:\n%s", name, body)
	}
	n, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Clients that do nothing, and clients that are slow, keep nobody from polling, and leave nothing behind. A connection may take
// two goroutines and 32 KiB.
func TestTenThousandIdleAndSlowConnections(t *testing.T) {
	const connections, perConnection = 10_000, 32 << 10
	needFiles(t, connections+1000)
	p := run(t, t.TempDir())
	address := strings.TrimPrefix(p.base, "http://")
	goroutines, memory := p.metric(t, "go_goroutines"), p.metric(t, "process_resident_memory_bytes")
	sends := []string{
		"",                                    // nothing at all
		"GET /api/v1/tasks HTTP/1.1\r\nHost:", // half of the headers
		"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",                                       // an answer that is not read, and then nothing
		"POST /api/v1/create_runway HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", // without a key
		"POST /api/v1/create_runway HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + testKey + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", // half of a body
	}
	var all []net.Conn
	closeAll := sync.OnceFunc(func() {
		for _, c := range all {
			_ = c.Close()
		}
	})
	defer closeAll()
	for n := range connections {
		kind := n % 10 // mostly idle ones
		if kind >= len(sends) {
			kind = 0
		}
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+n%4))}}
		c, err := from.DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatalf("connection %d: %v", n, err)
		}
		all = append(all, c)
		_, _ = io.WriteString(c, sends[kind]) // the server may have closed it already
	}
	for range 200 {
		if code, body := p.call(t, http.MethodGet, "/api/v1/tasks", ""); code != http.StatusOK {
			t.Fatalf("a poll: %d %s", code, body)
		}
	}
	if more := p.metric(t, "go_goroutines") - goroutines; more > 2*connections {
		t.Errorf("%v more goroutines", more)
	}
	more := p.metric(t, "process_resident_memory_bytes") - memory
	t.Logf("%d connections take %.1f KiB each", connections, more/connections/1024)
	if more > connections*perConnection {
		t.Errorf("%.0f MiB more memory", more/(1<<20))
	}
	closeAll()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 50 * 30 {
		if p.metric(t, "go_goroutines") < goroutines+100 {
			return
		}
		<-tick.C
	}
	t.Errorf("%v goroutines are left, of %v before", p.metric(t, "go_goroutines"), goroutines)
}
