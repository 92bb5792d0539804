package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	inFlight   = 5000             // tasks at the vendor at once
	finishing  = 240              // of them end while it is measured; the others go on for minutes, and tell progress
	settling   = 25 * time.Second // what all submits may take, and the first polls
	measuring  = 40 * time.Second
	arriving   = 5 * time.Second       // what ends last has so long to be seen
	vendorWait = 50 * time.Millisecond // the vendor holds each answer back so long
)

// BenchmarkPolling keeps 5,000 tasks in flight at a vendor that asks to be polled every 5 s and takes 50 ms to answer. The
// server is the program itself, the vendor another process. It is heard of when a poll is told that
// it is done; its lag goes on to our row's SUCCEEDED: download, facts and five previews by ffmpeg of a one-second video. Processor time is that of the
// server's process while it is measured, and apart from it that of its children, which cut the previews.
func BenchmarkPolling(b *testing.B) {
	onBoth(b, func(b *testing.B, fresh func() benchData) {
		for b.Loop() {
			poll5000(b, fresh())
		}
	})
}

func poll5000(b *testing.B, data benchData) {
	vendor := startVendor(b, "--delay", vendorWait.String())
	data.fill(b, inFlight, endsWhileMeasured(inFlight, finishing))
	s := atEngines{data, vendor, data.serve(b, vendorConfig(b, vendor))}
	begun := time.Now()
	s.awaitSubmits(b, inFlight)
	b.ReportMetric(time.Since(begun).Seconds(), "s-to-submit")
	<-time.After(time.Until(begun.Add(settling)))
	measure(b, s.process, vendor)
	<-time.After(arriving)
	stopping := time.Now()
	s.end(syscall.SIGTERM)
	b.ReportMetric(time.Since(stopping).Seconds(), "s-to-stop")
	heard, finished := lags(b, data, vendorTasks(b, vendor))
	b.ReportMetric(float64(len(finished)), "finished")
	reportLags(b, "heard", heard)
	reportLags(b, "lag", finished)
}

// endsWhileMeasured returns the tags of tasks of which so many end one after the other while it is measured.
func endsWhileMeasured(tasks, ending int) func(i int) string {
	return func(i int) string {
		slow := 10 * time.Minute
		if step := tasks / ending; i%step == 0 {
			slow = settling + (measuring-5*time.Second)*time.Duration(i/step)/time.Duration(ending)
		}
		return fmt.Sprintf("tag:%s slow:%s", benchID(i), slow)
	}
}

// awaitSubmits waits until the vendor has accepted so many tasks.
func (s atEngines) awaitSubmits(b *testing.B, tasks int) {
	begun, tick := time.Now(), time.NewTicker(time.Second)
	defer tick.Stop()
	for accepted(vendorTasks(b, s.vendor)) < tasks {
		if time.Since(begun) > 5*time.Minute {
			b.Fatalf("only %d are submitted\n%s", accepted(vendorTasks(b, s.vendor)), s.errs)
		}
		<-tick.C
	}
}

// measure reports the processor time, memory and polls of a stretch of time.
func measure(b *testing.B, p *process, vendor string) {
	polls, began := polled(vendorTasks(b, vendor)), time.Now()
	own, children := processorTime(b, p.cmd.Process.Pid)
	<-time.After(measuring)
	lasted := time.Since(began).Seconds()
	ownNow, childrenNow := processorTime(b, p.cmd.Process.Pid)
	b.ReportMetric((ownNow-own)/lasted, "cores")
	b.ReportMetric((childrenNow-children)/lasted, "cores-ffmpeg")
	b.ReportMetric(float64(polled(vendorTasks(b, vendor))-polls)/lasted, "polls/s")
	b.ReportMetric(memory(b, p.cmd.Process.Pid, "VmHWM:"), "MiB-peak")
}

// lags returns, of the tasks that have succeeded, how long after the vendor was done a poll heard of it, and our rows said so.
func lags(b *testing.B, data benchData, at map[string]fakevendor.Count) (heard, finished []time.Duration) {
	rows, _, _, err := node.OpenStore(b.Context(), data.settings())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	done, err := rows.Tasks(b.Context(), task.Query{States: []task.State{task.Succeeded}, Limit: inFlight})
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range done {
		heard = append(heard, at[t.ID].Reported.Sub(at[t.ID].Ends))
		finished = append(finished, t.Finished.Sub(at[t.ID].Ends))
	}
	return heard, finished
}

func reportLags(b *testing.B, name string, lag []time.Duration) {
	if slices.Sort(lag); len(lag) > 0 {
		b.ReportMetric(lag[len(lag)/2].Seconds(), "s-"+name+"-p50")
		b.ReportMetric(lag[len(lag)*99/100].Seconds(), "s-"+name+"-p99")
	}
}

// startVendor starts the fake vendor as a process of its own and returns its URL.
func startVendor(t testing.TB, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fakevendor")
	if out, err := exec.Command("go", "build", "-o", path, "../fakevendor").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(path, append([]string{"--addr", "127.0.0.1:0"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("printed %q, %v", line, err)
	}
	return url
}

// vendorTasks asks the fake vendor what it was asked.
func vendorTasks(t testing.TB, vendor string) map[string]fakevendor.Count {
	t.Helper()
	_, body := fetch(t, vendor+"/tasks")
	var all map[string]fakevendor.Count
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func accepted(all map[string]fakevendor.Count) (n int) {
	for _, c := range all {
		n += c.Accepted
	}
	return n
}

func polled(all map[string]fakevendor.Count) (n int) {
	for _, c := range all {
		n += c.Polls
	}
	return n
}

// processorTime reads the seconds that a process and its ended children have used.
func processorTime(b *testing.B, pid int) (own, children float64) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("the system has no /proc")
	}
	const ticks = 100 // a second, on every Linux
	_, rest, _ := strings.Cut(string(raw), ") ")
	var t [4]float64
	for i, f := range strings.Fields(rest)[11:15] { // utime, stime, cutime, cstime: proc(5)
		if _, err := fmt.Sscan(f, &t[i]); err != nil {
			b.Fatal(err)
		}
	}
	return (t[0] + t[1]) / ticks, (t[2] + t[3]) / ticks
}

// memory reads one line of a process's status, in MiB.
func memory(b *testing.B, pid int, line string) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip("the system has no /proc")
	}
	_, rest, _ := strings.Cut(string(status), line)
	var kib float64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}
