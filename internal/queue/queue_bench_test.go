package queue

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkWake measures the time from enqueuing a wake to its step, one at a time, on each database.
func BenchmarkWake(b *testing.B) {
	database := "sqlite"
	if server != nil {
		database = "postgres"
	}
	b.Run(database, func(b *testing.B) {
		h := newTestQueue(b, Options{})
		steps, stepped := recordSteps()
		h.start(b, steps)
		var took []time.Duration
		for b.Loop() {
			begun := time.Now()
			h.schedule(b, remoteTask("t"))
			<-stepped
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2].Seconds()*1e3, "ms-p50")
		b.ReportMetric(took[len(took)*99/100].Seconds()*1e3, "ms-p99")
	})
}
