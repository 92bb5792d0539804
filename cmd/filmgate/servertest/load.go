package servertest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Load is a load generator: connections that each send one request after another. It writes bytes that were made before and reads
// no more of an answer than it must, so that it leaves the processor to the server.
type Load struct {
	Addr    string // "127.0.0.1:8080"
	Conns   int
	Status  int                   // of every answer
	Request func(n uint64) []byte // the n-th request, of all connections together, from 0
	For     time.Duration
}

// Loaded is what a Load has measured.
type Loaded struct {
	Requests int
	Took     time.Duration
	Sorted   []time.Duration // the time of each request, from the first byte sent to the last received
}

// Finish completes a measurement that took so long, of which Sorted has the times in any order.
func (l *Loaded) Finish(took time.Duration) {
	l.Took, l.Requests = took, len(l.Sorted)
	slices.Sort(l.Sorted)
}

// Rate returns the requests a second.
func (l Loaded) Rate() float64 { return float64(l.Requests) / l.Took.Seconds() }

// Quantile returns the time within which the share q of the requests was answered; 0 if there was none.
func (l Loaded) Quantile(q float64) time.Duration {
	if len(l.Sorted) == 0 {
		return 0
	}
	return l.Sorted[int(q*float64(len(l.Sorted)-1))]
}

// Run sends requests for the time For. It fails if an answer has another status, or if a connection breaks.
func (l Load) Run(ctx context.Context) (Loaded, error) {
	ctx, stop := context.WithTimeout(ctx, l.For)
	defer stop()
	var (
		n     atomic.Uint64
		mu    sync.Mutex
		all   Loaded
		fails error
		wg    sync.WaitGroup
	)
	begun := time.Now()
	for range l.Conns {
		wg.Go(func() {
			took, err := l.connection(ctx, &n)
			mu.Lock()
			defer mu.Unlock()
			all.Sorted = append(all.Sorted, took...)
			if err != nil {
				fails = err
			}
		})
	}
	wg.Wait()
	all.Finish(time.Since(begun))
	return all, fails
}

// connection sends requests over one connection until ctx ends, and returns how long each took.
func (l Load) connection(ctx context.Context, n *atomic.Uint64) ([]time.Duration, error) {
	c, err := new(net.Dialer).DialContext(context.WithoutCancel(ctx), "tcp", l.Addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	in := bufio.NewReaderSize(c, 16<<10)
	var took []time.Duration
	for ctx.Err() == nil {
		request := l.Request(n.Add(1) - 1)
		begun := time.Now()
		if _, err := c.Write(request); err != nil {
			return took, err
		}
		if err := skipAnswer(in, l.Status); err != nil {
			return took, err
		}
		took = append(took, time.Since(begun))
	}
	return took, nil
}

// skipAnswer reads an answer that has a Content-Length.
func skipAnswer(in *bufio.Reader, status int) error {
	first, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if len(first) < 12 || string(first[9:12]) != strconv.Itoa(status) {
		rest, _ := in.Peek(in.Buffered())
		return fmt.Errorf("want status %d, got %s%s", status, first, rest)
	}
	length := -1
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			if length < 0 {
				return errors.New("the answer has no Content-Length")
			}
			_, err := in.Discard(length)
			return err
		}
		if name := []byte("Content-Length: "); bytes.HasPrefix(line, name) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(name):]))); err != nil {
				return fmt.Errorf("%w: %s", err, line)
			}
		}
	}
}

// RequestBytes returns the bytes of a request without a connection header, for Load.Request.
func RequestBytes(method, addr, path, body string, header ...string) []byte {
	var b bytes.Buffer
	_, _ = fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n", method, path, addr, Key)
	for i := 0; i+1 < len(header); i += 2 {
		_, _ = fmt.Fprintf(&b, "%s: %s\r\n", header[i], header[i+1])
	}
	if body != "" {
		_, _ = fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	_, _ = io.WriteString(&b, "\r\n"+body)
	return b.Bytes()
}
