package main

import (
	"database/sql"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

const (
	nodesRounds = 3
	nodesTurn   = 2 * time.Second
)

// BenchmarkNodes compares two servers that share a PostgreSQL and a bucket with one server that has its own, in turns. The same 64 connections
// create tasks at a vendor that takes 50 ms to answer, or 16 read a running task, half of them at each of the two.
func BenchmarkNodes(b *testing.B) {
	alone, shared := newNodes(b, 1), newNodes(b, 2)
	for _, c := range []struct {
		name  string
		conns int
		load  func(p *process, task string) servertest.Load
	}{
		{"creates", creators, func(p *process, _ string) servertest.Load { return createLoad(p, nodesTurn) }},
		{"polls", pollers, func(p *process, task string) servertest.Load {
			request := servertest.RequestBytes(http.MethodGet, addrOf(p), "/api/v1/get_runway/"+task, "")
			return servertest.Load{Addr: addrOf(p), Status: http.StatusOK, For: nodesTurn, Request: func(uint64) []byte { return request }}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				var rounds turns
				for range nodesRounds {
					rounds.ours = append(rounds.ours, shared.measure(b, c.conns, c.load))
					rounds.reference = append(rounds.reference, alone.measure(b, c.conns, c.load))
				}
				rounds.report(b, "one", rate(), processor(), quantile(99))
			}
		})
	}
}

// nodes are servers of one cluster, with a task that runs at the vendor.
type nodes struct {
	all  []*process
	db   *sql.DB
	task string
}

func newNodes(b *testing.B, n int) nodes {
	c, vendor := newCluster(b), startVendor(b, "--delay", vendorWait.String())
	_, url, _ := strings.Cut(c.settings[0], "=")
	out := nodes{db: benchData{url: url}.open(b)}
	for range n {
		out.all = append(out.all, c.run(b, vendorConfig(b, vendor), "FILMGATE_LOG=warn"))
	}
	out.task = out.all[0].create(b, `{"seconds":5,"text_prompt":"a cat walks slow:4m","seed":3}`)
	out.all[0].until(b, out.task, func(a taskAnswer) bool { return a.Task.Status == "RUNNING" })
	return out
}

// measure runs a load of conns connections, divided among the servers, and waits until all other tasks have ended.
func (n nodes) measure(b *testing.B, conns int, load func(p *process, task string) servertest.Load) turn {
	before := n.processor(b)
	begun := time.Now()
	var sum servertest.Loaded
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, p := range n.all {
		wg.Go(func() {
			l := load(p, n.task)
			l.Conns = conns / len(n.all)
			got, err := l.Run(b.Context())
			if err != nil {
				b.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			sum.Sorted = append(sum.Sorted, got.Sorted...)
		})
	}
	wg.Wait()
	sum.Finish(time.Since(begun))
	used := n.processor(b) - before
	awaitTasks(b, n.db, "NOT ended", 1)
	return turn{sum, time.Duration(used / float64(sum.Requests) * float64(time.Second))}
}

// processor returns the seconds of processor time that all servers have used.
func (n nodes) processor(b *testing.B) (sum float64) {
	for _, p := range n.all {
		own, _ := processorTime(b, p.cmd.Process.Pid)
		sum += own
	}
	return sum
}

func addrOf(p *process) string { return strings.TrimPrefix(p.base, "http://") }
