package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
)

const (
	streamRounds = 5
	manyStreams  = 10_000
)

// refusedTask is the body of a create whose task fails as soon as the vendor is called.
const refusedTask = `{"seconds":5,"text_prompt":"a cat walks 400","seed":3}`

// BenchmarkStreams measures the time from a create to the event of it at the readers of the account's stream, and beside it the reference,
// servertest/bare, which sends each request's event to all its streams. The two take turns. With 10,000 streams they do not, because one process
// can't have 20,000 open; there the memory of the server's process is measured, too. Each create's task fails at once, and the next
// create comes when all readers know that.
func BenchmarkStreams(b *testing.B) {
	needFiles(b, manyStreams+3000)
	p := runWith(b, b.TempDir(), vendorConfig(b, startVendor(b)), "FILMGATE_LOG=warn")
	id := p.create(b, refusedTask)
	readers := dialecttest.Readers()
	addr, pid := startBare(b, pollAnswer(b, p.base, readers[indexOf(b, readers, "filmgate")], id))
	ours, bare := newAudience(b, addrOf(p), p.cmd.Process.Pid), newAudience(b, addr, pid)
	for _, c := range []struct{ streams, creates int }{{1, 50}, {1000, 5}} {
		b.Run(strconv.Itoa(c.streams), func(b *testing.B) {
			ours.grow(c.streams)
			bare.grow(c.streams)
			for b.Loop() {
				var rounds turns
				for range streamRounds {
					rounds.ours = append(rounds.ours, ours.measure(b, c.creates))
					rounds.reference = append(rounds.reference, bare.measure(b, c.creates))
				}
				rounds.report(b, "bare", quantile(50), quantile(99))
			}
		})
	}
	b.Run(strconv.Itoa(manyStreams), func(b *testing.B) {
		for b.Loop() {
			var rounds turns
			var each []float64
			for _, one := range []struct {
				*audience
				to *[]turn
			}{{ours, &rounds.ours}, {bare, &rounds.reference}} {
				each = append(each, one.growMany(b))
				for range streamRounds {
					*one.to = append(*one.to, one.measure(b, 1))
				}
				one.leave()
			}
			rounds.report(b, "bare", quantile(50), quantile(99), processor())
			b.ReportMetric(each[0], "KiB-stream")
			b.ReportMetric(each[0]/each[1], "ratio-KiB")
		}
	})
}

// audience are readers of a server's streams.
type audience struct {
	b              *testing.B
	addr           string
	pid            int
	conns          []net.Conn
	created, ended chan time.Time // when a reader knew of a task, and of its end; zero = its stream broke off
}

func newAudience(b *testing.B, addr string, pid int) *audience {
	a := &audience{b: b, addr: addr, pid: pid}
	a.leave()
	return a
}

// grow opens streams until there are n.
func (a *audience) grow(n int) {
	for len(a.conns) < n {
		c, r := openStream(a.b, a.addr, streamsFrom(len(a.conns)))
		a.conns = append(a.conns, c)
		go read(a.b.Context(), r, a.created, a.ended)
	}
}

// read reads a stream until it breaks off.
func read(ctx context.Context, r *bufio.Reader, created, ended chan<- time.Time) {
	for {
		for _, next := range []struct {
			kind string
			to   chan<- time.Time
		}{{"task.created", created}, {"task.failed", ended}} {
			at, err := readEvent(r, next.kind)
			select {
			case next.to <- at:
			case <-ctx.Done():
			}
			if err != nil {
				return
			}
		}
	}
}

// growMany opens streams until there are 10,000, and returns the memory that one more takes of the server, in KiB.
func (a *audience) growMany(b *testing.B) float64 {
	few := len(a.conns)
	before := memory(b, a.pid, "VmRSS:")
	a.grow(manyStreams)
	a.measure(b, 1)
	return (memory(b, a.pid, "VmRSS:") - before) * 1024 / float64(manyStreams-few)
}

// leave closes all streams.
func (a *audience) leave() {
	for _, c := range a.conns {
		_ = c.Close()
	}
	a.conns, a.created, a.ended = nil, make(chan time.Time, manyStreams), make(chan time.Time, manyStreams)
}

// measure makes creates, one after the other, and returns when all readers were told of each. Processor time is that of one event at one reader.
func (a *audience) measure(b *testing.B, creates int) turn {
	before, _ := processorTime(b, a.pid)
	var l servertest.Loaded
	all := time.Now()
	for range creates {
		begun := time.Now()
		if err := a.create(); err != nil {
			b.Fatal(err)
		}
		for range a.conns {
			l.Sorted = append(l.Sorted, await(b, a.created).Sub(begun))
		}
		for range a.conns {
			await(b, a.ended)
		}
	}
	l.Finish(time.Since(all))
	after, _ := processorTime(b, a.pid)
	return turn{l, time.Duration((after - before) / float64(l.Requests) * float64(time.Second))}
}

func await(b *testing.B, from <-chan time.Time) time.Time {
	b.Helper()
	select {
	case at := <-from:
		if at.IsZero() {
			b.Fatal("a stream broke off")
		}
		return at
	case <-time.After(time.Minute): // only guards against a hanging benchmark
		b.Fatal("an event did not come")
	}
	panic("not reached")
}

func (a *audience) create() error {
	req, err := http.NewRequestWithContext(a.b.Context(), http.MethodPost, "http://"+a.addr+"/api/v1/create_runway", strings.NewReader(refusedTask))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+testKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("a create: %s", resp.Status)
	}
	return nil
}
