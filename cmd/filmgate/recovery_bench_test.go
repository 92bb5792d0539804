package main

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

const (
	recovering     = 500 // tasks in flight
	recoveryRounds = 5
)

// BenchmarkRecovery kills a server with 500 tasks in flight by SIGKILL and starts it again. It reports the time from the start of the new process
// until it listens, and until the vendor is asked about a task.
func BenchmarkRecovery(b *testing.B) {
	onBoth(b, func(b *testing.B, fresh func() benchData) {
		vendor := startVendor(b)
		data := fresh()
		p := data.inFlightAt(b, vendor, recovering)
		for b.Loop() {
			var listens, steps []float64
			for range recoveryRounds {
				p.end(syscall.SIGKILL)
				before, begun := polled(vendorTasks(b, vendor)), time.Now()
				p = data.serve(b, vendorConfig(b, vendor))
				listens = append(listens, time.Since(begun).Seconds())
				tick := time.NewTicker(10 * time.Millisecond)
				for polled(vendorTasks(b, vendor)) == before {
					if time.Since(begun) > time.Minute {
						b.Fatalf("nothing is polled\n%s", p.errs)
					}
					<-tick.C
				}
				tick.Stop()
				steps = append(steps, time.Since(begun).Seconds())
			}
			b.ReportMetric(median(listens), "s-to-listen")
			b.ReportMetric(median(steps), "s-to-step")
			b.ReportMetric(slices.Max(steps), "s-to-step-most")
			b.ReportMetric(0, "ns/op")
		}
	})
}
