package queue

import "testing"

// BenchmarkWake measures the time from enqueuing a wake to its step, one at a time.
func BenchmarkWake(b *testing.B) {
	h := newTestQueue(b, Options{})
	steps, stepped := recordSteps()
	h.start(b, steps)
	for b.Loop() {
		h.schedule(b, remoteTask("t"))
		<-stepped
	}
}
