package queue

import "testing"

// BenchmarkAlarm measures how long it takes from setting an alarm to its step, one at a time.
func BenchmarkAlarm(b *testing.B) {
	h := newTestQueue(b, Options{})
	steps, stepped := recordSteps()
	h.start(b, steps)
	for b.Loop() {
		h.schedule(b, remoteTask("t"))
		<-stepped
	}
}
