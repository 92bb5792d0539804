package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/fakevendor"
)

const (
	pollers    = 16 // connections
	pollRounds = 9  // turns of each server
	pollTurn   = 500 * time.Millisecond
)

// BenchmarkPoll measures polls over 16 connections, and beside each the reference: servertest/bare, which answers with the same
// bytes. The two servers are processes and take turns; the ratios are medians over the turns. Tasks are finished (in each
// dialect), running, or finished among 1,000,000 that are read in turn, more than any cache holds. FILMGATE_BENCH_TASKS sets another number.
func BenchmarkPoll(b *testing.B) {
	readers := dialecttest.Readers()
	data := b.TempDir()
	p := run(b, data)
	id := p.create(b, `{"seconds":5,"text_prompt":"camera pull out over mountains","seed":3}`)
	p.until(b, id, hasSucceeded)
	for _, r := range readers {
		b.Run("finished/"+r.Name, func(b *testing.B) { comparePolls(b, p, r, []string{id}) })
	}
	runway := readers[indexOf(b, readers, "makevid/runway")]
	b.Run("running/"+runway.Name, func(b *testing.B) {
		p, id := runRunning(b)
		comparePolls(b, p, runway, []string{id})
	})
	n := manyTasks(b)
	b.Run(fmt.Sprintf("among-%d/%s", n, runway.Name), func(b *testing.B) {
		p := run(b, fillData(b, n))
		awaitIdle(b, p)
		ids := make([]string, 20_000)
		for i := range ids {
			ids[i] = idOfMany(1 + i*7919%n)
		}
		b.Run("in-turn", func(b *testing.B) { comparePolls(b, p, runway, ids) })
		b.Run("the-same", func(b *testing.B) { comparePolls(b, p, runway, ids[:1]) })
	})
}

// manyTasks returns how many tasks are stored where there are many.
func manyTasks(b *testing.B) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("FILMGATE_BENCH_TASKS"), "1000000"))
	if err != nil || n < 1000 {
		b.Fatal("FILMGATE_BENCH_TASKS is not a number from 1000 on")
	}
	return n
}

func indexOf(b *testing.B, readers []dialecttest.Reader, name string) int {
	for i, r := range readers {
		if r.Name == name {
			return i
		}
	}
	b.Fatalf("no dialect %s", name)
	return 0
}

// runRunning returns a server and a task that is running at a vendor, for some 90 s.
func runRunning(b *testing.B) (*process, string) {
	vendor := startVendor(b)
	p := runWith(b, b.TempDir(), vendorConfig(b, vendor), "FILMGATE_LOG=warn")
	id := p.create(b, `{"seconds":5,"text_prompt":"a cat walks slow:2m","seed":3}`)
	p.until(b, id, func(a taskAnswer) bool { return a.Task.Status == "RUNNING" })
	return p, id
}

// vendorConfig returns the setting of a settings file in which all models are the vendor's.
func vendorConfig(b *testing.B, vendor string) string { return vendorsConfig(b, vendor, 1) }

// vendorName returns the name of an engine of vendorsConfig, from 0.
func vendorName(i int) string {
	if i == 0 {
		return "vendor"
	}
	return "vendor-" + strconv.Itoa(i)
}

// vendorsConfig is vendorConfig with several engines, all of them at one vendor.
func vendorsConfig(b *testing.B, vendor string, engines int) string {
	b.Helper()
	config := filepath.Join(b.TempDir(), "engines.yaml")
	text := "engines:\n"
	for i := range engines {
		text += fmt.Sprintf("- {name: %s, type: runway, base_url: %s/runway, allow_networks: [127.0.0.0/8], keys: [{key: %s}]}\n", vendorName(i), vendor, fakevendor.Key)
	}
	text += "models: {\"*\": [vendor]}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return "FILMGATE_CONFIG=" + config
}

// runWith is run with settings.
func runWith(t testing.TB, data string, settings ...string) *process {
	t.Helper()
	s := programs.Start(t, data, settings...)
	return &process{s, s.Base, s.Cmd, s.Log}
}

// awaitIdle waits until the server does little: after its start it looks whether the whole database is whole.
func awaitIdle(b *testing.B, p *process) {
	const most = 0.05 // cores
	tick, begun := time.NewTicker(time.Second), time.Now()
	defer tick.Stop()
	for last, used := 0.0, 1.0; used > most; {
		<-tick.C
		now, _ := processorTime(b, p.cmd.Process.Pid)
		last, used = now, now-last
		if time.Since(begun) > 5*time.Minute {
			b.Fatal("the server does not come to rest")
		}
	}
}

// comparePolls polls the tasks in turn, at the server and at a reference that answers with the bytes of the first one.
func comparePolls(b *testing.B, p *process, r dialecttest.Reader, ids []string) {
	ours := pollLoad(b, p.base, r, ids)
	bare := pollLoad(b, "", r, ids[:1])
	ours.pid = p.cmd.Process.Pid
	bare.Addr, bare.pid = startBare(b, pollAnswer(b, p.base, r, ids[0]))
	for b.Loop() {
		var rounds turns
		for range pollRounds {
			rounds.take(b, ours, bare)
		}
		rounds.report(b, "bare", rate(), processor(), quantile(99))
	}
}

// measured is a load on a process.
type measured struct {
	servertest.Load
	pid int
}

// pollLoad returns the load of polls.
func pollLoad(b *testing.B, base string, r dialecttest.Reader, ids []string) measured {
	addr := strings.TrimPrefix(base, "http://")
	requests := make([][]byte, len(ids))
	for i, id := range ids {
		req := r.Request("http://filmgate.example", id, testKey)
		body, err := io.ReadAll(req.Body)
		if err != nil {
			b.Fatal(err)
		}
		var header []string
		if name, value, ok := strings.Cut(r.Header, ": "); ok {
			header = []string{name, value}
		}
		requests[i] = servertest.RequestBytes(req.Method, cmp.Or(addr, "filmgate.example"), req.URL.RequestURI(), string(body), header...)
	}
	return measured{Load: servertest.Load{Addr: addr, Conns: pollers, Status: http.StatusOK, For: pollTurn,
		Request: func(n uint64) []byte { return requests[n%uint64(len(requests))] }}}
}

// answerOf returns the body of the answer.
func pollAnswer(b *testing.B, base string, r dialecttest.Reader, id string) []byte {
	resp, err := http.DefaultClient.Do(r.Request(base, id, testKey))
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !json.Valid(body) {
		b.Fatalf("%s: %d %s", r.Name, resp.StatusCode, body)
	}
	return body
}

// startBare starts the reference with a body and returns its address and process.
func startBare(b *testing.B, body []byte) (addr string, pid int) {
	dir := b.TempDir()
	program, file := filepath.Join(dir, "bare"), filepath.Join(dir, "body")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", program, "./servertest/bare").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(program, testKey, file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on http://")
	if err != nil || !ok {
		b.Fatalf("printed %q, %v", line, err)
	}
	return addr, cmd.Process.Pid
}
