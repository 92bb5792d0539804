package queue

import (
	"context"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestAWakeForAWebhookDelivers(t *testing.T) {
	h := newTestQueue(t, Options{})
	delivered := make(chan string, 10)
	h.schedule(t, task.Wake{Task: "hook", Lane: task.Webhooks}, remoteTask("a"))
	steps, stepped := recordSteps()
	steps.deliver = func(_ context.Context, webhook string) (Next, error) {
		delivered <- webhook
		return Next{Done: true}, nil
	}
	h.start(t, steps)
	if got := wait(t, "the delivery", delivered); got != "hook" {
		t.Errorf("delivered to %q", got)
	}
	if got := wait(t, "the step", stepped); got != "a" {
		t.Errorf("stepped %q", got)
	}
}

// A webhook with much to wait for keeps no worker from others, and is delivered to again without a new wake.
func TestAWebhookThatWaitsIsSnoozed(t *testing.T) {
	timer := newManualTimer()
	h := newTestQueue(t, Options{After: timer.after})
	delivered := make(chan string, 10)
	waits := []time.Duration{maxWebhookWait, maxWebhookWait + time.Second}
	h.start(t, stepFuncs{deliver: func(_ context.Context, webhook string) (Next, error) {
		delivered <- webhook
		next := Next{After: waits[0]}
		waits = append(waits[1:], time.Hour)
		return next, nil
	}})
	h.schedule(t, task.Wake{Task: "hook", Lane: task.Webhooks})
	wait(t, "the delivery", delivered)
	for r := range timer.requests {
		if r.wait == maxWebhookWait {
			r.end <- time.Now()
			break
		}
	}
	wait(t, "the delivery after a short wait", delivered)
	wait(t, "the delivery after a snooze", delivered)
}
