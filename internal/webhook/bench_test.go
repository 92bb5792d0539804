package webhook_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// BenchmarkDeliver measures deliveries to one local receiver, each of another task, from the row to the record.
func BenchmarkDeliver(b *testing.B) {
	h := newHarness(b, local())
	r := newSink(b, nil)
	w, _ := h.create(b, r.URL)
	for n := range b.N {
		h.happen(b, fmt.Sprint("task ", n), task.Queued)
	}
	b.ResetTimer()
	for wait := h.deliver(b, w.ID); wait > 0; wait = h.deliver(b, w.ID) {
		h.sleep(wait + time.Second)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
	if n := len(r.got()); n != b.N {
		b.Errorf("delivered %d of %d", n, b.N)
	}
}

// BenchmarkPlan measures what an event costs an account without a webhook.
func BenchmarkPlan(b *testing.B) {
	h := newHarness(b, local())
	for b.Loop() {
		c := task.Change{Task: task.Task{ID: "a", Account: 7}, Events: []task.Event{{Kind: "created", To: task.Queued}}}
		if err := h.Plan(b.Context(), &c); err != nil {
			b.Fatal(err)
		}
	}
}
