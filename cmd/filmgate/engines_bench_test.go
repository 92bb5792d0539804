package main

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

const (
	tasksAtEngines  = 1000 // of each server of BenchmarkPollingByEngines
	endingAtEngines = 100  // of them end while it is measured
	engineTurns     = 4
)

// atEngines is a server with tasks in flight at so many engines, all at a vendor of its own.
type atEngines struct {
	data   benchData
	vendor string
	*process
}

// BenchmarkPollingByEngines runs two servers beside one another, so that what else the machine does slows both: one has all its tasks
// at one engine, the other as many at twenty.
func BenchmarkPollingByEngines(b *testing.B) {
	b.Run(fmt.Sprintf("%d-tasks", tasksAtEngines), func(b *testing.B) {
		for b.Loop() {
			one, twenty := newAtEngines(b, 1), newAtEngines(b, 20)
			begun := time.Now()
			one.awaitSubmits(b, tasksAtEngines)
			twenty.awaitSubmits(b, tasksAtEngines)
			<-time.After(time.Until(begun.Add(settling)))
			var rounds turns
			for range engineTurns {
				rounds.takeTogether(b, twenty, one)
			}
			<-time.After(arriving)
			rounds.report(b, "one", processor())
			one.stopAndReport(b, "-one")
			twenty.stopAndReport(b, "")
		}
	})
}

// newAtEngines starts a server with its tasks.
func newAtEngines(b *testing.B, engines int) atEngines {
	data, vendor := benchData{folder: b.TempDir()}, startVendor(b, "--delay", vendorWait.String())
	data.fillFor(b, tasksAtEngines, engines, endsWhileMeasured(tasksAtEngines, endingAtEngines))
	return atEngines{data, vendor, data.serve(b, vendorsConfig(b, vendor, engines))}
}

// takeTogether measures both at the same time: the processor time of one task in flight, in each second.
func (t *turns) takeTogether(b *testing.B, ours, reference atEngines) {
	const long = measuring / engineTurns
	both := [2]atEngines{ours, reference}
	var used [2]float64
	for i, s := range both {
		used[i], _ = processorTime(b, s.cmd.Process.Pid)
	}
	<-time.After(long)
	for i, s := range both {
		now, _ := processorTime(b, s.cmd.Process.Pid)
		of := turn{processor: time.Duration((now - used[i]) / tasksAtEngines / long.Seconds() * float64(time.Second))}
		if i == 0 {
			t.ours = append(t.ours, of)
		} else {
			t.reference = append(t.reference, of)
		}
	}
}

// stopAndReport stops the server and reports the lags of its tasks.
func (s atEngines) stopAndReport(b *testing.B, suffix string) {
	s.end(syscall.SIGTERM)
	heard, finished := lags(b, s.data, vendorTasks(b, s.vendor))
	b.ReportMetric(float64(len(finished)), "finished"+suffix)
	reportLags(b, "heard"+suffix, heard)
	reportLags(b, "lag"+suffix, finished)
}
