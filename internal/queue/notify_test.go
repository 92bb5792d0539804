package queue

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/filmgate/filmgate/internal/task"
)

func TestNotificationIsSentBesideTheTasksSteps(t *testing.T) {
	h := newTestQueue(t, Options{})
	steps, stepped := recordSteps()
	told := make(chan string, 10)
	steps.notify = func(_ context.Context, id string, s task.State) error {
		told <- id + " " + string(s)
		return nil
	}
	h.schedule(t, task.Wake{Task: "a", Notify: task.Running}, remoteTask("a"))
	h.start(t, steps)
	if got := wait(t, "the notification", told); got != "a RUNNING" {
		t.Errorf("told %q", got)
	}
	if got := wait(t, "the step", stepped); got != "a" {
		t.Errorf("stepped %q", got)
	}
}

func TestNotificationKeepsNoTaskMoving(t *testing.T) {
	h := newTestQueue(t, Options{})
	h.schedule(t, task.Wake{Task: "a", Notify: task.Running})
	if scheduled, err := h.Scheduled(t.Context(), "a"); err != nil || scheduled {
		t.Errorf("the task counts as scheduled: %v, %v", scheduled, err)
	}
}

func TestFailedNotificationIsRepeated(t *testing.T) {
	h := newTestQueue(t, Options{})
	failed := h.subscribe(t, river.EventKindJobFailed)
	h.start(t, stepFuncs{notify: func(context.Context, string, task.State) error { return errors.New("nobody is there") }})
	h.schedule(t, task.Wake{Task: "a", Notify: task.Succeeded})
	for {
		job := wait(t, "the failure", failed).Job
		if job.Kind != "notification" {
			continue
		}
		if ahead := time.Until(job.ScheduledAt); ahead < 3*time.Second || ahead > 5*time.Second || job.MaxAttempts != notifyAttempts {
			t.Errorf("it is repeated in %v, %d times at most", ahead, job.MaxAttempts)
		}
		return
	}
}

func TestNotificationsAreRepeatedForAboutADay(t *testing.T) {
	var sum time.Duration
	for attempt := 1; attempt < notifyAttempts; attempt++ {
		wait := notifyWait(attempt, 0)
		if least := notifyWait(attempt, 0.999); least < wait*4/5 || least > wait {
			t.Errorf("attempt %d: from %v to %v", attempt, least, wait)
		}
		sum += wait
	}
	if notifyWait(1, 0) != 5*time.Second || notifyWait(30, 0) != time.Hour || sum < 23*time.Hour || sum > 26*time.Hour {
		t.Errorf("the waits begin with %v, end with %v and add up to %v", notifyWait(1, 0), notifyWait(30, 0), sum)
	}
}
