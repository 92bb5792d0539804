package queue

import "testing"

// BenchmarkAlarm measures how long it takes from setting an alarm to its step, one at a time.
func BenchmarkAlarm(b *testing.B) {
	h := newHouse(b, Options{})
	steps, rung := told()
	h.start(b, steps)
	for b.Loop() {
		h.set(b, remote("t"))
		<-rung
	}
}
